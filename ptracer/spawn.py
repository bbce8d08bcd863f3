"""Starting the command to be traced.

The child waits on a pipe until the tracer has seized it, so that no signal is spent on that; what it
does before its exec is hidden from the trace (field notes: exec errors belong to the tracer).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable

from ptracer import own_signals as signal
from ptracer.errors import PtracerError
from ptracer.hints import NoReturn

PR_SET_PTRACER, PR_SET_PTRACER_ANY = 0x59616D61, (1 << 64) - 1  # linux/prctl.h
NOT_INHERITED = (signal.SIGPIPE, signal.SIGXFSZ)  # what Python ignores at start, and the command must not


def find_program(name: str, path: str | None) -> str:
    """The file a shell would execute for ``name``. PtracerError: there is none, or it is not a program."""
    if "/" in name:
        check_program(name)
        return name
    refused = None
    for directory in (path if path is not None else os.defpath).split(":"):
        candidate = os.path.join(directory or ".", name)
        try:
            status = os.stat(candidate)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            if status.st_mode & 0o111:
                return candidate
            refused = candidate
    if refused is not None:
        raise PtracerError(f"Cannot execute '{refused}': it has no execute permission")
    raise PtracerError(f"Cannot find executable '{name}'")


def check_program(path: str) -> None:
    """Say what is wrong with a program named by its path."""
    try:
        status = os.stat(path)
    except OSError as error:
        raise PtracerError(f"Cannot stat '{path}': {error.strerror}") from None
    if stat.S_ISDIR(status.st_mode):
        raise PtracerError(f"Cannot execute '{path}': it is a directory")


class Command:
    """A program and how to start it."""

    def __init__(self, argv: list[str], environment: dict[bytes, bytes], prepare: Callable[[], None] | None = None) -> None:
        self.argv = argv
        self.environment = environment
        self.prepare = prepare  # runs in the child just before exec: user ids, seccomp filter
        path = environment.get(b"PATH")
        self.program = find_program(argv[0], os.fsdecode(path) if path is not None else None)


class Child:
    """A started command that has not executed its program yet."""

    def __init__(self, pid: int, gate: int, report: int) -> None:
        self.pid = pid
        self.gate = gate  # a byte lets the child go on; its end without one ends the child
        self.report = report  # carries the errno of an exec that failed

    def release(self) -> None:
        """Let the child go on to its exec."""
        os.write(self.gate, b"x")
        os.close(self.gate)

    def exec_error(self) -> int:
        """The errno of the child's exec, 0 if it succeeded. Call after the exec or after the child's end."""
        data = os.read(self.report, 4)
        os.close(self.report)
        return int.from_bytes(data, "little")


def start(command: Command) -> Child:
    """Fork a child that waits to be seized."""
    gate, release = os.pipe()
    report, complain = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(release)
        os.close(report)
        execute(command, gate, complain)
    os.close(gate)
    os.close(complain)
    return Child(pid, release, report)


def become(command: Command, apart: int) -> Child:
    """Split off the tracer, as a grandchild, and become the command: it stays its caller's child, under the same pid.

    ``apart`` is 1, or 2 for a tracer in a process group of its own, 3 in a session of its own. Returns in the tracer.
    """
    gate, release = os.pipe()
    report, complain = os.pipe()
    pid = os.getpid()
    allow_tracers(PR_SET_PTRACER_ANY)
    between = os.fork()
    if between == 0:
        if os.fork():
            os._exit(0)
        os.close(gate)
        os.close(complain)
        if apart == 2:
            os.setpgid(0, 0)
        elif apart == 3:
            os.setsid()
        return Child(pid, release, report)
    os.close(release)
    os.close(report)
    os.waitpid(between, 0)
    execute(command, gate, complain, lambda: allow_tracers(0))


def allow_tracers(who: int) -> None:
    """Who may trace us though he is none of our ancestors: where Yama asks for it, see ptrace(2)."""
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope") as file:
            restricted = file.read().strip() == "1"
    except OSError:
        return
    if restricted:
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(who), 0, 0, 0)


def execute(command: Command, gate: int, complain: int, seized: Callable[[], None] | None = None) -> NoReturn:
    """The child's part; ``seized`` is called when the tracer is there."""
    code = errno.ENOEXEC
    try:
        if not os.read(gate, 1):
            os._exit(1)  # the tracer is gone; running the command untraced is not what was asked for
        os.close(gate)
        if seized is not None:
            seized()
        for number in NOT_INHERITED:
            signal.signal(number, signal.SIG_DFL)
        if command.prepare is not None:
            command.prepare()
        os.execve(command.program, command.argv, command.environment)
    except OSError as error:
        code = error.errno or code
    finally:
        os.write(complain, code.to_bytes(4, "little"))
        os._exit(1)


def initial_environment() -> dict[bytes, bytes]:
    """The environment ptracer was started with.

    Python may add LC_CTYPE to its own (PEP 538); the command must not see that.
    """
    with open("/proc/self/environ", "rb") as file:
        entries = file.read().split(b"\0")
    return dict(entry.split(b"=", 1) for entry in entries if b"=" in entry)
