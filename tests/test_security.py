"""Calls of security as text: filters, keys, Landlock, security modules, BPF."""

from __future__ import annotations

import errno
import struct

import pytest

from ptracer.decode.detail import never
from ptracer.regs import I386, X32
from ptracer.tables.structs import bpf, security
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER, THIRD = 0x10000, 0x20000, 0x30000


def classic(*instructions: tuple[int, int, int, int]) -> bytes:
    """Instructions of classic BPF: code, jump if true, jump if false, operand."""
    return b"".join(struct.pack("<HBBI", *one) for one in instructions)


class TestSeccomp:
    PROGRAM = classic((0x20, 0, 0, 4), (0x15, 1, 0, 0xC000003E), (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x50002))
    MEMORY = {PLACE: words(4, OTHER), OTHER: PROGRAM}

    def test_a_filter_is_a_place_where_calls_are_abbreviated(self) -> None:
        line = text_of("seccomp", (1, 1, PLACE), 0, self.MEMORY)
        assert line == "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, {len=4, filter=0x20000}) = 0"

    def test_a_filter_is_a_program(self) -> None:
        program = (
            "{len=4, filter=[BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4), BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0xc000003e, 0x1, 0), "
            "BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_KILL_PROCESS), BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ERRNO|0x2)]}"
        )
        line = text_of("seccomp", (1, 0, PLACE), 0, self.MEMORY, abbreviate=never)
        assert line == f"seccomp(SECCOMP_SET_MODE_FILTER, 0, {program}) = 0"
        line = text_of("prctl", (22, 2, PLACE), 0, self.MEMORY, abbreviate=never)
        assert line == f"prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, {program}) = 0"

    @pytest.mark.parametrize(
        ("instruction", "text"),
        [
            ((0x16, 0, 0, 7), "BPF_STMT(BPF_RET|BPF_A, SECCOMP_RET_KILL_THREAD|0x7)"),
            ((0x06, 0, 0, 0x12345678), "BPF_STMT(BPF_RET|BPF_K, 0x12340000 /* SECCOMP_RET_??? */|0x5678)"),
            ((0x0A, 0, 1, 0), "BPF_JUMP(BPF_ST|0x8 /* BPF_??? */, 0, 0, 0x1)"),
            ((0x107, 0, 0, 0), "BPF_STMT(BPF_MISC|BPF_TAX|0x100 /* BPF_??? */, 0)"),
            ((0x1E0, 0, 0, 1), "BPF_STMT(BPF_LD|BPF_W|0xe0 /* BPF_??? */, 0x1)"),
        ],
    )
    def test_instructions(self, instruction: tuple[int, int, int, int], text: str) -> None:
        memory = {PLACE: words(1, OTHER), OTHER: classic(instruction)}
        assert f"filter=[{text}]" in text_of("seccomp", (1, 0, PLACE), 0, memory, abbreviate=never)

    def test_a_filter_that_is_cut_off(self) -> None:
        line = text_of("seccomp", (1, 0, PLACE), 0, {PLACE: words(2, OTHER), OTHER: classic((7, 0, 0, 0))}, abbreviate=never)
        assert line == (
            "seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=2, filter=[BPF_STMT(BPF_MISC|BPF_TAX, 0), "
            "... /* 0x20008 */]}) = 0"
        )

    def test_other_operations(self) -> None:
        line = text_of("seccomp", (2, 0, PLACE), 0, {PLACE: words(0x7FFC0000, size=4)})
        assert line == "seccomp(SECCOMP_GET_ACTION_AVAIL, 0, [SECCOMP_RET_LOG]) = 0"
        line = text_of("seccomp", (3, 0, PLACE), 0, exit_memory={PLACE: words(80, 24, 64, size=2)})
        assert line == "seccomp(SECCOMP_GET_NOTIF_SIZES, 0, {seccomp_notif=80, seccomp_notif_resp=24, seccomp_data=64}) = 0"


