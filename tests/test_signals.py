"""Calls on signals and siginfo_t as text, without a process."""

from __future__ import annotations

import errno
import struct

import pytest

from ptracer.decode.detail import never
from ptracer.plans import STACK_POINTER
from ptracer.regs import I386, X32
from ptracer.render.spelling import Spelling
from ptracer.tables.structs import signals
from ptracer.tables.structs.signals import siginfo_of
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER = 0x10000, 0x20000


def spelled(*integers: int) -> str:
    """The text of a siginfo_t that begins with these ints."""
    return Spelling().spell(siginfo_of(words(*integers, size=4).ljust(128, b"\0")))


def signal_set(mask: int) -> str:
    """The text of a signal set."""
    return text_of("rt_sigsuspend", (PLACE, 8), 0, {PLACE: words(mask)}).removeprefix("rt_sigsuspend(").removesuffix(", 8) = 0")


class TestSets:
    @pytest.mark.parametrize(
        ("mask", "text"),
        [
            (0, "[]"),
            (1 << 1 | 1 << 14, "[INT TERM]"),
            (1 << 31 | 1 << 63, "[RTMIN RT_32]"),
            (~(1 << 8 | 1 << 18), "~[KILL STOP]"),
            (-1, "~[]"),
        ],
    )
    def test_a_set_is_its_members_or_what_is_missing(self, mask: int, text: str) -> None:
        assert signal_set(mask) == text

    def test_up_to_two_thirds_of_all_are_listed(self) -> None:
        assert signal_set((1 << 42) - 1).startswith("[HUP INT")
        assert signal_set((1 << 43) - 1).startswith("~[RT_12")

    def test_a_set_of_another_size_is_not_looked_into(self) -> None:
        memory = {PLACE: words(1)}
        line = text_of("rt_sigprocmask", (0, PLACE, 0, 4), 0, memory)
        assert line == "rt_sigprocmask(SIG_BLOCK, 0x10000, NULL, 4) = 0"

    def test_pending_signals_may_be_asked_for_in_fewer_bytes(self) -> None:
        assert text_of("rt_sigpending", (PLACE, 2), 0, None, {PLACE: b"\1\2"}) == "rt_sigpending([HUP USR1], 2) = 0"

    def test_the_old_set_is_shown_after_the_call(self) -> None:
        line = text_of("rt_sigprocmask", (2, PLACE, OTHER, 8), 0, {PLACE: words(0)}, {OTHER: words(1)})
        assert line == "rt_sigprocmask(SIG_SETMASK, [], [HUP], 8) = 0"

    def test_unreadable_sets_are_addresses(self) -> None:
        assert text_of("rt_sigsuspend", (PLACE, 8), -errno.EFAULT) == "rt_sigsuspend(0x10000, 8) = -1 EFAULT (Bad address)"


class TestActions:
    def test_an_action_has_its_restorer_only_with_the_flag(self) -> None:
        old = words(0, 0, 0, 0)
        new = words(1, 0x14000000, 0x7F00, 1 << 16)
        line = text_of("rt_sigaction", (17, PLACE, OTHER, 8), 0, {PLACE: new}, {OTHER: old})
        action = "{sa_handler=SIG_IGN, sa_mask=[CHLD], sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x7f00}"
        assert line == f"rt_sigaction(SIGCHLD, {action}, {{sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}}, 8) = 0"

    def test_an_alternate_stack(self) -> None:
        line = text_of("sigaltstack", (PLACE, 0), 0, {PLACE: words(0x7000, 2, 8192)})
        assert line == "sigaltstack({ss_sp=0x7000, ss_flags=SS_DISABLE, ss_size=8192}, NULL) = 0"

    def test_the_frame_of_a_handler_says_what_was_blocked(self) -> None:
        args = (0,) * STACK_POINTER + (PLACE,)
        line = text_of("rt_sigreturn", args, -errno.EINTR, {PLACE: bytes(296) + words(1)})
        assert line == "rt_sigreturn({mask=[HUP]}) = -1 EINTR (Interrupted system call)"

    def test_real_time_signals_are_counted_from_the_kernels_first(self) -> None:
        assert text_of("kill", (5, 34)) == "kill(5, SIGRT_2) = 0"
        assert text_of("tgkill", (5, 6, 65)) == "tgkill(5, 6, 65) = 0"
        assert text_of("tkill", (-1, 0)) == "tkill(-1, 0) = 0"


