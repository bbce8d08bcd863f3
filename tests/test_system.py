"""Calls on the kernel itself as text: modules, kexec, reboot, the log, performance counters."""

from __future__ import annotations

import errno

import pytest

from ptracer.decode.detail import never
from ptracer.tables.structs import perf, system
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER = 0x10000, 0x20000


class TestKernels:
    def test_modules(self) -> None:
        memory = {PLACE: b"option=1\0"}
        assert text_of("finit_module", (3, PLACE, 4), 0, memory) == 'finit_module(3, "option=1", MODULE_INIT_COMPRESSED_FILE) = 0'
        assert text_of("delete_module", (PLACE, 0x801), 0, memory) == 'delete_module("option=1", O_NONBLOCK|0x1) = 0'

    def test_segments_of_another_kernel(self) -> None:
        memory = {PLACE: words(OTHER, 5, 0x1000, 4096)}
        line = text_of("kexec_load", (0x100000, 1, PLACE, 0x3E0001), 0, memory)
        assert line == (
            "kexec_load(0x100000, 1, [{buf=0x20000, bufsz=5, mem=0x1000, memsz=4096}], KEXEC_ARCH_X86_64|KEXEC_ON_CRASH) = 0"
        )
        assert text_of("kexec_load", (0, 17, PLACE, 0x3E0000)) == "kexec_load(NULL, 17, 0x10000, KEXEC_ARCH_X86_64) = 0"

    def test_only_one_way_of_rebooting_has_an_argument(self) -> None:
        memory = {PLACE: b"bootloader\0"}
        line = text_of("reboot", (0xFEE1DEAD, 672274793, 0xA1B2C3D4, PLACE), -errno.EPERM, memory)
        assert line.startswith('reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART2, "bootloader") = -1 EPERM')
        line = text_of("reboot", (1, 85072278, 0, PLACE), -errno.EPERM)
        assert line.startswith("reboot(0x1 /* LINUX_REBOOT_MAGIC1??? */, LINUX_REBOOT_MAGIC2A, LINUX_REBOOT_CMD_CAD_OFF) = -1 EPERM")

    def test_the_log(self) -> None:
        assert text_of("syslog", (10,), 1 << 17) == "syslog(10 /* SYSLOG_ACTION_SIZE_BUFFER */) = 131072"
        line = text_of("syslog", (3, PLACE, 9), 4, exit_memory={PLACE: b"<6>x"})
        assert line == 'syslog(3 /* SYSLOG_ACTION_READ_ALL */, "<6>x", 9) = 4'
        line = text_of("syslog", (8, 0, 8))
        assert line == "syslog(8 /* SYSLOG_ACTION_CONSOLE_LEVEL */, NULL, 8 /* LOGLEVEL_DEBUG+1 */) = 0"
        assert text_of("syslog", (8, 0, 8), constants="raw") == line

    @pytest.mark.parametrize(("name", "count"), [("tuxcall", 3), ("security", 3), ("getpmsg", 5), ("query_module", 5), ("get_kernel_syms", 1)])
    def test_calls_that_never_were_have_numbers_for_arguments(self, name: str, count: int) -> None:
        assert text_of(name, (1, 2, 3, 4, 5, 6)) == f"{name}({', '.join(f'{i:#x}' for i in range(1, count + 1))}) = 0"


def attributes(kind: int, config: int, flags: int = 0, sample_type: int = 0, rest: bytes = bytes(96)) -> bytes:
    """A struct perf_event_attr."""
    return words(kind, 144, size=4) + words(config, 7, sample_type, 0, flags) + rest


class TestCounters:
    def event(self, memory: bytes, **detail: object) -> str:
        return text_of("perf_event_open", (PLACE, 0, -1, -1, 8), 3, {PLACE: memory}, **detail)  # type: ignore[arg-type]

    def test_flags_that_are_not_set_are_left_out(self) -> None:
        assert self.event(attributes(1, 2, 0x8401)) == (
            "perf_event_open({type=PERF_TYPE_SOFTWARE, size=PERF_ATTR_SIZE_VER9, config=PERF_COUNT_SW_PAGE_FAULTS, sample_freq=7, "
            "sample_type=0, read_format=0, disabled=1, freq=1, precise_ip=1 /* constant skid */, ...}, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) = 3"
        )

    @pytest.mark.parametrize(
        ("kind", "config", "text"),
        [
            (0, 1 << 33, "0x2<<32|PERF_COUNT_HW_CPU_CYCLES"),
            (2, 17, "17"),
            (3, 0x10203, "PERF_COUNT_HW_CACHE_RESULT_MISS<<16|PERF_COUNT_HW_CACHE_OP_PREFETCH<<8|PERF_COUNT_HW_CACHE_DTLB"),
            (4, 17, "0x11"),
        ],
    )
    def test_what_is_counted_depends_on_the_type(self, kind: int, config: int, text: str) -> None:
        assert f", config={text}, sample" in self.event(attributes(kind, config))

    def test_all_of_it(self) -> None:
        rest = words(1, 3, size=4) + words(0x1234, 4, 1) + bytes(64)
        line = self.event(attributes(5, 0, 1 << 62, 0x800, rest), abbreviate=never)
        assert "sigtrap=0, __reserved_1=0x1000000 /* Bits 63..38 */, wakeup_events=1, bp_type=HW_BREAKPOINT_RW, bp_addr=0x1234, bp_len=4, branch_sample_type=PERF_SAMPLE_BRANCH_USER, " in line
        assert line.endswith("aux_resume=0, sig_data=0, config3=0, config4=0}, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) = 3")

    def test_too_little_of_it(self) -> None:
        assert self.event(words(1, 63, size=4) + bytes(136)) == "perf_event_open(0x10000, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) = 3"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "name", "include", "abi"),
    [
        (system.kexec_segment, "struct kexec_segment", ["linux/kexec.h"], "x86_64"),
        (system.kexec_segment, "struct kexec_segment", ["linux/kexec.h"], "i386"),
    ],
)
def test_a_structure_is_laid_out_as_in_c(table: type, name: str, include: list[str], abi: str) -> None:
    assert disagreements(table, name, include, abi) == []


def test_the_size_of_counters_is_the_newest_known() -> None:
    from ptracer.regs import X86_64

    assert perf.perf_event_attr.as_type().size(X86_64) == perf.EventAttributes.WHOLE
