"""What differs from one run to the next without meaning anything: temporary names, process ids, hashes, dates, addresses.

A word in capitals stands for each in paths and in data. A name is temporary that was made by a program for itself alone
(``O_EXCL``, mkdir) in a directory for such names, or that looks as mkstemp(3) makes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/")
STEM = re.compile(rb"(?P<stem>[^.]*)(?P<rest>.*)", re.DOTALL)
RANDOM = re.compile(rb"[A-Za-z0-9_]{6,}$")
# What a name may begin with before what is random in it. Python's own are ``tmp`` and eight letters, one of which may be ``_``.
PREFIX = re.compile(rb"tmp(?=[a-z0-9_]{8}$)|[A-Za-z]{2,}[-_.]|tmp|cc", re.ASCII)

# In the order in which they are tried.
IN_PATHS = re.compile(
    rb"""
      (?P<PID>(?<=^/proc/)\d+ | (?<=/task/)\d+)
    | (?P<NUMBER>(?<=^/dev/pts/)\d+ | (?<=:\[)\d+(?=\]))
    | (?P<HASH>(?<![0-9a-f])(?:[0-9a-f]{2}/)?[0-9a-f]{30,}(?![0-9a-z])|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})
    | (?P<DATE>(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T_ -]?[0-2]\d[:-]?[0-5]\d(?:[:-]?[0-5]\d)?)?(?!\d))
    | (?P<DIGITS>\d{2,})
    """,
    re.VERBOSE,
)
IN_DATA = re.compile(
    rb"""
      (?P<ADDR>0x[0-9a-f]{7,16}(?![0-9a-f]) | (?<![0-9a-f])[0-9a-f]{12}-[0-9a-f]{12}(?![0-9a-f]))
    | (?P<DATE>(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d) | (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\ [\ \d]\d(?!\d)
       | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\ (?=\w))
    | (?P<TIME>(?<![\d:])[0-2]?\d:[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?![\d:]))
    | (?P<TEMPORARY>(?<=/tmp/)[\w.-]*)
    | (?P<DIGITS>\d{2,})
    """,
    re.VERBOSE,
)
MANY = 9  # digits of a number that is a time, or an address
REMEMBERED = 50_000  # paths


class Patterns:
    """Of one recording. ``pids`` are the process ids of both, so that a number is left out on both sides or on none;
    ``directory`` is where it was made, if paths below it are compared from there."""

    def __init__(self, pids: Iterable[int] = (), directory: str = "") -> None:
        self.pids = {b"%d" % pid for pid in pids}
        self.made: dict[bytes, bytes] = {}  # names that are temporary, and what stands for them
        self.directory = directory.encode() if len(directory) > 1 else b""
        self.known: dict[bytes, bytes] = {}

    def make(self, path: bytes) -> None:
        """A program has made a file or directory that was not there."""
        directory, slash, name = path.rpartition(b"/")
        if not slash or not temporary(path) and not looks_random(name):
            return
        self.made[path] = self.path(directory) + slash + replaced(name, True)
        self.known.clear()

    def path(self, path: bytes) -> bytes:
        """What stands for a path."""
        known = self.known.get(path)
        if known is None:
            known = self.made.get(path)
            if known is None:
                known = self.normal(path)
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[path] = known
        return known

    def normal(self, path: bytes) -> bytes:
        """The same, found by looking at it."""
        place = len(path)
        while self.made and (place := path.rfind(b"/", 0, place)) > 0:
            if path[:place] in self.made:
                return self.made[path[:place]] + IN_PATHS.sub(self.word, path[place:])
        if self.directory and (path + b"/").startswith(self.directory + b"/"):
            path = b"$PWD" + path[len(self.directory) :]
        if temporary(path):
            begin, _, rest = path.partition(b"tmp/" if b"tmp/" in path[:9] else b"shm/")
            names = [replaced(name, False) if looks_random(name) else name for name in rest.split(b"/")]
            path = path[: len(path) - len(rest)] + b"/".join(names)
        return IN_PATHS.sub(self.word, path)

    def data(self, data: bytes) -> bytes:
        """What stands for what a program reads or writes."""
        return IN_DATA.sub(self.word, data)

    def word(self, match: re.Match[bytes]) -> bytes:
        """The word for a part."""
        kind = match.lastgroup or ""
        if kind != "DIGITS":
            return kind.encode()
        digits = match[0]
        return b"PID" if digits in self.pids else b"NUMBER" if len(digits) >= MANY else digits


def temporary(path: bytes) -> bool:
    """Whether it lies in a directory for temporary names."""
    return path.startswith(tuple(directory.encode() for directory in TEMPORARY))


def looks_random(name: bytes) -> bool:
    """Whether the end of a name, without what follows a dot, is of two kinds of characters at least, mixed as by chance."""
    stem = name.lstrip(b".").split(b".")[0]
    tails = [part for part in (stem, name) if RANDOM.search(part)]
    for part in tails:
        end = part[-6:]
        upper, lower = any(65 <= byte < 91 for byte in end), any(97 <= byte < 123 for byte in end)
        digit = any(48 <= byte < 58 for byte in end)
        changes = sum(kind(left) != kind(right) for left, right in zip(end, end[1:]))
        if upper + lower + digit > 1 and changes > 1:
            return True
    return False


def kind(byte: int) -> int:
    """Whether a character is a digit, a capital, or another."""
    return 0 if 48 <= byte < 58 else 1 if 65 <= byte < 91 else 2


def replaced(name: bytes, made: bool) -> bytes:
    """A name with a word for what is random in it: ``cc7XyZ2a.s`` is ``ccTEMPORARY.s``."""
    match = STEM.fullmatch(name)
    assert match is not None
    stem, rest = match["stem"], match["rest"]
    if len(stem) < 6:  # ``.name.XXXXXX``, ``tmp.XXXXXX``
        head, dot, last = name.rpartition(b".")
        return head + dot + b"TEMPORARY" if len(last) >= 6 else b"TEMPORARY" if made and not rest else name
    prefix = PREFIX.match(stem)
    begin = prefix[0] if prefix is not None and len(stem) - len(prefix[0]) >= 6 else b""
    return begin + b"TEMPORARY" + rest
