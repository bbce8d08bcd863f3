"""Calls on processes as text, and the structures they read and write."""

from __future__ import annotations

import errno
import struct

import pytest

from ptracer.decode.detail import never
from ptracer.regs import I386
from ptracer.tables.structs import process, ptrace
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER, THIRD, FOURTH = 0x10000, 0x20000, 0x30000, 0x40000
ENOSYS = "-1 ENOSYS (Function not implemented)"


class TestExecution:
    MEMORY = {PLACE: b"/bin/x\0", OTHER: words(PLACE, FOURTH, 0), THIRD: words(PLACE, 0), FOURTH: b"a\tb\0"}

    def test_a_program_its_arguments_and_how_many_variables(self) -> None:
        line = text_of("execve", (PLACE, OTHER, THIRD), 0, self.MEMORY)
        assert line == 'execve("/bin/x", ["/bin/x", "a\\tb"], 0x30000 /* 1 var */) = 0'

    def test_the_environment_in_full(self) -> None:
        line = text_of("execve", (PLACE, OTHER, THIRD), 0, self.MEMORY, abbreviate=never)
        assert line == 'execve("/bin/x", ["/bin/x", "a\\tb"], ["/bin/x"]) = 0'

    def test_relative_to_a_directory(self) -> None:
        line = text_of("execveat", (-100, PLACE, 0, 0, 0x1000), -errno.ENOENT, self.MEMORY)
        assert line == 'execveat(AT_FDCWD, "/bin/x", NULL, NULL, AT_EMPTY_PATH) = -1 ENOENT (No such file or directory)'

    def test_the_end_has_no_result(self) -> None:
        assert text_of("exit_group", (0x100000001,)) == "exit_group(1) = ?"


class TestCloning:
    def test_a_fork_of_the_c_library(self) -> None:
        line = text_of("clone", (0x1200011, 0, 0, 0x7000, 0), 42)
        assert line == "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7000) = 42"

    def test_arguments_in_the_order_of_the_manual_and_what_the_parent_is_told(self) -> None:
        line = text_of("clone", (0x3D0F00, 0x6000, PLACE, 0x7000, 0x8000), 42, None, {PLACE: words(42, size=4)})
        assert line.startswith("clone(child_stack=0x6000, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|")
        assert line.endswith("parent_tid=[42], tls=0x8000, child_tidptr=0x7000) = 42")

    def test_nothing_shared_and_a_signal_nobody_knows(self) -> None:
        assert text_of("clone", (0, 0)) == "clone(child_stack=NULL, flags=0) = 0"
        assert text_of("clone", (0x1FF, 0)) == "clone(child_stack=NULL, flags=CLONE_VM|255) = 0"

    ARGUMENTS = struct.pack("<11Q", 0x100100, 0, 0, OTHER, 17, 0x7000, 0x8000, 0, 0, 0, 0)

    def test_what_clone3_has_written_comes_after_its_arguments(self) -> None:
        memory = {PLACE: self.ARGUMENTS}
        line = text_of("clone3", (PLACE, 88), 42, memory, {PLACE: self.ARGUMENTS, OTHER: words(42, size=4)})
        flags = "CLONE_VM|CLONE_PARENT_SETTID"
        arguments = f"{{flags={flags}, parent_tid=0x20000, exit_signal=SIGCHLD, stack=0x7000, stack_size=0x8000}}"
        assert line == f"clone3({arguments} => {{parent_tid=[42]}}, 88) = 42"
        assert text_of("clone3", (PLACE, 88), -errno.ENOSYS, memory) == f"clone3({arguments}, 88) = {ENOSYS}"

    def test_arguments_that_do_not_exist_are_an_address(self) -> None:
        assert text_of("clone3", (PLACE, 40), -errno.ENOSYS, {PLACE: self.ARGUMENTS}) == f"clone3(0x10000, 40) = {ENOSYS}"
        assert text_of("clone3", (PLACE, 88), -errno.ENOSYS) == f"clone3(0x10000, 88) = {ENOSYS}"


