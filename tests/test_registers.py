"""``--registers``: in which register each argument is, of which class, and what it means."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
from running import ptracer

from ptracer.capture.records import CALL, ENTRY, EXIT
from ptracer.decode.decoder import Decoder
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.regs import ABI, I386, X32, X32_BIT, X86_64, is_error
from ptracer.render.registers import RegisterRenderer
from ptracer.render.spelling import Spelling
from ptracer.render.text import Layout
from tests.decoding import Lines, number_of, words

PLACE, OTHER = 0x7FFD0000, 0x7FFD1000


class Listed:
    """Calls as the renderer writes them."""

    def __init__(self, abi: ABI = X86_64, constants: str = "abbrev", names: bool = False, **detail: object) -> None:
        self.output, self.abi = Lines(), abi
        layout = Layout(column=0, personality=False, names=names)
        renderer = RegisterRenderer(Spelling("none", constants), layout, None, lambda tid: self.output)
        self.feed = Decoder(Signatures(Detail(**detail)), renderer).feed  # type: ignore[arg-type]

    def number(self, name: str) -> int:
        return number_of(name, self.abi) | (X32_BIT if self.abi is X32 else 0)

    def call(
        self,
        name: str,
        *args: int,
        result: int = 0,
        memory: dict[int, bytes] | None = None,
        after: dict[int, bytes] | None = None,
    ) -> str:
        """One call; its line."""
        registers = tuple(arg & 0xFFFFFFFFFFFFFFFF for arg in args) + (0,) * (7 - len(args))
        arch, failed = self.abi.audit_arch, is_error(result)
        self.feed([(CALL, 1, 0, arch, self.number(name), registers, 0, memory, 0, result, failed, 0, after)])
        return self.output.text.splitlines()[-1]


def test_numbers_are_integers_and_what_is_pointed_to_is_memory() -> None:
    line = Listed().call("write", 1, PLACE, 6, result=6, memory={PLACE: b"hello\n"})
    assert line == f'write(rdi INTEGER 1, rsi MEMORY {PLACE:#x} -> "hello\\n", rdx INTEGER 6) = rax 6'


def test_a_number_stands_before_its_meaning() -> None:
    line = Listed().call("openat", -100, PLACE, 0o2000000, result=3, memory={PLACE: b"/etc/passwd\0"})
    assert line == (
        f'openat(rdi INTEGER -100 AT_FDCWD, rsi MEMORY {PLACE:#x} -> "/etc/passwd", '
        "rdx INTEGER 0x80000 O_RDONLY|O_CLOEXEC) = rax 3"
    )
    assert "rdx INTEGER 0 SEEK_SET)" in Listed().call("lseek", 3, 0, 0)
    assert "rdx INTEGER 0x80000 /* O_RDONLY|O_CLOEXEC */" in Listed(constants="verbose").call("openat", -100, 0, 0o2000000)
    assert "rdx INTEGER 0x80000)" in Listed(constants="raw").call("openat", -100, 0, 0o2000000)


def test_an_error_is_what_the_register_holds() -> None:
    assert Listed().call("close", -1, result=-9) == "close(rdi INTEGER -1) = rax -9 EBADF (Bad file descriptor)"
    assert Listed().call("pause", result=-514).endswith("= rax -514 ERESTARTNOHAND (To be restarted if no handler)")


def test_null_and_what_nobody_could_read() -> None:
    line = Listed().call("mmap", 0, 4096, 3, 0x22, 0xFFFFFFFF, 0, result=0x7F0000000000)
    assert line.startswith("mmap(rdi MEMORY NULL, rsi INTEGER 4096, rdx INTEGER 0x3 PROT_READ|PROT_WRITE, r10 INTEGER 0x22 ")
    assert line.endswith(" r8 INTEGER -1, r9 INTEGER 0) = rax 0x7f0000000000")
    assert Listed().call("chdir", 5, result=-14).startswith("chdir(rdi MEMORY 0x5) = rax -14 EFAULT")


def test_the_upper_half_of_a_register_is_shown_where_it_is_not_empty() -> None:
    assert Listed().call("close", 0xDEAD00000003) == "close(rdi INTEGER 0xdead00000003 3) = rax 0"
    assert Listed().call("close", 0xFFFFFFFF, result=-9).startswith("close(rdi INTEGER -1)")


def test_arguments_of_i386_in_two_registers() -> None:
    line = Listed(I386).call("pread64", 3, PLACE, 4, 1, 2, result=-9)
    assert line.startswith(f"pread64(ebx INTEGER 3, ecx MEMORY {PLACE:#x}, edx INTEGER 4, edi:esi INTEGER 8589934593) = eax -9 ")


def test_arguments_that_socketcall_leaves_in_memory() -> None:
    line = Listed(I386).call("socketcall", 1, PLACE, result=3, memory={PLACE: words(1, 2, 0, size=4)})
    assert line == "socket([ecx] INTEGER 0x1 AF_UNIX, [ecx+4] INTEGER 0x2 SOCK_DGRAM, [ecx+8] INTEGER 0) = eax 3"
    assert Listed(I386).call("socketcall", 1, PLACE).startswith(f"socketcall(ebx INTEGER 1 SYS_SOCKET, ecx MEMORY {PLACE:#x}")
    assert Listed(I386).call("ipc", 2, 0, 1, 0x3B6).startswith("semget(ecx INTEGER 0 IPC_PRIVATE, edx INTEGER 1, esi INTEGER 0x3b6 IPC_CREAT|0666)")


def test_x32_has_the_registers_of_the_64_bit_calls() -> None:
    assert Listed(X32).call("close", 3) == "close(rdi INTEGER 3) = rax 0"


def test_names_stand_before_registers() -> None:
    assert Listed(names=True).call("close", 3) == "close(fd=rdi INTEGER 3) = rax 0"
    assert Listed().call("clone", 17, 0, 0, 0, 0, result=7).startswith("clone(child_stack=rsi MEMORY NULL, flags=rdi INTEGER 17 SIGCHLD")


def test_what_the_call_fills_comes_at_its_end() -> None:
    listed = Listed()
    args = (3, PLACE, 4, 0, 0, 0, 0)
    listed.feed([(ENTRY, 1, 0, X86_64.audit_arch, 0, args, 0, None)])
    assert listed.output.text == "read(rdi INTEGER 3"
    listed.feed([(EXIT, 1, 0, 2, False, 0, {PLACE: b"ab"})])
    assert listed.output.text == f'read(rdi INTEGER 3, rsi MEMORY {PLACE:#x} -> "ab", rdx INTEGER 4) = rax 2\n'


def test_raw_arguments_have_registers_too() -> None:
    line = Listed(raw=lambda name, abi: True).call("close", 3)
    assert line == "close(rdi INTEGER 0x3) = rax 0"


@pytest.mark.ptrace
@pytest.mark.skipif(platform.machine() != "x86_64", reason="registers of x86_64")
def test_a_run_and_its_recording_show_the_same(tmp_path: Path) -> None:
    recording, listed = tmp_path / "recording", tmp_path / "listed"
    command = ["sh", "-c", "cat /etc/hostname /nowhere; echo $PPID | wc -c"]
    ptracer("-f", "-y", "--registers", "-o", str(listed), "--record", str(recording), *command)
    text = listed.read_text()
    assert ' -> "/nowhere", rdx INTEGER 0 O_RDONLY) = rax -2 ENOENT (No such file or directory)' in text
    assert "rax 3</etc/hostname>" in text
    again = tmp_path / "again"
    ptracer("-f", "-y", "--registers", f"--replay={recording}", "-o", str(again))
    assert again.read_text() == text
