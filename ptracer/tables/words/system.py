"""Words of the kernel itself. Source: init_module(2), kexec_load(2), reboot(2), syslog(2), perf_event_open(2)."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Integer, Layout
from ptracer.decode.values import Annotated, Hex, Joined, Value
from ptracer.decode.words import Enum, Flags, Parts, group

InitModuleFlags = Flags("kernel.init_module_flags", "MODULE_INIT_???")
DeleteModuleFlags = Flags("kernel.delete_module_flags", "O_???")
KEXEC_ARCH_MASK = 0xFFFF0000
KexecFlags = Parts(
    (KEXEC_ARCH_MASK, Enum("kernel.kexec_architectures", "KEXEC_ARCH_???")),
    (~KEXEC_ARCH_MASK & 0xFFFFFFFFFFFFFFFF, Flags("kernel.kexec_flags", "KEXEC_???", width=0)),
    width=0,
)
KexecFileFlags = Flags("kernel.kexec_file_flags", "KEXEC_FILE_???", width=0)
RebootMagic1 = Enum("kernel.reboot_magics1", "LINUX_REBOOT_MAGIC1???")
RebootMagic2 = Enum("kernel.reboot_magics2", "LINUX_REBOOT_MAGIC2???")
RebootCommand = Enum("kernel.reboot_commands", "LINUX_REBOOT_CMD_???")


class Remarked(Enum):
    """A number with a remark: what it means."""

    def value(self, layout: Layout) -> Callable[[int], Value]:
        names = {number: name for name, number in self.constants.items()}
        return lambda number: Annotated(number, names.get(number) or str(self.unknown))


SyslogAction = Remarked("kernel.syslog_actions", "SYSLOG_ACTION_???", signed=True, decimal=True)


def log_level(number: int) -> Value:
    """What is shown on the console: messages below a level, so the highest is one more than the last."""
    names = {level: name for name, level in group("kernel.log_levels").items()}
    return Annotated(number, names.get(number) or ("LOGLEVEL_DEBUG+1" if number == 8 else "LOGLEVEL_???"))


LogLevel = Integer(4, signed=True, shape=log_level)

# --- performance counters

EventType = Enum("kernel.perf_types", "PERF_TYPE_???")
AttributeSize = Enum("kernel.perf_attribute_sizes", "PERF_ATTR_SIZE_???")
EventFlags = Flags("kernel.perf_event_open_flags", "PERF_FLAG_???", width=0)
SampleFormats = Flags("kernel.perf_sample_formats", "PERF_SAMPLE_???", width=8)
ReadFormats = Flags("kernel.perf_read_formats", "PERF_FORMAT_???", width=8)
BranchSamples = Flags("kernel.perf_branch_samples", "PERF_SAMPLE_BRANCH_???", width=8)
BreakpointType = Enum("kernel.breakpoint_types", "HW_BREAKPOINT_???")
HardwareEvent = Enum("kernel.perf_hardware_ids", "PERF_COUNT_HW_???", width=8)
SoftwareEvent = Enum("kernel.perf_software_ids", "PERF_COUNT_SW_???", width=8)
Cache = Enum("kernel.perf_cache_ids", "PERF_COUNT_HW_CACHE_???")
CacheOperation = Enum("kernel.perf_cache_operations", "PERF_COUNT_HW_CACHE_OP_???")
CacheResult = Enum("kernel.perf_cache_results", "PERF_COUNT_HW_CACHE_RESULT_???")


def cache_event(number: int) -> Value:
    """Which cache, what is done to it, and how that ends: a byte for each."""
    parts: list[Value] = [
        Joined([CacheResult.spell(number >> 16 & 0xFF), 16], "<<"),
        Joined([CacheOperation.spell(number >> 8 & 0xFF), 8], "<<"),
        Cache.spell(number & 0xFF),
    ]
    if number >> 24:
        parts.insert(0, Joined([Hex(number >> 24), 24], "<<"))
    return Joined(parts)


CacheEvent = Integer(8, shape=cache_event)
SKIDS = ("arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid")
Precision = Integer(1, shape=lambda number: Annotated(number, SKIDS[number & 3]))
