"""The objects of JSON Lines: one a line, its kind in ``type``. The published schema is made from these (tools/schema.py).

Version 1 of the format may gain fields and types of objects, never lose or change one; a reader passes over what it does
not know.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ptracer.formats.frames import Frame
from ptracer.origin import Origin

FORMAT = 1


class Trace(Origin, tag_field="type", tag="trace", omit_defaults=True, kw_only=True):
    """The first object: where, when and how the trace was made. ``offset`` is what the wall clock is ahead of ``start``."""

    format: int  # the version of what follows


class Object(msgspec.Struct, omit_defaults=True):
    """What all others have. ``start`` is nanoseconds of CLOCK_MONOTONIC, ``time`` the same moment by the wall clock, in UTC."""

    pid: int
    tid: int
    time: str
    start: int


class Call(Object, tag_field="type", tag="call", kw_only=True):
    """A system call, written when it has returned. ``command`` is what its process is called (comm).

    ``result`` is what the kernel returned: a negative errno if it failed, whose name is ``errno``. ``meaning`` is what strace
    shows of a result beside or instead of its number. ``duration`` and ``cpu`` (time spent computing) are nanoseconds. An
    ``unfinished`` call has no result: it never returned, or not before the trace ended. ``tampered`` says what rules have
    changed: ``result``, ``memory``, ``time``.
    """

    command: str
    syscall: str
    number: int
    abi: str
    args: dict[str, Any]
    result: int | None = None
    errno: str | None = None
    meaning: Any = None
    duration: int | None = None
    cpu: int = 0
    unfinished: bool = False
    tampered: list[str] = []
    pointer: int = 0
    stack: list[Frame] = []


class Started(Object, tag_field="type", tag="started", kw_only=True):
    """A thread is traced from now on: ``how`` is ``command``, ``attach`` or ``fork``; ``parent`` the thread that started it."""

    how: str
    parent: int = 0


class Program(Object, tag_field="type", tag="process", kw_only=True):
    """What a process is when tracing of it begins, and after it has executed another program if ``execve`` is not traced."""

    command: str = ""
    program: str = ""
    arguments: list[str] = []
    directory: str = ""


class Superseded(Object, tag_field="type", tag="superseded", kw_only=True):
    """Thread ``former`` has executed a program and has the process's id from now on."""

    former: int


class Signal(Object, tag_field="type", tag="signal", kw_only=True):
    """A signal is about to be delivered; ``info`` is its siginfo_t."""

    signal: str
    info: Any = None


class Stopped(Object, tag_field="type", tag="stopped", kw_only=True):
    """The thread has stopped for job control."""

    signal: str


class Exit(Object, tag_field="type", tag="exit", kw_only=True):
    """The thread has ended."""

    status: int


class Killed(Object, tag_field="type", tag="killed", kw_only=True):
    """The thread was killed; ``core``: memory was dumped."""

    signal: str
    core: bool = False


class Detached(Object, tag_field="type", tag="detached"):
    """The thread is traced no more, and lives on."""


class Finding(Object, tag_field="type", tag="finding", kw_only=True):
    """What explanations have found, at the end of the trace, the weightiest (0 to 100) first. ``name`` is the stable name of its
    kind, ``call`` the call it was first found at, which began at ``start``; ``count`` is how often it was found."""

    name: str
    text: str
    advice: str = ""
    weight: int
    count: int = 1
    command: str = ""
    call: str = ""


ALL = (Trace, Call, Started, Program, Superseded, Signal, Stopped, Exit, Killed, Detached, Finding)
AnyObject = Trace | Call | Started | Program | Superseded | Signal | Stopped | Exit | Killed | Detached | Finding

# What ``Any`` is: everything that ``ptracer.formats.plain`` makes.
VALUE: dict[str, Any] = {
    "title": "Value",
    "description": (
        "A number, a constant by name, a string, flags as a list of names, a structure as an object. Bytes that are not UTF-8"
        " are {\"base64\": ...}; with \"cut\": true there was more. What a call has changed is {\"before\": ..., \"after\": ...}."
    ),
    "anyOf": [
        {"type": ["null", "boolean", "integer", "string"]},
        {"type": "array", "items": {"$ref": "#/$defs/Value"}},
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/Value"}},
    ],
}


def schema() -> dict[str, Any]:
    """The JSON Schema of one line."""
    made = msgspec.json.schema(AnyObject)
    definitions = made["$defs"]
    definitions["Value"] = VALUE
    value = {"$ref": "#/$defs/Value"}
    definitions["Call"]["properties"]["args"]["additionalProperties"] = value
    for kind, name in (("Call", "meaning"), ("Signal", "info")):
        definitions[kind]["properties"][name] = value
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of ptracer --format=json",
        "description": f"Version {FORMAT} of the format.",
        **made,
    }
