"""What there is too much of: descriptors, words, processes, bytes. Source: getrlimit(2), execve(2), fork(2), open(2)."""

from __future__ import annotations

from collections import Counter
from errno import E2BIG, EAGAIN, EFBIG, EMFILE, ENFILE

from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.saying import size, what
from ptracer.model.descriptors import Entry

LONGEST_WORD = 1 << 17  # MAX_ARG_STRLEN
CLONE_THREAD = 0x10000


def limit(case: Case, name: str) -> int | None:
    """A soft limit; None: there is none, or nobody knows."""
    limits = case.facts.get("limits")
    value = limits.get(name) if isinstance(limits, dict) else None
    return value if isinstance(value, int) and value >= 0 else None


@cause(EMFILE)
def too_many_descriptors(case: Case) -> Reason | None:
    most = limit(case, "files")
    thread = case.thread
    if most is None or thread is None or case.name.startswith("inotify_init") and len(thread.descriptors.entries) < most // 2:
        return instances(case)
    text = f"all {most} descriptors that the process may have (RLIMIT_NOFILE) are open" + holders(thread.descriptors.entries)
    return Reason("limit.descriptors", text, "Close what is not used any more; if so many are needed, raise the limit.", SURE)


def instances(case: Case) -> Reason | None:
    """inotify_init(2) has a limit of its own."""
    if not case.name.startswith("inotify_init"):
        return None
    text = "the user has as many inotify instances as one may have (/proc/sys/fs/inotify/max_user_instances)"
    return Reason("limit.inotify", text, "Close those that are not used, or raise the limit.", LIKELY)


def holders(entries: dict[int, Entry]) -> str:
    """What most of them are."""
    kinds = Counter((what(one.description), one.opened.name if one.opened is not None else "") for one in entries.values())
    if not kinds:
        return ""
    (name, call), many = kinds.most_common(1)[0]
    if many * 4 < len(entries):
        kinds = Counter((one.description.kind or "", one.opened.name if one.opened else "") for one in entries.values())
        (name, call), many = kinds.most_common(1)[0]
        name = f"of the kind {name}" if name else ""
    if not name or many < 2:
        return ""
    first = next((one.opened for one in entries.values() if one.opened is not None and one.opened.name == call), None)
    since = f", made by {call}(), the first at call {first.number}" if first is not None and first.number else ""
    return f"; {many} of them are {name}{since}"


@cause(ENFILE)
def too_many_files(case: Case) -> Reason | None:
    numbers = case.facts.get("files")
    if not isinstance(numbers, list) or len(numbers) != 2:
        return None
    text = f"{numbers[0]} files are open in the whole system, of {numbers[1]} that may be (/proc/sys/fs/file-max)"
    return Reason("limit.files", text, "Find who has so many, or raise the limit.", LIKELY)


@cause(E2BIG, call="execve execveat")
def too_many_words(case: Case) -> Reason | None:
    words = case.facts.get("words")
    if not isinstance(words, dict):
        return None
    if words.get("longest", 0) >= LONGEST_WORD - 1:
        text = f"an argument or variable has more than {size(LONGEST_WORD)}, the most that one may have"
        return Reason("limit.words", text, "Pass it through a file or a pipe.", SURE)
    stack = limit(case, "stack")
    most = size(min(stack // 4, 6 << 20) if stack is not None else 6 << 20)
    many = f"{words.get('arguments')} arguments and {words.get('variables')} variables"
    text = f"{many} take more than {most}, what a quarter of the limit of the stack (RLIMIT_STACK) allows"
    return Reason("limit.words", text, "Pass fewer at a time, as xargs(1) does, or through a file.", SURE)


@cause(EAGAIN, call="fork vfork clone clone3")
def too_many_processes(case: Case) -> Reason | None:
    most = limit(case, "processes")
    what = "thread" if case.name.startswith("clone") and case.call.args[0] & CLONE_THREAD and case.name == "clone" else "process"
    known = f"RLIMIT_NPROC, {most} for all processes of the user" if most is not None else "RLIMIT_NPROC"
    text = f"no further {what} may be made: a limit of processes is reached ({known}; or pids.max of the control group)"
    return Reason("limit.processes", text, "Wait for children before more are started, or raise the limit.", SURE)


@cause(EFBIG)
def too_long_a_file(case: Case) -> Reason | None:
    most = limit(case, "file_size")
    if most is not None:
        text = f"the file may not be longer than {size(most)} (RLIMIT_FSIZE)"
        return Reason("limit.file_size", text, "Raise the limit (ulimit -f), or write less.", SURE)
    end = last_byte(case)
    if end is not None:
        text = f"a file may not be so long on this file system: it would have {size(end)}"
        return Reason("limit.file_size", text, "Check how the offset was computed.", LIKELY)
    return None


def last_byte(case: Case) -> int | None:
    """Where the file would end."""
    for offset, length in (("offset", "len"), ("length", ""), ("offset", "count")):
        start, many = case.argument(offset), case.argument(length) if length else 0
        if start is not None and many is not None:
            return (start & (1 << 63) - 1) + many
    return None
