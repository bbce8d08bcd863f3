"""System calls: process."""

from __future__ import annotations
