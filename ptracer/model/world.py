"""The world of a trace: what each record changes, and what is known after it."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture import records
from ptracer.capture.records import Chunks, Record
from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.call import Call
from ptracer.decode.carried import CarrierSignature
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.decode.signature import Signature
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.model.effects import AT_FDCWD, Effect, effects
from ptracer.model.on_descriptors import RETURNED, returned
from ptracer.model.population import Population
from ptracer.model.processes import Event, Thread
from ptracer.model.touched import Touch, Touched
from ptracer.plans import APART, DETAILS, LINKS
from ptracer.regs import abi_of

NO_ARGUMENTS = (0,) * 7
UNSEEN = Effect(returned)

Open = tuple[int, Effect, Any]  # the number of a call that has not returned, what it does, and its ENTRY record or Call


class World(Population):
    """Everything that is known. ``feed`` takes records, in order.

    Without ``memory`` it knows nothing of mappings, and is faster. Whoever has decoded calls already uses ``enter``, ``leave``
    and ``call`` instead, and ``take`` for other records. ``count`` is the running number of the latest call. ``system`` is
    the kernel with its release, as in Origin; empty: nobody knows.
    """

    def __init__(self, memory: bool = True) -> None:
        super().__init__()
        self.memory = memory
        self.signatures = Signatures(Detail())
        self.count = 0
        self.system = ""
        self.open: dict[int, Open] = {}
        self.segments: dict[int, int] = {}  # the sizes of segments of System V shared memory
        self.effects = Effects(self.signatures, memory)
        self.touching = Touched(self)
        self.handlers: dict[int, Callable[[Any], None]] = {
            records.ENTRY: self.on_entry,
            records.EXIT: self.on_exit,
            records.TAMPERED: self.on_tampered,
            records.STARTED: lambda record: self.started(*record[1:6]),
            records.EXECED: self.on_execed,
            records.EXITED: lambda record: self.end(record, record[3], None),
            records.KILLED: lambda record: self.end(record, None, record[3]),
            records.DETACHED: lambda record: self.end(record, None, None),
            records.HOLDS: self.on_holds,
            records.SPACE: self.on_space,
        }

    def feed(self, batch: list[Record]) -> None:
        """Learn from records, in order."""
        effects, take = self.effects, self.take
        for record in batch:
            if record[0] or effects[record[3:5]] is not None:
                take(record)
            else:  # a CALL that changes nothing
                self.count += 1

    def take(self, record: Record) -> None:
        """Learn from one record."""
        kind = record[0]
        if kind:
            handler = self.handlers.get(kind)
            if handler is not None:
                handler(record)
            return
        self.count += 1
        effect = self.effects[record[3:5]]
        if effect is not None and (not record[10] or effect.on_failure):
            self.finish(effect, self.whole(effect, record, record[8:11], record[12]), self.count)

    # --- calls as records

    def on_entry(self, record: Any) -> None:
        self.count += 1
        effect = self.effects[record[3:5]]
        tid = record[1]
        if effect is None:
            self.open.pop(tid, None)
            return
        self.open[tid] = self.count, effect, record
        if record[7]:
            self.learn(self.thread(tid), record[7])
        if effect.starts:
            self.starting[tid] = self.whole(effect, record)

    def on_exit(self, record: Any) -> None:
        opened = self.open.pop(record[1], None)
        if opened is None:
            return
        number, effect, entry = opened
        if not record[4] or effect.on_failure:
            self.finish(effect, self.whole(effect, entry, record[2:5], record[6]), number, entered=True)
        elif effect.starts:
            self.starting.pop(record[1], None)

    def on_tampered(self, record: Any) -> None:
        """The result of an open call is invented: the kernel has done nothing."""
        if record[3] & records.TAMPERED_RESULT:
            self.open.pop(record[1], None)
            self.starting.pop(record[1], None)

    def whole(
        self, effect: Effect, record: Any, returned: tuple[int, int, bool] = (0, 0, False), chunks: Chunks | None = None
    ) -> Call:
        """A call with the arguments of what it carries, of a CALL or ENTRY record; ``returned``: when, with what, and failed?"""
        _, tid, start, arch, number, args, _, before = record[:8]
        signature = effect.signature
        if signature is None:
            abi, number = abi_of(arch, number)
            signature = self.signatures.find(abi, number, args)
        call = Call(tid, signature, number, args, start, before)
        call.end, call.result, failed = returned
        if failed:
            call.error = -call.result
        if chunks:
            call.chunks = call.exit_chunks = {**before, **chunks} if before else chunks
        if isinstance(signature, CarrierSignature):
            try:
                call.args = signature.source.gather(call, signature.count)
                call.signature = signature.carried
            except Fault:
                pass  # the kernel could not read them either
        return call

    # --- calls that are decoded

    def enter(self, call: Call) -> None:
        """A call has begun and is open."""
        self.count += 1
        effect = self.effects.of(call.signature)
        if effect is None:
            self.open.pop(call.tid, None)
            return
        self.open[call.tid] = self.count, effect, call
        if call.entry_chunks:
            self.learn(self.thread(call.tid), call.entry_chunks)
        if effect.starts:
            self.starting[call.tid] = call

    def leave(self, call: Call) -> None:
        """The same call has returned."""
        opened = self.open.pop(call.tid, None)
        if opened is None:
            return
        number, effect, _ = opened
        if call.tampered & records.TAMPERED_RESULT or call.error and not effect.on_failure:
            self.starting.pop(call.tid, None)
        else:
            self.finish(effect, call, number, entered=True)

    def call(self, call: Call) -> None:
        """A call has begun and returned."""
        self.count += 1
        effect = self.effects.of(call.signature)
        if effect is not None and (not call.error or effect.on_failure) and not call.tampered & records.TAMPERED_RESULT:
            self.finish(effect, call, self.count)

    # --- what calls do

    def finish(self, effect: Effect, call: Call, number: int, entered: bool = False) -> None:
        """A call has returned: do what it does. ``entered``: what was captured at its entry has been learned."""
        tid = call.tid
        thread = self.threads.get(tid) or self.thread(tid)
        before, after = call.entry_chunks, call.exit_chunks
        if before and not entered:
            self.learn(thread, before)
        effect.function(self, thread, call, Event(number, call.signature.name, tid, call.end))
        if after is not before and after:
            known = before or {}
            self.learn(thread, {key: data for key, data in after.items() if known.get(key) is not data})

    def learn(self, thread: Thread, chunks: Chunks) -> None:
        """What the kernel has said of descriptors and of the working directory, which ``-y`` asks."""
        for key, data in chunks.items():
            if LINKS <= key < DETAILS and data:
                number = key - LINKS >> APART
                if not number >> 31:
                    thread.descriptors.learn(number, bytes(data))
                elif number - (1 << 32) == AT_FDCWD:
                    thread.places.directory = bytes(data)

    def touched(self, record: Any) -> Touch:
        """What a CALL or ENTRY record touches, asked before it is fed."""
        call = self.whole(RETURNED, record, record[8:11] or (0, 0, False), record[12] if len(record) > 12 else None)
        return self.touching.of(call)

    # --- everything else

    def on_execed(self, record: Any) -> None:
        _, tid, when, former = record
        opened = self.open.pop(former, None)
        self.open.pop(tid, None)
        call, event = None, Event(0, "execve", former, when)
        if opened is not None and opened[1].executes:
            number, _, what = opened
            call = what if isinstance(what, Call) else self.whole(opened[1], what)
            event = Event(number, call.signature.name, former, when)
        self.executed(tid, former, call, event)

    def end(self, record: Any, status: int | None, signal: int | None) -> None:
        """A thread has ended, or is let go."""
        self.open.pop(record[1], None)
        self.gone(record[1], record[2], status, signal)

    def on_holds(self, record: Any) -> None:
        opened = self.open.get(record[1])
        if opened is not None and opened[1].executes:  # whoever decodes is not told of exec by a process's first thread
            self.on_execed((records.EXECED, record[1], record[2], record[1]))
        self.holds(record[1], record[3])

    def on_space(self, record: Any) -> None:
        if record[4] and self.memory:
            self.thread(record[1]).memory.hold(record[4])


class Effects(dict[tuple[int, int], Effect | None]):
    """By architecture and number of a call what it does; None: nothing that is of interest here."""

    def __init__(self, signatures: Signatures, memory: bool) -> None:
        super().__init__()
        self.signatures = signatures
        self.named = effects(memory)
        self.signed: dict[Signature, Effect | None] = {}

    def __missing__(self, key: tuple[int, int]) -> Effect | None:
        abi, number = abi_of(*key)
        if abi.name_of(number) in abi.carriers:
            effect: Effect | None = Effect(self.carried, on_failure=True)
        else:
            effect = self.named.get(abi.name_of(number))
            if number in abi.numbers:
                signature = self.signatures.find(abi, number, NO_ARGUMENTS)
                effect = effect or self.of(signature)
                if effect is not None and signature.variants is None:
                    effect = effect.with_signature(signature)
        self[key] = effect
        return effect

    def of(self, signature: Signature) -> Effect | None:
        """The same by signature."""
        effect = self.signed.get(signature, UNSEEN)
        if effect is UNSEEN:
            effect = self.named.get(signature.name)
            if effect is None and signature.returns is not None and signature.returns.behind == DESCRIPTOR:
                effect = RETURNED
            self.signed[signature] = effect
        return effect

    def carried(self, world: World, thread: Thread, call: Call, event: Event) -> None:
        """What a call does that another carries."""
        effect = self.named.get(call.signature.name)
        if effect is not None and (not call.error or effect.on_failure):
            effect.function(world, thread, call, event)
