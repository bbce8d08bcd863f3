"""Names as their programmers wrote them: C++ and Rust."""

from __future__ import annotations

from functools import lru_cache

LANGUAGES = ("itanium", "rust")
MANGLED = ("_Z", "_R")


@lru_cache(4096)
def readable(name: str) -> str:
    """``_ZN1a1bEv`` is ``a::b()``; what is not mangled stays as it is."""
    if not name.startswith(MANGLED):
        return name
    from demangle import demangle

    found: str = demangle(name, language=LANGUAGES, style="gnu")
    return found
