"""What ptrace(2) is asked to report, and the events it then reports. Source: linux/ptrace.h."""

from __future__ import annotations

OPTION_SYSGOOD = 1 << 0
OPTION_FORK, OPTION_VFORK, OPTION_CLONE = 1 << 1, 1 << 2, 1 << 3
OPTION_EXEC, OPTION_EXIT, OPTION_SECCOMP = 1 << 4, 1 << 6, 1 << 7
OPTION_EXITKILL = 1 << 20
EVENT_FORK, EVENT_VFORK, EVENT_CLONE, EVENT_EXEC, EVENT_VFORK_DONE, EVENT_EXIT = range(1, 7)
EVENT_STOP = 128
