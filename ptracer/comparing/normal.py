"""Calls without what differs from run to run: the line that is compared, and the little by which calls that belong together
are known though their lines differ.

Descriptors are what they refer to, processes what they are to the caller, addresses ``ADDR``; times that the kernel tells,
inode numbers, and random bytes are dropped. What a program asks for stays: flags, sizes, offsets, timeouts.
"""

from __future__ import annotations

import re

from ptracer.comparing.patterns import Patterns
from ptracer.comparing.roles import STANDARD, Roles
from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.call import Call
from ptracer.decode.signature import Signature
from ptracer.decode.values import Address, Applied, Effect, Fields, Hex, Labelled, Sequence, Symbol, Terminated, Text, Value
from ptracer.formats.processes import Process, nobody
from ptracer.hints import Any
from ptracer.render.results import RESTARTS
from ptracer.render.spelling import Spelling

# What these say is never twice the same.
VOLATILE = frozenset(
    ("getrandom", "sysinfo", "times", "time", "getrusage", "clock_gettime", "gettimeofday", "getcpu", "clock_gettime64")
)
CHANGING = ("/proc/", "/dev/urandom", "/dev/random", "/sys/fs/cgroup/")  # files that say something else each time
DROPPED = re.compile(
    r"(?:st_|stx_|d_)?(?:ino|dev|off|[abcm]time(?:_nsec)?)|stx?_(?:dev|rdev)_m\w+|stx_mnt_id|[rs]u_\w+|si_[us]time|u32|u64"
    r"|f_(?:b?free|bavail|ffree|files|fsid)|cookie|nlmsg_seq|seq|loads|uptime|\w*(?:pid|tid)"
)
WHOLE = 1_000_000  # nanoseconds: a time that is no multiple of it was measured, not chosen
ABSOLUTE = 1_000_000  # seconds: longer than anybody waits
LOWEST, HIGHEST = 1 << 32, 1 << 47  # addresses of programs that are where chance put them
EPHEMERAL = 32768  # the first port that the kernel chooses by itself: /proc/sys/net/ipv4/ip_local_port_range
EXECUTING, WHOLE_STRINGS = ("execve", "execveat"), 1 << 20  # of command lines all matters
STARTING = frozenset(("clone", "clone3", "fork", "vfork"))
WAITING = frozenset(("wait4", "waitpid"))  # whose result is a process
PLACES = frozenset(("fstat", "fstat64", "newfstatat", "statx", "lseek", "_llseek"))  # how much was written before
PLACING = frozenset(("brk", "mmap", "mmap2", "mremap", "shmat"))  # whose result is an address
MEASURING = frozenset(("getcwd", "readlink", "readlinkat"))  # whose result is the length of a name, for which a word may stand
RESTORING = frozenset(("rt_sigreturn", "sigreturn"))  # whose result is that of what was interrupted
LENGTHS = frozenset(("munmap",))  # how much of what was mapped where: a consequence of where
NO_RESULT = "never returned"


class Shape:
    """What the arguments of a signature stand for: kinds of ``behind``, in their order."""

    def __init__(self, signature: Signature) -> None:
        self.kinds = [parameter.type.behind for parameter in signature.parameters]
        self.holds = signature.holds
        self.returns = signature.returns.behind if signature.returns is not None else ""
        self.result_of = signature.result_of

    def of(self, call: Call) -> list[str]:
        """Of the arguments that this call has."""
        if self.holds is None:
            return self.kinds
        return [kind for kind, holds in zip(self.kinds, self.holds) if holds is None or holds(call)]


class Line:
    """What is compared of a call, as text: what it was asked, what it said, how it ended; ``subject`` is what it is about."""

    __slots__ = ("name", "subject", "asked", "told", "result", "failed")

    def __init__(self, name: str, subject: str, asked: str, told: str = "", result: str = "", failed: bool = False) -> None:
        self.name, self.subject, self.asked, self.told = name, subject, asked, told
        self.result, self.failed = result, failed

    def __str__(self) -> str:
        if not self.result:
            return self.asked
        inside = ", ".join(part for part in (self.asked, self.told) if part)
        return f"{self.name}({inside}) = {self.result}"


