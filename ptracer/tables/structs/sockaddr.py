"""Socket addresses of all families: socket(7), unix(7), ip(7), ipv6(7), netlink(7), packet(7), vsock(7), x25(7)
and the headers ``linux/if_*.h`` of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import Name, bind, this
from ptracer.decode.extents import Decode, compile, extent_of
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import (
    MEMORY,
    Argument,
    Byte,
    Fd,
    Fetcher,
    HexByte,
    HexInt,
    HexShort,
    InOut,
    Int,
    Integer,
    Layout,
    Length,
    Loader,
    Target_,
    Type,
    UInt,
    ULong,
    UShort,
    length_source,
    pointer_value,
)
from ptracer.decode.values import Address, Applied, Fields, Hex, HexText, Joined, Sequence, Symbol, Text, Value
from ptracer.decode.words import Choice
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, TARGET, Step
from ptracer.regs import ABI
from ptracer.tables.structs.internet import (
    Callsign,
    HardwareAddress,
    InterfaceIndex,
    Internet6Address,
    InternetAddress,
    Network,
    NetworkLong,
    Port,
    callsign_value,
    hexadecimal_bytes,
)
from ptracer.tables.words import network as words
from ptracer.tables.words.network import AddressFamily

AF_UNIX, AF_INET, AF_INET6, AF_BLUETOOTH = 1, 2, 10, 31  # socket(2)
REMEMBERED, MOST_KNOWN = (AF_UNIX, AF_INET), 1024
LARGEST = 128  # sizeof(struct sockaddr_storage): what the kernel takes at most


class Sockaddr(Struct):
    """The base of the addresses. ``minimum`` bytes must be given, else they are shown as they are."""

    minimum = 0
    sa_family: AddressFamily


class Remainder(Target_):
    """``Remainder[64]``: that many bytes at most, fewer where the structure ends before; ``make`` shows them."""

    def __init__(self, most: int, make: Callable[[bytes], Value]) -> None:
        self.most, self.make = most, make

    def size(self, abi: ABI) -> int:
        return self.most

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        most, make = self.most, self.make
        return lambda scope, data, offset: make(data[offset : min(offset + most, extent_of(scope).length)])


def terminated(data: bytes) -> Value:
    """Characters that should end with a NUL."""
    text, zero, _ = data.partition(b"\0")
    return Text(text) if zero else Text(data[:-1], True)


def unix_path(data: bytes) -> Value:
    """A path, or after a NUL an abstract name."""
    if data[:1] == b"\0":
        return Joined([Symbol(0, "@", "@"), Text(data[1:])], "")
    return Text(data.split(b"\0", 1)[0])


class sockaddr_un(Sockaddr):
    minimum = 3
    sun_path: Remainder(108, unix_path)


class sockaddr_in(Sockaddr):
    minimum = 16
    sin_port: Port
    sin_addr: InternetAddress()


class Scope(Type):
    """An IPv6 scope: an interface for link-local addresses."""

    def size(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        number, interface = UInt.loader(layout), InterfaceIndex.loader(layout)

        def load(scope: Any, data: bytes, offset: int) -> Value:
            address = data[offset - 16 : offset]
            local = address[0] == 0xFE and address[1] & 0xC0 == 0x80 or address[0] == 0xFF and address[1] & 0xF == 2
            return (interface if local else number)(scope, data, offset)

        return load


class sockaddr_in6(Sockaddr):
    minimum = 24
    sin6_port: Port
    sin6_flowinfo: NetworkLong
    sin6_addr: Internet6Address("sin6_addr")
    sin6_scope_id: Scope() = this.length > 24

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        return [("" if name == "sin6_addr" else name, value) for name, value in pairs]


class full_sockaddr_ax25(Sockaddr):
    minimum = 16
    sax25_call: Callsign()
    sax25_ndigis: Int

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        family, call, digis = pairs
        extent = scope.outer
        count, rest = scope.numbers["sax25_ndigis"], extent.data[16:]
        shown = [family, ("fsa_ax25", Fields([call, digis]))]
        present = min(max(count, 0), 8, len(rest) // 7)
        if count > 0:
            limit = scope.call.signature.layout.element_limit()
            listed = present if limit is None else min(present, limit)
            items = [callsign_value(rest[7 * i : 7 * i + 7]) for i in range(listed)]
            shown.append(("fsa_digipeater", Sequence(items, min(count, 8) > listed)))
        if len(rest) > 7 * present:
            shown.append(MORE)
        return shown


MORE = ("", Symbol(0, "...", "..."))  # bytes follow that mean nothing


class Converted(Integer):
    """An integer in network byte order that is always shown as the call that makes it: ``htonl(0x5678)``."""

    def __init__(self, width: int, shape: Callable[[int], Value]) -> None:
        super().__init__(width, shape=shape)

    def loader(self, layout: Layout) -> Loader:
        width, shape, name = self.width, self.shape, "htons" if self.width == 2 else "htonl"
        assert shape is not None
        return lambda scope, data, offset: Applied(name, [shape(int.from_bytes(data[offset : offset + width], "big"))])


class sockaddr_ipx(Sockaddr):
    minimum = 16
    sipx_port: Port
    sipx_network: Converted(4, Hex)
    sipx_node: Remainder(6, hexadecimal_bytes)
    sipx_type: HexByte
    sipx_zero: HexByte = this.sipx_zero != 0


class sockaddr_x25(Sockaddr):
    minimum = 18
    sx25_addr: Remainder(16, lambda data: Fields([("x25_addr", terminated(data))]))


class sockaddr_nl(Sockaddr):
    minimum = 12
    nl_pad: HexShort = this.nl_pad != 0
    nl_pid: Int
    nl_groups: UInt

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        name, groups = pairs[-1]
        text = f"0x{groups:06x}" if groups else "00000000"
        return [*pairs[:-1], (name, Symbol(groups, text, text))]


class sockaddr_ll(Sockaddr):
    minimum = 20
    sll_protocol: Network(2, words.EthernetProtocol)
    sll_ifindex: InterfaceIndex
    sll_hatype: words.HardwareType
    sll_pkttype: words.PacketType
    sll_halen: Byte

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        count = scope.numbers["sll_halen"]
        address = hexadecimal_bytes(scope.outer.data[12 : 12 + count])
        address.more = len(address.items) < count
        return [*pairs, ("sll_addr", address)] if count else pairs


class BluetoothShort(Type):
    """``htobs(L2CAP_PSM_SDP)``."""

    def __init__(self, word: Any) -> None:
        self.inner = word or UShort

    def size(self, abi: ABI) -> int:
        return 2

    def loader(self, layout: Layout) -> Loader:
        load = self.inner.loader(layout)
        return lambda scope, data, offset: Applied("htobs", [load(scope, data, offset)])


class sockaddr_hci(Sockaddr):
    minimum = 4
    hci_dev: BluetoothShort(None)
    hci_channel: words.HciChannel = this.length > 4


class sockaddr_sco(Sockaddr):
    minimum = 8
    sco_bdaddr: HardwareAddress[6]


class sockaddr_rc(Sockaddr):
    minimum = 9
    rc_bdaddr: HardwareAddress[6]
    rc_channel: Byte


class sockaddr_l2(Sockaddr):
    minimum = 12
    l2_psm: BluetoothShort(words.L2capMultiplexer)
    l2_bdaddr: HardwareAddress[6]
    l2_cid: BluetoothShort(words.L2capChannel)
    l2_bdaddr_type: words.BluetoothAddressType = this.length > 12


class Transport(Target_):
    """The address inside that of AF_RXRPC: ``{sin={sin_family=AF_INET, ...}}``; its length stands before it."""

    members: Mapping[int, tuple[str, int]] = {AF_INET: ("sin", 16), AF_INET6: ("sin6", 24)}

    def size(self, abi: ABI) -> int:
        return 28

    def alignment(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        decode = Addresses(layout).decode

        def load(scope: Any, data: bytes, offset: int) -> Value:
            inside = extent_of(scope).data[offset:][: scope.numbers["transport_len"]]
            family = int.from_bytes(inside[:2], "little")
            name, least = self.members.get(family, ("", 0))
            if name and len(inside) >= least:
                (_, symbol), *rest = decode(scope, inside).pairs
                return Fields([(name, Fields([(f"{name}_family", symbol), *rest]))])
            rest = [("", Text(inside[2:]))]
            if name:
                return Fields([(name, Fields([(f"{name}_family", AddressFamily.spell(family)), *rest]))])
            return Fields([("family", AddressFamily.spell(family)), *rest])

        return load


class sockaddr_rxrpc(Sockaddr):
    minimum = 36
    srx_service: words.RxrpcService
    transport_type: words.RxrpcTransport
    transport_len: UShort
    transport: Transport()


class ieee802154_addr(Struct):
    addr_type: words.Ieee802154AddressType
    pan_id: HexShort
    hwaddr: HardwareAddress[8]


class sockaddr_ieee802154(Sockaddr):
    minimum = 20
    addr: ieee802154_addr


class sockaddr_alg(Sockaddr):
    minimum = 25
    salg_type: Remainder(14, terminated)
    salg_feat: words.AlgorithmFlags
    salg_mask: words.AlgorithmFlags
    salg_name: Remainder(LARGEST, terminated)


class sockaddr_nfc(Sockaddr):
    minimum = 16
    dev_idx: InterfaceIndex
    target_idx: HexInt
    nfc_protocol: words.NfcTargetProtocol

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        return [*pairs, MORE] if scope.outer.length > 16 else pairs


class sockaddr_nfc_llcp(sockaddr_nfc):
    minimum = 96
    dsap: words.LlcpServicePoint
    ssap: words.LlcpServicePoint
    service_name: Remainder(63, Text)
    service_name_len: ULong

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        return pairs


class sockaddr_vm(Sockaddr):
    minimum = 16
    svm_reserved1: HexShort = this.svm_reserved1 != 0
    svm_port: words.VsockPort
    svm_cid: words.VsockContext
    svm_flags: words.VsockFlags
    svm_zero: Remainder(3, HexText)

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        *first, port, cid, flags, zero = pairs
        return [*first, cid, port, flags] + ([zero] if any(zero[1].data) else [])


class sockaddr_qrtr(Sockaddr):
    minimum = 12
    sq_node: HexInt
    sq_port: HexInt


class sockaddr_xdp(Sockaddr):
    minimum = 16
    sxdp_flags: words.XdpFlags
    sxdp_ifindex: InterfaceIndex
    sxdp_queue_id: UInt
    sxdp_shared_umem_fd: Choice(this.sxdp_flags & 1, {1: Fd}, HexInt)


class mctp_addr(Struct):
    s_addr: words.MctpAddress


class sockaddr_mctp(Sockaddr):
    minimum = 12
    _pad0: HexShort
    smctp_network: words.MctpNetwork
    smctp_addr: mctp_addr
    smctp_type: HexByte
    smctp_tag: HexByte
    _pad1: HexByte

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: StructScope) -> list[tuple[str, Value]]:
        family, *rest = pairs
        before, after = (Hex(scope.numbers[name]) for name in ("_pad0", "_pad1"))
        first = [("__smctp_pad0", before)] if before else []
        last = [("__smctp_pad1", after)] if after else []
        return [family, *first, *rest, *last]


class tipc_service_range(Struct):
    type: UInt
    lower: UInt
    upper: UInt


class tipc_name(Struct):
    type: UInt
    instance: UInt


class tipc_service_addr(Struct):
    name: tipc_name
    domain: HexInt


class tipc_socket_addr(Struct):
    ref: UInt
    node: HexInt


class nameseq(Struct):
    nameseq: tipc_service_range


class named(Struct):
    name: tipc_service_addr


class identified(Struct):
    id: tipc_socket_addr


class sockaddr_tipc(Sockaddr):
    minimum = 16
    addrtype: words.TipcAddressType
    scope: words.TipcScope
    addr: Choice(this.addrtype, {1: nameseq, 2: named, 3: identified}, Remainder(12, Text))


BY_FAMILY: Mapping[int, tuple[type[Sockaddr], ...]] = {
    1: (sockaddr_un,),
    2: (sockaddr_in,),
    3: (full_sockaddr_ax25,),
    4: (sockaddr_ipx,),
    9: (sockaddr_x25,),
    10: (sockaddr_in6,),
    16: (sockaddr_nl,),
    17: (sockaddr_ll,),
    30: (sockaddr_tipc,),
    33: (sockaddr_rxrpc,),
    36: (sockaddr_ieee802154,),
    38: (sockaddr_alg,),
    39: (sockaddr_nfc_llcp, sockaddr_nfc),
    40: (sockaddr_vm,),
    42: (sockaddr_qrtr,),
    44: (sockaddr_xdp,),
    45: (sockaddr_mctp,),
}

# The addresses of one family, of which the length alone tells which it is.
BLUETOOTH: Mapping[int, type[Sockaddr]] = {
    4: sockaddr_hci,
    6: sockaddr_hci,
    8: sockaddr_sco,
    10: sockaddr_rc,
    12: sockaddr_l2,
    14: sockaddr_l2,
}


def declaration(family: int, length: int) -> type[Sockaddr] | None:
    """The structure of an address of ``length`` bytes; None: it is shown as bytes."""
    if family == AF_BLUETOOTH:
        return BLUETOOTH.get(length)
    for candidate in BY_FAMILY.get(family, ()):
        if length >= candidate.minimum:
            return candidate
    return None


def unknown(scope: Any, data: bytes) -> Value:
    """An address of which only the family is known."""
    pairs: list[tuple[str, Value]] = [("sa_family", AddressFamily.spell(int.from_bytes(data[:2], "little")))]
    if len(data) > 2:
        pairs.append(("sa_data", Text(data[2:])))
    return Fields(pairs)


class Addresses:
    """The addresses compiled for one layout. ``decode`` takes two bytes or more."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.compiled: dict[type[Sockaddr], Decode] = {}
        self.known: dict[bytes, Fields] = {}

    def decode(self, scope: Any, data: bytes) -> Value:
        """The value of an address that is ``data`` and no more."""
        known = self.known.get(data)
        if known is not None:
            known.recurs = True
            return known
        value = self.fresh(scope, data)
        # The same few addresses come again and again; those that name interfaces may change their meaning.
        if data[0] in REMEMBERED and not data[1] and len(self.known) < MOST_KNOWN:
            self.known[data] = value
        return value

    def fresh(self, scope: Any, data: bytes) -> Value:
        """The same, not remembered."""
        declared = declaration(data[0] | data[1] << 8, len(data))
        if declared is None:
            return unknown(scope, data)
        compiled = self.compiled.get(declared)
        if compiled is None:
            compiled = self.compiled[declared] = compile(declared, self.layout)
        return compiled(scope, data)


