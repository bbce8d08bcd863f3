"""Words of sockets, their addresses and their options."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Layout
from ptracer.decode.values import Hex, Joined, Meant, Symbol, Unknown, Value
from ptracer.decode.words import Constants, Enum, Flags, Word, group


class Numbered(Enum):
    """Constants that are shown as the number with the name as a remark."""

    def spelling(self, number: int) -> Symbol:
        symbol = super().spelling(number)
        if isinstance(symbol, Unknown):
            return symbol
        return Unknown(number, f"{symbol.raw} /* {symbol.text} */", symbol.raw, symbol.names)


class AlwaysNumbered(Numbered):
    """The same, whatever style of constants is asked for."""

    def spelling(self, number: int) -> Symbol:
        symbol = super().spelling(number)
        return Unknown(number, symbol.text, symbol.text, symbol.names)


class NumberedFlags(Flags):
    """Bits that are shown as the number with the names as a remark."""

    def spelling(self, number: int) -> Symbol:
        symbol = super().spelling(number)
        if isinstance(symbol, Unknown) or not symbol.number:
            return symbol
        return Unknown(number, f"{symbol.raw} /* {symbol.text} */", symbol.raw, symbol.names)


class Ranges(Enum):
    """Numbers of which some begin a range: ``L2CAP_PSM_DYN_START+1``. ``ranges`` maps such a name to that of the end."""

    def __init__(self, constants: str, unknown: str, width: int, ranges: dict[str, str]) -> None:
        super().__init__(constants, unknown, width)
        self.ranges = ranges

    def value(self, layout: Layout) -> Callable[[int], Value]:
        shape = super().value(layout)
        ranges = [(self.constants[first], self.constants[last]) for first, last in self.ranges.items()]

        def inside(number: int) -> Value:
            for first, last in ranges:
                if first < number < last and isinstance(self.spell(number), Unknown):
                    return Meant(Hex(number), Joined([self.spell(first), number - first], "+"), styled=True)
            return shape(number)

        return inside


class SignedEnum(Enum):
    """Constants in a signed byte; those below zero are shown as what they are the negative of."""

    def spelling(self, number: int) -> Symbol:
        if number < 128:
            return super().spelling(number)
        symbol = super().spelling(256 - number)
        return type(symbol)(number - 256, f"-{symbol.text}", f"-{symbol.raw}")

class SocketTypeWord(Word):
    """The second argument of socket(2): a type, with flags."""

    def __init__(self) -> None:
        super().__init__("network.socket_types", "SOCK_???")

    def spelling(self, number: int) -> Symbol:
        return SocketKind.spell(number)

    def value(self, layout: Layout) -> Callable[[int], Value]:
        def shape(number: int) -> Value:
            kind = SocketKind.spell(number & 0xF)
            if isinstance(kind, Unknown):
                return SocketFlags.spell(number)
            flags = number & ~0xF
            return Joined([kind, SocketFlags.spell(flags)]) if flags else kind

        return shape


AddressFamily = Enum("network.address_families", "AF_???", width=2)
ProtocolFamily = Enum("network.address_families", "AF_???")
SocketKind = Enum("network.socket_types", "SOCK_???")
SocketFlags = Flags("network.socket_flags", "SOCK_???")
SocketType = SocketTypeWord()
InternetProtocol = Enum("network.internet_protocols", "IPPROTO_???")
BluetoothProtocol = Enum("network.bluetooth_protocols", "BTPROTO_???")
NetlinkProtocol = Enum("network.netlink_protocols", "NETLINK_???")
EthernetProtocol = Enum("network.ethernet_protocols", "ETH_P_???", width=2)
NfcProtocol = Enum("network.nfc_protocols", "NFC_SOCKPROTO_???")
Ax25Protocol = AlwaysNumbered("network.ax25_protocols", "AX25_P_???")
CanProtocol = Enum("network.can_protocols", "CAN_???")
IrdaProtocol = Enum("network.can_protocols", "IRDAPROTO_???")
IsdnProtocol = Enum("network.isdn_protocols", "ISDN_P_???")
PhonetProtocol = Enum("network.phonet_protocols", "PN_PROTO_???")
CaifProtocol = Enum("network.caif_protocols", "CAIFPROTO_???")
KcmProtocol = Enum("network.kcm_protocols", "KCMPROTO_???")
SmcProtocol = Enum("network.smc_protocols", "SMCPROTO_???")
MessageFlags = Flags("network.message_flags", "MSG_???")
Shutdown = Enum("network.shutdown_how", "SHUT_???")

PacketType = Enum("sockets.packet_types", "PACKET_???", width=1)
HardwareType = Enum("sockets.hardware_types", "ARPHRD_???", width=2)
BluetoothAddressType = Enum("sockets.bluetooth_address_types", "BDADDR_???", width=1)
HciChannel = Enum("sockets.hci_channels", "HCI_CHANNEL_???", width=2)
L2capChannel = Ranges("sockets.l2cap_channels", "L2CAP_CID_???", 2, {"L2CAP_CID_DYN_START": "L2CAP_CID_DYN_END"})
L2capMultiplexer = Ranges(
    "sockets.l2cap_multiplexers",
    "L2CAP_PSM_???",
    2,
    {"L2CAP_PSM_LE_DYN_START": "L2CAP_PSM_LE_DYN_END", "L2CAP_PSM_DYN_START": "L2CAP_PSM_DYN_END"},
)
AlgorithmFlags = NumberedFlags("sockets.algorithm_flags", "CRYPTO_ALG_???")
NfcTargetProtocol = Enum("sockets.nfc_targets", "NFC_PROTO_???")
VsockContext = Enum("sockets.vsock_contexts")
VsockPort = Enum("sockets.vsock_ports")
VsockFlags = Flags("sockets.vsock_flags", "VMADDR_FLAG_???", width=1)
XdpFlags = Flags("sockets.xdp_flags", "XDP_???", width=2)
TipcAddressType = Enum("sockets.tipc_address_types", "TIPC_???", width=1)
TipcScope = SignedEnum("sockets.tipc_scopes", "TIPC_???_SCOPE", width=1)
MctpAddress = Enum("sockets.mctp_addresses", width=1)
Ieee802154AddressType = Enum("sockets.ieee802154_address_types", "IEEE802154_ADDR_???")
RxrpcService = Numbered("sockets.rxrpc_services", "???_SERVICE", width=2)
RxrpcTransport = Enum("network.socket_types", "SOCK_???", width=2)
LlcpServicePoint = Numbered("sockets.llcp_service_points", width=1)
MctpNetwork = Enum("sockets.mctp_networks")
SocketLevel = Enum("network.socket_levels", "SOL_???")
OptionLevel = Enum("network.socket_levels", "SOL_??")
ControlSocket = Enum("network.control_message_types", "SCM_???")
ControlProtocol = Enum("network.internet_protocols", "IP_???")
ControlInternet = Enum("network.ip_control_message_types", "IP_???")


class Several(Enum):
    """Constants of several groups, those of the first before the others."""

    def __init__(self, unknown: str, *references: str, width: int = 4) -> None:
        super().__init__(references[0], unknown, width)
        self.references = references

    @property
    def constants(self) -> Constants:
        return {name: number for reference in self.references for name, number in group(reference).items()}


SetSocketOption = Several("SO_???", "network.socket_set_options", "network.socket_options")
GetSocketOption = Several("SO_???", "network.socket_get_options", "network.socket_options")
SetInternetOption = Several("IP_???", "network.ip_options", "network.ip_set_options")
GetInternetOption = Several("IP_???", "network.ip_options", "network.ip_get_options")
SetInternet6Option = Several("IPV6_???", "network.ipv6_options", "network.ipv6_set_options")
GetInternet6Option = Several("IPV6_???", "network.ipv6_options", "network.ipv6_get_options")
TcpOption = Enum("network.tcp_options", "TCP_???")
UdpOption = Enum("network.udp_options", "UDP_???")
RawOption = Enum("network.raw_options", "RAW_???")
NetlinkOption = Enum("network.netlink_options", "NETLINK_???")
PacketOption = Enum("network.packet_options", "PACKET_???")
SctpOption = Enum("network.sctp_options", "SCTP_???")
IpxOption = Enum("network.ipx_options", "IPX_???")
Ax25Option = Enum("network.ax25_options", "AX25_???")
IrdaOption = Enum("network.irda_options", "IRLMP_???")
LlcOption = Enum("network.llc_options", "LLC_OPT_???")
DccpOption = Enum("network.dccp_options", "DCCP_SOCKOPT_???")
TipcOption = Enum("network.tipc_options", "TIPC_???")
RxrpcOption = Enum("network.rxrpc_options", "RXRPC_???")
PppOption = Enum("network.pppol2tp_options", "PPPOL2TP_SO_???")
BluetoothOption = Enum("network.bluetooth_options", "BT_???")
PnpipeOption = Enum("network.pnpipe_options", "PNPIPE_???")
RdsOption = Enum("network.rds_options", "RDS_???")
IucvOption = Enum("network.iucv_options", "SO_???")
CaifOption = Enum("network.caif_options", "CAIFSO_???")
AlgorithmOption = Enum("network.alg_options", "ALG_SET_???")
NfcOption = Enum("network.nfc_options", "NFC_LLCP_???")
KcmOption = Enum("network.kcm_options", "KCM_???")
TlsOption = Enum("network.tls_options", "TLS_???")
XdpOption = Enum("network.xdp_options", "XDP_???")
CanRawOption = Enum("network.can_raw_options", "CAN_RAW_???")

PacketMember = Enum("sockets.packet_members", "PACKET_MR_???", width=2)
IcmpType = Enum("sockets.icmp_types", "ICMP_???")
TipcImportance = Enum("sockets.tipc_importance", "TIPC_???_IMPORTANCE")
TipcGroupScope = Enum("sockets.tipc_scopes", "TIPC_???_SCOPE")
TipcGroupFlags = Flags("sockets.tipc_group_flags", "TIPC_GROUP_???")
RehashMode = Enum("sockets.rehash_modes", "SOCK_TXREHASH_???", signed=True, decimal=True)

KeyFlags = Flags("sockets.tcp_key_flags", "TCP_AO_KEYF_???", width=1)