class Normal(Spelling):
    """Spells calls of one recording so that they can be compared with those of another."""

    def __init__(self, patterns: Patterns, roles: Roles, limit: int = 32) -> None:
        super().__init__()
        self.patterns, self.roles = patterns, roles
        self.limit = self.shown = limit  # bytes of a string that are compared, and of those of this call
        self.signatures: dict[Signature, Shape] = {}
        self.data: dict[bytes, bytes] = {}
        self.errors: dict[int, str] = {}
        self.process = nobody()  # whose call is being spelled
        self.shapes |= {
            int: self.number,
            Hex: self.hexadecimal,
            Address: lambda value: "ADDR",
            Text: self.text,
            Terminated: self.terminated,
            Fields: self.fields,
            Applied: self.applied,
        }

    # --- values

    def number(self, value: int) -> str:
        return "ADDR" if LOWEST < value < HIGHEST and value & 0xFFF00000000 else repr(value)

    def hexadecimal(self, value: int) -> str:
        return "ADDR" if LOWEST < value < HIGHEST else super().hexadecimal(value)

    def text(self, value: Text) -> str:
        data = value.data
        if value.path:
            return super().text(Text(self.patterns.path(data), value.more))
        cut = len(data) > self.shown
        return super().text(Text(self.replaced(data[: self.shown] if cut else data), value.more or cut))

    def replaced(self, data: bytes) -> bytes:
        """Data, remembered where it is short: programs read and write the same again and again."""
        known = self.data.get(data)
        if known is None:
            known = self.patterns.data(data)
            if len(self.data) > 5000:
                self.data.clear()
            self.data[data] = known
        return known

    def fields(self, value: Fields) -> str:
        names = [name for name, _ in value.pairs]
        if names == ["tv_sec", "tv_nsec"] or names == ["tv_sec", "tv_usec"]:
            return self.time(value)
        pairs = [(name, self.field(name, item)) for name, item in value.pairs if not DROPPED.fullmatch(name)]
        inside = ", ".join([f"{name}={text}" if name else text for name, text in pairs])
        if value.more:
            inside += ", ..." if inside else "..."
        return "{" + inside + "}"

    def field(self, name: str, item: Value) -> str:
        if name == "fd" and type(item) is int:
            return self.roles.descriptor(self.process, item)
        return self.shapes[type(item)](item)

    def time(self, value: Fields) -> str:
        """A duration that somebody has chosen, or nothing that could be compared."""
        (_, seconds), (name, rest) = value.pairs
        if type(seconds) is not int or type(rest) is not int:
            return super().fields(value)
        nanoseconds = rest * (1000 if name == "tv_usec" else 1)
        return "TIME" if seconds >= ABSOLUTE or nanoseconds % WHOLE else super().fields(value)

    def applied(self, value: Applied) -> str:
        port = value.arguments[0] if value.name == "htons" and value.arguments else 0
        return "PORT" if type(port) is int and port >= EPHEMERAL else super().applied(value)

    # --- calls

    def spell_call(self, call: Call, process: Process) -> Line:
        """What is compared of a call; what it does to descriptors is taken notice of."""
        self.process = process
        if call.end and not call.error:
            self.roles.made(call)
        signature = call.signature
        shape = self.signatures.get(signature)
        if shape is None:
            shape = self.signatures[signature] = Shape(signature)
        name, entered = signature.name, call.entered
        self.shown = WHOLE_STRINGS if name in EXECUTING else self.limit
        kinds = shape.of(call)
        described = DESCRIPTOR in kinds
        subject = ""
        parts = []
        for place, value in enumerate(entered):
            kind = kinds[place] if place < len(kinds) else ""
            if kind and type(value) is int:
                text = self.behind(kind, value, call)
                if kind == DESCRIPTOR and not subject:
                    subject = text
            else:
                text = self.shapes[type(value)](value)
                if type(value) is Text and value.path and value.data and "\0" not in subject:
                    subject = f"{text}\0"
                elif not place and value and type(value) is Symbol and not described:
                    subject = value.text  # of prctl, arch_prctl, rt_sigaction, what is meant
            parts.append(text)
        if name in LENGTHS:
            del parts[1:]
        subject = subject.rstrip("\0")
        silent = name in VOLATILE or name in RESTORING or described and self.says_nothing(name, subject)
        if call.end and not call.error:
            self.roles.learn(process, call)
        told = "" if silent or not call.exited else self.told(call, kinds[len(entered) :])
        return Line(name, subject, ", ".join(parts), told, self.result(call, shape, silent), bool(call.error))

    @staticmethod
    def says_nothing(name: str, subject: str) -> bool:
        """Whether what a call on a descriptor answers is different each time: of the file behind it, or of where output goes."""
        return subject.startswith(CHANGING_ROLES) or name in PLACES and subject in STREAMS

    def told(self, call: Call, kinds: list[str]) -> str:
        """What the kernel has written."""
        parts = []
        for place, value in enumerate(call.exited):
            kind = kinds[place] if place < len(kinds) else ""
            inner = value.value if type(value) in (Effect, Labelled) else value
            if type(inner) is Sequence and call.signature.name in ("pipe", "pipe2"):
                parts.append("[READ, WRITE]")
            elif kind and type(value) is int:
                parts.append(self.behind(kind, value, call))
            elif type(inner) is Fields and [name for name, _ in inner.pairs][:1] in (["tv_sec"], ["it_interval"]):
                parts.append("TIME")
            else:
                parts.append(self.shapes[type(value)](value))
        return ", ".join(parts)

    def behind(self, kind: str, number: int, call: Call) -> str:
        """What a number stands for."""
        if kind == DESCRIPTOR:
            return self.roles.descriptor(self.process, number, call)
        return self.roles.process(self.process, number, call.tid)

    def result(self, call: Call, shape: Shape, silent: bool) -> str:
        """How a call ended."""
        if call.error:
            text = self.errors.get(call.error)
            if text is None:
                text = self.errors[call.error] = error(call.error)
            return text
        if not call.end:
            return NO_RESULT if shape.result_of is not None else "?"
        if shape.result_of is None:
            return "?"
        name = call.signature.name
        if name in STARTING and call.result > 0:
            return "child"
        if shape.returns:
            return self.behind(shape.returns, call.result, call)
        if name in PLACING:
            return "ADDR"
        if name in MEASURING:
            return "..."
        if name in WAITING and call.result > 0:
            return "child"
        value: Any = shape.result_of(call, call.result)
        text = self.shapes[type(value)](value)
        return "..." if silent and text != "0" else text


STREAMS = frozenset(f"<{name}>" for name in STANDARD.values())
CHANGING_ROLES = tuple(f"<{path}" for path in CHANGING)


def error(errno: int) -> str:
    """``ENOENT (No such file or directory)``."""
    from ptracer.tables.constants.errors import ERRNO

    if errno in RESTARTS:
        return RESTARTS[errno].removeprefix("? ")
    name, message = ERRNO.get(errno, (f"errno {errno}", ""))
    return f"-1 {name} ({message})" if message else f"-1 {name}"
