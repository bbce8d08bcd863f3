"""Where the time goes: percentiles, groups, the account of threads, the slowest calls; on scripted records and on real ones."""

from __future__ import annotations

import math
import socket
import struct
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import ptracer, start

from ptracer.capture import records
from ptracer.errors import PtracerError
from ptracer.measuring import Measuring, Pacer
from ptracer.model.addresses import spelled
from ptracer.options import Options, parse
from ptracer.plans import DETAILS, LINKS, place
from ptracer.recordings.recording import Recording
from ptracer.regs import AUDIT_ARCH_I386, AUDIT_ARCH_X86_64
from ptracer.statistics.account import MOST_ENDED
from ptracer.statistics.histogram import ERROR, Histogram, bars, bucket, middle
from ptracer.statistics.part import Statistics
from ptracer.statistics.table import Table
from ptracer.statistics.tallies import MOST_GROUPS, OTHERS, Tally
from ptracer.statistics.text import amount, duration, plain, shortened

US, MS, S = 1_000, 1_000_000, 1_000_000_000
READ, WRITE, CLOSE, PIPE, DUP2, CONNECT, FORK, EXECVE, PRCTL, OPENAT, UNLINKAT = 0, 1, 3, 22, 33, 42, 57, 59, 157, 257, 263
SOCKET = 41
AT_FDCWD = (1 << 64) - 100
PATH, OTHER = 0x1000, 0x2000
durations = st.integers(0, 1 << 50)


def call(
    number: int,
    *args: int,
    start: int = 0,
    wall: int = 1000,
    result: int = 0,
    tid: int = 7,
    cpu: int = 0,
    memory: dict[int, bytes] | None = None,
    after: dict[int, bytes] | None = None,
    arch: int = AUDIT_ARCH_X86_64,
) -> tuple[Any, ...]:
    """A CALL record; a negative result is an error."""
    registers = (*args, *(0,) * (7 - len(args)))
    return (records.CALL, tid, start, arch, number, registers, 0, memory, start + wall, result, result < 0, cpu, after)


def started(tid: int, process: int, parent: int = 0, when: int = 1, how: int = records.START_FORK) -> tuple[Any, ...]:
    return (records.STARTED, tid, when, parent, how, process)


def groups(by: str, *batches: list[Any], **options: Any) -> dict[str, Tally]:
    """The tallies by their labels."""
    statistics = Statistics([by], **options)
    for batch in batches:
        statistics.feed(batch)
    tallies = statistics.tables[by]
    return {tallies.label(key): tally for key, tally in tallies.groups.items()}


# --- percentiles


@given(durations)
def test_what_stands_for_a_duration_is_off_by_less_than_one_per_cent(duration: int) -> None:
    assert abs(middle(bucket(duration)) - duration) <= duration * ERROR < max(duration, 1) * 0.01


@given(st.lists(durations, min_size=1, max_size=300), st.sampled_from([0.01, 0.5, 0.9, 0.99, 0.999, 1.0]))
def test_percentiles_are_those_of_all_durations_to_one_per_cent(seen: list[int], share: float) -> None:
    tally = Tally()
    tally.add([call(READ, wall=wall) for wall in seen])
    rank = max(math.ceil(round(share * len(seen), 6)), 1)
    true = sorted(seen)[rank - 1]
    assert abs(tally.percentiles(share)[0] - true) <= true * 0.01


@given(st.lists(durations), st.lists(durations))
def test_merged_histograms_are_the_histogram_of_all(one: list[int], other: list[int]) -> None:
    left, right, both = Histogram(), Histogram(), Histogram()
    left.add(one)
    right.add(other)
    both.add(one + other)
    left.merge(right)
    assert left.counts == both.counts


def test_the_number_of_buckets_is_bounded() -> None:
    histogram = Histogram()
    histogram.add(range(0, 1 << 16))
    histogram.add(1 << power for power in range(63))
    histogram.add(int(1.001**power) for power in range(40_000))
    assert len(histogram.counts) < 4000


def test_nothing_counted_has_percentiles_of_nothing() -> None:
    assert Histogram().percentiles(0.5, 0.99) == [0, 0]


