"""Write ``share/man/man1/ptracer.1``: the options from their table, the rest from here.

Run as ``python tools/manual.py``; ``--check`` compares instead of writing. groff_man(7).
"""

import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this directory has a module named like the library's `numbers`

from ptracer import __version__, usage  # noqa: E402
from ptracer.arguments import OPTIONAL, REQUIRED  # noqa: E402
from ptracer.expressions import QUALIFIERS  # noqa: E402
from ptracer.option_table import OPTIONS, Option  # noqa: E402
from ptracer.presets import PRESETS  # noqa: E402
from ptracer.tables.classes import CLASSES  # noqa: E402
from tools import generated  # noqa: E402

PAGE = ROOT / "share" / "man" / "man1" / "ptracer.1"

# In these texts *x* is bold, _x_ is emphasized, and a blank line begins a paragraph.
DESCRIPTION = """\
*ptracer* runs a command, or attaches to processes that run, and shows each system call with its arguments, what lies in
the memory they point to, and its result; it shows the signals they get, and how they end. It takes the options of strace
7.2 and writes strace's text. Called by a link named *strace* it also calls itself that.

Options end at the first word that is none: what follows is the command. The long names of options may be shortened as
long as they stay unambiguous. An optional value needs an equals sign.

A process that was attached to is let go when ptracer is interrupted, and lives on.
"""

SETS = """\
Where a SET is wanted, it is a list with commas. A word may be *all* or *none*; a set that begins with an exclamation mark is
everything but what is in it.

Calls are given by name (_openat_), by number, by class (_%file_), or by a regular expression (_/^sched__). A question mark
before one of these says that it need not exist. _name@64_, _name@32_ and _name@x32_ are calls of one ABI.

Of each qualifier of *-e* the long option of that name means the same: *-e status=failed* is *--status=failed*.
"""

LOGS = """\
*--merge* makes one log of those that *-ff* has written, in the order of their times, as *-f* would have written it. The
operands are logs, or the name that was given to *-o*. They need times: *-tt* or, for what goes on for more than a day, *-ttt*.

*--tree* shows who started whom, from logs of *-f* or *-ff*: the number of each process, its commands (several after another
with arrows), how long it was seen where the log has times, and how it ended if not with 0. *-* is standard input.

*--diff* _A_ _B_ shows what is different between two recordings: calls that ended, asked or answered differently, processes and
calls that only one has, and what became slower. Process ids, descriptors, addresses, temporary names and times are not compared.
Options before it choose calls (*-e trace=*, *-e filter=*, *-z*, *-Z*); *-v* adds every line, *--format=json* is for programs.

All write to standard output, or to the file of *-o*.
"""

STATUS = """\
That of the command; if a signal ended the command, it ends ptracer too. It is 0 where ptracer only attached, and 1 if what was
asked for makes no sense or the trace could not be written. Of *--diff* it is 0 if nothing is different, 1 if something is, and 2
if a recording could not be read; time alone makes no difference.
"""

ENVIRONMENT = (
    ("PTRACER_SECCOMP", "_0_: stop at all calls, also at those that nobody wants to see."),
    ("PTRACER_CAPTURE", "_native_ or _pure_: stops are handled by the loop in C, or in Python."),
    ("NO_COLOR", "If it is set, nothing is coloured unless *--color=always*."),
    ("COLUMNS", "How wide the help is."),
)


