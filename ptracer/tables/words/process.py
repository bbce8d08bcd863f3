"""Words of processes. Source: clone(2), wait(2), getrlimit(2), sched(7), prctl(2), futex(2), ptrace(2)."""

from __future__ import annotations

from ptracer.decode.words import Enum, Flags

PidFdFlags = Flags("process.pidfd_flags", "PIDFD_???")
PidFdSignalFlags = Flags("process.pidfd_signal_flags", "PIDFD_SIGNAL_???")
