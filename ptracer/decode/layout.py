"""The base of all types, and where they are compiled for: see types.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.detail import Detail
from ptracer.decode.expressions import Getter
from ptracer.decode.values import NULL, Address, Annotated, Value
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.regs import ABI

INTEGER = "INTEGER"
MEMORY = "MEMORY"

Argument = Callable[[Any, int], Value]
Loader = Callable[[Any, bytes, int], Value]
Fetcher = Callable[[Any, int], Value]


class Layout:
    """Where a type is compiled for: the ABI, the detail asked for, and the siblings by name."""

    def __init__(
        self, abi: ABI, detail: Detail, name: str, names: Mapping[str, Getter], outside: list[bool] | None = None
    ) -> None:
        self.abi = abi
        self.detail = detail
        self.name = name
        self.names = names
        self.string_limit = detail.string_limit
        self.abbreviate = detail.abbreviate(name, abi)
        self.verbose = detail.verbose(name, abi)
        self.outside = [False] if outside is None else outside
        self.often = False  # whether what is compiled has been seen so often that it is worth some effort: see writing.py

    def within(self, names: Mapping[str, Getter]) -> Layout:
        """The layout of a structure inside this one."""
        inner = Layout(self.abi, self.detail, self.name, names, self.outside)
        inner.often = self.often
        return inner

    def looks_outside(self) -> None:
        """Note that what is compiled shows more than what lies in memory: no plan can say what to capture for it."""
        self.outside[0] = True

    def hides(self, contents: str) -> bool:
        """Whether memory that holds such contents is not looked into: what is not read cannot leak."""
        return contents in self.detail.redacted

    def element_limit(self) -> int | None:
        """How many elements of an array are shown; None is all."""
        return self.string_limit if self.abbreviate else None


def redacted(scope: Any, address: int) -> Value:
    """What is shown in place of contents that are kept out: where they are."""
    return Annotated(Address(address), "redacted") if address else NULL


class Type:
    """The base of all types."""

    kind = INTEGER
    indirect = False
    when = "entry"
    bracketed = False  # behind a pointer it is shown as [value]
    always_followed = False  # even where structures are not looked into
    filled_on_error = False  # the kernel writes to it even when the call fails
    pure = False  # its value depends on its bytes alone, not on the process, the call or siblings
    contents = ""  # what it holds that may be secret: a word of REDACTABLE
    behind = ""  # the kind of what the number stands for, if that can be shown

    def size(self, abi: ABI) -> int:
        """Bytes in memory. TypeError: the size is not fixed."""
        raise TypeError(f"{type(self).__name__} has no fixed size")

    def alignment(self, abi: ABI) -> int:
        """Alignment in a C structure."""
        return self.size(abi)

    def argument(self, layout: Layout) -> Argument:
        raise NotImplementedError(type(self).__name__)

    def loader(self, layout: Layout) -> Loader:
        raise NotImplementedError(type(self).__name__)

    def fetcher(self, layout: Layout) -> Fetcher:
        size, load = self.size(layout.abi), self.loader(layout)
        return lambda scope, address: load(scope, scope.read(address, size), 0)

    def known(self, layout: Layout) -> Mapping[bytes, Value] | None:
        """Values by the bytes that were read for them, of a type that remembers them."""
        return None

    def alone(self, layout: Layout) -> bool:
        """Whether in this layout its value depends on its bytes alone."""
        return self.pure

    def unfilled(self, layout: Layout) -> Fetcher:
        """What is shown of memory that the call should have filled when it has failed: where it is."""
        return lambda scope, address: Address(address)

    def blind(self, layout: Layout) -> Fetcher:
        """What is shown of memory that nobody wants to be looked into: where it is."""
        return lambda scope, address: Address(address)

    def number(self, abi: ABI) -> Callable[[int], int]:
        """How a sibling expression sees the raw register."""
        return lambda raw: raw

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        """What to copy when this type lies behind the pointer in ``argument``; None: only the type itself knows."""
        return None

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        """What to copy when this type is that of ``argument`` itself; None: only the type itself knows."""
        return []

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        """What to copy at exit when this is the type of the result."""
        return []

    def note(self, layout: Layout) -> Callable[[Any], str | Value | None] | None:
        """For a result type: a function of the call that gives the remark in parentheses after the result."""
        return None
