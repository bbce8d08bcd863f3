"""System calls: signals."""

from __future__ import annotations
