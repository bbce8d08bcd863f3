"""argv -> Options: what the user asked for, checked, before anything is started."""

from __future__ import annotations

from collections.abc import Sequence

from ptracer import filters
from ptracer.arguments import Found, UsageError, scan
from ptracer.errors import PtracerError
from ptracer.filters import NumberSet, SyscallSet
from ptracer.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from ptracer.conditions.meaning import Condition
    from ptracer.recordings.recording import Recording
    from ptracer.tampering.rules import Rule

ANYWHERE, WAITING, NEVER, NEVER_TSTP = 1, 2, 3, 4

QUIET = {
    "attach": "attach",
    "exit": "exit",
    "exits": "exit",
    "path-resolution": "path-resolution",
    "path-resolve": "path-resolution",
    "personality": "personality",
    "thread-execve": "thread-execve",
    "superseded": "thread-execve",
}
STATUSES = {name: name for name in ("successful", "failed", "unfinished", "unavailable", "detached")}
DESCRIPTORS = {name: name for name in ("path", "socket", "dev", "pidfd", "eventfd", "signalfd")}
REDACTED = {name: name for name in ("data", "environment", "arguments")}
PROCESSES = {"comm": "comm", "pidns": "pidns"}
BY = ("syscall", "thread", "process", "path", "fd", "peer")
IN_VIEW = ("syscall", "path", "thread")  # what the live view has in any case
FORMATS = ("strace", "json", "chrome", "collapsed", "speedscope", "csv", "sqlite", "parquet")
FILES = ("sqlite", "parquet")  # those that are no stream
OF_LINES = ("strace", "json", "csv")  # those of which each process can have its own
QUIETER = ("", "attach,personality", "attach,personality,exit", "all")  # by the number of -q
SMALLEST_RING, LARGEST_RING = 8, 4096  # mebibytes; several of the largest records must have room
ALL_WORDS = NumberSet(frozenset(), True)
NO_WORDS = NumberSet(frozenset())

USELESS_WITH_SUMMARY = (
    ("pointer", "-i/--instruction-pointer"),
    ("number", "-n/--syscall-number"),
    ("names", "-N/--arg-names"),
    ("registers", "--registers"),
    ("relative", "-r/--relative-timestamps"),
    ("absolute_format", "-t/--absolute-timestamps"),
    ("duration", "-T/--syscall-times"),
    ("stacks", "-k/--stack-trace"),
)

# Attributes that letters count, and the long options that say the same in words.
COUNTED = (
    ("quietness", "-q", "quiet=", "-e quiet/--quiet"),
    ("naming", "-y", "decode-fds", "--decode-fds"),
    ("hexadecimal", "-x", "strings-in-hex", "--strings-in-hex"),
    ("absolute", "-t", "absolute-timestamps", "--absolute-timestamps"),
)


