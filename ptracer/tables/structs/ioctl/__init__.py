"""What the third argument of ioctl(2) points to, one module for each kind of device.

A topic is imported when one of its commands is first seen: ``terminal = Topic("terminal")``.
"""

from __future__ import annotations

import importlib

from ptracer.hints import Any


class Topic:
    """A module of this package, imported when something of it is asked for."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(f"{__name__}.{self.name}"), name)
