"""Stacks: frame tables, expressions, symbols, and what ``-k`` writes."""

from __future__ import annotations

import os
import random
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from compare import find_strace
from running import ptracer

from ptracer.stacks.expressions import evaluate
from ptracer.stacks.mappings import Mappings, lines_of
from ptracer.stacks.names import readable
from ptracer.stacks.objects import opened
from ptracer.stacks.reading import Cursor, Lost
from ptracer.stacks.spaces import TOO_MANY, Spaces
from ptracer.stacks.symbols import Symbols
from ptracer.stacks.tables import FrameTable, Row, Section
from ptracer.stacks.unwind import ORDER_64

sys.path.append(str(Path(__file__).parent / "programs"))
from build import build  # noqa: E402

STRACE = find_strace()
PLACE = re.compile(r" > (\S+)\(([^+)]*)")

# --- numbers


@pytest.mark.parametrize(("data", "value"), [(b"\x02", 2), (b"\x7e", -2), (b"\xff\x00", 127), (b"\x80\x7f", -128)])
def test_signed_numbers(data: bytes, value: int) -> None:
    assert Cursor(data, 0, 8).signed_number() == value


def test_a_pointer_may_be_relative_to_its_own_place() -> None:
    assert Cursor(b"....\xfc\xff\xff\xff", 4, 8, address=0x1000).pointer(0x1B) == 0x1000


def test_what_ends_too_early_is_said_so() -> None:
    with pytest.raises(Lost):
        Cursor(b"\x80", 0, 8).number()


# --- expressions


def test_the_expression_of_a_procedure_linkage_table() -> None:
    # rsp + 8 + ((rip & 15) >= 11) * 8, as linkers write it
    expression = bytes([0x77, 8, 0x80, 0, 0x3F, 0x1A, 0x3B, 0x2A, 0x33, 0x24, 0x22])
    registers = [0] * 17
    registers[7], registers[16] = 0x1000, 0x40_000C
    assert evaluate(expression, registers, lambda address: 0, 8) == 0x1010
    registers[16] = 0x40_0003
    assert evaluate(expression, registers, lambda address: 0, 8) == 0x1008


def test_an_expression_that_never_ends_ends() -> None:
    with pytest.raises(Lost):
        evaluate(b"\x2f\xfd\xff", [0] * 17, lambda address: 0, 8)


# --- mappings, symbols, names

MAPS = (
    b"00400000-00402000 r-xp 00001000 08:01 12 /usr/bin/a program\n"
    b"00500000-00501000 rw-p 00000000 00:00 0 [heap]\n"
    b"7f0000000000-7f0000001000 rw-p 00000000 00:00 0\n"
    b"7fff00000000-7fff00002000 r-xp 00000000 00:00 0 [vdso]\n"
)


def test_mappings_are_found_by_address() -> None:
    mappings = Mappings(lines_of(MAPS))
    found = mappings.find(0x401FFF)
    assert found is not None and (found.path, found.offset) == ("/usr/bin/a program", 0x1000)
    assert mappings.find(0x402000) is None
    assert mappings.find(0x500800) is None
    assert mappings.find(0x7FFF00000010) is not None


def test_of_two_names_the_first_is_meant_and_a_function_ends() -> None:
    symbols = Symbols([(16, 8, b"first"), (16, 8, b"second"), (0, 64, b"around")])
    assert symbols.find(17) == ("first", 1)
    assert symbols.find(24) == ("around", 24)
    assert symbols.find(64) is None
    assert Symbols([]).find(0) is None


@pytest.mark.parametrize(
    ("mangled", "name"),
    [
        ("_ZN2ns3FooImLi3EElsEi", "ns::Foo<unsigned long, 3>::operator<<(int)"),
        ("_ZNKSt8functionIFidEEclEd", "std::function<int (double)>::operator()(double) const"),
        ("_ZN1r4main17h0123456789abcdefE", "r::main"),
        ("_RNvC1r4main", "r::main"),
        ("write", "write"),
        ("_Znonsense", "_Znonsense"),
    ],
)
def test_names_are_as_their_programmers_wrote_them(mangled: str, name: str) -> None:
    assert readable(mangled) == name


# --- unwinding


