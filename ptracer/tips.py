"""Tips: what ``--tips`` says at the end, one of these, in a box.

The text of a tip is folded to the box; its command is shown as it is.
"""

from __future__ import annotations

import os
import textwrap

from ptracer.options import Options

WIDTH = 66

TIPS = (
    ("Only what went wrong: -Z leaves out every call that succeeded.", "ptracer -Z -e trace=%file ./program"),
    (
        "A call that hangs is shown at once, up to its last argument; its result follows when there is one. So the last line "
        "of a silent trace is what the program waits for.",
        "ptracer -y -p PID",
    ),
    ("Sets of calls have names: %file, %network, %process, %memory, %signal and more.", "ptracer -e trace=%network,%process ls"),
    ("Not sure which options you need? A preset chooses some and says which.", "ptracer --preset=files ls"),
    ("What takes the time? -c counts; with -w it counts the time that calls took, waiting included.", "ptracer -c -w ./program"),
    (
        "Numbers of descriptors say little: -y shows the file behind each, -yy the ends of a connection too.",
        "ptracer -yy ./program",
    ),
    (
        "-f follows children and threads. With -ff and -o each of them gets a file of its own, and --merge makes these one "
        "again, by time.",
        "ptracer -ff -tt -o trace make; ptracer --merge trace",
    ),
    ("Who started whom? The tree of processes can be made of any log that was written with -f.", "ptracer --tree trace"),
    ("-T shows how long each call took, -r how long after the one before it began.", "ptracer -r -T ./program"),
    ("Strings are cut after 32 bytes. File names never are.", "ptracer -s 200 -e trace=read,write ./program"),
    ("All that goes through a descriptor, byte by byte and as text:", "ptracer -e trace=write -e write=1 echo hello"),
    ("Only calls that touch one file, by its name or through a descriptor:", "ptracer -P /etc/passwd id"),
    (
        "A regular expression selects calls by name. A question mark before a name says that it need not exist here.",
        "ptracer -e 'trace=/^sched_,?no_such_call' ./program",
    ),
    ("An exclamation mark means all others. Shells want it quoted.", "ptracer -e 'trace=!%memory' ls"),
    ("Structures and environments that end in dots are shown whole with -v.", "ptracer -v -e trace=execve true"),
    ("What is that argument? -N puts its name before it, as the manual page has it.", "ptracer -N ls"),
    ("Two processes or twenty: -Y puts the name of its program behind each process id.", "ptracer -f -Y make"),
    (
        "The trace can go to a command while it is being made. The command gets all of it, and is waited for.",
        "ptracer -o '|gzip > trace.gz' ls",
    ),
    (
        "A program's output and its trace share your terminal. With -o the trace goes elsewhere, and Ctrl-C goes to the program.",
        "ptracer -o trace ./program",
    ),
    ("Enough after a hundred calls? Then the program goes on alone.", "ptracer --syscall-limit=100 ./program"),
    ("Constants as numbers, or as both: how the kernel sees what programs say by name.", "ptracer -X verbose -e trace=openat ls"),
    (
        "With -e trace=... all other calls run at their own speed, because the kernel is asked to stop for the wanted ones only. "
        "So ask for what you need.",
        "ptracer -f -e trace=execve make",
    ),
    (
        "Which file, which socket, which thread takes the time? And what does each thread wait for?",
        "ptracer -f --by=path --account make",
    ),
    ("Calls by what they touch, while they are made; q lets the program go on.", "ptracer -f --top -p PID"),
)  # fmt: skip


def show(options: Options) -> None:
    """The tip that was asked for, on standard error."""
    if options.tips in ("", "none"):
        return
    number = int.from_bytes(os.urandom(4), "little") if options.tip is None else options.tip
    text, command = TIPS[number % len(TIPS)]
    lines = [*textwrap.wrap(text, WIDTH), "", f"    {command}"]
    if options.tips == "full":
        lines += ["", *explained(command)]
    try:
        os.write(2, boxed(lines).encode())
    except OSError:
        pass  # nobody can be told


def boxed(lines: list[str]) -> str:
    """Lines in a frame."""
    width = max(WIDTH, *map(len, lines))
    rule = "+" + "-" * (width + 2) + "+\n"
    return rule + "".join(f"| {line:{width}} |\n" for line in lines) + rule


def explained(command: str) -> list[str]:
    """What the help says of the options in a command."""
    import shlex

    from ptracer.arguments import scan
    from ptracer.option_table import OPTIONS

    found = []
    for part in command.split(";"):
        found += scan(shlex.split(part)[1:], [option.spelling for option in OPTIONS])[0]
    texts = []
    for place, written in dict.fromkeys((one.place, one.written) for one in found):
        texts += textwrap.wrap(f"{written:<8} {OPTIONS[place].help.replace('%%', '%')}", WIDTH, subsequent_indent=" " * 9)
    return texts