class TestKeys:
    def test_a_key_is_added_to_a_keyring(self) -> None:
        memory = {PLACE: b"user\0", OTHER: b"name\0", THIRD: b"secret"}
        line = text_of("add_key", (PLACE, OTHER, THIRD, 6, -3), 77, memory)
        assert line == 'add_key("user", "name", "secret", 6, KEY_SPEC_SESSION_KEYRING) = 77'

    def test_a_description_ends_before_its_nul(self) -> None:
        line = text_of("keyctl", (6, 9, PLACE, 5), 9, exit_memory={PLACE: b"abcd\0"})
        assert line == 'keyctl(KEYCTL_DESCRIBE, 9, "abcd", 5) = 9'
        line = text_of("keyctl", (11, 9, PLACE, 5), 9, exit_memory={PLACE: b"abcd\0"})
        assert line == 'keyctl(KEYCTL_READ, 9, "abcd\\0", 5) = 9'

    def test_what_a_key_does_depends_on_lengths_in_a_structure(self) -> None:
        memory = {PLACE: words(-3, 3, 2, 0, 0, 0, 0, 0, 0, 5, size=4), OTHER: b"enc=raw\0", THIRD: b"abcdef"}
        line = text_of("keyctl", (28, PLACE, OTHER, THIRD, THIRD), 0, memory)
        assert line == (
            "keyctl(KEYCTL_PKEY_VERIFY, {key_id=KEY_SPEC_SESSION_KEYRING, in_len=3, in2_len=2, "
            '__spare=[0, 0, 0, 0, 0, 0, 0x5]}, "enc=raw", "abc", "ab") = 0'
        )

    def test_capabilities_have_names_in_two_bytes(self) -> None:
        line = text_of("keyctl", (31, PLACE, 3), 3, exit_memory={PLACE: b"\x11\x02\x07"})
        assert line == (
            "keyctl(KEYCTL_CAPABILITIES, [KEYCTL_CAPS0_CAPABILITIES|KEYCTL_CAPS0_BIG_KEY, KEYCTL_CAPS1_NS_KEY_TAG, 0x7], 3) = 3"
        )

    def test_an_operation_that_nobody_knows(self) -> None:
        assert text_of("keyctl", (99, 1, 0, 2, 3), -errno.EOPNOTSUPP).startswith("keyctl(0x63 /* KEYCTL_??? */, 0x1, 0, 0x2, 0x3)")


class TestModules:
    def test_a_field_of_a_ruleset_is_shown_when_a_byte_of_it_is_given(self) -> None:
        memory = {PLACE: words(1, 2, 0)}
        line = text_of("landlock_create_ruleset", (PLACE, 9, 0), 3, memory)
        assert line == (
            "landlock_create_ruleset({handled_access_fs=LANDLOCK_ACCESS_FS_EXECUTE, "
            "handled_access_net=LANDLOCK_ACCESS_NET_CONNECT_TCP}, 9, 0) = 3"
        )
        assert text_of("landlock_create_ruleset", (PLACE, 7, 0), 3, memory) == "landlock_create_ruleset(0x10000, 7, 0) = 3"
        line = text_of("landlock_create_ruleset", (0, 0, 1), 7)
        assert line == "landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) = 7"

    def test_rules(self) -> None:
        line = text_of("landlock_add_rule", (3, 1, PLACE, 0), 0, {PLACE: words(1) + words(-1, size=4)})
        assert line == (
            "landlock_add_rule(3, LANDLOCK_RULE_PATH_BENEATH, {allowed_access=LANDLOCK_ACCESS_FS_EXECUTE, "
            "parent_fd=-1}, 0) = 0"
        )

    CONTEXTS = words(102, 0, 40, 5) + b"label\0\0\0" + words(103, 1, 32, 0)

    def test_contexts_follow_each_other(self) -> None:
        line = text_of("lsm_get_self_attr", (100, PLACE, OTHER, 0), 2, {OTHER: words(72, size=4)}, {PLACE: self.CONTEXTS})
        assert line == (
            'lsm_get_self_attr(LSM_ATTR_CURRENT, [{id=LSM_ID_SMACK, flags=0, len=40, ctx_len=5, ctx="\\x6c\\x61\\x62\\x65\\x6c"}, '
            "{id=LSM_ID_TOMOYO, flags=0x1, len=32, ctx_len=0}], [72], 0) = 2"
        )

    def test_the_size_may_change_in_a_failed_call(self) -> None:
        line = text_of("lsm_list_modules", (PLACE, OTHER, 0), -errno.E2BIG, {OTHER: words(8, size=4)}, {OTHER: words(32, size=4)})
        assert line == "lsm_list_modules(0x10000, [8 => 32], 0) = -1 E2BIG (Argument list too long)"


