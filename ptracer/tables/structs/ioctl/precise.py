"""Clocks of the Precision Time Protocol. Source: linux/ptp_clock.h."""

from __future__ import annotations

from ptracer.decode.dates import dated
from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import Array, HexInt, Int, Int64, Integer, Layout, Loader, Target_, UInt
from ptracer.decode.values import Explained, Sequence, Value
from ptracer.hints import Any
from ptracer.regs import ABI
from ptracer.tables.structs.ioctl.exchange import Name, answered
from ptracer.tables.words.devices import PreciseOutputFlags, PrecisePinFunction, PreciseRequestFlags
from ptracer.tables.words.time import Clock

Pairs = list[tuple[str, Value]]
PTP_MAX_SAMPLES = 25


def nanoseconds(number: int) -> Value:
    """Nanoseconds, with the seconds they are."""
    return Explained(number, f"{number / 10**9:.9f} s", str(number)) if number else number


class Reserving(Struct):
    """A structure with room for later fields, shown only when something is there."""

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [(name, value) for name, value in pairs if name != "rsv" or any(value.items)]


class ptp_time(Struct):
    sec: Int64
    nsec: UInt
    reserved: HexInt = this.reserved


class DatedTime(StructType):
    """A time with its date."""

    def __init__(self) -> None:
        super().__init__(ptp_time)

    def loader(self, layout: Layout) -> Loader:
        load = super().loader(layout)

        def load_dated(scope: Any, data: bytes, offset: int) -> Value:
            value = load(scope, data, offset)
            seconds, parts = (field for _, field in value.pairs[:2])
            return dated(value, seconds, parts)

        return load_dated


ptp_clock_time = DatedTime()


class ptp_clock_caps(Reserving):
    max_adj: Int
    n_alarm: Int
    n_ext_ts: Int
    n_per_out: Int
    pps: Int
    n_pins: Int
    cross_timestamping: Int
    adjust_phase: Int
    max_phase_adj: Integer(4, signed=True, shape=nanoseconds)
    rsv: Array[HexInt, 11]


class ptp_extts_request(Reserving):
    index: UInt
    flags: PreciseRequestFlags
    rsv: Array[HexInt, 2]


class old_ptp_extts_request(ptp_extts_request):
    order = ("index", "flags")


DUTY, PHASE = 2, 4  # PTP_PEROUT_DUTY_CYCLE, PTP_PEROUT_PHASE


class width(Struct):
    """How long a signal is on, where that is asked for."""

    union = True
    on: ptp_clock_time
    rsv: Array[HexInt, 4]


class ptp_perout_request(Reserving):
    start: ptp_clock_time
    period: ptp_clock_time
    index: UInt
    flags: PreciseOutputFlags
    width: width

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        (_, start), *rest, (_, width) = pairs
        on, reserved = width.pairs
        last = [on] if scope.numbers["flags"] & DUTY else super().shown([reserved], scope)
        return [("phase" if scope.numbers["flags"] & PHASE else "start", start), *rest, *last]


class old_ptp_perout_request(ptp_perout_request):
    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return [pair for pair in super().shown(pairs, scope) if pair[0] != "rsv"]


class ptp_pin_desc(Reserving):
    order = ("index", "rsv", "name", "func", "chan")
    name: Name[64] = answered
    index: UInt
    func: PrecisePinFunction = answered
    chan: UInt = answered
    rsv: Array[HexInt, 5]


class old_ptp_pin_desc(ptp_pin_desc):
    order = ("index", "name", "func", "chan")


class changed_pin(Reserving):
    order = ("index", "func", "chan", "rsv")
    _name: Name[64]
    index: UInt
    func: PrecisePinFunction
    chan: UInt
    rsv: Array[HexInt, 5]


class old_changed_pin(changed_pin):
    order = ("index", "func", "chan")


class Samples(Target_):
    """As many samples as were asked for, no more than there is room for: each is one time or a list of times."""

    def __init__(self, element: Any, room: int, extra: int, factor: int) -> None:
        self.element, self.room, self.extra, self.factor = element, room, extra, factor

    def size(self, abi: ABI) -> int:
        return self.room * self.element.size(abi)

    def alignment(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        load, size, limit = self.element.loader(layout), self.element.size(layout.abi), layout.element_limit()

        def load_all(scope: Any, data: bytes, offset: int) -> Value:
            count = min(scope.numbers["n_samples"] * self.factor + self.extra, self.room)
            shown = count if limit is None else min(count, limit)
            return Sequence([load(scope, data, offset + i * size) for i in range(shown)], shown < count)

        return load_all


class ptp_sys_offset(Reserving):
    n_samples: UInt
    rsv: Array[HexInt, 3]
    ts: Samples(ptp_clock_time, 2 * PTP_MAX_SAMPLES + 1, 1, 2) = answered


class ptp_sys_offset_extended(Reserving):
    n_samples: UInt
    clockid: Clock
    rsv: Array[HexInt, 2]
    ts: Samples(Array[ptp_clock_time, 3], PTP_MAX_SAMPLES, 0, 1) = answered


class ptp_sys_offset_precise(Reserving):
    device: ptp_clock_time
    sys_realtime: ptp_clock_time
    sys_monoraw: ptp_clock_time
    rsv: Array[HexInt, 4]