class Options:
    """All options with their defaults; one attribute each, in the order of the help."""

    def __init__(self) -> None:
        # what to run, whom to trace
        self.command: list[str] = []
        self.attach: list[int] = []
        self.environment: list[str] = []  # VAR=VAL, or VAR to remove it
        self.user: str | None = None
        self.argv0: str | None = None
        # tracing
        self.follow = 0  # how often -f was given
        self.separately = False
        self.detach_on_exec = False
        self.interruptible = 0  # 0: as the other options suggest
        self.apart = 0  # the tracer is a grandchild (1), in its own process group (2), in its own session (3)
        self.kill_on_exit = False
        self.patience: int | None = None  # seconds; 0: no end
        self.capture = ""  # stops, unless the environment says auto; or auto, inside
        self.ring = SMALLEST_RING  # mebibytes of what may wait to be decoded
        self.seccomp = False
        # filtering
        self.trace: SyscallSet = filters.ALL
        self.signals = ALL_WORDS
        self.statuses = ALL_WORDS
        self.paths: list[str] = []  # only calls that touch them
        self.trace_descriptors: NumberSet | None = None  # or these
        self.limit = 0  # so many calls
        self.conditions: list[Condition] = []  # only calls that satisfy them all
        # tampering
        self.rules: list[Rule] = []
        # text
        self.output: str | None = None
        self.append = False
        self.column = 40
        self.string_limit = 32
        self.abbreviate: SyscallSet = filters.ALL
        self.verbose: SyscallSet = filters.ALL
        self.raw: SyscallSet = filters.NONE
        self.strings = "none"
        self.hexadecimal = 0  # how often -x was given
        self.constants = "abbrev"
        self.pointer = False
        self.number = False
        self.names = False
        self.registers = False
        self.naming = 0  # how often -y was given
        self.descriptors = NO_WORDS  # what is shown of what is behind them
        self.processes = NO_WORDS
        self.virtual_processors = False  # whether it is shown why they come back
        self.namespaces = False  # whether those are shown that a process enters
        self.dump_reads = NO_WORDS  # descriptors of which all data is shown
        self.dump_writes = NO_WORDS
        self.absolute = 0  # how often -t was given
        self.absolute_format: str | None = None
        self.absolute_precision = "s"
        self.relative: str | None = None  # a precision
        self.duration: str | None = None  # a precision
        self.stacks = ""  # "": none, "symbol", "source"
        self.stack_limit = 256  # frames
        self.color = "auto"
        self.always_pid = False
        self.redacted: frozenset[str] = frozenset()  # what is neither shown nor kept: words of REDACTED
        self.quietness = 0  # how often -q was given
        self.quiet = NO_WORDS
        # explanations
        self.explain = ""  # "errors", "all", "none", or names of kinds with commas; empty: not asked for
        # recordings and formats
        self.record: str | None = None  # a file
        self.recent = ""  # how much of the latest is kept in memory
        self.until: list[Condition] = []  # conditions that end the trace
        self.format = "strace"
        # statistics
        self.summary = ""  # "": none, "only", "also"
        self.summary_sort = "time-percent"
        self.summary_columns: list[str] = []
        self.overhead = 0  # nanoseconds
        self.wall_clock = False
        self.by: list[str] = []  # what the calls of a table have in common: words of BY
        self.account = False
        self.slowest = 0
        self.interval = 0  # nanoseconds between two tables, or two pictures of the live view
        self.top = False
        # help
        self.help = False
        self.version = 0
        self.debug = False
        self.tips = ""  # "none", "compact" or "full", where they were asked for
        self.tip: int | None = None  # its number; None is any
        self.preset = ""
        self.announcement = ""  # what the preset stands for
        self.replay = ""  # a recording that is shown as if it were happening
        self.recording: Recording | None = None  # the same, opened
        self.question = ""  # in SQL, or the name of one
        self.companion = ""  # "merge", "tree" or "diff": what is done with the logs or recordings in the command's place
        self.written: list[str] = []  # the options as they may be written down
        self.given: set[str] = set()  # the long names of all options on the command line
        self.warnings: list[str] = []

    @property
    def ends_early(self) -> bool:
        """Whether the trace ends before the tracees do."""
        return bool(self.limit or self.until)

    @property
    def describes(self) -> bool:
        """Whether it has to be known where and how the trace was made, and what processes hold."""
        return self.record is not None or self.format != "strace" or self.measures or bool(self.explain)

    @property
    def measures(self) -> bool:
        """Whether it is measured where the time goes, beyond strace's table."""
        return bool(self.by or self.account or self.slowest)

    @property
    def asked(self) -> frozenset[str]:
        """What must be known of descriptors for what is measured: words of ``--decode-fds``."""
        if self.account or "peer" in self.by:
            return frozenset(("path", "socket"))
        return frozenset(("path",)) if {"path", "fd"} & {*self.by} else frozenset()

    @property
    def lists(self) -> bool:
        """Whether calls are listed: not where they are only counted, or only recorded."""
        only_recorded = self.record is not None and self.output is None and not self.given & {"format"}
        only_counted = self.summary == "only" or (self.measures and self.summary != "also")
        return not only_counted and not only_recorded


