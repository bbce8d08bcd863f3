"""Words of netlink messages and their attributes."""

from __future__ import annotations

from ptracer.decode.values import Symbol, Unknown
from ptracer.decode.words import Enum, Flags
from ptracer.tables.words.network import (
    AddressFamily,
    EthernetProtocol,
    HardwareType,
    InternetProtocol,
    MessageFlags,
    Numbered,
    NumberedFlags,
    Several,
)


class MaskOf(Flags):
    """Bits that are numbered by constants: ``1<<IFLA_STATS_LINK_64``."""

    def spelling(self, number: int) -> Symbol:
        names, left = [], number
        for name, bit in self.constants.items():
            if number >> bit & 1:
                names.append(f"1<<{name}")
                left &= ~(1 << bit)
        raw = f"{number:#x}" if number else "0"
        if not names and left:
            return Unknown(number, f"{raw} /* 1<<{self.unknown} */", raw)
        if left:
            names.append(f"{left:#x}")
        return Symbol(number, "|".join(names) or "0", raw, tuple(names), True)



class MaskFrom(MaskOf):
    """Bits that are numbered from ``first``: ``1<<(INET_DIAG_MEMINFO-1)``."""

    def __init__(self, constants: str, unknown: str, first: int, width: int) -> None:
        super().__init__(constants, unknown, width)
        self.first = first

    def spelling(self, number: int) -> Symbol:
        names, left = [], number
        for name, bit in sorted(self.constants.items(), key=lambda item: item[1]):
            if bit >= self.first and number >> bit - self.first & 1:
                names.append(f"1<<({name}-{self.first})")
                left &= ~(1 << bit - self.first)
        raw = f"{number:#x}" if number else "0"
        if not names and left:
            return Unknown(number, f"{raw} /* 1<<{self.unknown}-{self.first} */", raw)
        if left:
            names.append(f"{left:#x}")
        return Symbol(number, "|".join(names) or "0", raw, tuple(names), True)


MessageType = Enum("netlink.message_types", "NLMSG_???", width=2)
ErrorAttribute = Enum("netlink.error_attributes", "NLMSGERR_ATTR_???", width=2)
RouteType = Enum("netlink.route_types", "RTM_???", width=2)
RouteScope = Enum("netlink.route_scopes", width=1)
FamilyByte = Enum("network.address_families", "AF_???", width=1)
RouteTable = Enum("netlink.route_tables")
RouteTableByte = Enum("netlink.route_tables", width=1)
RuleTable = Enum("netlink.route_tables", "RT_TABLE_???", width=1)
RouteProtocol = Enum("netlink.route_protocols", "RTPROT_???", width=1)
RouteKind = Enum("netlink.route_kinds", "RTN_???", width=1)
RouteFlags = Flags("netlink.route_flags", "RTM_F_???")
NextHopFlags = Flags("netlink.next_hop_flags", "RTNH_F_???")
NextHopFlagsByte = Flags("netlink.next_hop_flags", "RTNH_F_???", width=1)
ServiceType = Flags("netlink.service_types", "IPTOS_???", width=1)
AddressFlags = Flags("netlink.address_flags", "IFA_F_???")
AddressFlagsByte = Flags("netlink.address_flags", "IFA_F_???", width=1)
NeighbourStates = Flags("netlink.neighbour_states", "NUD_???", width=2)
NeighbourFlags = Flags("netlink.neighbour_flags", "NTF_???", width=1)
NeighbourExtendedFlags = Flags("netlink.neighbour_extended_flags", "NTF_EXT_???")
RuleAction = Enum("netlink.rule_actions", "FR_ACT_???", width=1)
RuleFlags = Flags("netlink.rule_flags", "FIB_RULE_???")
DcbCommand = Enum("netlink.dcb_commands", "DCB_CMD_???", width=1)
ExternalFilters = Flags("netlink.external_filters", "RTEXT_FILTER_???")
LinkEvent = Enum("netlink.link_events", "IFLA_EVENT_???")
LinkState = Enum("netlink.link_states", "IFLA_VF_LINK_STATE_???")
InterfaceFlags = Flags("network.interface_flags", "IFF_???")
Internet6Flags = Flags("netlink.internet6_flags", "IF_???")
AddressMode = Enum("netlink.address_modes", "IN6_ADDR_GEN_MODE_???", width=1)
XdpAttached = Enum("netlink.xdp_attached", "XDP_ATTACHED_???", width=1)
XdpLinkFlags = Flags("netlink.xdp_link_flags", "XDP_FLAGS_???")
Encapsulation = Enum("netlink.encapsulations", "LWTUNNEL_ENCAP_???", width=2)
FdbNotify = Flags("netlink.fdb_notify", "FDB_NOTIFY_???", width=1)
ActionRootFlags = Flags("netlink.action_root_flags", "TCA_ACT_FLAG_???")
ActionFlags = Flags("netlink.action_flags", "TCA_ACT_FLAGS_???")
ActionCounts = Flags("netlink.action_counts", "TCA_ACT_HW_STATS_???")
GroupType = Enum("netlink.group_types", "NEXTHOP_GRP_TYPE_???", width=2)
BridgeVlanFlags = Flags("netlink.bridge_vlan_flags", "BRIDGE_VLAN_INFO_???", width=2)
MulticastDirection = Enum("netlink.multicast_directions", "BR_MCAST_DIR_???")
MulticastState = Enum("netlink.multicast_states", "MDB_???", width=1)
MulticastFlags = Flags("netlink.multicast_flags", "MDB_FLAGS_???", width=1)
MulticastEntryValue = Enum("netlink.multicast_entry_values", "MDBA_MDB_EATTR_???", width=2)
InternetConfiguration = Enum("netlink.internet_configuration", "IPV4_DEVCONF_???", decimal=True)
Internet6Configuration = Enum("netlink.internet6_configuration", "DEVCONF_???", decimal=True)
Internet6Count = Enum("netlink.internet6_counts", "IPSTATS_MIB_???", decimal=True)
Icmp6Count = Enum("netlink.icmp6_counts", "ICMP6_MIB_???", decimal=True)

