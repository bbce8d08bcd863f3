"""What only 32-bit programs do: calls inside calls, arguments in memory, pairs of registers, other sizes."""

from __future__ import annotations

import pytest

from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.filters import parse_syscalls
from ptracer.plans import BYTES, CONSTANT, Plan, Step
from ptracer.regs import I386, X32, X86_64
from ptracer.render.summary import Summary
from ptracer.tables.structs import i386
from ptracer.tables.structs.time import itimerval, timespec, timeval, timex
from tests.decoding import number_of, text_of, words
from tests.layouts import disagreements

HERE, THERE, BEYOND = 0x1000, 0x2000, 0x3000
EFAULT, EINVAL = -14, -22


def text32(name: str, *args: int, **more: object) -> str:
    """The line of one call of a 32-bit program."""
    return text_of(name, args, abi=I386, **more)  # type: ignore[arg-type]


def words32(*numbers: int) -> bytes:
    return words(*numbers, size=4)


# --- calls that carry others


def test_a_socketcall_is_the_call_it_carries() -> None:
    memory = {HERE: words32(1, 1, 0)}
    assert text32("socketcall", 1, HERE, memory=memory, result=3) == "socket(AF_UNIX, SOCK_STREAM, 0) = 3"


def test_what_the_arguments_in_memory_point_to_is_read() -> None:
    memory = {HERE: words32(3, THERE, 2, 0x4000), THERE: b"hi"}
    assert text32("socketcall", 9, HERE, memory=memory, result=2) == 'send(3, "hi", 2, MSG_NOSIGNAL) = 2'


def test_what_a_carried_call_fills_is_shown_after_it() -> None:
    memory, filled = {HERE: words32(3, THERE, 9, 0)}, {THERE: b"hello"}
    assert text32("socketcall", 10, HERE, memory=memory, exit_memory=filled, result=5) == 'recv(3, "hello", 9, 0) = 5'


def test_without_its_arguments_a_socketcall_is_itself() -> None:
    assert text32("socketcall", 1, 0xDEADBEEF, result=EFAULT) == "socketcall(SYS_SOCKET, 0xdeadbeef) = -1 EFAULT (Bad address)"
    assert text32("socketcall", 99, 0, result=EINVAL) == "socketcall(99, NULL) = -1 EINVAL (Invalid argument)"


def test_an_ipc_call_finds_its_arguments_in_other_registers() -> None:
    memory = {HERE: words(1, 2, 0, size=2)}
    assert text32("ipc", 1, 7, 1, 0, HERE, memory=memory) == "semop(7, [{sem_num=1, sem_op=2, sem_flg=0}], 1) = 0"
    assert text32("ipc", 13, 0, 0o600, result=52) == "msgget(IPC_PRIVATE, 0600) = 52"
    assert text32("ipc", 22, 0, 0, 0, HERE) == "shmdt(0x1000) = 0"


def test_an_ipc_call_that_nobody_knows_shows_its_version() -> None:
    assert text32("ipc", 5, 1, 2, 3, 4, 5) == "ipc(5, 0x1, 0x2, 0x3, 0x4, 0x5) = 0"
    assert text32("ipc", 2 << 16 | 5, 1, 2, 3, 0, 0) == "ipc(2<<16|5, 0x1, 0x2, 0x3, 0, 0) = 0"


def test_old_msgrcv_has_two_arguments_in_memory() -> None:
    memory, filled = {HERE: words32(THERE, 7)}, {THERE: words32(7) + b"text"}
    line = 'msgrcv(1, {mtype=7, mtext="text"}, 4, 7, 0) = 4'
    assert text32("ipc", 12, 1, 4, 0, HERE, memory=memory, exit_memory=filled, result=4) == line
    assert text32("ipc", 1 << 16 | 12, 1, 4, 0, THERE, 7, exit_memory=filled, result=4) == line
    assert text32("ipc", 12, 1, 4, 0, BEYOND, result=EFAULT) == "msgrcv(1, 0x3000, 4, 0) = -1 EFAULT (Bad address)"


def test_semctl_in_ipc_has_its_last_argument_in_memory() -> None:
    memory = {HERE: words32(THERE)}
    assert text32("ipc", 3, 1, 0, 16, HERE, memory=memory) == "semctl(1, 0, SETVAL, [0x2000]) = 0"
    permissions = {THERE: words32(0, 5, 6, 0, 0, 0o600, 0, 0, 0)}
    line = "semctl(1, 0, IPC_SET, {sem_perm={uid=5, gid=6, mode=0600}}) = 0"
    assert text32("ipc", 3, 1, 0, 1, HERE, memory=memory | permissions) == line
    assert text32("ipc", 3, 1, 0, 2, 0, result=EFAULT) == "semctl(1, 0, IPC_STAT, NULL) = -1 EFAULT (Bad address)"


