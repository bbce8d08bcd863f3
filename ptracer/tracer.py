"""The process state machine: which threads are traced, and what every rare stop means.

Syscall-stops are the capture's own business; what arrives here are signals, group-stops, forks, execs,
deaths, and the calls whose memory only the types know how to fetch.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable

from ptracer import own_signals as signal
from ptracer.capture import events, records
from ptracer.capture.processes import kin_of, process_of
from ptracer.capture.protocol import Capture
from ptracer.capture.reading import Reader, sender_of
from ptracer.hints import Any
from ptracer.plans import STACKS
from ptracer.regs import call_in, pointer_in
from ptracer.tasks import NO_NUMBER, STOP_SIGNALS, Calls, Task


class Tracer:
    """Waits, decides, resumes. ``options`` are PTRACE_O_* bits; ``follow`` says whether children are traced.

    ``filtered`` says that the command has a seccomp filter. What has one cannot be let go, for the calls that
    stop for a tracer would fail without: children are then traced silently when nobody wants to follow them,
    and so is everybody once we are interrupted. ``ended`` is called when there is nothing more to show.
    """

    def __init__(self, capture: Capture, calls: Calls, *, follow: bool = False, options: int = 0, filtered: bool = False) -> None:
        self.capture = capture
        self.calls = calls
        self.follow = follow
        self.filtered = filtered
        self.options = events.OPTION_SYSGOOD | events.OPTION_EXEC | events.OPTION_EXIT | options
        if follow or filtered:
            self.options |= events.OPTION_FORK | events.OPTION_VFORK | events.OPTION_CLONE
        if filtered:
            self.options |= events.OPTION_SECCOMP | events.OPTION_EXITKILL
            capture.configure(filtered=True)
        self.ended: Callable[[], None] | None = None
        self.heard: Callable[[], None] | None = None  # tells whoever interrupted a wait that it has ended
        self.detach_on_exec = False
        self.naming = False  # whether the commands of processes are to be shown
        self.stacks = False  # whether the stacks of threads are
        self.pointing = False  # whether it is to be shown where a program was when a signal came
        self.secretive = False  # whether the arguments of programs are nobody's business
        self.describing = ""  # "once": what processes hold that were not born under our eyes; "programs": and after each exec
        self.described: set[int] = set()
        self.executed = False  # the command has become its program
        self.silent: set[int] = set()  # traced without being shown
        self.tasks: dict[int, Task] = {}
        self.command = 0  # the pid of the command we started
        self.command_status: int | None = None  # its wait status
        self.interrupted = 0  # the signal that asks us to stop
        self.enough = False  # nobody wants to see more, but the tracees go on
        self.detaching = False
        self.error: Exception | None = None  # what kept us from going on
        self.handlers: dict[int, Callable[..., None]] = {
            records.STOP: self.on_stop,
            records.NEED_PLAN: self.on_need_plan,
            records.LIVE_ENTRY: self.on_live_entry,
            records.LIVE_EXIT: self.on_live_exit,
            records.INTERRUPTED: self.on_interrupted,
        }

    # --- which threads

    def add(self, tid: int, leader: int, parent: int, how: int, starting: bool = True) -> Task:
        """A thread is traced from now on."""
        task = self.tasks[tid] = Task(tid, leader, starting, how == records.START_ATTACH)
        self.capture.add(tid, parent)
        if self.detaching or self.error is not None or (how == records.START_FORK and not self.follow):
            self.silence(tid)
        self.record(records.STARTED, tid, parent, how, leader)
        if how == records.START_ATTACH:
            self.describe(leader)
        if self.stacks and how != records.START_COMMAND:
            self.record_space(tid)
        return task

    def silence(self, tid: int) -> None:
        """Show nothing of a thread from now on."""
        self.silent.add(tid)
        self.capture.hide(tid, NO_NUMBER)

    def start(self, pid: int, hidden_until: int) -> None:
        """Seize a child of ours; its calls are hidden until the one with the number ``hidden_until``."""
        self.command = pid
        self.capture.seize(pid, self.options)
        self.capture.hide(pid, hidden_until)
        self.add(pid, pid, 0, records.START_COMMAND)
        self.capture.interrupt(pid)

    def attach(self, pid: int) -> None:
        """Seize one thread of a live process. OSError: it cannot be."""
        self.capture.seize(pid, self.options)
        self.add(pid, process_of(pid), 0, records.START_ATTACH)
        self.capture.interrupt(pid)

    def record(self, kind: int, tid: int, *rest: Any) -> None:
        """Append a notice in its place among the calls."""
        if tid in self.silent:
            return
        self.capture.append((kind, tid, time.monotonic_ns(), *rest))

    def describe(self, process: int, again: bool = False) -> None:
        """What a process holds now, once, or ``again``."""
        if self.describing and (again or process not in self.described):
            self.described.add(process)
            from ptracer.capture.processes import held

            self.record(records.HOLDS, process, held(process, not self.secretive))

    def record_space(self, tid: int) -> None:
        """Say in whose address space a thread runs, and what is in it unless that is known."""
        from ptracer.capture import stacks

        self.record(records.SPACE, tid, *stacks.space(self.capture, tid, self.tasks))

    def record_stack(self, tid: int) -> None:
        """The stack of a thread, of which a notice follows."""
        if self.stacks:
            from ptracer.capture import stacks

            self.record(records.STACK, tid, stacks.read(self.capture, tid, STACKS))

    # --- the loop

    def run(self) -> None:
        """Trace until no tracee is left, or until interrupted and detached."""
        wait, handlers = self.capture.wait, self.handlers
        while True:
            event = wait()
            if event is None:
                break
            try:
                handlers[event[0]](*event[1:])
            except Exception as error:
                self.on_failure(error, *event)
            if self.detaching and not self.tasks:
                break
        if self.error is not None:
            raise self.error

    def end(self) -> None:
        """Nothing more will be shown."""
        if self.ended is not None:
            ended, self.ended = self.ended, None
            ended()

    def on_interrupted(self) -> None:
        """A signal for ptracer itself: let everyone go."""
        if self.heard is not None:
            self.heard()
        if (self.interrupted or self.enough or self.capture.gave_up()) and not self.detaching:
            self.detach_all()

    def on_failure(self, error: Exception, kind: int, tid: int = 0, status: int = 0, number: int = 0, *rest: object) -> None:
        """We are out of memory, or wrong, while a thread is stopped. Our end lets go of everyone, but the kernel kills what has
        a filter: that goes on, and is not shown any more.
        """
        if not self.filtered or self.error is not None:
            raise error
        self.error = error
        for other in [*self.tasks]:
            self.silence(other)
        if kind == records.INTERRUPTED:
            return
        self.capture.add(tid)
        self.silence(tid)
        if kind == records.NEED_PLAN:
            self.capture.set_plan(status, number, -1, 0, 0, None)
        elif kind != records.STOP:
            self.resume(tid)
        elif not os.WIFSTOPPED(status):
            self.on_death(tid, status)
        elif status >> 16 == events.EVENT_STOP and os.WSTOPSIG(status) in STOP_SIGNALS:
            self.capture.listen(tid)
        else:
            self.resume(tid, 0 if status >> 16 else os.WSTOPSIG(status))

    def on_need_plan(self, tid: int, arch: int, number: int, args: tuple[int, ...]) -> None:
        selector, mask, key, plan = self.calls.plan(arch, number, args)
        self.capture.set_plan(arch, number, selector, mask, key, plan)

    def on_live_entry(self, tid: int, start: int, arch: int, number: int, args: tuple[int, ...], pointer: int) -> None:
        chunks = self.calls.fetch_entry(arch, number, args, Reader(self.capture, tid))
        self.capture.append((records.ENTRY, tid, start, arch, number, args, pointer, chunks))
        self.go_on(tid)

    def on_live_exit(
        self, tid: int, end: int, arch: int, number: int, args: tuple[int, ...], result: int, failed: bool, cpu: int
    ) -> None:
        chunks = self.calls.fetch_exit(arch, number, args, result, failed, Reader(self.capture, tid))
        self.capture.append((records.EXIT, tid, end, result, failed, cpu, chunks))
        self.go_on(tid)

    def go_on(self, tid: int) -> None:
        """Let a thread go on from the stop of a call."""
        self.resume(tid)

    def resume(self, tid: int, number: int = 0) -> None:
        """Let a thread go on. If it has died meanwhile its death is reported next."""
        try:
            self.capture.resume(tid, number)
        except ProcessLookupError:
            pass

    # --- stops

    def on_stop(self, tid: int, status: int) -> None:
        """Any stop that is not a syscall-stop, or a death."""
        if not os.WIFSTOPPED(status):
            self.on_death(tid, status)
            return
        task = self.tasks.get(tid)
        if task is None:
            task = self.unexpected(tid)
            if task is None:
                return
        number, event = os.WSTOPSIG(status), status >> 16
        try:
            if self.detaching and not self.filtered:
                self.release(task, number, event)
            elif event == 0:
                self.on_signal(task, number)
            elif event in (events.EVENT_FORK, events.EVENT_VFORK, events.EVENT_CLONE):
                self.on_fork(task, event)
            elif event == events.EVENT_EXEC:
                self.on_exec(task)
            elif event == events.EVENT_EXIT:
                self.record(records.LEAVING, tid, self.capture.event_message(tid))
                self.resume(tid)
            elif event == events.EVENT_STOP:
                self.on_event_stop(task, number)
            else:
                self.resume(tid)
        except ProcessLookupError:
            pass  # it died at this stop; wait for the notice

    def unexpected(self, tid: int) -> Task | None:
        """A stop of a thread nobody has told us of: a child before its parent's event, or a stranger."""
        if self.follow or self.filtered:
            process, parent = kin_of(tid)
            return self.add(tid, process, parent if parent in self.tasks else 0, records.START_FORK)
        # Not ours: the tracee used CLONE_PTRACE. Do not leave it hanging.
        self.capture.add(tid)
        try:
            self.capture.detach(tid)
        except OSError:
            self.capture.forget(tid)
        return None

    def on_signal(self, task: Task, number: int) -> None:
        """Signal-delivery-stop: show it and deliver it."""
        self.record_stack(task.tid)
        try:
            information = self.capture.siginfo(task.tid)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            information = None
        sender = sender_of(task.tid, information) if self.naming and information else None
        pointer = pointer_in(self.capture.registers(task.tid)) if self.pointing else 0
        more = (sender, pointer) if pointer else (sender,) if sender is not None else ()
        self.record(records.SIGNAL, task.tid, number, information, *more)
        self.resume(task.tid, number)

    def on_fork(self, task: Task, event: int) -> None:
        """A new thread or process; its own first stop may have come already."""
        if self.follow or self.filtered:
            self.add_child(task, event)
        self.resume(task.tid)

    def add_child(self, task: Task, event: int) -> None:
        """The thread or process that an event tells of, unless it is known already."""
        child = self.capture.event_message(task.tid)
        if child not in self.tasks:
            # Only clone makes threads; it makes processes too.
            self.add(child, process_of(child) if event == events.EVENT_CLONE else child, task.tid, records.START_FORK)

    def on_exec(self, task: Task) -> None:
        """Exec: the thread has the leader's id from now on, and the other threads are gone."""
        former = self.capture.event_message(task.tid)
        if former != task.tid and former in self.tasks:
            self.rename(former, task.tid)
            if former in self.silent:
                # Nobody follows that thread: what is seen is that the leader has ended.
                self.record(records.EXITED, task.tid, 0)
                self.silent.remove(former)
                self.silent.add(task.tid)
            else:
                self.silent.discard(task.tid)
            del self.tasks[former]
            self.tasks[task.tid] = Task(task.tid, task.tid, starting=False)
        if self.detach_on_exec and (task.tid != self.command or self.executed):
            self.let_go(task.tid)
            return
        first = task.tid == self.command and not self.executed
        self.executed = self.executed or first
        self.record(records.EXECED, task.tid, former)
        if first or self.describing == "programs":
            self.describe(task.tid, again=True)
        if self.stacks:
            self.record_space(task.tid)
            if first:
                self.record_stack(task.tid)
        self.resume(task.tid)

    def rename(self, former: int, tid: int) -> None:
        """A thread has the id of another one from now on."""
        self.capture.rename(former, tid)

    def on_event_stop(self, task: Task, number: int) -> None:
        """Group-stop, the first stop of a new thread, or the answer to our own interrupt."""
        if number in STOP_SIGNALS:
            task.starting = False
            self.record_stack(task.tid)
            self.record(records.STOPPED, task.tid, number)
            try:
                self.capture.listen(task.tid)
            except OSError as error:
                if error.errno != errno.EIO:  # that is what a thread says that was killed in its stop
                    raise
            return
        if task.starting and task.attached:
            call = call_in(self.capture.registers(task.tid))
            if call is not None:
                self.record(records.INSIDE, task.tid, *call)
        task.starting = False
        self.resume(task.tid)

    def on_death(self, tid: int, status: int) -> None:
        """The end of a thread."""
        if tid == self.command:
            self.command_status = status
        if self.tasks.pop(tid, None) is None:
            return  # a child we inherited, or a thread that was superseded
        self.capture.forget(tid)
        if os.WIFSIGNALED(status):
            self.record(records.KILLED, tid, os.WTERMSIG(status), os.WCOREDUMP(status))
        else:
            self.record(records.EXITED, tid, os.WEXITSTATUS(status))
        self.silent.discard(tid)
        if self.filtered and tid == self.command and not self.follow:
            self.end()

    # --- letting go

    def detach_all(self) -> None:
        """Ask every tracee to stop, so that it can be let go; all at once, for one may wait for another."""
        self.detaching = True
        if self.command in self.tasks and self.interrupted:
            for number in (signal.SIGCONT, self.interrupted):
                try:
                    os.kill(self.command, number)
                except ProcessLookupError:
                    pass
        if self.filtered:
            for tid in [*self.tasks]:
                self.record(records.DETACHED, tid)
                self.silence(tid)
            self.end()
            return
        self.capture.configure(detaching=True)
        for tid in [*self.tasks]:
            try:
                self.capture.interrupt(tid)
            except ProcessLookupError:
                self.lost(tid)

    def lost(self, tid: int) -> None:
        """A thread that cannot be stopped any more: the leader of a process has ended before its other threads
        and says nothing until they do. Only our own end lets go of it."""
        del self.tasks[tid]
        self.record(records.DETACHED, tid)

    def release(self, task: Task, number: int, event: int) -> None:
        """Detach at the stop that came, which need not be the one we asked for."""
        if event == events.EVENT_EXIT:
            self.resume(task.tid)
            return
        if event == 0 and number == signal.SIGTRAP | 0x80:
            number = 0
        # A thread in a group-stop stays stopped: the kernel remembers that for the process.
        deliver = number if event == 0 else 0
        if event in (events.EVENT_FORK, events.EVENT_VFORK, events.EVENT_CLONE) and self.follow:
            self.add_child(task, event)
        self.let_go(task.tid, deliver)

    def let_go(self, tid: int, deliver: int = 0) -> None:
        """Detach a stopped thread."""
        self.capture.detach(tid, deliver)
        del self.tasks[tid]
        self.record(records.DETACHED, tid)
