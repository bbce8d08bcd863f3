"""What stands after the equals sign."""

from __future__ import annotations

from ptracer.capture.records import TAMPERED_MEMORY, TAMPERED_RESULT, TAMPERED_TIME
from ptracer.decode.call import Call
from ptracer.decode.values import ByName, Meant, Value
from ptracer.render.spelling import Spelling

# Kernel-internal results that a tracer sees while a call is being interrupted: include/linux/errno.h.
RESTARTS = {
    512: "? ERESTARTSYS (To be restarted if SA_RESTART is set)",
    513: "? ERESTARTNOINTR (To be restarted)",
    514: "? ERESTARTNOHAND (To be restarted if no handler)",
    516: "? ERESTART_RESTARTBLOCK (Interrupted by signal)",
}


def marks(tampered: int) -> str:
    """What was done to a call: a set of the TAMPERED_* of records."""
    injected = {TAMPERED_RESULT: " (INJECTED)", TAMPERED_MEMORY: " (INJECTED: args)", 0: ""}
    text = injected.get(tampered & (TAMPERED_RESULT | TAMPERED_MEMORY), " (INJECTED: args, retval)")
    return f"{text} (DELAYED)" if tampered & TAMPERED_TIME else text


class Results:
    """Spells results; errors are remembered, for there are few."""

    def __init__(self, spelling: Spelling) -> None:
        self.spelling = spelling
        self.names = Spelling(spelling.strings)
        self.errors: dict[int, str] = dict(RESTARTS)

    def error(self, errno: int) -> str:
        """``-1 ENOENT (No such file or directory)``."""
        known = self.errors.get(errno)
        if known is None:
            from ptracer.tables.constants.errors import ERRNO

            name, message = ERRNO.get(errno, (None, None))
            known = f"-1 {name} ({message})" if name else f"-1 (errno {errno})"
            self.errors[errno] = known
        return known

    def spell(self, call: Call) -> str:
        """The result of a call that has returned."""
        signature = call.signature
        if call.error:
            text = self.error(call.error)
        elif signature.result_of is None:
            text = str(call.result) if call.tampered else "?"
        else:
            result = signature.result_of(call, call.result)
            text = self.spelling.shapes[type(result)](result)
            if signature.note_of is not None:
                note = signature.note_of(call)
                remark = note if note is None or isinstance(note, str) else self.remark(note)
                if remark is not None:
                    text += f" ({remark})"
        return f"{text}{marks(call.tampered)}" if call.tampered else text

    def remark(self, note: Value) -> str | None:
        """What a result means; None where only numbers are wanted."""
        kind, spelling = type(note), self.spelling
        if kind is ByName:
            return None if spelling.constants == "raw" and not note.always else self.names.spell(note.value)
        if kind is Meant:
            return None if spelling.constants == "raw" else spelling.spell(note.meaning)
        return spelling.shapes[kind](note)
