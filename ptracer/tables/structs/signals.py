"""Structures of signals: siginfo_t, sigaction, stack_t, sigevent. Source: sigaction(2), sigaltstack(2), sigevent(3type)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct
from ptracer.decode.types import Layout, Pid, Pointer, Size, Target_, pointer_value
from ptracer.decode.values import NULL, Address, Explained, Fields, Hex, Symbol, Value
from ptracer.decode.words import Enum, Word, group
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.regs import ABI, X86_64, abi_of
from ptracer.tables.words.signals import SET_SIZE, ActionFlags, SignalHandler, SignalNumber, SignalSet, StackFlags, signals_of

INFORMATION_SIZE = 128  # SI_MAX_SIZE
TICKS_PER_SECOND = 100  # USER_HZ
NOBODY = 0xFFFFFFFF  # no user: (uid_t) -1

Pairs = list[tuple[str, Value]]


class Information:
    """The bytes of a siginfo_t, read by the rules of an ABI.

    ``start`` is where the part begins that depends on signal and code: the union ``_sifields``.
    """

    def __init__(self, data: bytes, abi: ABI) -> None:
        self.data = data
        self.abi = abi
        self.word = abi.word_size
        self.start = 4 + 8 if abi.word_size == 4 else 16
        self.clock = 8 if abi.register_size == 8 else 4
        self.signal, self.errno, self.code = (self.at(place, 4, True) for place in (0, 4, 8))

    def at(self, offset: int, size: int, signed: bool = False) -> int:
        """The integer ``offset`` bytes from the beginning."""
        return int.from_bytes(self.data[offset : offset + size], "little", signed=signed)

    def int(self, offset: int) -> int:
        """A C int of the union."""
        return self.at(self.start + offset, 4, True)

    def uint(self, offset: int) -> int:
        """An unsigned int of the union."""
        return self.at(self.start + offset, 4)

    def pointer(self, offset: int) -> Value:
        """A pointer of the union."""
        return pointer_value(self.at(self.start + offset, self.word))


def sender(info: Information) -> Pairs:
    """Who sent it: kill, tkill."""
    user = info.uint(4)
    return [("si_pid", info.int(0)), ("si_uid", -1 if user == NOBODY else user)]


def unspecified(info: Information) -> Pairs:
    """The kernel has sent it, and need not have filled in anything."""
    known = sender(info) if info.int(0) or info.uint(4) else []
    return known + payload(info)


def payload(info: Information) -> Pairs:
    """The value that comes with it, when there is one."""
    value = info.pointer(8)
    return [("si_int", info.int(8)), ("si_ptr", value)] if value is not NULL else []


def queued(info: Information) -> Pairs:
    """rt_sigqueueinfo has sent it."""
    return sender(info) + payload(info)


def timer(info: Information) -> Pairs:
    """A timer of timer_create has expired."""
    return [("si_timerid", Hex(info.uint(0))), ("si_overrun", info.int(4)), ("si_int", info.int(8)), ("si_ptr", info.pointer(8))]


def polled(info: Information) -> Pairs:
    """Input or output has become possible."""
    if info.code > 0 and CODES["SIGIO"].spell(info.code).text.startswith("0x"):
        return []
    return [("si_band", info.at(info.start, info.word, True)), ("si_fd", info.int(info.word))]


def child(info: Information) -> Pairs:
    """A child has changed state."""
    status: Value = info.int(8)
    if info.code != CLD_EXITED:
        status = SignalNumber.spell(status)
    begin = 12 if info.clock == 4 or info.word == 4 else 16
    times = (info.at(info.start + begin + i * info.clock, info.clock, True) for i in range(2))
    user, system = (ticks(time & 0xFFFFFFFFFFFFFFFF) for time in times)
    return [*sender(info), ("si_status", status), ("si_utime", user), ("si_stime", system)]


def fault(info: Information) -> Pairs:
    """The processor has refused an instruction or an address."""
    pairs: Pairs = [("si_addr", info.pointer(0))]
    word = info.word
    if info.signal == SIGBUS and info.code in (BUS_MCEERR_AR, BUS_MCEERR_AO):
        pairs.append(("si_addr_lsb", Hex(info.at(info.start + word, 2))))
    elif info.signal == SIGSEGV and info.code == SEGV_BNDERR:
        pairs += [("si_lower", info.pointer(2 * word)), ("si_upper", info.pointer(3 * word))]
    elif info.signal == SIGSEGV and info.code == SEGV_PKUERR:
        pairs.append(("si_pkey", info.uint(2 * word)))
    return pairs


def refused(info: Information) -> Pairs:
    """seccomp, or the program's own rule, has refused a system call."""
    number, architecture = info.uint(info.word), info.uint(info.word + 4)
    return [
        ("si_call_addr", info.pointer(0)),
        ("si_syscall", system_call(number, architecture, info.abi)),
        ("si_arch", AuditArchitecture.spell(architecture)),
    ]


def ticks(count: int) -> Value:
    """Clock ticks, with the seconds they are."""
    seconds, rest = divmod(count, TICKS_PER_SECOND)
    return Explained(count, f"{seconds}.{rest:02d} s", str(count)) if count else 0


def system_call(number: int, architecture: int, own: ABI) -> Value:
    """A system call by name: of the program's own ABI as the kernel's headers spell it, of another beside its number."""
    abi, plain = abi_of(architecture, number)
    name = abi.numbers.get(plain) if abi.audit_arch == architecture else None
    if name is None:
        return number
    return Symbol(number, f"__NR_{name}", str(number)) if abi is own else Explained(number, name, str(number))