class TestWaiting:
    @pytest.mark.parametrize(
        ("status", "text"),
        [
            (0x300, "{WIFEXITED(s) && WEXITSTATUS(s) == 3}"),
            (9, "{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}"),
            (0x8B, "{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}"),
            (0x137F, "{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}"),
            (0x857F, "{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP | 0x80}"),
            (0x4057F, "{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP}|PTRACE_EVENT_EXEC<<16"),
            (0xFFFF, "{WIFCONTINUED(s)}"),
            (0x180, "{WIFEXITED(s) && WEXITSTATUS(s) == 1}|0x80"),
            (0x10B, "{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV}|0x100"),
            (0xFF, "0xff"),
        ],
    )
    def test_a_status_is_taken_apart(self, status: int, text: str) -> None:
        line = text_of("wait4", (-1, PLACE, 0, 0), 42, None, {PLACE: words(status, size=4)})
        assert line == f"wait4(-1, [{text}], 0, NULL) = 42"

    def test_nothing_was_written_when_nobody_has_changed(self) -> None:
        line = text_of("wait4", (-1, PLACE, 1, OTHER), 0, None, {PLACE: words(0, size=4), OTHER: bytes(144)})
        assert line == "wait4(-1, 0x10000, WNOHANG, 0x20000) = 0"

    def test_information_and_usage(self) -> None:
        line = text_of("waitid", (0, 0, PLACE, 4, OTHER), 0, None, {PLACE: bytes(128), OTHER: bytes(144)})
        times = "{ru_utime={tv_sec=0, tv_usec=0}, ru_stime={tv_sec=0, tv_usec=0}, ...}"
        assert line == f"waitid(P_ALL, 0, {{}}, WEXITED, {times}) = 0"


class TestIdentities:
    def test_all_ones_is_minus_one(self) -> None:
        assert text_of("setresuid", (-1, 0, 0xFFFFFFFE)) == "setresuid(-1, 0, 4294967294) = 0"

    def test_groups(self) -> None:
        line = text_of("getgroups", (3, PLACE), 2, None, {PLACE: words(1, 2, size=4)})
        assert line == "getgroups(3, [1, 2]) = 2"
        assert text_of("setgroups", (70000, PLACE), 0, {PLACE: words(1, size=4)}) == "setgroups(70000, 0x10000) = 0"

    @pytest.mark.parametrize(
        ("version", "data", "text"),
        [
            (0x20080522, (1, 0, 0, 0, 0, 0), "{effective=1<<CAP_CHOWN, permitted=0, inheritable=0}"),
            (
                0x20080522,
                (1, 0, 0, 1, 2, 0),
                "{effective=1<<CAP_CHOWN|1<<CAP_MAC_OVERRIDE, permitted=1<<CAP_MAC_ADMIN, inheritable=0}",
            ),
            (0x19980330, (2, 0, 0, 1, 2, 0), "{effective=1<<CAP_DAC_OVERRIDE, permitted=0, inheritable=0}"),
        ],
    )
    def test_capabilities(self, version: int, data: tuple[int, ...], text: str) -> None:
        memory = {PLACE: words(version, 0, size=4), OTHER: words(*data, size=4)}
        name = "_LINUX_CAPABILITY_VERSION_3" if version > 0x20000000 else "_LINUX_CAPABILITY_VERSION_1"
        assert text_of("capset", (PLACE, OTHER), 0, memory) == f"capset({{version={name}, pid=0}}, {text}) = 0"

    def test_what_a_personality_was(self) -> None:
        assert text_of("personality", (0xFFFFFFFF,), 0x40000) == "personality(0xffffffff) = 0x40000 (PER_LINUX|ADDR_NO_RANDOMIZE)"


