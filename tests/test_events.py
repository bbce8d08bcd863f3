"""Calls that wait for events as text, without a process."""

from __future__ import annotations

import errno
import struct

import pytest

from ptracer.decode.detail import never
from ptracer.regs import I386
from ptracer.tables.structs import events, rings
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER, THIRD, NOPLACE = 0x10000, 0x20000, 0x30000, 0x7777
ABIS = ["x86_64", "i386", "x32"]


def descriptors(*polled: tuple[int, int, int]) -> bytes:
    """An array of struct pollfd: descriptor, events, what happened."""
    return b"".join(struct.pack("<iHH", *one) for one in polled)


class TestPoll:
    ASKED = {PLACE: descriptors((3, 1, 0), (-1, 1, 0), (4, 4, 0))}

    def test_what_is_ready_is_said_after_the_result(self) -> None:
        ready = {PLACE: descriptors((3, 1, 1), (-1, 1, 0), (4, 4, 0x14))}
        line = text_of("poll", (PLACE, 3, -1), 2, self.ASKED, ready)
        assert line == (
            "poll([{fd=3, events=POLLIN}, {fd=-1}, {fd=4, events=POLLOUT}], 3, -1)"
            " = 2 ([{fd=3, revents=POLLIN}, {fd=4, revents=POLLOUT|POLLHUP}])"
        )

    def test_nothing_ready_is_a_timeout(self) -> None:
        assert text_of("poll", (0, 0, 1)) == "poll(NULL, 0, 1) = 0 (Timeout)"

    def test_the_rest_of_the_array_cannot_be_read(self) -> None:
        line = text_of("poll", (PLACE, 5, 0), 1, {PLACE: descriptors((3, 1, 1))}, {PLACE: descriptors((3, 1, 1))})
        assert line == "poll([{fd=3, events=POLLIN}, ... /* 0x10008 */], 5, 0) = 1 ([{fd=3, revents=POLLIN}, 0x10008])"

    def test_only_so_many_are_shown(self) -> None:
        many = {PLACE: descriptors(*[(i, 1, 1) for i in range(4)])}
        line = text_of("poll", (PLACE, 4, 0), 4, many, many, string_limit=1)
        assert line == "poll([{fd=0, events=POLLIN}, ...], 4, 0) = 4 ([{fd=0, revents=POLLIN}, ...])"
        assert text_of("poll", (PLACE, 4, 0), 4, many, many, string_limit=1, abbreviate=never).count("revents") == 4

    def test_the_time_left(self) -> None:
        memory = {**self.ASKED, OTHER: words(1, 0), THIRD: words(0x203)}
        ready = {PLACE: descriptors((3, 1, 1), (-1, 1, 0), (4, 4, 0)), OTHER: words(0, 5)}
        line = text_of("ppoll", (PLACE, 1, OTHER, THIRD, 8), 1, memory, ready)
        assert line == (
            "ppoll([{fd=3, events=POLLIN}], 1, {tv_sec=1, tv_nsec=0}, [HUP INT USR1], 8)"
            " = 1 ([{fd=3, revents=POLLIN}], left {tv_sec=0, tv_nsec=5})"
        )


class TestSelect:
    def test_sets_before_and_after(self) -> None:
        memory = {PLACE: words(0b1011), OTHER: words(0b100), THIRD: words(0, 99)}
        ready = {PLACE: words(0b1000), OTHER: words(0), THIRD: words(0, 7)}
        line = text_of("select", (4, PLACE, OTHER, 0, THIRD), 1, memory, ready)
        assert line == "select(4, [0 1 3], [2], NULL, {tv_sec=0, tv_usec=99}) = 1 (in [3], left {tv_sec=0, tv_usec=7})"

    def test_no_descriptors_are_no_set(self) -> None:
        line = text_of("select", (0, PLACE, 0, 0, 0), 0, {PLACE: words(1)})
        assert line == "select(0, 0x10000, NULL, NULL, NULL) = 0 (Timeout)"

    def test_a_mask_and_its_size_behind_one_pointer(self) -> None:
        memory = {PLACE: words(OTHER, 8), OTHER: words(0x800)}
        line = text_of("pselect6", (0, 0, 0, 0, 0, PLACE), -errno.EINTR, memory)
        assert line == "pselect6(0, NULL, NULL, NULL, NULL, {sigmask=[USR2], sigsetsize=8}) = -1 EINTR (Interrupted system call)"


