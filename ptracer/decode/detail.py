"""How much of a call is decoded: the options that types ask about."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.regs import ABI

PATH_MAX = 4096

# What may be secret, and can be kept out: contents of buffers, the environment and the arguments of programs.
DATA, ENVIRONMENT, ARGUMENTS = "data", "environment", "arguments"
REDACTABLE = (DATA, ENVIRONMENT, ARGUMENTS)

Asked = Callable[[str, ABI], bool]  # of the call of this name on an ABI


def always(name: str, abi: ABI) -> bool:
    """For every system call."""
    return True


def never(name: str, abi: ABI) -> bool:
    """For no system call."""
    return False


class Detail:
    """What the user asked to see, for all calls; ``Signature`` asks once for each call's name.

    ``string_limit`` bytes of a string, and elements of an array where ``abbreviate`` holds for the
    call, are shown. ``verbose`` says whether structures are looked into, ``raw`` whether arguments
    stay undecoded numbers. ``descriptors`` and ``processes`` name what is shown behind such numbers
    (the words of ``--decode-fds`` and ``--decode-pids``); ``links`` says that what descriptors refer to is needed
    even where it is not shown. ``dumps`` has False where all data that is read is needed, True for what is written.
    ``namespaces`` says that those are shown that a process enters, ``virtual_processors`` why they came back to it.
    ``redacted`` names what is neither shown nor captured (words of REDACTABLE).
    """

    def __init__(
        self,
        string_limit: int = 32,
        abbreviate: Asked = always,
        verbose: Asked = always,
        raw: Asked = never,
        descriptors: frozenset[str] = frozenset(),
        processes: frozenset[str] = frozenset(),
        links: bool = False,
        dumps: frozenset[bool] = frozenset(),
        namespaces: bool = False,
        virtual_processors: bool = False,
        redacted: frozenset[str] = frozenset(),
    ) -> None:
        self.string_limit = string_limit
        self.abbreviate = abbreviate
        self.verbose = verbose
        self.raw = raw
        self.descriptors = descriptors
        self.processes = processes
        self.links = links
        self.dumps = dumps
        self.namespaces = namespaces
        self.virtual_processors = virtual_processors
        self.redacted = redacted
