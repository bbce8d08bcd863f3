"""Rules that change calls: their grammar, what they do at the stops of a call, and how the trace tells of it."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from test_tracer import CHILD, LEADER, THREAD, Script, exited, lines, stopped, text_of

from ptracer.capture import records
from ptracer.capture.events import EVENT_CLONE, EVENT_EXEC, EVENT_FORK
from ptracer.decode.call import Call
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.errors import PtracerError
from ptracer.filtering import filter_for
from ptracer.options import Options, parse
from ptracer.pipeline import Calls
from ptracer.regs import AUDIT_ARCH_I386, AUDIT_ARCH_X86_64, I386, X32_BIT, X86_64
from ptracer.render.results import marks
from ptracer.tampering.delays import Alarm, Delays
from ptracer.tampering.grammar import parse as parse_rule
from ptracer.tampering.rules import Effects, Occasions, Rule
from ptracer.tampering.tracer import TamperingTracer

READ, GETPID, GETPPID, CHDIR, EXECVE = 0, 39, 110, 80, 59
GETPPID_32, SOCKETCALL, SEND = 64, 102, 9
HERE, THERE = 0x1000, 0x2000
EIO, ENOSYS = 5, 38


def rule(text: str, kind: str = "inject") -> Rule:
    """A rule that nobody is warned of."""
    warnings: list[str] = []
    made = parse_rule(text, kind, warnings.append)
    assert not warnings
    return made


def effects(text: str) -> Effects:
    return rule(f"chdir:{text}").effects


# --- the grammar


def test_a_rule_names_calls_as_every_other_set_does() -> None:
    calls = rule("%file,getpid,?nothing:error=EIO").calls
    assert calls.has("openat") and calls.has("getpid") and not calls.has("read")
    assert rule("!read:error=EIO").calls.has("write") and not rule("chdir@32:error=EIO").calls.has("chdir", X86_64)


@pytest.mark.parametrize(
    ("text", "value", "failed"),
    [
        ("error=EIO", -5, True),
        ("error=enoent", -2, True),
        ("error=4095", -4095, True),
        ("error= +5", -5, True),
        ("retval=0", 0, False),
        ("retval=0x10", 16, False),
        ("retval=010", 8, False),
        ("retval=0b11", 3, False),
    ],
)
def test_a_call_fails_or_returns_what_a_rule_says(text: str, value: int, failed: bool) -> None:
    made = effects(text)
    assert (made.value, made.failed) == (value, failed)


def test_everything_else_that_a_rule_can_do() -> None:
    made = effects("retval=1:syscall=getpid:signal=SIGUSR1:delay_enter=2ms:delay_exit=3:poke_enter=@arg1=41ff,@arg3=00:poke_exit=@arg2=42")
    assert (made.replacement, made.signal, made.delay_enter, made.delay_exit) == ("getpid", 10, 2_000_000, 3000)
    assert made.enter == {0: b"A\xff", 2: b"\0"} and made.leave == {1: b"B"}
    assert effects("signal=usr1").signal == effects("signal=10").signal == 10
    assert effects("delay_enter=0").delay_enter == 0


def test_a_fault_is_enosys_unless_it_says_otherwise() -> None:
    assert rule("chdir", "fault").effects.value == -ENOSYS
    assert rule("chdir:error=EIO:when=2", "fault").effects.value == -EIO


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2", [2]),
        ("+2", [2]),
        ("3+", [3, 4, 5, 6, 7, 8, 9]),
        ("2+3", [2, 5, 8]),
        ("2..4", [2, 3, 4]),
        ("2..8+3", [2, 5, 8]),
        ("1..3+", [1, 2, 3]),
        ("65535", []),
    ],
)
def test_some_invocations_are_meant(text: str, meant: list[int]) -> None:
    occasions = rule(f"chdir:error=EIO:when={text}").occasions
    assert [count for count in range(1, 10) if count in occasions] == meant


@pytest.mark.parametrize(
    "text",
    [
        "chdir", "chdir:", "chdir:when=1", "chdir:syscall=getpid", "chdir:error", "chdir:error=", "chdir:error=0",
        "chdir:error=4096", "chdir:error=EWOULDBLOCK", "chdir:error=5:error=6", "chdir:error=5:retval=6", "chdir:retval=x",
        "chdir:retval=08", "chdir:retval=18446744073709551616", "chdir:signal=0", "chdir:signal=65", "chdir:signal=FOO",
        "chdir:retval=1:syscall=read", "chdir:delay_enter=1m", "chdir:delay_exit=-1", "chdir:poke_enter=@arg0=41",
        "chdir:poke_enter=@arg8=41", "chdir:poke_exit=@arg1=4", "chdir:poke_exit=@arg1=41,@arg1=42", "chdir:poke_exit=",
        "chdir:error=5:when=0", "chdir:error=5:when=65536", "chdir:error=5:when=3..2", "chdir:error=5:when=1..65535",
        "chdir:error=5:when=1+0", "chdir:error=5:when=1..", "chdir:error=5:when=1 ", "chdir: error=5", "chdir:bogus=1",
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(PtracerError) as caught:
        rule(text)
    said = caught.value.message
    assert said.startswith(f"invalid inject argument '{text}': ") and len(said) > len(text) + 30


@pytest.mark.parametrize("text", ["chdir:retval=1", "chdir:signal=1", "chdir:delay_enter=1", "chdir:error=5:poke_exit=@arg1=41"])
def test_a_fault_does_nothing_but_fail(text: str) -> None:
    with pytest.raises(PtracerError, match="invalid fault argument"):
        rule(text, "fault")


@pytest.mark.parametrize("text", ["", ":error=5", "nothing:error=5"])
def test_calls_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(PtracerError, match="invalid system call"):
        rule(text)


@pytest.mark.parametrize(
    ("value", "warning"),
    [
        ("-1", "Inadvertent injection of error 1 is possible for retval=18446744073709551615"),
        ("0xffffffff", "Inadvertent injection of error 1 is possible in compat personality for retval=4294967295"),
        ("4294967296", "Injected return value 4294967296 will be clipped to 0 in compat personality"),
    ],
)
def test_a_result_that_may_be_taken_for_another_is_warned_of(value: str, warning: str) -> None:
    warnings: list[str] = []
    parse_rule(f"chdir:retval={value}", "inject", warnings.append)
    assert warnings == [warning]


def test_options_collect_rules_in_both_spellings() -> None:
    options = parse(["-e", "inject=chdir:error=EIO", "--inject=read:retval=1", "--fault", "write", "-e", "fault=open", "true"])
    assert [rule.effects.value for rule in options.rules] == [-EIO, 1, -ENOSYS, -ENOSYS]


def test_a_signal_needs_the_stops_of_entries_which_a_filter_does_not_make() -> None:
    options = Options()
    options.command = ["true"]
    options.follow = 1
    options.trace = rule("chdir:error=5").calls
    options.rules = [rule("chdir:signal=USR1")]
    assert filter_for(options) is None


# --- at the stops of a call


class Memory(Script):
    """A script whose tracee has some memory, of which eight bytes can be written."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = {HERE: b"/tmp\0\0\0\0", THERE: b"argument"}

    def read(self, tid: int, address: int, size: int) -> bytes:
        for start, data in self.memory.items():
            if start <= address < start + len(data):
                return data[address - start : address - start + size]
        return b""

    def write(self, tid: int, address: int, data: bytes) -> int:
        self.check(tid)
        old = self.memory.get(address)
        if old is None:
            return 0
        self.memory[address] = (data + old[len(data) :])[: len(old)]
        return min(len(data), len(old))

    def live(self, tid: int, number: int, *args: int, result: int = 0, arch: int = AUDIT_ARCH_X86_64) -> None:
        """A call that comes to the tracer at both ends."""
        self.begin(tid, number, *args, arch=arch)
        padded = (*args, *(0,) * 7)[:7]
        self.steps.append((records.LIVE_EXIT, tid, next(self.clock), arch, number, padded, result, -4096 < result < 0, 0))

    def begin(self, tid: int, number: int, *args: int, arch: int = AUDIT_ARCH_X86_64) -> None:
        padded = (*args, *(0,) * 7)[:7]
        self.steps.append((records.LIVE_ENTRY, tid, next(self.clock), arch, number, padded, 0))

    def done(self, *names: str) -> list[tuple[Any, ...]]:
        """The requests of these kinds."""
        return [request for request in self.requests if request[0] in names]