def test_bars_show_what_is_not_nothing() -> None:
    assert bars([0, 1, 1000, 500]) == " ▁█▄"
    histogram = Histogram()
    histogram.add([10, 100, 1000])
    assert histogram.slots(10, 1000, 3) == [1, 1, 1]


# --- tallies and groups


def test_a_tally_has_errors_by_their_numbers_and_bytes_of_calls_that_move_them() -> None:
    tallies = groups("thread", [call(READ, result=5), call(READ, result=-11), call(CLOSE, result=0), call(OPENAT, result=9)])
    (tally,) = tallies.values()
    assert tally.errors == Counter({11: 1}) and tally.bytes == 5 and tally.calls == 4


def test_groups_of_calls_by_name_and_architecture() -> None:
    made = groups("syscall", [call(READ), call(READ), call(1, arch=AUDIT_ARCH_I386), call(102, 3, arch=AUDIT_ARCH_I386)])
    assert {label: tally.calls for label, tally in made.items()} == {"read": 2, "exit (i386)": 1, "connect (i386)": 1}


def test_threads_and_processes_are_called_by_the_program_they_execute_or_the_name_they_take() -> None:
    batch = [
        started(7, 7),
        call(EXECVE, PATH, tid=7, memory={PATH: b"/usr/bin/make\0"}),
        started(8, 7, 7),
        call(PRCTL, 15, PATH, tid=8, memory={PATH: b"worker\0"}),
        call(PRCTL, 16, PATH, tid=7, memory={PATH: b"something else\0"}),
        started(9, 9, 7),
        call(READ, tid=9),
    ]
    assert sorted(groups("thread", batch)) == ["7 make", "8 worker", "9 make"]
    assert {label: tally.calls for label, tally in groups("process", batch).items()} == {"7 make": 3, "9 make": 1}


def test_a_child_seen_before_anybody_says_whose_it_is_gets_its_name_from_the_call_that_made_it() -> None:
    batch = [
        call(EXECVE, PATH, memory={PATH: b"sh\0"}),
        started(9, 9, 0),
        call(FORK, result=9),
        call(READ, tid=9),
    ]
    assert "9 sh" in groups("thread", batch)


def test_names_from_outside_cannot_reach_a_terminal_as_they_are() -> None:
    (label,) = groups("thread", [call(EXECVE, PATH, memory={PATH: b"\x1b[31m\xff\0"})])
    assert label == "7 \\x1b[31m\\xff"


def test_calls_by_the_file_that_they_name() -> None:
    cwd = {place(LINKS, AT_FDCWD): b"/home"}
    made = groups(
        "path",
        [
            call(OPENAT, AT_FDCWD, PATH, memory={PATH: b"/etc/passwd\0"}, result=3),
            call(OPENAT, AT_FDCWD, PATH, memory={PATH: b"../etc/./passwd\0", **cwd}, result=3),
            call(OPENAT, AT_FDCWD, PATH, memory={PATH: b"/link\0"}, after={place(LINKS, 5): b"/etc/passwd"}, result=5),
            call(UNLINKAT, 4, PATH, memory={PATH: b"x\0", place(LINKS, 4): b"/tmp"}),
            call(OPENAT, AT_FDCWD, PATH, memory={PATH: b"relative\0"}, result=-2),
            call(39),
        ],
    )
    assert {label: tally.calls for label, tally in made.items()} == {
        "/etc/passwd": 3, "/tmp/x": 1, "/home/relative": 1, "(no file)": 1,
    }  # fmt: skip


def test_calls_by_what_is_behind_their_descriptor() -> None:
    link = {place(LINKS, 3): b"/var/log/x"}
    made = groups("path", [call(READ, 3, memory=link), call(WRITE, 3, memory={**link, PATH: b"data"}), call(CLOSE, 3, memory=link)])
    assert {label: tally.calls for label, tally in made.items()} == {"/var/log/x": 3}


