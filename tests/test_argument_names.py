"""The names that -N shows, and what stands for arguments where they are to stay raw."""

from __future__ import annotations

import pytest

from ptracer.decode.detail import Detail, always
from ptracer.decode.registry import Signatures
from ptracer.regs import ABI, I386, MAX_ARGUMENTS, X32, X86_64
from tests.decoding import number_of, text_of, words

HERE = 0x1000


def names_of(name: str, *args: int, abi: ABI = X86_64) -> str:
    """The names of all arguments that the tables give a call, of the variant that ``args`` choose."""
    registers = args + (0,) * (MAX_ARGUMENTS - len(args))
    return " ".join(Signatures(Detail()).find(abi, number_of(name, abi), registers).names)


@pytest.mark.parametrize(("call", "expected"), [
    ("read", "fd buf count"),
    ("openat", "dirfd pathname flags mode"),
    ("close", "fd"),
    ("newfstatat", "dirfd pathname statbuf flags"),
    ("execve", "pathname argv envp"),
    ("mmap", "addr length prot flags fd offset"),
    ("unlink", "path"),
    ("unlinkat", "dirfd pathname flags"),
    ("rmdir", "path"),
    ("symlink", "oldpath newpath"),
    ("rename", "oldpath newpath"),
    ("utimes", "pathname times"),
    ("statfs", "pathname buf"),
    ("flock", "fd op"),
    ("splice", "fd_in off_in fd_out off_out len flags"),
    ("fallocate", "fd mode offset len"),
    ("setxattr", "pathname name value size flags"),
    ("getxattrat", "dirfd pathname flags name args size"),
    ("file_getattr", "dirfd pathname attr size flags"),
    ("move_mount", "from_dfd from_pathname to_dfd to_pathname flags"),
    ("pivot_root", "oldpath newpath"),
    ("wait4", "pid status options usage"),
    ("waitid", "idtype id siginfo options usage"),
    ("kill", "pid signum"),
    ("tgkill", "tgid tid signum"),
    ("rt_sigaction", "signum act oldact sigsetsize"),
    ("rt_sigsuspend", "set sigsetsize"),
    ("nanosleep", "req rem"),
    ("clock_nanosleep", "clockid flags request remain"),
    ("pselect6", "nfds readfds writefds exceptfds timeout sig"),
    ("io_uring_enter", "fd to_submit min_complete flags sigset sigsetsize"),
    ("recvfrom", "sockfd buf len flags src_addr addrlen"),
    ("setresgid", "ruid euid suid"),  # the calls on groups are shown like those on users
    ("set_robust_list", "addr length"),
    ("mq_open", "name flags mode attr"),
    ("msgctl", "msqid op buf"),
    ("mbind", "addr len mode nodemask maxnode flags"),
    ("init_module", "module_image len param_values"),
    ("ioperm", "from num turn_on"),  # a word that Python keeps for itself
    ("ptrace", "op"),
])  # fmt: skip
def test_arguments_have_the_names_that_the_tracer_shows(call: str, expected: str) -> None:
    assert names_of(call) == expected


@pytest.mark.parametrize(("call", "args", "expected"), [
    ("fcntl", (3, 1), "fd op"),
    ("fcntl", (3, 2), "fd op arg"),
    ("ioctl", (3, 0x5413), "fd op argp"),
    ("ioctl", (3, 0x40049409), "fd op src_fd"),
    ("prctl", (15,), "op name"),
    ("prctl", (38,), "op set arg3 arg4 arg5"),
])  # fmt: skip
def test_a_variant_has_names_of_its_own(call: str, args: tuple[int, ...], expected: str) -> None:
    assert names_of(call, *args) == expected


@pytest.mark.parametrize(("call", "abi", "expected"), [
    ("mmap2", I386, "addr length prot flags fd offset"),
    ("umount", I386, "path"),
    ("waitpid", I386, "pid status options"),
    ("stty", I386, "arg1 arg2"),
    ("ptrace#64", X32, "arg1 arg2 arg3 arg4"),
])  # fmt: skip
def test_other_abis_have_names_too(call: str, abi: ABI, expected: str) -> None:
    assert names_of(call, abi=abi) == expected


def test_an_unknown_call_numbers_its_arguments_from_one() -> None:
    signature = Signatures(Detail()).find(X86_64, 9999, (0,) * MAX_ARGUMENTS)
    assert signature.names == ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"]


def raw(name: str, *args: int, abi: ABI = X86_64, memory: dict[int, bytes] | None = None, result: int = 3) -> str:
    """The line of a call where all calls stay raw."""
    return text_of(name, args, abi=abi, memory=memory, result=result, raw=always)


def test_raw_arguments_are_the_registers_that_a_call_has() -> None:
    assert raw("openat", 0xFFFFFF9C, HERE, 0x80000) == "openat(0xffffff9c, 0x1000, 0x80000, 0) = 0x3"
    assert raw("fcntl", 3, 1) == "fcntl(0x3, 0x1, 0) = 0x3"
    assert raw("rt_sigreturn") == "rt_sigreturn() = 0x3"
    assert raw("clone", 17, HERE) == "clone(0x11, 0x1000, 0, 0, 0) = 0x3"


def test_a_pair_of_registers_is_two_raw_arguments() -> None:
    assert raw("pread64", 3, HERE, 4, 6, abi=I386) == "pread64(0x3, 0x1000, 0x4, 0x6, 0) = 0x3"


def test_a_carried_call_is_raw_by_its_own_name() -> None:
    assert raw("socketcall", 1, HERE, abi=I386, memory={HERE: words(1, 2, 3, size=4)}) == "socket(0x1, 0x2, 0x3) = 0x3"
    assert raw("socketcall", 1, 0, abi=I386) == "socketcall(0x1, 0) = 0x3"
    assert raw("ipc", 21, 7, 8, 9, 10, abi=I386) == "shmat(0x7, 0x8, 0x9, 0xa) = 0x3"
