"""Calls on files as text, and the structures they read and write."""

from __future__ import annotations

import errno
import struct

import pytest

from ptracer.decode.dates import date
from ptracer.decode.detail import never
from ptracer.regs import I386, X32, X86_64
from ptracer.tables.structs import files, mounts
from ptracer.tables.structs.attributes import xattr_args
from tests.decoding import text_of, words
from tests.layouts import disagreements

PLACE, OTHER, THIRD = 0x10000, 0x20000, 0x30000
AT_FDCWD = -100


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates are written in the local time zone."""
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def status(mode: int = 0o100644, size: int = 9, device: int = 0, seconds: int = 1700000000, nanoseconds: int = 5) -> bytes:
    """A struct stat of x86_64."""
    times = struct.pack("<qqqqqq", seconds, nanoseconds, 0, 0, -1, 0)
    return struct.pack("<QQQIIIIQqqq", 0xFE00, 7, 1, mode, 0, 0, 0, device, size, 4096, 8) + times + bytes(24)


class TestOpening:
    def test_open_has_a_mode_only_when_it_may_create_a_file(self) -> None:
        name = {PLACE: b"name\0"}
        assert text_of("open", (PLACE, 0o2000000), 3, name) == 'open("name", O_RDONLY|O_CLOEXEC) = 3'
        assert text_of("open", (PLACE, 0o101, 0o644), 3, name) == 'open("name", O_WRONLY|O_CREAT, 0644) = 3'
        assert text_of("open", (PLACE, 0o20200002, 0), 3, name) == 'open("name", O_RDWR|O_TMPFILE, 000) = 3'

    def test_only_half_of_a_register_counts_as_a_descriptor(self) -> None:
        line = text_of("openat", (0xABCD_FFFF_FF9C, 0, 4), -errno.EFAULT)
        assert line == "openat(AT_FDCWD, NULL, O_RDONLY|0x4) = -1 EFAULT (Bad address)"

    def test_openat2_shows_what_it_knows_and_then_what_is_not_zero(self) -> None:
        how = words(0o100, 0o640, 8)
        shown = "{flags=O_RDONLY|O_CREAT, mode=0640, resolve=RESOLVE_BENEATH"
        for memory, size, rest in (
            (how, 24, "}"),
            (how + bytes(8), 32, "}"),
            (how + words(0x0102), 32, ', /* bytes 24..31 */ "\\x02\\x01\\x00\\x00\\x00\\x00\\x00\\x00"}'),
            (how, 32, ", ???}"),
        ):
            line = text_of("openat2", (AT_FDCWD, OTHER, PLACE, size), 3, {OTHER: b"n\0", PLACE: memory})
            assert line == f'openat2(AT_FDCWD, "n", {shown}{rest}, {size}) = 3'

    @pytest.mark.parametrize(("memory", "size"), [(words(0, 0, 0), 23), (words(0, 0), 24), (b"", 24)])
    def test_openat2_does_not_look_into_too_little(self, memory: bytes, size: int) -> None:
        line = text_of("openat2", (3, OTHER, PLACE, size), 4, {OTHER: b"n\0", PLACE: memory})
        assert line == f'openat2(3, "n", 0x10000, {size}) = 4'

    def test_pipe_shows_both_ends(self) -> None:
        assert text_of("pipe2", (PLACE, 0o4000), 0, exit_memory={PLACE: words(3, 4, size=4)}) == "pipe2([3, 4], O_NONBLOCK) = 0"
        assert text_of("pipe", (PLACE,), 0, exit_memory={PLACE: words(3, size=4)}) == "pipe(0x10000) = 0"

    def test_memfd_create_shows_the_size_of_huge_pages(self) -> None:
        line = text_of("memfd_create", (PLACE, 4 | 21 << 26), 3, {PLACE: b"x\0"})
        assert line == 'memfd_create("x", MFD_HUGETLB|21<<MFD_HUGE_SHIFT) = 3'


class TestData:
    def test_readv_shows_what_came_and_after_a_failure_where_it_would_have_gone(self) -> None:
        vectors = {PLACE: words(OTHER, 2, THIRD, 8)}
        line = text_of("readv", (3, PLACE, 2), 5, vectors, {**vectors, OTHER: b"ab", THIRD: b"cde"})
        assert line == 'readv(3, [{iov_base="ab", iov_len=2}, {iov_base="cde", iov_len=8}], 2) = 5'
        line = text_of("readv", (3, PLACE, 2), -errno.EBADF, vectors)
        assert line.startswith("readv(3, [{iov_base=0x20000, iov_len=2}, {iov_base=0x30000, iov_len=8}], 2) = -1 EBADF")

    def test_a_count_that_no_memory_can_hold_is_not_believed(self) -> None:
        assert text_of("writev", (3, PLACE, -1), 0, {PLACE: words(OTHER, 2)}) == f"writev(3, 0x10000, {2**64 - 1}) = 0"

    def test_the_upper_half_of_an_offset_means_nothing_in_64_bits(self) -> None:
        line = text_of("pwritev2", (3, PLACE, 0, 7, 0x1234, 2), 0, {PLACE: b""})
        assert line == "pwritev2(3, [], 0, 7, RWF_DSYNC) = 0"

    def test_sendfile_shows_how_the_offset_moved(self) -> None:
        line = text_of("sendfile", (4, 3, PLACE, 5), 5, {PLACE: words(5)}, {PLACE: words(10)})
        assert line == "sendfile(4, 3, [5 => 10], 5) = 5"


class TestDescriptors:
    @pytest.mark.parametrize(
        ("args", "result", "text"),
        [
            ((3, 0, 10), 10, "fcntl(3, F_DUPFD, 10) = 10"),
            ((3, 1), 1, "fcntl(3, F_GETFD) = 0x1 (flags FD_CLOEXEC)"),
            ((3, 1), 0, "fcntl(3, F_GETFD) = 0"),
            ((3, 2, 1), 0, "fcntl(3, F_SETFD, FD_CLOEXEC) = 0"),
            ((3, 3), 0x8002, "fcntl(3, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)"),
            ((3, 3), 0, "fcntl(3, F_GETFL) = 0 (flags O_RDONLY)"),
            ((3, 4, 0o4001), 0, "fcntl(3, F_SETFL, O_WRONLY|O_NONBLOCK) = 0"),
            ((3, 10, 29), 0, "fcntl(3, F_SETSIG, SIGIO) = 0"),
            ((3, 11), 29, "fcntl(3, F_GETSIG) = 29 (SIGIO)"),
            ((3, 1025), 0, "fcntl(3, F_GETLEASE) = 0 (F_RDLCK)"),
            ((3, 1033, 3), 0, "fcntl(3, F_ADD_SEALS, F_SEAL_SEAL|F_SEAL_SHRINK) = 0"),
            ((3, 0x99, 5), 0, "fcntl(3, 0x99 /* F_??? */, 0x5) = 0"),
        ],
    )
    def test_fcntl_without_memory(self, args: tuple[int, ...], result: int, text: str) -> None:
        assert text_of("fcntl", args, result) == text

    def test_fcntl_shows_the_owner_of_a_lock_only_when_the_kernel_tells(self) -> None:
        lock = struct.pack("<hhiqqii", 1, 0, 0, 3, -4, 77, 0)
        region = "l_type=F_WRLCK, l_whence=SEEK_SET, l_start=3, l_len=-4"
        assert text_of("fcntl", (3, 6, PLACE), 0, {PLACE: lock}) == f"fcntl(3, F_SETLK, {{{region}}}) = 0"
        line = text_of("fcntl", (3, 5, PLACE), 0, exit_memory={PLACE: lock})
        assert line == f"fcntl(3, F_GETLK, {{{region}, l_pid=77}}) = 0"


class TestStatus:
    def test_stat_is_brief_about_a_file_and_a_device(self) -> None:
        name = {OTHER: b"name\0"}
        line = text_of("stat", (OTHER, PLACE), 0, name, {PLACE: status()})
        assert line == 'stat("name", {st_mode=S_IFREG|0644, st_size=9, ...}) = 0'
        line = text_of("stat", (OTHER, PLACE), 0, name, {PLACE: status(0o20666, device=0x103)})
        assert line == 'stat("name", {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}) = 0'

    def test_stat_in_full_has_dates(self) -> None:
        line = text_of("fstat", (3, PLACE), 0, exit_memory={PLACE: status()}, abbreviate=never)
        assert line == (
            "fstat(3, {st_dev=makedev(0xfe, 0), st_ino=7, st_mode=S_IFREG|0644, st_nlink=1, st_uid=0, st_gid=0, "
            "st_blksize=4096, st_blocks=8, st_size=9, st_atime=1700000000 /* 2023-11-14T22:13:20.000000005+0000 */, "
            "st_atime_nsec=5, st_mtime=0, st_mtime_nsec=0, st_ctime=-1 /* 1969-12-31T23:59:59+0000 */, "
            "st_ctime_nsec=0}) = 0"
        )

    def test_constants_as_numbers_and_as_both(self) -> None:
        memory = {PLACE: status(0o20666, device=0x103)}
        line = text_of("fstat", (3, PLACE), 0, exit_memory=memory, constants="raw")
        assert line == "fstat(3, {st_mode=020666, st_rdev=0x103, ...}) = 0"
        line = text_of("fstat", (3, PLACE), 0, exit_memory=memory, constants="verbose")
        assert line == "fstat(3, {st_mode=020666 /* S_IFCHR|0666 */, st_rdev=0x103 /* makedev(0x1, 0x3) */, ...}) = 0"

    def test_statx_shows_only_what_its_mask_has(self) -> None:
        data = bytearray(256)
        struct.pack_into("<IIQIIIHHQQ", data, 0, 0x202, 4096, 0, 1, 0, 0, 0o100600, 0, 5, 77)
        line = text_of("statx", (AT_FDCWD, OTHER, 0x100, 0x7FF, PLACE), 0, {OTHER: b"n\0"}, {PLACE: bytes(data)})
        assert line == (
            'statx(AT_FDCWD, "n", AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, '
            "{stx_mask=STATX_MODE|STATX_SIZE, stx_attributes=0, stx_mode=S_IFREG|0600, stx_size=77, ...}) = 0"
        )

    def test_a_failed_stat_shows_where_it_would_have_written(self) -> None:
        line = text_of("stat", (OTHER, PLACE), -errno.ENOENT, {OTHER: b"n\0"})
        assert line == 'stat("n", 0x10000) = -1 ENOENT (No such file or directory)'

    def test_utimensat_knows_the_times_that_are_none(self) -> None:
        times = words(0, (1 << 30) - 1, 5, (1 << 30) - 2)
        line = text_of("utimensat", (3, 0, PLACE, 0), 0, {PLACE: times})
        assert line == "utimensat(3, NULL, [UTIME_NOW, UTIME_OMIT], 0) = 0"
        assert text_of("utimensat", (3, 0, PLACE, 0), 0, {PLACE: times[:20]}) == "utimensat(3, NULL, 0x10000, 0) = 0"

    def test_no_owner_is_minus_one(self) -> None:
        assert text_of("fchown", (3, 0xFFFFFFFF, 0xFFFFFFFE)) == "fchown(3, -1, 4294967294) = 0"

    @pytest.mark.parametrize(
        ("seconds", "fraction", "digits", "text"),
        [
            (0, 0, 9, None),
            (0, 1, 9, "1970-01-01T00:00:00.000000001+0000"),
            (1500000000, 5, 6, "2017-07-14T02:40:00.000005+0000"),
            (-1, 0, 9, "1969-12-31T23:59:59+0000"),
            (253402300800, 0, 9, "10000-01-01T00:00:00+0000"),
            (1 << 62, 0, 9, None),
            (1, 10**9, 9, None),
        ],
    )
    def test_dates(self, seconds: int, fraction: int, digits: int, text: str | None) -> None:
        assert date(seconds, fraction, digits) == text


class TestNames:
    ENTRIES = struct.pack("<QqHB", 5, -7, 24, 4) + b".\0\0\0\0" + struct.pack("<QqHB", 6, 9, 24, 8) + b"name\0"

    def test_getdents64_counts_or_lists_entries(self) -> None:
        memory = {PLACE: self.ENTRIES}
        line = text_of("getdents64", (3, PLACE, 4096), 48, exit_memory=memory)
        assert line == "getdents64(3, 0x10000 /* 2 entries */, 4096) = 48"
        line = text_of("getdents64", (3, PLACE, 4096), 48, exit_memory=memory, abbreviate=never)
        assert line == (
            'getdents64(3, [{d_ino=5, d_off=-7, d_reclen=24, d_type=DT_DIR, d_name="."}, '
            '{d_ino=6, d_off=9, d_reclen=24, d_type=DT_REG, d_name="name"}], 4096) = 48'
        )

    def test_an_entry_without_length_ends_the_list(self) -> None:
        line = text_of("getdents64", (3, PLACE, 4096), 48, exit_memory={PLACE: bytes(48)}, abbreviate=never)
        assert line == "getdents64(3, [], 4096) = 48"

    def test_mknod_has_a_device_only_for_devices(self) -> None:
        name = {PLACE: b"n\0"}
        assert text_of("mknod", (PLACE, 0o100644, 0x103), 0, name) == 'mknod("n", S_IFREG|0644) = 0'
        assert text_of("mknod", (PLACE, 0o60000, 0x103), 0, name) == 'mknod("n", S_IFBLK|000, makedev(0x1, 0x3)) = 0'

    def test_name_to_handle_at_shows_how_much_was_needed(self) -> None:
        before, after = {PLACE: words(128, 0, size=4)}, {PLACE: words(4, 1, size=4) + b"\1\2\3\4", THIRD: words(27, size=4)}
        line = text_of("name_to_handle_at", (3, OTHER, PLACE, THIRD, 0), 0, {**before, OTHER: b"n\0"}, after)
        assert line == (
            'name_to_handle_at(3, "n", {handle_bytes=128 => 4, handle_type=1, f_handle="\\x01\\x02\\x03\\x04"}, [27], 0) = 0'
        )


class TestAttributes:
    def test_a_nul_at_the_end_of_a_value_is_left_out(self) -> None:
        memory = {PLACE: b"f\0", OTHER: b"user.x\0", THIRD: b"abc\0"}
        line = text_of("setxattr", (PLACE, OTHER, THIRD, 4, 1), 0, memory)
        assert line == 'setxattr("f", "user.x", "abc", 4, XATTR_CREATE) = 0'

    def test_a_value_that_was_not_asked_for_is_not_shown(self) -> None:
        memory = {PLACE: b"f\0", OTHER: b"user.x\0"}
        assert text_of("getxattr", (PLACE, OTHER, THIRD, 0), 5, memory) == 'getxattr("f", "user.x", 0x30000, 0) = 5'

    def test_getxattrat_shows_its_arguments_after_a_failure_too(self) -> None:
        memory = {PLACE: b"f\0", OTHER: b"user.x\0", THIRD: words(0x5000, 10)}
        args = (3, PLACE, 0, OTHER, THIRD, 16)
        line = text_of("getxattrat", args, -errno.ENODATA, memory)
        assert line.startswith('getxattrat(3, "f", 0, "user.x", {value=0x5000, size=10, flags=0}, 16) = -1 ENODATA')
        line = text_of("getxattrat", args, 3, memory, {THIRD: words(0x5000, 10), 0x5000: b"abc"})
        assert line == 'getxattrat(3, "f", 0, "user.x", {value="abc", size=10, flags=0}, 16) = 3'


class TestMounts:
    def test_what_a_mount_is_told_depends_on_its_flags(self) -> None:
        memory = {1: b"s\0", 0x1000: b"t\0", 0x2000: b"ext4\0", 0x3000: b"ro\0"}

        def mount(flags: int) -> str:
            return text_of("mount", (1, 0x1000, 0x2000, flags, 0x3000), 0, memory)

        assert mount(1) == 'mount("s", "t", "ext4", MS_RDONLY, "ro") = 0'
        assert mount(0x20) == 'mount("s", "t", 0x2000, MS_REMOUNT, "ro") = 0'
        assert mount(0x5000) == 'mount("s", "t", 0x2000, MS_BIND|MS_REC, 0x3000) = 0'
        assert mount(0xC0ED0001) == 'mount("s", "t", "ext4", MS_MGC_VAL|MS_RDONLY, "ro") = 0'

    def test_statmount_finds_strings_behind_the_structure(self) -> None:
        request = {PLACE: words(24, 1, 0x20)[:4] + words(0, size=4) + words(1, 0x420)}
        answer = bytearray(512) + b"ext4\0one\0two\0"
        struct.pack_into("<IIQ", answer, 0, len(answer), 0, 0x420)
        struct.pack_into("<II", answer, 128, 2, 5)
        line = text_of("statmount", (PLACE, OTHER, 4096, 0), 0, request, {OTHER: bytes(answer)})
        assert line == (
            "statmount({size=24, mnt_ns_fd=0, mnt_id=0x1, param=STATMOUNT_FS_TYPE|STATMOUNT_OPT_ARRAY}, "
            '{size=525, mask=STATMOUNT_FS_TYPE|STATMOUNT_OPT_ARRAY, fs_type="ext4", opt_num=2, opt_array=["one", "two"]}, '
            "4096, 0) = 0"
        )

    def test_quotactl_is_chosen_by_the_command_without_the_type(self) -> None:
        assert text_of("quotactl", (0x80000102, PLACE, 5), 0, {PLACE: b"d\0"}) == 'quotactl(QCMD(Q_SYNC, PRJQUOTA), "d") = 0'
        line = text_of("quotactl", (0x80000400, PLACE, 5, OTHER), 0, {PLACE: b"d\0"}, {OTHER: words(2, size=4)})
        assert line == 'quotactl(QCMD(Q_GETFMT, USRQUOTA), "d", [QFMT_VFS_V0]) = 0'

    def test_swapon_shows_a_priority(self) -> None:
        assert text_of("swapon", (PLACE, 0x8005), 0, {PLACE: b"d\0"}) == 'swapon("d", SWAP_FLAG_PREFER|5) = 0'
        assert text_of("swapon", (PLACE, 0), 0, {PLACE: b"d\0"}) == 'swapon("d", 0) = 0'


class TestOtherABIs:
    def test_64_bits_take_two_registers_on_i386(self) -> None:
        line = text_of("pread64", (3, PLACE, 4, 2, 1), 4, exit_memory={PLACE: b"abcd"}, abi=I386)
        assert line == 'pread64(3, "abcd", 4, 4294967298) = 4'
        line = text_of("_llseek", (3, 1, 2, PLACE, 0), 0, exit_memory={PLACE: words(5)}, abi=I386)
        assert line == "_llseek(3, 4294967298, [5], SEEK_SET) = 0"
        assert text_of("truncate64", (0, 0xFFFFFFFF, 0xFFFFFFFF), 0, abi=I386) == f"truncate64(NULL, {2**64 - 1}) = 0"

    def test_fcntl64_knows_locks_of_large_files(self) -> None:
        lock = struct.pack("<hhqqi", 1, 0, 3, -4, 77)
        line = text_of("fcntl64", (3, 12, PLACE), 0, exit_memory={PLACE: lock}, abi=I386)
        assert line == "fcntl64(3, F_GETLK64, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=3, l_len=-4, l_pid=77}) = 0"
        assert text_of("fcntl64", (3, 3), 0x8002, abi=I386) == "fcntl64(3, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)"

    def test_x32_has_wide_structures_and_narrow_pointers(self) -> None:
        line = text_of("fstat", (3, PLACE), 0, exit_memory={PLACE: status()}, abi=X32)
        assert line == "fstat(3, {st_mode=S_IFREG|0644, st_size=9, ...}) = 0"
        line = text_of("pwritev2", (3, PLACE, 1, 2**33, 2), 2, {PLACE: words(OTHER, 2, size=4), OTHER: b"ab"}, abi=X32)
        assert line == 'pwritev2(3, [{iov_base="ab", iov_len=2}], 1, 8589934592, RWF_DSYNC) = 2'


class TestHostility:
    """Whatever the registers hold, there is a line."""

    NUMBERS = (0, 1, PLACE, 0xDEADBEEFCAFE, 2**63, 2**64 - 1)

    def test_every_call_of_these_tables(self) -> None:
        from ptracer.tables.calls import attributes
        from ptracer.tables.calls import files as calls
        from ptracer.tables.calls import mounts as mount_calls

        names = set(X86_64.numbers.values())
        memory = {PLACE: bytes(range(256)) * 16}
        for module in (calls, attributes, mount_calls):
            for name in names & set(vars(module)):
                for number in self.NUMBERS:
                    for result in (0, 100, -errno.EINVAL):
                        assert text_of(name, (number,) * 6, result, memory, memory).startswith(name)
                        assert text_of(name, (number,) * 6, result).startswith(name)


STRUCTURES = [
    (files.stat, "struct stat", ["asm/stat.h"], "x86_64"),
    (files.stat, "struct stat", ["asm/stat.h"], "x32"),
    (files.stat32, "struct stat", ["asm/stat.h"], "i386"),
    (files.stat64, "struct stat64", ["asm/stat.h"], "i386"),
    (files.statx, "struct statx", ["linux/stat.h"], "x86_64"),
    (files.statx, "struct statx", ["linux/stat.h"], "i386"),
    (files.statfs, "struct statfs", ["asm/statfs.h"], "x86_64"),
    (files.statfs32, "struct statfs", ["asm/statfs.h"], "i386"),
    (files.statfs64, "struct statfs64", ["asm/statfs.h"], "i386"),
    (files.flock_result, "struct flock", ["asm/fcntl.h"], "x86_64"),
    (files.flock_result, "struct flock", ["asm/fcntl.h"], "x32"),
    (files.flock_result, "struct flock", ["asm/fcntl.h"], "i386"),
    (files.flock64_result, "struct flock64", ["asm/fcntl.h"], "i386"),
    (files.f_owner_ex, "struct f_owner_ex", ["asm/fcntl.h"], "x86_64"),
    (files.delegation, "struct delegation", ["linux/fcntl.h"], "x86_64"),
    (files.open_how, "struct open_how", ["linux/openat2.h"], "x86_64"),
    (files.open_how, "struct open_how", ["linux/openat2.h"], "i386"),
    (files.file_attr, "struct file_attr", ["linux/fs.h"], "x86_64"),
    (files.cachestat, "struct cachestat", ["linux/mman.h"], "x86_64"),
    (files.cachestat_range, "struct cachestat_range", ["linux/mman.h"], "x86_64"),
    (xattr_args, "struct xattr_args", ["linux/xattr.h"], "x86_64"),
    (xattr_args, "struct xattr_args", ["linux/xattr.h"], "i386"),
    (mounts.mount_attr, "struct mount_attr", ["linux/mount.h"], "x86_64"),
    (mounts.mnt_id_req, "struct mnt_id_req", ["linux/mount.h"], "x86_64"),
    (mounts.statmount, "struct statmount", ["linux/mount.h"], "x86_64"),
    (mounts.statmount, "struct statmount", ["linux/mount.h"], "i386"),
    (mounts.dqblk, "struct if_dqblk", ["linux/quota.h"], "x86_64"),
    (mounts.nextdqblk, "struct if_nextdqblk", ["linux/quota.h"], "x86_64"),
    (mounts.dqinfo, "struct if_dqinfo", ["linux/quota.h"], "x86_64"),
    (mounts.fs_disk_quota, "fs_disk_quota_t", ["linux/dqblk_xfs.h"], "x86_64"),
    (mounts.fs_quota_stat, "fs_quota_stat_t", ["linux/dqblk_xfs.h"], "x86_64"),
    (mounts.fs_quota_stat, "fs_quota_stat_t", ["linux/dqblk_xfs.h"], "i386"),
    (mounts.fs_quota_statv, "struct fs_quota_statv", ["linux/dqblk_xfs.h"], "x86_64"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "name", "include", "abi"), STRUCTURES)
def test_a_structure_is_laid_out_as_in_c(table: type, name: str, include: list[str], abi: str) -> None:
    assert disagreements(table, name, include, abi) == []