def test_a_socket_is_one_peer_from_before_it_is_connected_until_it_is_closed() -> None:
    link = {place(LINKS, 3): b"socket:[55]"}
    before, connected = b"TCP\x0055\0", b"TCP\x0055\x00127.0.0.1:1\x00127.0.0.1:80"
    made = groups(
        "peer",
        [
            call(CONNECT, 3, PATH, 16, memory={**link, place(DETAILS, 3): before}),
            call(READ, 3, memory={**link, place(DETAILS, 3): connected}),
            call(CLOSE, 3, memory={**link, place(DETAILS, 3): before}),
            call(READ, 4, memory={place(LINKS, 4): b"/etc/passwd"}),
        ],
    )
    assert {label: tally.calls for label, tally in made.items()} == {"TCP:[127.0.0.1:1->127.0.0.1:80]": 3, "(no socket)": 1}


def test_without_links_descriptors_are_what_earlier_calls_say() -> None:
    address = struct.pack("<H", socket.AF_INET) + struct.pack(">H", 80) + bytes((10, 0, 0, 1)) + bytes(8)
    batch = [
        started(7, 7),
        (records.HOLDS, 7, 1, {"descriptors": {0: b"/dev/null"}, "directory": b"/home"}),
        call(READ, 0),
        call(OPENAT, AT_FDCWD, PATH, memory={PATH: b"notes\0"}, result=3),
        call(READ, 3),
        call(DUP2, 3, 9, result=9),
        call(CLOSE, 3),
        call(READ, 9),
        call(PIPE, OTHER, after={OTHER: struct.pack("<ii", 4, 5)}),
        call(WRITE, 5),
        call(SOCKET, 2, 1, 0, result=6),
        call(CONNECT, 6, OTHER, 16, memory={OTHER: address}),
        call(READ, 6),
        started(8, 8, 7),
        call(READ, 9, tid=8),
        call(CLOSE, 9, tid=8),
        call(READ, 9, tid=8),
        call(READ, 9),
    ]
    made = groups("fd", batch)
    assert {label: tally.calls for label, tally in made.items()} == {
        "7 0</dev/null>": 1,
        "7 3</home/notes>": 4,
        "7 9</home/notes>": 2,
        "(no descriptor)": 1,
        "7 5<pipe>": 1,
        "7 6": 1,
        "7 6<socket>": 1,
        "7 6<socket to 10.0.0.1:80>": 1,
        "8 9</home/notes>": 2,
        "8 9": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "data, text",
    [
        (b"\x0a\0\0\x50" + bytes(4) + bytes(15) + b"\1" + bytes(4), b"[::1]:80"),
        (b"\1\0/run/x\0rest", b"/run/x"),
        (b"\1\0\0abstract", b"@abstract"),
        (b"\2\0\0", b""),
        (b"", b""),
        (b"\x10\0abc", b""),
    ],
)
def test_addresses_of_peers(data: bytes, text: bytes) -> None:
    assert spelled(data) == text


def test_calls_that_were_open_are_counted_when_they_return_and_under_the_thread_they_belong_to_then() -> None:
    entry = call(READ, 3)[:8]
    made = groups(
        "thread",
        [(records.ENTRY, *entry[1:]), call(WRITE, tid=8)],
        [(records.EXIT, 7, 5000, 5, False, 0, None), (records.EXIT, 9, 1, 0, False, 0, None)],
        [(records.ENTRY, 8, *entry[2:]), (records.EXECED, 7, 10, 8), (records.EXIT, 7, 20, 0, False, 0, None)],
    )
    assert {label: tally.calls for label, tally in made.items()} == {"7": 2, "8": 1}


def test_groups_are_bounded() -> None:
    batch = [call(OPENAT, AT_FDCWD, PATH, memory={PATH: b"/%d\0" % number}) for number in range(MOST_GROUPS + 50)]
    made = groups("path", batch)
    assert len(made) == MOST_GROUPS + 1 and made[OTHERS].calls == 50


def test_only_calls_that_count_and_no_more_time_than_they_took() -> None:
    made = groups("syscall", [call(READ, wall=10), call(READ, wall=2000, result=-1)], counted=lambda failed: failed, overhead=500)
    assert made["read"].calls == 1 and made["read"].wall == 1500


