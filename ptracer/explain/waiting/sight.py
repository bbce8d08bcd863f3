"""One look at the machine: which threads are blocked in which calls, and who has what open. All is read once and remembered.

Sources: proc_pid_syscall(5), proc_pid_stat(5), proc_pid_status(5), proc_pid_fd(5), proc_pid_fdinfo(5).
"""

from __future__ import annotations

import os
import time

from ptracer.capture import outside
from ptracer.decode.call import Call
from ptracer.explain import waiting
from ptracer.explain.saying import printable
from ptracer.explain.searching import text_of
from ptracer.explain.waiting import Wait
from ptracer.explain.waiting.blocked import Blocked, several
from ptracer.regs import ABI, I386, X32, X32_BIT, X86_64

LONGEST = 0.5  # seconds that the search for who has what open may take
DEEPEST = 3  # waits that are described within the description of another one
ELF_32, ELF_X86_64 = 1, b"\x3e\x00"  # EI_CLASS and e_machine: elf(5)
RESUMING = "restart_syscall"
LIBRARY_SIGNALS = 3 << 31  # 32 and 33, which the C library keeps for itself
SIGINT = 1 << 1  # which interpreters handle always, in order to end


class Holder:
    """A process that has something open: by which descriptor, for what."""

    __slots__ = ("pid", "fd", "flags")

    def __init__(self, pid: int, fd: str, flags: int) -> None:
        self.pid, self.fd, self.flags = pid, fd, flags

    @property
    def reads(self) -> bool:
        return self.flags & 3 in (0, 2)

    @property
    def writes(self) -> bool:
        return self.flags & 3 in (1, 2)


