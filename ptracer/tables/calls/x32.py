"""System calls: x32."""

from __future__ import annotations
