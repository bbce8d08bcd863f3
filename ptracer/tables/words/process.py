"""Words of processes. Source: clone(2), wait(2), getrlimit(2), sched(7), prctl(2), futex(2), ptrace(2)."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Int, Integer, Layout
from ptracer.decode.values import Annotated, Applied, ByName, Fields, Hex, Joined, Meant, Symbol, Unknown, Value
from ptracer.decode.words import Constants, Enum, Flags, Special, group
from ptracer.hints import Any
from ptracer.tables.words.signals import SignalNumber

SIGNAL_MASK = 0xFF  # CSIGNAL: the low bits of clone's flags

UserId = Integer(4, shape=lambda number: -1 if number == 0xFFFFFFFF else number)
GroupId = UserId

ExecveatFlags = Flags("process.execveat_flags", "AT_???")
Clone3Flags = Flags("process.clone3_flags", "CLONE_???", width=8)
UnshareFlags = Flags("process.unshare_flags", "CLONE_???", width=0)
NamespaceTypes = Flags("process.setns_flags", "CLONE_NEW???")
WaitOptions = Flags("process.wait_options", "W???")
WaitIdType = Enum("process.wait_id_types", "P_???")
ResourceLimit = Enum("process.resource_limits", "RLIMIT_???")
UsageWho = Enum("process.resource_usage_who", "RUSAGE_???")
PriorityWho = Enum("process.priority_who", "PRIO_???")
ResetOnFork = Flags("process.scheduling_policy_flags", None)
SchedulingFlags = Flags("process.scheduling_flags", "SCHED_FLAG_???", width=8)
SchedulingGetFlags = Flags("process.scheduling_getattr_flags", "SCHED_GETATTR_FLAG_???")
PriorityTarget = Enum("process.ioprio_who", "IOPRIO_WHO_???")
KcmpType = Enum("process.kcmp_types", "KCMP_???")
RseqFlags = Flags("process.rseq_flags", "RSEQ_FLAG_???")
CriticalSectionFlags = Flags("process.rseq_critical_section_flags", "RSEQ_CS_FLAG_???")
RseqCpu = Special(Int, {-1: "RSEQ_CPU_ID_UNINITIALIZED", -2: "RSEQ_CPU_ID_REGISTRATION_FAILED"})
PidFdFlags = Flags("process.pidfd_flags", "PIDFD_???")
PidFdSignalFlags = Flags("process.pidfd_signal_flags", "PIDFD_SIGNAL_???")
CapabilityVersion = Enum("security.capability_versions", "_LINUX_CAPABILITY_VERSION_???")
Capability = Enum("security.capabilities", "CAP_???", width=0)


class Noted(Integer):
    """``Noted(word)``: a number as a result, with what it means in parentheses after it.

    Flags are in base sixteen, as is what is marked ``hexadecimal``. What has no name has no remark. A choice is
    remarked by its name in every style, flags in all but the raw one; ``styled`` is what is spelled as arguments are.
    """

    def __init__(self, word: Integer, hexadecimal: bool = False, styled: bool = False) -> None:
        hexadecimal = hexadecimal or isinstance(word, Flags)
        super().__init__(0, shape=Hex if hexadecimal else None)
        self.word = word
        self.styled = styled

    def note(self, layout: Layout) -> Callable[[Any], Value | None]:
        meaning, styled, always = self.word.argument(layout), self.styled, isinstance(self.word, Enum)

        def remark(call: Any) -> Value | None:
            value = meaning(call, call.result)
            if styled:
                return value if call.result or isinstance(value, Meant) else named(value)
            return ByName(value, always) if named(value) is not None else None

        return remark


def named(value: Value) -> Value | None:
    """The value, unless it is a number without a name."""
    nameless = isinstance(value, (int, Unknown)) or isinstance(value, Symbol) and value.text == value.raw
    return None if nameless else value


class CloneFlagsWord(Flags):
    """What parent and child share, and in the lowest byte the signal that tells of the child's end."""

    def __init__(self) -> None:
        super().__init__("process.clone_flags", "CLONE_???", width=0)

    def value(self, layout: Layout) -> Callable[[int], Value]:
        def shape(number: int) -> Value:
            flags, signal = self.spell(number & ~SIGNAL_MASK), number & SIGNAL_MASK
            if not signal:
                return flags
            name = SignalNumber.spell(signal)
            return Joined([flags, name]) if flags.number else name

        return shape


