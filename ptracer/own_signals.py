"""The module signal for ptracer's own signals, without its enumerations: making them takes 4 ms at every start.

What is written in C is the same; numbers of signals are plain numbers.
"""

from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from signal import *  # noqa: F403
else:
    from _signal import *  # noqa: F403
