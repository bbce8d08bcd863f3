"""Processes that are not there, or are nobody's children. Source: kill(2), wait(2), ptrace(2)."""

from __future__ import annotations

from errno import ECHILD, ESRCH

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.findings import LIKELY, ODD, Reason
from ptracer.explain.saying import by, end_of, person
from ptracer.model.effects import descriptor
from ptracer.model.processes import Process

SIGCHLD = 17
P_PID = 1
TRACED = b"tT"  # states: stopped by the tracer, or by a signal
PTRACE_TRACEME, PTRACE_ATTACH, PTRACE_SEIZE = 0, 16, 0x4206
WHICH = {"kill": 0, "tkill": 0, "tgkill": 1, "ptrace": 1, "pidfd_open": 0, "setpgid": 0, "getpgid": 0, "getsid": 0,
         "sched_setaffinity": 0, "sched_getaffinity": 0, "sched_setscheduler": 0, "prlimit64": 0, "rt_sigqueueinfo": 0,
         "rt_tgsigqueueinfo": 1, "process_vm_readv": 0, "process_vm_writev": 0, "setpriority": 1, "getpriority": 1}  # fmt: skip


def ended(case: Case, pid: int) -> Process | None:
    """The process with that id which ended last."""
    return next((one for one in reversed(case.world.ended) if one.pid == pid), None)


@cause(ESRCH)
def nobody(case: Case) -> Reason | None:
    place = WHICH.get(case.name)
    if place is None:
        return None
    number = descriptor(case.call.args[place])
    other = case.facts.get("other")
    facts = other if isinstance(other, dict) else {}
    if case.name == "ptrace" and facts.get("process"):
        return not_stopped(case, number, facts)
    if number < 0 and case.name == "kill":
        return Reason("process.no_group", f"there is no process group {-number}", "", ODD, True, number)
    if number <= 0:
        return None
    if case.name in ("tgkill", "rt_tgsigqueueinfo") and facts.get("process"):
        group = descriptor(case.call.args[0])
        if facts["process"] != group:
            text = f"thread {number} is not of process {group}, but of process {facts['process']}"
            advice = "The thread id is stale, or the arguments are swapped."
            return Reason("process.other_process", text, advice, LIKELY, key=number)
        return None
    gone = ended(case, number)
    if gone is not None and not facts.get("process"):
        text = f"{person(gone)} {end_of(gone)}" + waited(case, number)
        return Reason("process.ended", text, "Forget the id of a process when it has been waited for.", ODD, True, number)
    if not facts.get("process"):
        return Reason("process.missing", f"there is no process or thread {number}", "", ODD, True, number)
    return None


def waited(case: Case, pid: int) -> str:
    """Who has waited for it."""
    event = case.remembered.waited.get(pid)
    return f", and was waited for{by(event)}" if event is not None else ""


def not_stopped(case: Case, number: int, facts: dict[str, object]) -> Reason | None:
    """ptrace(2) of somebody who is there."""
    if case.call.args[0] in (PTRACE_TRACEME, PTRACE_ATTACH, PTRACE_SEIZE):
        return None
    name = person(case.world.process(number), number)
    process = case.process
    if process is not None and facts.get("tracer") not in (0, process.pid) or not facts.get("tracer"):
        text = f"{name} is not traced by this process"
        return Reason("process.not_traced", text, "Attach first: PTRACE_SEIZE or PTRACE_ATTACH.", LIKELY, key=number)
    state = facts.get("state")
    if isinstance(state, bytes) and state[:1] not in (b"t", b"T"):
        text = f"{name} is traced, but does not stand at a stop (its state is {state.decode('ascii', 'replace')})"
        return Reason("process.not_stopped", text, "Wait for its stop before it is looked into.", LIKELY, key=number)
    return None


@cause(ECHILD)
def no_child(case: Case) -> Reason | None:
    signals = case.facts.get("signals")
    ignored = isinstance(signals, dict) and bool(signals.get("ignored", 0) >> SIGCHLD - 1 & 1)
    if ignored:
        text = "SIGCHLD is ignored, so that children leave no status when they end"
        return Reason("wait.ignored", text, "Set SIGCHLD to SIG_DFL before children are started.", LIKELY, key="ignored")
    number = descriptor(case.call.args[0])
    if case.name == "waitid":
        number = descriptor(case.call.args[1]) if case.call.args[0] == P_PID else -1
    if number <= 0:
        return Reason("wait.no_children", "the process has no children, or has waited for all of them", "", ODD, True, "all")
    event = case.remembered.waited.get(number)
    if event is not None:
        text = f"process {number} was waited for already{by(event)}"
        return Reason("wait.waited_already", text, "Wait for a child once, and keep its status.", LIKELY, True, number)
    other = case.world.process(number)
    process = case.process
    if process is not None and number == process.pid:
        return Reason("wait.not_a_child", "a process cannot wait for itself", "", LIKELY, key=number)
    if other is not None and process is not None and other.parent not in (None, process.pid):
        text = f"{person(other)} is not a child of this process, but of process {other.parent}"
        advice = "Only the parent can wait for it; others may use pidfd_open and poll."
        return Reason("wait.not_a_child", text, advice, LIKELY, key=number)
    return Reason("wait.not_a_child", f"process {number} is no child of this process", "", LIKELY, True, number)
