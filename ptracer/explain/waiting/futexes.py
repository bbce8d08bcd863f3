"""Futexes. Sources: futex(2), pthread_mutex_lock(3), pthread_join(3); glibc's struct __pthread_mutex_s (bits/struct_mutex.h)."""

from __future__ import annotations

from ptracer.explain.findings import LIKELY, SURE
from ptracer.explain.saying import printable
from ptracer.explain.searching import text_of
from ptracer.explain.waiting import Wait, waits
from ptracer.explain.waiting.blocked import Blocked
from ptracer.explain.waiting.times import remaining, spent

PRIVATE, COMMAND, REALTIME = 128, 0x7F, 256
WAIT, WAIT_BITSET, LOCK_PI, WAIT_REQUEUE_PI, LOCK_PI2 = 0, 9, 6, 11, 13
TID_MASK, WAITERS, OWNER_DIED = 0x3FFFFFFF, 1 << 31, 1 << 30
CONTENDED = 2  # the word of a mutex of glibc that is locked and waited for
OWNER, USERS, KIND = 8, 12, 16  # what lies behind that word
KINDS = 0x3FF  # all bits that the kind of a mutex may have
ORDER = "Hold a lock only for as long as what it protects is used: neither sleep, nor wait for others, nor end while it is held."


@waits("futex futex_time64")
def futex(blocked: Blocked) -> Wait | None:
    address, operation, value = blocked.args[0], blocked.args[1], blocked.args[2] & 0xFFFFFFFF
    command = operation & COMMAND
    if command not in (WAIT, WAIT_BITSET, LOCK_PI, WAIT_REQUEUE_PI, LOCK_PI2):
        return None
    limit, ends = timeout(blocked, command)
    found = lock(blocked, address, command, value, bool(operation & PRIVATE)) or ended(blocked, address, value)
    if found is None:
        found = unknown(blocked, address, bool(operation & PRIVATE))
    found.thing += limit
    found.ends = ends
    return found


def timeout(blocked: Blocked, command: int) -> tuple[str, bool]:
    """How long it waits at most, to be said; and whether there is such a limit."""
    if not blocked.args[3]:
        return "", False
    relative = command == WAIT
    realtime = bool(blocked.args[1] & REALTIME) or command == LOCK_PI
    left = remaining(blocked, blocked.args[3], relative, realtime, blocked.name.endswith("time64"))
    return (f", for {spent(left)} at most" if left is not None else ", not for ever"), True


def where(blocked: Blocked, address: int, private: bool) -> str:
    """A futex in a sentence."""
    return f"{address:#x} ({'private' if private else 'shared' + shared(blocked, address)})"


def shared(blocked: Blocked, address: int) -> str:
    """In which file a futex lies."""
    for line in text_of(f"/proc/{blocked.tid}/maps").splitlines():
        words = line.split(None, 5)
        first, _, last = words[0].partition("-")
        if int(first, 16) <= address < int(last, 16):
            return f", in {printable(words[5])}" if len(words) > 5 and words[5].startswith("/") and words[3] != "00:00" else ""
    return ""


def lock(blocked: Blocked, address: int, command: int, value: int, private: bool) -> Wait | None:
    """A mutex, of which somebody says who has it."""
    word = blocked.word(address)
    if word is None:
        return None
    named = word & TID_MASK
    if command in (LOCK_PI, LOCK_PI2) or (word & WAITERS and word == value and named):
        owner = named  # priority inheritance, robust mutexes, and those of musl
    elif command == WAIT and word == value == CONTENDED:
        locker, users, kind = (blocked.word(address + offset) for offset in (OWNER, USERS, KIND))
        if not locker or not users or kind is None or kind & ~KINDS:
            return None
        owner = locker
    else:
        return None
    return held(blocked, address, blocked.sight.ours(blocked.tid, owner) or owner, private)


def held(blocked: Blocked, address: int, owner: int, private: bool) -> Wait | None:
    """A mutex that a thread has locked."""
    sight = blocked.sight
    mutex = f"the mutex at {where(blocked, address, private)}"
    if owner == blocked.tid:
        thing = f"{mutex}, which it has locked itself"
        return Wait("futex", thing, "Unlock it first, or use a recursive mutex.", SURE, frozenset())
    if sight.ended(owner):
        thing = f"{mutex}, which thread {owner} had locked when it ended"
        return Wait("futex", thing, "Unlock what is locked before a thread ends, or use a robust mutex.", LIKELY)
    if private and sight.process(owner) != blocked.pid:
        return None  # it was no mutex
    who = f"thread {owner}" if sight.process(owner) == blocked.pid else f"thread {owner} of {sight.called(sight.process(owner))}"
    return Wait("futex", f"{mutex}, which {who} has locked", ORDER, LIKELY, frozenset((owner,)), also=sight.doing(owner))


def ended(blocked: Blocked, address: int, value: int) -> Wait | None:
    """pthread_join: the kernel clears the id of a thread that ends (CLONE_CHILD_CLEARTID), and wakes who waits there."""
    sight = blocked.sight
    if not value or blocked.args[1] & PRIVATE or blocked.word(address) != value:
        return None
    thread = sight.ours(blocked.tid, value)
    if thread == blocked.tid or thread not in sight.threads(blocked.pid):
        return None
    thing = f"the end of thread {thread} (pthread_join)"
    return Wait("futex", thing, wakers=frozenset((thread,)), also=sight.doing(thread))


def unknown(blocked: Blocked, address: int, private: bool) -> Wait:
    """A condition variable, a semaphore, or a lock of another kind: nobody says who is to wake the thread."""
    sight = blocked.sight
    place = where(blocked, address, private)
    thing = f"somebody to wake it at {place}: a condition variable, a semaphore or a lock, and one cannot tell who is to do so"
    others = frozenset(sight.threads(blocked.pid)) - {blocked.tid}
    # Only threads of the process can wake it there, and handlers of signals.
    return Wait("futex", thing, wakers=others if private and others and not sight.handles(blocked.tid) else None)