class TestLimits:
    def test_kilobytes_and_no_limit(self) -> None:
        line = text_of("prlimit64", (0, 3, 0, PLACE), 0, None, {PLACE: words(8 << 20, -1)})
        assert line == "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0"

    def test_small_ones_are_numbers(self) -> None:
        line = text_of("setrlimit", (7, PLACE), 0, {PLACE: words(1024, 1025)})
        assert line == "setrlimit(RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=1025}) = 0"

    def test_names_that_fill_their_room(self) -> None:
        line = text_of("uname", (PLACE,), 0, None, {PLACE: b"Linux".ljust(65, b"\0") + b"x" * 325})
        assert line == f'uname({{sysname="Linux", nodename="{"x" * 64}"..., ...}}) = 0'

    def test_processor_times(self) -> None:
        line = text_of("times", (PLACE,), 77, None, {PLACE: words(150, 0, 0, 1)})
        assert line == "times({tms_utime=150 /* 1.50 s */, tms_stime=0, tms_cutime=0, tms_cstime=1 /* 0.01 s */}) = 77"


class TestScheduling:
    def test_policies(self) -> None:
        memory = {PLACE: words(5, size=4)}
        line = text_of("sched_setscheduler", (0, 0x40000001, PLACE), 0, memory)
        assert line == "sched_setscheduler(0, SCHED_RESET_ON_FORK|SCHED_FIFO, {sched_priority=5}) = 0"
        assert text_of("sched_getscheduler", (0,), 3) == "sched_getscheduler(0) = 0x3 (SCHED_BATCH)"

    def test_processors(self) -> None:
        line = text_of("sched_getaffinity", (0, 128, PLACE), 8, None, {PLACE: words(0x105)})
        assert line == "sched_getaffinity(0, 128, [0 2 8]) = 8"

    def test_attributes_of_the_size_they_say(self) -> None:
        known = struct.pack("<IIQiIQQQII", 48, 1, 0, 0, 5, 0, 0, 0, 0, 0)
        attributes = (
            "sched_policy=SCHED_FIFO, sched_flags=0, sched_nice=0, sched_priority=5,"
            " sched_runtime=0, sched_deadline=0, sched_period=0"
        )
        line = text_of("sched_setattr", (0, PLACE, 0), 0, {PLACE: known})
        assert line == f"sched_setattr(0, {{size=48, {attributes}}}, 0) = 0"
        longer = words(80, size=4) + known[4:]
        line = text_of("sched_setattr", (0, PLACE, 0), 0, {PLACE: longer})
        assert line == f"sched_setattr(0, {{size=80, {attributes}, sched_util_min=0, sched_util_max=0, ...}}, 0) = 0"
        assert text_of("sched_setattr", (0, PLACE, 0), 0, {PLACE: words(4, size=4)}) == "sched_setattr(0, {size=4}, 0) = 0"

    def test_priorities_of_input_and_output(self) -> None:
        line = text_of("ioprio_get", (1, 0), 0x4004)
        assert line == "ioprio_get(IOPRIO_WHO_PROCESS, 0) = 16388 (IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))"

    def test_what_is_compared(self) -> None:
        assert text_of("kcmp", (1, 2, 0, 3, 4)) == "kcmp(1, 2, KCMP_FILE, 3, 4) = 0"
        assert text_of("kcmp", (1, 2, 1, 3, 4)) == "kcmp(1, 2, KCMP_VM) = 0"
        assert text_of("kcmp", (1, 2, 99, 3, 4)) == "kcmp(1, 2, 0x63 /* KCMP_??? */, 0x3, 0x4) = 0"