AuditArchitecture = Enum("signals.audit_architectures", "AUDIT_ARCH_???")
GeneralCode = Enum("signals.signal_codes")
SIGBUS, SIGSEGV, CLD_EXITED, BUS_MCEERR_AR, BUS_MCEERR_AO, SEGV_BNDERR, SEGV_PKUERR = (
    group(f"signals.{place}")[name]
    for place, name in (
        ("signals", "SIGBUS"),
        ("signals", "SIGSEGV"),
        ("SIGCHLD_codes", "CLD_EXITED"),
        ("SIGBUS_codes", "BUS_MCEERR_AR"),
        ("SIGBUS_codes", "BUS_MCEERR_AO"),
        ("SIGSEGV_codes", "SEGV_BNDERR"),
        ("SIGSEGV_codes", "SEGV_PKUERR"),
    )
)

# What a signal carries when the kernel sends it, and the names of its codes.
KERNEL_SIGNALS: Mapping[str, tuple[Callable[[Information], Pairs], str]] = {
    "SIGILL": (fault, "SIGILL_codes"),
    "SIGFPE": (fault, "SIGFPE_codes"),
    "SIGSEGV": (fault, "SIGSEGV_codes"),
    "SIGBUS": (fault, "SIGBUS_codes"),
    "SIGTRAP": (fault, "SIGTRAP_codes"),
    "SIGCHLD": (child, "SIGCHLD_codes"),
    "SIGIO": (polled, "SIGPOLL_codes"),
    "SIGSYS": (refused, "SIGSYS_codes"),
}
CODES: Mapping[str, Word] = {name: Enum(f"signals.{codes}") for name, (_, codes) in KERNEL_SIGNALS.items()}

# What a code says about the origin, whatever the signal.
ORIGINS: Mapping[str, Callable[[Information], Pairs]] = {
    "SI_USER": sender,
    "SI_TKILL": sender,
    "SI_QUEUE": queued,
    "SI_TIMER": timer,
    "SI_SIGIO": polled,
}


def information(info: Information) -> Fields:
    """A siginfo_t as a value. What a program puts into the code may be anything."""
    if not info.signal:
        return Fields([])
    signal = SignalNumber.spell(info.signal)
    code = GeneralCode.spell(info.code)
    describe = ORIGINS.get(code.text) or (queued if info.code < 0 else unspecified)
    if info.code > 0 and signal.text in KERNEL_SIGNALS:
        describe = KERNEL_SIGNALS[signal.text][0]
        code = code if code.text != code.raw else CODES[signal.text].spell(info.code)
    pairs: Pairs = [("si_signo", signal), ("si_code", code)]
    if info.errno:
        pairs.append(("si_errno", error(info.errno)))
    return Fields(pairs + describe(info))


def error(number: int) -> Value:
    """An errno by name."""
    from ptracer.tables.constants.errors import ERRNO

    known = ERRNO.get(number)
    return Symbol(number, known[0], str(number)) if known else number & 0xFFFFFFFF


def siginfo_of(data: bytes) -> Value:
    """The value of what PTRACE_GETSIGINFO gives: the tracer's own layout, whatever the tracee's ABI."""
    return information(Information(data, X86_64))


def described(value: Value, describe: Callable[[Value], Value]) -> Value:
    """A siginfo_t with what is behind the process that it comes from."""
    if not isinstance(value, Fields):
        return value
    return Fields([(name, describe(item) if name == "si_pid" else item) for name, item in value.pairs], value.more)


class SigInfo(Target_):
    """siginfo_t in the tracee's memory."""

    def size(self, abi: ABI) -> int:
        return INFORMATION_SIZE

    def alignment(self, abi: ABI) -> int:
        return abi.word_size

    def loader(self, layout: Layout) -> Callable[[Any, bytes, int], Value]:
        abi, describe = layout.abi, Pid.describing(layout)
        if describe is not None:
            layout.looks_outside()

        def load(scope: Any, data: bytes, offset: int) -> Value:
            value = information(Information(data[offset : offset + INFORMATION_SIZE], abi))
            return value if describe is None else described(value, lambda process: describe(scope, process))

        return load

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, INFORMATION_SIZE)]


siginfo_t = SigInfo()


class sigaction(Struct):
    """The kernel's, not the C library's: the set comes last in memory, but second in the manual."""

    order = ("sa_handler", "sa_mask", "sa_flags", "sa_restorer")

    sa_handler: SignalHandler
    sa_flags: ActionFlags
    sa_restorer: Pointer = this.sa_flags & 0x04000000  # SA_RESTORER
    sa_mask: SignalSet()


class stack_t(Struct):
    ss_sp: Pointer
    ss_flags: StackFlags
    ss_size: Size


class SignalFrame(Target_):
    """What the kernel has put on the stack for a handler, and takes off again: of it the set of blocked signals.

    ``places`` says how far above the stack pointer that lies: in the ucontext, which on i386 comes after the handler's
    arguments and the siginfo_t. Source: arch/x86/include/asm/sigframe.h.
    """

    places: Mapping[str, int] = {"x86_64": 296, "x32": 280, "i386": 248}

    def fetcher(self, layout: Layout) -> Callable[[Any, int], Value]:
        place = self.places[layout.abi.name]

        def fetch(scope: Any, address: int) -> Value:
            data = scope.read_some(address, place + SET_SIZE)[place:]
            return Fields([("mask", signals_of(data) if len(data) == SET_SIZE else Address(address + place))])

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, self.places[layout.abi.name] + SET_SIZE)]
