#!/usr/bin/env python3
"""Every call of an ABI, plausible and hostile, as strace and ptracer show it.

    python tests/every_call.py [--abi i386] [--options '-v -s 4'] [--show 40] [--only 'keyctl|prctl']

The numbers come from ptracer's tables, so a new one is covered as soon as it has a number, and a new argument as soon as
it has a type. Nothing is executed: the program `every_call` makes the calls, and its supervisor invents their results.
"""

from __future__ import annotations

import argparse
import collections
import difflib
import random
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compare import default_ptracer, find_strace, keep_addresses
from programs.build import build

from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.decode.signature import Parameter, Signature
from ptracer.decode.types import AddressType, Array, Bytes, Fd, PointerTo, String, Type
from ptracer.decode.words import Enum, Flags, Parts, Word
from ptracer.regs import ABI, I386, SYSTEM_CALL_ABIS, X32, X32_BIT, X86_64

PAGE, PLACE = 4096, 0x20000000
NOWHERE, BEYOND = 0x1000, (1 << 64) - 1
EINVAL, EFAULT = 22, 14
BEGIN = re.compile(r'write\((fd=)?(-1|0xf{8,16}), ')
# Filters never see these (kernel/seccomp.c), and they end whoever makes them where the kernel did not put them.
UNFILTERED = {"uretprobe", "uprobe"}
ENDS = {"exit", "exit_group"}  # they never succeed
MOST_DEATHS = 5
MOST_VARIANTS = 150  # of one call: the commands of ioctl have a driver of their own

# What lies in the pages. There is one more of each kind, with other contents, for what the call has written.
TEXT, ZERO, SMALL, VECTORS, PATTERN, ONES, MIXED = range(7)
KINDS = 7


