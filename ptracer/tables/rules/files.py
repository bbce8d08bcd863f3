"""Rules of calls on files. Sources: the ERRORS of the manual pages that the comments name."""

from __future__ import annotations

from errno import E2BIG, EOPNOTSUPP, ERANGE

from ptracer.hints import Any
from ptracer.tables.rules import (
    ALIGNMENT,
    FLAGS,
    KIND,
    RANGE,
    RESERVED,
    SIZE,
    SIZE_MAX,
    SUPPORT,
    VALUE,
    choice,
    named,
    only,
    positive,
    rule,
    zero,
)

O_ACCMODE, O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK, O_DIRECT, O_CLOEXEC = 3, 1, 0o100, 0o2000, 0o4000, 0o40000, 0o2000000
O_DIRECTORY, O_TMPFILE_BIT, O_EXCL, O_PATH = 0o200000, 0o20000000, 0o200, 0o10000000
O_TMPFILE = O_TMPFILE_BIT | O_DIRECTORY
BESIDE_PATH = O_PATH | O_DIRECTORY | 0o400000 | O_CLOEXEC  # O_NOFOLLOW
AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, AT_NO_AUTOMOUNT, AT_EMPTY_PATH = 0x100, 0x200, 0x400, 0x800, 0x1000
AT_STATX_SYNC_TYPE = 0x6000
AT_EACCESS = AT_REMOVEDIR
RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT = 1, 2, 4
UTIME_NOW, UTIME_OMIT = (1 << 30) - 1, (1 << 30) - 2
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
IOV_MAX = 1024
KEEP_SIZE, PUNCH_HOLE, COLLAPSE, ZERO, INSERT, UNSHARE = 1, 2, 8, 16, 32, 64
MODES = (0, PUNCH_HOLE, COLLAPSE, ZERO, INSERT, UNSHARE)
UNALIGNED = 512  # O_DIRECT: the smallest block of any device
NAMESPACES = (b"user.", b"trusted.", b"security.", b"system.")
S_IFMT, S_IFDIR = 0o170000, 0o040000
NODES = (0, 0o100000, 0o020000, 0o060000, 0o010000, 0o140000)  # what mknod makes


def into_itself(a: Any) -> bool:
    """rename: the new path lies below the old one, as far as names say."""
    return bool(a.newpath.data.startswith(a.oldpath.data.rstrip(b"/") + b"/") and a.oldpath.data)


def direct_unaligned(a: Any) -> bool:
    """A transfer that O_DIRECT cannot make: by size or place in memory (open(2), O_DIRECT)."""
    flags = a.of(a.fd).flags
    return flags is not None and bool(flags & O_DIRECT) and bool(a.count % UNALIGNED or a.buf % 4)


def vector_sum(a: Any) -> bool:
    """The lengths of the pieces are too large together, or one is."""
    return bool(sum(one.iov_len for one in a.iov.items) > SIZE_MAX)


def same_file_overlaps(a: Any) -> bool:
    """copy_file_range: within one file, by the places that the arguments name."""
    if a.of(a.fd_in).name != a.of(a.fd_out).name or not a.off_in or not a.off_out:
        return False
    return bool(abs(a.off_in.items[0] - a.off_out.items[0]) < a.len)


DIRECT_ADVICE = "Give sizes, offsets and addresses that are multiples of the block size of the device (statx STATX_DIOALIGN)."
READS = frozenset(("getxattr", "lgetxattr", "fgetxattr"))  # where the value may be too long instead
READ_SMALL = {"eventfd": 8, "timerfd": 8, "signalfd": 128, "inotify": 16}