class TestFutexes:
    TIME = {PLACE: words(1, 0)}

    @pytest.mark.parametrize(
        ("args", "text"),
        [
            ((16, 128, 2, 0), "0x10, FUTEX_WAIT_PRIVATE, 2, NULL"),
            ((16, 129, 1), "0x10, FUTEX_WAKE_PRIVATE, 1"),
            (
                (16, 0x189, 0, PLACE, 0, -1),
                "0x10, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0}, FUTEX_BITSET_MATCH_ANY",
            ),
            ((16, 10, 1, 5, 5, 3), "0x10, FUTEX_WAKE_BITSET, 1, 0x3"),
            ((16, 4, 1, 2, 32, 3), "0x10, FUTEX_CMP_REQUEUE, 1, 2, 0x20, 3"),
            ((16, 6, 1, 0), "0x10, FUTEX_LOCK_PI, NULL"),
            ((16, 7, 1, 5), "0x10, FUTEX_UNLOCK_PI"),
            ((16, 5, 1, 2, 32, 0x04001000), "0x10, FUTEX_WAKE_OP, 1, 2, 0x20, FUTEX_OP_SET<<28|0x1<<12|FUTEX_OP_CMP_GT<<24|0"),
            ((16, 14, 1, 2, 3, 4), "0x10, 0xe /* FUTEX_??? */, 1, 0x2, 0x3, 0x4"),
        ],
    )
    def test_each_operation_has_its_arguments(self, args: tuple[int, ...], text: str) -> None:
        assert text_of("futex", args, -errno.ENOSYS, self.TIME) == f"futex({text}) = {ENOSYS}"

    def test_several_at_once(self) -> None:
        waiter = struct.pack("<QQII", 5, 0x1000, 2, 0)
        line = text_of("futex_waitv", (PLACE, 1, 0, 0, 1), 0, {PLACE: waiter})
        assert line == "futex_waitv([{val=0x5, uaddr=0x1000, flags=FUTEX2_SIZE_U32}], 1, 0, NULL, CLOCK_MONOTONIC) = 0"


class TestControl:
    @pytest.mark.parametrize(
        ("args", "result", "text"),
        [
            ((15, PLACE), 0, 'PR_SET_NAME, "name") = 0'),
            ((3,), 1, "PR_GET_DUMPABLE) = 1 (SUID_DUMP_USER)"),
            ((1, 9), 0, "PR_SET_PDEATHSIG, SIGKILL) = 0"),
            ((23, 21), 1, "PR_CAPBSET_READ, CAP_SYS_ADMIN) = 1"),
            ((38, 1, 0, 0, 0), 0, "PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) = 0"),
            ((33, 1, 1, 0, 0), 0, "PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0) = 0"),
            ((33, 0, 1, 0, 0), 0, "PR_MCE_KILL, PR_MCE_KILL_CLEAR, 0x1, 0, 0) = 0"),
            ((27,), 0, "PR_GET_SECUREBITS) = 0"),
            ((27,), 1, "PR_GET_SECUREBITS) = 0x1 (SECBIT_NOROOT)"),
            ((0x53564D41, 0, 0x7000, 16, PLACE), 0, 'PR_SET_VMA, PR_SET_VMA_ANON_NAME, 0x7000, 16, "name") = 0'),
            ((0x59616D61, -1), 0, "PR_SET_PTRACER, PR_SET_PTRACER_ANY) = 0"),
            ((62, 0, 0, 1, 0), 0, "PR_SCHED_CORE, PR_SCHED_CORE_GET, 0, 0x1 /* PIDTYPE_TGID */, NULL) = 0"),
            ((200, 1, 2, 3, 4), 0, "0xc8 /* PR_??? */, 0x1, 0x2, 0x3, 0x4) = 0"),
        ],
    )
    def test_an_option_says_what_its_arguments_mean(self, args: tuple[int, ...], result: int, text: str) -> None:
        assert text_of("prctl", args, result, {PLACE: b"name".ljust(16, b"\0")}) == f"prctl({text}"

    def test_a_name_too_long_for_the_kernel(self) -> None:
        assert text_of("prctl", (15, PLACE), 0, {PLACE: b"fifteen letters\0"}) == 'prctl(PR_SET_NAME, "fifteen letters"...) = 0'

    def test_segment_bases(self) -> None:
        assert text_of("arch_prctl", (0x1002, 0x7000)) == "arch_prctl(ARCH_SET_FS, 0x7000) = 0"
        line = text_of("arch_prctl", (0x1022, PLACE), 0, None, {PLACE: words(3)})
        assert line == "arch_prctl(ARCH_GET_XCOMP_PERM, [0x3 /* XFEATURE_MASK_FPSSE */]) = 0"

    def test_the_area_of_restartable_sequences(self) -> None:
        area = struct.pack("<IIQIIIBBH", 0, 0xFFFFFFFF, 0, 0, 0, 0, 0, 0, 0)
        line = text_of("rseq", (PLACE, 32, 0, 0x53053053), 0, {PLACE: area})
        assert line.startswith("rseq({cpu_id_start=0, cpu_id=RSEQ_CPU_ID_UNINITIALIZED, rseq_cs=NULL, flags=0, node_id=0,")
        assert line.endswith("slice_ctrl={request=0, granted=0, __reserved=0}, __reserved=0}, 32, 0, 0x53053053) = 0")
        assert text_of("rseq", (PLACE + 8, 32, 0, 1), 0, {PLACE + 8: area}) == "rseq(0x10008, 32, 0, 0x1) = 0"