class TestInformation:
    def test_a_child_that_has_exited(self) -> None:
        text = "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=42, si_uid=0, si_status=3, si_utime=12 /* 0.12 s */, si_stime=0}"
        assert spelled(17, 0, 1, 0, 42, 0, 3, 0, 12, 0, 0, 0) == text

    def test_a_child_that_was_killed_has_a_signal_as_status(self) -> None:
        assert "si_code=CLD_KILLED, si_pid=42, si_uid=0, si_status=SIGKILL" in spelled(17, 0, 2, 0, 42, 0, 9)

    def test_a_sender(self) -> None:
        assert spelled(15, 0, 0, 0, 42, 1000) == "{si_signo=SIGTERM, si_code=SI_USER, si_pid=42, si_uid=1000}"

    def test_a_bad_address(self) -> None:
        assert spelled(11, 0, 1) == "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL}"
        assert spelled(11, 0, 4, 0, 16, 0, 0, 0, 3) == "{si_signo=SIGSEGV, si_code=SEGV_PKUERR, si_addr=0x10, si_pkey=3}"

    def test_the_kernel_itself(self) -> None:
        assert spelled(14, 0, 0x80) == "{si_signo=SIGALRM, si_code=SI_KERNEL}"
        assert spelled(11, 0, 0x80) == "{si_signo=SIGSEGV, si_code=SI_KERNEL, si_addr=NULL}"

    def test_a_queued_value(self) -> None:
        queued = "{si_signo=SIGRT_2, si_code=SI_QUEUE, si_pid=1, si_uid=2, si_int=5, si_ptr=0x5}"
        assert spelled(34, 0, -1, 0, 1, 2, 5) == queued

    def test_a_timer(self) -> None:
        assert spelled(14, 0, -2, 0, 1, 2).endswith("si_code=SI_TIMER, si_timerid=0x1, si_overrun=2, si_int=0, si_ptr=NULL}")

    def test_input(self) -> None:
        assert spelled(29, 0, 1, 0, 65, 0, 3) == "{si_signo=SIGIO, si_code=POLL_IN, si_band=65, si_fd=3}"

    def test_a_refused_call_is_named_by_its_architecture(self) -> None:
        native = spelled(31, 0, 1, 0, 16, 0, 39, 0xC000003E)
        assert native.endswith("si_call_addr=0x10, si_syscall=__NR_getpid, si_arch=AUDIT_ARCH_X86_64}")
        assert "si_syscall=20 /* getpid */, si_arch=AUDIT_ARCH_I386" in spelled(31, 0, 1, 0, 16, 0, 20, 0x40000003)

    def test_codes_and_errors_nobody_knows(self) -> None:
        assert spelled(10, 1, 77) == "{si_signo=SIGUSR1, si_code=0x4d, si_errno=EPERM}"
        assert "si_errno=70000" in spelled(10, 70000, 0)

    def test_nothing(self) -> None:
        assert spelled(0) == "{}"

    def test_a_program_of_32_bits_has_shorter_fields(self) -> None:
        queued = struct.pack("<iiiiiI", 10, 0, -1, 1, 2, 5)
        line = text_of("rt_sigqueueinfo", (1, 10, PLACE), 0, {PLACE: queued.ljust(128, b"\0")}, abi=I386)
        assert line.endswith("{si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=1, si_uid=2, si_int=5, si_ptr=0x5}) = 0")


class TestStyles:
    def test_raw_constants(self) -> None:
        memory = {PLACE: words(1, 0, 0, 2)}
        line = text_of("rt_sigaction", (2, PLACE, 0, 8), 0, memory, constants="raw")
        assert line == "rt_sigaction(2, {sa_handler=0x1, sa_mask=[2], sa_flags=0}, NULL, 8) = 0"

    def test_structures_are_addresses_when_nobody_asked_for_them(self) -> None:
        assert text_of("sigaltstack", (PLACE, 0), 0, {PLACE: words(0, 0, 0)}, verbose=never) == "sigaltstack(0x10000, NULL) = 0"


@pytest.mark.parametrize("abi", ["x86_64", "i386"])
def test_a_stack_is_laid_out_as_a_compiler_does(abi: str) -> None:
    assert disagreements(signals.stack_t, "stack_t", ["linux/types.h", "asm/signal.h"], abi) == []


def test_the_kernels_action_of_x86_64_is_laid_out_as_a_compiler_does() -> None:
    kind = signals.sigaction.as_type()
    assert kind.place(X32)[0] == {"sa_handler": 0, "sa_flags": 4, "sa_restorer": 8, "sa_mask": 12}
