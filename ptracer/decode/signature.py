"""Signatures: a ``def`` whose annotations are types, compiled when its call is first seen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import FunctionType

from ptracer.decode.call import Call, LiveCall
from ptracer.decode.detail import PATH_MAX, Detail
from ptracer.decode.expressions import Getter, bind
from ptracer.decode.types import Argument, KernelULong, Layout, PointerTo, Register, Type, UInt64, as_type, hexadecimal
from ptracer.decode.values import Labelled, Value
from ptracer.hints import TYPE_CHECKING, Any
from ptracer.plans import COMMAND, COMMANDS, OWN, Plan, Step
from ptracer.regs import ABI, MAX_ARGUMENTS

if TYPE_CHECKING:
    from ptracer.decode.dumps import Dump

OFTEN = 64  # calls of one signature: to write it out takes about as long as a hundred of them
HexWord = hexadecimal[UInt64]  # the whole register, whatever the ABI


class Parameter:
    """One argument of a signature."""

    __slots__ = ("name", "type", "condition", "index", "pair", "looks_outside")

    def __init__(self, name: str, type: Type, condition: Any, index: int, pair: bool) -> None:
        self.name, self.type, self.condition, self.index, self.pair = name, type, condition, index, pair
        self.looks_outside = False  # of memory, so that no plan can say what to capture


Item = tuple[Argument, int]


def named(function: FunctionType) -> FunctionType:
    """For a ``def`` of a table: its arguments are always shown with their names."""
    function.named = True  # type: ignore[attr-defined]
    return function


def unnamed(function: FunctionType) -> FunctionType:
    """For a ``def`` of a table: what is shown for its arguments never has a name."""
    function.unnamed = True  # type: ignore[attr-defined]
    return function


class Signature:
    """One system call of one ABI, compiled for a Detail.

    ``entry(call)`` gives the values known when the call begins, ``exit(call)`` the rest, ``result(call)``
    the value of the result and ``note(call)`` its remark. ``plan`` says what memory must be captured.
    ``named`` says that arguments are shown with their names even when nobody asks for names, ``unnamed``
    that they never are.
    """

    def __init__(self, name: str, function: FunctionType | None, abi: ABI, detail: Detail, count: int = MAX_ARGUMENTS) -> None:
        self.name = name
        self.abi = abi
        self.prefix = f"{name}("
        self.raw = detail.raw(name, abi)
        # Filled in by the registry for calls that have variants: which argument chooses, and among what.
        self.variants: dict[int, Signature] | None = None
        self.selector = (-1, 0)
        self.choices: dict[int, FunctionType] = {}
        self.related: Callable[[int, ABI], tuple[int, ...]] = lambda key, abi: (key,)
        self.described: list[Parameter] = []  # the parameters of the table, also where raw ones are shown
        self.parameters, returns = self.declared(function, count)
        self.named = getattr(function, "named", False) and not self.raw
        self.unnamed = getattr(function, "unnamed", False)
        self.names = [parameter.name for parameter in self.parameters]
        getters = {p.name: getter(p, abi) for p in self.parameters}
        getters["ret"] = result_getter
        layout = Layout(abi, detail, name, getters)
        self.layout = layout
        self.getters = getters
        split = len(self.parameters)
        for place, parameter in enumerate(self.parameters):
            if parameter.type.when != "entry":
                split = place
                break
        self.split = split
        self.holds = conditions(self.parameters, getters)
        self.exit_items = self.items(self.parameters[split:], layout)
        self.entry = reader(self.items(self.parameters[:split], layout), conditions(self.parameters[:split], getters))
        self.exit = reader(self.exit_items, conditions(self.parameters[split:], getters))
        self.returns = returns
        self.dump = dump_of(name, detail) if detail.dumps else None
        self.result_of = returns.argument(layout) if returns is not None else None
        self.note_of = returns.note(layout) if returns is not None else None
        self.counts = returns is KernelULong and abi.register_size == 8  # a result that is no error is the number that it is
        self.plan = self.planned(layout)
        self.seen = 0  # how often, until that is often

    def declared(self, function: FunctionType | None, count: int) -> tuple[list[Parameter], Type | None]:
        """The parameters and the result type of a table's ``def``."""
        self.registers = count
        if function is None:
            return unknown(count), KernelULong if self.name in self.abi.names and not self.raw else HexWord
        namespace = vars(sys.modules[function.__module__])
        hints: dict[str, Any] = {
            name: eval(hint, namespace) if isinstance(hint, str) else hint for name, hint in function.__annotations__.items()
        }
        returns = hints.pop("return", KernelULong)
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        defaults = function.__defaults__ or ()
        first_default = len(names) - len(defaults)
        parameters, index, registers = [], 0, 0
        for place, name in enumerate(names):
            hint = hints[name]
            if isinstance(hint, Register):
                index, hint = hint.index, hint.type
            type = as_type(hint)
            if type.indirect:
                type = PointerTo(type)
            # On a 32-bit ABI a 64-bit argument takes two registers, the low half first.
            pair = self.abi.register_size == 4 and type is not HexWord and not type.indirect and type.size(self.abi) == 8
            condition = defaults[place - first_default] if place >= first_default else None
            if not name.startswith("_"):  # else a register that means nothing on this ABI
                parameters.append(Parameter(name.rstrip("_"), type, condition, index, pair))
            index += 2 if pair else 1
            if index <= MAX_ARGUMENTS:  # else the argument is the stack pointer
                registers = max(registers, index)
        self.described, self.registers = parameters, registers
        if self.raw:
            return unknown(registers), None if returns is None else HexWord
        return parameters, None if returns is None else as_type(returns)

    def see(self) -> None:
        """Count a call; when there are many, compile once more."""
        self.seen += 1
        if self.seen == OFTEN:
            self.write_out()

    def write_out(self) -> None:
        """Compile once more, for many calls."""
        from ptracer.decode.writing import registers, written_reader

        self.layout.often = True
        holds = self.holds or [None] * len(self.parameters)
        arguments = [argument for argument, _ in self.items(self.parameters, self.layout)]
        known = list(zip(self.parameters, arguments, holds))
        siblings = registers(self.parameters, self.layout) | {"ret": "call.result"}
        self.entry = written_reader(known[: self.split], siblings, self.layout, self.named)
        self.exit = written_reader(known[self.split :], siblings, self.layout, self.named)

    def items(self, parameters: list[Parameter], layout: Layout) -> list[Item]:
        """The compiled arguments of one phase with the register each takes."""
        made = []
        for parameter in parameters:
            layout.outside[0] = False
            argument = parameter.type.argument(layout)
            parameter.looks_outside = layout.outside[0]
            if self.named:
                argument = labelled(parameter.name, argument)
            made.append((joined(argument, parameter.index) if parameter.pair else argument, parameter.index))
        return made

    def planned(self, layout: Layout) -> Plan:
        """What the capture has to copy."""
        positions = {p.name: p.index for p in self.parameters}
        entry: list[Step] = [Step(COMMAND, OWN)] if "comm" in layout.detail.processes else []
        leave: list[Step] = []
        live_entry = live_exit = False
        on_error = any(parameter.type.filled_on_error for parameter in self.parameters)
        for parameter in self.parameters:
            steps = None if parameter.looks_outside else parameter.type.captures(parameter.index, positions, layout)
            when = self.moment(parameter)
            if when not in ("exit", "late"):
                live_entry |= steps is None
                entry += steps or []
            if when not in ("entry", "early"):
                live_exit |= steps is None
                leave += steps or []
            on_error |= when == "late" and steps != []
        dump = self.dump
        if dump is not None:
            live_exit |= dump.steps is None
            (entry if dump.written else leave).extend(dump.steps(self.abi) if dump.steps is not None else ())
        if self.returns is not None:
            steps = self.returns.result_captures(positions, layout)
            live_exit |= steps is None
            leave += steps or []
        return Plan(tuple(entry), tuple(leave), live_entry, live_exit, on_error)

    def moment(self, parameter: Parameter) -> str:
        """When the memory of an argument is read; ``late`` is what comes after something that the call writes."""
        when = parameter.type.when
        return "late" if when == "entry" and parameter in self.parameters[self.split :] else when

    def labels(self, call: Call) -> list[str]:
        """The names of the arguments that this call has."""
        return self.names if self.holds is None else [parameter.name for parameter in self.present(call)]

    def present(self, call: Call) -> list[Parameter]:
        """The parameters of which this call has arguments."""
        if self.holds is None:
            return self.parameters
        return [parameter for parameter, holds in zip(self.parameters, self.holds) if holds is None or holds(call)]

    def arguments(self, call: Call) -> tuple[int, ...]:
        """The registers that the call has something in."""
        return call.args[: self.registers]

    def fetch_entry(self, call: LiveCall) -> None:
        """Decode the entry for the sake of what it reads; what is shown later, or will be changed, is read too."""
        if "comm" in self.layout.detail.processes:
            call.read_some(COMMANDS, PATH_MAX)
        self.entry(call)
        for parameter, (argument, index) in zip(self.parameters[self.split :], self.exit_items):
            if self.moment(parameter) not in ("exit", "late"):
                argument(call, call.args[index])
        if self.dump is not None and self.dump.written:
            self.dump.fetch(call)

    def fetch_exit(self, call: LiveCall) -> None:
        """Decode the exit for the sake of what it reads."""
        self.exit(call)
        if not call.error and self.result_of is not None:
            self.result_of(call, call.result)
            if self.note_of is not None:
                self.note_of(call)
            if self.dump is not None and not self.dump.written:
                self.dump.fetch(call)


