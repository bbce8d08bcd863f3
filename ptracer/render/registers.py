"""The trace as text with the register and the class of each argument: ``--registers``.

``write(rdi INTEGER 1, rsi MEMORY 0x7ffd6e0c -> "hello\\n", rdx INTEGER 6) = rax 6``

INTEGER is what the kernel takes from the register itself: the number, and behind it what it means if that is not the number
itself. MEMORY is where the register points: the address, and behind an arrow what lies there, if anybody looked. The classes are
those of the System V ABI AMD64 supplement (3.2.3) for arguments of C functions; the registers are those of its appendix A.2 and
of syscall(2), "Architecture calling conventions". On i386 an argument of 64 bits is in two registers, ``edi:esi``, the higher
half first; what socketcall(2) and ipc(2) leave in memory is ``[ecx+4]``, which is four bytes behind where ecx points.
"""

from __future__ import annotations

from ptracer.decode.call import Call
from ptracer.decode.carried import Gathered
from ptracer.decode.signature import Parameter
from ptracer.decode.types import MEMORY
from ptracer.decode.values import NULL, Address, Described, Effect, Fields, Labelled, Symbol, Text, Unknown, Value
from ptracer.regs import ABI, MAX_ARGUMENTS
from ptracer.render.results import Results
from ptracer.render.text import TextRenderer

IN_MEMORY = (Address, Fields, Text)  # values that are no numbers, whatever type they come from
STACK_POINTERS = {4: "esp", 8: "rsp"}  # by the size of registers
DETAILED = "-1 "  # what an error begins with where its number is not shown


class RegisterRenderer(TextRenderer):
    """A text renderer that writes arguments and results so."""

    def __init__(self, *around: object) -> None:
        super().__init__(*around)  # type: ignore[arg-type]
        self.results = RegisterResults(self.spelling)
        self.decorated = True

    def arguments(self, call: Call, values: list[Value], first: int) -> str:
        parameters = call.signature.present(call)[first:]
        texts = [self.argument(call, parameter, value) for parameter, value in zip(parameters, values)]
        return ", ".join(texts + [self.spelling.spell(value) for value in values[len(texts) :]])

    def argument(self, call: Call, parameter: Parameter, value: Value) -> str:
        """One argument, with its name where that is asked for."""
        if type(value) is Effect:
            return self.spelling.spell(value)
        name = f"{parameter.name}=" if self.layout.names and not call.signature.unnamed else ""
        if type(value) is Labelled:
            name, value = f"{value.name}=", value.value
        number = held(call, parameter)
        where = f"{name}{place(call, parameter)}"
        if value is NULL or parameter.type.kind is MEMORY or type(value) in IN_MEMORY:
            return f"{where} MEMORY {self.pointed(number, value)}"
        return f"{where} INTEGER {self.integer(number, value, 8 * width(call.abi, parameter))}"

    def pointed(self, number: int, value: Value) -> str:
        """An address and what lies there."""
        text = self.spelling.spell(value)
        return text if value is NULL or type(value) is Address else f"{number:#x} -> {text}"

    def integer(self, number: int, value: Value, bits: int) -> str:
        """What is in the register, and what it means."""
        text = self.spelling.spell(value)
        meant = value.value if type(value) is Described else value
        known = meant if isinstance(meant, int) else meant.number if isinstance(meant, Symbol) else None
        if known is None:
            return f"{number:#x} {text}"
        if number not in (known & (1 << bits) - 1, known & 0xFFFFFFFF):  # in bits that the kernel does not look at
            return f"{number:#x} {text}"
        if isinstance(meant, int) or isinstance(meant, Unknown) or self.spelling.constants != "abbrev" or meant.raw == meant.text:
            return text
        return f"{meant.raw} {text}"


class RegisterResults(Results):
    """Results with their register; of an error the number is that which the register holds."""

    def error(self, errno: int) -> str:
        text = super().error(errno)
        return f"{-errno} {text.removeprefix(DETAILED).removeprefix('? ')}"

    def spell(self, call: Call) -> str:
        text = super().spell(call)
        return text if text == "?" else f"{call.abi.result_register} {text}"


def register(abi: ABI, index: int) -> str:
    """The name of a register; behind the arguments there is the stack pointer."""
    return abi.argument_registers[index] if index < MAX_ARGUMENTS else STACK_POINTERS[abi.register_size]


def place(call: Call, parameter: Parameter) -> str:
    """Where an argument is."""
    abi, index = call.abi, parameter.index
    if isinstance(call.args, Gathered) and index < len(call.args.places):
        holder, offset = call.args.places[index]
        if offset is None:
            return register(abi, holder)
        return f"[{register(abi, holder)}+{offset}]" if offset else f"[{register(abi, holder)}]"
    if parameter.pair:
        return f"{register(abi, index + 1)}:{register(abi, index)}"
    return register(abi, index)


def width(abi: ABI, parameter: Parameter) -> int:
    """Bytes of the register, or of the two."""
    return 8 if parameter.pair else abi.register_size


def held(call: Call, parameter: Parameter) -> int:
    """What is there."""
    args, index = call.args, parameter.index
    if parameter.pair:
        return args[index] & 0xFFFFFFFF | (args[index + 1] & 0xFFFFFFFF) << 32
    return args[index] & (1 << 8 * call.abi.register_size) - 1
