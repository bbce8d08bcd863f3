"""The structure of perf_event_open(2)."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import this
from ptracer.decode.extents import compile
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import (
    Fetcher,
    Hex64,
    HexInt,
    Integer,
    Layout,
    Target_,
    UInt,
    UInt64,
    UShort,
)
from ptracer.decode.values import Annotated, Fields, Hex, Joined, Value
from ptracer.decode.words import Choice
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.tables.words.system import (
    SKIDS,
    AttributeSize,
    BranchSamples,
    BreakpointType,
    CacheEvent,
    EventType,
    HardwareEvent,
    ReadFormats,
    SampleFormats,
    SoftwareEvent,
)
from ptracer.tables.words.time import Clock

PERF_TYPE_BREAKPOINT = 5
PERF_SAMPLE_BRANCH_STACK, PERF_SAMPLE_STACK_USER = 0x800, 0x2000

FLAGS = (
    "disabled inherit pinned exclusive exclude_user exclude_kernel exclude_hv exclude_idle mmap comm freq inherit_stat "
    "enable_on_exec task watermark precise_ip precise_ip mmap_data sample_id_all exclude_host exclude_guest "
    "exclude_callchain_kernel exclude_callchain_user mmap2 comm_exec use_clockid context_switch write_backward namespaces "
    "ksymbol bpf_event aux_output cgroup text_poke build_id inherit_thread remove_on_exec sigtrap"
).split()
FREQ, WATERMARK, PRECISE_IP, USE_CLOCKID = (FLAGS.index(name) for name in ("freq", "watermark", "precise_ip", "use_clockid"))
AUX_FLAGS = "aux_start_paused", "aux_pause", "aux_resume"


def with_high_half(event: Any) -> Integer:
    """An event in the low half; the high half says of which kind of processor."""

    def shape(number: int) -> Value:
        low = event(number & 0xFFFFFFFF)
        return Joined([Joined([Hex(number >> 32), 32], "<<"), low]) if number >> 32 else low

    return Integer(8, shape=shape)


# By type: what config is.
CONFIGURATIONS = {0: with_high_half(HardwareEvent.spell), 1: SoftwareEvent, 2: UInt64, 3: with_high_half(CacheEvent.shape)}


def bits(number: int, names: list[str] | tuple[str, ...], first: int, last: int, reserved: str) -> list[tuple[str, Value]]:
    """Fields of one bit each, and what has no name, where it begins and ends in bits."""
    pairs: list[tuple[str, Value]] = [(name, number >> bit & 1) for bit, name in enumerate(names) if name]
    rest = number >> len(names)
    if rest:
        pairs.append((reserved, Annotated(Hex(rest), f"Bits {first}..{last}")))
    return pairs


class perf_event_attr(Struct):
    type: EventType
    size: AttributeSize
    config: Choice(this.type, CONFIGURATIONS, Hex64)
    sample_period: UInt64
    sample_type: SampleFormats
    read_format: ReadFormats
    flags: UInt64
    wakeup_events: UInt
    bp_type: BreakpointType = this.type == PERF_TYPE_BREAKPOINT
    config1: Hex64
    config2: Choice(this.type, {PERF_TYPE_BREAKPOINT: UInt64}, Hex64) = this.length > 64
    branch_sample_type: BranchSamples = (this.length > 72) & ((this.sample_type & PERF_SAMPLE_BRANCH_STACK) != 0)
    sample_regs_user: Hex64 = this.length > 80
    sample_stack_user: HexInt = (this.length > 88) & ((this.sample_type & PERF_SAMPLE_STACK_USER) != 0)
    clockid: Clock = (this.length > 92) & (this.flags >> USE_CLOCKID & 1)
    sample_regs_intr: Hex64 = this.length > 96
    aux_watermark: UInt = this.length > 104
    sample_max_stack: UShort = this.length > 108
    reserved: UShort = this.reserved
    aux_sample_size: UInt = this.length > 112
    aux_action: UInt = this.length > 116
    sig_data: Hex64 = this.length > 120
    config3: Hex64 = this.length > 128
    config4: Hex64 = this.length > 136

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        flags, names = scope.numbers["flags"], dict[str, str]()
        if flags >> FREQ & 1:
            names["sample_period"] = "sample_freq"
        if flags >> WATERMARK & 1:
            names["wakeup_events"] = "wakeup_watermark"
        if scope.numbers["type"] == PERF_TYPE_BREAKPOINT:
            names |= {"config1": "bp_addr", "config2": "bp_len"}
        result: list[tuple[str, Value]] = []
        for name, value in pairs:
            if name == "flags":
                result += [
                    (flag, cls.precise(flags)) if flag == "precise_ip" else (flag, state)
                    for flag, state in dict(bits(flags, FLAGS, 63, len(FLAGS), "__reserved_1")).items()
                ]
            elif name == "aux_action":
                result += bits(scope.numbers[name], AUX_FLAGS, 931, 959, "__reserved_3")
            elif name == "reserved":
                stack = result.pop()
                result.append((stack[0], Annotated(stack[1], f"bytes 110..111: {value:#x}")))
            else:
                result.append((names.get(name) or name, value))
        return result

    @staticmethod
    def precise(flags: int) -> Value:
        """How far from the instruction a sample may be."""
        number = flags >> PRECISE_IP & 3
        return Annotated(number, SKIDS[number])


class EventAttributes(Target_):
    """As much of perf_event_attr as it says it is; the beginning is all that is shown where calls are abbreviated."""

    FIRST, WHOLE, BEGINNING = 64, 144, 48

    def fetcher(self, layout: Layout) -> Fetcher:
        decode, abbreviate = compile(perf_event_attr, layout), layout.abbreviate

        def fetch(scope: Any, address: int) -> Value:
            size = int.from_bytes(scope.read(address + 4, 4), "little") or self.FIRST
            if size < self.FIRST:
                raise Fault(address)
            given = min(size, self.WHOLE)
            if not abbreviate:
                value = decode(scope, scope.read(address, given))
                return Fields(value.pairs, size > self.WHOLE)
            value = decode(scope, scope.read(address, self.BEGINNING))
            end = [name for name, _ in value.pairs].index("wakeup_watermark" if ("watermark", 1) in value.pairs else "wakeup_events")
            return Fields([pair for pair in value.pairs[:end] if pair[0] not in FLAGS or pair[1] != 0], True)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, size) for size in (8, self.BEGINNING, self.FIRST, self.WHOLE)]