class TestBpf:
    def test_fields_that_are_not_given_are_left_out(self) -> None:
        attributes = words(2, 4, 8, 3, 0, 0, size=4)
        line = text_of("bpf", (0, PLACE, 20), 3, {PLACE: attributes})
        assert line == (
            "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_ARRAY, key_size=4, value_size=8, max_entries=3, "
            "map_flags=0}, 20) = 3"
        )

    def test_bytes_beyond_what_a_command_takes(self) -> None:
        memory = {PLACE: words(3, 7, size=4)}
        assert text_of("bpf", (22, PLACE, 8), 0, memory) == "bpf(BPF_MAP_FREEZE, {map_fd=3, ...}, 8) = 0"
        line = text_of("bpf", (22, PLACE, 8), 0, memory, abbreviate=never)
        assert line == 'bpf(BPF_MAP_FREEZE, {map_fd=3, extra_data="\\x07\\x00\\x00\\x00" /* bytes 4..7 */}, 8) = 0'

    def test_what_the_call_fills_in(self) -> None:
        before, after = {PLACE: words(0, 9, size=4)}, {PLACE: words(0, 25, size=4)}
        assert text_of("bpf", (12, PLACE, 8), 0, before, after) == "bpf(BPF_MAP_GET_NEXT_ID, {start_id=0, next_id=25}, 8) = 0"
        before, after = {PLACE: words(3, 80, size=4) + words(OTHER)}, {PLACE: words(3, 88, size=4) + words(OTHER)}
        line = text_of("bpf", (15, PLACE, 16), 0, before, after)
        assert line == "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=3, info_len=80 => 88, info=0x20000}}, 16) = 0"
        before, after = {PLACE: bytes(56)}, {PLACE: bytes(32) + b"\5" + bytes(23)}
        line = text_of("bpf", (27, PLACE, 56), 0, before, after)
        assert line.endswith("elem_flags=BPF_ANY, flags=0}} => {batch={count=5}}, 56) = 0")

    def test_a_program_is_shown_where_nothing_is_abbreviated(self) -> None:
        attributes = words(1, 1, size=4) + words(OTHER, THIRD)
        memory = {PLACE: attributes, OTHER: struct.pack("<BBhi", 0xB7, 0x21, -1, 5), THIRD: b"GPL\0"}
        line = text_of("bpf", (5, PLACE, 24), 4, memory, abbreviate=never)
        assert line == (
            "bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_SOCKET_FILTER, insn_cnt=1, insns=[{code=BPF_ALU64|BPF_K|BPF_MOV, "
            'dst_reg=BPF_REG_1, src_reg=BPF_REG_2, off=-1, imm=0x5}], license="GPL"}, 24) = 4'
        )

    @pytest.mark.parametrize(
        ("kind", "flags", "rest"),
        [
            (0, 0, "target_btf_id=5}, ..."),
            (0, 8, "cgroup={relative_fd=5, expected_revision=0x6}}"),
            (47, 0x20, "tcx={relative_id=5, expected_revision=0x6}}"),
            (45, 0, "netfilter={pf=5, hooknum=0, priority=6, flags=0}}"),
        ],
    )
    def test_a_link_is_made_of_what_its_type_says(self, kind: int, flags: int, rest: str) -> None:
        line = text_of("bpf", (28, PLACE, 32), 3, {PLACE: words(1, 2, kind, flags, 5, 0, 6, 0, size=4)})
        assert rest in line

    def test_pointers_are_of_64_bits_on_every_abi(self) -> None:
        memory = {PLACE: words(3, 0, size=4) + words(0x1234)}
        for abi in (I386, X32):
            line = text_of("bpf", (3, PLACE, 16), 0, memory, abi=abi)
            assert line == "bpf(BPF_MAP_DELETE_ELEM, {map_fd=3, key=0x1234}, 16) = 0"


STRUCTURES = [
    (security.landlock_ruleset_attr, "struct landlock_ruleset_attr", ["linux/landlock.h"], "x86_64"),
    (security.landlock_path_beneath_attr, "struct landlock_path_beneath_attr", ["linux/landlock.h"], "x86_64"),
    (security.landlock_net_port_attr, "struct landlock_net_port_attr", ["linux/landlock.h"], "i386"),
    (security.seccomp_notif_sizes, "struct seccomp_notif_sizes", ["linux/seccomp.h"], "x86_64"),
    (bpf.sock_fprog, "struct sock_fprog", ["linux/filter.h"], "x86_64"),
    (bpf.sock_fprog, "struct sock_fprog", ["linux/filter.h"], "i386"),
]
MEMBERS_OF_BPF_ATTR = [bpf.map_create, bpf.map_lookup, bpf.map_next, bpf.prog_load, bpf.prog_attach, bpf.obj, bpf.btf_load]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "name", "include", "abi"), STRUCTURES)
def test_a_structure_is_laid_out_as_in_c(table: type, name: str, include: list[str], abi: str) -> None:
    assert disagreements(table, name, include, abi) == []


@pytest.mark.slow
@pytest.mark.parametrize("table", MEMBERS_OF_BPF_ATTR)
def test_members_of_the_union_lie_where_they_do_in_c(table: type) -> None:
    assert disagreements(table, "union bpf_attr", ["linux/bpf.h"], size=False) == []
