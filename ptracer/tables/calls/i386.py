"""System calls: i386."""

from __future__ import annotations
