"""``python -m ptracer`` is the ``ptracer`` command."""

import _signal  # type: ignore[import-not-found]  # what Python has built in; importing ``signal`` itself takes time

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # while modules are imported nobody wants to know where

from ptracer.cli import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
