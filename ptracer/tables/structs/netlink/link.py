"""Attributes of network interfaces: rtnetlink(7), linux/if_link.h."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Byte,
    Hex64,
    HexByte,
    HexInt,
    Int,
    Layout,
    Loader,
    Type,
    UInt,
    UInt64,
    UShort,
)
from ptracer.decode.values import Joined, Sequence, Symbol, Value
from ptracer.hints import Any
from ptracer.regs import ABI
from ptracer.tables.structs.internet import HardwareAddress, InterfaceIndex, Internet6Address, Network
from ptracer.tables.structs.netlink.attributes import (
    After,
    Attributes,
    Characters,
    First,
    Growing,
    Hardware,
    Indexed,
    Kind,
    Octets,
    Sized,
)
from ptracer.tables.words import netlink as words


class rtnl_link_stats(Struct):
    rx_packets: UInt
    tx_packets: UInt
    rx_bytes: UInt
    tx_bytes: UInt
    rx_errors: UInt
    tx_errors: UInt
    rx_dropped: UInt
    tx_dropped: UInt
    multicast: UInt
    collisions: UInt
    rx_length_errors: UInt
    rx_over_errors: UInt
    rx_crc_errors: UInt
    rx_frame_errors: UInt
    rx_fifo_errors: UInt
    rx_missed_errors: UInt
    tx_aborted_errors: UInt
    tx_carrier_errors: UInt
    tx_fifo_errors: UInt
    tx_heartbeat_errors: UInt
    tx_window_errors: UInt
    rx_compressed: UInt
    tx_compressed: UInt
    rx_nohandler: UInt = this.length >= 96


class rtnl_link_stats64(Struct):
    rx_packets: UInt64
    tx_packets: UInt64
    rx_bytes: UInt64
    tx_bytes: UInt64
    rx_errors: UInt64
    tx_errors: UInt64
    rx_dropped: UInt64
    tx_dropped: UInt64
    multicast: UInt64
    collisions: UInt64
    rx_length_errors: UInt64
    rx_over_errors: UInt64
    rx_crc_errors: UInt64
    rx_frame_errors: UInt64
    rx_fifo_errors: UInt64
    rx_missed_errors: UInt64
    tx_aborted_errors: UInt64
    tx_carrier_errors: UInt64
    tx_fifo_errors: UInt64
    tx_heartbeat_errors: UInt64
    tx_window_errors: UInt64
    rx_compressed: UInt64
    tx_compressed: UInt64
    rx_nohandler: UInt64 = this.length >= 192
    rx_otherhost_dropped: UInt64 = this.length >= 200


class rtnl_link_ifmap(Struct):
    mem_start: Hex64
    mem_end: Hex64
    base_addr: Hex64
    irq: UShort
    dma: Byte
    port: Byte


class ifla_vf_mac(Struct):
    vf: UInt
    mac: HardwareAddress[32]


class ifla_vf_broadcast(Struct):
    broadcast: HardwareAddress[32]


class ifla_vf_vlan(Struct):
    vf: UInt
    vlan: UInt
    qos: UInt


class ifla_vf_vlan_info(Struct):
    vf: UInt
    vlan: UInt
    qos: UInt
    vlan_proto: Network(2, words.EthernetProtocol)


class ifla_vf_tx_rate(Struct):
    vf: UInt
    rate: UInt


class ifla_vf_rate(Struct):
    vf: UInt
    min_tx_rate: UInt
    max_tx_rate: UInt


class ifla_vf_setting(Struct):
    """The shape of ifla_vf_spoofchk, ifla_vf_rss_query_en and ifla_vf_trust."""

    vf: UInt
    setting: UInt


class ifla_vf_link_state(Struct):
    vf: UInt
    link_state: words.LinkState


class ifla_vf_guid(Struct):
    vf: UInt
    guid: Hex64


class ifla_vf_guid_packed(ifla_vf_guid):
    """The same where 64-bit integers are aligned to four bytes."""

    packed = True


class ifla_port_vsi(Struct):
    vsi_mgr_id: Byte
    vsi_type_id: Octets[3]
    vsi_type_version: Byte
    pad: Octets[3]

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        return pairs if any(pairs[-1][1].data) else pairs[:-1]


class ifla_cacheinfo(Struct):
    max_reasm_len: UInt
    tstamp: UInt
    reachable_time: UInt
    retrans_time: UInt


class bridge_vlan_xstats(Struct):
    rx_bytes: UInt64
    rx_packets: UInt64
    tx_bytes: UInt64
    tx_packets: UInt64
    vid: UShort
    flags: words.BridgeVlanFlags
    pad2: HexInt = this.pad2 != 0


class br_mcast_stats(Struct):
    igmp_v1queries: Directions()
    igmp_v2queries: Directions()
    igmp_v3queries: Directions()
    igmp_leaves: Directions()
    igmp_v1reports: Directions()
    igmp_v2reports: Directions()
    igmp_v3reports: Directions()
    igmp_parse_errors: UInt64
    mld_v1queries: Directions()
    mld_v2queries: Directions()
    mld_leaves: Directions()
    mld_v1reports: Directions()
    mld_v2reports: Directions()
    mld_parse_errors: UInt64
    mcast_bytes: Directions()
    mcast_packets: Directions()


class bridge_stp_xstats(Struct):
    transition_blk: UInt64
    transition_fwd: UInt64
    rx_bpdu: UInt64
    tx_bpdu: UInt64
    rx_tcn: UInt64
    tx_tcn: UInt64


class mpls_link_stats(Struct):
    rx_packets: UInt64
    tx_packets: UInt64
    rx_bytes: UInt64
    tx_bytes: UInt64
    rx_errors: UInt64
    tx_errors: UInt64
    rx_dropped: UInt64
    tx_dropped: UInt64
    rx_noroute: UInt64


class Link(Attributes):
    names = words.Link
    IFLA_ADDRESS: Hardware()
    IFLA_BROADCAST: Hardware()
    IFLA_IFNAME: Characters()
    IFLA_MTU: UInt
    IFLA_LINK: UInt
    IFLA_QDISC: Characters()
    IFLA_STATS: Growing(rtnl_link_stats, 92)
    IFLA_MASTER: UInt
    IFLA_TXQLEN: UInt
    IFLA_MAP: rtnl_link_ifmap
    IFLA_WEIGHT: UInt
    IFLA_OPERSTATE: Byte
    IFLA_LINKMODE: Byte
    IFLA_LINKINFO: LinkInformation
    IFLA_NET_NS_PID: UInt
    IFLA_IFALIAS: Characters()
    IFLA_NUM_VF: UInt
    IFLA_VFINFO_LIST: VirtualFunctions
    IFLA_STATS64: Growing(rtnl_link_stats64, 184, 192)
    IFLA_VF_PORTS: VirtualPorts
    IFLA_PORT_SELF: VirtualPort
    IFLA_AF_SPEC: LinkFamilies
    IFLA_GROUP: UInt
    IFLA_NET_NS_FD: Int
    IFLA_EXT_MASK: words.ExternalFilters
    IFLA_PROMISCUITY: UInt
    IFLA_NUM_TX_QUEUES: UInt
    IFLA_NUM_RX_QUEUES: UInt
    IFLA_CARRIER: Byte
    IFLA_CARRIER_CHANGES: UInt
    IFLA_LINK_NETNSID: Int
    IFLA_PHYS_PORT_NAME: Characters()
    IFLA_PROTO_DOWN: Byte
    IFLA_GSO_MAX_SEGS: UInt
    IFLA_GSO_MAX_SIZE: UInt
    IFLA_XDP: LinkXdp
    IFLA_EVENT: First(words.LinkEvent)
    IFLA_NEW_NETNSID: Int
    IFLA_IF_NETNSID: Int
    IFLA_CARRIER_UP_COUNT: UInt
    IFLA_CARRIER_DOWN_COUNT: UInt
    IFLA_NEW_IFINDEX: InterfaceIndex
    IFLA_MIN_MTU: UInt
    IFLA_MAX_MTU: UInt
    IFLA_PROP_LIST: LinkProperties
    IFLA_ALT_IFNAME: Characters()
    IFLA_PERM_ADDRESS: Hardware()
    IFLA_PROTO_DOWN_REASON: ProtocolDownReason
    IFLA_PARENT_DEV_NAME: Characters()
    IFLA_PARENT_DEV_BUS_NAME: Characters()
    IFLA_GRO_MAX_SIZE: UInt
    IFLA_TSO_MAX_SIZE: UInt
    IFLA_TSO_MAX_SEGS: UInt
    IFLA_ALLMULTI: UInt
    IFLA_DEVLINK_PORT: UInt
    IFLA_GSO_IPV4_MAX_SIZE: UInt
    IFLA_GRO_IPV4_MAX_SIZE: UInt
    IFLA_MAX_PACING_OFFLOAD_HORIZON: UInt64
    IFLA_NETNS_IMMUTABLE: Byte
    IFLA_HEADROOM: UShort
    IFLA_TAILROOM: UShort


class LinkProperties(Attributes):
    names = words.Link
    IFLA_ALT_IFNAME: Characters()


class LinkInformation(Attributes):
    names = words.LinkInformation
    IFLA_INFO_KIND: Kind()
    IFLA_INFO_SLAVE_KIND: Kind()


class VirtualFunctions(Attributes):
    names = words.VirtualFunctions
    IFLA_VF_INFO: VirtualFunction


class VirtualFunction(Attributes):
    names = words.VirtualFunction
    IFLA_VF_MAC: ifla_vf_mac
    IFLA_VF_VLAN: ifla_vf_vlan
    IFLA_VF_TX_RATE: ifla_vf_tx_rate
    IFLA_VF_SPOOFCHK: ifla_vf_setting
    IFLA_VF_LINK_STATE: ifla_vf_link_state
    IFLA_VF_RATE: ifla_vf_rate
    IFLA_VF_RSS_QUERY_EN: ifla_vf_setting
    IFLA_VF_STATS: VirtualFunctionCounts
    IFLA_VF_TRUST: ifla_vf_setting
    IFLA_VF_IB_NODE_GUID: Sized({12: ifla_vf_guid_packed, 16: ifla_vf_guid})
    IFLA_VF_IB_PORT_GUID: Sized({12: ifla_vf_guid_packed, 16: ifla_vf_guid})
    IFLA_VF_VLAN_LIST: VirtualFunctionVlans
    IFLA_VF_BROADCAST: ifla_vf_broadcast


class VirtualFunctionCounts(Attributes):
    names = words.VirtualFunctionCounts
    IFLA_VF_STATS_RX_PACKETS: UInt64
    IFLA_VF_STATS_TX_PACKETS: UInt64
    IFLA_VF_STATS_RX_BYTES: UInt64
    IFLA_VF_STATS_TX_BYTES: UInt64
    IFLA_VF_STATS_BROADCAST: UInt64
    IFLA_VF_STATS_MULTICAST: UInt64
    IFLA_VF_STATS_RX_DROPPED: UInt64
    IFLA_VF_STATS_TX_DROPPED: UInt64


class VirtualFunctionVlans(Attributes):
    names = words.VirtualFunctionVlans
    IFLA_VF_VLAN_INFO: ifla_vf_vlan_info


class VirtualPorts(Attributes):
    names = words.VirtualPorts
    IFLA_VF_PORT: VirtualPort


class VirtualPort(Attributes):
    names = words.VirtualPort
    IFLA_PORT_VF: UInt
    IFLA_PORT_PROFILE: Characters()
    IFLA_PORT_VSI_TYPE: ifla_port_vsi
    IFLA_PORT_REQUEST: Byte
    IFLA_PORT_RESPONSE: UShort


class LinkFamilies(Attributes):
    names = words.LinkFamilies
    AF_INET: LinkInternet
    AF_INET6: LinkInternet6
    AF_MCTP: LinkMctp


class LinkInternet(Attributes):
    names = words.LinkInternet
    IFLA_INET_CONF: Indexed(Int, words.InternetConfiguration, 1)


class LinkInternet6(Attributes):
    names = words.LinkInternet6
    IFLA_INET6_FLAGS: words.Internet6Flags
    IFLA_INET6_CONF: Indexed(Int, words.Internet6Configuration)
    IFLA_INET6_STATS: Indexed(UInt64, words.Internet6Count)
    IFLA_INET6_CACHEINFO: ifla_cacheinfo
    IFLA_INET6_ICMP6STATS: Indexed(UInt64, words.Icmp6Count)
    IFLA_INET6_TOKEN: Internet6Address("")
    IFLA_INET6_ADDR_GEN_MODE: words.AddressMode
    IFLA_INET6_RA_MTU: UInt


class LinkMctp(Attributes):
    names = words.LinkMctp
    IFLA_MCTP_NET: UInt
    IFLA_MCTP_PHYS_BINDING: HexByte


class LinkXdp(Attributes):
    names = words.LinkXdp
    IFLA_XDP_FD: Int
    IFLA_XDP_ATTACHED: words.XdpAttached
    IFLA_XDP_FLAGS: First(words.XdpLinkFlags)
    IFLA_XDP_PROG_ID: UInt
    IFLA_XDP_DRV_PROG_ID: UInt
    IFLA_XDP_SKB_PROG_ID: UInt
    IFLA_XDP_HW_PROG_ID: UInt
    IFLA_XDP_EXPECTED_FD: Int


class ProtocolDownReason(Attributes):
    names = words.ProtocolDownReason
    IFLA_PROTO_DOWN_REASON_MASK: HexInt
    IFLA_PROTO_DOWN_REASON_VALUE: HexInt


class Counts(Attributes):
    names = words.Counts
    IFLA_STATS_LINK_64: Growing(rtnl_link_stats64, 184, 192)
    IFLA_STATS_LINK_XSTATS: ExtraCounts
    IFLA_STATS_LINK_XSTATS_SLAVE: ExtraCounts
    IFLA_STATS_LINK_OFFLOAD_XSTATS: OffloadCounts
    IFLA_STATS_AF_SPEC: CountFamilies


class OffloadCounts(Attributes):
    names = words.OffloadCounts
    IFLA_OFFLOAD_XSTATS_CPU_HIT: Growing(rtnl_link_stats64, 184, 192)


class MplsCounts(Attributes):
    names = words.MplsCounts
    MPLS_STATS_LINK: After(mpls_link_stats)


class BondCounts(Attributes):
    names = words.BondCounts
    BOND_XSTATS_3AD: Bond3adCounts


class Bond3adCounts(Attributes):
    names = words.Bond3adCounts
    BOND_3AD_STAT_LACPDU_RX: UInt64
    BOND_3AD_STAT_LACPDU_TX: UInt64
    BOND_3AD_STAT_LACPDU_UNKNOWN_RX: UInt64
    BOND_3AD_STAT_LACPDU_ILLEGAL_RX: UInt64
    BOND_3AD_STAT_MARKER_RX: UInt64
    BOND_3AD_STAT_MARKER_TX: UInt64
    BOND_3AD_STAT_MARKER_RESP_RX: UInt64
    BOND_3AD_STAT_MARKER_RESP_TX: UInt64
    BOND_3AD_STAT_MARKER_UNKNOWN_RX: UInt64


class ExtraCounts(Attributes):
    names = words.ExtraCounts
    LINK_XSTATS_TYPE_BRIDGE: BridgeCounts
    LINK_XSTATS_TYPE_BOND: BondCounts


class BridgeCounts(Attributes):
    names = words.BridgeCounts
    BRIDGE_XSTATS_VLAN: After(bridge_vlan_xstats)
    BRIDGE_XSTATS_MCAST: br_mcast_stats
    BRIDGE_XSTATS_STP: After(bridge_stp_xstats)


class Directions(Type):
    """Two counters: what was received, and what was sent."""

    def size(self, abi: ABI) -> int:
        return 16

    def alignment(self, abi: ABI) -> int:
        return abi.largest_alignment

    def loader(self, layout: Layout) -> Loader:
        def load(scope: Any, data: bytes, offset: int) -> Value:
            items: list[Value] = []
            for place in range(2):
                start = offset + 8 * place
                name = Symbol(place, f"[{words.MulticastDirection.spell(place).text}]")
                items.append(Joined([name, int.from_bytes(data[start : start + 8], "little")], "="))
            return Sequence(items)

        return load


class CountFamilies(Attributes):
    names = words.LinkFamilies
    AF_MPLS: MplsCounts
