"""System calls: memory."""

from __future__ import annotations