def page(kind: int, abi: ABI, after: bool) -> bytes:
    """The contents of one page before or after a call."""
    word, shift = abi.word_size, int(after)
    code = "<Q" if word == 8 else "<I"
    if kind == TEXT:
        names = b"/new/place\0" if after else b"/some/where\0"
        return (names + b"name\0user.value\0\x01\x02\xff\0").ljust(64, b"\0") * (PAGE // 64)
    if kind == ZERO:
        return bytes(PAGE)
    if kind == SMALL:
        return b"".join(struct.pack("<I", shift + number % 5) for number in range(1, PAGE // 4 + 1))
    if kind == VECTORS:  # pointers to text, and lengths
        return b"".join(struct.pack(code, PLACE + shift * 8 if place % 2 == 0 else 5) for place in range(PAGE // word))
    if kind == PATTERN:
        return bytes((0x81 + shift + place) & 0xFF for place in range(PAGE))
    if kind == ONES:
        return b"\xff" * PAGE
    chance = random.Random(f"page {after}")
    choices = (0, 0, 1, 2, 3, 7, 16, 0x80000000, 0xFFFFFFFF, PLACE, PLACE + 2 * SMALL * PAGE, NOWHERE)
    return b"".join(struct.pack(code, chance.choice(choices)) for _ in range(PAGE // word))


def place(kind: int, before_end: int = PAGE) -> int:
    """The address of a page, or of its last bytes, behind which nothing can be read."""
    return PLACE + (2 * kind + 1) * PAGE - before_end


@dataclass(frozen=True)
class Listed:
    """A call to be made, and its result."""

    number: int
    answer: int
    arguments: tuple[int, ...]
    stack: int

    def packed(self) -> bytes:
        words = (self.number, self.answer, *self.arguments, self.stack)
        return struct.pack("<9Q", *(each & 0xFFFFFFFFFFFFFFFF for each in words))


def plausible(type: Type, chance: random.Random) -> int:
    """An argument that makes sense, going by its type."""
    if isinstance(type, PointerTo):
        target = type.target
        if isinstance(target, (String, Bytes)):
            return place(TEXT)
        if isinstance(target, Array):
            return place(chance.choice((SMALL, ZERO)))
        return place(chance.choice((SMALL, ZERO, VECTORS)))
    if isinstance(type, AddressType):
        return place(TEXT)
    if isinstance(type, Parts):
        return sum(plausible(word, chance) & mask for mask, word in type.pieces)
    if isinstance(type, Flags):
        names = list(type.constants.values())
        return chance.choice(names) | chance.choice(names) if names else 0
    if isinstance(type, Enum):
        return chance.choice(list(type.constants.values()) or [0])
    if type is Fd:
        return chance.choice((0, 3))
    return chance.choice((0, 1, 4, 16))


def hostile(type: Type, chance: random.Random) -> int:
    """One that does not."""
    if isinstance(type, (PointerTo, AddressType)) and chance.random() < 0.8:
        return chance.choice(
            (NOWHERE, BEYOND, place(PATTERN, 4), place(ONES, 8), place(MIXED), place(MIXED, 200), place(PATTERN))
        )
    if isinstance(type, Word):
        return chance.choice((-1, 0x80000000, plausible(type, chance) | 0x40000000, chance.getrandbits(64)))
    return chance.choice((-1, -2, 1 << 31, 0x7FFFFFFFFFFFFFFF, 1 << 20, 3, chance.getrandbits(64)))


def arguments(parameters: Sequence[Parameter], choose: object, chance: random.Random) -> list[int]:
    """Six registers, of which those without a parameter have something too."""
    registers = [0x5EED0000 + index for index in range(6)]
    for parameter in parameters:
        value = choose(parameter.type, chance)  # type: ignore[operator]
        if parameter.index < 6:
            registers[parameter.index] = value
            if parameter.pair:
                registers[parameter.index + 1] = value >> 32
    return registers


def calls_of(signatures: Signatures, abi: ABI, number: int) -> Iterator[Listed]:
    """Some calls of one number, of each of its variants."""
    base = signatures.find(abi, number, (0,) * 6)
    base = signatures.table(abi).get(number, base)
    name = abi.name_of(number)
    variants: list[tuple[Signature, int | None]] = [(base, None)]
    if base.variants is not None:
        index, _ = base.selector
        for key in list(base.choices)[:MOST_VARIANTS]:
            variants.append((signatures.variant(base, tuple(key if place == index else 0 for place in range(6))), key))
    for signature, key in variants:
        chance = random.Random(f"{name} {key}")  # the same calls each time
        for answer, choose in ((0, plausible), (5, plausible), (-EINVAL, plausible),
                               (0, hostile), (1 << 20, hostile), (-EFAULT, hostile)):  # fmt: skip
            if name in ENDS and answer >= 0:
                continue
            registers = arguments(signature.parameters, choose, chance)
            if key is not None:
                registers[base.selector[0]] = key
            yield Listed(
                number | (X32_BIT if abi is X32 else 0),
                answer,
                tuple(registers),
                place(SMALL, PAGE if choose is plausible else 8),
            )


def unknown_numbers(abi: ABI) -> list[int]:
    """Some numbers that no call has."""
    last = max(abi.numbers)
    return [*[number for number in range(last) if number not in abi.numbers][:3], last + 1, 0x12345678]


def calls(abi: ABI, only: str = "") -> list[Listed]:
    """All calls of an ABI that ptracer knows, and some that nobody does."""
    signatures = Signatures(Detail())
    numbers = [number for number, name in abi.numbers.items() if name not in UNFILTERED] + unknown_numbers(abi)
    return [listed for number in numbers if re.search(only, abi.name_of(number)) for listed in calls_of(signatures, abi, number)]


def write_list(path: Path, abi: ABI, listed: Sequence[Listed]) -> None:
    """The file that the program `every_call` reads."""
    images = [page(kind, abi, after) for after in (False, True) for kind in range(KINDS)]
    header = struct.pack("<3Q", len(listed), KINDS, PLACE)
    path.write_bytes(header + b"".join(images) + b"".join(each.packed() for each in listed))


def traced(tracer: Sequence[str], options: Sequence[str], program: Path, list_file: Path) -> tuple[list[str], str]:
    """The lines of the listed calls, and what the tracer said if it did not come to the end."""
    output = list_file.with_name("trace")
    command = [*tracer, "-o", str(output), *options, str(program), str(list_file)]
    run = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=100, preexec_fn=keep_addresses)
    lines = output.read_text(errors="replace").splitlines(keepends=True)
    begin = next((place for place, line in enumerate(lines) if BEGIN.search(line)), None)
    if begin is None:
        raise RuntimeError(f"{' '.join(command)} ended with {run.returncode}: {run.stderr[-2000:]!r}")
    whole = [line.rstrip("\n") for line in lines[begin + 1 :] if line.endswith("\n")]
    return whole, run.stderr.decode(errors="replace")[-200:] if run.returncode else ""


def traced_by_strace(
    strace: str, options: Sequence[str], program: Path, list_file: Path, abi: ABI, listed: list[Listed]
) -> list[str]:
    """The same; a call of which strace itself dies, in the middle of the last line, is taken out of the list."""
    for _ in range(MOST_DEATHS):
        write_list(list_file, abi, listed)
        lines, problem = traced([strace], options, program, list_file)
        if not problem:
            return lines
        del listed[len(lines) - 1]
    raise RuntimeError(f"strace dies of too many calls: {problem}")


@dataclass
class Result:
    """How many lines of how many are the same, and the pairs that are not."""

    same: int
    lines: int
    different: list[tuple[str, str]]

    @property
    def share(self) -> float:
        return 100 * self.same / max(self.lines, 1)

    def report(self, most: int = 40) -> str:
        """The share and the first differing lines."""
        text = [f"{self.same} of {self.lines} lines are the same: {self.share:.2f} %"]
        for expected, found in self.different[:most]:
            text += [f"  strace   {expected}", f"  ptracer  {found}"]
        return "\n".join(text)


def compared(expected: list[str], found: list[str]) -> Result:
    """Line by line; where one has lines that the other has not, they are found."""
    if len(expected) == len(found):
        different = [pair for pair in zip(expected, found) if pair[0] != pair[1]]
        return Result(len(expected) - len(different), len(expected), different)
    names = [[line.partition("(")[0] for line in lines] for lines in (expected, found)]
    different, same = [], 0
    for kind, left, left_end, right, right_end in difflib.SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs = list(zip(expected[left:left_end], found[right:right_end]))
            different += [pair for pair in pairs if pair[0] != pair[1]]
            same += sum(pair[0] == pair[1] for pair in pairs)
        else:
            different += [(line, "") for line in expected[left:left_end]] + [("", line) for line in found[right:right_end]]
    return Result(same, max(len(expected), len(found)), different)


def comparison(strace: str, abi: ABI, options: Sequence[str], directory: Path, only: str = "") -> Result:
    """Both tracers on all calls of an ABI. CannotBuild: there is no compiler."""
    program = build("every_call", "i386" if abi is I386 else "native")
    list_file = directory / f"calls.{abi.name}"
    expected = traced_by_strace(strace, options, program, list_file, abi, calls(abi, only))
    found, problem = traced(default_ptracer(), options, program, list_file)
    if problem:
        raise RuntimeError(f"ptracer did not come to the end: {problem}")
    return compared(expected, found)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--abi", default=X86_64.name, choices=[abi.name for abi in SYSTEM_CALL_ABIS])
    parser.add_argument("--options", default="", help="for both tracers")
    parser.add_argument("--only", default="", metavar="REGEX", help="calls whose name it matches")
    parser.add_argument("--show", default=40, type=int, metavar="N", help="differing lines shown")
    parser.add_argument("--names", action="store_true", help="how many lines differ of each call")
    options = parser.parse_args()
    strace = find_strace()
    if strace is None:
        sys.exit("there is no strace to compare with")
    abi = next(abi for abi in SYSTEM_CALL_ABIS if abi.name == options.abi)
    with tempfile.TemporaryDirectory() as directory:
        result = comparison(strace, abi, options.options.split(), Path(directory), options.only)
    print(result.report(options.show))
    if options.names:
        print(collections.Counter(pair[0].partition("(")[0] for pair in result.different).most_common())


if __name__ == "__main__":
    main()
