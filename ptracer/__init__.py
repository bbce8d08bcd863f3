"""A system call tracer for Linux that says what a program asks of the kernel."""

__version__ = "0.1.0"