def test_only_calls_that_were_chosen() -> None:
    statistics = Statistics(["syscall"])
    statistics.chosen = set()
    statistics.choose([call(READ, start=5)])
    statistics.feed([call(READ, start=5), call(READ, start=6), call(WRITE, start=7)])
    statistics.feed([call(READ, start=5)])
    assert statistics.tables["syscall"].total().calls == 1


def test_nonsense_in_a_recording_does_no_harm() -> None:
    batch = [
        (records.HOLDS, 7, 1, {"descriptors": 5, "directory": 7, "command": []}),
        call(READ, 1 << 63, result=-(1 << 62), wall=-5),
        call(OPENAT, AT_FDCWD, PATH, memory={PATH: b"\xff/\0"}, result=1 << 60),
        call(999_999, *range(6)),
        (records.STARTED, 7, 1, 7, 9, 0),
        (records.LEAVING, 99, 0, 0),
        (records.INSIDE, 5, 0, 1, 1),
    ]
    statistics = Statistics(["syscall", "thread", "process", "path", "fd", "peer"], account=True, slowest=3)
    statistics.feed(batch)
    statistics.settle()
    assert "Where the time" in plain(statistics.lines(None)) and plain(statistics.lines(60))


# --- how it looks


def test_a_table() -> None:
    statistics = Statistics(["syscall"])
    statistics.feed([call(READ, wall=2 * MS, result=5000, cpu=MS), call(READ, wall=8 * MS, result=-11), call(CLOSE, wall=10 * US)])
    assert plain(statistics.lines(None)).splitlines() == [
        "% wall   wall    cpu calls errors    min    p50    p90    p99    max bytes syscall errors by name",
        "------ ------ ------ ----- ------ ------ ------ ------ ------ ------ ----- ------- --------------",
        " 99.90 10.0ms 1.00ms     2      1 2.00ms 2.01ms 8.00ms 8.00ms 8.00ms 4.88K read    EAGAIN 1",
        "  0.10 10.0us      0     1        10.0us 10.0us 10.0us 10.0us 10.0us       close",
        "------ ------ ------ ----- ------ ------ ------ ------ ------ ------ ----- ------- --------------",
        "100.00 10.0ms 1.00ms     3      1 10.0us 2.01ms 8.00ms 8.00ms 8.00ms 4.88K total   EAGAIN 1",
    ]


@pytest.mark.parametrize("width", [40, 59, 79, 120, 200])
def test_a_table_is_never_wider_than_the_terminal(width: int) -> None:
    statistics = Statistics(["path"])
    names = ["/" + "long/" * length for length in range(1, 30)]
    statistics.feed([call(OPENAT, AT_FDCWD, PATH, memory={PATH: name.encode() + b"\0"}, result=-2) for name in names])
    lines = plain(Table(statistics.tables["path"], "name", width, 10).lines()).splitlines()
    if width >= 59:
        assert max(map(len, [line.partition(" ENOENT")[0] for line in lines])) <= width
    assert "(19 more)" in lines


@pytest.mark.parametrize("sort", ["time-percent", "min-time", "max-time", "avg-time", "calls", "errors", "p50", "p90", "p99", "name"])
def test_every_key_sorts(sort: str) -> None:
    statistics = Statistics(["syscall"], sort=sort)
    statistics.feed([call(READ, wall=5, result=-1), call(READ, wall=9), call(CLOSE, wall=1)])
    first = plain(statistics.lines(None)).splitlines()[2]
    assert ("close" if sort == "name" else "read") in first


def test_durations_have_three_digits_and_a_unit() -> None:
    times = (0, 5, 999, 1000, 12_345, 999_499, 999_600, 1_000_000, 99_950_000, 1_500_000_000, 5000 * S)
    assert [duration(time) for time in times] == [
        "0", "5ns", "999ns", "1.00us", "12.3us", "999us", "1.00ms", "1.00ms", "100ms", "1.50s", "5000s",
    ]  # fmt: skip


def test_amounts_and_long_names() -> None:
    assert [amount(size) for size in (0, 999, 1000, 1 << 20, 1 << 62)] == ["0", "999", "0.98K", "1.00M", "4096P"]
    assert shortened("/usr/lib/x86_64-linux-gnu/libc.so.6", 20) == "/usr/l...u/libc.so.6"
    assert shortened("abcdefgh", 4) == "abcd"


