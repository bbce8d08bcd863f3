"""What a command line means, and what is said of one that makes no sense."""

from __future__ import annotations

import pytest

from ptracer.errors import PtracerError
from ptracer.option_table import OPTIONS
from ptracer.options import NEVER, WAITING, Options, parse

OF_STRACE = """
    attach env user argv0 follow-forks output-separately detach-on daemonize daemonise daemonised daemonized
    interruptible syscall-limit kill-on-exit seccomp-bpf trace trace-fds trace-path signals status successful-only
    failed-only failing-only quiet silent silence output output-append-mode string-limit no-abbrev abbrev verbose raw
    read write absolute-timestamps timestamps relative-timestamps syscall-times decode-fds decode-pids
    pidns-translation always-show-pid strings-in-hex const-print-style instruction-pointer syscall-number arg-names
    stack-trace stack-traces stack-trace-frame-limit columns color secontext kvm namespace summary-only summary
    summary-wall-clock summary-sort-by summary-columns summary-syscall-overhead inject fault debug help version tips
"""
LETTERS = "abcdefhiknopqrstuvwxyzACDEFINOPSTUVXYZ"


def error_of(*arguments: str) -> str:
    with pytest.raises(PtracerError) as caught:
        parse(arguments)
    return caught.value.message


def options_of(*arguments: str) -> Options:
    return parse([*arguments, "true"])


def test_every_option_of_strace_is_known() -> None:
    words = {word for option in OPTIONS for word in option.spelling.long}
    letters = {option.spelling.short for option in OPTIONS}
    assert set(OF_STRACE.split()) <= words
    assert set(LETTERS) <= letters


def test_no_option_is_written_like_another() -> None:
    words = [word for option in OPTIONS for word in option.spelling.long]
    letters = [option.spelling.short for option in OPTIONS if option.spelling.short]
    assert len(words) == len(set(words)) and len(letters) == len(set(letters))


def test_options_end_at_the_command() -> None:
    options = parse(["-f", "ls", "-l", "-o", "x"])
    assert options.command == ["ls", "-l", "-o", "x"]
    assert options.output is None and options.follow == 1


def test_two_dashes_end_the_options() -> None:
    assert parse(["-f", "--", "-x", "y"]).command == ["-x", "y"]


def test_letters_can_stand_together_and_the_last_may_take_a_value() -> None:
    options = options_of("-fttTs5", "-Xraw")
    assert (options.follow, options.absolute, options.duration, options.string_limit, options.constants) == (1, 2, "us", 5, "raw")


def test_long_names_may_be_cut_where_that_is_unambiguous() -> None:
    assert options_of("--string-l=7").string_limit == 7
    assert error_of("--str", "true") == "option '--str' is ambiguous; possibilities: '--string-limit' '--strings-in-hex'"


def test_an_optional_value_needs_an_equals_sign() -> None:
    options = parse(["--color", "never"])
    assert options.command == ["never"] and options.color == "always"


def test_process_ids_come_in_lists_and_repeatedly() -> None:
    assert parse(["-p", "1,2 3\n4", "--attach=5"]).attach == [1, 2, 3, 4, 5]


def test_a_bare_expression_is_a_set_of_calls() -> None:
    assert options_of("-e", "close").trace.has("close")
    assert not options_of("-e", "close").trace.has("open")


def test_the_last_set_counts() -> None:
    options = options_of("-e", "trace=open", "-e", "t=close")
    assert options.trace.has("close") and not options.trace.has("open")


@pytest.mark.parametrize(
    "arguments, kinds",
    [
        (["-q"], {"attach", "personality"}),
        (["-qq"], {"attach", "personality", "exit"}),
        (["-e", "quiet=superseded"], {"thread-execve"}),
        (["--quiet=exits,attach"], {"attach", "exit"}),
        (["--quiet"], {"attach", "personality"}),
        (["-o", "/dev/null"], {"attach", "personality"}),
    ],
)
def test_messages_are_left_out_by_kind(arguments: list[str], kinds: set[str]) -> None:
    quiet = options_of(*arguments).quiet
    every = ("attach", "exit", "path-resolution", "personality", "thread-execve")
    assert {kind for kind in every if kind in quiet} == kinds


def test_everything_is_quiet_with_three() -> None:
    assert options_of("-qqq").quiet.is_all


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["-t"], ("time", "s")),
        (["-tt"], ("time", "us")),
        (["-ttt"], ("unix", "us")),
        (["--absolute-timestamps"], ("time", "s")),
        (["--absolute-timestamps=ns"], ("time", "ns")),
        (["--timestamps=format:unix,precision:ms"], ("unix", "ms")),
        (["--absolute-timestamps=none"], (None, "s")),
    ],
)
def test_absolute_time_stamps(arguments: list[str], expected: tuple[str | None, str]) -> None:
    options = options_of(*arguments)
    assert (options.absolute_format, options.absolute_precision) == expected


