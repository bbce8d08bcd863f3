"""Rules of calls on signals and times. Sources: the ERRORS of the manual pages that the comments name."""

from __future__ import annotations

from errno import EOPNOTSUPP

from ptracer.tables.rules import (
    FLAGS,
    KIND,
    MICROSECONDS,
    NANOSECONDS,
    RANGE,
    SIZE,
    STATE,
    VALUE,
    Rule,
    choice,
    only,
    rule,
    seconds,
    zero,
)

SIGKILL, SIGSTOP, LAST = 9, 19, 64
UNCATCHABLE = (SIGKILL, SIGSTOP)
SET = 8  # bytes of a signal set


def microseconds(name: str) -> Rule:
    """A struct timeval is in the range that it must be in."""
    text = f"tv_usec of {name} is {{{name}.tv_usec:d}}, and must be from 0 to 999999"
    advice = "Carry over whole seconds into tv_sec."
    return rule(RANGE, lambda a: a[name] and not 0 <= a[f"{name}.tv_usec"] < MICROSECONDS, text, advice)


def interval(name: str) -> Rule:
    """A time of a struct itimerspec is in that range."""
    text = f"{name} is {{{name}.tv_sec:d}} seconds and {{{name}.tv_nsec:d}} nanoseconds, and these must be from 0 to 999999999"
    return rule(RANGE, lambda a: not 0 <= a[f"{name}.tv_nsec"] < NANOSECONDS or a[f"{name}.tv_sec"] < 0, text)


INTERVALS = interval("new_value.it_interval"), interval("new_value.it_value")
SIGNAL = rule(RANGE, lambda a: not 0 <= a.signum <= LAST, "there is no signal {signum:d}: they are numbered from 1 to 64")

RULES = {
    "kill tkill tgkill": (SIGNAL,),  # kill(2)
    "rt_sigqueueinfo rt_tgsigqueueinfo": (SIGNAL,),  # rt_sigqueueinfo(2)
    "tkill": (rule(RANGE, lambda a: a.tid <= 0, "tid is {tid:d}, which is no thread"),),  # tkill(2)
    "tgkill": (rule(RANGE, lambda a: a.tid <= 0 or a.tgid <= 0, "tgid is {tgid:d} and tid {tid:d}, and both must be greater than 0"),),
    "pidfd_send_signal": (  # pidfd_send_signal(2)
        only("flags", 7),
        rule(RANGE, lambda a: not 0 <= a.signum <= LAST, "there is no signal {signum:d}: they are numbered from 1 to 64"),
    ),
    "pidfd_open": (  # pidfd_open(2)
        only("flags", 0o4000, 0o200),
        rule(RANGE, lambda a: a.pid <= 0, "pid is {pid:d}, which is no process"),
    ),
    "pidfd_getfd": (zero("flags"),),  # pidfd_getfd(2)
    "rt_sigaction": (  # sigaction(2)
        rule(SIZE, lambda a: a.sigsetsize != SET, "sigsetsize is {sigsetsize:d}, and a set of signals has 8 bytes for the kernel"),
        rule(VALUE, lambda a: a.signum in UNCATCHABLE, "{signum:name} can be neither caught nor ignored", "Leave SIGKILL and SIGSTOP alone.", ordinary=True),
        rule(RANGE, lambda a: not 1 <= a.signum <= LAST, "there is no signal {signum:d}: they are numbered from 1 to 64", ordinary=True),
    ),
    "rt_sigprocmask": (  # sigprocmask(2)
        rule(SIZE, lambda a: a.sigsetsize != SET, "sigsetsize is {sigsetsize:d}, and a set of signals has 8 bytes for the kernel"),
        choice("how"),
    ),
    "rt_sigpending": (rule(SIZE, lambda a: a.sigsetsize > SET, "sigsetsize is {sigsetsize:d}, and a set of signals has 8 bytes"),),
    "rt_sigsuspend": (rule(SIZE, lambda a: a.sigsetsize != SET, "sigsetsize is {sigsetsize:d}, and a set of signals has 8 bytes"),),
    "rt_sigtimedwait": (  # sigwaitinfo(2)
        rule(SIZE, lambda a: a.sigsetsize != SET, "sigsetsize is {sigsetsize:d}, and a set of signals has 8 bytes for the kernel"),
        seconds("timeout"),
    ),
    "sigaltstack": (  # sigaltstack(2)
        rule(FLAGS, lambda a: a.ss and a.ss.ss_flags & 0x7FFFFFFF not in (0, 1, 2), "ss_flags is {ss.ss_flags:#x}, and knows only SS_DISABLE and SS_AUTODISARM"),
    ),
    "nanosleep": (seconds("req"),),  # nanosleep(2)
    "clock_nanosleep": (  # clock_nanosleep(2)
        choice("clockid"),
        seconds("request"),
        rule(KIND, lambda a: True, "one cannot sleep by {clockid:name}", "Use CLOCK_MONOTONIC.", error=EOPNOTSUPP),
    ),
    "clock_gettime clock_getres": (choice("clockid"),),  # clock_getres(2)
    "clock_adjtime": (choice("clockid"),),  # clock_adjtime(2)
    "clock_settime": (  # clock_settime(2)
        choice("clockid"),
        rule(KIND, lambda a: a.clockid != 0, "{clockid:name} cannot be set", "Only CLOCK_REALTIME can."),
        seconds("tp"),
    ),
    "settimeofday": microseconds("tv"),
    "getitimer": (choice("which"),),  # getitimer(2)
    "setitimer": (choice("which"), microseconds("new_value.it_value"), microseconds("new_value.it_interval")),
    "timer_create": (  # timer_create(2)
        choice("clockid"),
        rule(VALUE, lambda a: a.sevp and a.sevp.sigev_notify not in (0, 1, 2, 4), "sigev_notify is {sevp.sigev_notify:d}, which is no way to tell"),
        rule(RANGE, lambda a: a.sevp and a.sevp.sigev_notify in (0, 4) and not 1 <= a.sevp.sigev_signo <= LAST, "there is no signal {sevp.sigev_signo:d}"),
    ),
    "timer_settime": INTERVALS,
    "timer_settime timer_gettime timer_getoverrun timer_delete": (rule(STATE, lambda a: True, "there is no timer {timerid:d}: it was never made, or has been deleted"),),
    "timerfd_create": (  # timerfd_create(2)
        only("flags", 0o2004000),
        rule(VALUE, lambda a: a.clockid not in (0, 1, 7, 8, 9), "clockid is {clockid:name}, and a timerfd knows CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME and the alarms of these"),
    ),
    "timerfd_settime timerfd_gettime": (rule(KIND, lambda a: a.kind(a.fd) != "timerfd", "fd is no timerfd"),),
    "timerfd_settime": (only("flags", 3), INTERVALS),
    "signalfd signalfd4": (rule(SIZE, lambda a: a.sizemask != SET, "sizemask is {sizemask:d}, and a set of signals has 8 bytes"),),
    "signalfd4": (only("flags", 0o2004000),),  # signalfd(2)
    "signalfd signalfd4 ": (rule(KIND, lambda a: a.fd != -1 and a.kind(a.fd) != "signalfd", "fd is no signalfd", "Pass -1 to make one."),),
}