class TestEpoll:
    EVENT = struct.pack("<IQ", 0x80000001, 0x123456789)

    def test_control(self) -> None:
        line = text_of("epoll_ctl", (3, 1, 4, PLACE), 0, {PLACE: self.EVENT})
        assert line == "epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLET, data=0x123456789}) = 0"

    def test_deleting_looks_at_nothing(self) -> None:
        assert text_of("epoll_ctl", (3, 2, 4, PLACE), 0, {PLACE: self.EVENT}) == "epoll_ctl(3, EPOLL_CTL_DEL, 4, 0x10000) = 0"

    def test_waiting(self) -> None:
        line = text_of("epoll_wait", (3, PLACE, 8, -1), 1, None, {PLACE: self.EVENT})
        assert line == "epoll_wait(3, [{events=EPOLLIN|EPOLLET, data=0x123456789}], 8, -1) = 1"
        assert text_of("epoll_wait", (3, PLACE, 8, 0), 0) == "epoll_wait(3, [], 8, 0) = 0"

    def test_a_failure_shows_addresses(self) -> None:
        line = text_of("epoll_pwait2", (-1, PLACE, 8, OTHER, THIRD, 8), -errno.EBADF, {OTHER: words(0, 0), THIRD: words(1)})
        assert line == "epoll_pwait2(-1, 0x10000, 8, 0x20000, 0x30000, 8) = -1 EBADF (Bad file descriptor)"


class TestNotification:
    def test_flags(self) -> None:
        assert text_of("eventfd2", (-1, 0x80801), 3) == "eventfd2(4294967295, EFD_SEMAPHORE|EFD_CLOEXEC|EFD_NONBLOCK) = 3"
        assert text_of("inotify_init1", (0x80800,), 3) == "inotify_init1(IN_NONBLOCK|IN_CLOEXEC) = 3"
        assert text_of("signalfd4", (-1, PLACE, 8, 0x800), 3, {PLACE: words(1)}) == "signalfd4(-1, [HUP], 8, SFD_NONBLOCK) = 3"

    def test_a_class_is_always_shown_and_flags_only_when_there_are_any(self) -> None:
        assert text_of("fanotify_init", (0, 2), 3) == "fanotify_init(FAN_CLASS_NOTIF, O_RDWR) = 3"
        assert text_of("fanotify_init", (0xD, 0), 3) == "fanotify_init(0xc /* FAN_CLASS_??? */|FAN_CLOEXEC, O_RDONLY) = 3"

    def test_random_bytes_are_numbers(self) -> None:
        line = text_of("getrandom", (PLACE, 8, 1), 3, None, {PLACE: b"abc"})
        assert line == 'getrandom("\\x61\\x62\\x63", 8, GRND_NONBLOCK) = 3'


class TestRequests:
    def request(self, **fields: int) -> bytes:
        """A struct iocb."""
        names = ("data", "key", "flags", "command", "priority", "fd", "place", "size", "offset", "reserved", "ring", "resfd")
        return struct.pack("<QIIHhIQQqQII", *(fields.get(name, 0) for name in names))

    def test_what_is_shown_depends_on_the_command(self) -> None:
        memory = {PLACE: words(OTHER), OTHER: self.request(command=1, fd=3, place=THIRD, size=3, offset=8), THIRD: b"abc"}
        line = text_of("io_submit", (0, 1, PLACE), 1, memory)
        assert line == (
            'io_submit(NULL, 1, [{aio_data=0, aio_lio_opcode=IOCB_CMD_PWRITE, aio_fildes=3, aio_buf="abc", aio_nbytes=3,'
            " aio_offset=8}]) = 1"
        )
        memory[OTHER] = self.request(command=5, fd=3, place=5, ring=1, resfd=9)
        assert text_of("io_submit", (0, 1, PLACE), 1, memory).endswith(
            "IOCB_CMD_POLL, aio_fildes=3, aio_buf=POLLIN|POLLOUT, aio_flags=IOCB_FLAG_RESFD, aio_resfd=9}]) = 1"
        )

    def test_the_parameters_of_a_ring_grow_when_it_is_made(self) -> None:
        asked = {PLACE: words(0, 0, 2, 4, 5, 0, 0, 0, 0, 0, size=4) + bytes(80)}
        failed = text_of("io_uring_setup", (8, PLACE), -errno.EPERM, asked)
        assert failed.startswith("io_uring_setup(8, {flags=IORING_SETUP_SQPOLL, sq_thread_cpu=0x4, sq_thread_idle=5}) = -1 EPERM")
        made = {PLACE: words(8, 16, 2, 4, 5, 1, 0, 0, 0, 0, size=4) + bytes(80)}
        assert ", sq_entries=8, cq_entries=16, features=IORING_FEAT_SINGLE_MMAP, sq_off={head=0" in text_of(
            "io_uring_setup", (8, PLACE), 3, asked, made
        )

    def test_flags_say_what_the_fifth_argument_of_io_uring_enter_is(self) -> None:
        line = text_of("io_uring_enter", (3, 1, 1, 1, PLACE, 8), 1, {PLACE: words(1)})
        assert line.endswith("IORING_ENTER_GETEVENTS, [HUP], 8) = 1")
        memory = {PLACE: words(0, 8 + (5 << 32), 0)}
        line = text_of("io_uring_enter", (3, 1, 1, 8, PLACE, 24), 1, memory)
        assert "{sigmask=NULL, sigmask_sz=8, min_wait_usec=5, ts=NULL}" in line


