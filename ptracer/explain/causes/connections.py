"""Connections that do not come about, or are there no more. Source: connect(2), send(2), tcp(7), unix(7), ip(7)."""

from __future__ import annotations

from errno import (
    ECONNABORTED,
    ECONNREFUSED,
    ECONNRESET,
    EDESTADDRREQ,
    EHOSTUNREACH,
    EINPROGRESS,
    EISCONN,
    ENETUNREACH,
    ENOTCONN,
    ETIMEDOUT,
)

from ptracer.explain import searching
from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.causes.addresses import bound, family, former
from ptracer.explain.findings import LIKELY, ODD, SURE, Reason
from ptracer.explain.saying import AF_UNIX, descriptor, end_of, person, port, socket_address, spoken
from ptracer.model.effects import described
from ptracer.model.effects import descriptor as number_in

ASKING = frozenset(("getpeername", "shutdown"))


def peer(case: Case) -> bytes | None:
    """Where the call wanted to go."""
    address = socket_address(case) or socket_address(case, "dest_addr")
    if address is not None:
        return address
    description = described(case.thread, case.call.args[0]) if case.thread is not None else None
    return description.peer if description is not None else None


@cause(ECONNREFUSED)
def refused(case: Case) -> Reason | None:
    address = peer(case)
    name = spoken(address)
    if address is None or not name:
        return None
    gone = former(case, address)
    since = f"; {person(gone)}, which had it, {end_of(gone)}" if gone is not None else ""
    if family(address) == AF_UNIX:
        known = bound(case, address)
        if known is not None and not since:
            who = f"{person(known[0])} has {name} as descriptor {known[1].number}"
            text = f"{who}, but does not listen on it (yet), or not this way"
            return Reason("connection.refused", text, "Call listen before anybody connects.", LIKELY, True, name)
        where = "is there, but no socket listens on it" if not address[2:].startswith(b"\0") else "has no socket that listens"
        return Reason("connection.refused", f"{name} {where}{since}", "Start the server; remove what is left of a former one.",
                      LIKELY, True, name)  # fmt: skip
    number = port(address)
    if number == 0:
        return Reason("address.port_zero", f"{name} has port 0, to which nobody can connect", "Set the port.", SURE, key=name)
    text = f"nobody listens on {name}{since}"
    if case.live and number and not since:
        found = [one for one in searching.at_port(case.call.tid, number, ("tcp", "tcp6")) if one.state == searching.LISTEN]
        if found and all(one.name != name for one in found):
            text += f", only on {found[0].name}"
    return Reason("connection.refused", text, "Start the server first, or check address and port.", LIKELY, True, name)


@cause(ENOTCONN)
def not_connected(case: Case) -> Reason | None:
    number = number_in(case.call.args[0])
    description = described(case.thread, number) if case.thread is not None else None
    text = f"{descriptor(case, number)} is not connected"
    if description is not None and description.peer is not None:
        text = f"the connection of {descriptor(case, number)} to {spoken(description.peer) or 'its peer'} is not there any more"
        return Reason("connection.ended", text, "", ODD, True, number)
    if case.name.startswith("send") or case.name in ("write", "writev"):
        text += ", and the call names nobody to send to"
    advice = "Connect it first; a server uses the descriptor that accept returns, not the one it listens on."
    return Reason("connection.not_connected", text, advice, SURE, case.name in ASKING, number)


@cause(EDESTADDRREQ)
def nowhere(case: Case) -> Reason | None:
    number = number_in(case.call.args[0])
    text = f"{descriptor(case, number)} is not connected, and the call names nobody to send to"
    return Reason("connection.not_connected", text, "Connect it first, or use sendto.", SURE, key=number)


@cause(EISCONN)
def connected(case: Case) -> Reason | None:
    number = number_in(case.call.args[0])
    description = described(case.thread, number) if case.thread is not None else None
    to = spoken(description.peer) if description is not None else ""
    text = f"{descriptor(case, number)} is connected already"
    quiet = case.name == "connect" and description is not None and to == spoken(peer(case))  # so one asks whether it is, too
    return Reason("connection.connected", text, "Make another socket for another connection.", LIKELY, quiet, number)


@cause(EINPROGRESS, call="connect")
def in_progress(case: Case) -> Reason | None:
    number = number_in(case.call.args[0])
    text = f"{descriptor(case, number)} is non-blocking: it is being connected to {spoken(peer(case)) or 'its peer'}"
    advice = "Wait until it can be written to, then ask getsockopt for SO_ERROR."
    return Reason("connection.in_progress", text, advice, ODD, True, number)


@cause(ENETUNREACH, EHOSTUNREACH)
def unreachable(case: Case) -> Reason | None:
    name = spoken(peer(case))
    if not name:
        return None
    how = "no route leads" if case.call.error == ENETUNREACH else "there is no way"
    return Reason("connection.unreachable", f"{how} to {name}", "Check addresses and routes (ip route get).", LIKELY, True, name)


@cause(ETIMEDOUT, call="connect read recvfrom recvmsg write sendto sendmsg")
def no_answer(case: Case) -> Reason | None:
    name = spoken(peer(case))
    return Reason("connection.no_answer", f"{name} did not answer", "", LIKELY, True, name) if name else None


@cause(ECONNRESET, ECONNABORTED)
def reset(case: Case) -> Reason | None:
    number = number_in(case.call.args[0])
    address = peer(case)
    other = f"the other side of {descriptor(case, number)}"
    text = f"{other} has broken off the connection: it closed it with data unread, or has ended"
    if address is not None:
        gone = former(case, address)
        if gone is not None:
            text += f"; {person(gone)} {end_of(gone)}"
    return Reason("connection.reset", text, "", ODD, True, number)
