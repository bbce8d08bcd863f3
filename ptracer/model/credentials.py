"""As whom a thread acts: user and group ids, groups, capabilities.

Sources: credentials(7), capabilities(7), setuid(2), setreuid(2), setresuid(2), setfsuid(2), setgroups(2), capset(2),
proc_pid_status(5).
"""

from __future__ import annotations

from ptracer.hints import Any

SETGID, SETUID = 1 << 6, 1 << 7  # CAP_SETGID, CAP_SETUID

Ids = tuple[int | None, int | None, int | None, int | None]
UNKNOWN: Ids = (None, None, None, None)
UNCHANGED = 0xFFFFFFFF  # -1 as an id: leave it as it is


class Credentials:
    """They never change: a thread gets others. ``users`` and ``groups`` are the real, effective, saved and filesystem id,
    ``others`` the supplementary groups; ``permitted`` and ``capabilities`` (the effective ones) are bit sets. Unknown is None.

    ``certain``: no program was executed since they were said, which might have been set-user-ID or have had capabilities.
    """

    __slots__ = ("users", "groups", "others", "permitted", "capabilities", "certain")

    def __init__(
        self,
        users: Ids = UNKNOWN,
        groups: Ids = UNKNOWN,
        others: tuple[int, ...] | None = None,
        permitted: int | None = None,
        capabilities: int | None = None,
        certain: bool = True,
    ) -> None:
        self.users, self.groups, self.others = users, groups, others
        self.permitted, self.capabilities, self.certain = permitted, capabilities, certain

    def but(self, **changed: Any) -> Credentials:
        """The same with something else."""
        return Credentials(**{name: changed.get(name, getattr(self, name)) for name in self.__slots__})

    def executed(self) -> Credentials:
        """After exec: a program may have other ids than its caller."""
        return self.but(certain=False)

    def has(self, capability: int) -> bool | None:
        """Whether a capability (a bit) is effective."""
        return None if self.capabilities is None else bool(self.capabilities & capability)

    def with_users(self, users: Ids) -> Credentials:
        """With other user ids, and with the capabilities that they leave."""
        permitted, effective = self.permitted, self.capabilities
        if None in self.users or None in users:
            if users != self.users:
                permitted = effective = None
        elif 0 in self.users[:3] and 0 not in users[:3]:
            # Unless SECBIT_KEEP_CAPS says otherwise, of which nobody tells us in time; ambient ones go as well.
            permitted = effective = None
        elif self.users[1] == 0 and users[1] != 0:
            effective = 0
        elif self.users[1] != 0 and users[1] == 0:
            effective = permitted
        return self.but(users=users, permitted=permitted, capabilities=effective)

    def with_groups(self, groups: Ids) -> Credentials:
        """With other group ids."""
        return self.but(groups=groups)


def set_one(ids: Ids, new: int, privileged: bool | None) -> Ids:
    """setuid(2) and setgid(2), which set all ids for a privileged caller, else the effective one."""
    real, _, saved, _ = ids
    if privileged:
        return new, new, new, new
    if privileged is None:  # all, or all are what they were
        return real if real == new else None, new, saved if saved == new else None, new
    return real, new, saved, new


def set_two(ids: Ids, real: int, effective: int) -> Ids:
    """setreuid(2) and setregid(2)."""
    old_real, old_effective, saved, _ = ids
    new_real = old_real if real == UNCHANGED else real
    new_effective = old_effective if effective == UNCHANGED else effective
    if real != UNCHANGED:
        saved = new_effective
    elif effective != UNCHANGED:
        saved = None if old_real is None else new_effective if effective != old_real else saved
    return new_real, new_effective, saved, new_effective


def set_three(ids: Ids, real: int, effective: int, saved: int) -> Ids:
    """setresuid(2) and setresgid(2)."""
    new = [old if one == UNCHANGED else one for old, one in zip(ids, (real, effective, saved))]
    return new[0], new[1], new[2], new[1]


def from_status(status: bytes) -> Credentials:
    """As /proc/PID/status says it."""
    lines = {name: value.split() for name, _, value in (line.partition(b":") for line in status.splitlines())}
    return Credentials(
        four(lines.get(b"Uid")),
        four(lines.get(b"Gid")),
        numbers(lines.get(b"Groups")),
        one(lines.get(b"CapPrm"), 16),
        one(lines.get(b"CapEff"), 16),
    )


def mask_in(status: bytes) -> int | None:
    """The umask, as /proc/PID/status says it."""
    return next((one(line.split()[1:], 8) for line in status.splitlines() if line.startswith(b"Umask:")), None)


def numbers(words: list[bytes] | None) -> tuple[int, ...] | None:
    """Decimal numbers; None: they are none."""
    try:
        return None if words is None else tuple(map(int, words))
    except ValueError:
        return None


def four(words: list[bytes] | None) -> Ids:
    """The four ids of a line."""
    found = numbers(words)
    return (found[0], found[1], found[2], found[3]) if found is not None and len(found) == 4 else UNKNOWN


def one(words: list[bytes] | None, base: int) -> int | None:
    """The number of a line."""
    try:
        return int(words[0], base) if words else None
    except ValueError:
        return None
