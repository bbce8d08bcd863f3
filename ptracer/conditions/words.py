"""The words of a condition."""

from __future__ import annotations

import re

from ptracer.errors import PtracerError
from ptracer.messages import visible

# In the order in which they are tried. A path needs no quotation marks where only a path can stand: see grammar.
KINDS = (
    ("space", r"\s+"),
    ("number", r"0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?"),
    ("text", r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'"),
    ("operator", r"&&|\|\||==|!=|<=|>=|=~|!~|[<>!&|()\-.,]"),
    ("name", r"[A-Za-z_%][\w%]*"),
    ("path", r"/[^\s()&|]*"),
)
WORD = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS), re.ASCII)


class Word:
    """One word: its kind, its text, and its place, counted from 0."""

    __slots__ = ("kind", "text", "place")

    def __init__(self, kind: str, text: str, place: int) -> None:
        self.kind, self.text, self.place = kind, text, place


class Wrong(PtracerError):
    """A condition that makes no sense; the message shows where."""

    def __init__(self, text: str, place: int, what: str, hint: str = "") -> None:
        place_shown = len(visible(text[:place]))
        super().__init__(
            f"{what}, at column {place + 1} of the condition{hint}", more=(f"  {visible(text)}", f"  {' ' * place_shown}^")
        )


def words_of(text: str) -> list[Word]:
    """The words of a condition, and an empty one at its end. Wrong: there is something that is no word."""
    found = []
    place = 0
    while place < len(text):
        match = WORD.match(text, place)
        if match is None:
            what = "the text has no end" if text[place] in "\"'" else f"nothing begins with '{text[place]}'"
            raise Wrong(text, place, what)
        if match.lastgroup != "space":
            found.append(Word(match.lastgroup or "", match[0], place))
        place = match.end()
    return [*found, Word("end", "", len(text))]