RULES = {
    "open openat": (  # open(2)
        rule(FLAGS, lambda a: a.flags & O_TMPFILE == O_TMPFILE and not a.flags & O_ACCMODE, "flags has O_TMPFILE without O_WRONLY or O_RDWR: nothing could be written to the file", "Open it with O_WRONLY or O_RDWR."),
        rule(FLAGS, lambda a: a.flags & O_TMPFILE == O_TMPFILE_BIT, "flags has the bit of O_TMPFILE without O_DIRECTORY"),
        rule(FLAGS, lambda a: a.flags & O_CREAT and a.flags & O_DIRECTORY and not a.flags & O_TMPFILE_BIT, "flags has both O_CREAT and O_DIRECTORY, and open makes no directories", "Use mkdir."),
        rule(SUPPORT, lambda a: a.flags & O_DIRECT, "flags has O_DIRECT, which is not supported for that file", "Open it without O_DIRECT.", ordinary=True),
        rule(SUPPORT, lambda a: a.flags & O_TMPFILE == O_TMPFILE, "the file system has no O_TMPFILE", "Make a file with a name, and unlink it.", error=EOPNOTSUPP, ordinary=True),
    ),
    "openat2": (  # openat2(2)
        rule(SIZE, lambda a: a.size < 24, "size is {size:d}, and a struct open_how has at least 24 bytes", "Pass sizeof(struct open_how)."),
        rule(SIZE, lambda a: a.size > 24, "size is {size:d}, and what lies beyond the 24 bytes that the kernel knows is not zero", "Pass sizeof(struct open_how), all set to zero first.", error=E2BIG),
        named("how.flags"),
        named("how.resolve"),
        rule(FLAGS, lambda a: a.how.has("mode") and a.how.mode and not a.how.flags & (O_CREAT | O_TMPFILE_BIT), "mode is {how.mode:#o} without O_CREAT or O_TMPFILE", "Set it to 0."),
        rule(FLAGS, lambda a: a.how.has("mode") and a.how.mode & ~0o7777, "mode is {how.mode:#o}, and has more than the bits of 07777"),
        rule(FLAGS, lambda a: a.how.resolve & 0x18 == 0x18, "resolve has both RESOLVE_BENEATH and RESOLVE_IN_ROOT"),
        rule(FLAGS, lambda a: a.how.flags & O_PATH and a.how.flags & ~BESIDE_PATH, "flags has O_PATH with flags that have no meaning beside it"),
        rule(FLAGS, lambda a: a.how.flags & O_TMPFILE == O_TMPFILE and not a.how.flags & O_ACCMODE, "flags has O_TMPFILE without O_WRONLY or O_RDWR"),
    ),
    "lseek": (  # lseek(2)
        rule(VALUE, lambda a: a.whence.unknown and SEEK_SET <= a.offset <= SEEK_END, "whence is {whence:d} and offset {offset:d}: the two seem to be exchanged", "It is lseek(fd, offset, whence)."),
        choice("whence"),
        rule(RANGE, lambda a: a.whence == SEEK_SET and a.offset < 0, "offset is {offset:d}: no file has anything before its beginning"),
        rule(RANGE, lambda a: a.whence in (SEEK_CUR, SEEK_END) and a.offset < 0, "{offset:d} from there ({whence:name}) is before the beginning of the file"),
        rule(RANGE, lambda a: a.whence in (SEEK_SET, SEEK_CUR, SEEK_END) and a.offset > 1 << 40, "that is farther than a file of this file system can reach"),
    ),
    "read write": (  # read(2), write(2)
        rule(ALIGNMENT, direct_unaligned, "the descriptor was opened with O_DIRECT, and count is {count:d} at {buf:#x}", DIRECT_ADVICE),
    ),
    "read": (
        rule(SIZE, lambda a: a.count < READ_SMALL.get(a.kind(a.fd), 0), "count is {count:d}, which is less than what such a descriptor gives", "An eventfd and a timerfd give 8 bytes, a signalfd 128 for each signal, inotify 16 and a name."),
        rule(KIND, lambda a: a.kind(a.fd) in ("epoll", "eventpoll", "pidfd", "fanotify", "io_uring"), "such a descriptor cannot be read"),
    ),
    "write": (rule(SIZE, lambda a: a.kind(a.fd) == "eventfd" and a.count < 8, "count is {count:d}, and an eventfd takes 8 bytes"), rule(KIND, lambda a: a.kind(a.fd) in ("epoll", "eventpoll", "timerfd", "signalfd", "pidfd", "inotify"), "such a descriptor cannot be written")),
    "pread64 pwrite64": (positive("offset"),),  # pread(2)
    "preadv pwritev": (positive("offset"),),  # readv(2)
    "readv writev preadv pwritev preadv2 pwritev2": (rule(RANGE, lambda a: a.iovcnt > IOV_MAX, "iovcnt is {iovcnt:d}, and at most 1024 (IOV_MAX) pieces are allowed", "Make several calls."), rule(RANGE, vector_sum, "the lengths of the pieces are negative, or too large together")),
    "preadv2 pwritev2": (only("flags", 0x1FF, error=EOPNOTSUPP), rule(FLAGS, lambda a: a.flags & 0x30 == 0x30, "flags has both RWF_APPEND and RWF_NOAPPEND"), rule(SUPPORT, lambda a: a.flags, "{flags:name} is not supported for that file", error=EOPNOTSUPP, ordinary=True)),
    "truncate ftruncate": (  # truncate(2)
        rule(RANGE, lambda a: a.length >> 63, "length is negative"),
    ),
    "ftruncate": (rule(KIND, lambda a: a.of(a.fd).writable is False, "the descriptor was not opened for writing", "Open it with O_WRONLY or O_RDWR."), rule(KIND, lambda a: a.kind(a.fd) not in ("file", "memfd"), "the descriptor is no file, so it has no length")),
    "fallocate": (  # fallocate(2)
        positive("offset"),
        rule(SIZE, lambda a: a.len <= 0, "len is {len:d}, and must be greater than 0"),
        only("mode", 0x7F, 0x80, error=EOPNOTSUPP),
        rule(FLAGS, lambda a: a.mode & PUNCH_HOLE and not a.mode & KEEP_SIZE, "mode has FALLOC_FL_PUNCH_HOLE without FALLOC_FL_KEEP_SIZE", "Say both.", error=EOPNOTSUPP),
        rule(FLAGS, lambda a: a.mode & ~KEEP_SIZE not in MODES, "mode has several of which only one can be done", error=EOPNOTSUPP),
        rule(SUPPORT, lambda a: True, "the file system cannot do that (mode {mode:name})", "Write zeros instead, as posix_fallocate does.", error=EOPNOTSUPP, ordinary=True),
    ),
    "fadvise64": (  # posix_fadvise(2)
        choice("advice"),
        rule(RANGE, lambda a: a.len >> 63, "len is negative"),
    ),
    "sync_file_range": (only("flags", 7), positive("offset"), positive("nbytes")),  # sync_file_range(2)
    "fsync fdatasync": (rule(KIND, lambda a: True, "that is nothing which could be written to a disk", ordinary=True),),  # fsync(2)
    "close_range": (  # close_range(2)
        only("flags", 6),
        rule(RANGE, lambda a: a.first > a.last, "first is {first:d}, which is after last, {last:d}", ordinary=True),
    ),
    "flock": (rule(VALUE, lambda a: a.op & ~4 not in (1, 2, 8), "op is {op:#x}, and must be one of LOCK_SH, LOCK_EX and LOCK_UN"),),
    "readlink readlinkat": (  # readlink(2)
        rule(SIZE, lambda a: a.bufsiz == 0 or a.bufsiz & 1 << 31, "bufsiz is {bufsiz:d}, and must be greater than 0"),
        rule(KIND, lambda a: a.bufsiz, "the path is no symbolic link", ordinary=True),
    ),
    "renameat2": (  # rename(2)
        only("flags", 7),
        rule(FLAGS, lambda a: a.flags & RENAME_EXCHANGE and a.flags & (RENAME_NOREPLACE | RENAME_WHITEOUT), "flags has RENAME_EXCHANGE and another that excludes it"),
    ),
    "rename renameat renameat2": (rule(FLAGS, into_itself, "the new path lies inside the old one: a directory cannot be moved into itself"),),
    "unlinkat": (only("flags", AT_REMOVEDIR),),  # unlink(2)
    "linkat": (only("flags", AT_SYMLINK_FOLLOW, AT_EMPTY_PATH),),  # link(2)
    "newfstatat": (only("flags", AT_SYMLINK_NOFOLLOW, AT_NO_AUTOMOUNT, AT_EMPTY_PATH, AT_STATX_SYNC_TYPE),),  # stat(2)
    "statx": (  # statx(2)
        only("flags", AT_SYMLINK_NOFOLLOW, AT_NO_AUTOMOUNT, AT_EMPTY_PATH, AT_STATX_SYNC_TYPE),
        rule(FLAGS, lambda a: a.flags & AT_STATX_SYNC_TYPE == AT_STATX_SYNC_TYPE, "flags has both AT_STATX_FORCE_SYNC and AT_STATX_DONT_SYNC"),
        rule(RESERVED, lambda a: a.mask & 0x80000000, "mask has its highest bit, which is reserved"),
    ),
    "fchownat fchmodat2": (only("flags", AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH),),  # chown(2), chmod(2)
    "access faccessat faccessat2": (  # access(2)
        rule(VALUE, lambda a: a.mode & ~7, "mode is {mode:#x}, and has more than R_OK, W_OK and X_OK"),
    ),
    "faccessat2": (only("flags", AT_EACCESS, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH),),
    "name_to_handle_at": (only("flags", 1, 2, AT_EACCESS, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH),),  # open_by_handle_at(2)
    "utimensat": (  # utimensat(2)
        only("flags", AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH),
        rule(RANGE, lambda a: a.times and any(not 0 <= one.tv_nsec <= 999_999_999 and one.tv_nsec not in (UTIME_NOW, UTIME_OMIT) for one in a.times.items), "tv_nsec of a time is neither from 0 to 999999999 nor UTIME_NOW or UTIME_OMIT"),
    ),
    "utimes futimesat": (rule(RANGE, lambda a: a.times and any(not 0 <= one.tv_usec <= 999_999 for one in a.times.items), "tv_usec of a time is not from 0 to 999999"),),
    "rmdir": (rule(KIND, lambda a: a.path.data.rstrip(b"/").endswith((b"/.",)) or a.path.data == b".", "the path ends with '.'", "Name the directory."),),
    "mknod mknodat": (rule(VALUE, lambda a: a.mode & S_IFMT not in NODES and a.mode & S_IFMT != S_IFDIR, "mode has no type that can be made: {mode:#o}"),),
    "getcwd": (  # getcwd(2)
        rule(SIZE, lambda a: True, "size is {size:d}, and the name of the directory with its end is longer", "Give PATH_MAX bytes.", error=ERANGE),
    ),
    "getdents getdents64": (rule(SIZE, lambda a: a.count < 512, "count is {count:d}, and the next entry does not fit"),),  # getdents(2)
    "copy_file_range": (  # copy_file_range(2)
        zero("flags"),
        rule(KIND, lambda a: a.kind(a.fd_in) not in ("file", "memfd") or a.kind(a.fd_out) not in ("file", "memfd"), "both descriptors must be regular files"),
        rule(RANGE, same_file_overlaps, "both are the same file, and the two ranges overlap"),
    ),
    "splice": (  # splice(2)
        only("flags", 15),
        rule(KIND, lambda a: a.kind(a.fd_in) != "pipe" and a.kind(a.fd_out) != "pipe", "neither descriptor is a pipe", "Splice through a pipe, or use sendfile or copy_file_range."),
        rule(KIND, lambda a: (a.of(a.fd_out).flags or 0) & O_APPEND, "fd_out was opened with O_APPEND"),
        rule(KIND, lambda a: a.of(a.fd_in).name == a.of(a.fd_out).name, "both descriptors are the same pipe"),
    ),
    "tee": (  # tee(2)
        only("flags", 15),
        rule(KIND, lambda a: a.kind(a.fd_in) != "pipe" or a.kind(a.fd_out) != "pipe", "both descriptors must be pipes"),
        rule(KIND, lambda a: a.of(a.fd_in).name == a.of(a.fd_out).name, "both descriptors are the same pipe"),
    ),
    "vmsplice": (  # vmsplice(2)
        only("flags", 15),
        rule(RANGE, lambda a: a.nr_segs > IOV_MAX, "nr_segs is {nr_segs:d}, and at most 1024 (IOV_MAX) pieces are allowed", "Make several calls."),
        rule(RANGE, vector_sum, "the lengths of the pieces are negative, or too large together"),
    ),
    "sendfile": (  # sendfile(2)
        rule(KIND, lambda a: a.kind(a.in_fd) == "socket", "in_fd is a socket, which sendfile cannot read", "Use splice with a pipe between."),
        rule(KIND, lambda a: (a.of(a.out_fd).flags or 0) & O_APPEND, "out_fd was opened with O_APPEND"),
        rule(RANGE, lambda a: a.offset and a.offset.items[0] < 0, "the offset is negative"),
    ),
    "pipe2": (only("flags", O_CLOEXEC, O_NONBLOCK, O_DIRECT, O_EXCL),),  # pipe(2)
    "dup3": (  # dup(2)
        only("flags", O_CLOEXEC),
        rule(FLAGS, lambda a: a.oldfd == a.newfd, "oldfd and newfd are both {oldfd:d}", "dup2 allows that; to set the flag use fcntl(F_SETFD)."),
    ),
    "setxattr lsetxattr fsetxattr": (  # setxattr(2)
        only("flags", 3),
        rule(SIZE, lambda a: a.size > 65536, "size is {size:d}, and a value has at most 65536 bytes", error=E2BIG),
    ),
    "setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr removexattr lremovexattr fremovexattr": (
        rule(SIZE, lambda a: not a.name.data, "name is empty", error=ERANGE),
        rule(SIZE, lambda a: len(a.name.data) > 255 or (a.name.more and not (a.call in READS and a.size)), "name has more than 255 bytes", error=ERANGE),
        rule(SUPPORT, lambda a: not a.name.data.startswith(NAMESPACES), "name has none of the prefixes user., trusted., security. and system.", error=EOPNOTSUPP, ordinary=True),
        rule(SUPPORT, lambda a: True, "the file system keeps no such attributes for that file", error=EOPNOTSUPP, ordinary=True),
    ),
    "getxattr lgetxattr fgetxattr": (rule(SIZE, lambda a: a.size and not a.name.more, "size is {size:d}, and the value is longer", "Ask with size 0 how long it is.", error=ERANGE, ordinary=True),),
    "listxattr llistxattr flistxattr": (rule(SIZE, lambda a: a.size, "size is {size:d}, and the names are longer together", "Ask with size 0 how long they are.", error=ERANGE, ordinary=True),),
    "cachestat": (zero("flags"),),
    "fcntl": (  # fcntl(2)
        choice("op"),
        rule(RANGE, lambda a: a.op in (0, 1030), "arg is {arg:d}, and must be from 0 to the limit of open files (RLIMIT_NOFILE) less one"),
        rule(SIZE, lambda a: a.op == 1031, "a pipe cannot have {arg:d} bytes"),
        rule(RANGE, lambda a: a.op == 10 and not 0 <= a.arg <= 64, "arg is {arg:d}, which is no signal"),
        rule(VALUE, lambda a: a.op == 1033 and a.arg & ~0x3F, "arg has seals that nobody knows"),
        rule(KIND, lambda a: a.op in (1033, 1034), "only files of memfd_create, and of tmpfs and hugetlbfs, have seals"),
        rule(VALUE, lambda a: a.op in (5, 6, 7, 36, 37, 38) and a.arg.has("l_type") and a.arg.l_type not in (0, 1, 2), "l_type is none of F_RDLCK, F_WRLCK and F_UNLCK"),
        rule(VALUE, lambda a: a.op in (5, 6, 7, 36, 37, 38) and a.arg.has("l_whence") and a.arg.l_whence not in (0, 1, 2), "l_whence is none of SEEK_SET, SEEK_CUR and SEEK_END"),
        rule(RANGE, lambda a: a.op in (5, 6, 7, 36, 37, 38) and a.arg.has("l_start") and a.arg.l_whence == 0 and (a.arg.l_start < 0 or a.arg.l_start + a.arg.l_len < 0), "the range begins before the file does: l_start is {arg.l_start:d}, l_len {arg.l_len:d}"),
        rule(VALUE, lambda a: a.op == 15 and a.arg.type not in (0, 1, 2), "type is none of F_OWNER_TID, F_OWNER_PID and F_OWNER_PGRP"),
        rule(VALUE, lambda a: a.op == 1024 and a.arg not in (0, 1, 2), "arg is none of F_RDLCK, F_WRLCK and F_UNLCK"),
        rule(KIND, lambda a: a.op == 1024, "leases are for regular files only"),
        rule(SUPPORT, lambda a: a.op == 4 and a.arg & O_DIRECT, "O_DIRECT is not supported for that file", ordinary=True),
    ),
}