@pytest.mark.parametrize("abi", ABIS)
def test_structures_are_laid_out_as_a_compiler_does(abi: str) -> None:
    assert not disagreements(events.epoll_event, "struct epoll_event", ["linux/eventpoll.h"], abi)
    assert not disagreements(events.iocb, "struct iocb", ["linux/aio_abi.h"], abi)
    assert not disagreements(events.io_event, "struct io_event", ["linux/aio_abi.h"], abi)
    assert not disagreements(events.io_uring_params, "struct io_uring_params", ["linux/io_uring.h"], abi)
    assert not disagreements(events.io_uring_getevents_arg, "struct io_uring_getevents_arg", ["linux/io_uring.h"], abi)
    assert not disagreements(events.pollfd, "struct pollfd", ["asm/poll.h"], abi)


@pytest.mark.parametrize("abi", ABIS)
def test_what_rings_register_is_laid_out_as_a_compiler_does(abi: str) -> None:
    for name in (
        "files_update clone_buffers file_index_range buf_reg buf_status probe_op probe napi sync_cancel_reg sqe restriction"
    ).split():
        assert not disagreements(getattr(rings, f"io_uring_{name}"), f"struct io_uring_{name}", ["linux/io_uring.h"], abi)
    query = "struct io_uring_query_scq"
    assert not disagreements(rings.io_uring_query_scq, query, ["linux/io_uring/query.h"], abi)
    resources = [(rings.file_registration, "register"), (rings.buffer_registration, "register")]
    for table, name in [*resources, (rings.file_update, "update2"), (rings.buffer_update, "update2")]:
        assert not disagreements(table, f"struct io_uring_rsrc_{name}", ["linux/io_uring.h"], abi)


def test_sets_have_words_of_the_abi() -> None:
    memory = {PLACE: words(0b110, 1, size=4)}
    assert text_of("_newselect", (33, PLACE, 0, 0, 0), 3, memory, abi=I386).startswith("_newselect(33, [1 2 32], NULL")


