"""Words of time: clocks, timers, clock adjustment. Source: clock_gettime(2), timer_create(2), adjtimex(2)."""

from __future__ import annotations

from ptracer.decode.values import Joined, Symbol, Value
from ptracer.decode.words import Enum, Flags, group

# A clock of a process or thread: the complement of its id, shifted, with what is measured in the low bits.
# Source: include/linux/posix-timers_types.h of the kernel.
PER_THREAD = 4
CLOCK_FD = 3


class ClockWord(Enum):
    """A clock: one of the system's, or the CPU time of a process, or a clock device by descriptor."""

    def __init__(self) -> None:
        super().__init__("time.clocks", "CLOCK_???", signed=True)


Clock = ClockWord()
TimerFlags = Flags("time.timer_flags", "TIMER_???")
IntervalTimer = Enum("time.interval_timers", "ITIMER_???")
TimerFdFlags = Flags("time.timerfd_flags", "TFD_???")
TimerFdSetFlags = Flags("time.timerfd_set_flags", "TFD_???")
AdjustmentModes = Flags("time.adjustment_modes", "ADJ_???")
AdjustmentStatus = Flags("time.adjustment_status", "STA_???")
AdjustmentState = Enum("time.adjustment_states")
__all__ = ["Joined", "Symbol", "Value", "group"]
