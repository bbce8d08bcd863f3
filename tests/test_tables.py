"""The tables as data: every row of them, on every ABI, with arguments that mean something and with any others."""

from __future__ import annotations

import importlib
import os
import pkgutil
import random
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType

import pytest

from ptracer.capture.pure_memory import LARGEST_READ
from ptracer.capture.records import CALL
from ptracer.decode import registry
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail, never
from ptracer.decode.registry import Signatures, declaration
from ptracer.decode.signature import Signature
from ptracer.decode.types import Integer, PointerTo
from ptracer.decode.words import Enum, Flags, Parts, Word
from ptracer.pipeline import Calls
from ptracer.plans import Plan
from ptracer.regs import ABI, I386, MAX_ARGUMENTS, X32, X32_BIT, X86_64, is_error
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout, TextRenderer
from ptracer.tables import calls
from tests.decoding import Lines

ABIS = [X86_64, I386, X32]
PLAIN, VERBOSE, BLIND = Detail(), Detail(string_limit=64, abbreviate=never), Detail(string_limit=1, verbose=never)


def modules_under(package: str) -> list[str]:
    """The names of all modules of a part of the tables."""
    path = importlib.import_module(package).__path__
    return sorted(module.name for module in pkgutil.walk_packages(path, f"{package}."))


def described(abi: ABI) -> list[tuple[int, str]]:
    """Number and name of each call that the tables describe."""
    return [(number, name) for number, name in abi.numbers.items() if declaration(name, abi) is not None]


def signatures(abi: ABI, compiled: Signatures) -> Iterator[tuple[int, tuple[int, ...], Signature]]:
    """Each signature with all its variants: number, arguments that choose it, and itself."""
    for number, _ in described(abi):
        nothing = (0,) * MAX_ARGUMENTS
        base = compiled.compile(abi, number)
        compiled.table(abi)[number] = base
        yield number, nothing, base
        index, _ = base.selector
        for key in base.choices:
            args = (*nothing[:index], key, *nothing[index + 1 :])
            yield number, args, compiled.find(abi, number, args)


class TestRows:
    @pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
    @pytest.mark.parametrize("detail", [PLAIN, VERBOSE, BLIND], ids=["plain", "verbose", "blind"])
    def test_every_annotation_resolves_and_compiles(self, abi: ABI, detail: Detail) -> None:
        for _, _, signature in signatures(abi, Signatures(detail)):
            assert isinstance(signature.plan, Plan)
            # Behind the arguments comes the stack pointer.
            assert all(parameter.index <= MAX_ARGUMENTS for parameter in signature.parameters), signature.name

    def test_no_call_is_described_twice(self) -> None:
        described: dict[str, str] = {}
        for name in calls.MODULES:
            module = importlib.import_module(f"ptracer.tables.calls.{name}")
            here = {row for row, thing in vars(module).items() if isinstance(thing, FunctionType)}
            rows = {row for row in here if row.split("__")[0] in NAMES}
            assert not (twice := rows & described.keys()), f"{twice} in {name} and {[described[row] for row in twice]}"
            described |= dict.fromkeys(rows, name)

    def test_every_row_belongs_to_a_call_of_some_abi(self) -> None:
        for name in modules_under("ptracer.tables.calls"):
            if name.endswith("_carried"):
                continue  # the calls that others carry have names of their own
            module = importlib.import_module(name)
            for row, thing in vars(module).items():
                if isinstance(thing, FunctionType) and thing.__module__ == name and not row.startswith("_"):
                    assert row.rstrip("_").split("__")[0] in NAMES, f"{name}: {row} is no system call"


NAMES = {name.partition("#")[0] for abi in ABIS for name in abi.numbers.values()}


# --- arguments that make no sense

PLACE, EDGE = 0xDEADBEEF, (1 << 64) - 4096
ARGUMENTS = (0, 1, 0xFFFFFFFFFFFFFFFF, PLACE, EDGE, 1 << 63)
RESULTS = (0, 1, 4096, 1 << 62, -22)
SECONDS = 2.0  # of processor time; a call takes a few hundred microseconds at most

random_bytes = random.Random(7).randbytes(8192)
MEMORY: dict[str, bytes | None] = {
    "none": None,
    "zeros": bytes(8192),
    "ones": b"\xff" * 8192,
    "random": random_bytes,
    "pointers to itself": PLACE.to_bytes(8, "little") * 1024,
    "small numbers": b"\1\0\0\0\0\0\0\0" * 1024,
}


# The other ABIs share most types, so they need not be tried with everything.
COMBINATIONS = [
    *(pytest.param(X86_64, detail, kind) for detail in (PLAIN, VERBOSE) for kind in MEMORY),
    *(pytest.param(abi, VERBOSE, kind) for abi in (I386, X32) for kind in ("random", "pointers to itself")),
]


