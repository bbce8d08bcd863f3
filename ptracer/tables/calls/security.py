"""System calls: security."""

from __future__ import annotations
