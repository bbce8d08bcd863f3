"""``-h`` and ``-V``. Everything heavy, argparse and rich, is imported only here."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import textwrap

from ptracer import __version__
from ptracer.arguments import NONE, OPTIONAL
from ptracer.expressions import QUALIFIERS
from ptracer.messages import program_name
from ptracer.option_table import OPTIONS, Option
from ptracer.options import Options

STANDS_FOR = "7.2"

SYNOPSIS = """\
%(prog)s [OPTION]... COMMAND [ARGUMENT]...
       %(prog)s [OPTION]... -p PID[,PID]...
       %(prog)s --merge FILE... | --tree FILE... | --diff A B"""

DESCRIPTION = "Shows what a program asks of the kernel: its system calls, its signals, its end."

EXAMPLES = (
    ("ls", "every call"),
    ("-f -o trace make", "with all child processes, into a file"),
    ("-e trace=%file,%network ls", "only calls with file names, and the network's"),
    ("-c -p 1234", "what a running process does, counted, until ^C"),
    ("--preset=files ls", "which files a program uses, for a start"),
)

WIDEST, NARROWEST = 110, 50  # columns


def epilogue(width: int) -> str:
    """What follows the options."""
    from ptracer.tables.classes import CLASSES

    lines = [(f"{program_name()} {example}", text) for example, text in EXAMPLES]
    examples = [f"  {line}\n      {text}" if width < 90 else f"  {line:40} {text}" for line, text in lines]
    qualifiers = f"Qualifiers of -e: {', '.join(qualifier_names())}; trace= may be left out."
    classes = f"Classes of calls: {', '.join('%' + name for name in CLASSES)}."
    texts = [textwrap.fill(text, width, subsequent_indent="  ", break_on_hyphens=False) for text in (qualifiers, classes)]
    return "\n".join(["Examples:", *examples, "", *texts])


def qualifier_names() -> list[str]:
    """Of each qualifier of ``-e`` its first name."""
    names: dict[object, str] = {}
    for name, apply in QUALIFIERS.items():
        names.setdefault(apply, name)
    return list(names.values())


def parser(formatter: type[argparse.HelpFormatter], width: int) -> argparse.ArgumentParser:
    """All options for argparse; it does not parse with them (see ``arguments``) but prints the help."""

    def formatting(prog: str) -> argparse.HelpFormatter:
        return formatter(prog, max_help_position=36 if width >= 90 else 26, width=width)

    made = argparse.ArgumentParser(
        prog=program_name(),
        usage=SYNOPSIS,
        description=textwrap.fill(DESCRIPTION, width),
        epilog=epilogue(width),
        formatter_class=formatting,
        add_help=False,
        allow_abbrev=False,
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in OPTIONS:
        if option.group:
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
    """The help, as wide as the terminal (``COLUMNS``; 80 where there is none); with colours where a terminal shows them."""
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from rich_argparse import RawDescriptionRichHelpFormatter

        class Coloured(RawDescriptionRichHelpFormatter):
            group_name_formatter = str

        return parser(Coloured, width).format_help()
    return parser(argparse.RawDescriptionHelpFormatter, width).format_help()


LEGAL = """\
Copyright 2026 the ptracer developers. Free software under version 2 of the GNU General Public License;
there is NO WARRANTY. It prints what strace 7.2 prints, but shares no code with it.
"""
