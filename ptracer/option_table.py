"""The options: one row each. Adding an option is adding a row here, and an attribute in ``Options``."""

from __future__ import annotations

from ptracer import actions, filters
from ptracer import expressions as sets
from ptracer.actions import Apply, append, choice, count, number, set_to, text
from ptracer.arguments import NONE, OPTIONAL, REQUIRED, Spelling
from ptracer.options import ANYWHERE, FORMATS, NEVER, NEVER_TSTP, WAITING

LARGEST_STRING = (1 << 31) - 2  # a string is read with the byte that would show that it goes on


class Option:
    """One option: how it is written, what it does, where the help shows it and what it says there."""

    __slots__ = ("spelling", "apply", "group", "value", "help")

    def __init__(self, spelling: Spelling, apply: Apply, group: str, value: str, help: str) -> None:
        self.spelling, self.apply, self.group, self.value, self.help = spelling, apply, group, value, help


START = "What to trace"
SELECT = "What to show of it"
TEXT = "How a call looks"
TIME = "When, and how long"
COUNT = "Counting instead of listing"
WRITE = "Where the trace goes"
KEEP = "Recordings"
WHY = "Why calls fail"
TRACE = "How tracing is done"
READ = "Traces that exist already"
ABOUT = "About ptracer"
HIDDEN = ""
STYLES = ("abbrev", "raw", "verbose")
INTERRUPTIBLE = {
    **{str(level): level for level in (ANYWHERE, WAITING, NEVER, NEVER_TSTP)},
    "anywhere": ANYWHERE, "waiting": WAITING, "never": NEVER, "never_tstp": NEVER_TSTP,
}  # fmt: skip
DAEMONIZE = ("daemonize", "daemonise", "daemonised", "daemonized")
PRECISIONS = actions.PRECISIONS
CAPTURES = ("auto", "stops", "inside")
HEX_STRINGS = ("none", "non-ascii-chars", "non-ascii", "all")


def row(short: str, long: str, value: str, apply: Apply, group: str, help: str) -> Option:
    """A row; ``long`` are names with blanks between them, ``value`` is empty, ``VALUE`` or ``[=VALUE]``."""
    kind = NONE if not value else OPTIONAL if value.startswith("[") else REQUIRED
    return Option(Spelling(short, tuple(long.split()), kind), apply, group, value, help)