# --- the account, the slowest


def account(batch: list[Any]) -> list[str]:
    statistics = Statistics([], account=True)
    statistics.feed(batch)
    statistics.settle()
    return plain(statistics.lines(None)).splitlines()[1:]


def test_the_time_of_a_thread_is_between_calls_in_calls_and_stopped() -> None:
    batch = [
        started(7, 7, when=1),
        call(READ, 3, start=100 * MS, wall=300 * MS, cpu=100 * MS, memory={place(LINKS, 3): b"/dev/zero"}),
        (records.STOPPED, 7, 500 * MS, 19),
        (records.SIGNAL, 7, 900 * MS, 18, None),
        (records.EXITED, 7, 1000 * MS, 0),
    ]
    assert account(batch) == [
        "7: 1.00s",
        "   30.0%   300ms  between calls",
        "   10.0%   100ms  computing in calls",
        "   40.0%   400ms  stopped",
        "   20.0%   200ms  blocked in calls",
        "       20.0%   200ms  read /dev/zero",
    ]


def test_calls_without_an_end_or_a_beginning_are_in_the_account() -> None:
    entry = call(READ, 0, start=600 * MS)[:8]
    batch = [
        started(7, 7, when=1, how=records.START_ATTACH),
        (records.INSIDE, 7, 1, AUDIT_ARCH_X86_64, 35),
        (records.EXIT, 7, 500 * MS, 0, False, 0, None),
        (records.ENTRY, *entry[1:]),
        (records.DETACHED, 7, 1000 * MS),
    ]
    assert account(batch) == [
        "7: 1.00s",
        "   10.0%   100ms  between calls",
        "   90.0%   900ms  blocked in calls",
        "       50.0%   500ms  nanosleep",
        "       40.0%   400ms  read",
    ]


def test_a_thread_that_still_waits_when_the_trace_ends_has_waited_until_then() -> None:
    entry = call(READ, 0, start=1)[:8]
    lines = account([started(7, 7), (records.ENTRY, *entry[1:]), started(8, 8, when=2 * S)])
    assert "      100.0%   2.00s  read" in lines


steps = st.lists(st.tuples(st.sampled_from(["call", "open", "signal", "stop"]), st.integers(0, 50), st.integers(0, 50)), max_size=30)


