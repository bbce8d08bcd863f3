"""Calls on time as text, and the structures they read and write."""

from __future__ import annotations

import errno
import time

import pytest

from ptracer.regs import X32
from ptracer.tables.structs import time as structs
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER = 0x10000, 0x20000
RESTART_BLOCK = -516


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates are written in the local time zone."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


class TestClocks:
    def test_a_clock_is_read_after_the_call(self) -> None:
        line = text_of("clock_gettime", (1, PLACE), 0, None, {PLACE: words(5, 6)})
        assert line == "clock_gettime(CLOCK_MONOTONIC, {tv_sec=5, tv_nsec=6}) = 0"

    def test_seconds_have_a_sign_and_parts_of_them_have_none(self) -> None:
        line = text_of("clock_settime", (0, PLACE), 0, {PLACE: words(-1, -1)})
        assert line == "clock_settime(CLOCK_REALTIME, {tv_sec=-1, tv_nsec=18446744073709551615}) = 0"

    def test_an_unknown_clock(self) -> None:
        assert text_of("clock_getres", (-6, 0)) == "clock_getres(0xfffffffa /* CLOCK_??? */, NULL) = 0"

    def test_x32_has_the_longs_of_the_kernel(self) -> None:
        line = text_of("clock_gettime", (0, PLACE), 0, None, {PLACE: words(5, 6)}, abi=X32)
        assert line == "clock_gettime(CLOCK_REALTIME, {tv_sec=5, tv_nsec=6}) = 0"

    def test_seconds_since_1970_are_dated(self) -> None:
        line = text_of("time", (PLACE,), 1700000000, None, {PLACE: words(1700000000)})
        date = "2023-11-14T22:13:20+0000"
        assert line == f"time([1700000000 /* {date} */]) = 1700000000 ({date})"

    def test_the_time_of_day_and_the_zone(self) -> None:
        line = text_of("gettimeofday", (PLACE, OTHER), 0, None, {PLACE: words(1, 2), OTHER: words(-60, 0, size=4)})
        assert line == "gettimeofday({tv_sec=1, tv_usec=2}, {tz_minuteswest=-60, tz_dsttime=0}) = 0"

    def test_an_adjusted_clock_says_its_state(self) -> None:
        data = bytes(208)
        line = text_of("adjtimex", (PLACE,), 5, None, {PLACE: data})
        assert line.startswith("adjtimex({modes=0, offset=0,")
        assert line.endswith("tai=0}) = 5 (TIME_ERROR)")
        assert text_of("adjtimex", (0,), 5) == "adjtimex(NULL) = 5"


class TestSleeping:
    SECOND = {PLACE: words(1, 0)}

    def test_what_is_left_is_shown_only_after_an_interruption(self) -> None:
        sleep = "nanosleep({tv_sec=1, tv_nsec=0}, "
        assert text_of("nanosleep", (PLACE, OTHER), 0, self.SECOND) == sleep + "0x20000) = 0"
        interrupted = text_of("nanosleep", (PLACE, OTHER), RESTART_BLOCK, self.SECOND, {OTHER: words(0, 7)})
        assert interrupted.startswith(sleep + "{tv_sec=0, tv_nsec=7}) = ? ERESTART_RESTARTBLOCK")
        failed = text_of("nanosleep", (PLACE, OTHER), -errno.EINTR, self.SECOND, {OTHER: words(0, 7)})
        assert failed.startswith(sleep + "0x20000)")

    def test_until_a_moment(self) -> None:
        line = text_of("clock_nanosleep", (1, 1, PLACE, 0), 0, self.SECOND)
        assert line == "clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=1, tv_nsec=0}, NULL) = 0"


class TestTimers:
    def test_an_interval_and_what_it_was(self) -> None:
        line = text_of("setitimer", (0, PLACE, OTHER), 0, {PLACE: words(0, 0, 1, 5)}, {OTHER: words(0, 0, 0, 0)})
        new = "{it_interval={tv_sec=0, tv_usec=0}, it_value={tv_sec=1, tv_usec=5}}"
        old = "{it_interval={tv_sec=0, tv_usec=0}, it_value={tv_sec=0, tv_usec=0}}"
        assert line == f"setitimer(ITIMER_REAL, {new}, {old}) = 0"

    @pytest.mark.parametrize(
        ("event", "text"),
        [
            ((5, 0, 14, 0), "{sigev_value={sival_int=5, sival_ptr=0x5}, sigev_signo=SIGALRM, sigev_notify=SIGEV_SIGNAL}"),
            ((0, 0, 14, 1), "{sigev_signo=14, sigev_notify=SIGEV_NONE}"),
            ((0, 0, 14, 4, 99), "{sigev_signo=SIGALRM, sigev_notify=SIGEV_THREAD_ID, sigev_notify_thread_id=99}"),
            (
                (0, 0, 14, 2, 16, 0, 32),
                "{sigev_signo=SIGALRM, sigev_notify=SIGEV_THREAD, sigev_notify_function=0x10, sigev_notify_attributes=0x20}",
            ),
        ],
    )
    def test_how_a_timer_tells(self, event: tuple[int, ...], text: str) -> None:
        memory = {PLACE: words(*event, size=4).ljust(64, b"\0")}
        line = text_of("timer_create", (0, PLACE, OTHER), 0, memory, {OTHER: words(3, size=4)})
        assert line == f"timer_create(CLOCK_REALTIME, {text}, [3]) = 0"

    def test_timers_with_a_descriptor(self) -> None:
        assert text_of("timerfd_create", (1, 0o2004000), 3) == "timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC|TFD_NONBLOCK) = 3"
        line = text_of("timerfd_settime", (3, 3, PLACE, 0), 0, {PLACE: words(0, 0, 1, 0)})
        assert line.startswith("timerfd_settime(3, TFD_TIMER_ABSTIME|TFD_TIMER_CANCEL_ON_SET, {it_interval={tv_sec=0,")



@pytest.mark.parametrize("abi", ["x86_64", "i386", "x32"])
@pytest.mark.parametrize(
    ("table", "name", "headers"),
    [
        (structs.timespec, "struct __kernel_old_timespec", ["linux/time_types.h"]),
        (structs.timespec64, "struct __kernel_timespec", ["linux/time_types.h"]),
        (structs.timeval, "struct __kernel_old_timeval", ["linux/time_types.h"]),
        (structs.itimerval, "struct __kernel_old_itimerval", ["linux/time_types.h"]),
        (structs.timezone, "struct timezone", ["linux/time.h"]),
    ],
)
def test_structures_are_laid_out_as_a_compiler_does(table: type, name: str, headers: list[str], abi: str) -> None:
    assert disagreements(table, name, headers, abi) == []


@pytest.mark.parametrize("abi", ["x86_64", "i386"])
def test_the_adjustment_of_a_clock_is_laid_out_as_a_compiler_does(abi: str) -> None:
    assert disagreements(structs.timex, "struct timex", ["linux/time.h", "linux/timex.h"], abi) == []