class Sight:
    """``calls`` are the open calls of threads that are traced, ``last`` the names of the calls before."""

    def __init__(self, calls: dict[int, Call], last: dict[int, str]) -> None:
        self.calls, self.last = calls, last
        self.statuses: dict[int, dict[str, str]] = {}
        self.tasks: dict[int, list[int]] = {}
        self.blockeds: dict[int, Blocked | None] = {}
        self.waits: dict[int, Wait | None] = {}
        self.asking: list[int] = []  # the threads whose waits are being described, one within the other
        self.links: dict[str, list[tuple[int, str]]] | None = None
        self.complete = True  # whether we could look at everybody

    # --- threads

    def status(self, tid: int) -> dict[str, str]:
        """The fields of its status; empty: it is gone."""
        found = self.statuses.get(tid)
        if found is None:
            lines = text_of(f"/proc/{tid}/status").splitlines()
            found = self.statuses[tid] = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
        return found

    def process(self, tid: int) -> int:
        """The process of a thread."""
        return int(self.status(tid).get("Tgid", tid))

    def state(self, tid: int) -> str:
        """A letter; empty: it is gone."""
        return self.status(tid).get("State", "")[:1]

    def stat(self, tid: int) -> list[str]:
        """The fields of /proc/TID/stat from the third on."""
        return text_of(f"/proc/{tid}/stat").rpartition(")")[2].split()

    def threads(self, pid: int) -> list[int]:
        """Those of a process that live."""
        found = self.tasks.get(pid)
        if found is None:
            try:
                tids = sorted(map(int, os.listdir(f"/proc/{pid}/task")))
            except OSError:
                tids = []
            found = self.tasks[pid] = [tid for tid in tids if self.state(tid) not in ("", "Z", "X")]
        return found

    def threads_of(self, pids: set[int]) -> frozenset[int]:
        """Those of several."""
        return frozenset(tid for pid in pids for tid in self.threads(pid))

    def children(self, pid: int) -> list[int]:
        """The processes that a process has started, those that have ended too."""
        found = []
        for tid in self.threads(pid):
            found += text_of(f"/proc/{pid}/task/{tid}/children").split()
        return sorted(map(int, found))

    def ours(self, tid: int, number: int) -> int:
        """The id for us of a thread or process that a thread calls by a number; 0: there is none."""
        if number <= 0:
            return 0
        if not outside.foreign(tid):
            return number
        pid = self.process(tid)
        for one in self.threads(pid):
            if self.status(one).get("NSpid", "").split()[-1:] == [str(number)]:
                return one
        return outside.translated(tid, number)

    def called(self, pid: int) -> str:
        """A process in a sentence."""
        name = printable(self.status(pid).get("Name", ""))
        return f"process {pid} ({name})" if name else f"process {pid}"

    def everybody(self, pids: set[int], by: int) -> str:
        """Some processes in a sentence; the one of thread ``by`` is the process itself."""
        own = self.process(by)
        names = ["this process itself" if pid == own else self.called(pid) for pid in sorted(pids)]
        return several(names)

    def caught(self, tid: int) -> int:
        """The set of signals that its process handles."""
        return int(self.status(tid).get("SigCgt") or "0", 16) & ~LIBRARY_SIGNALS

    def handles(self, tid: int) -> bool:
        """Whether a handler of a signal might end what a thread waits for: it writes to a pipe, posts a semaphore."""
        return bool(self.caught(tid) & ~SIGINT)

    def ended(self, tid: int) -> bool:
        """Whether it is gone."""
        return self.state(tid) in ("", "Z", "X")

    def doing(self, pid: int) -> str:
        """What a thread, or the first one of a process, does now; empty: nobody can tell."""
        state = self.state(pid)
        if state == "T":
            return "which is stopped"
        if state == "t":
            tracer = int(self.status(pid).get("TracerPid", "0"))
            return "which runs" if tracer in (0, os.getpid()) else f"which {self.called(tracer)} has stopped, its tracer"
        if state == "Z":
            return "which has ended"
        wait = self.wait(pid)
        if wait is not None:
            return f"which waits for {wait.thing}"
        blocked = self.blocked(pid)
        return f"which is in {blocked.name}" if blocked is not None else "which runs" if state == "R" else ""

    # --- calls

    def abi(self, tid: int) -> ABI:
        """By which ABI its program makes calls."""
        try:
            with open(f"/proc/{tid}/exe", "rb") as file:
                head = file.read(20)
        except OSError:
            return X86_64
        if head[4:5] != bytes([ELF_32]):
            return X86_64
        return X32 if head[18:20] == ELF_X86_64 else I386

    def blocked(self, tid: int) -> Blocked | None:
        """In which call it is blocked; None: in none, or we may not know."""
        if tid not in self.blockeds:
            self.blockeds[tid] = self.look(tid)
        return self.blockeds[tid]

    def look(self, tid: int) -> Blocked | None:
        """The same, asked for."""
        words = text_of(f"/proc/{tid}/syscall").split()
        if len(words) < 9:  # it runs, or it is in no call
            return None
        number, args = int(words[0]), tuple(int(word, 16) for word in words[1:7])
        call = self.calls.get(tid)
        abi = call.signature.abi if call is not None else self.abi(tid)
        name = abi.numbers.get(number & ~X32_BIT if abi is X32 else number)
        began = None
        if name == RESUMING:
            name = self.last.get(tid)  # of which it has the registers
        elif call is not None:
            began = call.start
        return Blocked(tid, name, args, abi, began, self) if name is not None else None

    def wait(self, tid: int) -> Wait | None:
        """What it waits for; None: for nothing, or nobody can tell."""
        if tid in self.waits:
            return self.waits[tid]
        if tid in self.asking or len(self.asking) >= DEEPEST:  # a circle, or a chain whose end is too far away to be told
            return None
        self.asking.append(tid)
        try:
            wait = self.explain(tid)
        finally:
            self.asking.pop()
        if not self.asking:  # else it may be described with less than all that can be said
            self.waits[tid] = wait
        return wait

    def explain(self, tid: int) -> Wait | None:
        try:
            return self.described(tid)
        except (ValueError, IndexError, OverflowError):  # what /proc says was cut, or is of another kernel
            return None

    def described(self, tid: int) -> Wait | None:
        blocked = self.blocked(tid)
        if blocked is None or self.state(tid) in ("T", "t"):
            return None
        explainer = waiting.EXPLAINERS.get(blocked.name)
        wait = explainer(blocked) if explainer is not None else None
        if self.state(tid) == "D" and (wait is None or wait.kind != "child"):
            where = text_of(f"/proc/{tid}/wchan").strip("0\n")
            inside = f" in the kernel's {printable(where)}" if where else ""
            return Wait("disk", f"the end of an operation of the kernel that no signal interrupts ({blocked.name}{inside})")
        return wait

    # --- memory and descriptors

    def memory(self, tid: int, address: int, size: int) -> bytes:
        """What lies there, as much as there is."""
        try:
            file = os.open(f"/proc/{tid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return b""
        try:
            return os.pread(file, size, address) if address + size < 1 << 63 else b""
        except (OSError, OverflowError):
            return b""
        finally:
            os.close(file)

    def link(self, tid: int, fd: int) -> str:
        """What a descriptor refers to; empty: nobody knows."""
        try:
            return os.readlink(f"/proc/{tid}/fd/{fd}")
        except OSError:
            return ""

    def about(self, tid: int, fd: int | str) -> dict[str, list[str]]:
        """What fdinfo says of a descriptor: by name the values."""
        found: dict[str, list[str]] = {}
        for line in text_of(f"/proc/{tid}/fdinfo/{fd}").splitlines():
            key, _, value = line.partition(":")
            found.setdefault(key.strip(), []).append(value.strip())
        return found

    def holders(self, link: str) -> list[Holder]:
        """Who has something open, by what links say of it. ``complete`` says whether that is everybody."""
        if self.links is None:
            self.links = self.everything_open()
        found = []
        for pid, fd in self.links.get(link, ()):
            flags = self.about(pid, fd).get("flags", ["0"])[0]
            found.append(Holder(pid, fd, int(flags, 8)))
        return found

    def everything_open(self) -> dict[str, list[tuple[int, str]]]:
        """By what the links say, who has it."""
        found: dict[str, list[tuple[int, str]]] = {}
        end = time.monotonic() + LONGEST
        me = os.getpid()
        for name in filter(str.isdecimal, os.listdir("/proc")):
            directory = f"/proc/{name}/fd"
            try:
                numbers = os.listdir(directory)
            except FileNotFoundError:
                continue
            except OSError:
                self.complete = self.complete and int(name) == me
                continue
            for number in numbers:
                try:
                    found.setdefault(os.readlink(f"{directory}/{number}"), []).append((int(name), number))
                except OSError:
                    continue
            if time.monotonic() > end:
                self.complete = False
                break
        return found
