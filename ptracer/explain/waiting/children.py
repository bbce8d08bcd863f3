"""Children. Sources: wait(2), vfork(2), clone(2)."""

from __future__ import annotations

from ptracer.explain.waiting import Wait, waits
from ptracer.explain.waiting.blocked import Blocked, several

P_ALL, P_PID, P_PGID, P_PIDFD = range(4)
CLONE_VFORK = 0x4000


@waits("wait4 waitpid")
def by_number(blocked: Blocked) -> Wait | None:
    number = blocked.number(0)
    if number > 0:
        return wait(blocked, [blocked.sight.ours(blocked.tid, number)])
    return wait(blocked, blocked.sight.children(blocked.pid) if number == -1 else in_group(blocked, -number))


@waits("waitid")
def by_kind(blocked: Blocked) -> Wait | None:
    kind, number = blocked.number(0), blocked.number(1)
    if kind == P_PID:
        return wait(blocked, [blocked.sight.ours(blocked.tid, number)])
    if kind == P_PIDFD:
        return wait(blocked, [int(blocked.sight.about(blocked.tid, number).get("Pid", ["0"])[0])])
    return wait(blocked, blocked.sight.children(blocked.pid) if kind == P_ALL else in_group(blocked, number))


def in_group(blocked: Blocked, number: int) -> list[int]:
    """The children in a process group; 0 is the own one."""
    sight = blocked.sight

    def group(pid: int) -> str:
        words = sight.stat(pid)
        return words[2] if len(words) > 2 else ""

    wanted = str(sight.ours(blocked.tid, number)) if number else group(blocked.pid)
    return [pid for pid in sight.children(blocked.pid) if group(pid) == wanted]


def wait(blocked: Blocked, pids: list[int]) -> Wait | None:
    """Some children of which one must end."""
    sight = blocked.sight
    living = [pid for pid in pids if pid > 0 and not sight.ended(pid)]
    if not living:
        return None
    does = sight.doing(living[0]) if len(living) == 1 else ""
    names = several([sight.called(pid) for pid in living])
    some = "one of its children to end: " if len(living) > 1 else "the end of its child: "
    return Wait("child", f"{some}{names}", wakers=sight.threads_of(set(living)), also=does)


def flags(blocked: Blocked) -> int:
    """How the child was made."""
    match blocked.name:
        case "clone":
            return blocked.args[0]
        case "clone3":
            return blocked.word(blocked.args[0], 8) or 0
    return CLONE_VFORK


@waits("vfork clone clone3")
def vfork(blocked: Blocked) -> Wait | None:
    """Who has called vfork goes on when the child executes a program or ends."""
    if not flags(blocked) & CLONE_VFORK:
        return None
    sight = blocked.sight
    children = [pid for pid in sight.children(blocked.pid) if not sight.ended(pid)]
    child = children[-1:]
    if not child:
        return None
    thing = f"its child of vfork, {sight.called(child[0])}, to execute a program or to end"
    return Wait("child", thing, wakers=sight.threads_of(set(child)), also=sight.doing(child[0]))
