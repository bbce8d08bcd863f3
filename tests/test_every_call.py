"""Every call of every ABI, plausible and hostile, as strace shows it: see every_call.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from compare import find_strace, strace_version
from every_call import UNFILTERED, calls, comparison
from programs.build import CannotBuild

from ptracer.regs import ABI, I386, SYSTEM_CALL_ABIS, X32_BIT, X86_64

MODES = ["", "-v", "-Xraw", "-Xverbose", "-s 4", "-x"]
ENOUGH = {X86_64: 98.0, I386: 96.0}  # percent of lines; what was reached is in docs/differences.md


@pytest.mark.parametrize("abi", SYSTEM_CALL_ABIS, ids=lambda abi: abi.name)
def test_every_number_is_called_plausibly_and_with_hostility(abi: ABI) -> None:
    made: dict[int, set[bool]] = {}
    for listed in calls(abi):
        made.setdefault(listed.number & ~X32_BIT, set()).add(listed.answer < 0)
    missing = {name for number, name in abi.numbers.items() if number not in made}
    assert missing <= UNFILTERED
    assert max(made) > max(abi.numbers), "numbers that nobody knows are called as well"


def test_the_same_calls_are_made_each_time() -> None:
    assert calls(X86_64, "^(openat|fcntl)$") == calls(X86_64, "^(openat|fcntl)$")


@pytest.mark.ptrace
@pytest.mark.parametrize("abi", ENOUGH, ids=lambda abi: abi.name)
@pytest.mark.parametrize("options", MODES, ids=lambda options: options or "plain")
def test_every_call_is_shown_as_strace_shows_it(abi: ABI, options: str, tmp_path: Path) -> None:
    strace = find_strace()
    if strace is None or strace_version(strace) < (7, 2):
        pytest.skip("there is no strace 7.2 to compare with")
    try:
        result = comparison(strace, abi, options.split(), tmp_path)
    except CannotBuild as problem:
        pytest.skip(str(problem))
    if result.share < ENOUGH[abi]:
        pytest.fail(result.report(), pytrace=False)
