"""ioctl(2) on btrfs, the device mapper and trusted environments as text, without a process."""

from __future__ import annotations

import errno
import struct

import pytest

from ptracer.decode.detail import never
from ptracer.tables.structs.ioctl import btrfs, mapper, trusted
from tests.decoding import words
from tests.layouts import disagreements
from tests.test_ioctl import OTHER, PLACE, ioctl


class TestBtrfs:
    def test_a_snapshot_and_the_transaction_that_made_it(self) -> None:
        head, name = struct.pack("<qQQ32x", 3, 5, 2), b"name".ljust(4040, b"\0")
        asked = {PLACE: head + name}
        text = 'BTRFS_IOC_SNAP_CREATE_V2, {fd=3, flags=BTRFS_SUBVOL_RDONLY, name="name"}'
        assert ioctl("BTRFS_IOC_SNAP_CREATE_V2", PLACE, asked, asked) == f"{text} => {{transid=5}}"
        assert ioctl("BTRFS_IOC_SNAP_CREATE_V2", PLACE, asked, result=-errno.EEXIST) == text

    def test_quota_groups_are_inherited_through_a_pointer(self) -> None:
        head, name = struct.pack("<qQQQQ16x", 3, 0, 4, 80, OTHER), b"n".ljust(4040, b"\0")
        group = words(1, 1, 2, 3, 0, 4, 5, 6, 7, 256)
        line = ioctl("BTRFS_IOC_SUBVOL_CREATE_V2", PLACE, {PLACE: head + name, OTHER: group}, result=-errno.EPERM)
        assert "qgroup_inherit={flags=BTRFS_QGROUP_INHERIT_SET_LIMITS, num_qgroups=1, " in line
        assert line.endswith('rsv_excl=7}, ...}, name="n"}')
        line = ioctl(
            "BTRFS_IOC_SUBVOL_CREATE_V2", PLACE, {PLACE: head + name, OTHER: group}, result=-errno.EPERM, abbreviate=never
        )
        assert line.endswith('qgroups=[256]}, name="n"}')

    KEY = words(1, 256, -256, 0, -1, 0, -1) + struct.pack("<IIII", 108, 132, 2, 0) + words(0, 0, 0, 0)

    def test_a_search_shows_the_headers_of_what_it_has_found(self) -> None:
        first, second = struct.pack("<QQQII", 1, 2, 3, 108, 8) + bytes(8), struct.pack("<QQQII", 4, 256, 5, 7, 0)
        answer = {PLACE: (self.KEY + first + second).ljust(4096, b"\0")}
        line = ioctl("BTRFS_IOC_TREE_SEARCH", PLACE, answer, answer, abbreviate=never)
        assert line == (
            "BTRFS_IOC_TREE_SEARCH, {key={tree_id=BTRFS_ROOT_TREE_OBJECTID, min_objectid=BTRFS_FIRST_FREE_OBJECTID,"
            " max_objectid=BTRFS_LAST_FREE_OBJECTID, min_offset=0, max_offset=UINT64_MAX, min_transid=0,"
            " max_transid=UINT64_MAX, min_type=BTRFS_EXTENT_DATA_KEY, max_type=BTRFS_ROOT_ITEM_KEY, nr_items=2}}"
            " => {key={nr_items=2}, buf=[{transid=1, objectid=BTRFS_EXTENT_TREE_OBJECTID, offset=3,"
            " type=BTRFS_EXTENT_DATA_KEY, len=8}, {transid=4, objectid=BTRFS_FIRST_FREE_OBJECTID, offset=5, type=7, len=0}]}"
        )

    def test_bounds_that_leave_nothing_out_are_left_out(self) -> None:
        line = ioctl("BTRFS_IOC_TREE_SEARCH", PLACE, {PLACE: self.KEY}, result=-errno.EPERM)
        assert "objectid" not in line
        assert "..." not in line

    def test_a_hostile_count_of_items_ends_with_the_room(self) -> None:
        key = bytearray(self.KEY)
        key[64:68] = b"\xff\xff\xff\xff"
        answer = {PLACE: bytes(key).ljust(4096, b"\0")}
        line = ioctl("BTRFS_IOC_TREE_SEARCH", PLACE, answer, answer, abbreviate=never)
        assert line.endswith("len=0}, ...]}")
        assert line.count("transid=0") == 3992 // 32 + 1

    def test_paths_begin_where_the_container_says(self) -> None:
        asked = words(256, 64, 0, 0, 0, 0, OTHER)
        container = struct.pack("<IIII", 0, 0, 2, 0) + words(16, 18) + b"a\0bc\0"
        memory = {PLACE: asked, OTHER: container}
        assert ioctl("BTRFS_IOC_INO_PATHS", PLACE, memory, memory, abbreviate=never) == (
            f"BTRFS_IOC_INO_PATHS, {{inum=256, size=64, fspath={OTHER:#x}}}"
            ' => {fspath={bytes_left=0, bytes_missing=0, elem_cnt=2, elem_missed=0, val=["a", "bc"]}}'
        )

    def test_a_hostile_count_of_clones_is_an_address(self) -> None:
        asked = {PLACE: words(3, 0x0807060504030201, OTHER, 5, 1, 0, 0, 0, 0), OTHER: words(1)}
        line = ioctl("BTRFS_IOC_SEND", PLACE, asked, abbreviate=never)
        assert "clone_sources=[BTRFS_ROOT_TREE_OBJECTID, ... /* 0x20008 */]" in line

    def test_counters_have_names(self) -> None:
        memory = {PLACE: words(1, 2, 0, 7, 8).ljust(1032, b"\0")}
        line = ioctl("BTRFS_IOC_GET_DEV_STATS", PLACE, memory, memory)
        assert line.endswith("[[BTRFS_DEV_STAT_WRITE_ERRS]=7, [BTRFS_DEV_STAT_READ_ERRS]=8]}")


