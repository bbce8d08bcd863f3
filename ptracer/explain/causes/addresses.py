"""Addresses that cannot be had. Source: bind(2), ip(7), ipv6(7), unix(7)."""

from __future__ import annotations

import ipaddress
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL

from ptracer.explain import searching
from ptracer.explain.case import Case
from ptracer.explain.causes import cause
from ptracer.explain.findings import LIKELY, SURE, Reason
from ptracer.explain.saying import AF_INET, AF_INET6, AF_UNIX, by, person, port, socket_address, spoken
from ptracer.model.descriptors import Entry
from ptracer.model.effects import described
from ptracer.model.processes import Process

ALL = ("tcp", "tcp6", "udp", "udp6")
CAP_NET_BIND_SERVICE = 10
PRIVILEGED = 1024  # unless net.ipv4.ip_unprivileged_port_start says otherwise


def family(address: bytes) -> int:
    """The family of an address."""
    return int.from_bytes(address[:2], "little")


@cause(EADDRINUSE)
def in_use(case: Case) -> Reason | None:
    address = own_address(case)
    if address is None:
        return None
    name = spoken(address)
    if family(address) == AF_UNIX:
        return unix_in_use(case, address)
    number = port(address)
    if not number or not name:
        return None
    known = bound(case, address)
    if known is not None:
        process, entry = known
        text = f"{name} is in use: {person(process)} has {spoken(entry.description.local)} as descriptor {entry.number}"
        return Reason("address.in_use", text + made(entry), END_OTHER, SURE, key=name)
    found = searching.at_port(case.call.tid, number, ALL) if case.live else []
    held = [one for one in found if one.inode]
    for one in held:
        pid = searching.holder(one.inode)
        if pid is not None:
            text = f"{name} is in use: {searching.called(pid)} has {one.name} ({one.protocol})"
            return Reason("address.in_use", text, END_OTHER, SURE, key=name)
    if found and all(one.state == searching.TIME_WAIT for one in found):
        text = f"{name} is in use: {len(found)} connections of a former server end there (TIME_WAIT)"
        return Reason("address.time_wait", text, "Set SO_REUSEADDR before bind.", SURE, key=name)
    return Reason("address.in_use", f"{name} is in use by another socket", END_OTHER, LIKELY, key=name)


END_OTHER = "End whoever has it, or choose another port."


def own_address(case: Case) -> bytes | None:
    """The address that is to be the socket's own: of bind(2), or what listen(2) and connect(2) work with."""
    if case.name == "bind":
        return socket_address(case)
    description = described(case.thread, case.call.args[0]) if case.thread is not None else None
    return description.local if description is not None else None


def unix_in_use(case: Case, address: bytes) -> Reason | None:
    """A name in the file system, or an abstract one."""
    name = spoken(address)
    known = bound(case, address)
    if known is not None:
        text = f"{name} is in use: {person(known[0])} has it as descriptor {known[1].number}{made(known[1])}"
        return Reason("address.in_use", text, "End whoever has it, or choose another name.", SURE, key=name)
    path = address[2:]
    if path.startswith(b"\0"):
        return Reason("address.in_use", f"{name} is in use by another socket", "Choose another name.", LIKELY, key=name)
    advice = "Remove the file of a socket before bind, and when the server ends."
    if case.live and not searching.unix_at(case.call.tid, path.partition(b"\0")[0]):
        text = f"{name} exists, but no socket has it: a former server has left it behind, or it is a file"
        return Reason("address.left_behind", text, advice, SURE, key=name)
    owner = former(case, address)
    if owner is not None:
        text = f"{name} exists: {person(owner)}, which has ended, has left it behind"
        return Reason("address.left_behind", text, advice, SURE, key=name)
    return Reason("address.in_use", f"{name} exists already", advice, LIKELY, key=name)


def bound(case: Case, address: bytes) -> tuple[Process, Entry] | None:
    """A traced process that has a socket with that address, or with that port everywhere."""
    own = described(case.thread, case.call.args[0]) if case.thread is not None else None
    for process in list(case.world.processes.values()):
        for entry in process.descriptors.entries.values() if process.threads else ():
            if entry.description is not own and entry.description.kind == "socket" and same(entry.description.local, address):
                if entry.description.peer is None:
                    return process, entry
    return None


def former(case: Case, address: bytes) -> Process | None:
    """A traced process that has ended and had a socket with that address."""
    for process in reversed(case.world.ended):
        if process.threads:
            table = process.descriptors
            for entry in (*table.entries.values(), *table.past):
                if entry.description.kind == "socket" and same(entry.description.local, address):
                    return process
    return None


def same(one: bytes | None, other: bytes) -> bool:
    """Whether two sockets cannot have these addresses at once."""
    if one is None or len(one) < 2:
        return False
    if AF_UNIX in (family(one), family(other)):
        return one.rstrip(b"\0") == other.rstrip(b"\0")
    if port(one) != port(other) or port(one) is None:
        return False
    hosts = [one_host(address) for address in (one, other)]
    return hosts[0] == hosts[1] or "" in hosts


def one_host(address: bytes) -> str:
    """The address without the port; empty: all of them."""
    data = address[4:8] if family(address) == AF_INET else address[8:24]
    return str(ipaddress.ip_address(data)) if any(data) and len(data) in (4, 16) else ""


def made(entry: Entry) -> str:
    """Since when."""
    return f", made{by(entry.opened)}" if entry.opened is not None and entry.opened.number else ""


@cause(EADDRNOTAVAIL)
def not_available(case: Case) -> Reason | None:
    address = socket_address(case) or (socket_address(case, "dest_addr"))
    if address is None or family(address) not in (AF_INET, AF_INET6):
        return None
    name = spoken(address)
    if case.name == "bind":
        host = name.rpartition(":")[0]
        text = f"no interface of this machine has the address {host}"
        advice = "Bind to an address of this machine, or to 0.0.0.0 or [::] for all."
        return Reason("address.not_ours", text, advice, SURE, key=name)
    text = f"there is no local address from which {name} can be reached, or no port is left for it"
    return Reason("address.none_left", text, "", LIKELY, True, name)


@cause(EACCES, call="bind")
def privileged_port(case: Case) -> Reason | None:
    address = socket_address(case)
    number = port(address)
    who = case.facts.get("credentials") or {}
    if not number or number >= PRIVILEGED or who.get("capabilities", 0) >> CAP_NET_BIND_SERVICE & 1:
        return None
    text = f"port {number} is below {PRIVILEGED}: user {who.get('uid')} needs CAP_NET_BIND_SERVICE for it"
    advice = "Use a higher port, or give the program the capability (setcap cap_net_bind_service+ep)."
    return Reason("permission.low_port", text, advice, SURE, key=number)
