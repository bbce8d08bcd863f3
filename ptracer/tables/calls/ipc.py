"""System calls: ipc."""

from __future__ import annotations
