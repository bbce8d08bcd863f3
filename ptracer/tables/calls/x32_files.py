"""System calls on files that x32 has otherwise: its offsets take one register."""

from __future__ import annotations

from ptracer.tables.calls.i386_files import preadv2, pwritev2

__all__ = ["preadv2", "pwritev2"]