def test_shmat_in_ipc_has_its_result_in_memory() -> None:
    assert text32("ipc", 21, 7, 0, HERE, 0, exit_memory={HERE: words32(0xF7F24000)}) == "shmat(7, NULL, 0) = 0xf7f24000"


def test_old_mmap_and_select_have_their_arguments_in_memory() -> None:
    memory = {HERE: words32(0, 4096, 3, 0x22, 0xFFFFFFFF, 0x5000)}
    line = "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0x5000) = 0xf7f24000"
    assert text32("mmap", HERE, memory=memory, result=0xF7F24000) == line
    assert text32("mmap", 0, result=EFAULT) == "mmap(NULL) = -1 EFAULT (Bad address)"
    memory = {HERE: words32(3, THERE, 0, 0, 0), THERE: words32(5)}
    assert text32("select", HERE, memory=memory) == "select(3, [0 2], NULL, NULL, NULL) = 0 (Timeout)"


def test_a_call_that_needs_no_memory_but_its_arguments_has_a_plan() -> None:
    _, _, _, plan = Signatures(Detail()).plan(I386.audit_arch, number_of("socketcall", I386), (1, HERE, 0, 0, 0, 0))
    assert plan == Plan((Step(BYTES, 1, CONSTANT, 12),))


# --- names of carried calls elsewhere


def test_carried_calls_are_chosen_by_their_own_names() -> None:
    chosen = parse_syscalls("accept,semop,send")
    assert chosen.has("accept", I386) and chosen.has("semop", I386) and chosen.has("send", I386)
    assert not chosen.has("send", X86_64)
    assert parse_syscalls("%network").has("recv", I386)


def test_carried_calls_are_counted_by_their_own_names() -> None:
    socketcall, ipc = (number_of(name, I386) for name in ("socketcall", "ipc"))
    made = [(socketcall, 1), (socketcall, 1), (ipc, 1 << 16 | 11), (socketcall, 99)]
    summary = Summary()
    summary.feed(
        [(0, 1, 0, I386.audit_arch, number, (choice, 0, 0, 0, 0, 0), 0, None, 0, 0, False, 0, None) for number, choice in made]
    )
    counts = [(line.split()[3], line.split()[-1]) for line in summary.table().splitlines()[3:-2]]
    assert sorted(counts) == [("1", "msgsnd"), ("1", "socketcall"), ("2", "socket")]


@pytest.mark.parametrize(
    ("number", "abi", "name"),
    [
        (999, X86_64, "syscall_0x3e7"),
        (-1, X86_64, "syscall_0xffffffffffffffff"),
        (0x80000000, X86_64, "syscall_0xffffffff80000000"),
        (999, X32, "syscall_0x400003e7"),
        (0x40000001, I386, "syscall_0x40000001"),
    ],
)
def test_a_number_without_a_name_is_shown_whole(number: int, abi: object, name: str) -> None:
    assert abi.name_of(number) == name  # type: ignore[attr-defined]


# --- registers


def test_a_64_bit_argument_takes_two_registers() -> None:
    assert text32("pread64", 1, 0, 0, 0x9ABCDEF0, 0x12345678) == "pread64(1, NULL, 0, 1311768467463790320) = 0"
    line = "fadvise64_64(1, 12884901890, 21474836484, POSIX_FADV_DONTNEED) = 0"
    assert text32("fadvise64_64", 1, 2, 3, 4, 5, 4) == line
    line = "sync_file_range(1, 8589934593, 17179869187, SYNC_FILE_RANGE_WRITE) = 0"
    assert text32("sync_file_range", 1, 1, 2, 3, 4, 2) == line


def test_the_offset_of_mmap2_is_in_pages() -> None:
    line = "mmap2(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0xffffffff000) = 0xf7f24000"
    assert text32("mmap2", 0, 4096, 1, 1, 3, 0xFFFFFFFF, result=0xF7F24000) == line


def test_clone_has_another_order_of_arguments() -> None:
    line = text32("clone", 0x01280011, HERE, THERE, BEYOND, 0x5000, result=7)
    assert line.endswith("tls=0x3000, child_tidptr=0x5000) = 7")


def test_old_ids_have_16_bits() -> None:
    assert text32("setresuid", 0xFFFFFFFF, 0x12345, 0xFFFF) == "setresuid(-1, 9029, -1) = 0"
    assert text32("setresuid32", 0xFFFFFFFF, 0x12345, 0xFFFF) == "setresuid32(-1, 74565, 65535) = 0"
    filled = {HERE: words(1, 2, 0xFFFF, size=2)}
    assert text32("getgroups", 3, HERE, exit_memory=filled, result=3) == "getgroups(3, [1, 2, -1]) = 3"


# --- signals


