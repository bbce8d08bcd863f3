"""The grammar of conditions, from the weakest binding to the strongest:

    either  = both {"||" both}
    both    = negated {"&&" negated}
    negated = "!" negated | test
    test    = value [("==" | "!=" | "<" | "<=" | ">" | ">=" | "&" | "=~" | "!~" | "in" | "under") value]
    value   = ["-"] number [unit] | text | name {"." name} | path | "(" either ")" | "(" value {"," value} ")" after "in"

A name alone is that of a call, of a class (``%file``), or of something that is not zero. ``flags & O_CREAT`` is true when they
have a bit in common. ``under`` is a file or what is below a directory. A path needs quotation marks only for blanks and the like.
"""

from __future__ import annotations

from ptracer.conditions.words import Word, Wrong, words_of

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "&", "=~", "!~")
NAMED_COMPARISONS = ("in", "under")
# What every call has besides its arguments: result, errno, nanoseconds it took, thread, its own name.
BUILT_IN = ("ret", "error", "dur", "tid", "call")
UNITS = {
    "ns": 1, "us": 1000, "ms": 1_000_000, "s": 1_000_000_000,
    "k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30,
}  # fmt: skip


class Node:
    """A part of a condition, and where it begins in its text."""

    __slots__ = ("place",)

    def __init__(self, place: int) -> None:
        self.place = place


class Either(Node):
    """One of two holds."""

    __slots__ = ("left", "right")

    def __init__(self, place: int, left: Node, right: Node) -> None:
        super().__init__(place)
        self.left, self.right = left, right


class Both(Either):
    """Both hold."""

    __slots__ = ()


class Negated(Node):
    """It does not hold."""

    __slots__ = ("inner",)

    def __init__(self, place: int, inner: Node) -> None:
        super().__init__(place)
        self.inner = inner


class Test(Node):
    """Two values compared."""

    __slots__ = ("operator", "left", "right")

    def __init__(self, place: int, operator: str, left: Node, right: Node) -> None:
        super().__init__(place)
        self.operator, self.left, self.right = operator, left, right


class Constant(Node):
    """A number, or bytes."""

    __slots__ = ("value",)

    def __init__(self, place: int, value: int | bytes) -> None:
        super().__init__(place)
        self.value = value


class Named(Node):
    """A name, perhaps with fields: ``addr.sin_port``; ``negative`` of a constant such as ``-ENOENT``."""

    __slots__ = ("names", "negative")

    def __init__(self, place: int, names: tuple[str, ...], negative: bool = False) -> None:
        super().__init__(place)
        self.names, self.negative = names, negative


class Several(Node):
    """A list, after ``in``."""

    __slots__ = ("items",)

    def __init__(self, place: int, items: list[Node]) -> None:
        super().__init__(place)
        self.items = items


def parse(text: str) -> Node:
    """The tree of a condition. Wrong: it makes no sense."""
    parser = Parser(text)
    tree = parser.either()
    if parser.word.kind != "end":
        raise parser.wrong(f"'{parser.word.text}' is too much")
    return tree


class Parser:
    """Reads words from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words_of(text)
        self.at = 0

    @property
    def word(self) -> Word:
        """The next word."""
        return self.words[self.at]

    def wrong(self, what: str) -> Wrong:
        return Wrong(self.text, self.word.place, what)

    def take(self, *texts: str) -> Word | None:
        """The next word if it is one of these operators or names."""
        word = self.word
        if word.kind not in ("operator", "name") or word.text not in texts:
            return None
        self.at += 1
        return word

    def either(self) -> Node:
        left = self.both()
        while word := self.take("||"):
            left = Either(word.place, left, self.both())
        return left

    def both(self) -> Node:
        left = self.negated()
        while word := self.take("&&"):
            left = Both(word.place, left, self.negated())
        return left

    def negated(self) -> Node:
        if word := self.take("!"):
            return Negated(word.place, self.negated())
        return self.test()

    def test(self) -> Node:
        left = self.value()
        word = self.take(*COMPARISONS, *NAMED_COMPARISONS)
        if word is None:
            return left
        right = self.several() if word.text == "in" else self.value()
        return Test(word.place, word.text, left, right)

    def several(self) -> Node:
        begin = self.take("(")
        if begin is None:
            raise self.wrong("'in' is followed by values in parentheses")
        items = [self.value()]
        while self.take(","):
            items.append(self.value())
        self.close(begin)
        return Several(begin.place, items)

    def close(self, begin: Word) -> None:
        if not self.take(")"):
            raise Wrong(self.text, begin.place, "this parenthesis is not closed")

    def value(self) -> Node:
        begin = self.word
        if self.take("("):
            inside = self.either()
            self.close(begin)
            return inside
        negative = self.take("-") is not None
        word = self.word
        self.at += 1
        match word.kind:
            case "number":
                return Constant(begin.place, (-1 if negative else 1) * self.number(word))
            case "name":
                return Named(begin.place, self.fields(word), negative)
            case "text" if not negative:
                return Constant(begin.place, unquoted(word.text))
            case "path" if not negative:
                return Constant(begin.place, word.text.encode())
        self.at -= 1
        raise self.wrong(f"a value is missing before '{word.text}'" if word.text else "a value is missing")

    def number(self, word: Word) -> int:
        """A number with its unit."""
        unit = self.word
        factor = 1
        if unit.kind == "name" and unit.place == word.place + len(word.text):
            if unit.text not in UNITS:
                raise self.wrong(f"there is no unit '{unit.text}': {', '.join(UNITS)}")
            factor = UNITS[unit.text]
            self.at += 1
        if word.text[:2] in ("0x", "0X"):
            return int(word.text, 16) * factor
        if "." in word.text:
            return round(float(word.text) * factor)
        return int(word.text, 8 if word.text.startswith("0") and word.text.isdigit() and len(word.text) > 1 else 10) * factor

    def fields(self, word: Word) -> tuple[str, ...]:
        names = [word.text]
        while self.take("."):
            if self.word.kind != "name":
                raise self.wrong("the name of a field is missing")
            names.append(self.word.text)
            self.at += 1
        return tuple(names)


def unquoted(text: str) -> bytes:
    """A text as bytes, with the escapes of C."""
    return text[1:-1].encode().decode("unicode_escape").encode("latin-1")
