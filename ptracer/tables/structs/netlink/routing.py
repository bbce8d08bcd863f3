"""Attributes of addresses, routes, rules and neighbours: rtnetlink(7)."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.extents import Decode, compile
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Byte,
    HexByte,
    HexInt,
    HexShort,
    Int,
    Layout,
    UInt,
    UInt64,
    UShort,
    as_type,
)
from ptracer.decode.values import Fields, Meant, Sequence, Value
from ptracer.hints import Any
from ptracer.tables.structs.internet import InterfaceIndex, Network, NetworkLong, NetworkShort
from ptracer.tables.structs.netlink.attributes import (
    After,
    Attributes,
    Characters,
    Each,
    FamilyAddress,
    First,
    Hardware,
    Number64,
    Octets,
    Payload,
    Timed,
    Whole,
    address_value,
    aligned,
    attribute_list,
    unknown,
)
from ptracer.tables.words import netlink as words


class ifa_cacheinfo(Struct):
    ifa_prefered: UInt
    ifa_valid: UInt
    cstamp: UInt
    tstamp: UInt


class rta_cacheinfo(Struct):
    rta_clntref: UInt
    rta_lastuse: UInt
    rta_expires: UInt
    rta_error: UInt
    rta_used: UInt
    rta_id: HexInt
    rta_ts: UInt
    rta_tsage: UInt


class rta_mfc_stats(Struct):
    mfcs_packets: UInt64
    mfcs_bytes: UInt64
    mfcs_wrong_if: UInt64


class fib_rule_uid_range(Struct):
    start: UInt
    end: UInt


class fib_rule_port_range(Struct):
    start: UShort
    end: UShort


class nda_cacheinfo(Struct):
    ndm_confirmed: UInt
    ndm_used: UInt
    ndm_updated: UInt
    ndm_refcnt: UInt


class ndt_config(Struct):
    ndtc_key_len: UShort
    ndtc_entry_size: UShort
    ndtc_entries: UInt
    ndtc_last_flush: UInt
    ndtc_last_rand: UInt
    ndtc_hash_rnd: UInt
    ndtc_hash_mask: HexInt
    ndtc_hash_chain_gc: UInt
    ndtc_proxy_qlen: UInt


class ndt_stats(Struct):
    ndts_allocs: UInt64
    ndts_destroys: UInt64
    ndts_hash_grows: UInt64
    ndts_res_failed: UInt64
    ndts_lookups: UInt64
    ndts_hits: UInt64
    ndts_rcv_probes_mcast: UInt64
    ndts_rcv_probes_ucast: UInt64
    ndts_periodic_gc_runs: UInt64
    ndts_forced_gc_runs: UInt64
    ndts_table_fulls: UInt64 = this.length >= 88


class nexthop_grp(Struct):
    id: UInt
    weight: Byte
    weight_high: Byte
    resvd2: HexShort = this.resvd2 != 0


class br_mdb_address(Struct):
    u: Octets[16]
    proto: Network(2, words.AddressFamily)


class br_mdb_entry(Struct):
    ifindex: InterfaceIndex
    state: words.MulticastState
    flags: words.MulticastFlags
    vid: UShort
    addr: br_mdb_address


class InterfaceAddress(Attributes):
    names = words.InterfaceAddress
    IFA_ADDRESS: FamilyAddress()
    IFA_LOCAL: FamilyAddress()
    IFA_LABEL: Characters()
    IFA_BROADCAST: FamilyAddress()
    IFA_ANYCAST: FamilyAddress()
    IFA_CACHEINFO: ifa_cacheinfo
    IFA_MULTICAST: FamilyAddress()
    IFA_FLAGS: First(words.AddressFlags)
    IFA_RT_PRIORITY: UInt
    IFA_TARGET_NETNSID: Int


class Route(Attributes):
    names = words.Route
    RTA_DST: FamilyAddress()
    RTA_SRC: FamilyAddress()
    RTA_IIF: InterfaceIndex
    RTA_OIF: InterfaceIndex
    RTA_GATEWAY: FamilyAddress()
    RTA_PRIORITY: UInt
    RTA_PREFSRC: FamilyAddress()
    RTA_METRICS: RouteMetrics
    RTA_MULTIPATH: NextHops()
    RTA_PROTOINFO: UInt
    RTA_FLOW: UInt
    RTA_CACHEINFO: rta_cacheinfo
    RTA_MP_ALGO: UInt
    RTA_TABLE: First(words.RouteTable)
    RTA_MARK: UInt
    RTA_MFC_STATS: rta_mfc_stats
    RTA_VIA: Via()
    RTA_NEWDST: FamilyAddress()
    RTA_PREF: Byte
    RTA_ENCAP_TYPE: First(words.Encapsulation)
    RTA_EXPIRES: UInt64
    RTA_UID: UInt
    RTA_TTL_PROPAGATE: Byte
    RTA_IP_PROTO: Byte
    RTA_SPORT: UShort
    RTA_DPORT: UShort
    RTA_NH_ID: UInt
    RTA_FLOWLABEL: NetworkLong


class RouteMetrics(Attributes):
    names = words.RouteMetrics
    RTAX_LOCK: UInt
    RTAX_MTU: UInt
    RTAX_WINDOW: UInt
    RTAX_RTT: UInt
    RTAX_RTTVAR: UInt
    RTAX_SSTHRESH: UInt
    RTAX_CWND: UInt
    RTAX_ADVMSS: UInt
    RTAX_REORDERING: UInt
    RTAX_HOPLIMIT: UInt
    RTAX_INITCWND: UInt
    RTAX_FEATURES: UInt
    RTAX_RTO_MIN: UInt
    RTAX_INITRWND: UInt
    RTAX_QUICKACK: UInt
    RTAX_CC_ALGO: Characters()


class Rule(Attributes):
    names = words.Rule
    FRA_DST: FamilyAddress()
    FRA_SRC: FamilyAddress()
    FRA_IIFNAME: Characters()
    FRA_GOTO: UInt
    FRA_PRIORITY: UInt
    FRA_FWMARK: UInt
    FRA_FLOW: UInt
    FRA_TUN_ID: Number64()
    FRA_SUPPRESS_IFGROUP: UInt
    FRA_SUPPRESS_PREFIXLEN: UInt
    FRA_TABLE: First(words.RouteTable)
    FRA_FWMASK: UInt
    FRA_OIFNAME: Characters()
    FRA_L3MDEV: Byte
    FRA_UID_RANGE: fib_rule_uid_range
    FRA_PROTOCOL: First(words.RouteProtocol)
    FRA_IP_PROTO: Whole(words.InternetProtocol)
    FRA_SPORT_RANGE: fib_rule_port_range
    FRA_DPORT_RANGE: fib_rule_port_range
    FRA_DSCP: Byte
    FRA_FLOWLABEL: NetworkLong
    FRA_FLOWLABEL_MASK: NetworkLong
    FRA_SPORT_MASK: HexShort
    FRA_DPORT_MASK: HexShort
    FRA_DSCP_MASK: HexByte


class Neighbour(Attributes):
    names = words.Neighbour
    NDA_DST: FamilyAddress()
    NDA_LLADDR: Hardware()
    NDA_CACHEINFO: nda_cacheinfo
    NDA_PROBES: UInt
    NDA_VLAN: UShort
    NDA_PORT: NetworkShort
    NDA_VNI: UInt
    NDA_IFINDEX: InterfaceIndex
    NDA_MASTER: InterfaceIndex
    NDA_LINK_NETNSID: UInt
    NDA_SRC_VNI: UInt
    NDA_PROTOCOL: Whole(words.InternetProtocol)
    NDA_NH_ID: UInt
    NDA_FDB_EXT_ATTRS: ForwardingExtension
    NDA_FLAGS_EXT: words.NeighbourExtendedFlags
    NDA_NDM_STATE_MASK: words.NeighbourStates
    NDA_NDM_FLAGS_MASK: words.NeighbourFlags


class ForwardingExtension(Attributes):
    names = words.ForwardingExtension
    NFEA_ACTIVITY_NOTIFY: words.FdbNotify


class NeighbourTable(Attributes):
    names = words.NeighbourTable
    NDTA_NAME: Characters()
    NDTA_THRESH1: UInt
    NDTA_THRESH2: UInt
    NDTA_THRESH3: UInt
    NDTA_CONFIG: ndt_config
    NDTA_PARMS: NeighbourParameters
    NDTA_STATS: ndt_stats
    NDTA_GC_INTERVAL: UInt64


class NeighbourParameters(Attributes):
    names = words.NeighbourParameters
    NDTPA_IFINDEX: InterfaceIndex
    NDTPA_REFCNT: UInt
    NDTPA_REACHABLE_TIME: UInt64
    NDTPA_BASE_REACHABLE_TIME: UInt64
    NDTPA_RETRANS_TIME: UInt64
    NDTPA_GC_STALETIME: UInt64
    NDTPA_DELAY_PROBE_TIME: UInt64
    NDTPA_QUEUE_LEN: UInt
    NDTPA_APP_PROBES: UInt
    NDTPA_UCAST_PROBES: UInt
    NDTPA_MCAST_PROBES: UInt
    NDTPA_ANYCAST_DELAY: UInt64
    NDTPA_PROXY_DELAY: UInt64
    NDTPA_PROXY_QLEN: UInt
    NDTPA_LOCKTIME: UInt64
    NDTPA_QUEUE_LENBYTES: UInt
    NDTPA_MCAST_REPROBES: UInt
    NDTPA_INTERVAL_PROBE_TIME_MS: UInt64


class AddressLabel(Attributes):
    names = words.AddressLabel
    IFAL_ADDRESS: FamilyAddress()
    IFAL_LABEL: UInt


class NetworkConfiguration(Attributes):
    names = words.NetworkConfiguration
    NETCONFA_IFINDEX: InterfaceIndex
    NETCONFA_FORWARDING: Int
    NETCONFA_RP_FILTER: Int
    NETCONFA_MC_FORWARDING: Int
    NETCONFA_PROXY_NEIGH: Int
    NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN: Int
    NETCONFA_INPUT: Int
    NETCONFA_BC_FORWARDING: Int
    NETCONFA_FORCE_FORWARDING: Int


class Namespace(Attributes):
    names = words.Namespace
    NETNSA_NSID: Int
    NETNSA_PID: UInt
    NETNSA_FD: Int
    NETNSA_TARGET_NSID: Int
    NETNSA_CURRENT_NSID: Int


class NextHop(Attributes):
    names = words.NextHop
    NHA_ID: UInt
    NHA_GROUP: Each(nexthop_grp)
    NHA_GROUP_TYPE: words.GroupType
    NHA_BLACKHOLE: UInt
    NHA_OIF: InterfaceIndex
    NHA_GATEWAY: FamilyAddress()
    NHA_ENCAP_TYPE: First(words.Encapsulation)
    NHA_GROUPS: UInt
    NHA_MASTER: InterfaceIndex
    NHA_FDB: UInt
    NHA_RES_GROUP: NextHopResilient
    NHA_RES_BUCKET: NextHopBucket


class NextHopResilient(Attributes):
    names = words.NextHopResilient
    NHA_RES_GROUP_BUCKETS: UShort
    NHA_RES_GROUP_IDLE_TIMER: Timed(100)
    NHA_RES_GROUP_UNBALANCED_TIMER: Timed(100)
    NHA_RES_GROUP_UNBALANCED_TIME: Timed(100)


class NextHopBucket(Attributes):
    names = words.NextHopBucket
    NHA_RES_BUCKET_INDEX: UShort
    NHA_RES_BUCKET_IDLE_TIME: Timed(100)
    NHA_RES_BUCKET_NH_ID: UInt


class Multicast(Attributes):
    names = words.Multicast
    MDBA_MDB: MulticastDatabase
    MDBA_ROUTER: MulticastRouter


class MulticastDatabase(Attributes):
    names = words.MulticastDatabase
    MDBA_MDB_ENTRY: MulticastEntry


class MulticastEntry(Attributes):
    names = words.MulticastEntry
    MDBA_MDB_ENTRY_INFO: After(br_mdb_entry, MulticastEntryValues)


class MulticastRouter(Attributes):
    names = words.MulticastRouter
    MDBA_ROUTER_PORT: After(InterfaceIndex, MulticastRouterValues)


class MulticastEntryValues(Attributes):
    names = words.MulticastEntryValue
    MDBA_MDB_EATTR_TIMER: Timed(100)


class MulticastRouterValues(Attributes):
    names = words.MulticastRouterValue
    MDBA_ROUTER_PATTR_TIMER: Timed(100)
    MDBA_ROUTER_PATTR_TYPE: words.MulticastRouterKind


class rtnexthop(Struct):
    rtnh_len: UShort
    rtnh_flags: words.NextHopFlagsByte
    rtnh_hops: Byte
    rtnh_ifindex: InterfaceIndex


class NextHops(Payload):
    """RTA_MULTIPATH: hops, each with attributes of a route."""

    def decoder(self, layout: Layout) -> Decode:
        decode, size, other = compile(rtnexthop, layout), as_type(rtnexthop).size(layout.abi), unknown(layout)
        attributes = attribute_list(layout, Route)

        def hops(scope: Any, data: bytes) -> Value:
            items: list[Value] = []
            place = 0
            while len(data) - place >= size:
                length = int.from_bytes(data[place : place + 2], "little")
                hop = decode(scope, data[place : place + size])
                inside = data[place + size : place + length]
                items.append(Sequence([hop, attributes(scope, inside)]) if inside else hop)
                if length < size:
                    break
                place += aligned(length)
            if not items:
                return other(scope, data)
            return items[0] if len(items) == 1 else Sequence(items)

        return hops


class Via(Payload):
    """RTA_VIA: an address of any family."""

    def decoder(self, layout: Layout) -> Decode:
        other = unknown(layout)

        def via(scope: Any, data: bytes) -> Value:
            if len(data) < 2:
                return other(scope, data)
            family = int.from_bytes(data[:2], "little")
            pairs: list[tuple[str, Value]] = [("rtvia_family", words.AddressFamily.spell(family))]
            if len(data) > 2:
                address = address_value(family, data[2:], "rtvia_addr")
                filled = isinstance(address, Meant) and address.filled
                pairs.append(("" if filled else "rtvia_addr", address or other(scope, data[2:])))
            return Fields(pairs)

        return via
