"""What is not there yet, or was interrupted. Source: read(2), write(2), accept(2), futex(2), fcntl(2), signal(7), socket(7)."""

from __future__ import annotations

from errno import EAGAIN, EDEADLK, EINTR

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.findings import LIKELY, ODD, Reason
from ptracer.explain.saying import descriptor, person, signal_name
from ptracer.model.effects import descriptor as number_in

O_NONBLOCK, MSG_DONTWAIT = 0o4000, 0x40
EMPTY = {
    **dict.fromkeys(("read", "readv"), "nothing to be read"),
    **dict.fromkeys(("recvfrom", "recvmsg", "recvmmsg"), "nothing to be received"),
    **dict.fromkeys(("accept", "accept4"), "no connection to be accepted"),
    **dict.fromkeys(("write", "writev", "sendto", "sendmsg", "sendmmsg", "sendfile"), "no room for more"),
}  # by call what its first argument has
ENOUGH_TO_WAIT = 1_000_000  # nanoseconds: a call that only looks takes less
FUTEX_COMMAND, FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_LOCK_PI = 0x7F, 0, 9, 6
MOST_SIGNALS = 64


@cause(EAGAIN)
def not_yet(case: Case) -> Reason | None:
    """A descriptor that does not block."""
    nothing = EMPTY.get(case.name)
    if nothing is None:
        return None
    number = number_in(case.call.args[0])
    thread = case.thread
    entry = thread.descriptors.at(number) if thread is not None else None
    flags = entry.description.flags if entry is not None else None
    name = descriptor(case, number)
    key = (number, nothing)
    if (case.argument("flags") or 0) & MSG_DONTWAIT:
        return Reason("wait.would_block", f"{name} has {nothing}, and MSG_DONTWAIT says not to wait", "", ODD, True, key)
    took = case.call.end - case.call.start
    if flags is not None and not flags & O_NONBLOCK and took > ENOUGH_TO_WAIT:
        text = f"{name} had {nothing} for {took / 1e9:.3g} seconds, which is as long as SO_RCVTIMEO or SO_SNDTIMEO lets it wait"
        return Reason("wait.timed_out", text, "", LIKELY, True, key)
    if flags is None or flags & O_NONBLOCK:
        known = f"{name} is non-blocking and has {nothing}"
        if flags is None:
            known = f"{name} has {nothing}, and does not wait for it"
        advice = "Wait with poll or epoll until it is ready, or let it block."
        return Reason("wait.would_block", known, advice, ODD, True, key)
    return None


@cause(EAGAIN, call="futex")
def changed(case: Case) -> Reason | None:
    operation = case.call.args[1] & FUTEX_COMMAND
    if operation not in (FUTEX_WAIT, FUTEX_WAIT_BITSET):
        return None
    text = f"the word was not {case.call.args[2] & 0xFFFFFFFF} any more when the thread wanted to wait: another was faster"
    return Reason("wait.changed", text, "", ODD, True, "futex")


@cause(EAGAIN, call="fcntl fcntl64 flock")
def locked(case: Case) -> Reason | None:
    number = number_in(case.call.args[0])
    holder = lock_holder(case)
    text = f"{descriptor(case, number)} is locked" + (f" by {holder}" if holder else " by somebody else")
    return Reason("wait.locked", text, "Wait for the lock (F_SETLKW, LOCK_EX without LOCK_NB), or try again.", ODD, True, number)


def lock_holder(case: Case) -> str:
    """Who has a lock on the file: /proc/locks, proc_locks(5)."""
    lock = case.facts.get("lock")
    if not isinstance(lock, dict) or not isinstance(lock.get("process"), int) or lock["process"] <= 0:
        return ""
    return f"{person(case.world.process(lock['process']), lock['process'])} ({lock.get('kind')}, for {lock.get('use')})"


@cause(EDEADLK, call="fcntl fcntl64")
def deadlock(case: Case) -> Reason | None:
    number = number_in(case.call.args[0])
    holder = lock_holder(case)
    who = f": {holder} has it, and waits for one of this process" if holder else ""
    text = f"to wait for the lock on {descriptor(case, number)} would be to wait for ever{who}"
    return Reason("wait.deadlock", text, "Take locks in the same order everywhere.", LIKELY, key=number)


@cause(EDEADLK, call="futex")
def own_lock(case: Case) -> Reason | None:
    if case.call.args[1] & FUTEX_COMMAND != FUTEX_LOCK_PI:
        return None
    text = f"thread {case.call.tid} has the lock at {case.call.args[0]:#x} already, or to wait for it would be to wait for ever"
    return Reason("wait.deadlock", text, "Unlock it first, or use a recursive mutex.", LIKELY, key=case.call.args[0])


@cause(EINTR)
def interrupted(case: Case) -> Reason | None:
    signals = case.facts.get("signals")
    pending = signals.get("pending", 0) if isinstance(signals, dict) else 0
    names = [signal_name(number + 1) for number in range(MOST_SIGNALS) if pending >> number & 1]
    if not names:
        return None
    text = f"the call was interrupted by {' and '.join(names[:3])}"
    advice = "Call again; with SA_RESTART the kernel does so itself, but not for poll, epoll_wait and sleeps."
    return Reason("wait.interrupted", text, advice, ODD, True, (case.name, names[0]))