class TestMapper:
    TARGETS = struct.pack("<QQiI16s16s", 0, 100, 0, 56, b"linear", b"8:1 0") + struct.pack("<QQiI16s", 100, 50, 0, 0, b"zero")

    @staticmethod
    def head(size: int, flags: int = 1, version: int = 4, **changes: int) -> bytes:
        return struct.pack(
            "<12IQ128s129s7x", version, 1, 2, size, changes.get("start", 312), 2, 3, flags, 7, 0, 0, 0, 0x801, b"name", b""
        )[:40] + struct.pack("<Q128s129s7x", 0x801, b"name", b"")

    def test_a_table_is_loaded_with_its_targets(self) -> None:
        memory = {PLACE: self.head(312 + len(self.TARGETS)) + self.TARGETS}
        line = ioctl("DM_TABLE_LOAD", PLACE, memory, result=-errno.EPERM, abbreviate=never)
        assert line == (
            'DM_TABLE_LOAD, [{version=[4, 1, 2], data_size=408, data_start=312, dev=makedev(0x8, 0x1), name="name",'
            " target_count=2, flags=DM_READONLY_FLAG}, {sector_start=0, length=100,"
            ' target_type="linear", string="8:1 0"}, {sector_start=100, length=50, target_type="zero", string=""}]'
        )
        assert ioctl("DM_TABLE_LOAD", PLACE, memory, result=-errno.EPERM).endswith("flags=DM_READONLY_FLAG}, ...]")

    def test_what_does_not_fit_is_misplaced(self) -> None:
        memory = {PLACE: self.head(400) + self.TARGETS}
        line = ioctl("DM_TABLE_LOAD", PLACE, memory, result=-errno.EPERM, abbreviate=never)
        assert line.endswith('string="8:1 0"}, ??? /* misplaced struct dm_target_spec */]')

    def test_only_what_the_command_answers_is_shown(self) -> None:
        memory = {PLACE: self.head(312)}
        assert ioctl("DM_VERSION", PLACE, memory, memory).count("flags=DM_READONLY_FLAG") == 2
        assert "open_count" not in ioctl("DM_VERSION", PLACE, memory, memory)
        assert ioctl("DM_DEV_STATUS", PLACE, memory, memory).endswith(
            "target_count=2, open_count=3, event_nr=7, flags=DM_READONLY_FLAG}]"
        )

    @pytest.mark.parametrize(
        ("size", "version", "text"),
        [
            (312, 3, "[{version=[3, 1, 2] /* unsupported device mapper ABI version */}]"),
            (100, 4, "[{version=[4, 1, 2], data_size=100 /* data_size too small */}]"),
            (0, 4, "0x10000"),
        ],
    )
    def test_a_header_that_cannot_be_understood(self, size: int, version: int, text: str) -> None:
        memory = {PLACE: self.head(size, version=version)}
        assert ioctl("DM_VERSION", PLACE, memory, result=-errno.ENOTTY) == f"DM_VERSION, {text}"

    def test_no_header(self) -> None:
        assert ioctl("DM_VERSION", 0) == "DM_VERSION, 0"


class TestTrusted:
    ARGUMENT = struct.pack("<IIIIII", 1, 2, 3, 4, 3, 2) + words(1, 5, 6, 7) + words(5, 8, 9, -1)

    def test_a_buffer_is_looked_into_when_its_length_is_right(self) -> None:
        memory = {PLACE: words(OTHER, len(self.ARGUMENT)), OTHER: self.ARGUMENT}
        parameters = (
            "params=[{attr=TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT, a=0x5, b=0x6, c=0x7},"
            " {attr=TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT, shm_offs=0x8, size=0x9, shm_id=-1}]"
        )
        assert ioctl("TEE_IOC_INVOKE", PLACE, memory, memory) == (
            f"TEE_IOC_INVOKE, {{buf_len=88, buf_ptr={{func=1, session=0x2, cancel_id=3, num_params=2, {parameters}}}"
            f" => {{ret=4, ret_origin=TEEC_ORIGIN_TEE, {parameters}}}}}"
        )
        memory[PLACE] = words(OTHER, len(self.ARGUMENT) - 1)
        assert ioctl("TEE_IOC_INVOKE", PLACE, memory, memory) == "TEE_IOC_INVOKE, {buf_len=87, buf_ptr=0x20000}"


LAYOUTS = [
    (btrfs.btrfs_ioctl_vol_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_vol_args_v2, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_received_subvol_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_send_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_search_key, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_scrub_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_dev_info_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_fs_info_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_get_dev_stats, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_dev_replace_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_balance_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_defrag_range_args, "linux/btrfs.h"),
    (btrfs.btrfs_ioctl_logical_ino_args, "linux/btrfs.h"),
    (mapper.dm_ioctl, "linux/dm-ioctl.h"),
    (mapper.dm_target_spec, "linux/dm-ioctl.h"),
    (trusted.tee_ioctl_open_session_arg, "linux/tee.h"),
    (trusted.tee_ioctl_invoke_arg, "linux/tee.h"),
    (trusted.tee_ioctl_param, "linux/tee.h"),
]


@pytest.mark.parametrize("abi", ["x86_64", "i386"])
@pytest.mark.parametrize(("table", "header"), LAYOUTS, ids=[row[0].__name__ for row in LAYOUTS])
def test_structures_are_as_large_as_in_c(table: type, header: str, abi: str) -> None:
    found = disagreements(table, f"struct {table.__name__}", [header], abi)
    assert not [problem for problem in found if "no such thing" not in problem]
