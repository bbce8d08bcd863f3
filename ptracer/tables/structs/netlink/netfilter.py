"""NETLINK_NETFILTER: linux/netfilter/nfnetlink.h. A type is a subsystem and one of its messages."""

from __future__ import annotations

from ptracer.decode.extents import compile
from ptracer.decode.structs import Struct
from ptracer.decode.types import Layout, as_type
from ptracer.decode.values import Joined, Value
from ptracer.hints import Any
from ptracer.tables.structs.netlink.attributes import Attributes, Within, attribute_list, unknown
from ptracer.tables.structs.netlink.message import Family
from ptracer.tables.structs.sockaddr import Converted
from ptracer.tables.words import netlink as words

BATCH = (16, 17)  # NFNL_MSG_BATCH_BEGIN, NFNL_MSG_BATCH_END


class nfgenmsg(Struct):
    nfgen_family: words.FamilyByte
    version: words.NetfilterVersion
    res_id: Converted(2, int)


class Anything(Attributes):
    """Attributes are not looked into."""

    names = words.ActionIndex


class NetfilterFamily(Family):
    """Messages of the packet filter's subsystems."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.header = compile(nfgenmsg, layout)
        self.attributes = attribute_list(layout, Anything)
        self.unknown = unknown(layout)

    def type_name(self, scope: Any, kind: int) -> Value:
        if kind in BATCH:
            return words.NetfilterBatch.spell(kind)
        system = words.NetfilterSystem.spell(kind >> 8)
        word = words.NETFILTER.get(kind >> 8)
        message = kind & 0xFF
        return Joined([system, (word or words.Plain).spell(message)], "<<8|")

    def flags(self, kind: int) -> str | None:
        word = words.NETFILTER.get(kind >> 8)
        name = word.spell(kind & 0xFF).text if word is not None else ""
        if name.startswith("IPSET") or name.endswith("DEFAULT_GET"):
            return None  # these have flags of their own
        purposes = (("_GET", "get"), ("_DEL", "delete"), ("_DESTROY", "delete"), ("_NEW", "new"))
        return next((purpose for part, purpose in purposes if part in name), None)

    def payload(self, scope: Within, kind: int, data: bytes, flags: int) -> list[Value]:
        size = as_type(nfgenmsg).size(self.layout.abi)
        if len(data) < size:
            return [self.unknown(scope, data)]
        inside = Within(scope, data, data[0])
        rest = data[size:]
        if not rest:
            return [self.header(inside, data)]
        return [self.header(inside, data), self.unknown(scope, rest) if kind in BATCH else self.attributes(inside, rest)]