def parse(arguments: Sequence[str]) -> Options:
    """Options of an argument vector without the program's name. PtracerError: they make no sense."""
    from ptracer.option_table import OPTIONS

    options = Options()
    found, options.command = scan(arguments, [option.spelling for option in OPTIONS])
    options.written = [word for one in found for word in spelled(one)]
    apply(options, found)
    if options.help or options.version:
        return options
    if options.preset:
        from ptracer.presets import fill_in

        fill_in(options, found)
    if options.question:
        from ptracer.questions import prepare

        prepare(options)
    if options.replay:
        from ptracer.recordings.replay import lay_beneath

        lay_beneath(options, found)
    check(options)
    return options


def spelled(option: Found) -> list[str]:
    """An option as it may be written down: values of the environment are secrets."""
    value = option.value
    if value is None:
        return [option.written]
    if option.written in ("-E", "--env"):
        value = value.partition("=")[0]
    return [f"{option.written}={value}" if option.written.startswith("--") else option.written + value]


def apply(options: Options, found: Sequence[Found]) -> None:
    """What each option does, in order, until one asks for help."""
    from ptracer.option_table import OPTIONS

    for one in found:
        option = OPTIONS[one.place]
        option.apply(options, one.value, one.written)
        options.given.add(option.spelling.long[0] if option.spelling.long else one.written)
        if options.help or options.version:
            return


def check(options: Options) -> None:
    """What single options cannot know: what goes together, and what follows from it."""
    given = options.given
    if options.companion == "diff":
        if len(options.command) != 2:
            raise UsageError("--diff needs the names of two recordings", 2)
        return
    if options.companion:
        if not options.command:
            raise UsageError(f"--{options.companion} needs the names of logs")
        return
    if options.question and not options.replay:
        return
    if not (options.command or options.attach or options.replay) and options.tips not in ("", "none"):
        return
    subject(options)
    if options.summary and (options.separately or options.follow > 1):
        raise UsageError("(-c/--summary-only or -C/--summary) and -ff/--output-separately are mutually exclusive")
    measured(options)
    for attribute, name in (("wall_clock", "-w/--summary-wall-clock"), ("summary_columns", "-U/--summary-columns")):
        if getattr(options, attribute) and not options.summary and not (attribute == "wall_clock" and options.by):
            raise UsageError(f"{name} must be given with (-c/--summary-only or -C/--summary)")
    if options.kill_on_exit and options.attach:
        raise PtracerError("--kill-on-exit and -p/--attach are mutually exclusive options")
    if options.follow > 1:
        options.separately = True
    if options.separately and options.output is not None and options.output[:1] in ("|", "!"):
        raise UsageError("piping the output and -ff/--output-separately are mutually exclusive")
    for attribute, letter, name, written in COUNTED:
        if getattr(options, attribute) and name in given:
            raise PtracerError(f"{letter} and {written} cannot be provided simultaneously")
    if options.format in FILES and (options.output is None or options.output[:1] in ("|", "!")):
        raise UsageError(f"--format={options.format} needs a place: -o {'DIRECTORY' if options.format == 'parquet' else 'FILE'}")
    if options.separately and options.output is not None and options.format not in OF_LINES:
        raise UsageError(f"--format={options.format} is one for all: -ff/--output-separately cannot be given")
    if options.recent and not options.record:
        raise UsageError("--last needs a file: --record FILE")
    for condition in options.conditions:
        if condition.calls is not None:
            options.trace = options.trace.only(condition.calls)
    counted(options)
    redacted(options)
    useless(options)