class TestRegister:
    def test_files_and_their_number(self) -> None:
        assert text_of("io_uring_register", (3, 2, PLACE, 2), memory={PLACE: struct.pack("<ii", 5, -1)}) == (
            "io_uring_register(3, IORING_REGISTER_FILES, [5, -1], 2) = 0"
        )
        assert text_of("io_uring_register", (3, 0, PLACE, 1), memory={PLACE: words(16, 5)}) == (
            "io_uring_register(3, IORING_REGISTER_BUFFERS, [{iov_base=0x10, iov_len=5}], 1) = 0"
        )

    def test_a_registered_ring(self) -> None:
        assert text_of("io_uring_register", (0, 0x80000003, 0, 0)) == (
            "io_uring_register(0, IORING_UNREGISTER_FILES|IORING_REGISTER_USE_REGISTERED_RING, NULL, 0) = 0"
        )
        assert text_of("io_uring_register", (0, 99, PLACE, 1), -22) == (
            "io_uring_register(0, 0x63 /* IORING_REGISTER_??? */, 0x10000, 1) = -1 EINVAL (Invalid argument)"
        )

    def test_a_structure_with_its_size(self) -> None:
        update = struct.pack("<IIQQII", 1, 0, OTHER, THIRD, 2, 0)
        memory = {PLACE: update, OTHER: struct.pack("<ii", 5, 6), THIRD: words(0, 7)}
        assert text_of("io_uring_register", (3, 14, PLACE, 32), 2, memory) == (
            "io_uring_register(3, IORING_REGISTER_FILES_UPDATE2, {offset=1, data=[5, 6], tags=[0, 0x7], nr=2}, 32) = 2"
        )
        assert text_of("io_uring_register", (3, 14, PLACE, 31), 2, memory) == (
            "io_uring_register(3, IORING_REGISTER_FILES_UPDATE2, 0x10000, 31) = 2"
        )

    def test_a_probe_shows_what_was_there_before_if_that_is_wrong(self) -> None:
        empty, answer = {PLACE: bytes(24)}, {PLACE: struct.pack("<BB14xBBHI", 62, 1, 1, 0, 1, 0)}
        shown = "{last_op=IORING_OP_PIPE, ops_len=1, ops=[{op=IORING_OP_READV, flags=IO_URING_OP_SUPPORTED}]}"
        start = "io_uring_register(3, IORING_REGISTER_PROBE, "
        assert text_of("io_uring_register", (3, 8, PLACE, 1), 0, empty, answer) == f"{start}{shown}, 1) = 0"
        assert text_of("io_uring_register", (3, 8, PLACE, 1), 0, answer, answer) == f"{start}{shown} => {shown}, 1) = 0"
        assert text_of("io_uring_register", (3, 8, PLACE, 1), -14, empty, empty) == (
            f"{start}0x10000, 1) = -1 EFAULT (Bad address)"
        )

    def test_workers_are_exchanged(self) -> None:
        before, after = {PLACE: struct.pack("<II", 0, 4)}, {PLACE: struct.pack("<II", 8, 9)}
        start = "io_uring_register(3, IORING_REGISTER_IOWQ_MAX_WORKERS, [[IO_WQ_BOUND]=0, [IO_WQ_UNBOUND]=4] => "
        assert text_of("io_uring_register", (3, 19, PLACE, 2), 0, before, after) == (
            f"{start}[[IO_WQ_BOUND]=8, [IO_WQ_UNBOUND]=9], 2) = 0"
        )
        assert text_of("io_uring_register", (3, 19, PLACE, 2), -22, before) == (
            f"{start}0x10000, 2) = -1 EINVAL (Invalid argument)"
        )

    def test_restrictions(self) -> None:
        memory = {PLACE: struct.pack("<HBB12x", 1, 4, 0) + struct.pack("<HBBIII", 9, 4, 0, 0, 1, 0)}
        assert text_of("io_uring_register", (3, 11, PLACE, 2), memory=memory) == (
            "io_uring_register(3, IORING_REGISTER_RESTRICTIONS, "
            "[{opcode=IORING_RESTRICTION_SQE_OP, sqe_op=IORING_OP_READ_FIXED}, "
            "{opcode=0x9 /* IORING_RESTRICTION_??? */ /* op: 0x4 */, resv2=[0, 0x1, 0]}], 2) = 0"
        )

    def test_a_chain_of_queries_ends(self) -> None:
        memory = {PLACE: struct.pack("<QQIIi12x", PLACE, 0, 2, 0, 0)}
        line = text_of("io_uring_register", (-1, 35, PLACE, 0), memory=memory, string_limit=2)
        query = "{query_data=NULL, query_op=IO_URING_QUERY_SCQ, size=0, result=0, next_entry="
        assert line == f"io_uring_register(-1, IORING_REGISTER_QUERY, {query}{query}0x10000 /* ... */}}}}, 0) = 0"

    def test_a_request_without_a_ring(self) -> None:
        request = struct.pack("<BBHiQQIIQHHIQQ", 40, 0, 0, 5, 1, 0, 2, 1, 3, 0, 0, 0, 0, 0)
        assert text_of("io_uring_register", (-1, 31, PLACE, 1), memory={PLACE: request}) == (
            "io_uring_register(-1, IORING_REGISTER_SEND_MSG_RING, {opcode=IORING_OP_MSG_RING, flags=0, ioprio=0, fd=5, "
            "off=0x1, addr=0, len=2, msg_ring_flags=IORING_MSG_RING_CQE_SKIP, user_data=0x3, buf_index=0, personality=0, "
            "file_index=0, optval=0}, 1) = 0"
        )

    def test_every_operation_bears_bad_pointers(self) -> None:
        for operation in range(40):
            for count in (1, 2, 0xFFFFFFFF):
                assert f"0x7777, {count})" in text_of("io_uring_register", (3, operation, NOPLACE, count), -14)
