"""``python -m ptracer`` is the ``ptracer`` command."""

from ptracer.cli import main

if __name__ == "__main__":
    main()
