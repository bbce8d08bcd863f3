"""Tips, presets, and what ptracer says of itself."""

from __future__ import annotations

import os
import shlex

import pytest

from ptracer.errors import PtracerError
from ptracer.option_table import OPTIONS
from ptracer.options import Options, parse
from ptracer.presets import PRESETS
from ptracer.tips import TIPS, boxed, explained
from tests.running import ptracer


def options_of(*arguments: str) -> Options:
    return parse([*arguments, "true"])


# Each was tried with strace 7.2.
@pytest.mark.parametrize(
    "arguments, tip, form",
    [
        (["--tips"], None, "compact"),
        (["--tips="], None, "compact"),
        (["--tips=3"], 3, "compact"),
        (["--tips=ID:3,Format:FULL"], 3, "full"),
        (["--tips=none,3"], 3, "none"),
        (["--tips=3,random"], None, "compact"),
        (["--tips=,,3,"], 3, "compact"),
        (["--tips= +3"], 3, "compact"),
        (["--tips=2147483647"], 2147483647, "compact"),
        (["--tips=3", "--tips"], 3, "compact"),
        (["--tips=full", "--tips=3"], 3, "full"),
        (["--tips=none", "--tips=3"], 3, "compact"),
    ],
)
def test_which_tip(arguments: list[str], tip: int | None, form: str) -> None:
    options = options_of(*arguments)
    assert (options.tip, options.tips) == (tip, form)


@pytest.mark.parametrize("value", ["-1", "x", "id:", "format:", "id:none", "format:3", "0x3", "2147483648", "3,x"])
def test_no_tip(value: str) -> None:
    with pytest.raises(PtracerError) as caught:
        options_of(f"--tips={value}")
    assert caught.value.message == f"invalid --tips argument: '{value}'"


def test_the_options_in_tips_exist() -> None:
    for _, command in TIPS:
        for part in command.split(";"):
            name, *arguments = shlex.split(part)
            assert name == "ptracer"
            parse(["1" if argument == "PID" else argument for argument in arguments])
        assert explained(command) or "ptracer ls" in command


def test_a_box_has_straight_sides() -> None:
    lines = boxed(["short", "x" * 80]).splitlines()
    assert {len(line) for line in lines} == {84}


@pytest.mark.ptrace
def test_a_tip_comes_at_the_end_and_a_tip_alone_needs_no_command() -> None:
    run = ptracer("--tips=0", "-e", "trace=none", "true")
    assert run.stderr == "+++ exited with 0 +++\n" + ptracer("--tips=0").stderr
    assert ptracer(f"--tips={len(TIPS)}", "-c", "-ff").stderr == ptracer("--tips=0").stderr
    assert ptracer("--tips=none").returncode == 1
    assert ptracer("--tips=0", "-p", "999999999").stderr.count("+--") == 2


# --- presets


def test_every_preset_is_made_of_options() -> None:
    for name, text in PRESETS.items():
        chosen, typed = options_of(f"--preset={name}"), options_of(*text.split())
        for attribute in vars(typed).keys() - {"given", "written", "preset", "announcement", "trace"}:
            one, other = getattr(chosen, attribute), getattr(typed, attribute)
            assert repr(one) == repr(other) or type(one) is type(other) and vars(one) == vars(other), attribute
        assert chosen.trace.has("openat") == typed.trace.has("openat")


@pytest.mark.parametrize("before", [True, False])
def test_other_options_win_wherever_they_stand(before: bool) -> None:
    others = ["-f", "-s", "5", "-e", "trace=close", "-y"]
    options = options_of(*(others if before else []), "--preset=files", *([] if before else others))
    assert (options.follow, options.separately, options.string_limit) == (1, False, 5)
    assert options.trace.has("close") and not options.trace.has("openat")
    assert "path" in options.descriptors and "socket" not in options.descriptors
    assert options_of("--preset=files", "-e", "trace=all").trace.is_all
    assert options_of("--preset=hang", "-t").absolute_precision == "s"


def test_an_unknown_preset_says_what_there_is() -> None:
    with pytest.raises(PtracerError, match="'file'; did you mean 'files'.*everything"):
        options_of("--preset=file")


@pytest.mark.ptrace
def test_a_preset_says_once_what_it_stands_for() -> None:
    run = ptracer("--preset=processes", "true")
    assert run.stderr.startswith(f"ptracer: --preset=processes stands for {PRESETS['processes']}\n")
    assert run.stderr.count("stands for") == 1
    assert "stands for" not in ptracer("-q", "--preset=processes", "true").stderr


# --- -d


@pytest.mark.ptrace
def test_it_can_say_what_it_does() -> None:
    text = ptracer("-d", "-f", "-e", "trace=close", "sh", "-c", "/bin/true; exit 3").stderr
    for part in ("seize", "stops as it was asked to", "enters close (x86_64 3)", "has executed a program", "has ended with 3"):
        assert part in text
    assert "close(3)" in text and text.endswith("\n")
    assert "seize" not in ptracer("-e", "trace=none", "true").stderr


def test_the_help_has_every_option_and_fits() -> None:
    for columns in (60, 80, 200):
        text = ptracer("-h", env={**os.environ, "COLUMNS": str(columns)}).stdout
        assert max(map(len, text.splitlines())) <= columns
        for option in OPTIONS:
            if option.group and option.spelling.long:
                assert f"--{option.spelling.long[0]}" in text
