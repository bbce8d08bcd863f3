"""From records to calls and notices, in order, handed to a renderer."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture import records
from ptracer.decode import notices
from ptracer.decode.behind import with_process
from ptracer.decode.call import Call
from ptracer.decode.registry import Signatures
from ptracer.decode.signature import OFTEN, Signature
from ptracer.decode.values import NULL, Hex, Symbol, Value
from ptracer.hints import Any, Protocol
from ptracer.regs import ABI, AUDIT_ARCH_X86_64, X86_64, abi_of


class Renderer(Protocol):
    """What writes calls and notices."""

    def call(self, call: Call) -> None:
        """A call from entry to exit, with nothing between."""

    def enter(self, call: Call) -> None:
        """A call that has begun and is open."""

    def leave(self, call: Call) -> None:
        """The same call when it has returned."""

    def notice(self, notice: notices.Notice) -> None:
        """Something between calls."""

    def abandon(self, call: Call) -> None:
        """An open call will never return: its thread is gone."""


class Decoder:
    """Keeps the open call of each thread, and turns each record into what a renderer understands."""

    def __init__(self, signatures: Signatures, renderer: Renderer) -> None:
        self.signatures = signatures
        self.renderer = renderer
        self.open: dict[int, Call] = {}
        self.last: dict[int, str] = {}  # the name of each thread's latest call
        self.modes: dict[int, ABI] = {}  # the ABI of each thread's latest call
        self.native = signatures.table(X86_64)
        self.simple: dict[int, Signature] = {}  # of these, what is seen often and has no variants
        self.handlers: dict[int, Callable[[Any], None]] = {
            records.CALL: self.on_call,
            records.ENTRY: self.on_entry,
            records.EXIT: self.on_exit,
            records.SIGNAL: self.on_signal,
            records.STOPPED: self.on_stopped,
            records.LEAVING: self.on_leaving,
            records.EXITED: self.on_exited,
            records.KILLED: self.on_killed,
            records.EXECED: self.on_execed,
            records.STARTED: self.on_started,
            records.DETACHED: self.on_detached,
            records.INSIDE: self.on_inside,
            records.STACK: self.on_stack,
            records.SPACE: self.on_space,
            records.HOLDS: self.on_holds,
            records.TAMPERED: self.on_tampered,
            records.WARNING: self.on_warning,
        }

    def feed(self, batch: list[records.Record]) -> None:
        """Decode records in order."""
        handlers = self.handlers
        for record in batch:
            handlers[record[0]](record)

    # --- calls

    def begin(self, tid: int, start: int, arch: int, number: int, args: tuple[int, ...], chunks: Any) -> Call:
        """A call at its entry."""
        signature = self.native.get(number) if arch == AUDIT_ARCH_X86_64 else None
        if signature is None or signature.variants is not None:
            abi, number = abi_of(arch, number)
            signature = self.signatures.find(abi, number, args)
        if self.modes.get(tid) is not signature.abi:
            self.mode(tid, start, signature.abi)
        call = Call(tid, signature, number, args, start, chunks)
        if signature.name == "restart_syscall" and not signature.raw:
            # It has no arguments; what helps is the name of what it goes on with.
            call.entered = [resumed(self.last.get(tid, "system call"))]
        else:
            try:
                signature.see()
                call.entered = signature.entry(call)
            except Exception as error:  # a defect of a table must not cost anybody the trace
                self.signatures.defect(call.signature.name, error)
                call.entered = list(map(Hex, args))
            self.last[tid] = signature.name
            if signature.seen >= OFTEN and signature.variants is None and signature is self.native.get(number):
                self.simple[number] = signature
        return call

    def end(self, call: Call, end: int, result: int, failed: bool, cpu: int, chunks: Any) -> None:
        """The same call at its exit."""
        call.end = end
        call.result = result
        if failed:
            call.error = -result
        if cpu:
            call.cpu = cpu
        if chunks:
            entry = call.entry_chunks
            call.chunks = call.exit_chunks = {**entry, **chunks} if entry else chunks
        try:
            call.exited = call.signature.exit(call)
        except Exception as error:
            self.signatures.defect(call.signature.name, error)
            call.exited = [Hex(call.args[index]) for _, index in call.signature.exit_items]

    def on_call(self, record: Any) -> None:
        _, tid, start, arch, number, args, pointer, chunks, end, result, failed, cpu, exit_chunks = record
        signature = self.simple.get(number)
        if signature is None or arch != AUDIT_ARCH_X86_64 or self.modes.get(tid) is not X86_64:
            call = self.begin(tid, start, arch, number, args, chunks)
            self.end(call, end, result, failed, cpu, exit_chunks)
        else:
            # ``begin`` and ``end`` in one, for most calls come this way.
            call = Call(tid, signature, number, args, start, chunks)
            try:
                call.entered = signature.entry(call)
                call.end = end
                call.result = result
                call.cpu = cpu
                if failed:
                    call.error = -result
                if exit_chunks:
                    call.chunks = call.exit_chunks = {**chunks, **exit_chunks} if chunks else exit_chunks
                if signature.exit_items:
                    call.exited = signature.exit(call)
                self.last[tid] = signature.name
            except Exception:
                call = self.begin(tid, start, arch, number, args, chunks)  # which says what fails
                self.end(call, end, result, failed, cpu, exit_chunks)
        call.pointer = pointer
        self.renderer.call(call)

    def on_entry(self, record: Any) -> None:
        _, tid, start, arch, number, args, pointer, chunks = record
        call = self.begin(tid, start, arch, number, args, chunks)
        call.pointer = pointer
        self.open[tid] = call
        self.renderer.enter(call)

    def on_exit(self, record: Any) -> None:
        _, tid, end, result, failed, cpu, chunks = record
        call = self.open.pop(tid, None)
        if call is None:
            return  # attached in the middle of the call
        self.end(call, end, result, failed, cpu, chunks)
        self.renderer.leave(call)

    def mode(self, tid: int, when: int, abi: ABI) -> None:
        """Note the ABI of a thread; say so when it is not what it was."""
        known = self.modes.get(tid)
        self.modes[tid] = abi
        if known is not None or abi is not X86_64:
            bits = {"x86_64": "64 bit", "i386": "32 bit", "x32": "x32"}[abi.name]
            self.renderer.notice(notices.Mode(tid, when, bits))

    # --- notices

    def on_signal(self, record: Any) -> None:
        _, tid, when, signal, information, sender, pointer = (*record, None, 0)[:7]
        value = siginfo_value(information)
        if sender is not None:
            value = siginfo_described(value, *sender)
        self.renderer.notice(notices.Signal(tid, when, signal_symbol(signal), value, pointer))

    def on_stopped(self, record: Any) -> None:
        _, tid, when, signal = record
        self.renderer.notice(notices.Stopped(tid, when, signal_symbol(signal)))

    def abandon(self, tid: int) -> None:
        """The open call of a thread has no exit."""
        call = self.open.pop(tid, None)
        if call is not None:
            self.renderer.abandon(call)

    def on_leaving(self, record: Any) -> None:
        self.abandon(record[1])

    def forget(self, tid: int) -> None:
        """A thread is gone."""
        self.abandon(tid)
        self.last.pop(tid, None)
        self.modes.pop(tid, None)

    def on_exited(self, record: Any) -> None:
        _, tid, when, status = record
        self.forget(tid)
        self.renderer.notice(notices.Exited(tid, when, status))

    def on_killed(self, record: Any) -> None:
        _, tid, when, signal, core = record
        self.forget(tid)
        self.renderer.notice(notices.Killed(tid, when, signal_symbol(signal), core))

    def on_execed(self, record: Any) -> None:
        _, tid, when, former = record
        if former == tid:
            return
        self.forget(tid)
        self.renderer.notice(notices.Superseded(tid, when, former))
        call = self.open.pop(former, None)
        if call is not None:
            call.tid = tid
            self.open[tid] = call
        if former in self.last:
            self.last[tid] = self.last.pop(former)
        if former in self.modes:
            self.modes[tid] = self.modes.pop(former)

    def on_started(self, record: Any) -> None:
        _, tid, when, parent, how, process = record
        if parent in self.modes:
            self.modes[tid] = self.modes[parent]
        self.renderer.notice(notices.Started(tid, when, parent, how, process))

    def on_detached(self, record: Any) -> None:
        _, tid, when = record
        self.open.pop(tid, None)
        self.renderer.notice(notices.Detached(tid, when))

    def on_stack(self, record: Any) -> None:
        self.renderer.notice(notices.Stack(*record[1:]))

    def on_space(self, record: Any) -> None:
        self.renderer.notice(notices.Space(*record[1:]))

    def on_holds(self, record: Any) -> None:
        self.renderer.notice(notices.Holds(*record[1:]))

    def on_inside(self, record: Any) -> None:
        _, tid, _, arch, number = record
        abi, number = abi_of(arch, number)
        name = abi.numbers.get(number)
        if name is not None:
            self.last[tid] = name

    def on_tampered(self, record: Any) -> None:
        _, tid, _, what = record
        if tid in self.open:
            self.open[tid].tampered = what

    def on_warning(self, record: Any) -> None:
        self.renderer.notice(notices.Warning(*record[1:]))


def resumed(name: str) -> Symbol:
    """Where the argument of restart_syscall would be: the name of what it goes on with, in every style."""
    text = f"<... resuming interrupted {name} ...>"
    return Symbol(0, text, text)


def signal_symbol(number: int) -> Symbol:
    """A signal by name."""
    from ptracer.tables.words.signals import SignalNumber

    return SignalNumber.spell(number)


def siginfo_described(value: Value, command: bytes, ours: bytes) -> Value:
    """The same with the command of the process that sent it, and its id for us if it has another one there."""
    from ptracer.tables.structs.signals import described

    return described(value, lambda process: with_process(process, command, ours))


def siginfo_value(data: bytes | None) -> Value:
    """siginfo_t as a value."""
    if data is None:
        return NULL
    from ptracer.tables.structs.signals import siginfo_of

    return siginfo_of(data)


__all__ = ["Decoder", "Renderer", "Signature"]
