"""Where, when and how a trace is made: what has to be known of it when it is read elsewhere, later."""

from __future__ import annotations

import os
import time

import msgspec

from ptracer import __version__


class Origin(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Facts about a run of ptracer. Times are nanoseconds.

    ``offset`` is what CLOCK_REALTIME is ahead of CLOCK_MONOTONIC, on which all records are.
    """

    ptracer: str = ""  # the version
    command: list[str] = []
    attached: list[int] = []  # process ids
    options: list[str] = []  # of the command line, without the command
    environment: list[str] = []  # names only: values are secrets
    directory: str = ""
    user: int = 0
    process: int = 0  # of the command
    host: str = ""
    system: str = ""  # of the kernel, with its release
    machine: str = ""
    page_size: int = 4096
    boot: str = ""  # /proc/sys/kernel/random/boot_id: addresses of time mean something within one boot only
    zone: int = 0  # seconds that local time was east of UTC
    began: int = 0  # of CLOCK_MONOTONIC
    offset: int = 0
    string_limit: int = 32  # bytes of a string that were captured


def here(command: list[str], attached: list[int], options: list[str], environment: list[bytes], string_limit: int) -> Origin:
    """This run; of the environment the names."""
    system = os.uname()
    return Origin(
        ptracer=__version__,
        command=[readable(word) for word in command],
        attached=attached,
        options=[readable(word) for word in options],
        environment=sorted(readable(os.fsdecode(name)) for name in environment),
        directory=directory(),
        user=os.getuid(),
        host=system.nodename,
        system=f"{system.sysname} {system.release}",
        machine=system.machine,
        page_size=os.sysconf("SC_PAGESIZE"),
        boot=boot(),
        zone=time.localtime().tm_gmtoff,
        began=time.monotonic_ns(),
        offset=time.time_ns() - time.monotonic_ns(),
        string_limit=string_limit,
    )


def readable(text: str) -> str:
    """Text that can be written as UTF-8: bytes that are none stand as ``\\xNN``."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def directory() -> str:
    """Where we are; empty where that directory is gone."""
    try:
        return readable(os.getcwd())
    except OSError:
        return ""


def boot() -> str:
    """Which boot of the machine this is; empty where nobody says."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return ""
