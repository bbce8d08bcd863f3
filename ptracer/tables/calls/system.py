"""System calls: system."""

from __future__ import annotations
