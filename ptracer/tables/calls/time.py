"""System calls: time."""

from __future__ import annotations