def dump_of(name: str, detail: Detail) -> Dump | None:
    """How the data of a call is found, if all of it is needed."""
    from ptracer.decode.dumps import DUMPS, direction

    dump = DUMPS.get(name)
    return dump if dump is not None and direction(name) in detail.dumps else None


def unknown(count: int) -> list[Parameter]:
    """Parameters for what just lies in the registers."""
    return [Parameter(f"arg{place + 1}", HexWord, None, place, False) for place in range(count)]


def reader(items: list[Item], conditions: list[Getter | None] | None) -> Callable[[Call], list[Value]]:
    """A function that gives the values of some arguments; written out for few, for it runs at every call."""
    if conditions is not None:
        return lambda call: [
            value(call, call.args[i]) for (value, i), holds in zip(items, conditions) if holds is None or holds(call)
        ]
    match items:
        case []:
            nothing: list[Value] = []
            return lambda call: nothing
        case [(a, i)]:
            return lambda call: [a(call, call.args[i])]
        case [(a, i), (b, j)]:

            def two(call: Call) -> list[Value]:
                args = call.args
                return [a(call, args[i]), b(call, args[j])]

            return two
        case [(a, i), (b, j), (c, k)]:

            def three(call: Call) -> list[Value]:
                args = call.args
                return [a(call, args[i]), b(call, args[j]), c(call, args[k])]

            return three
    return lambda call: [value(call, call.args[i]) for value, i in items]


def conditions(parameters: list[Parameter], getters: Mapping[str, Getter]) -> list[Getter | None] | None:
    """The bound conditions of parameters; None when there is none."""
    if all(parameter.condition is None for parameter in parameters):
        return None
    return [None if p.condition is None else bind(p.condition, getters) for p in parameters]


def getter(parameter: Parameter, abi: ABI) -> Getter:
    """How a sibling sees an argument."""
    index, number = parameter.index, parameter.type.number(abi)
    if parameter.pair:
        return lambda scope: number(scope.args[index] & 0xFFFFFFFF | scope.args[index + 1] << 32)
    return lambda scope: number(scope.args[index])


def result_getter(scope: Any) -> int:
    """``this.ret``."""
    return scope.result  # type: ignore[no-any-return]


def labelled(name: str, argument: Argument) -> Argument:
    """An argument with its name."""
    return lambda scope, raw: Labelled(name, argument(scope, raw))


def joined(argument: Argument, index: int) -> Argument:
    """An argument in two registers."""
    return lambda scope, raw: argument(scope, raw & 0xFFFFFFFF | (scope.args[index + 1] & 0xFFFFFFFF) << 32)
