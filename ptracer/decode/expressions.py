"""``this.count``: how one argument or field of a table refers to a sibling.

An expression is written once in a table and bound once, when its signature is compiled, to the
layout it stands in; what comes out is a plain function of the scope (a call, or a structure).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from ptracer.hints import Any, Protocol

Getter = Callable[[Any], int]
Names = Mapping[str, Getter]
SIGNS = {
    operator.and_: "&", operator.or_: "|", operator.add: "+", operator.sub: "-", operator.mul: "*", operator.floordiv: "//",
    operator.rshift: ">>", operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">=",
    operator.eq: "==", operator.ne: "!=",
}  # fmt: skip


class Sources(Protocol):
    """The sources of siblings by name: Python expressions that give their numbers."""

    def __getitem__(self, name: str) -> str:
        """KeyError: it has no source."""


class Expression:
    """Arithmetic over sibling arguments. Python's own operators build it."""

    def bind(self, names: Names) -> Getter:
        """A function of the scope that gives the expression's value. KeyError: no such sibling."""
        raise NotImplementedError(type(self).__name__)

    def written(self, sources: Sources) -> str:
        """The same as Python source, out of those of siblings. KeyError: this has no source."""
        raise KeyError(type(self).__name__)

    def __and__(self, other: Any) -> Expression:
        return Binary(operator.and_, self, other)

    def __or__(self, other: Any) -> Expression:
        return Binary(operator.or_, self, other)

    def __add__(self, other: Any) -> Expression:
        return Binary(operator.add, self, other)

    def __sub__(self, other: Any) -> Expression:
        return Binary(operator.sub, self, other)

    def __mul__(self, other: Any) -> Expression:
        return Binary(operator.mul, self, other)

    def __floordiv__(self, other: Any) -> Expression:
        return Binary(operator.floordiv, self, other)

    def __rshift__(self, other: Any) -> Expression:
        return Binary(operator.rshift, self, other)

    def __lt__(self, other: Any) -> Expression:
        return Binary(operator.lt, self, other)

    def __le__(self, other: Any) -> Expression:
        return Binary(operator.le, self, other)

    def __gt__(self, other: Any) -> Expression:
        return Binary(operator.gt, self, other)

    def __ge__(self, other: Any) -> Expression:
        return Binary(operator.ge, self, other)

    def __eq__(self, other: Any) -> Expression:  # type: ignore[override]
        return Binary(operator.eq, self, other)

    def __ne__(self, other: Any) -> Expression:  # type: ignore[override]
        return Binary(operator.ne, self, other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise TypeError("an expression has no truth before it is bound; use & and | instead of 'and' and 'or'")


class Name(Expression):
    """The sibling called ``name``; ``ret`` is the result of the call."""

    def __init__(self, name: str) -> None:
        self.name = name

    def bind(self, names: Names) -> Getter:
        return names[self.name]

    def written(self, sources: Sources) -> str:
        return sources[self.name]

    def __repr__(self) -> str:
        return f"this.{self.name}"


class Binary(Expression):
    """Two operands and a function of two numbers."""

    def __init__(self, function: Callable[[int, int], int], left: Any, right: Any) -> None:
        self.function, self.left, self.right = function, left, right

    def bind(self, names: Names) -> Getter:
        function = self.function
        left = bind(self.left, names)
        if not isinstance(self.right, Expression):
            # Most operands are constants, and conditions run for every field of every structure.
            constant = int(self.right)
            if function is operator.and_:
                return lambda scope: left(scope) & constant
            if function is operator.eq:
                return lambda scope: left(scope) == constant
            return lambda scope: function(left(scope), constant)
        right = bind(self.right, names)
        return lambda scope: function(left(scope), right(scope))

    def written(self, sources: Sources) -> str:
        return f"({written(self.left, sources)} {SIGNS[self.function]} {written(self.right, sources)})"

    def __repr__(self) -> str:
        return f"{self.function.__name__}({self.left!r}, {self.right!r})"


class Target(Expression):
    """The integer that the sibling pointer called ``name`` points to, ``size`` bytes, little-endian.

    A pointer that cannot be read gives zero.
    """

    def __init__(self, name: str, size: int = 4) -> None:
        self.name, self.size = name, size

    def bind(self, names: Names) -> Getter:
        pointer, size = names[self.name], self.size

        def value(scope: Any) -> int:
            data = scope.read_some(pointer(scope), size)
            return int.from_bytes(data, "little") if len(data) == size else 0

        return value

    def __repr__(self) -> str:
        return f"at(this.{self.name})"


class Least(Expression):
    """The smaller of two operands."""

    def __init__(self, left: Any, right: Any) -> None:
        self.left, self.right = left, right

    def bind(self, names: Names) -> Getter:
        left, right = bind(self.left, names), bind(self.right, names)
        return lambda scope: min(left(scope), right(scope))

    def written(self, sources: Sources) -> str:
        return f"min({written(self.left, sources)}, {written(self.right, sources)})"


class This:
    """``this.count`` is the sibling argument or field called ``count``."""

    def __getattr__(self, name: str) -> Name:
        if name.startswith("__"):
            raise AttributeError(name)
        return Name(name)


this = This()


def at(name: Name, size: int = 4) -> Target:
    """The integer behind a sibling pointer: ``at(this.addrlen)``."""
    return Target(name.name, size)


def bind(operand: Any, names: Names) -> Getter:
    """Bind an expression, a table constant or a plain number."""
    if isinstance(operand, Expression):
        return operand.bind(names)
    value = int(operand)
    return lambda scope: value


def written(operand: Any, sources: Sources) -> str:
    """The source of an expression, a table constant or a plain number. KeyError: there is none."""
    return operand.written(sources) if isinstance(operand, Expression) else str(int(operand))