CloneFlags = CloneFlagsWord()


class WaitStatusWord(Integer):
    """How a child has changed, as the macros of wait(2) take it apart."""

    def __init__(self) -> None:
        super().__init__(4, signed=True)

    def value(self, layout: Layout) -> Callable[[int], Value]:
        return wait_status


def wait_status(status: int) -> Value:
    """``{WIFEXITED(s) && WEXITSTATUS(s) == 0}``, then bits that have no meaning there, and what a tracer is told."""
    status &= 0xFFFFFFFF
    low, high, rest = status & 0x7F, status >> 8 & 0xFF, 0
    event = status >> 16
    if status == 0xFFFF:
        tests, event = [macro("WIFCONTINUED")], 0
    elif not low:
        tests, rest = [macro("WIFEXITED"), equation("WEXITSTATUS", high)], status & 0x80
    elif status & 0xFF == 0x7F:
        tests = [macro("WIFSTOPPED"), equation("WSTOPSIG", stop_signal(high))]
    elif low == 0x7F:
        return Hex(status)
    else:
        tests, rest = [macro("WIFSIGNALED"), equation("WTERMSIG", named_signal(low))], status & 0xFF00
        if status & 0x80:
            tests.append(macro("WCOREDUMP"))
    value: Value = Fields([("", Joined(tests, " && "))])
    more: list[Value] = [Joined([PtraceEvent.spell(event), 16], "<<")] if event else []
    if rest:
        more.append(Hex(rest))
    return Joined([value, *more]) if more else value


STATUS = Symbol(0, "s", "s")


def macro(name: str) -> Value:
    """``WIFEXITED(s)``"""
    return Applied(name, [STATUS])


def equation(name: str, value: Value) -> Value:
    """``WEXITSTATUS(s) == 1``"""
    return Joined([macro(name), value], " == ")


def stop_signal(number: int) -> Value:
    """The signal of a stop; a tracer may have asked to mark those at system calls."""
    signal = named_signal(number & 0x7F)
    return Joined([signal, Hex(0x80)], " | ") if number & 0x80 else signal


def named_signal(number: int) -> Symbol:
    """A signal that is never shown as a number, as the macros around it are not."""
    name = SignalNumber.spell(number).text
    return Symbol(number, name, name)


WaitStatus = WaitStatusWord()


class PolicyWord(Enum):
    """A scheduling policy, and whether children begin with the default one."""

    further = ("process.scheduling_policy_flags",)

    def __init__(self) -> None:
        super().__init__("process.scheduling_policies", "SCHED_???")

    def spelling(self, number: int) -> Symbol:
        policy = super().spelling(number)
        flags = sum(ResetOnFork.constants.values())
        if not number & flags or number >> 31:
            return policy
        policy = super().spelling(number & ~flags)
        return Symbol(number, f"{ResetOnFork.spell(flags).text}|{policy.text.split(' ')[0]}", f"{number:#x}")


AttributePolicy = Enum("process.scheduling_policies", "SCHED_???")
SchedulingPolicy = PolicyWord()


def priority(number: int) -> Value:
    """A number with the class and the level that it is made of."""
    parts = PriorityClass.spell(number >> PRIORITY_SHIFT), number & (1 << PRIORITY_SHIFT) - 1
    return Meant(number - (number >> 31 << 32), Applied("IOPRIO_PRIO_VALUE", parts), styled=True)


class InputOutputPriority(Integer):
    """A class in the high bits, a level in the low ones. Source: ioprio_set(2)."""

    def __init__(self) -> None:
        super().__init__(4)

    def value(self, layout: Layout) -> Callable[[int], Value]:
        return priority


