"""``-h`` and ``-V``. Everything heavy, argparse and rich, is imported only here."""

from __future__ import annotations

import argparse
import os
import sys

from ptracer import __version__
from ptracer.actions import not_yet
from ptracer.arguments import NONE, OPTIONAL
from ptracer.messages import program_name
from ptracer.option_table import OPTIONS, Option
from ptracer.options import Options

STANDS_FOR = "7.2"

SYNOPSIS = """\
%(prog)s [OPTION]... COMMAND [ARGUMENT]...
       %(prog)s [OPTION]... -p PID[,PID]..."""

DESCRIPTION = "Shows what a program asks of the kernel: its system calls, its signals, its end."

EPILOGUE = """\
Examples:
  %(prog)s ls                              every call
  %(prog)s -f -o trace make                with all child processes, into a file
  %(prog)s -e trace=%%file,%%network ls      only calls with file names, and the network's
  %(prog)s -c -p 1234                      what a running process does, counted, until ^C

Qualifiers of -e: trace (may be left out), signal, status, quiet, abbrev, verbose, raw.
Classes of calls: {classes}."""


def parser(formatter: type[argparse.HelpFormatter] = argparse.RawTextHelpFormatter) -> argparse.ArgumentParser:
    """All options for argparse; it does not parse with them (see ``arguments``) but prints help and completions."""
    from ptracer.tables.classes import CLASSES

    made = argparse.ArgumentParser(
        prog=program_name(),
        usage=SYNOPSIS,
        description=DESCRIPTION,
        epilog=EPILOGUE.format(classes=", ".join("%%" + name.replace("%", "%%") for name in CLASSES)),
        formatter_class=formatter,
        add_help=False,
        allow_abbrev=False,
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in OPTIONS:
        if option.group and option.apply is not not_yet:
            if option.group not in groups:
                groups[option.group] = made.add_argument_group(option.group)
            add(groups[option.group], option)
    return made


def add(group: argparse._ArgumentGroup, option: Option) -> None:
    """One option, under its letter and its first long name."""
    spelling = option.spelling
    names = [f"-{spelling.short}"] if spelling.short else []
    names += [f"--{word}" for word in spelling.long[:1]]
    if spelling.value == NONE:
        group.add_argument(*names, action="store_true", help=option.help)
    elif spelling.value == OPTIONAL:
        # The value belongs to the long name only; argparse would show it with the letter too.
        group.add_argument(*names[:-1], f"{names[-1]}{option.value}", action="store_true", help=option.help)
    else:
        group.add_argument(*names, metavar=option.value, help=option.help)


def show(options: Options) -> None:
    """What was asked for, on standard output."""
    sys.stdout.write(version_text() if options.version else help_text())
    sys.stdout.flush()


def version_text() -> str:
    """Programs that call strace read the last word of the first line: under its name, its version."""
    if program_name() == "strace":
        return f"strace (ptracer {__version__}) -- version {STANDS_FOR}\n{LEGAL}"
    return f"{program_name()} -- version {__version__}\n{LEGAL}"


def help_text() -> str:
    """The help; with colours where a terminal shows them."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from rich_argparse import RawTextRichHelpFormatter

        class Coloured(RawTextRichHelpFormatter):
            group_name_formatter = str

            def __init__(self, prog: str) -> None:
                super().__init__(prog, max_help_position=36, width=110)

        return parser(Coloured).format_help()
    return parser(Plain).format_help()


class Plain(argparse.RawTextHelpFormatter):
    """Names and explanations in two columns that fit on a line."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=36, width=110)


LEGAL = """\
Copyright 2026 the ptracer developers. Free software under version 2 of the GNU General Public License;
there is NO WARRANTY. It prints what strace 7.2 prints, but shares no code with it.
"""