class TestTracing:
    def test_words_and_registers(self) -> None:
        line = text_of("ptrace", (3, 7, 120, PLACE), 0, None, {PLACE: words(39)})
        assert line == "ptrace(PTRACE_PEEKUSER, 7, 8*ORIG_RAX, [0x27]) = 0"
        line = text_of("ptrace", (6, 7, 852, 5))
        assert line == "ptrace(PTRACE_POKEUSER, 7, offsetof(struct user, u_debugreg)+4, 0x5) = 0"

    def test_signals_and_options(self) -> None:
        assert text_of("ptrace", (7, 7, 0, 19)) == "ptrace(PTRACE_CONT, 7, NULL, SIGSTOP) = 0"
        assert text_of("ptrace", (0x4200, 7, 0, 1)) == "ptrace(PTRACE_SETOPTIONS, 7, NULL, PTRACE_O_TRACESYSGOOD) = 0"
        assert text_of("ptrace", (0,)) == "ptrace(PTRACE_TRACEME) = 0"

    def test_a_request_nobody_knows(self) -> None:
        assert text_of("ptrace", (0x99, 1, 2, 3)) == "ptrace(0x99 /* PTRACE_??? */, 1, 0x2, 0x3) = 0"


@pytest.mark.parametrize("abi", ["x86_64", "i386", "x32"])
@pytest.mark.parametrize(
    ("table", "name", "headers"),
    [
        (process.clone_args, "struct clone_args", ["linux/sched.h"]),
        (process.rusage, "struct rusage", ["linux/resource.h"]),
        (process.rlimit, "struct rlimit", ["linux/resource.h"]),
        (process.rlimit64, "struct rlimit64", ["linux/resource.h"]),
        (process.tms, "struct tms", ["linux/times.h"]),
        (process.sysinfo, "struct sysinfo", ["linux/sysinfo.h"]),
        (process.utsname, "struct new_utsname", ["linux/utsname.h"]),
        (process.sched_attr, "struct sched_attr", ["linux/sched/types.h"]),
        (process.kcmp_epoll_slot, "struct kcmp_epoll_slot", ["linux/kcmp.h"]),
    ],
)
def test_structures_are_laid_out_as_a_compiler_does(table: type, name: str, headers: list[str], abi: str) -> None:
    assert disagreements(table, name, ["linux/types.h", *headers], abi) == []


def test_registers_are_laid_out_as_a_compiler_does() -> None:
    kind = ptrace.user_regs.as_type()
    assert kind.place(I386)[1] == 27 * 8
    offsets = kind.place(I386)[0]
    assert (offsets["orig_rax"], offsets["rip"], offsets["gs"]) == (120, 128, 208)