REGION = 1 << 16


def tracee(pattern: bytes, *places: int) -> Callable[[int, int], bytes]:
    """Memory of a tracee that begins at some places and goes on for a while."""
    region = pattern * (REGION // len(pattern))

    def read(address: int, size: int) -> bytes:
        for place in places:
            if 0 <= address - place < REGION:
                return region[address - place :][: min(size, LARGEST_READ)]
        return b""

    return read


class Decoding:
    """Decodes calls of one ABI for one detail."""

    def __init__(self, abi: ABI, detail: Detail) -> None:
        self.output = Lines()
        self.signatures = Signatures(detail)
        self.abi = abi
        renderer = TextRenderer(Spelling("none", "abbrev"), Layout(column=0, personality=False), None, lambda tid: self.output)
        self.decoder = Decoder(self.signatures, renderer)
        self.calls = Calls(self.signatures)

    def line(self, number: int, args: tuple[int, ...], result: int, memory: dict[int, bytes] | None) -> str:
        """The line of a call."""
        self.output.text = ""
        number |= X32_BIT if self.abi is X32 else 0
        self.decoder.feed(
            [(CALL, 1, 0, self.abi.audit_arch, number, args, 0, memory, 0, result, is_error(result), 0, memory)]
        )
        return self.output.text

    def fetched(self, number: int, args: tuple[int, ...], result: int, read: Callable[[int, int], bytes]) -> dict[int, bytes]:
        """What the types ask of a live tracee."""
        number |= X32_BIT if self.abi is X32 else 0
        arch = self.abi.audit_arch
        entry = self.calls.fetch_entry(arch, number, args, read)
        return entry | self.calls.fetch_exit(arch, number, args, result, is_error(result), read)


def hostile(args: tuple[int, ...], signature: Signature, number: int) -> Iterator[tuple[int, ...]]:
    """The arguments that choose a signature, all others being ``number``, or one of them 1."""
    index, mask = signature.selector
    for other in (number, 1):
        changed = [number, other, other, number, other, number, number]  # and the stack pointer
        if index >= 0:
            changed[index] = args[index]
        yield tuple(changed)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure to decode is an error."""
    monkeypatch.setattr(registry, "STRICT", True)


@pytest.mark.slow
@pytest.mark.usefixtures("strict")
class TestHostility:
    @pytest.mark.parametrize(("abi", "detail", "kind"), COMBINATIONS)
    def test_whatever_registers_and_memory_hold_there_is_a_line_soon(self, abi: ABI, detail: Detail, kind: str) -> None:
        data = MEMORY[kind]
        machine = Decoding(abi, detail)
        for number, args, signature in list(signatures(abi, machine.signatures)):
            chooser = machine.signatures.table(abi)[number]
            for argument in ARGUMENTS:
                memory = None if data is None else {argument: data, PLACE: data}
                for changed in hostile(args, chooser, argument):
                    result = RESULTS[(argument + number) % len(RESULTS)]
                    begin = time.process_time()
                    line = machine.line(number, changed, result, memory)
                    assert time.process_time() - begin < SECONDS, line[:200]
                    assert line.endswith("\n"), signature.name

    @pytest.mark.parametrize("detail", [PLAIN, VERBOSE], ids=["plain", "verbose"])
    @pytest.mark.parametrize("kind", [kind for kind in MEMORY if kind != "none"])
    def test_types_ask_a_live_tracee_for_a_bounded_amount(self, detail: Detail, kind: str) -> None:
        data = MEMORY[kind]
        assert data is not None
        machine = Decoding(X86_64, detail)
        for number, args, signature in list(signatures(X86_64, machine.signatures)):
            if not (signature.plan.live_entry or signature.plan.live_exit):
                continue
            chooser = machine.signatures.table(X86_64)[number]
            for argument in ARGUMENTS[1:]:
                read = tracee(data, argument, PLACE)
                for changed in hostile(args, chooser, argument):
                    result = RESULTS[(argument + number) % len(RESULTS)]
                    begin = time.process_time()
                    chunks = machine.fetched(number, changed, result, read)
                    line = machine.line(number, changed, result, chunks)
                    assert time.process_time() - begin < SECONDS, line[:200]


# --- words


def all_words() -> dict[str, Word]:
    """Every word of the tables."""
    found: dict[str, Word] = {}
    for part in ("words", "structs", "calls"):
        for name in modules_under(f"ptracer.tables.{part}"):
            for row, thing in vars(importlib.import_module(name)).items():
                if isinstance(thing, (Flags, Enum)) and not isinstance(thing, Parts):
                    found.setdefault(f"{name.rpartition('.')[2]}.{row}", thing)
    return found


def numbers_for(word: Word) -> set[int]:
    """Zero, all ones, single bits, and all constants."""
    width = 8 * (word.width or 8)
    constants = set(word.constants.values())
    for reference in getattr(word, "fields", {}).values():
        from ptracer.decode.words import group

        constants.update(group(reference).values())
    return {0, (1 << width) - 1, *(1 << bit for bit in range(width)), *(number & word.mask for number in constants)}


class TestWords:
    def test_what_is_spelled_can_be_read_back(self) -> None:
        wrong = []
        for name, word in all_words().items():
            for number in numbers_for(word):
                shown = word.number(X86_64)(number)
                text = word.spell(shown).text
                try:
                    again = word.parse(text)
                except (KeyError, ValueError) as problem:
                    wrong.append(f"{name}: {number:#x} is {text}: {problem!r}")
                    continue
                if again & word.mask != number & word.mask:
                    wrong.append(f"{name}: {number:#x} is {text} is {again:#x}")
        assert wrong == []

    def test_every_group_is_there(self) -> None:
        for name, word in all_words().items():
            assert isinstance(word.constants, dict) or word.constants is not None, name


# --- the running kernel as a witness

# Calls of which the kernel says otherwise, and why the tables do not follow.
OTHER_ARITY = {
    "rt_sigreturn": "what it works on lies at the stack pointer",
    "preadv": "the high half of an offset, which 64 bits have no need of",
    "pwritev": "the same",
}
OTHER_KIND = {
    ("capget", "header"): "a typedef of a pointer",
    ("capget", "dataptr"): "a typedef of a pointer",
    ("capset", "header"): "a typedef of a pointer",
    ("capset", "data"): "a typedef of a pointer",
}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of tracefs that describes the kernel's system calls."""
    known = Path("/sys/kernel/tracing/events/syscalls")
    if known.is_dir():
        yield known
        return
    place = tmp_path_factory.mktemp("tracefs")
    if os.geteuid() or subprocess.run(["mount", "-t", "tracefs", "-o", "ro", "tracefs", place], capture_output=True).returncode:
        pytest.skip("tracefs, in which the kernel describes its system calls, cannot be mounted")
    try:
        if not (place / "events/syscalls").is_dir():
            pytest.skip("this kernel does not describe its system calls")
        yield place / "events/syscalls"
    finally:
        subprocess.run(["umount", place], check=False)


FIELD = re.compile(r"\tfield:(?P<type>.+?)\s*(?P<name>\w+);\toffset:(?P<offset>\d+);")


def kernel_arguments(path: Path) -> list[tuple[str, bool]]:
    """Name of each argument and whether it is a pointer."""
    fields = [match for line in (path / "format").read_text().splitlines() if (match := FIELD.match(line))]
    return [(one["name"], "*" in one["type"]) for one in fields if int(one["offset"]) >= 16]


def table_arguments(name: str) -> dict[int, tuple[str, set[str]]]:
    """By register: the name of the argument, and of what kinds the variants say it is."""
    compiled = Signatures(PLAIN)
    number = next(number for number, known in X86_64.numbers.items() if known == name)
    base = compiled.compile(X86_64, number)
    variants = [base] + [Signature(name, function, X86_64, PLAIN) for function in base.choices.values() if isinstance(function, FunctionType)]
    found: dict[int, tuple[str, set[str]]] = {}
    for signature in variants:
        for parameter in signature.parameters:
            known = found.setdefault(parameter.index, (parameter.name, set()))
            kind = parameter.type
            known[1].add("pointer" if isinstance(kind, PointerTo) else kind.kind if isinstance(kind, Integer) else "any")
    return found


def test_the_running_kernel_agrees(events: Path) -> None:
    wrong = []
    for _, name in described(X86_64):
        kernel_name = KERNEL_NAMES.get(name, name)
        if not (events / f"sys_enter_{kernel_name}").is_dir():
            continue
        theirs, ours = kernel_arguments(events / f"sys_enter_{kernel_name}"), table_arguments(name)
        if name not in OTHER_ARITY and len(theirs) != max(ours, default=-1) + 1:
            wrong.append(f"{name}: {len(theirs)} arguments {[one for one, _ in theirs]}, not {[ours[i][0] for i in sorted(ours)]}")
        for index, (argument, pointer) in enumerate(theirs):
            if index not in ours or (name, argument) in OTHER_KIND:
                continue
            _, kinds = ours[index]
            if pointer and kinds <= {"INTEGER"}:
                wrong.append(f"{name}: {argument} is a pointer")
            elif not pointer and kinds == {"pointer"}:
                wrong.append(f"{name}: {argument} is a number")
    assert wrong == []


# The kernel's own names where they are others.
KERNEL_NAMES = {
    "stat": "newstat",
    "lstat": "newlstat",
    "fstat": "newfstat",
    "uname": "newuname",
    "umount2": "umount",
    "sendfile": "sendfile64",
}