OPTIONS = [
    row("", "preset", "NAME", actions.preset, START, "options for a purpose: files, network, processes, hang, everything"),
    row("p", "attach", "PID", actions.attach, START, "trace running processes; several with commas, or -p again"),
    row("f", "follow-forks", "", count("follow"), START, "trace child processes and threads too; -ff: a file for each"),
    row("E", "env", "VAR[=VAL]", append("environment"), START, "set a variable of the command, or remove it"),
    row("u", "user", "USER", text("user"), START, "run the command as USER, or as UID:GID"),
    row("", "argv0", "NAME", text("argv0"), START, "the name the command sees itself called by"),
    row("b", "detach-on", "CALL", actions.detach_on, START, "let go of a process at execve"),
    row("F", "", "", actions.deprecated_follow, HIDDEN, ""),
    row("e", "", "EXPR", sets.expression, SELECT, "QUALIFIER=SET, one of those below; a bare SET is trace=SET"),
    row("", "trace", "SET", sets.syscalls("trace"), SELECT, "calls by name, number, %%class or /regex, !SET for all others"),
    row("", "signals", "SET", sets.signals, SELECT, "the signals that are shown"),
    row("", "status", "SET", sets.statuses, SELECT, "successful, failed, unfinished, unavailable, detached"),
    row("z", "successful-only", "", sets.only_status("successful"), SELECT, "only calls that succeeded"),
    row("Z", "failed-only failing-only", "", sets.only_status("failed"), SELECT, "only calls that failed"),
    row("", "filter", "CONDITION", sets.condition, SELECT, "only calls that satisfy it: 'openat && flags & O_CREAT'"),
    row("P", "trace-path", "PATH", append("paths"), SELECT, "only calls that touch PATH"),
    row("", "trace-fds trace-fd", "SET", sets.numbers("trace_descriptors"), SELECT, "only calls on these descriptors"),
    row("q", "quiet silent silence", "[=SET]", sets.quiet, SELECT, "fewer messages; -qq no exits, -qqq none at all"),
    row("v", "no-abbrev", "", set_to("abbreviate", filters.NONE), TEXT, "structures and lists in full"),
    row("s", "string-limit", "SIZE", number("string_limit", LARGEST_STRING), TEXT, "how much of a string is shown (32)"),
    row("a", "columns", "COLUMN", number("column"), TEXT, "where results begin (40)"),
    row("", "redact", "[=WHAT]", sets.redact, TEXT, "no contents: data,environment of programs; arguments"),
    row("x", "", "", count("hexadecimal"), TEXT, "strings that are not ASCII in hexadecimal; -xx: all strings"),
    row("", "strings-in-hex", "[=HOW]", choice("strings", HEX_STRINGS, "all"), TEXT, "none, non-ascii-chars, non-ascii, all"),
    row("X", "const-print-style", "STYLE", choice("constants", STYLES), TEXT, "constants abbrev, raw or verbose"),
    row("", "abbrev", "SET", sets.syscalls("abbreviate"), TEXT, "calls whose structures are abbreviated"),
    row("", "verbose", "SET", sets.syscalls("verbose"), TEXT, "calls whose structures are shown"),
    row("", "raw", "SET", sets.syscalls("raw"), TEXT, "calls whose arguments stay numbers"),
    row("y", "", "", count("naming"), TEXT, "the file behind each descriptor"),
    row("", "decode-fds decode-fd", "[=SET]", sets.descriptors, TEXT, "path, socket, dev, pidfd, eventfd, signalfd"),
    row("Y", "", "", sets.process("comm"), TEXT, "the program behind each process id"),
    row("", "decode-pids decode-pid", "SET", sets.processes, TEXT, "comm, pidns"),
    row("", "pidns-translation", "", sets.process("pidns"), HIDDEN, ""),
    row("", "read", "SET", sets.numbers("dump_reads"), TEXT, "all data read from these descriptors"),
    row("", "write", "SET", sets.numbers("dump_writes"), TEXT, "all data written to these descriptors"),
    row("i", "instruction-pointer", "", set_to("pointer"), TEXT, "where the program is"),
    row("n", "syscall-number", "", set_to("number"), TEXT, "the number of each call"),
    row("N", "arg-names", "", set_to("names"), TEXT, "the names of arguments"),
    row("", "registers", "", set_to("registers"), TEXT, "the register and the class of each argument"),
    row("k", "stack-trace stack-traces", "[=HOW]", sets.stack_trace, TEXT, "the stack after each call; -kk: lines of source"),
    row("", "stack-trace-frame-limit", "LIMIT", sets.stack_limit, TEXT, "how deep (256)"),
    row("", "secontext", "[=SET]", sets.contexts, TEXT, "SELinux contexts"),
    row("", "kvm", "SET", sets.virtual_processors, TEXT, "why a virtual processor stopped"),
    row("", "namespace", "SET", sets.namespaces, TEXT, "the namespaces a process enters"),
    row("", "always-show-pid", "", set_to("always_pid"), TEXT, "the process id before each line"),
    row("", "color", "[=WHEN]", choice("color", ("auto", "always", "never"), "always"), TEXT, "auto, always or never"),
    row("t", "", "", count("absolute"), TIME, "the time of day; -tt with microseconds, -ttt as seconds since 1970"),
    row("", "absolute-timestamps timestamps", "[=FORMAT]", actions.absolute, TIME, "none, time, unix; s, ms, us, ns"),
    row("r", "relative-timestamps", "[=PRECISION]", choice("relative", PRECISIONS, "us"), TIME, "time since the line before"),
    row("T", "syscall-times", "[=PRECISION]", choice("duration", PRECISIONS, "us"), TIME, "time spent in each call"),
    row("c", "summary-only", "", actions.summarize("only"), COUNT, "a table of calls, errors and time at the end"),
    row("C", "summary", "", actions.summarize("also"), COUNT, "the same after the trace"),
    row("w", "summary-wall-clock", "", set_to("wall_clock"), COUNT, "how long calls took, not how long they computed"),
    row("S", "summary-sort-by", "KEY", actions.sort_by, COUNT, "time, min-, max-, avg-time, p50, p90, p99, calls, errors, name"),
    row("U", "summary-columns", "COLUMNS", actions.columns, COUNT, "which columns, in which order"),
    row("O", "summary-syscall-overhead", "TIME", actions.overhead, COUNT, "what tracing a call costs, to be subtracted"),
    row("", "by", "[=WHAT]", actions.by, COUNT, "wall time and percentiles by syscall, thread, process, path, fd, peer"),
    row("", "account", "", set_to("account"), COUNT, "where the time of each thread went"),
    row("", "slowest", "N", actions.slowest, COUNT, "the N calls that took longest"),
    row("", "interval", "SECONDS", actions.interval, COUNT, "the table so far, every so often"),
    row("", "top", "", set_to("top"), COUNT, "a live view by syscall, path and thread; q lets the program go on"),
    row("o", "output", "FILE", text("output"), WRITE, "to FILE, or to a command: '|COMMAND'"),
    row("", "format", "FORMAT", choice("format", FORMATS), WRITE, "json, chrome, collapsed, speedscope, csv, sqlite, parquet"),
    row("A", "output-append-mode", "", set_to("append"), WRITE, "append to FILE"),
    row("", "output-separately", "", set_to("separately"), WRITE, "to FILE.PID for each process"),
    row("", "explain", "[=WHAT]", sets.explain, WHY, "why calls fail, and at the end what to mend: errors, all, none, names"),
    row("", "record", "FILE", text("record"), KEEP, "keep the trace in FILE, to be shown in any form later"),
    row("", "last", "HOWMUCH", sets.recent, KEEP, "keep only the end of it: 100000 calls, 30s, 5m"),
    row("", "until", "CONDITION", sets.until, KEEP, "stop tracing at the first call that satisfies it"),
    row("", "replay", "FILE", text("replay"), KEEP, "show a recording, with any options that show or count"),
    row("D", " ".join(DAEMONIZE), "[=HOW]", actions.daemonize, TRACE, "the command stays the caller's child"),
    row("I", "interruptible", "WHEN", choice("interruptible", INTERRUPTIBLE), TRACE, "anywhere, waiting, never, never_tstp"),
    row("", "seccomp-bpf", "", set_to("seccomp"), TRACE, "what ptracer does by itself where it can: stop for wanted calls only"),
    row("", "kill-on-exit", "", set_to("kill_on_exit"), TRACE, "kill what is traced when ptracer is killed"),
    row("", "patience", "SECONDS", number("patience"), TRACE, "let go when nobody takes the trace for so long (with -p 10)"),
    row("", "capture", "HOW", choice("capture", CAPTURES), TRACE, "stops; inside: in the program itself, which is faster; auto"),
    row("", "ring", "MIB", actions.ring, TRACE, "how much of the trace may wait to be written, 8 to 4096 (8)"),
    row("", "syscall-limit", "LIMIT", sets.limit, TRACE, "stop tracing after so many calls"),
    row("", "inject", "RULE", sets.rule("inject"), TRACE, "make calls fail, return, wait, or signal"),
    row("", "fault", "RULE", sets.rule("fault"), TRACE, "make calls fail with ENOSYS"),
    row("", "sql", "QUESTION", text("question"), READ, "FILE...: SELECT ... from a recording or dataset; or slow-files ..."),
    row("", "merge", "", set_to("companion", "merge"), READ, "FILE...: logs of -ff as one log, by time; needs -tt or -ttt"),
    row("", "tree", "", set_to("companion", "tree"), READ, "FILE...: who started whom, of logs of -f or -ff"),
    row("", "diff", "", set_to("companion", "diff"), READ, "A B: what is different between two recordings; -v: every line"),
    row("h", "help", "", set_to("help"), ABOUT, "this help"),
    row("V", "version", "", count("version"), ABOUT, "the version"),
    row("d", "debug", "", set_to("debug"), ABOUT, "what ptracer itself does, at each stop"),
    row("", "tips", "[=WHICH]", actions.tips, ABOUT, "a tip at the end: a number or random, compact or full"),
]
