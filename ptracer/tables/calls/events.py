"""System calls: events."""

from __future__ import annotations
