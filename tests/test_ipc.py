"""Inter-process communication as text, without a process."""

from __future__ import annotations

import errno
import struct

import pytest

from ptracer.tables.structs import ipc
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER = 0x10000, 0x20000
PERMISSIONS = struct.pack("<6I", 5, 1, 2, 3, 4, 0o640) + bytes(24)


class TestGetting:
    @pytest.mark.parametrize(
        ("flags", "text"),
        [
            (0, "000"),
            (0o1600, "IPC_CREAT|0600"),
            (0x800, "SHM_HUGETLB|000"),
            (21 << 26 | 0x800, "SHM_HUGETLB|21<<SHM_HUGE_SHIFT|000"),
        ],
    )
    def test_flags_end_with_permissions(self, flags: int, text: str) -> None:
        assert text_of("shmget", (0, 4096, flags), 7) == f"shmget(IPC_PRIVATE, 4096, {text}) = 7"

    def test_keys_are_in_base_sixteen(self) -> None:
        assert text_of("semget", (0x123, 3, 0o600), 7) == "semget(0x123, 3, 0600) = 7"
        assert text_of("msgget", (-1, 0), 7) == "msgget(0xffffffff, 000) = 7"


class TestControl:
    STATE = PERMISSIONS + words(8192, 11, 12, 13, 0x600000005, 2, 0, 0)

    def test_what_is_known_of_a_segment(self) -> None:
        line = text_of("shmctl", (7, 2, PLACE), 0, None, {PLACE: self.STATE})
        assert line == (
            "shmctl(7, IPC_STAT, {shm_perm={uid=1, gid=2, mode=0640, key=5, cuid=3, cgid=4}, shm_segsz=8192, shm_cpid=5,"
            " shm_lpid=6, shm_nattch=2, shm_atime=11, shm_dtime=12, shm_ctime=13}) = 0"
        )

    def test_setting_shows_what_is_set(self) -> None:
        line = text_of("shmctl", (7, 1, PLACE), -errno.EPERM, {PLACE: self.STATE})
        assert line == "shmctl(7, IPC_SET, {shm_perm={uid=1, gid=2, mode=0640}}) = -1 EPERM (Operation not permitted)"

    def test_a_bit_of_the_command_says_how_new_the_structure_is(self) -> None:
        line = text_of("shmctl", (7, 0x100 | 2, PLACE), 0, None, {PLACE: self.STATE})
        assert line.startswith("shmctl(7, IPC_64|IPC_STAT, {shm_perm=")
        assert text_of("semctl", (7, 0, 0x163, 0), 0) == "semctl(7, 0, IPC_64|0x63 /* SEM_??? */, NULL) = 0"

    def test_a_value_is_not_looked_into(self) -> None:
        assert text_of("semctl", (7, 1, 16, 5)) == "semctl(7, 1, SETVAL, 0x5) = 0"


def test_operations_on_semaphores() -> None:
    memory = {PLACE: struct.pack("<HhHHhH", 0, -1, 0x1000, 2, 1, 0x800)}
    line = text_of("semop", (7, PLACE, 2), 0, memory)
    assert line == "semop(7, [{sem_num=0, sem_op=-1, sem_flg=SEM_UNDO}, {sem_num=2, sem_op=1, sem_flg=IPC_NOWAIT}], 2) = 0"


class TestMessages:
    MESSAGE = words(7) + b"some text"

    def test_sending(self) -> None:
        line = text_of("msgsnd", (7, PLACE, 4, 0x800), 0, {PLACE: self.MESSAGE})
        assert line == 'msgsnd(7, {mtype=7, mtext="some"}, 4, IPC_NOWAIT) = 0'

    def test_a_text_that_cannot_be_read_is_an_address(self) -> None:
        assert text_of("msgsnd", (7, PLACE, 4, 0), 0, {PLACE: words(7)}) == "msgsnd(7, 0x10000, 4, 0) = 0"

    def test_receiving(self) -> None:
        line = text_of("msgrcv", (7, PLACE, 9, -5, 0x1000), 4, None, {PLACE: self.MESSAGE})
        assert line == 'msgrcv(7, {mtype=7, mtext="some text"}, 9, -5, MSG_NOERROR) = 4'


class TestQueues:
    ATTRIBUTES = words(0x800, 4, 32, 1, 0, 0, 0, 0)

    def test_attributes_are_there_when_a_queue_is_made(self) -> None:
        memory = {PLACE: b"name\0", OTHER: self.ATTRIBUTES}
        line = text_of("mq_open", (PLACE, 0x42, 0o600, OTHER), 3, memory)
        assert line == (
            'mq_open("name", O_RDWR|O_CREAT, 0600, {mq_flags=0x800, mq_maxmsg=4, mq_msgsize=32, mq_curmsgs=1}) = 3'
        )
        assert text_of("mq_open", (PLACE, 0, 0o600, OTHER), 3, memory) == 'mq_open("name", O_RDONLY) = 3'

    def test_receiving(self) -> None:
        line = text_of("mq_timedreceive", (3, PLACE, 64, OTHER, 0), 6, None, {PLACE: b"queued", OTHER: words(3, size=4)})
        assert line == 'mq_timedreceive(3, "queued", 64, [3], NULL) = 6'

    def test_attributes_before_and_after(self) -> None:
        line = text_of("mq_getsetattr", (3, PLACE, OTHER), 0, {PLACE: self.ATTRIBUTES}, {OTHER: bytes(64)})
        assert line == (
            "mq_getsetattr(3, {mq_flags=O_NONBLOCK, mq_maxmsg=4, mq_msgsize=32, mq_curmsgs=1},"
            " {mq_flags=0, mq_maxmsg=0, mq_msgsize=0, mq_curmsgs=0}) = 0"
        )


LAYOUTS = [
    (ipc.ipc64_perm, "ipc64_perm", "asm/ipcbuf.h"),
    (ipc.semid64_ds, "semid64_ds", "asm/sembuf.h"),
    (ipc.shm_info, "shm_info", "linux/shm.h"),
    (ipc.shminfo64, "shminfo64", "asm/shmbuf.h"),
    (ipc.seminfo, "seminfo", "linux/sem.h"),
    (ipc.sembuf, "sembuf", "linux/sem.h"),
    (ipc.msginfo, "msginfo", "linux/msg.h"),
    (ipc.mq_attr, "mq_attr", "linux/mqueue.h"),
]


@pytest.mark.parametrize("abi", ["x86_64", "i386"])
@pytest.mark.parametrize(("table", "name", "header"), LAYOUTS, ids=[row[1] for row in LAYOUTS])
def test_structures_are_laid_out_as_a_compiler_does(table: type, name: str, header: str, abi: str) -> None:
    includes = ["linux/types.h", "linux/ipc.h", header]
    assert not disagreements(table, f"struct {name}", includes, abi)


WIDE = [(ipc.shmid64_ds, "shmid64_ds", "shm"), (ipc.msqid64_ds, "msqid64_ds", "msg")]


@pytest.mark.parametrize(("table", "name", "header"), WIDE, ids=["shm", "msg"])
def test_segments_and_queues_have_the_size_that_they_have_in_c(table: type, name: str, header: str) -> None:
    assert not disagreements(table, f"struct {name}", ["linux/types.h", "linux/ipc.h", f"asm/{header}buf.h"])