@pytest.fixture
def script() -> Memory:
    return Memory()


def play(script: Memory, *rules: str, chosen: Any = None) -> list[str]:
    """The lines of the trace with these rules."""
    tracer = tracing(script, *[parse_rule(text, "inject", lambda warning: None) for text in rules], chosen=chosen)
    tracer.attach(LEADER)
    return run(script, tracer)


def tracing(script: Memory, *rules: Rule, chosen: Any = None) -> TamperingTracer:
    """A tracer that knows nobody yet."""
    calls = Calls(Signatures(Detail()))
    return TamperingTracer(rules, lambda: None, chosen, script, calls, follow=True)  # type: ignore[arg-type]


def run(script: Memory, tracer: TamperingTracer) -> list[str]:
    tracer.run()
    return lines(text_of(script, pid=""))


def test_a_call_that_must_fail_is_not_made(script: Memory) -> None:
    script.live(LEADER, CHDIR, HERE, result=-ENOSYS)
    assert play(script, "chdir:error=EIO") == ['chdir("/tmp") = -1 EIO (Input/output error) (INJECTED)']
    assert script.done("set_number", "set_result") == [("set_number", LEADER, -1), ("set_result", LEADER, -EIO)]


def test_another_call_is_made_instead(script: Memory) -> None:
    script.live(LEADER, CHDIR, HERE, result=1)
    script.live(LEADER, CHDIR | X32_BIT, HERE, result=1)
    play(script, "chdir:retval=7:syscall=getpid")
    assert script.done("set_number") == [("set_number", LEADER, GETPID), ("set_number", LEADER, GETPID | X32_BIT)]
    assert script.done("set_result") == [("set_result", LEADER, 7)] * 2


