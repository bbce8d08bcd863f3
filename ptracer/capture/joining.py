"""Calls by what they are: the halves of one are put together, and those of one number with each other."""

from __future__ import annotations

from collections import defaultdict

from ptracer.capture import records
from ptracer.capture.records import Record
from ptracer.hints import Any

Groups = dict[tuple[int, int], list[Any]]  # by architecture and number


class Joining:
    """Takes records, in order. ``open`` has the entries of calls that have not returned, by thread."""

    def __init__(self) -> None:
        self.open: dict[int, Record] = {}

    def groups(self, batch: list[Record]) -> tuple[Groups, list[Record]]:
        """The calls that have returned, all as CALL records have them; and what is no call, in order."""
        groups: Groups = defaultdict(list)
        others: list[Record] = []
        for record in batch:
            kind = record[0]
            if kind == 0:  # records.CALL; nearly all are
                groups[record[3:5]].append(record)
            elif kind == records.ENTRY:
                self.open[record[1]] = record
            elif kind == records.EXIT:
                entry = self.open.pop(record[1], None)
                if entry is not None:
                    groups[entry[3:5]].append((records.CALL, *entry[1:], *record[2:]))
            else:
                others.append(record)
                if kind == records.EXECED and record[3] in self.open:
                    self.open[record[1]] = self.open.pop(record[3])
        return groups, others