def test_tables_of_the_running_interpreter_make_sense() -> None:
    file = opened(os.path.realpath(sys.executable))
    assert file is not None and file.tables
    entries = [place for place in file.tables[0].places()[:500] if file.tables[0].entry(place) is not None]
    assert entries
    for place in entries:
        entry = file.tables[0].entry(place)
        assert entry is not None
        found = file.tables[0].find(entry.start)
        assert found is not None and found.start == entry.start
        assert isinstance(file.row(entry.start), Row)


def stopped(*words: int, pointer: int, instruction: int) -> bytes:
    """Registers and stack."""
    registers = [0] * 27
    registers[ORDER_64[7]], registers[ORDER_64[16]], registers[17] = pointer, instruction, 0x33
    return struct.pack(f"<{27 + len(words)}Q", *registers, *words)


def test_an_address_that_no_file_knows_ends_the_stack() -> None:
    assert Spaces(256).text(1, stopped(pointer=0x1000, instruction=0x2000), True) == " > unexpected_backtracing_error [0x2000]\n"


def test_nonsense_is_never_an_exception_and_never_long() -> None:
    chance = random.Random(4)
    spaces = Spaces(20)
    with open("/proc/self/maps", "rb") as file:
        maps = file.read()
    spaces.enter(1, 1, maps, b"")
    mappings = Mappings(lines_of(maps)).mappings
    for _ in range(200):
        addresses = [chance.randrange(one.start, one.end) for one in chance.choices(mappings, k=64)]
        data = stopped(*addresses, pointer=0x7000_0000, instruction=addresses[0])
        data = bytearray(data)
        struct.pack_into("<Q", data, 4 * 8, 0x7000_0000 + 8 * chance.randrange(64))  # a frame pointer
        text = spaces.text(1, bytes(data[: chance.randrange(27 * 8, len(data))]), True)
        assert text.count("\n") <= 21
    assert spaces.text(1, b"", True) == spaces.text(1, b"short", True) == ""


def test_tables_of_nonsense_are_never_another_exception() -> None:
    chance = random.Random(5)
    for _ in range(300):
        table = FrameTable(Section(chance.randbytes(200), 0), 8, bool(chance.randrange(2)))
        try:
            table.row(chance.randrange(200))
        except (Lost, LookupError, ValueError, ArithmeticError):
            pass


# --- the trace


def lines(*arguments: str) -> list[str]:
    ran = ptracer("-k", "-o", "/dev/stderr", *arguments)
    return ran.stderr.splitlines()


def frames(trace: list[str], begins: str, program: str = "stacks") -> list[str]:
    """The functions of the program below the first line that begins so."""
    place = next(place for place, line in enumerate(trace) if line.startswith(begins))
    found = []
    for line in trace[place + 1 :]:
        match = PLACE.match(line)
        if not match:
            break
        if program in os.path.basename(match[1]):
            found.append(match[2])
    return found


@pytest.mark.ptrace
@pytest.mark.parametrize("architecture", ["native", "i386"])
def test_frames_of_a_program_without_frame_pointers(architecture: str) -> None:
    if architecture == "i386":
        pytest.importorskip("ziglang")
    program = str(build("stacks", architecture))
    found = frames(lines("-e", "trace=getppid", program, "deep", "3"), "getppid(")
    assert [name for name in found if name in ("leaf", "middle", "deep", "main")] == ["leaf", "middle", *4 * ["deep"], "main"]


@pytest.mark.ptrace
def test_a_deep_stack_ends_at_the_limit() -> None:
    program = str(build("stacks"))
    trace = lines("-e", "trace=getppid", program, "deep", "400")
    found = frames(trace, "getppid(")
    assert found[:2] == ["leaf", "middle"] and len(found) == 255
    assert f"{trace[257]}\n" == TOO_MANY
    few = lines("--stack-trace-frame-limit=3", "-e", "trace=getppid", program, "deep", "400")
    assert len(frames(few, "getppid(")) == 2 and f"{few[4]}\n" == TOO_MANY


@pytest.mark.ptrace
@pytest.mark.parametrize("how", ["signal", "elsewhere"])
def test_a_handler_stands_above_what_it_interrupted(how: str) -> None:
    trace = lines("-e", "trace=getppid", str(build("stacks")), how)
    assert frames(trace, "--- SIGUSR1")[:2] == ["interrupted", "main"]
    assert frames(trace, "getppid(")[:5] == ["leaf", "middle", "handler", "interrupted", "main"]


