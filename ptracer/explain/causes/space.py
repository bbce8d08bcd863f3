"""Room that there is none of, and devices that are not there. Source: write(2), statvfs(3), inotify(7), quotactl(2)."""

from __future__ import annotations

from errno import EDQUOT, ENODEV, ENOSPC

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.causes.paths import ways
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.saying import descriptor, quoted, size
from ptracer.model.effects import descriptor as number_in


@cause(ENOSPC, call="inotify_add_watch")
def watches(case: Case) -> Reason | None:
    text = "the user watches as many files as one may (/proc/sys/fs/inotify/max_user_watches)"
    return Reason("space.watches", text, "Watch directories in place of files, or raise the limit.", SURE)


@cause(ENOSPC)
def full(case: Case) -> Reason | None:
    about = case.facts.get("space")
    if not isinstance(about, dict) or not isinstance(about.get("place"), bytes):
        return None
    place = about["place"]
    if place == b"/dev/full":
        return Reason("space.full", "'/dev/full' is always full", "", LIKELY, key=place)
    if about.get("files") and not about.get("files_left"):
        text = f"the file system of {quoted(place)} has no room for another file: all {about['files']} inodes are in use"
        return Reason("space.files", text, "Remove small files, or make the file system with more inodes.", SURE, key=place)
    left, whole, reserved = about.get("left", 0), about.get("size", 0), about.get("reserved", 0)
    text = f"the file system of {quoted(place)} is full: {size(left)} of {size(whole)} are left"
    if reserved:
        text += f", and {size(reserved)} for root"
    asked = case.argument("count") or case.argument("len")
    if left and asked and asked > left:
        text += f"; {size(asked)} were to be written"
    return Reason("space.full", text, "Make room, or write elsewhere.", SURE, key=place)


@cause(EDQUOT)
def quota(case: Case) -> Reason | None:
    about = case.facts.get("space")
    place = about.get("place") if isinstance(about, dict) else None
    where = f" of {quoted(place)}" if isinstance(place, bytes) else ""
    text = f"the user may not have more on the file system{where}: the quota is used up"
    return Reason("space.quota", text, "Make room, or have the quota raised.", SURE, key=place)


@cause(ENODEV, call="mmap mmap2")
def cannot_map(case: Case) -> Reason | None:
    value = case.argument("fd")
    if value is None:
        return None
    number = number_in(value)
    text = f"{descriptor(case, number)} is nothing that can be mapped"
    return Reason("space.not_mappable", text, "Read it, or map a regular file.", LIKELY, True, number)


@cause(ENODEV, call="open openat openat2")
def no_driver(case: Case) -> Reason | None:
    for way in ways(case):
        steps = way.get("steps") or []
        if way.get("failed") is None and steps:
            text = f"no driver has the device of {quoted(steps[-1][0])}"
            return Reason("space.no_device", text, "Load the driver, or check the numbers of the device file.", LIKELY, True,
                          way["path"])  # fmt: skip
    return None