def test_a_result_of_a_32_bit_program_is_half_as_wide(script: Memory) -> None:
    script.live(LEADER, GETPPID, result=1)
    script.live(LEADER, GETPPID_32, result=1, arch=AUDIT_ARCH_I386)
    play(script, "getppid:retval=-1")
    assert script.done("set_result") == [("set_result", LEADER, -1), ("set_result", LEADER, 0xFFFFFFFF)]


def test_results_are_decoded_as_if_they_were_true(script: Memory) -> None:
    script.live(LEADER, READ, 3, HERE, 8, result=-ENOSYS)
    assert play(script, "read:retval=4:poke_exit=@arg2=4142") == ['read(3, "ABmp", 8) = 4 (INJECTED: args, retval)']


def test_memory_is_changed_before_it_is_shown(script: Memory) -> None:
    script.live(LEADER, CHDIR, HERE)
    assert play(script, "chdir:poke_enter=@arg1=2f757372") == ['chdir("/usr") = 0 (INJECTED: args)']


def test_what_cannot_be_written_is_told_in_its_place(script: Memory) -> None:
    script.live(LEADER, CHDIR, HERE)
    script.live(LEADER, READ, 3, 0, 8, result=-14)
    told = "chdir:poke_enter=@arg2=41", "read:poke_exit=@arg2=41"
    assert play(script, *told)[0] == 'chdir("/tmp") = 0'
    warnings = [(place, record[3]) for place, record in enumerate(script.records) if record[0] == records.WARNING]
    assert warnings == [
        (1, f"poke_tcb: Failed to tamper with process {LEADER}: requested to tamper with argument #2, "
            "but system call 'chdir' has only 1 arguments"),
        (5, f"poke_tcb: Failed to tamper with process {LEADER}: couldn't poke"),
    ]  # fmt: skip


def test_arguments_of_a_carried_call_are_its_own(script: Memory) -> None:
    script.memory[HERE] = b"".join(number.to_bytes(4, "little") for number in (9, THERE, 8, 0))
    script.live(LEADER, SOCKETCALL, SEND, HERE, result=8, arch=AUDIT_ARCH_I386)
    assert play(script, "send:poke_enter=@arg2=21")[-1] == 'send(9, "!rgument", 8, 0) = 8 (INJECTED: args)'


def test_a_signal_is_sent_at_the_entry(script: Memory) -> None:
    script.live(LEADER, CHDIR, HERE)
    assert play(script, "chdir:signal=USR1") == ['chdir("/tmp") = 0']
    assert script.done("resume") == [("resume", LEADER, 10), ("resume", LEADER, 0)]


def test_invocations_are_counted_for_each_call_and_each_thread(script: Memory) -> None:
    for tid in (LEADER, LEADER, THREAD, THREAD):
        script.live(tid, CHDIR, HERE)
        script.live(tid, GETPPID, result=1)
    shown = play(script, "chdir,getppid:retval=7:when=2")
    assert [line.endswith("(INJECTED)") for line in shown] == [False, False, True, True] * 2


