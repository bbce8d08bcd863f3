"""Write ``ptracer/tables/numbers/``: the system call numbers of each ABI.

Run as ``python tools/numbers.py``; ``--check`` compares instead of writing.  The source is
``asm/unistd.h`` (``unistd_64.h``, ``unistd_32.h``, ``unistd_x32.h``), and for the subcalls of
i386's two multiplexers ``linux/net.h`` and ``linux/ipc.h``.  A call has the name that strace gives it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this directory has a module named like the library's `numbers`

from tools import generated, headers  # noqa: E402

DIRECTORY = ROOT / "ptracer" / "tables" / "numbers"
X32_BIT = 0x40000000

# Calls that the headers number and strace 7.2 does not know: it prints `syscall_0x150`.
UNKNOWN_TO_STRACE = {"x86_64": {"uprobe"}, "i386": set(), "x32": {"uprobe", "uretprobe"}}


def numbers(abi: str) -> dict[int, str]:
    """Number to name, as ``asm/unistd.h`` has them for an ABI; x32's without their high bit."""
    found = _constants("asm/unistd.h", "__NR_", abi)
    return {
        number & ~X32_BIT: name
        for name, number in found.items()
        if name not in UNKNOWN_TO_STRACE[abi]
    }


def x32_numbers() -> dict[int, str]:
    """x32's own calls, and those of x86_64 it should not make: strace marks them ``#64``."""
    table = {
        number: f"{name}#64"
        for number, name in numbers("x86_64").items()
        if name not in UNKNOWN_TO_STRACE["x32"]
    }
    return table | numbers("x32")


def socket_calls() -> dict[int, str]:
    """``socketcall``'s first argument: ``SYS_SOCKET`` is 1 in ``linux/net.h``."""
    found = _constants("linux/net.h", "SYS_", "i386")
    return {number: name.lower() for name, number in found.items()}


def ipc_calls() -> dict[int, str]:
    """``ipc``'s first argument, from ``linux/ipc.h``."""
    found = headers.constants(("linux/ipc.h",), "i386")
    prefixes = ("SEM", "MSG", "SHM")
    return {number: name.lower() for name, number in found.items() if name.startswith(prefixes)}


def _constants(header: str, prefix: str, abi: str) -> dict[str, int]:
    """The header's constants that begin with a prefix, without it."""
    found = headers.constants((header,), abi)
    return {name.removeprefix(prefix): n for name, n in found.items() if name.startswith(prefix)}


def modules() -> dict[Path, str]:
    """Every file this tool writes, and what must be in it."""
    source = "Linux 7.2's `asm/unistd.h`"
    tables = {
        "x86_64": {"NAMES": numbers("x86_64")},
        "i386": {"NAMES": numbers("i386"), "SOCKETCALL": socket_calls(), "IPC": ipc_calls()},
        "x32": {"NAMES": x32_numbers()},
    }
    return {
        DIRECTORY / f"{abi}.py": generated.module(
            f"System call numbers of {abi}, from {source}.",
            "tools/numbers.py",
            {name: generated.numbered(name, table) for name, table in named.items()},
        )
        for abi, named in tables.items()
    }


if __name__ == "__main__":
    sys.exit(generated.main(modules))