def subject(options: Options) -> None:
    """There must be something to trace, or to replay."""
    if options.replay:
        if options.command or options.attach:
            raise UsageError("--replay shows a recording: there is no PROG or -p PID with it")
        return
    if not options.command:
        if options.apart:
            raise UsageError("PROG [ARGS] must be specified with -D/--daemonize")
        if options.argv0 is not None:
            raise UsageError("PROG [ARGS] must be specified with --argv0")
        if not options.attach:
            raise UsageError("must have PROG [ARGS] or -p PID")


def measured(options: Options) -> None:
    """What is measured, and what goes together with that."""
    if options.top:
        options.by = list(dict.fromkeys((*options.by, *IN_VIEW)))
        for given, name in (
            (options.summary == "also" and options.output is None, "-C/--summary without -o/--output"),
            (options.apart, "-D/--daemonize"),
            (options.replay, "--replay"),
            (options.slowest, "--slowest"),
            (options.account, "--account"),
        ):
            if given:
                raise UsageError(f"--top and {name} are mutually exclusive")
    elif options.interval:
        if not options.summary and not options.measures:
            options.by = ["syscall"]
        if options.summary == "also":
            raise UsageError("--interval needs tables without calls between: -c/--summary-only or --by, not -C/--summary")
    if options.measures and (options.separately or options.follow > 1):
        raise UsageError("tables and -ff/--output-separately are mutually exclusive")


def started(options: Options) -> bool:
    """Whether what is traced was started for that."""
    if options.recording is not None:
        return not options.recording.origin.attached
    return bool(options.command) and not options.attach


def counted(options: Options) -> None:
    """What options mean that are given several times."""
    if options.quietness:
        options.quiet = filters.parse_words(QUIETER[min(options.quietness, 3)], "quiet", QUIET)
    if options.hexadecimal:
        options.strings = "non-ascii" if options.hexadecimal == 1 else "all"
    if options.naming:
        options.descriptors = filters.parse_words("path" if options.naming == 1 else "all", "decode-fds", DESCRIPTORS)
    if options.absolute:
        options.absolute_format = "unix" if options.absolute > 2 else "time"
        options.absolute_precision = "us" if options.absolute > 1 else "s"
    into_file = (options.output is not None or options.record is not None) and started(options)
    if not options.interruptible:
        options.interruptible = NEVER_TSTP if options.apart else NEVER if into_file else WAITING
    if into_file or options.top:
        options.quiet = options.quiet.with_members("attach", "personality")


def redacted(options: Options) -> None:
    """What would show or keep what must not be: a stack holds anything, and a recording what it holds already."""
    if not options.redacted:
        return
    for given, name in (
        (options.stacks, "-k/--stack-trace"),
        (options.dump_reads.members or options.dump_reads.complement, "-e read"),
        (options.dump_writes.members or options.dump_writes.complement, "-e write"),
        (options.replay and options.record is not None, "--replay with --record"),
    ):
        if given:
            raise UsageError(f"--redact and {name} are mutually exclusive")


def useless(options: Options) -> None:
    """Options without an effect are allowed, and pointed out."""
    warn = options.warnings.append
    if options.append and options.output is None:
        warn("-A/--output-append-mode has no effect without -o/--output")
    if options.seccomp and not options.follow:
        warn("--seccomp-bpf cannot be used without -f/--follow-forks, disabling")
    if not options.summary and not options.by:
        if "summary-sort-by" in options.given:
            warn("-S/--summary-sort-by has no effect without (-c/--summary-only or -C/--summary)")
    if "stack-trace-frame-limit" in options.given and not options.stacks:
        warn("--stack-trace-frame-limit has no effect without -k/--stack-trace")
    if options.format != "strace" and options.given & {"read", "write"}:
        warn("-e read and -e write have no effect with --format")
    if options.summary == "only":
        for given, name in USELESS_WITH_SUMMARY:
            if getattr(options, given):
                warn(f"{name} has no effect with -c/--summary-only")