def test_counts_go_with_a_thread_that_executes_and_end_with_it(script: Memory) -> None:
    script.stop(LEADER, stopped(5, EVENT_CLONE), THREAD)
    script.live(THREAD, CHDIR, HERE)
    script.stop(LEADER, stopped(5, EVENT_EXEC), THREAD)
    script.live(LEADER, CHDIR, HERE)
    script.stop(LEADER, stopped(5, EVENT_FORK), CHILD)
    script.live(CHILD, CHDIR, HERE)
    script.stop(CHILD, exited(0))
    script.stop(LEADER, stopped(5, EVENT_FORK), CHILD)
    script.live(CHILD, CHDIR, HERE)
    shown = [line for line in play(script, "chdir:retval=7:when=2") if "chdir" in line]
    assert [line.endswith("(INJECTED)") for line in shown] == [False, True, False, False]


def test_several_rules_for_a_call_all_work(script: Memory) -> None:
    for _ in range(4):
        script.live(LEADER, CHDIR, HERE)
    shown = play(script, "chdir:error=EIO:when=1+2", "chdir:error=EACCES:when=2", "%file:signal=USR1:when=3", "all:delay_exit=0:when=4")
    assert [line.partition("= ")[2] for line in shown] == [
        "-1 EIO (Input/output error) (INJECTED)",
        "-1 EACCES (Permission denied) (INJECTED)",
        "-1 EIO (Input/output error) (INJECTED)",
        "0 (DELAYED)",
    ]
    assert script.done("resume")[4] == ("resume", LEADER, 10)


def test_of_rules_that_say_the_same_otherwise_the_last_counts(script: Memory) -> None:
    script.live(LEADER, CHDIR, HERE)
    shown = play(script, "chdir:error=EIO:poke_exit=@arg1=41", "all:retval=3:poke_exit=@arg2=42")
    assert shown == ['chdir("/tmp") = 3 (INJECTED: args, retval)']


def test_the_exec_that_begins_the_command_is_left_alone(script: Memory) -> None:
    tracer = tracing(script, rule("execve:error=EIO:when=1"))
    tracer.start(LEADER, EXECVE)
    script.live(LEADER, EXECVE, HERE)
    script.steps.insert(1, (records.STOP, LEADER, stopped(5, EVENT_EXEC)))
    script.messages[LEADER] = [LEADER]
    script.live(LEADER, EXECVE, HERE)
    assert [line.partition("= ")[2] for line in run(script, tracer)] == ["0", "-1 EIO (Input/output error) (INJECTED)"]


def test_only_calls_that_are_shown_are_changed_and_counted(script: Memory) -> None:
    script.live(LEADER, CHDIR, THERE)
    script.live(LEADER, CHDIR, HERE)

    def chosen(call: Call) -> bool:
        return call.read(call.args[0], 4) == b"/tmp"

    shown = play(script, "chdir:error=EIO:when=1", chosen=chosen)
    assert [line.endswith("(INJECTED)") for line in shown] == [False, True]


def test_a_condition_of_a_rule_looks_at_the_call(script: Memory) -> None:
    script.live(LEADER, READ, 3, HERE, 8)
    script.live(LEADER, READ, 4, HERE, 8)
    made = rule("read:error=EIO:when=1")
    made.condition = lambda call: call.args[0] == 4
    assert "read(4, 0x1000, 8) = -1 EIO" in run(script, tracing(script, made))[1]
    assert [request[2] for request in script.done("set_result")] == [-EIO]


def test_a_condition_is_written_at_the_end_of_a_rule(script: Memory) -> None:
    script.memory[THERE] = b"/usr\0\0\0\0"
    for place in (HERE, THERE, HERE, THERE):
        script.live(LEADER, CHDIR, place)
    shown = play(script, 'chdir:error=EIO:when=2:if=path =~ ":" || path under /usr')
    assert [line.endswith("(INJECTED)") for line in shown] == [False, False, False, True]


@pytest.mark.parametrize("text", ["ret == 0", "nothing", "path =~", "error in (ENOENT)"])
def test_a_condition_that_makes_no_sense_before_a_call_is_refused(text: str) -> None:
    with pytest.raises(PtracerError):
        rule(f"chdir:error=EIO:if={text}")