def test_signals_are_ignored_while_a_command_is_traced_into_a_file() -> None:
    assert options_of("-o", "x").interruptible == NEVER
    assert options_of().interruptible == WAITING
    assert parse(["-o", "x", "-p", "1"]).interruptible == WAITING
    assert options_of("-o", "x", "-I", "waiting").interruptible == WAITING


def test_overhead_has_a_unit() -> None:
    assert options_of("-c", "-O", "5").overhead == 5000
    assert options_of("-c", "-O", "1.5ms").overhead == 1_500_000


# Each of these was tried with strace 7.2, which says the same behind its name.
@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "must have PROG [ARGS] or -p PID"),
        (["-f"], "must have PROG [ARGS] or -p PID"),
        (["-s", "x", "true"], "invalid -s argument: 'x'"),
        (["-s", "-1", "true"], "invalid -s argument: '-1'"),
        (["-s", "0x10", "true"], "invalid -s argument: '0x10'"),
        (["--string-limit=x", "true"], "invalid --string-limit argument: 'x'"),
        (["-a", "", "true"], "invalid -a argument: ''"),
        (["-I", "5", "true"], "invalid -I argument: '5'"),
        (["-X", "foo", "true"], "invalid -X argument: 'foo'"),
        (["-S", "foo", "-c", "true"], "invalid sortby: 'foo'"),
        (["-U", "foo", "-c", "true"], "unknown column name: 'foo'"),
        (["-O", "x", "-c", "true"], "invalid -O argument: 'x'"),
        (["-O", "-5", "-c", "true"], "invalid -O argument: '-5'"),
        (["-p", "foo"], "Invalid process id: 'foo'"),
        (["-p", "0"], "Invalid process id: '0'"),
        (["-p", "1,x"], "Invalid process id: 'x'"),
        (["-b", "foo", "true"], "Syscall 'foo' for -b isn't supported"),
        (["-c", "-C", "true"], "-c/--summary-only and -C/--summary are mutually exclusive"),
        (["-ff", "-c", "true"], "(-c/--summary-only or -C/--summary) and -ff/--output-separately are mutually exclusive"),
        (["-ff", "-o", "|cat", "true"], "piping the output and -ff/--output-separately are mutually exclusive"),
        (["-w", "true"], "-w/--summary-wall-clock must be given with (-c/--summary-only or -C/--summary)"),
        (["-U", "name", "true"], "-U/--summary-columns must be given with (-c/--summary-only or -C/--summary)"),
        (["--string-limit"], "option '--string-limit' requires an argument"),
        (["-s"], "option requires an argument -- 's'"),
        (["-Q", "true"], "invalid option -- 'Q'"),
        (["--follow-forks=3", "true"], "option '--follow-forks' doesn't allow an argument"),
        (["--color=foo", "true"], "invalid --color argument: 'foo'"),
        (["--quiet=foo", "true"], "invalid quiet 'foo'"),
        (["-e", "status=foo", "true"], "invalid status 'foo'"),
        (["--absolute-timestamps=foo", "true"], "invalid --absolute-timestamps argument: 'foo'"),
        (["--syscall-times=foo", "true"], "invalid --syscall-times argument: 'foo'"),
        (["--strings-in-hex=foo", "true"], "invalid --strings-in-hex argument: 'foo'"),
        (["-q", "--quiet=exit", "true"], "-q and -e quiet/--quiet cannot be provided simultaneously"),
        (["-t", "--absolute-timestamps=unix", "true"], "-t and --absolute-timestamps cannot be provided simultaneously"),
        (["-x", "--strings-in-hex=all", "true"], "-x and --strings-in-hex cannot be provided simultaneously"),
        (["--kill-on-exit", "-p", "1"], "--kill-on-exit and -p/--attach are mutually exclusive options"),
        (["--argv0=x", "-p", "1"], "PROG [ARGS] must be specified with --argv0"),
    ],
)
def test_what_makes_no_sense_is_said_in_the_words_of_strace(arguments: list[str], message: str) -> None:
    assert error_of(*arguments) == message


@pytest.mark.parametrize(
    "arguments, warning",
    [
        (["-A"], "-A/--output-append-mode has no effect without -o/--output"),
        (["-S", "time"], "-S/--summary-sort-by has no effect without (-c/--summary-only or -C/--summary)"),
        (["-c", "-i"], "-i/--instruction-pointer has no effect with -c/--summary-only"),
        (["-c", "-tt"], "-t/--absolute-timestamps has no effect with -c/--summary-only"),
        (["--seccomp-bpf"], "--seccomp-bpf cannot be used without -f/--follow-forks, disabling"),
        (["-F"], "option -F is deprecated, please use -f/--follow-forks instead"),
    ],
)
def test_what_has_no_effect_is_pointed_out(arguments: list[str], warning: str) -> None:
    assert warning in options_of(*arguments).warnings


def test_a_near_miss_is_answered_with_what_was_meant() -> None:
    assert error_of("--folow-forks", "true") == "unrecognized option '--folow-forks'; did you mean '--follow-forks'?"