@pytest.mark.ptrace
def test_a_thread_has_its_own_stack() -> None:
    trace = lines("-f", "-e", "trace=getppid", str(build("stacks")), "thread")
    place = next(line for line in trace if "getppid(" in line)
    assert frames(trace, place) == ["leaf", "middle", "deep", "deep", "deep", "thread"]


@pytest.mark.ptrace
@pytest.mark.parametrize("byte", [0, 1, 255])
def test_a_corrupted_stack_ends(byte: int) -> None:
    trace = lines("-e", "trace=getppid", str(build("stacks")), "corrupt", str(byte))
    assert frames(trace, "getppid(")[:3] == ["leaf", "middle", "corrupt"]
    assert len(frames(trace, "getppid(", "")) <= 257


@pytest.mark.ptrace
def test_code_that_no_file_knows_ends_the_stack() -> None:
    trace = lines("-e", "trace=getppid", str(build("stacks")), "generated")
    assert frames(trace, "getppid(") == ["leaf", "middle"]
    assert any(line.startswith(" > unexpected_backtracing_error [0x") for line in trace)


@pytest.mark.ptrace
def test_the_stack_of_a_call_that_never_returns_stands_at_the_end() -> None:
    trace = lines("-e", "trace=exit_group", str(build("stacks")), "deep")
    place = next(place for place, line in enumerate(trace) if line.startswith("exit_group("))
    assert trace[place + 1] == "+++ exited with 0 +++"
    assert "(_start+" in trace[-1]


@pytest.mark.ptrace
def test_lines_of_source() -> None:
    trace = ptracer("-kk", "-e", "trace=getppid", "-o", "/dev/stderr", str(build("stacks")), "deep", "1").stderr.splitlines()
    places = [line.rsplit("/", 1)[-1] for line in trace if "stacks(" in line and "_start" not in line]
    assert [place.split(":")[0] for place in places] == 5 * ["stacks.c"]
    assert [int(place.split(":")[1]) for place in places[2:4]] == sorted(int(place.split(":")[1]) for place in places[2:4])


@pytest.mark.ptrace
def test_without_it_nothing_of_it_is_loaded() -> None:
    script = (
        "import sys; from ptracer.cli import run; run(['-o', '/dev/null', 'true']);"
        "print([name for name in sys.modules if 'stacks' in name or 'elftools' in name], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr.strip() == "[]"


@pytest.mark.ptrace
def test_the_capture_in_python_takes_the_same_stacks() -> None:
    program, environment = str(build("stacks")), {**os.environ, "PTRACER_CAPTURE": "pure"}
    arguments = ("-k", "-e", "trace=getppid", "-o", "/dev/stderr", program, "deep")
    slow, fast = (comparable(ptracer(*arguments, env=one).stderr) for one in (environment, None))
    assert slow == fast and len(slow) > 8


def comparable(text: str) -> list[str]:
    """Without what differs between two runs."""
    text = re.sub(r"0x[0-9a-f]{9,}|pid=\d+|= \d{2,}$", "N", text, flags=re.MULTILINE)
    return text.splitlines()


@pytest.mark.ptrace
@pytest.mark.skipif(not STRACE, reason="no strace is installed")
@pytest.mark.parametrize("how", ["deep", "signal", "elsewhere", "vdso", "generated", "thread"])
def test_stacks_are_those_of_strace(how: str, tmp_path: Path) -> None:
    version = subprocess.run([str(STRACE), "-V"], capture_output=True, text=True).stdout
    if "version 7" not in version or "stack-trace" not in version:
        pytest.skip("another version of strace, or one without stacks")
    arguments = ["-k", "-e", "trace=getppid,clock_gettime,exit_group,rt_sigreturn", "-e", "signal=SIGUSR1"]
    command = [str(build("stacks")), how]
    outputs = [tmp_path / "strace", tmp_path / "ptracer"]
    subprocess.run([str(STRACE), *arguments, "-o", outputs[0], *command], timeout=60, check=True)
    ptracer(*arguments, "-o", str(outputs[1]), *command)
    theirs, ours = (comparable(output.read_text()) for output in outputs)
    assert [line for line in ours if "tv_sec" not in line] == [line for line in theirs if "tv_sec" not in line]
