"""The table of -c. The expected tables are strace's for the same numbers."""

from __future__ import annotations

from typing import Any

import pytest

from ptracer.capture.records import CALL, ENTRY, EXECED, EXIT
from ptracer.regs import AUDIT_ARCH_I386, AUDIT_ARCH_X86_64, X32_BIT
from ptracer.render.summary import COLUMNS, DEFAULT, SORTS, TABLE, Summary

US = 1000


def call(number: int, cpu: int = 0, wall: int = 0, failed: bool = False, arch: int = AUDIT_ARCH_X86_64) -> tuple[Any, ...]:
    """A CALL record; times in nanoseconds."""
    return (CALL, 7, 0, arch, number, (0,) * 6, 0, None, wall, -2 if failed else 0, failed, cpu, None)


def table(records: list[Any], **options: Any) -> list[str]:
    summary = Summary(**options)
    summary.feed(records)
    return summary.table().splitlines()


def test_the_table_is_strace_s() -> None:
    records = [call(0, 4 * US), call(0, 3 * US), call(257, 93 * US, failed=True), call(257, 100 * US), call(39, 0)]
    assert table(records) == [
        "% time     seconds  usecs/call     calls    errors syscall",
        "------ ----------- ----------- --------- --------- ----------------",
        " 96.50    0.000193          96         2         1 openat",
        "  3.50    0.000007           3         2           read",
        "  0.00    0.000000           0         1           getpid",
        "------ ----------- ----------- --------- --------- ----------------",
        "100.00    0.000200          40         5         1 total",
    ]


def test_nothing_counted_is_no_table() -> None:
    assert table([]) == []


def test_equal_lines_are_in_the_order_of_numbers() -> None:
    lines = table([call(257), call(3), call(0)], sort="calls")
    assert [line.split()[-1] for line in lines[2:5]] == ["read", "close", "openat"]


def test_a_table_for_each_abi_that_was_used() -> None:
    lines = table([call(0), call(1, arch=AUDIT_ARCH_I386), call(39 | X32_BIT)])
    assert [line for line in lines if "summary" in line] == [
        "System call usage summary for 32 bit mode:",
        "System call usage summary for x32 mode:",
    ]
    assert any(line.endswith(" exit") for line in lines), "number 1 of i386"


def test_names_in_the_middle_are_padded_to_more_than_the_longest() -> None:
    lines = table([call(204), call(1999, failed=True)], chosen=["name", "calls", "errors"], sort="name")
    assert lines == [
        "syscall                calls    errors",
        "------------------ --------- ---------",
        "sched_getaffinity          1          ",
        "syscall_0x7cf              1         1",
        "------------------ --------- ---------",
        "total                      2         1",
    ]


def test_a_table_without_names_gets_them_as_the_last_column() -> None:
    assert table([call(0)], chosen=["calls", "errors"])[0] == "    calls    errors syscall"


def test_extremes_and_wall_time() -> None:
    records = [call(0, 2 * US, 1500), call(0, 9 * US, 2500)]
    chosen = ["min-time", "max-time", "wall-total", "wall-min", "wall-max", "wall-avg", "name"]
    lines = table(records, chosen=chosen)
    assert lines[0] == "shortest  longest  wall-total wall-min wall-max    wall-avg syscall"
    assert lines[2] == "0.000002 0.000009    0.000004 0.000002 0.000003           2 read"


def test_wall_clock_instead_of_processor_time() -> None:
    assert table([call(35, 5, 200_139_400)], wall_clock=True)[2].split()[:3] == ["100.00", "0.200139", "200139"]


def test_the_overhead_is_subtracted_and_nothing_gets_negative() -> None:
    assert table([call(0, 3 * US), call(0, 9 * US)], overhead=5 * US)[2].split()[1] == "0.000004"


def test_only_calls_that_count() -> None:
    lines = table([call(0), call(0, failed=True)], counted=lambda failed: failed)
    assert lines[2].split()[3:] == ["1", "1", "read"]


def test_calls_that_were_open_when_they_were_seen() -> None:
    records: list[Any] = [
        (ENTRY, 7, 100, AUDIT_ARCH_X86_64, 0, (0,) * 6, 0, None),
        call(39),
        (EXIT, 7, 5_100, 0, False, 3 * US, None),
        (ENTRY, 8, 0, AUDIT_ARCH_X86_64, 59, (0,) * 6, 0, None),
        (EXECED, 7, 0, 8),
        (EXIT, 7, 10, 0, False, 0, None),
    ]
    lines = table(records, chosen=["wall-total", "total-time", "calls", "name"])
    assert lines[2] == "   0.000005    0.000003         1 read"
    assert any(line.endswith("1 execve") for line in lines)


@pytest.mark.parametrize("name", SORTS)
def test_every_key_sorts(name: str) -> None:
    lines = table([call(0, 1, 5), call(1, 2, 4, failed=True)], sort=SORTS[name])
    assert {line.split()[-1] for line in lines[2:4]} == {"read", "write"}


def test_every_name_of_a_column_means_one() -> None:
    assert set(COLUMNS.values()) == set(TABLE) and set(DEFAULT) <= set(TABLE)
