"""``python -m ptracer`` is the ``ptracer`` command."""

from ptracer import own_signals as signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while modules are imported nobody wants to know where

from ptracer.cli import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