class SocketAddress(Target_):
    """``SocketAddress[this.addrlen]``: the address behind a pointer, with its length."""

    def __init__(self, length: Length) -> None:
        self.length = length

    def __class_getitem__(cls, length: Length) -> SocketAddress:
        return cls(length)

    def fetcher(self, layout: Layout) -> Fetcher:
        length_of, decode = bind(self.length, layout.names), Addresses(layout).decode

        def fetch(scope: Any, address: int) -> Value:
            length = length_of(scope)
            if length < 2:
                return Address(address)
            return decode(scope, scope.read(address, min(length, LARGEST)))

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        return source and [Step(BYTES, argument, *source, 1, LARGEST)]


def length_at(scope: Any, pointer: int) -> int | None:
    """The length behind a pointer at the moment the scope looks at; None: it cannot be read."""
    data = scope.read_some(pointer, 4) if pointer else b""
    return int.from_bytes(data, "little", signed=True) if len(data) == 4 else None


class ReturnedAddress(Type):
    """``ReturnedAddress[this.addrlen]``: where the call puts an address, and no more of it than there was room for."""

    kind = MEMORY
    when = "exit"

    def __init__(self, length: Name) -> None:
        self.length = length

    def __class_getitem__(cls, length: Name) -> ReturnedAddress:
        return cls(length)

    def size(self, abi: ABI) -> int:
        return abi.word_size

    def argument(self, layout: Layout) -> Argument:
        pointer_of, decode = bind(self.length, layout.names), Addresses(layout).decode

        def leave(scope: Any, raw: int) -> Value:
            if not raw or scope.error or not layout.verbose:
                return pointer_value(raw)
            pointer = pointer_of(scope)
            after = length_at(scope, pointer)
            scope.chunks = scope.entry_chunks
            before = length_at(scope, pointer)
            scope.chunks = scope.exit_chunks
            if before is None or after is None or min(before, after) < 2:
                return Address(raw)
            try:
                return decode(scope, scope.read(raw, min(before, after, LARGEST)))
            except Fault:
                return Address(raw)

        return leave

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, TARGET, positions[self.length.name], 1, LARGEST)]


class AddressLength(Type):
    """``AddressLength[this.addr]``: a pointer to the room for an address, and then its length: ``[128 => 16]``."""

    kind = MEMORY
    when = "both"

    def __init__(self, address: Name) -> None:
        self.address = address

    def __class_getitem__(cls, address: Name) -> AddressLength:
        return cls(address)

    def size(self, abi: ABI) -> int:
        return abi.word_size

    def argument(self, layout: Layout) -> Argument:
        address_of, change = bind(self.address, layout.names), InOut[Int].argument(layout)
        return lambda scope, raw: change(scope, raw) if address_of(scope) else pointer_value(raw)

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, 4)]
