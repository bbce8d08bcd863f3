"""Colours: an output that paints finished text on its way to a terminal.

Renderers know nothing of colours, so widths and columns stay right. One regular expression finds the parts of a
line; the escape sequences of each kind of part are asked of rich once and remembered. The colours are the
sixteen that every terminal's own theme makes readable, on light and dark ground.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping

from ptracer.render.output import Output

# Kinds of parts, by the names of strace's STRACE_COLORS, and styles in the words of rich.
STYLES = {
    "syscall": "bold blue",
    "argname": "cyan",
    "argval": "none",
    "string": "green",
    "call": "bold",
    "const": "magenta",
    "comment": "dim",
    "punct": "dim",
    "retval": "bold",
    "error": "bold red",
    "notice": "yellow",
}

# Data and stacks below a call; what a line begins with (process id, time stamps, numbers in brackets) and its call or
# notice; then parts, among them what is behind a descriptor or a process.
PART = re.compile(
    r"""
      ^(?P<below>\ [|>*=]\ .*)
    | ^(?P<begin>(?:\[pid\ +\d+(?:<[^>\n]*>)?\]\ |\d[\d.:]*(?:<[^>\n]*>)?\ +|\(\+\ +[\d.]+\)\ |\[[\ \w]+\]\ )*)
       (?:(?P<name>[a-z_]\w*)(?=\()|(?P<notice>(?:---|\+\+\+|\[)\ .*)|(?P<resumed><\.\.\.\ \w+\ resumed>))
    | "(?:[^"\\]|\\.)*"(?:\.\.\.)?
    | [A-Za-z_]\w*[(=]?
    | \d\w*
    | (?<=[)\ ]\ )=\ .*
    | /\*.*?\*/
    | <(?:unfinished|detached)\ \.\.\.>
    | (?<=[\dD])<(?:[^<>\n]|<[^<>\n]*>)*>
    | [\x00-\x08\x0b-\x1f\x7f-\x9f]
    """,
    re.VERBOSE | re.MULTILINE,
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # never to a terminal as they are
REMEMBERED = 10_000  # words

Painted = Callable[[str], str]


def strace_colors(text: str) -> dict[str, str]:
    """``key=SGR:key=SGR``, as STRACE_COLORS has it; what makes no sense is left out."""
    codes = {}
    for item in text.split(":"):
        key, _, code = item.partition("=")
        if key in STYLES and re.fullmatch(r"[0-9;]+", code):
            codes[key] = code
    return codes


def sequences(overrides: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What to write before and after each kind of part."""
    from rich.color import ColorSystem
    from rich.style import Style

    made = {}
    for kind, words in STYLES.items():
        painted = Style.parse(words).render("\0", color_system=ColorSystem.STANDARD)
        before, _, after = painted.partition("\0")
        made[kind] = (f"\x1b[{overrides[kind]}m", "\x1b[0m") if kind in overrides else (before, after)
    return made


class Painter:
    """Paints text. What was written of a line before need not be known."""

    def __init__(self, colors: str = "") -> None:
        self.sequences = sequences(strace_colors(colors))
        self.words: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """The text with escape sequences."""
        return PART.sub(self.part, text)

    def part(self, match: re.Match[str]) -> str:
        """One part of a line."""
        text = match[0]
        known = self.words.get(text)
        if known is not None:
            return known
        if match["below"] is not None:
            return self.paint("punct", text)
        if match["begin"] is not None:
            return self.beginning(match)
        first = text[0]
        if first.isalpha() or first == "_":
            known = self.word(text)
            if len(self.words) < REMEMBERED:
                self.words[text] = known
            return known
        if first == '"':
            return self.paint("string", text)
        if first == "=":
            return "= " + self.paint("error" if text.startswith(("= -1 E", "= ? E")) else "retval", text[2:])
        if first.isdigit():
            return text
        return self.paint({"/": "comment", "<": "punct"}.get(first, "argval"), text)

    def beginning(self, match: re.Match[str]) -> str:
        """A line's beginning: what is before its call or notice stands back."""
        text = self.paint("punct", match["begin"]) if match["begin"] else ""
        for group, kind in (("name", "syscall"), ("notice", "notice"), ("resumed", "punct")):
            if match[group]:
                text += self.paint(kind, match[group])
        return text

    def word(self, text: str) -> str:
        """A name: what follows says of what."""
        if text[-1] == "=":
            return self.paint("argname", text[:-1]) + "="
        if text[-1] == "(":
            return self.paint("call", text[:-1]) + "("
        return self.paint("const", text) if text.upper() == text else text

    def paint(self, kind: str, text: str) -> str:
        """Text in the colours of a kind."""
        before, after = self.sequences[kind]
        if CONTROL.search(text) is not None:
            text = CONTROL.sub(lambda found: escaped(found[0]), text)
        return f"{before}{text}{after}"


def escaped(character: str) -> str:
    """A control character as text."""
    return f"\\x{ord(character):02x}"


class Terminal(Output):
    """An output with colours."""

    def __init__(self, descriptor: int, failed: Callable[[OSError], None], paint: Painted) -> None:
        super().__init__(descriptor, failed)
        self.paint = paint

    def flush(self) -> None:
        """Paint what was gathered, and hand it to the kernel."""
        if self.parts:
            self.parts[:] = [self.paint("".join(self.parts))]
        super().flush()


def wanted(when: str, descriptor: int, into_file: bool) -> bool:
    """Whether there are to be colours: ``auto`` means on a terminal that has them, unless NO_COLOR is set."""
    if when != "auto":
        return when == "always"
    if into_file or os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb":
        return False
    return os.isatty(descriptor)


def painter() -> Painter:
    """With the colours of the environment."""
    return Painter(os.environ.get("STRACE_COLORS", ""))
