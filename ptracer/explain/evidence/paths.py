"""The way of a path, component by component, as the tracee sees it: from its root, its directory or its descriptor.

Source: path_resolution(7), proc_pid_root(5), proc_pid_cwd(5).
"""

from __future__ import annotations

import os
import stat
from errno import (
    EACCES,
    EEXIST,
    EISDIR,
    ELOOP,
    ENAMETOOLONG,
    ENODEV,
    ENOENT,
    ENOEXEC,
    ENOTDIR,
    ENOTEMPTY,
    ENXIO,
    EPERM,
    EROFS,
    ETXTBSY,
    EXDEV,
)

from ptracer.decode.behind import DESCRIPTOR
from ptracer.decode.pointers import PointerTo
from ptracer.decode.signature import Signature
from ptracer.decode.targets import String
from ptracer.explain.evidence import Facts, Stop, witness
from ptracer.explain.evidence.program import needs

AT_FDCWD = -100
PATH_MAX, MOST_LINKS, MOST_STEPS = 4096, 40, 64
MOST_NAMES = 500  # of a directory that is looked through for a similar name
BEGINNING = 128  # bytes of a file that is to be executed


@witness(
    ENOENT, ENOTDIR, ELOOP, EACCES, EPERM, EROFS, ENAMETOOLONG, EEXIST, EISDIR, ENOTEMPTY, ETXTBSY, EXDEV, ENOEXEC, ENXIO, ENODEV
)  # fmt: skip
def paths(stop: Stop) -> Facts | None:
    """``paths``: of each path that the call names its way; see ``Way.facts``."""
    call = stop.call
    ways = []
    for name, directory, index in places(call.signature):
        data = call.read_string(call.args[index], PATH_MAX)
        path, end, _ = data.partition(b"\0")
        if not data or (not end and len(data) < PATH_MAX):
            continue  # it cannot be read: then it is not the path that is wrong
        fd = AT_FDCWD
        if directory >= 0:
            fd = (call.args[directory] & 0xFFFFFFFF) - ((call.args[directory] >> 31 & 1) << 32)
        way = {"argument": name, "path": path, **Way(stop.tid, fd, path).facts()}
        if way.get("interpreter"):  # is it there?
            way["interpreted"] = Way(stop.tid, AT_FDCWD, way["interpreter"]).facts()
        ways.append(way)
    return {"paths": ways} if ways else None


def places(signature: Signature) -> list[tuple[str, int, int]]:
    """Where a call has paths: name, which argument is the directory it begins at (-1: none), which is the path."""
    found = []
    for before, one in zip([None, *signature.parameters], signature.parameters):
        type = one.type
        if isinstance(type, PointerTo) and isinstance(type.target, String) and type.target.path:
            directory = before.index if before is not None and before.type.behind == DESCRIPTOR else -1
            found.append((one.name, directory, one.index))
    return found


class Way:
    """Follows a path. ``steps`` are those that exist: path, mode, owner, group, and the target of a symbolic link."""

    def __init__(self, tid: int, fd: int, path: bytes) -> None:
        self.proc = f"/proc/{tid}"
        self.steps: list[tuple[bytes, int, int, int, bytes | None]] = []
        self.failed: bytes | None = None  # the first component that could not be passed
        self.error = 0
        self.links = 0
        self.nearest: bytes | None = None
        self.more: Facts = {}
        opened: list[int] = []
        try:
            self.begin(fd, path, opened)
        except OSError as error:
            self.error = error.errno or 0
        finally:
            for one in opened:
                os.close(one)

    def facts(self) -> Facts:
        """What can be taken down."""
        return {
            "steps": self.steps, "failed": self.failed, "error": self.error, "nearest": self.nearest, **self.more,
        }  # fmt: skip

    def begin(self, fd: int, path: bytes, opened: list[int]) -> None:
        """From where the path begins."""
        start = "root" if path.startswith(b"/") else "cwd" if fd == AT_FDCWD else f"fd/{fd}"
        if start != "root":
            self.more["base"] = os.readlink(f"{self.proc}/{start}".encode())
        place = os.open(f"{self.proc}/{start}", os.O_PATH | os.O_CLOEXEC)
        opened.append(place)
        self.note(b"/" if start == "root" else self.more["base"], os.stat(place), None)
        self.walk(place, b"/" if start == "root" else self.more["base"], components(path), opened)

    def note(self, path: bytes, about: os.stat_result, target: bytes | None) -> None:
        """A component that exists."""
        self.steps.append((path, about.st_mode, about.st_uid, about.st_gid, target))

    def walk(self, place: int, path: bytes, left: list[bytes], opened: list[int]) -> None:
        """From a directory through what is left of a path."""
        while left and len(self.steps) < MOST_STEPS:
            name, *left = left
            self.failed = name
            try:
                about = os.stat(name, dir_fd=place, follow_symlinks=False)
            except OSError as error:
                self.error = error.errno or 0
                if error.errno == ENOENT:
                    self.nearest = nearest(place, name)
                self.about_directory(place)
                return
            here = parent(path) if name == b".." else path if name == b"." else join(path, name)
            if stat.S_ISLNK(about.st_mode):
                target = os.readlink(name, dir_fd=place)
                self.note(here, about, target)
                self.links += 1
                if self.links > MOST_LINKS:
                    self.error = ELOOP
                    return
                left = components(target) + left
                if target.startswith(b"/"):
                    place, path = os.open(f"{self.proc}/root", os.O_PATH | os.O_CLOEXEC), b"/"
                    opened.append(place)
                continue
            self.note(here, about, None)
            if left and not stat.S_ISDIR(about.st_mode):
                self.error = ENOTDIR
                return
            try:
                place = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place)
            except OSError as error:
                self.error = error.errno or 0
                return
            opened.append(place)
            path = here
        self.failed = None
        self.about_end(place)

    def about_directory(self, place: int) -> None:
        """What is to be known of a directory that lacks a name."""
        self.more["read_only"] = bool(os.fstatvfs(place).f_flag & os.ST_RDONLY)

    def about_end(self, place: int) -> None:
        """What is to be known of a file that exists."""
        flags = os.fstatvfs(place).f_flag
        self.more |= {"read_only": bool(flags & os.ST_RDONLY), "no_exec": bool(flags & os.ST_NOEXEC)}
        about = os.fstat(place)
        if stat.S_ISREG(about.st_mode) and about.st_mode & 0o111:
            file = os.open(f"/proc/self/fd/{place}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                self.more["beginning"] = os.read(file, BEGINNING)
                self.more |= needs(file, self.more["beginning"])
            finally:
                os.close(file)


def components(path: bytes) -> list[bytes]:
    """The names in a path; a slash at its end asks for a directory, as ``.`` does."""
    names = [name for name in path.split(b"/") if name]
    return [*names, b"."] if names and path.endswith(b"/") else names


def join(path: bytes, name: bytes) -> bytes:
    """A path and a name in it."""
    return path.rstrip(b"/") + b"/" + name


def parent(path: bytes) -> bytes:
    """The directory above."""
    return path.rstrip(b"/").rpartition(b"/")[0] or b"/"


def nearest(place: int, name: bytes) -> bytes | None:
    """A name in a directory that somebody may have meant; None: there is none, or the directory is large."""
    import difflib

    names: list[str] = []
    with os.scandir(f"/proc/self/fd/{place}") as entries:
        for entry in entries:
            names.append(entry.name)
            if len(names) > MOST_NAMES:
                return None
    found = difflib.get_close_matches(os.fsdecode(name), names, 1, 0.7)
    return os.fsencode(found[0]) if found else None
