"""Files that are replaced by rename, and may be empty after a crash. Sources: fsync(2), rename(2).

Most programs that rename a new file over the old one want no more than that nobody sees half of it. That its contents are to
survive a crash is meant by whoever calls fsync on that very file, or on the directory it is renamed in.
"""

from __future__ import annotations

from collections.abc import Iterable

from ptracer.explain.case import Case
from ptracer.explain.findings import SURE, Reason
from ptracer.explain.habits import Habit, habit
from ptracer.explain.habits.transfers import is_file, of_process, owner, target
from ptracer.explain.remembered import keep
from ptracer.explain.saying import quoted
from ptracer.model.effects import AT_FDCWD, descriptor, path
from ptracer.model.processes import Event, Process
from ptracer.model.world import World

WRITES = "write pwrite64 writev pwritev ftruncate"
RENAMES = {"rename": (None, 0, None, 1), "renameat": (0, 1, 2, 3), "renameat2": (0, 1, 2, 3)}
O_DSYNC = 0o10000
ADVICE = "Call fsync on the new file after the last write to it and before rename, then on its directory."
Key = tuple[int, bytes]  # a process and a path


@habit
class NotDurable(Habit):
    """See above."""

    calls = f"{WRITES} fsync fdatasync sync syncfs {' '.join(RENAMES)}"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.dirty: dict[Key, Event] = {}  # the latest write that is not on the disk for certain
        self.synced: dict[Key, Event] = {}
        self.renamed: dict[Key, tuple[bytes, bytes, Event]] = {}  # by the new path: both names, the write that was not synced

    def call(self, case: Case) -> Iterable[Reason]:
        if case.call.error:
            return
        pid, name = owner(case), case.name
        if name in ("sync", "syncfs"):
            for table in (self.dirty, self.renamed):
                for _ in of_process(table, pid):
                    pass
        elif name in RENAMES:
            yield from self.rename(case, pid)
        else:
            description = target(case)
            if description is None or not is_file(description) or description.name is None:
                return
            key = pid, description.name
            if name in ("fsync", "fdatasync"):
                yield from self.sync(case, key)
            elif not (description.flags or 0) & O_DSYNC:
                keep(self.dirty, key, case.event)

    def sync(self, case: Case, key: Key) -> Iterable[Reason]:
        """What was written is on the disk; of a directory, its names are."""
        self.dirty.pop(key, None)
        keep(self.synced, key, case.event)
        pid, directory = key
        for other in [one for one, (old, _, _) in self.renamed.items() if one == key or (one[0], old) == key]:
            del self.renamed[other]
        for other in [one for one in self.renamed if one[0] == pid and one[1].rpartition(b"/")[0] == directory]:
            old, new, written = self.renamed.pop(other)
            text = (
                f"the directory of {quoted(new)} is made durable, but not what is in it: {quoted(old)} was written at call"
                f" {written.number} and renamed without fsync, so after a crash the file may be empty"
            )
            yield Reason("file.not_durable", text, ADVICE, SURE, key=new)

    def rename(self, case: Case, pid: int) -> Iterable[Reason]:
        """A file has another name."""
        thread, call = case.thread, case.call
        if thread is None:
            return
        from_directory, from_path, to_directory, to_path = RENAMES[case.name]
        old = path(thread, call, AT_FDCWD if from_directory is None else descriptor(call.args[from_directory]), from_path)
        new = path(thread, call, AT_FDCWD if to_directory is None else descriptor(call.args[to_directory]), to_path)
        if old is None or new is None:
            return
        written, synced = self.dirty.pop((pid, old), None), self.synced.pop((pid, old), None)
        self.renamed.pop((pid, new), None)
        if written is None:
            return
        if synced is not None:
            text = (
                f"{quoted(old)} was written once more at call {written.number}, after its {synced.name} at call {synced.number},"
                f" and replaces {quoted(new)}: after a crash that part may be missing"
            )
            yield Reason("file.not_durable", text, ADVICE, SURE, key=new)
        else:
            keep(self.renamed, (pid, new), (old, new, written))

    def ended(self, process: Process, status: int | None) -> Iterable[Reason]:
        for table in (self.dirty, self.synced, self.renamed):
            for _ in of_process(table, process.pid):
                pass
        return ()