def test_old_signal_sets_are_one_word() -> None:
    memory, filled = {HERE: words32(0x4002)}, {THERE: words32(0)}
    line = "sigprocmask(SIG_BLOCK, [INT TERM], []) = 0"
    assert text32("sigprocmask", 0, HERE, THERE, memory=memory, exit_memory=filled) == line
    assert text32("sigsuspend", 0, 0, 0x101, result=-4) == "sigsuspend([HUP KILL]) = -1 EINTR (Interrupted system call)"
    assert text32("ssetmask", 0x4000, result=0x101) == "ssetmask([TERM]) = 0x101 (old mask [HUP KILL])"
    assert text32("sgetmask") == "sgetmask() = 0 (mask [])"


def test_signal_says_what_the_handler_was() -> None:
    assert text32("signal", 10, 1) == "signal(SIGUSR1, SIG_IGN) = 0 (SIG_DFL)"
    assert text32("signal", 10, HERE, result=1) == "signal(SIGUSR1, 0x1000) = 0x1 (SIG_IGN)"
    assert text32("signal", 10, 0, result=HERE) == "signal(SIGUSR1, SIG_DFL) = 0x1000"


def test_old_sigaction_has_its_set_second() -> None:
    memory = {HERE: words32(0x8049000, 0x4000, 0x10000000, 0)}
    line = "sigaction(SIGUSR1, {sa_handler=0x8049000, sa_mask=[TERM], sa_flags=SA_RESTART}, NULL) = 0"
    assert text32("sigaction", 10, HERE, 0, memory=memory) == line


# --- times


def test_times_of_32_and_of_64_bits() -> None:
    short, long = {HERE: words32(1, 2)}, {HERE: words(1, 2)}
    assert text32("clock_settime", 0, HERE, memory=short) == "clock_settime(CLOCK_REALTIME, {tv_sec=1, tv_nsec=2}) = 0"
    assert text32("clock_settime64", 0, HERE, memory=long) == "clock_settime64(CLOCK_REALTIME, {tv_sec=1, tv_nsec=2}) = 0"
    line = "futex_time64(0x2000, FUTEX_WAIT_PRIVATE, 3, {tv_sec=1, tv_nsec=2}) = 0"
    assert text32("futex_time64", THERE, 128, 3, HERE, memory=long) == line


def test_the_date_of_an_old_time_has_no_sign() -> None:
    assert "[-1 /* 2106-02-07T" in text32("stime", HERE, exit_memory={HERE: words32(0xFFFFFFFF)})


def test_a_call_named_like_a_python_keyword() -> None:
    assert text32("break", 1, 2, 3, result=-38) == "break() = -1 ENOSYS (Function not implemented)"


# --- x32


def test_x32_has_words_of_64_bits_in_registers_and_in_old_structures() -> None:
    memory = {HERE: words(1, 7)}
    line = "nanosleep({tv_sec=1, tv_nsec=7}, NULL) = 0"
    assert text_of("nanosleep", (HERE, 0), memory=memory, abi=X32) == line
    line = "mmap(NULL, 78187493520, PROT_NONE, MAP_SHARED, 3, 0x123456789000) = 0"
    assert text_of("mmap", (0, 0x1234567890, 0, 1, 3, 0x123456789000), abi=X32) == line


def test_x32_has_pointers_of_32_bits_in_memory() -> None:
    memory = {HERE: words32(THERE, 4), THERE: b"text"}
    assert text_of("writev", (1, HERE, 1), memory=memory, result=4, abi=X32) == 'writev(1, [{iov_base="text", iov_len=4}], 1) = 4'


def test_calls_that_x32_has_for_nothing_stay_numbers() -> None:
    assert text_of("writev#64", (1, HERE, 1), abi=X32) == "writev#64(0x1, 0x1000, 0x1) = 0"


# --- layouts


@pytest.mark.parametrize(
    ("table", "name", "header"),
    [
        (i386.itimerspec64, "struct __kernel_itimerspec", "linux/time_types.h"),
        (i386.timex64, "struct __kernel_timex", "linux/timex.h"),
    ],
)
def test_structures_of_i386_are_laid_out_as_in_c(table: type, name: str, header: str) -> None:
    assert disagreements(table, name, [header], "i386") == []


@pytest.mark.parametrize("abi", ["i386", "x86_64", "x32"])
@pytest.mark.parametrize(
    ("table", "name"),
    [
        (timespec, "struct __kernel_old_timespec"),
        (timeval, "struct __kernel_old_timeval"),
        (itimerval, "struct __kernel_old_itimerval"),
    ],
)
def test_old_times_are_laid_out_as_in_c(table: type, name: str, abi: str) -> None:
    assert disagreements(table, name, ["linux/time_types.h"], abi) == []


@pytest.mark.parametrize("abi", ["i386", "x86_64"])
def test_timex_is_laid_out_as_in_c(abi: str) -> None:
    assert disagreements(timex, "struct timex", ["linux/time.h", "linux/timex.h"], abi) == []
