"""What a condition means for a call.

A call that lacks what is asked about (no such argument, or one that could not be read) does not satisfy a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ptracer.arguments import suggestion
from ptracer.conditions.grammar import BUILT_IN, Both, Constant, Either, Named, Negated, Node, Several, Test, parse
from ptracer.conditions.words import Wrong
from ptracer.decode.call import Call
from ptracer.decode.values import Annotated, Change, Described, Explained, Fields, Joined, Labelled, Symbol, Text
from ptracer.decode.words import Special, Word
from ptracer.hints import Any
from ptracer.regs import SYSTEM_CALL_ABIS

Truth = Callable[[Call], bool]
Plain = int | bytes | Fields | None  # what values are compared as
Get = Callable[[Call], Plain]

AT_EXIT = {"ret", "error", "dur"}


class Condition:
    """A condition, checked: ``holds(call)``.

    ``calls`` are the only calls that can satisfy it, None where any may. ``at_entry`` says that it does not ask for
    the call's end.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        tree = parse(text)
        self.vocabulary = Vocabulary(text)
        self.holds = self.truth(tree)
        self.calls = self.possible(tree)
        names = {node.names[0] for node in named_nodes(tree)}
        self.at_entry = not names & AT_EXIT
        self.arguments = names - {*BUILT_IN}

    def known_at_entry(self, call: Call) -> bool:
        """Whether what it asks of a call is known when that begins."""
        return self.at_entry and self.arguments.isdisjoint(call.signature.names[call.signature.split :])

    # --- truth

    def truth(self, node: Node) -> Truth:
        """A function that says whether a part holds."""
        match node:
            case Both():
                left, right = self.truth(node.left), self.truth(node.right)
                return lambda call: left(call) and right(call)
            case Either():
                left, right = self.truth(node.left), self.truth(node.right)
                return lambda call: left(call) or right(call)
            case Negated():
                inner = self.truth(node.inner)
                return lambda call: not inner(call)
            case Test():
                return self.test(node)
            case Named() if (calls := self.vocabulary.calls_named(node)) is not None:
                return lambda call: call.signature.name in calls
        get = self.get(node, None)
        return lambda call: bool(get(call))

    def test(self, node: Test) -> Truth:
        """A comparison."""
        left = self.get(node.left, node.right)
        if node.operator in ("=~", "!~"):
            return self.matching(node, left)
        right = self.get(node.right, node.left)
        if node.operator == "under":
            return lambda call: below(left(call), right(call))
        if node.operator == "in":
            assert isinstance(node.right, Several)
            several = [self.get(item, node.left) for item in node.right.items]
            return lambda call: (value := left(call)) is not None and any(value == item(call) for item in several)
        compare = COMPARE[node.operator]

        def holds(call: Call) -> bool:
            a, b = left(call), right(call)
            return type(a) is type(b) and a is not None and compare(a, b)

        return holds

    def matching(self, node: Test, left: Get) -> Truth:
        """A test against a regular expression."""
        if not isinstance(node.right, Constant) or not isinstance(node.right.value, bytes):
            raise Wrong(self.text, node.right.place, "a regular expression is a text in quotation marks")
        try:
            search = re.compile(node.right.value).search
        except re.error as error:
            raise Wrong(self.text, node.right.place, f"no regular expression: {error}") from None
        wanted = node.operator == "=~"
        return lambda call: isinstance(value := left(call), bytes) and (search(value) is not None) == wanted

    # --- values

    def get(self, node: Node, other: Node | None) -> Get:
        """A function that gives the value of a part; ``other`` is what it is compared with, which says what names mean."""
        match node:
            case Constant():
                value = node.value
                return lambda call: value
            case Several():
                return lambda call: None  # its items are asked for one by one
            case Named():
                return self.named(node, other)
        truth = self.truth(node)
        return lambda call: int(truth(call))

    def named(self, node: Named, other: Node | None) -> Get:
        """The value of a name."""
        first, *rest = node.names
        if first in BUILT_IN:
            return BUILT_IN_VALUES[first]
        if self.vocabulary.is_argument(first):
            return lambda call: plain(field(argument(call, first), rest))
        number = self.vocabulary.number(first)
        if number is None or rest:
            raise Wrong(self.text, node.place, f"nothing is called '{first}'", self.vocabulary.suggestion(first))
        subject = other.names[0] if isinstance(other, Named) else ""
        sign = -1 if node.negative else 1
        return lambda call: sign * own_number(call, subject, first, number)

    # --- what can be said before

    def possible(self, node: Node) -> frozenset[str] | None:
        """The names of the calls that can satisfy a part; None: of all."""
        match node:
            case Both():
                left, right = self.possible(node.left), self.possible(node.right)
                return right if left is None else left if right is None else left & right
            case Either():
                left, right = self.possible(node.left), self.possible(node.right)
                return None if left is None or right is None else left | right
            case Named():
                return self.vocabulary.calls_named(node)
        return None


