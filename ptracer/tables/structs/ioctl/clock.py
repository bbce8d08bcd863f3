"""Real-time clocks, clocks of the Precision Time Protocol, watchdogs. Source: rtc(4), linux/ptp_clock.h, linux/watchdog.h."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import Byte, Hex64, HexInt, Int, Int64, Long, UInt
from ptracer.decode.values import Value
from ptracer.decode.words import Choice
from ptracer.tables.structs.ioctl.exchange import Name
from ptracer.tables.words.devices import (
    ClockBackup,
    ClockFeatures,
    ClockParameter,
    WatchdogOptions,
)

Pairs = list[tuple[str, Value]]
FEATURES, CORRECTION, BACKUP = 0, 1, 2  # RTC_PARAM_*


class rtc_time(Struct):
    brief = ("tm_sec", "tm_min", "tm_hour", "tm_mday", "tm_mon", "tm_year")
    tm_sec: Int
    tm_min: Int
    tm_hour: Int
    tm_mday: Int
    tm_mon: Int
    tm_year: Int
    tm_wday: Int
    tm_yday: Int
    tm_isdst: Int


class rtc_wkalrm(Struct):
    enabled: Byte
    pending: Byte
    time: rtc_time


class rtc_pll_info(Struct):
    pll_ctrl: Int
    pll_value: Int
    pll_max: Int
    pll_min: Int
    pll_posmult: Int
    pll_negmult: Int
    pll_clock: Long


class rtc_param(Struct):
    """What a clock is set to: the value is a number, a set or a choice, which the parameter says."""

    param: ClockParameter
    value: Choice(this.param, {FEATURES: ClockFeatures, CORRECTION: Int64, BACKUP: ClockBackup}, Hex64)
    index: UInt
    pad: HexInt = this.pad

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        names = {"value": "svalue" if scope.numbers["param"] == CORRECTION else "uvalue", "pad": "__pad"}
        return [(names.get(name, name), value) for name, value in pairs]


class asked_rtc_param(rtc_param):
    """The same when the value is what is asked for."""

    order = ("param", "index", "pad")


class answered_rtc_param(rtc_param):
    """The value alone."""

    order = ("value", "pad")


class watchdog_info(Struct):
    brief = ("options",)
    options: WatchdogOptions
    firmware_version: HexInt
    identity: Name[32]
