"""The command: where it is found, with which environment, as whom it runs."""

from __future__ import annotations

import os
from collections.abc import Callable

from ptracer.errors import PtracerError
from ptracer.options import Options
from ptracer.spawn import Command, initial_environment

Step = Callable[[], None]


class User:
    """Who runs the command; ``name`` is empty where only numbers were given."""

    def __init__(self, name: str, uid: int, gid: int) -> None:
        self.name, self.uid, self.gid = name, uid, gid


def environment(changes: list[str]) -> dict[bytes, bytes]:
    """The environment ptracer was started with, changed by ``VAR=VAL`` and ``VAR``."""
    variables = initial_environment()
    for change in changes:
        name, equals, value = os.fsencode(change).partition(b"=")
        if equals:
            variables[name] = value
        else:
            variables.pop(name, None)
    return variables


def find_user(text: str) -> User:
    """``NAME``, or ``UID:GID``, for which nothing is looked up."""
    if os.geteuid() != 0:
        raise PtracerError("You must be root to use the -u/--user option")
    uid, colon, gid = text.partition(":")
    if colon:
        if not (uid.isascii() and uid.isdigit() and gid.isascii() and gid.isdigit()):
            raise PtracerError(f"Invalid UID:GID pair '{text}'")
        return User("", int(uid), int(gid))
    import pwd

    try:
        entry = pwd.getpwnam(text)
    except KeyError:
        raise PtracerError(f"Cannot find user '{text}'") from None
    return User(text, entry.pw_uid, entry.pw_gid)


def becoming(user: User, program: str, before_uid: Step | None) -> Step:
    """What the child does to become ``user``, in the only order that is allowed at each step.

    ``before_uid`` is what still needs root. The effective ids follow the program's set-id bits, which exec
    does not honour for a traced program.
    """
    status = os.stat(program)
    euid = status.st_uid if status.st_mode & 0o4000 else user.uid
    egid = status.st_gid if status.st_mode & 0o2000 else user.gid

    def become() -> None:
        if user.name:
            os.initgroups(user.name, user.gid)
        else:
            os.setgroups([])
        os.setregid(user.gid, egid)
        if before_uid is not None:
            before_uid()
        os.setreuid(user.uid, euid)

    return become


def leaving_the_terminal(prepare: Step | None) -> Step:
    """What a command does that must not write over a live view, or take its keys: what is a terminal becomes nothing."""

    def leave() -> None:
        nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        for stream in (0, 1, 2):
            if os.isatty(stream):
                os.dup2(nothing, stream)
        if prepare is not None:
            prepare()

    return leave


def command(options: Options, prepare: Step | None = None) -> Command:
    """The command of the options. PtracerError: it cannot be run."""
    if options.top:
        prepare = leaving_the_terminal(prepare)
    made = Command(options.command, environment(options.environment), prepare)
    if options.user is not None:
        made.prepare = becoming(find_user(options.user), made.program, prepare)
    if options.argv0 is not None:
        made.argv = [options.argv0, *made.argv[1:]]
    return made
