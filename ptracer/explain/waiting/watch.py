"""Looks at threads that have been blocked for long, beside the decoding thread, and tells of what they wait for.

A wait is a finding only if the thread still waits when it is let go, or if it is killed while it waits by who wanted to end
that: whoever pressed ^C, an alarm. Circles are findings at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ptracer.decode import notices
from ptracer.decode.call import Call
from ptracer.decode.decoder import Decoder
from ptracer.explain import waiting
from ptracer.explain.engine import Engine
from ptracer.explain.findings import LIKELY, ODD, SURE, Reason
from ptracer.explain.remembered import keep
from ptracer.explain.saying import signal_name
from ptracer.explain.waiting import LONG, Wait
from ptracer.explain.waiting.circle import circle, switches
from ptracer.explain.waiting.sight import Sight
from ptracer.explain.waiting.times import spent

PACE = 0.25  # seconds between two looks at which calls are open
MOST = 64  # threads that are looked at in one go
AGAIN = 2  # what was looked at is looked at again when it has lasted so many times as long
SURE_IT_LASTS = 0.05  # seconds in which nobody of a circle may go on
BILLION = 1_000_000_000
PRESSED = frozenset((2, 3))  # SIGINT, SIGQUIT
ENDING = PRESSED | {14}  # SIGALRM
INTERRUPTED = frozenset((4, 512, 513, 514, 516))  # EINTR, and the kernel's own errors of calls that a signal ends
ORDER = "Take locks in the same order everywhere, and hold none while waiting for somebody who needs it."
FIRST = "One of them must go on by itself: let only one side wait, and close the ends of pipes that a process does not use."

Below = Callable[[int, str], None]


class Held:
    """A wait that was seen. ``call`` is the one in which the thread waits; None: it was stopped at ``began``."""

    __slots__ = ("tid", "call", "began", "wait", "next")

    def __init__(self, tid: int, call: Call | None, began: int) -> None:
        self.tid, self.call, self.began = tid, call, began
        self.wait: Wait | None = None
        self.next = began + int(LONG * BILLION)  # when to look

    def lasts(self, when: int) -> bool:
        """Whether it has been long."""
        return when - self.began >= LONG * BILLION

    def reason(self, when: int) -> Reason | None:
        """As a finding."""
        wait = self.wait
        if wait is None:
            return None
        text = f"thread {self.tid} has waited {spent(when - self.began)} for {wait.said}"
        return Reason(wait.name, text, wait.advice, SURE if wait.hopeless else wait.weight, key=self.tid, call=self.call)


class Watch(threading.Thread):
    """To be started when tracing begins. Whoever decodes holds ``lock``; ``below`` writes below the latest line of a thread."""

    def __init__(self, engine: Engine, decoder: Decoder, below: Below) -> None:
        super().__init__(name="watch", daemon=True)
        self.engine, self.decoder, self.below = engine, decoder, below
        self.lock = threading.RLock()
        self.over = threading.Event()
        self.held: dict[int, Held] = {}  # by thread
        self.left: dict[int, Held] = {}  # waits that a signal has ended, or the end of the thread will
        self.hanging: dict[int, bool] = {}  # by process, whether all of its threads waited when it was let go
        self.told: dict[tuple[int, str, str], bool] = {}
        self.circles: dict[frozenset[int], bool] = {}

    # --- what the decoding thread tells, which holds the lock

    def returned(self, call: Call) -> None:
        """A call has returned, or will never."""
        held = self.held.pop(call.tid, None)
        if held is not None and (not call.end or call.error in INTERRUPTED):
            self.left[call.tid] = held
        elif self.left:
            self.left.pop(call.tid, None)

    def notice(self, notice: notices.Notice) -> None:
        """What happens between calls."""
        if isinstance(notice, notices.Stopped):
            self.stopped(notice)
        elif isinstance(notice, notices.Signal):
            self.go_on(notice.tid)
            if notice.signal.number in PRESSED and notice.tid in self.left:  # whoever handles it wants to end as well
                self.hanging.clear()
                self.note_process(notice.tid, notice.when)
                self.confirm(self.left.pop(notice.tid, None), notice.when)
        elif isinstance(notice, notices.Detached):
            self.note_process(notice.tid, notice.when)
            self.confirm(self.held.pop(notice.tid, None), notice.when)
        elif isinstance(notice, notices.Killed):
            self.note_process(notice.tid, notice.when)
            held = self.held.pop(notice.tid, None) or self.left.pop(notice.tid, None)
            if notice.signal.number in ENDING:
                self.confirm(held, notice.when)
        elif isinstance(notice, notices.Exited):
            self.held.pop(notice.tid, None)
            self.left.pop(notice.tid, None)

    def stopped(self, notice: notices.Stopped) -> None:
        """A thread is stopped by job control; it goes on when anything else is heard of it."""
        held = Held(notice.tid, None, notice.when)
        held.wait = stopped_by(notice.signal.number)
        self.held[notice.tid] = held

    def go_on(self, tid: int) -> None:
        """A thread that was stopped is not any more."""
        held = self.held.get(tid)
        if held is not None and held.call is None:
            del self.held[tid]

    def confirm(self, held: Held | None, when: int) -> None:
        """The wait has not ended by itself: it is a finding, if it has lasted. That a thread has nothing to do while its process
        works is none."""
        if held is not None and held.lasts(when):
            reason = held.reason(when)
            process = self.engine.world.process(held.tid)
            hangs = process is None or self.hanging.get(process.pid, True)
            if reason is not None and (hangs or reason.weight > ODD):
                self.engine.note(held.tid, [reason])

    def note_process(self, tid: int, when: int) -> None:
        """Note whether all threads of a process wait that we know of, when the first of them is let go."""
        process = self.engine.world.process(tid)
        if process is not None and process.pid not in self.hanging:
            keep(self.hanging, process.pid, all(self.waits(one, when) for one in process.threads))

    def waits(self, tid: int, when: int) -> bool:
        """Whether a thread has waited for long."""
        call = self.decoder.open.get(tid)
        if call is not None:
            return when - call.start >= LONG * BILLION
        held = self.held.get(tid) or self.left.get(tid)
        return held is not None and held.lasts(when)

    # --- the thread

    def run(self) -> None:
        prepared = False
        while not self.over.wait(PACE):
            now = time.monotonic_ns()
            with self.lock:
                due = self.due(now)
                calls, last = self.decoder.open.copy(), self.decoder.last.copy() if due else {}
            if not due:
                continue
            if not prepared:
                waiting.prepare()
                prepared = True
            self.look(due, calls, last)

    def end(self) -> None:
        """Look no more."""
        self.over.set()
        if self.is_alive():
            self.join()

    def due(self, now: int) -> list[Held]:
        """The waits that are to be looked at."""
        found: list[Held] = []
        long = int(LONG * BILLION)
        for tid, call in self.decoder.open.items():
            if now - call.start < long:
                continue
            held = self.held.get(tid)
            if held is None or held.call is not call:
                held = self.held[tid] = Held(tid, call, call.start)
            if now >= held.next and len(found) < MOST:
                held.next = held.began + (now - held.began) * AGAIN
                found.append(held)
        found += [held for held in self.held.values() if held.call is None and now >= held.next and held not in found]
        return found[:MOST]

    def look(self, due: list[Held], calls: dict[int, Call], last: dict[int, str]) -> None:
        """Find out, without the lock, and tell."""
        sight = Sight(calls, last)
        for held in due:
            if self.over.is_set():
                return
            if held.call is None:
                held.next = 1 << 62
                self.say(held, held.wait)
                continue
            wait = sight.wait(held.tid)
            self.say(held, wait)
            members = circle(sight, held.tid) if wait is not None else []
            if len(members) > 1 and frozenset(members) not in self.circles:
                self.close(held, members, sight, calls, last)

    def say(self, held: Held, wait: Wait | None) -> None:
        """Write below the line of the call, once."""
        with self.lock:
            if wait is None or self.held.get(held.tid) is not held or not self.engine.chosen(wait.name):
                return
            held.wait = wait
            name = held.call.signature.name if held.call is not None else ""
            key = (held.tid, wait.name, name)
            if key not in self.told:
                keep(self.told, key, True)
                self.below(held.tid, f"thread {held.tid} waits for {wait.said} [{wait.name}]")

    def close(self, held: Held, members: list[int], sight: Sight, calls: dict[int, Call], last: dict[int, str]) -> None:
        """Tell of a circle, if it is one still and nobody has gone on."""
        time.sleep(SURE_IT_LASTS)
        again = Sight(calls, last)
        if circle(again, held.tid) != members or switches(again, members) != switches(sight, members):
            return
        reason = told(again, members, held.call)
        with self.lock:
            keep(self.circles, frozenset(members), True)
            if self.engine.chosen(reason.name):
                self.engine.note(held.tid, [reason])
                self.below(held.tid, f"{reason.text} [{reason.name}]")


def told(sight: Sight, members: list[int], call: Call | None) -> Reason:
    """A circle as a reason, with a line for each of its edges."""
    same = len({sight.process(tid) for tid in members}) == 1
    lines = []
    waits = [sight.wait(tid) for tid in members]
    for place, (tid, wait) in enumerate(zip(members, waits)):
        following = members[(place + 1) % len(members)]
        assert wait is not None
        who = f"thread {tid}" if same else f"thread {tid} of {sight.called(sight.process(tid))}"
        named = any(str(number) in wait.thing for number in (following, sight.process(following)))
        lines.append(f"{who} waits for {wait.thing}" + ("" if named else f": up to thread {following}"))
    sure = all(wait is not None and wait.weight >= LIKELY for wait in waits)
    what = "threads" if same else "processes"
    locks = all(wait is not None and wait.kind in ("futex", "lock") for wait in waits)
    text = f"{len(members)} {what} wait for each other, and none of them will ever go on"
    advice = ORDER if locks else FIRST
    return Reason("wait.cycle", text, advice, SURE if sure else LIKELY, key=frozenset(members), call=call, lines=lines)


def stopped_by(number: int) -> Wait:
    """A process that job control has stopped."""
    how = {
        21: "it read from its terminal while it was in the background",
        22: "it wrote to its terminal, or changed it, while it was in the background",
        20: "somebody pressed ^Z, or asked for the same",
    }.get(number, "somebody sent it")
    name = signal_name(number)
    thing = f"SIGCONT: it was stopped by {name} ({how})"
    return Wait("stopped", thing, "Bring it to the foreground (fg), or send SIGCONT.", LIKELY)