# The attributes of each table.
CountMask = MaskOf("netlink.counts_attributes", "IFLA_STATS_???")
Link = Enum("netlink.link_attributes", "IFLA_???")
LinkInformation = Enum("netlink.link_information_attributes", "IFLA_INFO_???")
VirtualFunctions = Enum("netlink.virtual_functions_attributes", "IFLA_VF_INFO_???")
VirtualFunction = Enum("netlink.virtual_function_attributes", "IFLA_VF_???")
VirtualFunctionCounts = Enum("netlink.virtual_function_counts_attributes", "IFLA_VF_STATS_???")
VirtualFunctionVlans = Enum("netlink.virtual_function_vlans_attributes", "IFLA_VF_VLAN_INFO_???")
VirtualPorts = Enum("netlink.virtual_ports_attributes", "IFLA_VF_PORT_???")
VirtualPort = Enum("netlink.virtual_port_attributes", "IFLA_PORT_???")
LinkFamilies = Enum("network.address_families", "AF_???")
LinkInternet = Enum("netlink.link_internet_attributes", "IFLA_INET_???")
LinkInternet6 = Enum("netlink.link_internet6_attributes", "IFLA_INET6_???")
LinkMctp = Enum("netlink.link_mctp_attributes", "IFLA_MCTP_???")
LinkXdp = Enum("netlink.link_xdp_attributes", "IFLA_XDP_???")
ProtocolDownReason = Enum("netlink.protocol_down_reason_attributes", "IFLA_PROTO_DOWN_REASON_???")
InterfaceAddress = Enum("netlink.interface_address_attributes", "IFA_???")
Route = Enum("netlink.route_attributes", "RTA_???")
RouteMetrics = Enum("netlink.route_metrics_attributes", "RTAX_???")
Neighbour = Enum("netlink.neighbour_attributes", "NDA_???")
ForwardingExtension = Enum("netlink.forwarding_extension_attributes", "NFEA_???")
Rule = Enum("netlink.rule_attributes", "FRA_???")
Traffic = Enum("netlink.traffic_attributes", "TCA_???")
TrafficCounts = Enum("netlink.traffic_counts_attributes", "TCA_STATS_???")
TrafficSizes = Enum("netlink.traffic_sizes_attributes", "TCA_STAB_???")
ActionRoot = Enum("netlink.action_root_attributes", "TCA_ROOT_???")
Action = Enum("netlink.action_attributes", "TCA_ACT_???")
NeighbourTable = Enum("netlink.neighbour_table_attributes", "NDTA_???")
NeighbourParameters = Enum("netlink.neighbour_parameters_attributes", "NDTPA_???")
AddressLabel = Enum("netlink.address_label_attributes", "IFAL_???")
DataCenterBridging = Enum("netlink.data_center_bridging_attributes", "DCB_ATTR_???")
NetworkConfiguration = Enum("netlink.network_configuration_attributes", "NETCONFA_???")
Multicast = Enum("netlink.multicast_attributes", "MDBA_???")
MulticastDatabase = Enum("netlink.multicast_database_attributes", "MDBA_MDB_???")
MulticastEntry = Enum("netlink.multicast_entry_attributes", "MDBA_MDB_ENTRY_???")
MulticastRouter = Enum("netlink.multicast_router_attributes", "MDBA_ROUTER_???")
Namespace = Enum("netlink.namespace_attributes", "NETNSA_???")
Counts = Enum("netlink.counts_attributes", "IFLA_STATS_???")
ExtraCounts = Enum("netlink.extra_counts_attributes", "LINK_XSTATS_TYPE_???")
BridgeCounts = Enum("netlink.bridge_counts_attributes", "BRIDGE_XSTATS_???")
BondCounts = Enum("netlink.bond_counts_attributes", "BOND_XSTATS_???")
Bond3adCounts = Enum("netlink.bond3ad_counts_attributes", "BOND_3AD_STAT_???")
OffloadCounts = Enum("netlink.offload_counts_attributes", "IFLA_OFFLOAD_XSTATS_???")
MplsCounts = Enum("netlink.mpls_counts_attributes", "MPLS_STATS_???")
NextHop = Enum("netlink.next_hop_attributes", "NHA_???")
NextHopResilient = Enum("netlink.next_hop_resilient_attributes", "NHA_RES_GROUP_???")
NextHopBucket = Enum("netlink.next_hop_bucket_attributes", "NHA_RES_BUCKET_???")
MulticastRouterValue = Enum("netlink.multicast_router_values", "MDBA_ROUTER_PATTR_???", width=2)
MulticastRouterKind = Enum("netlink.multicast_router_kinds", "MDB_RTR_TYPE_???", width=1)
ActionIndex = Enum({}, width=2)
DiagType = Enum("netlink.diag_types", "SOCK_DIAG_???", width=2)
TcpState = Enum("netlink.tcp_states", "TCP_???", width=1)
TcpStates = MaskOf("netlink.tcp_states", "TCP_???")
InternetDiag = Enum("netlink.internet_diag_attributes", "INET_DIAG_???", width=2)
InternetExtensions = MaskFrom("netlink.internet_diag_attributes", "INET_DIAG_???", 1, width=1)
InternetRequest = Enum("netlink.internet_request_attributes", "INET_DIAG_REQ_???", width=2)
InternetBytecode = Enum("netlink.internet_bytecodes", "INET_DIAG_BC_???", width=1)
UpperLayer = Enum("netlink.upper_layer_attributes", "INET_ULP_INFO_???", width=2)
InternetProtocolLong = Enum("network.internet_protocols", "IPPROTO_???", width=8)
Tls = Enum("netlink.tls_attributes", "TLS_INFO_???", width=2)
TlsVersion = Enum("netlink.tls_versions", "TLS_???_VERSION", width=2)
TlsCipher = Enum("netlink.tls_ciphers", "TLS_CIPHER_???", width=2)
TlsConfiguration = Enum("netlink.tls_configurations", "TLS_CONF_???", width=2)
Subflow = Enum("netlink.subflow_attributes", "MPTCP_SUBFLOW_ATTR_???", width=2)
SubflowFlags = Flags("netlink.subflow_flags", "MPTCP_SUBFLOW_FLAG_???")
StorageAnswer = Enum("netlink.storage_answer_attributes", "SK_DIAG_BPF_STORAGE_???", width=2)
Storage = Enum("netlink.storage_attributes", "SK_DIAG_BPF_STORAGE_???", width=2)
Smc = Enum("netlink.smc_attributes", "SMC_DIAG_???", width=2)
SmcExtensions = MaskFrom("netlink.smc_extensions", "SMC_DIAG_???", 1, width=1)
SmcMode = Enum("netlink.smc_modes", "SMC_DIAG_MODE_???", width=1)
SmcState = Enum("netlink.smc_states", "SMC_???", width=1)
SmcRole = Enum("netlink.smc_roles", "SMC_???", width=1)
SmcDecline = Numbered("netlink.smc_declines", "SMC_CLC_DECL_???")
UnixDiag = Enum("netlink.unix_diag_attributes", "UNIX_DIAG_???", width=2)
UnixShow = Flags("netlink.unix_shows", "UDIAG_SHOW_???")
NetlinkDiag = Enum("netlink.netlink_diag_attributes", "NETLINK_DIAG_???", width=2)
NetlinkShow = Flags("netlink.netlink_shows", "NDIAG_SHOW_???")
NetlinkSocketFlags = Flags("netlink.netlink_socket_flags", "NDIAG_FLAG_???")
NetlinkState = Enum("netlink.netlink_states", "NETLINK_???", width=1)
NetlinkProtocolByte = Enum("network.netlink_protocols", "NETLINK_???", width=1)
PacketDiag = Enum("netlink.packet_diag_attributes", "PACKET_DIAG_???", width=2)
PacketShow = Flags("netlink.packet_shows", "PACKET_SHOW_???")
PacketSocketFlags = Flags("netlink.packet_socket_flags", "PDI_???")
PacketVersion = Enum("netlink.packet_versions", "TPACKET_???")
SocketMemory = Enum("netlink.socket_memory", "SK_MEMINFO_???", decimal=True)
ShutdownNames = Flags("netlink.shutdowns", "???_SHUTDOWN", width=1)
Shutdowns = NumberedFlags("netlink.shutdowns", "???_SHUTDOWN", width=1)
InternetProtocolByte = Enum("network.internet_protocols", "IPPROTO_???", width=1)
SocketKindByte = Enum("network.socket_types", "SOCK_???", width=1)
RouteFamily = Several("RTNL_FAMILY_???", "network.address_families", "netlink.route_families", width=1)
GenericCommand = Enum("netlink.generic_commands", "CTRL_CMD_???", width=1)
GenericCommandLong = Enum("netlink.generic_commands", "CTRL_CMD_???")
Generic = Enum("netlink.generic_attributes", "CTRL_ATTR_???", width=2)
GenericOperation = Enum("netlink.generic_operation_attributes", "CTRL_ATTR_OP_???", width=2)
GenericOperationPolicy = Enum("generic.control_operation_policies", "CTRL_ATTR_POLICY_???", width=2)
GenericPolicy = Enum("generic.policy_attributes", "NL_POLICY_TYPE_ATTR_???", width=2)
GenericPolicyType = Enum("generic.policy_types", "NL_ATTR_TYPE_???")
GenericGroup = Enum("netlink.generic_group_attributes", "CTRL_ATTR_MCAST_GRP_???", width=2)
GenericFlags = Flags("netlink.generic_flags", "GENL_???")
# The commands of families that have one name on every host.
GENERIC = {
    b"IOAM6": Enum("generic.ioam6_commands", "IOAM6_CMD_???"),
    b"SEG6": Enum("generic.seg6_commands", "SEG6_CMD_???"),
    b"TASKSTATS": Enum("generic.taskstats_commands", "TASKSTATS_CMD_???"),
    b"devlink": Enum("generic.devlink_commands", "DEVLINK_CMD_???"),
    b"ethtool": Enum("generic.ethtool_commands", "ETHTOOL_MSG_???"),
    b"mptcp_pm": Enum("generic.mptcp_pm_commands", "MPTCP_PM_CMD_???"),
    b"netdev": Enum("generic.netdev_commands", "NETDEV_CMD_???"),
    b"nl80211": Enum("generic.nl80211_commands", "NL80211_CMD_???"),
    b"tcp_metrics": Enum("generic.tcp_metrics_commands", "TCP_METRICS_CMD_???"),
    b"thermal": Enum("generic.thermal_commands", "THERMAL_GENL_CMD_???"),
}
AuditType = Enum("netlink.audit_types", "AUDIT_???", width=2)
XfrmType = Enum("netlink.xfrm_types", "XFRM_MSG_???", width=2)
CryptoType = Enum("netlink.crypto_types", "CRYPTO_MSG_???", width=2)
Crypto = Enum("netlink.crypto_attributes", "CRYPTOCFGA_???", width=2)
SecurityType = Enum("netlink.selinux_types", "SELNL_MSG_???", width=2)
NetfilterSystem = Enum("netlink.netfilter_systems", "NFNL_SUBSYS_???", width=1)
NetfilterBatch = Enum("netlink.netfilter_batches", "NFNL_MSG_???", width=2)
NetfilterVersion = Enum("netlink.netfilter_versions", "NFNETLINK_???", width=1)
Plain = Enum({}, width=1)

