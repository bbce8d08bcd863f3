"""Calls on memory as text, without a process."""

from __future__ import annotations

import errno

import pytest

from ptracer.decode.detail import never
from ptracer.regs import I386
from ptracer.tables.structs import memory
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER, THIRD = 0x10000, 0x20000, 0x30000


class TestMapping:
    def test_a_mapping_is_an_address_in_base_sixteen(self) -> None:
        line = text_of("mmap", (0, 8192, 3, 0x22, -1, 0), 0x7F0000001000)
        assert line == "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000"

    def test_no_address_is_zero(self) -> None:
        assert text_of("brk", (0,), 0) == "brk(NULL) = 0"

    def test_offsets_are_in_base_sixteen(self) -> None:
        line = text_of("mmap", (PLACE, 4096, 0, 0x802, 3, 0x26000), PLACE)
        assert line.endswith("PROT_NONE, MAP_PRIVATE|MAP_DENYWRITE, 3, 0x26000) = 0x10000")

    @pytest.mark.parametrize(
        ("flags", "text"),
        [
            (0, "MAP_FILE"),
            (6, "0x6 /* MAP_??? */"),
            (0x54040022, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT"),
            (0x602, "MAP_PRIVATE|0x600"),
        ],
    )
    def test_flags_of_a_mapping(self, flags: int, text: str) -> None:
        assert text_of("mmap", (0, 1, 1, flags, 0, 0), 1) == f"mmap(NULL, 1, PROT_READ, {text}, 0, 0) = 0x1"

    def test_moving_to_a_fixed_place(self) -> None:
        assert text_of("mremap", (PLACE, 1, 2, 1, 5), 7) == "mremap(0x10000, 1, 2, MREMAP_MAYMOVE) = 0x7"
        assert text_of("mremap", (PLACE, 1, 2, 3, 5), 7) == "mremap(0x10000, 1, 2, MREMAP_MAYMOVE|MREMAP_FIXED, 0x5) = 0x7"
        assert text_of("mremap", (PLACE, 1, 2, 2, 5), 7) == "mremap(0x10000, 1, 2, MREMAP_FIXED) = 0x7"

    def test_protection_and_advice(self) -> None:
        assert text_of("mprotect", (PLACE, 1, 0)) == "mprotect(0x10000, 1, PROT_NONE) = 0"
        assert text_of("madvise", (PLACE, 1, 4)) == "madvise(0x10000, 1, MADV_DONTNEED) = 0"
        assert text_of("munmap", (PLACE, -1)) == "munmap(0x10000, 18446744073709551615) = 0"

    def test_other_processes_are_advised_by_vectors(self) -> None:
        vector = {PLACE: words(0x5000, 4096)}
        line = text_of("process_madvise", (3, PLACE, 1, 20, 0), 4096, vector)
        assert line == "process_madvise(3, [{iov_base=0x5000, iov_len=4096}], 1, MADV_COLD, 0) = 4096"


class TestResidence:
    def test_the_lowest_bit_of_a_byte_for_each_page(self) -> None:
        line = text_of("mincore", (PLACE, 8193, OTHER), 0, None, {OTHER: b"\1\xfe\xff"})
        assert line == "mincore(0x10000, 8193, [1, 0, 1]) = 0"

    def test_an_address_on_failure_and_nothing_for_no_page(self) -> None:
        assert text_of("mincore", (PLACE, 1, OTHER), -errno.EFAULT).startswith("mincore(0x10000, 1, 0x20000) = -1")
        assert text_of("mincore", (PLACE, 0, OTHER), -errno.EFAULT).startswith("mincore(0x10000, 0, []) = -1")

    def test_no_more_than_the_limit(self) -> None:
        line = text_of("mincore", (PLACE, 1 << 40, OTHER), 0, None, {OTHER: bytes(4)}, string_limit=4)
        assert line == "mincore(0x10000, 1099511627776, [0, 0, 0, 0, ...]) = 0"


class TestPolicies:
    @pytest.mark.parametrize(("bits", "text"), [(0, "[]"), (1, "0x10000"), (65, "[0x00000000000001]"), (-1, "0x10000")])
    def test_masks_have_one_bit_less_than_they_say(self, bits: int, text: str) -> None:
        unsigned = bits & 0xFFFFFFFFFFFFFFFF
        line = text_of("set_mempolicy", (2, PLACE, bits), 0, {PLACE: words(1, 2, 3)})
        assert line == f"set_mempolicy(MPOL_BIND, {text}, {unsigned}) = 0"

    def test_modes_with_flags(self) -> None:
        assert text_of("set_mempolicy", (0x8003, 0, 0)) == "set_mempolicy(MPOL_INTERLEAVE|MPOL_F_STATIC_NODES, NULL, 0) = 0"
        assert text_of("set_mempolicy", (9, 0, 0)) == "set_mempolicy(0x9 /* MPOL_??? */, NULL, 0) = 0"

    def test_pages_and_where_they_went(self) -> None:
        arrays = {PLACE: words(0x1000, 0), OTHER: words(0, -1, size=4)}
        line = text_of("move_pages", (0, 2, PLACE, OTHER, THIRD, 2), 0, arrays, {THIRD: words(1, -14, size=4)})
        assert line == "move_pages(0, 2, [0x1000, NULL], [0, -1], [1, -EFAULT], MPOL_MF_MOVE) = 0"

    def test_counts_that_go_round_the_end_of_memory(self) -> None:
        line = text_of("move_pages", (0, 1 << 62, PLACE, 0, 0, 0), 0, {PLACE: words(1)})
        assert line == "move_pages(0, 4611686018427387904, 0x10000, NULL, NULL, 0) = 0"


class TestCopies:
    VECTORS = {PLACE: words(THIRD, 5), OTHER: words(0x9000, 3)}

    def test_what_was_read_is_shown_and_where_from(self) -> None:
        read = {PLACE: self.VECTORS[PLACE], THIRD: b"abcde"}
        line = text_of("process_vm_readv", (7, PLACE, 1, OTHER, 1, 0), 3, self.VECTORS, read)
        assert line == 'process_vm_readv(7, [{iov_base="abc", iov_len=5}], 1, [{iov_base=0x9000, iov_len=3}], 1, 0) = 3'

    def test_places_alone_where_nothing_was_read(self) -> None:
        line = text_of("process_vm_readv", (7, PLACE, 1, OTHER, 1, 0), -errno.EFAULT, self.VECTORS)
        assert "[{iov_base=0x30000, iov_len=5}], 1, [{iov_base=0x9000, iov_len=3}], 1, 0) = -1" in line


class TestSegments:
    ENTRY = words(12, 0xF7001000, 0xFFFFF, 0x51, size=4)

    def test_a_descriptor(self) -> None:
        line = text_of("modify_ldt", (1, PLACE, 16), 0, {PLACE: self.ENTRY})
        assert line == (
            "modify_ldt(1, {entry_number=12, base_addr=0xf7001000, limit=0x0fffff, seg_32bit=1, contents=0, read_exec_only=0,"
            " limit_in_pages=1, seg_not_present=0, useable=1, lm=0}, 16) = 0"
        )

    def test_of_another_size_only_the_address(self) -> None:
        assert text_of("modify_ldt", (1, PLACE, 15), 0, {PLACE: self.ENTRY}) == "modify_ldt(1, 0x10000, 15) = 0"

    def test_the_number_that_was_chosen(self) -> None:
        asked, given = words(-1, 0, 0, 0, size=4), words(12, 0, 0, 0, size=4)
        line = text_of("set_thread_area", (PLACE,), 0, {PLACE: asked}, {PLACE: given}, abi=I386)
        assert line.startswith("set_thread_area({entry_number=-1, base_addr=00000000,")
        assert line.endswith("useable=0}) = 0 (entry_number=12)")

    def test_a_query_that_fails_shows_what_was_asked(self) -> None:
        line = text_of("get_thread_area", (PLACE,), -errno.EINVAL, {PLACE: self.ENTRY})
        assert line == "get_thread_area({entry_number=12, ...}) = -1 EINVAL (Invalid argument)"


def test_barriers_name_a_processor_only_with_the_flag() -> None:
    assert text_of("membarrier", (0, 0, 5)) == "membarrier(MEMBARRIER_CMD_QUERY, 0) = 0"
    assert text_of("membarrier", (0x80, 1, 5)).endswith("_RSEQ, MEMBARRIER_CMD_FLAG_CPU, 5) = 0")


def test_structures_are_addresses_when_nobody_asked_for_them() -> None:
    assert text_of("modify_ldt", (1, PLACE, 16), 0, {PLACE: bytes(16)}, verbose=never) == "modify_ldt(1, 0x10000, 16) = 0"


@pytest.mark.parametrize("abi", ["x86_64", "i386", "x32"])
def test_a_descriptor_is_laid_out_as_a_compiler_does(abi: str) -> None:
    assert disagreements(memory.user_desc, "struct user_desc", ["asm/ldt.h"], abi) == []
