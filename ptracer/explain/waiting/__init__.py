"""What blocked threads wait for, and who could end that: asked of /proc while the threads live, never of their descriptors.

Each module explains some calls by functions marked with ``waits("futex", ...)``. Called with a ``Blocked`` they return a
``Wait``, or None where they cannot tell. Sources: proc(5), and the man page of each call.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING

from ptracer.explain.findings import ODD

if TYPE_CHECKING:
    from ptracer.explain.waiting.blocked import Blocked

LONG = 1.0  # seconds after which a call that has not returned is looked at


class Wait:
    """What a thread waits for: ``thing`` as it follows "waits for"; ``also``, what those do who could end it. ``kind`` is the
    second part of the finding's name.

    ``wakers`` are the threads of which one must do something before the wait can end; None: others may end it as well, or
    nobody knows who. ``ends``: it ends by itself some time.
    """

    __slots__ = ("kind", "thing", "advice", "weight", "wakers", "ends", "also")

    def __init__(
        self,
        kind: str,
        thing: str,
        advice: str = "",
        weight: int = ODD,
        wakers: frozenset[int] | None = None,
        ends: bool = False,
        also: str = "",
    ) -> None:
        self.kind, self.thing, self.advice, self.weight, self.wakers, self.ends, self.also = (
            kind, thing, advice, weight, wakers, ends, also and f" ({also})",
        )  # fmt: skip

    @property
    def hopeless(self) -> bool:
        """Whether nobody else can end it."""
        return self.wakers == frozenset() and not self.ends

    @property
    def said(self) -> str:
        """All of it."""
        return self.thing + self.also + (": nobody else can end this" if self.hopeless else "")

    @property
    def name(self) -> str:
        """Of the finding."""
        return f"wait.{self.kind}"


Explainer = Callable[["Blocked"], Wait | None]
EXPLAINERS: dict[str, Explainer] = {}


def waits(*calls: str) -> Callable[[Explainer], Explainer]:
    """Marks a function that says what threads wait for in some calls."""

    def mark(function: Explainer) -> Explainer:
        for call in calls:
            for name in call.split():
                EXPLAINERS[name] = function
        return function

    return mark


def prepare() -> None:
    """Import all modules."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
