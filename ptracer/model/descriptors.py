"""Descriptors: what each number of a table refers to, since when, and what it referred to before.

A table has entries; an entry is one use of a number, from the call that made it to the call that closed it, and refers to an
open file description, which duplicates and children share. Sources: open(2), dup(2), fcntl(2), close(2), close_range(2),
fork(2), execve(2), proc_pid_fd(5).
"""

from __future__ import annotations

from collections import deque

from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.model.processes import Event

MOST = 1 << 16  # open descriptors of a table that are known
REMEMBERED = 256  # closed ones of a table
ACCESS_MODE, O_CLOEXEC = 3, 0o2000000


class Description:
    """An open file description (open(2)).

    ``kind`` is ``file``, ``socket``, ``pipe``, or what the call that makes it is named after (``epoll``, ``eventfd``...).
    ``link`` is what /proc/PID/fd says, ``path`` what it was opened as, made absolute (symbolic links may lead elsewhere).
    ``flags`` are the status flags with the access mode, as F_GETFL gives them. Of a socket ``local`` and ``peer`` are the
    bytes of struct sockaddr; of a pipe and of a socket made in a pair ``other`` is the other end; of a pidfd ``process`` is the
    id it was opened with. ``opened`` is the call that made it; None: it is older than the trace. What is not known is None.
    """

    __slots__ = ("kind", "link", "path", "flags", "local", "peer", "other", "process", "opened")

    def __init__(
        self,
        kind: str | None,
        opened: Event | None,
        link: bytes | None = None,
        path: bytes | None = None,
        flags: int | None = None,
    ) -> None:
        self.kind, self.opened, self.link, self.path, self.flags = kind, opened, link, path, flags
        self.local: bytes | None = None
        self.peer: bytes | None = None
        self.other: Description | None = None
        self.process: int | None = None

    @property
    def name(self) -> bytes | None:
        """What it is called: its link, or else its path; None: nobody knows."""
        return self.link or self.path

    @property
    def readable(self) -> bool | None:
        """Whether it was opened for reading."""
        return None if self.flags is None else self.flags & ACCESS_MODE in (0, 2)

    @property
    def writable(self) -> bool | None:
        """Whether it was opened for writing."""
        return None if self.flags is None else self.flags & ACCESS_MODE in (1, 2)


class Entry:
    """One use of a number. It never changes: what changes is which entry a table has.

    ``opened`` is the call that made this entry (None: nobody saw it), ``source`` the number it was duplicated from. An entry that
    is not ``open`` any more was closed by the call ``closed`` (None: nobody saw it).
    """

    __slots__ = ("number", "description", "close_on_exec", "opened", "source", "open", "closed")

    def __init__(
        self,
        number: int,
        description: Description,
        opened: Event | None,
        close_on_exec: bool | None = None,
        source: int | None = None,
        open: bool = True,
        closed: Event | None = None,
    ) -> None:
        self.number, self.description, self.opened = number, description, opened
        self.close_on_exec, self.source, self.open, self.closed = close_on_exec, source, open, closed

    def ended(self, closed: Event | None) -> Entry:
        """The same when it is closed."""
        return Entry(self.number, self.description, self.opened, self.close_on_exec, self.source, False, closed)

    def kept(self, close_on_exec: bool | None) -> Entry:
        """The same with another descriptor flag (F_SETFD)."""
        return Entry(self.number, self.description, self.opened, close_on_exec, self.source)


