"""The manual page and the completions: that they are what the tools write, and that shells take them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ptracer.arguments import NONE
from tools import completions, generated, manual

BASH = """
compopt() { :; }
source "$1"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=(x y) COMP_CWORD=1
_ptracer
printf '%s\\n' "${COMPREPLY[@]}"
"""


def test_what_is_in_the_tree_is_what_the_tools_write() -> None:
    assert generated.differences({**completions.files(), **manual.files()}) == [], "make share"


def test_what_is_known_of_values_is_known_of_options_that_take_one() -> None:
    options = {completions.key(option): option for option in completions.OPTIONS}
    for name in completions.VALUES:
        assert options[name].spelling.value != NONE


@pytest.mark.parametrize("shell, path", [("bash", completions.BASH), ("zsh", completions.ZSH), ("fish", completions.FISH)])
def test_shells_can_read_it(shell: str, path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    run = subprocess.run([shell, "-n", path], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and not run.stderr


@pytest.mark.parametrize(
    "line, expected",
    [
        ("ptracer --sig", {"--signals"}),
        ("ptracer -e trace=%fst", {"%fstat", "%fstatfs"}),
        ("ptracer -f -e trace=openat,close_", {"openat,close_range"}),
        ("ptracer --trace=!sched_y", {"!sched_yield"}),
        ("ptracer -e inject=read:err", {"error="}),
        ("ptracer -e inject=read:error=EIO", {"EIO", "EIOCBQUEUED"}),
        ("ptracer -e sta", {"status=", "statfs", "statmount", "stat", "statx"}),
        ("ptracer --signals=SIGUS", {"SIGUSR1", "SIGUSR2"}),
        ("ptracer --preset ha", {"hang"}),
        ("ptracer -o /tmp/x -X ra", {"raw"}),
        ("ptracer --color=al", {"always"}),
    ],
)
def test_bash_completes(line: str, expected: set[str]) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    run = subprocess.run(["bash", "-c", BASH, "bash", completions.BASH, line], capture_output=True, text=True, timeout=60)
    assert not run.stderr
    assert set(run.stdout.splitlines()) == expected


@pytest.mark.parametrize(
    "line, expected",
    [
        ("ptracer -e trace=openat,close_", {"trace=openat,close_range"}),
        ("ptracer -e inject=read:error=EIOC", {"inject=read:error=EIOCBQUEUED"}),
        ("ptracer --preset ha", {"hang"}),
        ("ptracer -X ra", {"raw"}),
    ],
)
def test_fish_completes(line: str, expected: set[str]) -> None:
    if shutil.which("fish") is None:
        pytest.skip("there is no fish")
    script = f"source {completions.FISH}; complete -C '{line}'"
    run = subprocess.run(["fish", "-c", script], capture_output=True, text=True, timeout=60)
    assert {text.split("\t")[0] for text in run.stdout.splitlines()} == expected


def test_man_has_nothing_to_say_against_the_page() -> None:
    if shutil.which("groff") is None:
        pytest.skip("there is no groff")
    run = subprocess.run(["groff", "-ww", "-man", "-Tutf8", "-P-c", manual.PAGE], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and not run.stderr
    for option in completions.shown():
        assert all(name.replace("-", "\\-") in manual.PAGE.read_text() for name in completions.written(option))
