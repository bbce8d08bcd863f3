"""NETLINK_ROUTE: rtnetlink(7), linux/rtnetlink.h. Each message is a structure and attributes."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import this
from ptracer.decode.extents import compile
from ptracer.decode.structs import Struct
from ptracer.decode.types import Byte, HexByte, HexInt, HexShort, Layout, UInt, UShort, as_type
from ptracer.decode.values import Fields, HexText, Symbol, Value
from ptracer.hints import Any
from ptracer.tables.structs.internet import InterfaceIndex
from ptracer.tables.structs.netlink import link, routing, traffic
from ptracer.tables.structs.netlink.attributes import Attributes, Within, aligned, attribute_list, unknown
from ptracer.tables.structs.netlink.message import Family
from ptracer.tables.words import netlink as words

Family8 = words.FamilyByte


class ifinfomsg(Struct):
    ifi_family: Family8
    _pad: Byte
    ifi_type: words.HardwareType
    ifi_index: InterfaceIndex
    ifi_flags: words.InterfaceFlags
    ifi_change: HexInt


class ifaddrmsg(Struct):
    ifa_family: Family8
    ifa_prefixlen: Byte
    ifa_flags: words.AddressFlagsByte
    ifa_scope: words.RouteScope
    ifa_index: InterfaceIndex


class rtmsg(Struct):
    rtm_family: Family8
    rtm_dst_len: Byte
    rtm_src_len: Byte
    rtm_tos: words.ServiceType
    rtm_table: words.RouteTableByte
    rtm_protocol: words.RouteProtocol
    rtm_scope: words.RouteScope
    rtm_type: words.RouteKind
    rtm_flags: words.RouteFlags


class ndmsg(Struct):
    ndm_family: Family8
    _pad1: Byte
    _pad2: UShort
    ndm_ifindex: InterfaceIndex
    ndm_state: words.NeighbourStates
    ndm_flags: words.NeighbourFlags
    ndm_type: words.RouteKind


class fib_rule_hdr(Struct):
    family: Family8
    dst_len: Byte
    src_len: Byte
    tos: words.ServiceType
    table: words.RuleTable
    _res1: Byte
    _res2: Byte
    action: words.RuleAction
    flags: words.RuleFlags


class tcmsg(Struct):
    tcm_family: Family8
    _pad1: Byte
    _pad2: UShort
    tcm_ifindex: InterfaceIndex
    tcm_handle: UInt
    tcm_parent: UInt
    tcm_info: UInt


class tcamsg(Struct):
    tca_family: Family8


class ndtmsg(Struct):
    ndtm_family: Family8


class ifaddrlblmsg(Struct):
    ifal_family: Family8
    _reserved: Byte
    ifal_prefixlen: Byte
    ifal_flags: Byte
    ifal_index: InterfaceIndex
    ifal_seq: UInt


class dcbmsg(Struct):
    dcb_family: Family8
    cmd: words.DcbCommand
    _pad: UShort


class netconfmsg(Struct):
    ncm_family: Family8


class br_port_msg(Struct):
    family: Family8
    ifindex: InterfaceIndex


class rtgenmsg(Struct):
    rtgen_family: Family8


class cache_rtgenmsg(Struct):
    rtgen_family: words.RouteFamily


class if_stats_msg(Struct):
    family: Family8
    pad1: HexByte = this.pad1 != 0
    pad2: HexShort = this.pad2 != 0
    ifindex: InterfaceIndex
    filter_mask: words.CountMask


class nhmsg(Struct):
    nh_family: Family8
    nh_scope: words.RouteScope
    nh_protocol: words.RouteProtocol
    resvd: HexByte = this.resvd != 0
    nh_flags: words.NextHopFlags


Shape = tuple[type[Struct], type[Attributes] | None]

# What a message is, by the beginning of the name of its type after RTM_NEW, RTM_GET and so on.
SHAPES: Mapping[str, Shape] = {
    "LINK": (ifinfomsg, link.Link),
    "ADDR": (ifaddrmsg, routing.InterfaceAddress),
    "MULTICAST": (ifaddrmsg, routing.InterfaceAddress),
    "ANYCAST": (ifaddrmsg, routing.InterfaceAddress),
    "ROUTE": (rtmsg, routing.Route),
    "NEIGH": (ndmsg, routing.Neighbour),
    "RULE": (fib_rule_hdr, routing.Rule),
    "QDISC": (tcmsg, traffic.Traffic),
    "TCLASS": (tcmsg, traffic.Traffic),
    "TFILTER": (tcmsg, traffic.Traffic),
    "CHAIN": (tcmsg, traffic.Traffic),
    "ACTION": (tcamsg, traffic.ActionRoot),
    "NEIGHTBL": (ndtmsg, routing.NeighbourTable),
    "ADDRLABEL": (ifaddrlblmsg, routing.AddressLabel),
    "DCB": (dcbmsg, traffic.DataCenterBridging),
    "NETCONF": (netconfmsg, routing.NetworkConfiguration),
    "MDB": (br_port_msg, routing.Multicast),
    "NSID": (rtgenmsg, routing.Namespace),
    "CACHEREPORT": (cache_rtgenmsg, None),
    "STATS": (if_stats_msg, link.Counts),
    "NEXTHOP": (nhmsg, routing.NextHop),
}

AF_BRIDGE = 7
VERBS = ("RTM_NEW", "RTM_DEL", "RTM_GET", "RTM_SET")


class RouteFamily(Family):
    """Messages about interfaces, addresses, routes."""

    types = words.RouteType

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.made: dict[str, Any] = {}
        self.other = unknown(layout)

    def flags(self, kind: int) -> str | None:
        if kind == words.RouteType.constants["RTM_DELACTION"]:
            return "get"
        return ("new", "delete", "get", None)[kind & 3]

    def payload(self, scope: Within, kind: int, data: bytes, flags: int) -> list[Value]:
        name = words.RouteType.spell(kind).text
        subject = name[7:] if name.startswith(VERBS) else ""
        if name == "RTM_GETNEIGH" and data[0] == AF_BRIDGE:
            subject = "LINK"  # the entries of a bridge are asked for as of an interface
        shape = SHAPES.get(subject)
        family = Family8.spell(data[0])
        inside = Within(scope, data, data[0])
        if shape is None:
            pairs: list[tuple[str, Value]] = [("family", family)]
            if len(data) > 1:
                limit = self.layout.string_limit
                pairs.append(("data", HexText(data[1 : limit + 1], len(data) > limit + 1)))
            return [Fields(pairs)]
        made = self.made.get(subject)
        if made is None:
            structure, table = shape
            listed = attribute_list(self.layout, table) if table is not None else self.other
            size = as_type(structure).size(self.layout.abi)
            first = as_type(structure).fields[0].name
            made = self.made[subject] = compile(structure, self.layout), size, first, listed
        decode, size, first, listed = made
        if len(data) < size:
            return [Fields([(first, family), ("", Symbol(0, "...", "..."))])]
        rest = data[aligned(size) :]
        return [decode(inside, data), *([listed(inside, rest)] if rest else [])]