class Descriptors:
    """A table, which threads share and children copy. ``whole``: it is known what was open when tracing began, so a
    number that is not here is not open, if all calls that open and close are traced."""

    __slots__ = ("entries", "past", "whole")

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.past: deque[Entry] = deque(maxlen=REMEMBERED)
        self.whole = False

    def at(self, number: int) -> Entry | None:
        """The open one with this number; None: it is not open, or nobody knows."""
        return self.entries.get(number)

    def history(self, number: int) -> list[Entry]:
        """All that is remembered of a number, the oldest first; the last one may be open."""
        found = [entry for entry in self.past if entry.number == number]
        if number in self.entries:
            found.append(self.entries[number])
        return found

    # --- changes

    def copy(self) -> Descriptors:
        """What a child gets."""
        made = Descriptors()
        made.entries, made.past, made.whole = self.entries.copy(), self.past.copy(), self.whole
        return made

    def hold(self, links: dict[int, bytes], flags: dict[int, int], fresh: bool) -> None:
        """All that is open now, as their links and flags say. ``fresh``: a program was just executed, so none is to be closed
        by that."""
        if not links:
            return
        former, self.entries = self.entries, {}
        for number, link in links.items():
            known = former.get(number)
            if known is not None and known.description.link in (None, link):
                known.description.link = link
                self.entries[number] = known
                continue
            said = flags.get(number)
            closing = False if fresh else None if said is None else bool(said & O_CLOEXEC)
            description = Description(kind_of(link), None, link, None, None if said is None else said & ~O_CLOEXEC)
            self.entries[number] = Entry(number, description, None, closing)
        self.whole = True

    def learn(self, number: int, link: bytes) -> None:
        """The kernel says what a number refers to."""
        known = self.entries.get(number)
        if known is None:
            self.put(Entry(number, Description(kind_of(link), None, link), None))
            return
        description = known.description
        if description.link != link:
            if description.link is None or (description.link[:1] == link[:1] == b"/"):  # files are renamed and removed
                description.link = link
                description.kind = description.kind or kind_of(link)
            else:
                self.put(Entry(number, Description(kind_of(link), None, link), None))

    def put(self, entry: Entry) -> None:
        """A new entry. What had its number was closed: nobody saw it, or dup2 did."""
        number = entry.number
        former = self.entries.get(number)
        if former is not None:
            self.past.append(former.ended(entry.opened if entry.source is not None else None))
        elif len(self.entries) >= MOST:
            self.whole = False
            return
        self.entries[number] = entry

    def close(self, number: int, event: Event, began: int) -> None:
        """A number is closed by a call that began then. What another thread has opened meanwhile is open."""
        entry = self.entries.get(number)
        if entry is None:
            return
        if entry.opened is not None and entry.opened.when > began and entry.source is None:
            for place in range(len(self.past) - 1, -1, -1):
                former = self.past[place]
                if former.number == number:
                    if former.closed is None:
                        self.past[place] = former.ended(event)
                        return
                    break
        del self.entries[number]
        self.past.append(entry.ended(event))

    def within(self, first: int, last: int) -> list[int]:
        """The numbers that are open, from the first to the last."""
        if last - first < len(self.entries):
            return [number for number in range(first, last + 1) if number in self.entries]
        return sorted(number for number in self.entries if first <= number <= last)

    def mark(self, number: int, close_on_exec: bool) -> None:
        """Set the descriptor flag."""
        entry = self.entries.get(number)
        if entry is not None and entry.close_on_exec is not close_on_exec:
            self.entries[number] = entry.kept(close_on_exec)

    def executed(self, event: Event) -> None:
        """Exec closes what is marked; where nobody knows whether it is, nobody knows whether it is open."""
        for number, entry in list(self.entries.items()):
            if entry.close_on_exec:
                del self.entries[number]
                self.past.append(entry.ended(event))
            elif entry.close_on_exec is None:
                del self.entries[number]
                self.whole = False


KINDS = (
    (b"/memfd:", "memfd"),
    (b"/", "file"),
    (b"socket:[", "socket"),
    (b"pipe:[", "pipe"),
    (b"anon_inode:[eventpoll]", "epoll"),
    (b"anon_inode:inotify", "inotify"),
    (b"anon_inode:bpf", "bpf"),
    (b"anon_inode:[", ""),
)


def kind_of(link: bytes) -> str | None:
    """What kind of thing a link tells of."""
    for prefix, kind in KINDS:
        if link.startswith(prefix):
            return kind or link[len(prefix) :].rstrip(b"]").decode("ascii", "replace")
    return None