PRIORITY_SHIFT = 13
PriorityClass = Enum("process.ioprio_classes", "IOPRIO_CLASS_???")
IoPriority = InputOutputPriority()


class PersonalityWord(Flags):
    """The kind of system that is imitated, with flags. All ones asks for the present one."""

    further = ("process.personalities",)

    def __init__(self) -> None:
        super().__init__("process.personality_flags", None)

    def value(self, layout: Layout) -> Callable[[int], Value]:
        def shape(number: int) -> Value:
            if number == 0xFFFFFFFF:
                return Hex(number)
            kind, flags = PersonalityKind.spell(number & 0xFF), number & ~0xFF
            return Joined([kind, self.spell(flags)]) if flags else kind

        return shape


PersonalityKind = Enum("process.personalities", "PER_???")
Personality = PersonalityWord()


class FutexOperationWord(Enum):
    """What futex does; the flags do not choose another form of the call."""

    def __init__(self) -> None:
        super().__init__("process.futex_operations", "FUTEX_???")

    def key(self, number: int) -> int:
        return number & 0x7F


FutexOperation = FutexOperationWord()


def wake_operation(number: int) -> Value:
    """What FUTEX_WAKE_OP does to the second word, and compares it with."""
    operation, comparison = number >> 28 & 7, number >> 24 & 15
    parts: list[Value] = []
    if number >> 31:
        parts.append(Joined([Symbol(8, "FUTEX_OP_OPARG_SHIFT"), 28], "<<"))
    parts.append(shifted(operation, 28, "process.futex_wake_operations", "FUTEX_OP_???"))
    parts.append(Joined([Hex(number >> 12 & 0xFFF), 12], "<<"))
    parts.append(shifted(comparison, 24, "process.futex_wake_comparisons", "FUTEX_OP_CMP_???"))
    parts.append(Hex(number & 0xFFF))
    return Joined(parts)


def shifted(number: int, places: int, constants: str, unknown: str) -> Value:
    """A constant that lies ``places`` bits to the left."""
    name = next((name for name, value in group(constants).items() if value == number), None)
    if name is None:
        return Annotated(Joined([Hex(number), places], "<<"), unknown)
    return Joined([Symbol(number, name), places], "<<")


WakeOperation = Integer(4, shape=wake_operation)
FutexSizes = 3  # of flags: how large the word is


class BitSet(Integer):
    """The bits of FUTEX_WAIT_BITSET; all of them are FUTEX_BITSET_MATCH_ANY."""

    def value(self, layout: Layout) -> Callable[[int], Value]:
        every = Symbol(0xFFFFFFFF, "FUTEX_BITSET_MATCH_ANY")
        return lambda number: every if number == 0xFFFFFFFF else Hex(number)


FutexBits, FutexLongBits = BitSet(4), BitSet(0)
Futex2Flags = Flags("process.futex2_flags", "FUTEX2_???", fields={FutexSizes: "process.futex2_sizes"})


class CapabilitySet(Flags):
    """Capabilities as bits; ``first`` is the number of the lowest one."""

    def __init__(self, first: int) -> None:
        super().__init__({}, "CAP_???")
        self.first = first

    @property
    def constants(self) -> Constants:
        names = group("security.capabilities").items()
        return {f"1<<{name}": 1 << number - self.first for name, number in names if self.first <= number < self.first + 32}


LowCapabilities, HighCapabilities = CapabilitySet(0), CapabilitySet(32)

PtraceRequest = Enum("process.ptrace_requests", "PTRACE_???", width=0)
PtraceOptions = Flags("process.ptrace_options", "PTRACE_O_???", width=0)
PtraceEvent = Enum("process.ptrace_events", "PTRACE_EVENT_???")
SyscallInfoOperation = Enum("process.ptrace_syscall_info_operations", "PTRACE_SYSCALL_INFO_???", width=1)
PeekFlags = Flags("process.ptrace_peek_flags", "PTRACE_PEEKSIGINFO_???")
RegisterSet = Enum("process.register_sets", "NT_???")