# The messages of each subsystem of the packet filter: linux/netfilter/nfnetlink.h.
NETFILTER = {
    1: Enum("netlink.netfilter_connection", "IPCTNL_MSG_CT_???", width=1),
    2: Enum("netlink.netfilter_expectation", "IPCTNL_MSG_EXP_???", width=1),
    3: Enum("netlink.netfilter_queue", "NFQNL_MSG_???", width=1),
    4: Enum("netlink.netfilter_log", "NFULNL_MSG_???", width=1),
    5: Enum("netlink.netfilter_osf", "OSF_MSG_???", width=1),
    6: Enum("netlink.netfilter_ipset", "IPSET_CMD_???", width=1),
    7: Enum("netlink.netfilter_account", "NFNL_MSG_ACCT_???", width=1),
    8: Enum("netlink.netfilter_timeout", "IPCTNL_MSG_TIMEOUT_???", width=1),
    9: Enum("netlink.netfilter_helper", "NFNL_MSG_CTHELPER_???", width=1),
    10: Enum("netlink.netfilter_tables", "NFT_MSG_???", width=1),
    11: Enum("netlink.netfilter_compat", "NFNL_MSG_COMPAT_???", width=1),
    12: Enum("netlink.netfilter_hook", "NFT_MSG_HOOK_???", width=1),
}

__all__ = ["AddressFamily", "EthernetProtocol", "HardwareType", "InternetProtocol", "MessageFlags"]
