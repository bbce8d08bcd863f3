"""Presets: words that stand for other options, for people who do not know these yet."""

from __future__ import annotations

from collections.abc import Sequence

from ptracer.arguments import Found, UsageError, scan, suggestion
from ptracer.hints import Any
from ptracer.options import COUNTED, Options, apply

# What each stands for, as one would type it. No option here may be one that counts how often it is given, except -f.
PRESETS = {
    "files": "-f --decode-fds=path -s 64 -e trace=%file",
    "network": "-f --decode-fds=all -s 256 -e trace=%network",
    "processes": "-f --decode-pids=comm -s 256 -e trace=%process",
    "hang": "-f --decode-fds=all --decode-pids=comm --absolute-timestamps=us -T",
    "everything": "-f -v -s 4096 --decode-fds=all --decode-pids=comm --absolute-timestamps=us -T",
}


LISTS = ("paths", "conditions")  # attributes to which options add


class Noting(Options):
    """Options that remember which of their attributes have been set."""

    def __init__(self) -> None:
        super().__init__()
        self.noted = set[str]()

    def __setattr__(self, name: str, value: Any) -> None:
        if "noted" in vars(self):
            self.noted.add(name)
        super().__setattr__(name, value)


def choose(options: Options, value: str, written: str) -> None:
    """The option itself."""
    if value not in PRESETS:
        known = ", ".join(PRESETS)
        raise UsageError(f"invalid {written} argument: '{value}'{suggestion(value, [*PRESETS])} (it can be {known})")
    options.preset = value


def fill_in(options: Options, found: Sequence[Found]) -> None:
    """Fill in what a preset says, but nothing that the options on the command line have set."""
    from ptracer.option_table import OPTIONS

    preset = options.preset
    underlay(options, found, scan(PRESETS[preset].split(), [option.spelling for option in OPTIONS])[0])
    options.announcement = f"--preset={preset} stands for {PRESETS[preset]}"


def underlay(options: Options, found: Sequence[Found], beneath: Sequence[Found]) -> None:
    """Fill in what the options ``beneath`` say, but nothing that those ``found`` have set; of lists, what they add."""
    chosen, noting = Noting(), Noting()
    apply(noting, found)
    apply(chosen, beneath)
    superseded = {attribute for attribute, _, name, _ in COUNTED if name in options.given}
    for name in chosen.noted - noting.noted - superseded:
        setattr(options, name, getattr(chosen, name))
    for name in LISTS:
        if not getattr(options, name):
            setattr(options, name, getattr(chosen, name))
