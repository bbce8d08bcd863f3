"""What calls do to credentials.

Sources: setuid(2), setreuid(2), setresuid(2), setfsuid(2), setgroups(2), capset(2), getuid(2), getresuid(2).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ptracer.decode.call import Call
from ptracer.hints import TYPE_CHECKING
from ptracer.model.credentials import SETGID, SETUID, UNCHANGED, Ids, set_one, set_three, set_two
from ptracer.model.effects import Effect, word
from ptracer.regs import I386

if TYPE_CHECKING:
    from ptracer.model.processes import Event, Thread
    from ptracer.model.world import World

MOST_GROUPS = 65536  # NGROUPS_MAX

Change = Callable[[Ids, list[int], bool | None], Ids]


def size_of(call: Call) -> int:
    """Bytes of an id: i386 has its first calls with two, and others, whose names end in 32, with four."""
    return 2 if call.abi is I386 and not call.signature.name.endswith("32") else 4


def ids(call: Call) -> list[int]:
    """The arguments as ids, of which -1 is UNCHANGED."""
    mask = (1 << 8 * size_of(call)) - 1
    return [UNCHANGED if register & mask == mask else register & mask for register in call.args[:3]]


def changed(user: bool, change: Change, world: World, thread: Thread, call: Call, event: Event) -> None:
    """Give a thread other user ids, or other group ids."""
    known = thread.credentials
    if user:
        thread.credentials = known.with_users(change(known.users, ids(call), known.has(SETUID)))
    else:
        thread.credentials = known.with_groups(change(known.groups, ids(call), known.has(SETGID)))


def one(known: Ids, new: list[int], privileged: bool | None) -> Ids:
    return set_one(known, new[0], privileged)


def two(known: Ids, new: list[int], privileged: bool | None) -> Ids:
    return set_two(known, new[0], new[1])


def three(known: Ids, new: list[int], privileged: bool | None) -> Ids:
    return set_three(known, *new)


def filesystem(known: Ids, new: list[int], privileged: bool | None) -> Ids:
    """setfsuid(2) says nothing of whether it did it."""
    if new[0] == known[3] or new[0] == UNCHANGED:
        return known
    return *known[:3], new[0] if privileged or new[0] in known[:3] else None


def asked(user: bool, place: int, world: World, thread: Thread, call: Call, event: Event) -> None:
    """getuid(2) and its like say one of them."""
    if size_of(call) == 4:
        said(thread, user, {place: call.result})


def asked_three(user: bool, world: World, thread: Thread, call: Call, event: Event) -> None:
    """getresuid(2)."""
    said(thread, user, {place: word(call, call.args[place], size_of(call)) for place in range(3) if size_of(call) == 4})


def said(thread: Thread, user: bool, answers: dict[int, int | None]) -> None:
    """The kernel has told some of the ids. Where they are not what was thought, so are others not."""
    known = thread.credentials
    former = known.users if user else known.groups
    if all(answer is None or former[place] == answer for place, answer in answers.items()):
        return
    new = [answers.get(place) for place in range(4)]
    for place in range(4):
        if place not in answers and (former[place] is None or known.certain):
            new[place] = former[place]
    found: Ids = (new[0], new[1], new[2], new[3])
    thread.credentials = known.with_users(found) if user else known.with_groups(found)


def setgroups(world: World, thread: Thread, call: Call, event: Event) -> None:
    count, size = call.args[0] & 0xFFFFFFFF, size_of(call)
    data = call.read_some(call.args[1], count * size) if 0 < count <= MOST_GROUPS else b""
    groups = tuple(int.from_bytes(data[place : place + size], "little") for place in range(0, len(data), size))
    thread.credentials = thread.credentials.but(others=groups if len(groups) == count else None)


def capset(world: World, thread: Thread, call: Call, event: Event) -> None:
    """Two of struct __user_cap_data_struct: effective, permitted, inheritable; the low halves, then the high ones."""
    words = [word(call, call.args[1] + 4 * place, 4) for place in range(6)]
    effective, permitted = (joined(words[place], words[place + 3]) for place in (0, 1))
    thread.credentials = thread.credentials.but(capabilities=effective, permitted=permitted)


def joined(low: int | None, high: int | None) -> int | None:
    """Two halves."""
    return None if low is None or high is None else low | high << 32


EFFECTS = {"setgroups": Effect(setgroups), "setgroups32": Effect(setgroups), "capset": Effect(capset)}
for letter, user in (("u", True), ("g", False)):
    for name, change in (("set{}id", one), ("setre{}id", two), ("setres{}id", three), ("setfs{}id", filesystem)):
        for ending in ("", "32"):
            EFFECTS[name.format(letter) + ending] = Effect(partial(changed, user, change))
    for ending in ("", "32"):
        EFFECTS[f"get{letter}id{ending}"] = Effect(partial(asked, user, 0))
        EFFECTS[f"gete{letter}id{ending}"] = Effect(partial(asked, user, 1))
        EFFECTS[f"getres{letter}id{ending}"] = Effect(partial(asked_three, user))
