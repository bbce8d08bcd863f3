"""Protocols of which the messages are simple, or only named: SELinux, audit, xfrm, events of kernel objects."""

from __future__ import annotations

from ptracer.decode.extents import compile
from ptracer.decode.structs import Struct
from ptracer.decode.types import InlineString, Int, Layout, UInt, as_type
from ptracer.decode.values import Hex, Sequence, Text, Value
from ptracer.hints import Any
from ptracer.tables.structs.netlink.attributes import Within
from ptracer.tables.structs.netlink.message import Family
from ptracer.tables.structs.sockaddr import Converted
from ptracer.tables.words import netlink as words

NetworkHex = Converted(4, Hex)


class AuditFamily(Family):
    types = words.AuditType


class XfrmFamily(Family):
    types = words.XfrmType

    def flags(self, kind: int) -> str | None:
        name = self.types.spell(kind).text
        return None if "DEFAULT" in name else {"NEW": "new", "DEL": "delete", "GET": "get"}.get(name[9:12])


class selnl_msg_setenforce(Struct):
    val: Int


class selnl_msg_policyload(Struct):
    seqno: UInt


SECURITY = {16: selnl_msg_setenforce, 17: selnl_msg_policyload}


class SecurityFamily(Family):
    types = words.SecurityType

    def payload(self, scope: Within, kind: int, data: bytes, flags: int) -> list[Value]:
        structure = SECURITY.get(kind)
        if structure is None or len(data) < as_type(structure).size(self.layout.abi):
            return super().payload(scope, kind, data, flags)
        return [compile(structure, self.layout)(scope, data)]


class monitor_netlink_header(Struct):
    """What udev puts before the properties of an event."""

    prefix: InlineString[8]
    magic: NetworkHex
    header_size: UInt
    properties_off: UInt
    properties_len: UInt
    filter_subsystem_hash: NetworkHex
    filter_devtype_hash: NetworkHex
    filter_tag_bloom_hi: NetworkHex
    filter_tag_bloom_lo: NetworkHex


class Events:
    """What NETLINK_KOBJECT_UEVENT carries: strings of the kernel, or of udev with a header of its own; no messages."""

    def __init__(self, layout: Layout) -> None:
        self.limit = layout.string_limit
        self.header = compile(monitor_netlink_header, layout)
        self.size = as_type(monitor_netlink_header).size(layout.abi)

    def value(self, scope: Any, data: bytes, address: int) -> Value:
        """An event."""
        if not data.startswith(b"libudev\0") or len(data) < self.size:
            return self.text(data)
        header = self.header(Within(scope, data, 0), data)
        rest = data[self.size :]
        return Sequence([header, self.text(rest)]) if rest else header

    def text(self, data: bytes) -> Value:
        """Bytes as a string."""
        return Text(data[: self.limit], len(data) > self.limit)