def test_a_thread_may_die_while_its_call_is_changed(script: Memory) -> None:
    script.gone.add(THREAD)
    script.stop(LEADER, stopped(5, EVENT_CLONE), THREAD)
    script.begin(THREAD, CHDIR, HERE)
    script.stop(THREAD, 9)
    assert play(script, "chdir:error=EIO:poke_enter=@arg1=41")[-1] == "+++ killed by SIGKILL +++"


def test_a_thread_that_is_let_go_keeps_its_result(script: Memory) -> None:
    script.begin(LEADER, CHDIR, HERE)
    tracer = tracing(script, rule("chdir:error=EIO:delay_enter=10s"))
    tracer.attach(LEADER)
    script.steps.append((records.INTERRUPTED,))
    script.stop(LEADER, stopped(5 | 0x80))
    tracer.heard = lambda: setattr(tracer, "interrupted", 2)
    run(script, tracer)
    assert [request[:2] for request in script.requests[-4:]] == [
        ("configure", ("detaching", True)), ("interrupt", LEADER), ("set_result", LEADER), ("detach", LEADER),
    ]  # fmt: skip
    assert ("resume", LEADER, 0) in script.requests


def test_without_rules_for_a_call_its_plan_is_what_it_was() -> None:
    calls = Calls(Signatures(Detail()))
    args = (HERE, 0, 0, 0, 0, 0, 0)
    before = calls.plan(AUDIT_ARCH_X86_64, CHDIR, args)
    calls.changing = lambda name, abi: name == "read"
    assert calls.plan(AUDIT_ARCH_X86_64, CHDIR, args) == before
    selector, mask, key, plan = calls.plan(AUDIT_ARCH_X86_64, READ, args)
    assert plan is not None and plan.live_entry and plan.live_exit and plan.exit_on_error
    assert I386.names and calls.name(AUDIT_ARCH_I386, SOCKETCALL, (SEND, 0, 0, 0, 0, 0))[0] == "send"


# --- delays


def test_threads_wait_for_their_own_time() -> None:
    resumed: list[tuple[int, int]] = []
    rung = threading.Event()
    delays = Delays(lambda tid, signal: resumed.append((tid, signal)), rung.set)
    begin = time.monotonic()
    delays.hold(1, 0, 80_000_000)
    delays.hold(2, 10, 20_000_000)
    delays.hold(3, 0, 40_000_000)
    delays.forget(3)
    while len(resumed) < 2:
        assert rung.wait(5)
        rung.clear()
        delays.let_go_on()
    assert resumed == [(2, 10), (1, 0)]
    assert 0.08 <= time.monotonic() - begin < 2


def test_all_that_wait_can_be_let_go_at_once() -> None:
    resumed: list[int] = []
    delays = Delays(lambda tid, signal: resumed.append(tid), lambda: None)
    delays.hold(1, 0, 10_000_000_000)
    delays.hold(2, 0, 20_000_000_000)
    delays.release_all()
    delays.let_go_on()
    assert resumed == [1, 2]


def test_an_alarm_rings_at_the_last_moment_that_was_set_until_it_is_heard() -> None:
    rings: list[float] = []
    alarm = Alarm(lambda: rings.append(time.monotonic()))
    begin = time.monotonic()
    alarm.set(time.monotonic_ns() + 10_000_000_000)
    alarm.set(time.monotonic_ns() + 30_000_000)
    while len(rings) < 2:
        assert time.monotonic() < begin + 5
        time.sleep(0.01)
    alarm.set(None)
    assert rings[0] - begin >= 0.03
    time.sleep(0.05)
    rings.clear()
    time.sleep(0.05)
    assert not rings


# --- how the trace tells of it


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (records.TAMPERED_RESULT, " (INJECTED)"),
        (records.TAMPERED_MEMORY, " (INJECTED: args)"),
        (records.TAMPERED_MEMORY | records.TAMPERED_RESULT, " (INJECTED: args, retval)"),
        (records.TAMPERED_TIME, " (DELAYED)"),
        (records.TAMPERED_RESULT | records.TAMPERED_TIME, " (INJECTED) (DELAYED)"),
    ],
)
def test_marks_say_what_was_done(what: int, text: str) -> None:
    assert marks(what) == text


def test_an_invocation_is_meant_from_the_first_to_the_last() -> None:
    assert [count for count in range(1, 20) if count in Occasions(3, 12, 4)] == [3, 7, 11]
