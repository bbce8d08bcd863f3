"""Words of time: clocks, timers, clock adjustment. Source: clock_gettime(2), timer_create(2), adjtimex(2)."""

from __future__ import annotations

from ptracer.decode.words import Enum, Flags

Clock = Enum("time.clocks", "CLOCK_???")
TimerFlags = Flags("time.timer_flags", "TIMER_???")
IntervalTimer = Enum("time.interval_timers", "ITIMER_???")
TimerFdFlags = Flags("time.timerfd_flags", "TFD_???")
AdjustmentModes = Flags("time.adjustment_modes", "ADJ_???")
AdjustmentStatus = Flags("time.adjustment_status", "STA_???")
AdjustmentState = Enum("time.adjustment_states", width=0)