@given(steps, st.sampled_from([records.EXITED, records.KILLED, records.DETACHED, None]))
def test_all_parts_of_a_life_are_the_whole_of_it(steps: list[tuple[str, int, int]], end: int | None) -> None:
    now, batch = 1, [started(7, 7, when=1)]
    for what, before, during in steps:
        now += before
        if what == "call":
            batch.append(call(READ, start=now, wall=during, cpu=during // 2))
        elif what == "open":
            batch.append((records.ENTRY, *call(READ, start=now)[1:8]))
            batch.append((records.EXIT, 7, now + during, 0, False, 2 * during, None))
        elif what == "signal":
            batch.append((records.SIGNAL, 7, now, 10, None))
            during = 0
        else:
            batch.append((records.STOPPED, 7, now, 19))
            during = 0
        now += during
    batch.append((records.ENTRY, *call(READ, start=now)[1:8]))
    now += 5
    batch.append((end, 7, now, 0) if end is not None else (records.WARNING, 8, now, ""))
    statistics = Statistics([], account=True)
    statistics.feed(batch)
    statistics.settle()
    assert statistics.account is not None
    (life,) = [life for life in statistics.account.ended if life.tid == 7]
    assert life.total == now - 1 and min(life.running, life.stopped, life.computing) >= 0


def test_the_account_of_many_threads_is_bounded() -> None:
    batch: list[Any] = []
    for tid in range(1, MOST_ENDED + 200):
        batch += [started(tid, tid, when=1), (records.EXITED, tid, 1 + tid * US, 0)]
    lines = account(batch)
    assert lines[0] == f"{MOST_ENDED + 199}: 1.20ms"
    assert f"{MOST_ENDED + 199 - 20} other threads" in plain([[(lines[-2], "")]])


def test_the_slowest_calls_are_lines_of_the_trace() -> None:
    measuring = Measuring(parse(["--slowest=2", "-p", "1"]))
    entry = call(READ, 0, OTHER, 5, start=1, tid=9)[:8]
    measuring.feed(
        [
            call(OPENAT, AT_FDCWD, PATH, 0, memory={PATH: b"/x\0"}, result=-2, wall=3 * MS),
            *[call(CLOSE, number, wall=number) for number in range(50)],
            (records.ENTRY, *entry[1:]),
            (records.DETACHED, 9, 1 + 2 * S),
        ]
    )
    measuring.close()
    output = Output()
    measuring.write_slowest(output)  # type: ignore[arg-type]
    assert output.text == (
        "9     read(0 <detached ...> <2.000000>\n"
        '7     openat(AT_FDCWD, "/x", O_RDONLY)  = -1 ENOENT (No such file or directory) <0.003000>\n'
    )


class Output:
    def __init__(self) -> None:
        self.text = ""
        self.descriptor = -1

    def write(self, text: str) -> None:
        self.text += text


# --- every so often


def test_a_recording_has_its_tables_at_the_times_of_its_records() -> None:
    fed: list[Any] = []
    tables: list[tuple[int, int]] = []
    pacer = Pacer(S, fed.extend, lambda passed: tables.append((passed, len(fed))))
    pacer.feed([call(READ, start=1), call(READ, start=S // 2), call(READ, start=S + 5), call(READ, start=5 * S)])
    pacer.feed([])
    pacer.feed([call(READ, start=6 * S + 1)])
    assert tables == [(S, 2), (2 * S, 3), (5 * S, 4)] and len(fed) == 5


# --- options


def error_of(*arguments: str) -> str:
    with pytest.raises(PtracerError) as caught:
        parse([*arguments, "true"])
    return caught.value.message


def options_of(*arguments: str) -> Options:
    return parse([*arguments, "true"])


def test_what_is_measured_is_not_listed_unless_somebody_asks_for_that_as_well() -> None:
    assert not options_of("--by").lists and not options_of("--account").lists and not options_of("--slowest=3").lists
    assert options_of("-C", "--by=path").lists
    assert options_of("--by").by == ["syscall"] and options_of("--by=path,fd", "--by=path").by == ["path", "fd"]
    assert options_of("--interval=2").by == ["syscall"] and options_of("--interval=0.5").interval == S // 2
    assert options_of("-c", "--interval=500ms").by == []


def test_descriptors_are_asked_about_only_where_they_are_needed() -> None:
    assert not options_of("--by").asked and not options_of("--by=thread").asked
    assert options_of("--by=fd").asked == {"path"} and "socket" in options_of("--by=peer").asked


def test_what_makes_no_sense_is_said() -> None:
    assert error_of("--by=colour") == "invalid --by argument: 'colour' is none of syscall, thread, process, path, fd, peer"
    assert "invalid" in error_of("--slowest=0") and "invalid" in error_of("--interval=0") and "invalid" in error_of("--interval=x")
    assert "mutually exclusive" in error_of("-ff", "--by")
    assert "mutually exclusive" in error_of("--top", "-C") and "mutually exclusive" in error_of("--top", "-D")
    assert "--interval" in error_of("-C", "--interval=1")


# --- a real run

SCRIPT = "import os, time\nfor n in range(150):\n  open('/etc/passwd').read(n); os.stat('/'); time.sleep(0.0002 * (n % 7))\n"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import sys

    path = tmp_path_factory.mktemp("statistics") / "run.rec"
    run = ptracer("-f", "--record", str(path), sys.executable, "-I", "-S", "-c", SCRIPT)
    assert run.returncode == 0, run.stderr
    return path


def calls_in(path: Path) -> Iterator[tuple[Any, ...]]:
    """All calls of a recording, put together without any of the code under test."""
    inside: dict[int, Any] = {}
    for batch in Recording(str(path)).batches():
        for record in batch:
            if record[0] == records.CALL:
                yield record
            elif record[0] == records.ENTRY:
                inside[record[1]] = record
            elif record[0] == records.EXIT and record[1] in inside:
                yield (*inside.pop(record[1]), *record[2:])


@pytest.mark.ptrace
def test_percentiles_agree_with_those_computed_from_all_calls_of_a_recording(recording: Path) -> None:
    times: dict[int, list[int]] = defaultdict(list)
    for one in calls_in(recording):
        times[one[4]].append(one[8] - one[2])
    statistics = Statistics(["syscall"])
    for batch in Recording(str(recording)).batches():
        statistics.feed(batch)
    made = {key[1]: tally for key, tally in statistics.tables["syscall"].groups.items()}  # type: ignore[index]
    assert set(made) == set(times) and max(map(len, times.values())) > 200
    for number, walls in times.items():
        tally, walls = made[number], sorted(walls)
        assert (tally.calls, tally.wall, tally.least, tally.most) == (len(walls), sum(walls), walls[0], walls[-1])
        for share, value in zip((0.5, 0.9, 0.99), tally.percentiles(0.5, 0.9, 0.99)):
            true = walls[math.ceil(round(share * len(walls), 6)) - 1]
            assert abs(value - true) <= true * 0.01


@pytest.mark.ptrace
def test_every_table_of_a_recording_has_the_same_calls_in_it(recording: Path) -> None:
    count = sum(1 for _ in calls_in(recording))
    run = ptracer("--replay", str(recording), "--by=syscall,thread,process,path,fd,peer")
    totals = [line.split() for line in run.stdout.splitlines() if " total" in line]
    assert len(totals) == 6 and all(str(count) in line for line in totals), run.stdout
    assert " /etc/passwd" in run.stdout and "3</etc/passwd>" in run.stdout and "python" in run.stdout


@pytest.mark.ptrace
def test_the_table_of_strace_has_percentiles_where_they_are_asked_for(recording: Path) -> None:
    run = ptracer("--replay", str(recording), "-c", "-w", "-U", "calls,p50,p99,max-time,name", "-S", "p99")
    lines = run.stdout.splitlines()
    assert lines[0].split() == ["calls", "p50", "p99", "longest", "syscall"]
    assert all(float(line.split()[1]) <= float(line.split()[2]) <= float(line.split()[3]) for line in lines[2:-2])


@pytest.mark.ptrace
def test_files_and_peers_of_a_trace_that_runs() -> None:
    import sys

    script = (
        "import socket; a = socket.socket(); a.bind(('127.0.0.1', 0)); a.listen(); b = socket.create_connection(a.getsockname());"
        "c, _ = a.accept(); [b.send(b'x' * 100) and c.recv(100) for _ in range(20)]"
    )
    run = ptracer("--by=peer,path", sys.executable, "-I", "-S", "-c", script)
    assert run.returncode == 0 and "TCP:[127.0.0.1:" in run.stderr and "(no socket)" in run.stderr
    assert "ld.so.cache" in run.stderr and "1.95K" in run.stderr, run.stderr


@pytest.mark.ptrace
def test_filters_choose_what_is_counted() -> None:
    run = ptracer("-e", "filter=openat && ret >= 0", "--by", "cat", "/etc/hostname", "/nonexistent")
    assert "openat" in run.stderr and "read" not in run.stderr.replace("thread", "") and "ENOENT" not in run.stderr


@pytest.mark.ptrace
def test_a_table_comes_every_so_often_also_while_nothing_happens() -> None:
    run = start("--interval=0.3", "--by", "sleep", "1")
    assert run.wait(30) == 0
    assert run.stderr is not None
    text = run.stderr.read()
    assert text.count("After 0.") >= 2 and text.count(" total") >= 3


@pytest.mark.ptrace
def test_the_account_says_in_which_call_a_process_is_that_only_waits(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = ptracer("--account", "--slowest=1", "-o", str(out), "sleep", "0.5")
    assert run.returncode == 0
    text = out.read_text()
    assert "sleep: " in text and "clock_nanosleep" in text and text.splitlines()[-1].startswith("clock_nanosleep(CLOCK")


