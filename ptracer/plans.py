"""Plans: what memory to copy at a stop, said so that a C loop can do it.

A plan is a tuple of steps; a step is a tuple of six integers
``(operation, argument, length_kind, length_argument, scale, limit)``. Decoding finds what was
copied by its address, so a step need not say what it is for.
"""

from __future__ import annotations

from operator import itemgetter

from ptracer.hints import Any

# Operations
STRING = 1  # bytes at the argument up to and including a NUL, at most `limit`
BYTES = 2  # `length * scale` bytes at the argument, at most `limit`
IOVEC = 3  # `length` struct iovec at the argument, then what each points to, at most `limit` bytes each
STRINGS = 4  # NULL-terminated array of pointers at the argument; each string at most `limit`, `length` of them
POINTERS = 5  # NULL-terminated array of pointers at the argument, at most `limit` of them
# The descriptor in the argument: when it is a netlink socket, its protocol (-1 while it has no address), as four bytes
# at `SOCKETS` plus the descriptor. The steps after it then copy up to `limit` bytes whatever their own limit says, for
# messages on such sockets are shown whole. (getxattr system.sockprotoname of /proc/TID/fd/N, SO_PROTOCOL of a
# pidfd_getfd duplicate.)
SOCKET = 6
SOCKETS = 0xFFFF_8000_0000_0000  # no address of a tracee: the kernel's half
# What the descriptor in the argument refers to, as /proc/TID/fd/N says it, and the working directory for AT_FDCWD, at
# `LINKS` plus the descriptor, as 32 bits, shifted by APART. `limit` is a set: DEVICES, kind and numbers of a device at `DETAILS`
# likewise; ASKED, where the link is not a path the call is handed to Python, which asks (see capture/outside.py).
LINK = 7
LINKS, DETAILS = 0xFFFF_9000_0000_0000, 0xFFFF_A000_0000_0000
DEVICES, ASKED = 1, 2
APART = 12  # bits between the places of two descriptors or processes, for what is there has a length
# The name of the process whose id is in the argument, /proc/PID/comm, at `COMMANDS` likewise. Where the thread lives in
# another pid namespace than we do the call is handed to Python, which knows what the id means there.
COMMAND = 8
COMMANDS = 0xFFFF_B000_0000_0000
# Read at a stop only: the id that a process of another pid namespace has for us, as decimal digits; nothing of ours.
TRANSLATIONS = 0xFFFF_E000_0000_0000
OUTSIDE_END = 0xFFFF_F000_0000_0000  # what is above is a tracee's again: the vsyscall page
# The registers (struct user_regs_struct) and what lies on the stack, `limit` bytes at most, at `STACKS`; what is mapped,
# as /proc/TID/maps says it, at `MAPS`.
STACK, MAPPINGS = 9, 10
STACKS, MAPS = 0xFFFF_C000_0000_0000, 0xFFFF_C800_0000_0000
# Read at a stop only: the namespaces of the process with that id (0: of the thread that makes the call), by name.
NAMESPACES, APART_OF_NAMES = 0xFFFF_D000_0000_0000, 8
NAMESPACE_NAMES = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")


def place(base: int, number: int) -> int:
    """Where what is known of a descriptor or a process stands, of the kind that ``base`` says."""
    return base + ((number & 0xFFFFFFFF) << APART)


STACK_POINTER = 6  # in place of an argument: what lies on the tracee's stack
RESULT_VALUE = 7  # in place of an argument: the result
OWN = 8  # in place of an argument: the thread that makes the call; its COMMAND is at `COMMANDS` itself

# Where a length comes from
CONSTANT = 0  # `length_argument` itself
ARGUMENT = 1  # the argument with that index
RESULT = 2  # the result of the call
TARGET = 3  # the 32-bit integer that the argument with that index points to
FIELD = 4  # an integer inside what an argument points to: see `field_in`


def field_in(argument: int, offset: int, size: int) -> int:
    """As a length of kind FIELD: the integer of ``size`` bytes, ``offset`` bytes into what the argument points to."""
    return argument | offset << 8 | size << 24


def pointer_in(argument: int, offset: int) -> int:
    """As the argument of a step: the pointer that lies ``offset`` bytes into what the argument points to.

    So the parts of a structure with pointers and lengths (struct msghdr) are further steps. Offsets are
    below 128; where the structure cannot be read both pointers and lengths are 0, and nothing is copied.
    """
    return argument | offset + 1 << 8


# Plain tuples with names, written out: what makes named tuples costs milliseconds at start.


class Step(tuple[int, ...]):
    """One piece of memory to copy."""

    __slots__ = ()

    def __new__(
        cls, operation: int, argument: int, length_kind: int = CONSTANT, length_argument: int = 0, scale: int = 1,
        limit: int = 1 << 30,
    ) -> Step:  # fmt: skip
        return tuple.__new__(cls, (operation, argument, length_kind, length_argument, scale, limit))

    operation = property(itemgetter(0))
    argument = property(itemgetter(1))
    length_kind = property(itemgetter(2))
    length_argument = property(itemgetter(3))
    scale = property(itemgetter(4))
    limit = property(itemgetter(5))


class Plan(tuple[Any, ...]):
    """What the capture does for one system call.

    ``entry`` and ``exit`` are steps; ``exit_on_error`` says that the exit steps run for a failed call
    too. ``live_entry`` and ``live_exit`` ask for a stop in Python, where the types themselves fetch; ``live_errors`` asks for
    one when the call fails with certain errnos: two times 64 bits, of which bit N is errno N.
    """

    __slots__ = ()

    def __new__(
        cls, entry: tuple[Step, ...] = (), exit: tuple[Step, ...] = (), live_entry: bool = False, live_exit: bool = False,
        exit_on_error: bool = False, live_errors: tuple[int, int] = (0, 0),
    ) -> Plan:  # fmt: skip
        return tuple.__new__(cls, (entry, exit, live_entry, live_exit, exit_on_error, live_errors))

    entry = property(itemgetter(0))
    exit = property(itemgetter(1))
    live_entry = property(itemgetter(2))
    live_exit = property(itemgetter(3))
    exit_on_error = property(itemgetter(4))
    live_errors = property(itemgetter(5))

    def asks_on(self, error: int) -> bool:
        """Whether a failure with that errno is handed to Python."""
        return 0 < error < 128 and bool(self[5][error // 64] >> error % 64 & 1)