def roff(text: str) -> str:
    """Text for roff: its special characters escaped, its marks made fonts."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
    text = re.sub(r"\*([^*\n]+)\*", r"\\fB\1\\fR", text)
    text = re.sub(r"(?<!\w)_([^ ,]+?)_(?!\w)", r"\\fI\1\\fR", text)
    return "\n".join(f"\\&{line}" if line.startswith((".", "\\(aq")) else line for line in text.splitlines())


def paragraphs(text: str) -> str:
    """Several paragraphs; a sentence begins a line, which is how roff knows it."""
    filled = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    return "\n.PP\n".join(roff(re.sub(r"(?<=[a-z0-9)*_][.:]) (?=[A-Z*])", "\n", part)) for part in filled)


def heading(option: Option) -> str:
    """How an option is written."""
    spelling = option.spelling
    value = re.sub(r"[A-Z]+", lambda match: f"_{match[0]}_", option.value)
    names = []
    if spelling.short:
        names.append(f"*-{spelling.short}*" + (f" {value}" if spelling.value == REQUIRED else ""))
    for name in spelling.long:
        names.append(f"*--{name}*" + (value if spelling.value == OPTIONAL else f"={value}" if value else ""))
    # Values have their own marks, which must not touch a letter to be seen.
    return ", ".join(fonts(name) for name in names)


def fonts(text: str) -> str:
    """The marks of a heading, which may stand side by side."""
    text = text.replace("-", "\\-")
    return re.sub(r"_([A-Z]+)_", r"\\fI\1\\fR", re.sub(r"\*([^*]+)\*", r"\\fB\1\\fR", text))


def options() -> list[str]:
    """All options that are built, by what one wants to do."""
    lines, group = [".SH OPTIONS"], ""
    for option in OPTIONS:
        if not option.group:
            continue
        if option.group != group:
            group = option.group
            lines.append(f'.SS "{group}"')
        text = option.help.replace("%%", "%")
        lines += [".TP", heading(option), roff(f"{text}.")]
    return lines


def rows(pairs: object) -> list[str]:
    """Words with explanations."""
    assert hasattr(pairs, "__iter__")
    return [line for word, text in pairs for line in (".TP", f"\\fB{roff(word)}\\fR", roff(text))]


def page() -> str:
    """The whole page."""
    lines = [
        '.\\" Generated by tools/manual.py from the table of options: change that, not this.',
        f'.TH PTRACER 1 "" "ptracer {__version__}" "User Commands"',
        ".SH NAME",
        "ptracer \\- show the system calls of a program",
        ".SH SYNOPSIS",
        ".B ptracer",
        "[\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...",
        ".br",
        ".B ptracer",
        "[\\fIOPTION\\fR]... \\fB\\-p\\fR \\fIPID\\fR[,\\fIPID\\fR]...",
        ".br",
        ".B ptracer",
        "\\fB\\-\\-merge\\fR|\\fB\\-\\-tree\\fR [\\fB\\-o\\fR \\fIFILE\\fR] \\fILOG\\fR...",
        ".br",
        ".B ptracer",
        "[\\fIOPTION\\fR]... \\fB\\-\\-diff\\fR \\fIRECORDING\\fR \\fIRECORDING\\fR",
        ".SH DESCRIPTION",
        paragraphs(DESCRIPTION),
        *options(),
        '.SH "SETS AND EXPRESSIONS"',
        paragraphs(SETS),
        ".PP",
        roff(textwrap.fill(f"Qualifiers: {', '.join(QUALIFIERS)}.", 100)),
        ".PP",
        roff(textwrap.fill(f"Classes of calls: {', '.join('%' + name for name in CLASSES)}.", 100)),
        ".SH PRESETS",
        "Each stands for some options, which are said on standard error (not with \\fB\\-q\\fR).",
        "Other options on the command line win.",
        *rows((name, text) for name, text in PRESETS.items()),
        ".SH LOGS",
        paragraphs(LOGS),
        '.SH "EXIT STATUS"',
        paragraphs(STATUS),
        ".SH ENVIRONMENT",
        *rows(ENVIRONMENT),
        ".SH EXAMPLES",
        *rows((f"ptracer {example}", text[0].upper() + text[1:] + ".") for example, text in usage.EXAMPLES),
        '.SH "SEE ALSO"',
        "\\fBstrace\\fR(1), \\fBptrace\\fR(2), \\fBsyscalls\\fR(2), \\fBproc\\fR(5)",
    ]
    return "\n".join(lines) + "\n"


def files() -> dict[Path, str]:
    """The file this tool writes, and what must be in it."""
    return {PAGE: page()}


if __name__ == "__main__":
    sys.exit(generated.main(files))
