"""Words of signals."""

from __future__ import annotations

from ptracer.decode.words import Enum

SignalNumber = Enum("signals.signals", decimal=True)