def named_nodes(node: Node) -> Iterator[Named]:
    """All names in a tree."""
    match node:
        case Named():
            yield node
        case Negated():
            yield from named_nodes(node.inner)
        case Several():
            for item in node.items:
                yield from named_nodes(item)
        case Either() | Test():
            yield from named_nodes(node.left)
            yield from named_nodes(node.right)


class Vocabulary:
    """What names can mean: calls, arguments, constants. Looked up in all tables, once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.calls = frozenset().union(*(abi.names for abi in SYSTEM_CALL_ABIS))
        self.constants: dict[str, int] | None = None
        self.arguments: frozenset[str] | None = None

    def calls_named(self, node: Named) -> frozenset[str] | None:
        """The calls of a name alone; None: it is something else."""
        [name, *rest] = node.names
        if rest or node.negative:
            return None
        if name.startswith("%"):
            from ptracer.tables.classes import CLASSES

            if name[1:] not in CLASSES:
                raise Wrong(self.text, node.place, f"there is no class '{name}'", suggestion(name[1:], list(CLASSES), "%"))
            return frozenset(CLASSES[name[1:]])
        return frozenset((name,)) if name in self.calls else None

    def is_argument(self, name: str) -> bool:
        """Whether some call has an argument of that name."""
        if self.arguments is None:
            self.arguments = frozenset(all_arguments())
        return name in self.arguments

    def number(self, name: str) -> int | None:
        """What a constant is; where several have the name, the first."""
        if self.constants is None:
            self.constants = dict(all_constants())
        return self.constants.get(name)

    def suggestion(self, name: str) -> str:
        """What somebody may have meant."""
        return suggestion(name, [*BUILT_IN, *(self.arguments or ()), *(self.constants or ()), *self.calls])


def all_arguments() -> Iterator[str]:
    """The names of all arguments of all calls."""
    from importlib import import_module
    from types import FunctionType

    from ptracer.tables import calls

    for module in {*calls.MODULES, *(name for names in calls.OVERRIDES.values() for name in names)}:
        for value in vars(import_module(f"ptracer.tables.calls.{module}")).values():
            if isinstance(value, FunctionType):
                yield from (name.rstrip("_") for name in value.__code__.co_varnames[: value.__code__.co_argcount])


def all_constants() -> Iterator[tuple[str, int]]:
    """All generated constants; errnos come last, so that they win: they are asked for most."""
    from importlib import import_module
    from pkgutil import iter_modules

    from ptracer.tables import constants, words

    yield "NULL", 0
    for module in iter_modules(words.__path__):
        for word in vars(import_module(f"{words.__name__}.{module.name}")).values():
            if isinstance(word, Special):
                yield from ((symbol.text, number) for number, symbol in word.names.items())
    for module in iter_modules(constants.__path__):
        for group in vars(import_module(f"{constants.__name__}.{module.name}")).values():
            if isinstance(group, dict) and group and all(isinstance(key, str) for key in group):
                yield from ((name, number) for name, number in group.items() if isinstance(number, int))
    from ptracer.tables.constants.errors import ERRNO

    yield from ((name, number) for number, (name, _) in ERRNO.items())


# --- values of calls


def argument(call: Call, name: str) -> Any:
    """The decoded value of an argument; None: the call has none of that name, or not yet."""
    for label, value in zip(call.signature.labels(call), (*call.entered, *call.exited)):
        if label == name:
            return value
    return None


def field(value: Any, names: list[str]) -> Any:
    """A field of a structure, of a field, and so on; None: there is none."""
    for name in names:
        value = bare(value)
        if not isinstance(value, Fields):
            return None
        value = next((item for label, item in value.pairs if label == name), None)
    return value


def bare(value: Any) -> Any:
    """A value without what only helps to read it."""
    while True:
        match value:
            case Described() | Annotated() | Labelled():
                value = value.value
            case Change():
                value = value.before
            case _:
                return value


def plain(value: Any) -> Plain:
    """A value as something to compare."""
    value = bare(value)
    match value:
        case int():
            return int(value)
        case Text():
            return value.data
        case Symbol() | Explained():
            return value.number
        case Joined() if value.operator == "|":
            numbers = [plain(item) for item in value.values]
            return sum(number for number in numbers if isinstance(number, int))
        case Fields():
            return value
    return None


def own_number(call: Call, subject: str, name: str, number: int) -> int:
    """A constant as the argument it is compared with has it: the same name can have several numbers."""
    for parameter in call.signature.parameters:
        if parameter.name == subject and isinstance(parameter.type, Word):
            return parameter.type.vocabulary.get(name, number)
    return number


def below(path: Plain, directory: Plain) -> bool:
    """Whether a path is a directory, or below it."""
    if not isinstance(path, bytes) or not isinstance(directory, bytes):
        return False
    return path == directory or path.startswith(directory.rstrip(b"/") + b"/")


BUILT_IN_VALUES: dict[str, Get] = {
    "ret": lambda call: call.result,
    "error": lambda call: call.error,
    "dur": lambda call: max(call.end - call.start, 0),
    "tid": lambda call: call.tid,
    "call": lambda call: call.signature.name.encode(),
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "&": lambda a, b: bool(a & b),
}

