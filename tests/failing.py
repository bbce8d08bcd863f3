"""ptracer with a failure planted in it: failing.py WHERE ERROR ARGUMENTS.

WHERE is ``decoding``, or a method of the tracer, which raises ERROR when it is called for the third time, and only then.
"""

from __future__ import annotations

import builtins
import itertools
import sys
from collections.abc import Callable
from typing import Any

from ptracer import cli
from ptracer.rendering import Feed
from ptracer.tracer import Tracer

AT = 2  # calls that succeed before


def failing(real: Callable[..., Any], error: type[BaseException]) -> Callable[..., Any]:
    """The same, but once."""
    calls = itertools.count()

    def fails(*arguments: Any) -> Any:
        if next(calls) == AT:
            raise error("planted")
        return real(*arguments)

    return fails


def main() -> None:
    where, name = sys.argv[1:3]
    error = getattr(builtins, name)
    sys.argv[:] = ["ptracer", *sys.argv[3:]]
    if where == "decoding":
        made = Feed.__init__

        def make(feed: Feed, *arguments: Any) -> None:
            made(feed, *arguments)
            feed.feed = failing(feed.feed, error)

        Feed.__init__ = make  # type: ignore[method-assign]
    else:
        setattr(Tracer, where, failing(getattr(Tracer, where), error))
    cli.main()


if __name__ == "__main__":
    main()
