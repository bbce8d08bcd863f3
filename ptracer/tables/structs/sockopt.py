"""Values of socket options: socket(7), ip(7), ipv6(7), tcp(7), packet(7), raw(7), netlink(7) and the headers of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.detail import DATA
from ptracer.decode.expressions import Name, bind
from ptracer.decode.extents import compile, partial
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    MEMORY,
    Argument,
    Array,
    Byte,
    Bytes,
    Int,
    Integer,
    Layout,
    Loader,
    Type,
    UInt,
    UShort,
    as_type,
    pointer_value,
    redacted,
)
from ptracer.decode.values import Address, Hex, HexText, Meant, Sequence, Text, Unknown, Value
from ptracer.decode.words import Word
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import ARGUMENT, BYTES, FIELD, TARGET, Step, field_in, pointer_in
from ptracer.regs import ABI
from ptracer.tables.structs.bpf import MOST_INSTRUCTIONS, ClassicInstruction, received, socket_filter
from ptracer.tables.structs.internet import InterfaceIndex, Internet6Address, InternetAddress, hardware_value, interface_value
from ptracer.tables.structs.sockaddr import LARGEST, Addresses, Remainder, length_at, terminated
from ptracer.tables.words import network as words
from ptracer.tables.words.errors import ErrorNumber

MOST = 1 << 12  # bytes of a value that are copied
FILTER_SIZE, MOST_FILTER = 8, 1 << 15  # of struct sock_filter, and of BPF_MAXINSNS of them

Show = Callable[[Any, int, int], Value]  # (scope, address, length) of a value; Fault: show the address


class linger(Struct):
    l_onoff: Int
    l_linger: Int


class peercred(Struct):
    """``struct ucred``."""

    pid: Int
    uid: UInt
    gid: UInt


class ip_mreq(Struct):
    imr_multiaddr: InternetAddress()
    imr_interface: InternetAddress()


class ipv6_mreq(Struct):
    ipv6mr_multiaddr: Internet6Address("ipv6mr_multiaddr")
    ipv6mr_interface: InterfaceIndex

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        return [("", pairs[0][1]), pairs[1]]


class packet_mreq(Struct):
    mr_ifindex: InterfaceIndex
    mr_type: words.PacketMember
    mr_alen: UShort
    mr_address: Remainder(8, hardware_value)

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        name, address = pairs[-1]
        assert isinstance(address, Meant)
        return [*pairs[:-1], (name, hardware_value(address.raw.data[: scope.numbers["mr_alen"]]))]


class tpacket_req(Struct):
    tp_block_size: UInt
    tp_block_nr: UInt
    tp_frame_size: UInt
    tp_frame_nr: UInt


class tpacket_stats(Struct):
    tp_packets: UInt
    tp_drops: UInt
    tp_freeze_q_cnt: UInt


class tipc_group_req(Struct):
    type: UInt
    instance: UInt
    scope: words.TipcGroupScope
    flags: words.TipcGroupFlags


class StoredAddress(Type):
    """``struct sockaddr_storage``: an address in as much room as any of them takes."""

    def size(self, abi: ABI) -> int:
        return LARGEST

    def alignment(self, abi: ABI) -> int:
        return abi.largest_alignment

    def loader(self, layout: Layout) -> Loader:
        decode = Addresses(layout).decode
        return lambda scope, data, offset: decode(scope, data[offset : offset + LARGEST])


class group_req(Struct):
    gr_interface: InterfaceIndex
    gr_group: StoredAddress()


class tcp_ao_add(Struct):
    addr: StoredAddress()
    _alg_name: Bytes[64]
    _ifindex: UInt
    _current: UInt
    _reserved: UShort
    prefix: Byte
    sndid: Byte
    rcvid: Byte
    maclen: Byte
    keyflags: words.KeyFlags
    keylen: Byte
    _key: Bytes[80]
    _aligned: Bytes[0]

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        address, prefix, sndid, rcvid, maclen, keyflags, keylen = pairs
        data = scope.outer.data.ljust(288, b"\0")
        current = scope.numbers["_current"]
        return [
            address,
            prefix,
            ("alg_name", terminated(data[128:192])),
            ("ifindex", interface_value(scope.numbers["_ifindex"])),
            ("set_current", current & 1),
            ("set_rnext", current >> 1 & 1),
            sndid,
            rcvid,
            maclen,
            keyflags,
            ("key", HexText(data[208:288][: scope.numbers["keylen"]])),
            keylen,
        ]


class Options:
    """The ways to show a value, compiled for one layout."""

    def __init__(self, layout: Layout, get: bool = False) -> None:
        self.layout = layout
        self.get = get
        self.made: dict[Any, Show] = {}

    def show(self, make: Callable[[Options], Show]) -> Show:
        """A way to show, made once."""
        made = self.made.get(make)
        if made is None:
            made = self.made[make] = make(self)
        return made

    def plain(self) -> Show:
        """Four bytes are a number, others a string."""
        limit = self.layout.string_limit
        if self.layout.hides(DATA):
            return hidden

        def show(scope: Any, address: int, length: int) -> Value:
            if length == 4:
                return Sequence([int.from_bytes(scope.read(address, 4), "little", signed=True)])
            length &= 0xFFFFFFFF
            if not length:
                return Text(b"")
            return Text(scope.read(address, min(length, limit)), length > limit)

        return show

    def number(self, integer: Integer = Int, unchecked: bool = False) -> Show:
        """A number in brackets; fewer bytes are not looked into when they are set, and bytes when they are got."""
        load, size = integer.loader(self.layout), integer.size(self.layout.abi)
        get, hides = self.get, self.layout.hides(DATA)

        def show(scope: Any, address: int, length: int) -> Value:
            if length < size and not unchecked:
                if not get or hides:
                    raise Fault(address)
                return HexText(scope.read(address, length))
            return Sequence([load(scope, scope.read(address, size), 0)])

        return show

    def structure(self, thing: Any, exact: bool = False) -> Show:
        """A structure, of which there must be enough, or ``exact``-ly as much."""
        decode, size = compile(thing, self.layout), as_type(thing).size(self.layout.abi)

        def show(scope: Any, address: int, length: int) -> Value:
            if length < size or (exact and length != size):
                raise Fault(address)
            return decode(scope, scope.read(address, size))

        return show

    def beginning(self, thing: Any) -> Show:
        """As much of a structure as the call has filled in."""
        decode, size = partial(thing, self.layout), as_type(thing).size(self.layout.abi)

        def show(scope: Any, address: int, length: int) -> Value:
            if length <= 0:
                raise Fault(address)
            return decode(scope, scope.read(address, min(length, size)))

        return show


def hidden(scope: Any, address: int, length: int) -> Value:
    """An option of which nobody knows what it holds, where contents are kept out."""
    return redacted(scope, address)


def integer(options: Options) -> Show:
    """An int."""
    return options.number()


def unchecked_integer(options: Options) -> Show:
    """An int, whatever the length."""
    return options.number(unchecked=True)


def numbers(options: Options) -> Show:
    """Numbers as many as there are."""
    most = options.layout.element_limit()

    def show(scope: Any, address: int, length: int) -> Value:
        count = length // 4
        shown = count if most is None else min(count, most)
        data = scope.read(address, 4 * min(shown, MOST // 4)) if shown else b""
        found = [int.from_bytes(data[place : place + 4], "little") for place in range(0, len(data), 4)]
        return Sequence(found, shown < count)

    return show


def any_number(options: Options) -> Show:
    """An int, however long it is said to be."""
    number, get = options.number(), options.get

    def show(scope: Any, address: int, length: int) -> Value:
        return number(scope, address, max(length, 4) if get and length > 0 else length)

    return show


def error_number(options: Options) -> Show:
    """SO_ERROR of socket(7)."""
    return options.number(ErrorNumber)


def protocol(options: Options) -> Show:
    """IP_PROTOCOL."""
    return four_bytes(options, options.number(words.InternetProtocol))


def four_bytes(options: Options, number: Show) -> Show:
    """A number when there are just four bytes, else the bytes."""
    limit = options.layout.string_limit
    if options.layout.hides(DATA):
        return hidden

    def show(scope: Any, address: int, length: int) -> Value:
        if length == 4:
            return number(scope, address, length)
        if length == 0:
            return Text(b"")
        length &= 0xFFFFFFFF
        return HexText(scope.read(address, min(length, limit)), length > limit)

    return show


def port_range(options: Options) -> Show:
    """The lower and the upper port in one number: IP_LOCAL_PORT_RANGE of ip(7)."""

    def show(scope: Any, address: int, length: int) -> Value:
        number = int.from_bytes(scope.read(address, 4), "little")
        lower, upper = number & 0xFFFF, number >> 16
        if not number or 0 < upper < lower:
            return Sequence([Hex(number)])
        return Sequence([Unknown(number, f"{number:#x} /* {lower or ''}..{upper or ''} */", f"{number:#x}")])

    return four_bytes(options, show)


def icmp_filter(options: Options) -> Show:
    """The set of messages that are let through, or are not."""

    def show(scope: Any, address: int, length: int) -> Value:
        if length <= 0:
            raise Fault(address)
        blocked = int.from_bytes(scope.read(address, min(length, 4)).ljust(4, b"\xff"), "little")
        allowed = ~blocked & 0xFFFFFFFF
        complement = bin(blocked).count("1") > 16
        chosen = allowed if complement else blocked
        members = [words.IcmpType.spell(bit) for bit in range(32) if chosen >> bit & 1]
        return Sequence(members, separator=" ", complement=complement)

    return show


PLAIN = Options.plain
NUMBERS_OF_SOCKET = (
    "SO_DEBUG SO_REUSEADDR SO_ERROR SO_DONTROUTE SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE SO_OOBINLINE SO_NO_CHECK "
    "SO_PRIORITY SO_BSDCOMPAT SO_REUSEPORT SO_PASSCRED SO_RCVLOWAT SO_SNDLOWAT SO_DETACH_FILTER SO_TIMESTAMP_OLD "
    "SO_ACCEPTCONN SO_SNDBUFFORCE SO_RCVBUFFORCE SO_PASSSEC SO_TIMESTAMPNS_OLD SO_MARK SO_TIMESTAMPING_OLD SO_RXQ_OVFL "
    "SO_WIFI_STATUS SO_PEEK_OFF SO_NOFCS SO_LOCK_FILTER SO_SELECT_ERR_QUEUE SO_BUSY_POLL SO_INCOMING_CPU SO_CNX_ADVICE "
    "SO_INCOMING_NAPI_ID SO_ZEROCOPY SO_TIMESTAMP_NEW SO_TIMESTAMPNS_NEW SO_TIMESTAMPING_NEW SO_DETACH_REUSEPORT_BPF "
    "SO_PREFER_BUSY_POLL SO_BUSY_POLL_BUDGET SO_RESERVE_MEM SO_RCVMARK SO_PASSPIDFD SO_PEERPIDFD SO_RCVPRIORITY "
    "SO_PASSRIGHTS SO_INQ"
).split()


def attached_filter(options: Options) -> Show:
    """A program for the Berkeley packet filter."""
    return options.structure(socket_filter, exact=True)


def filter_program(options: Options) -> Show:
    """The instructions themselves, of which the length says how many, where nothing is abbreviated: SO_GET_FILTER."""
    if options.layout.abbreviate:
        return lambda scope, address, length: Address(address)

    def show(scope: Any, address: int, length: int) -> Value:
        if length > MOST_INSTRUCTIONS:
            raise Fault(address)
        return Array(ClassicInstruction(received), length).fetcher(options.layout)(scope, address)

    return show


def key_added(options: Options) -> Show:
    """TCP_AO_ADD_KEY: what is missing is taken for zero."""
    decode = compile(tcp_ao_add, options.layout)
    if options.layout.hides(DATA):
        return hidden

    def show(scope: Any, address: int, length: int) -> Value:
        if not length:
            raise Fault(address)
        return decode(scope, scope.read(address, min(length & 0xFFFFFFFF, 288)))

    return show


Shows = Mapping[str, Callable[[Options], Show]]


class Level:
    """The options of one level: their names when set and when got, how their values are shown, and how others are."""

    def __init__(
        self,
        set_names: Word,
        both: Shows | None = None,
        *,
        get_names: Word | None = None,
        set_values: Shows | None = None,
        get_values: Shows | None = None,
        others: Callable[[Options], Show] = PLAIN,
    ) -> None:
        self.names = {False: set_names, True: get_names or set_names}
        self.values = {False: {**(both or {}), **(set_values or {})}, True: {**(both or {}), **(get_values or {})}}
        self.others = others


def packet_ring(options: Options) -> Show:
    """PACKET_RX_RING of packet(7)."""
    return options.structure(tpacket_req, exact=True)


def packet_membership(options: Options) -> Show:
    """PACKET_ADD_MEMBERSHIP."""
    return options.structure(packet_mreq, exact=True)


def membership(options: Options) -> Show:
    """IP_ADD_MEMBERSHIP."""
    return options.structure(ip_mreq)


def membership6(options: Options) -> Show:
    """IPV6_ADD_MEMBERSHIP."""
    return options.structure(ipv6_mreq)


def group(options: Options) -> Show:
    """MCAST_JOIN_GROUP."""
    return options.structure(group_req)


LEVELS: Mapping[int, Level] = {
    0: Level(
        words.SetInternetOption,
        {"IP_LOCAL_PORT_RANGE": port_range},
        get_names=words.GetInternetOption,
        set_values={
            "IP_ADD_MEMBERSHIP": membership,
            "IP_DROP_MEMBERSHIP": membership,
            "MCAST_JOIN_GROUP": group,
            "MCAST_LEAVE_GROUP": group,
        },
        get_values={"IP_PROTOCOL": protocol},
    ),
    1: Level(
        words.SetSocketOption,
        {**dict.fromkeys(NUMBERS_OF_SOCKET, integer), "SO_TXREHASH": lambda options: options.number(words.RehashMode)},
        get_names=words.GetSocketOption,
        set_values={
            "SO_ERROR": PLAIN,
            "SO_PEERPIDFD": PLAIN,
            "SO_LINGER": lambda options: options.structure(linger),
            "SO_ATTACH_FILTER": attached_filter,
            "SO_ATTACH_REUSEPORT_CBPF": attached_filter,
        },
        get_values={
            "SO_ERROR": error_number,
            "SO_LINGER": lambda options: options.beginning(linger),
            "SO_PEERCRED": lambda options: options.beginning(peercred),
            "SO_GET_FILTER": filter_program,
        },
    ),
    6: Level(words.TcpOption, set_values={"TCP_AO_ADD_KEY": key_added}),
    17: Level(words.UdpOption),
    41: Level(
        words.SetInternet6Option,
        get_names=words.GetInternet6Option,
        set_values={
            "IPV6_ADD_MEMBERSHIP": membership6,
            "IPV6_DROP_MEMBERSHIP": membership6,
            "IPV6_JOIN_ANYCAST": membership6,
            "IPV6_LEAVE_ANYCAST": membership6,
            "MCAST_JOIN_GROUP": group,
            "MCAST_LEAVE_GROUP": group,
        },
    ),
    101: Level(words.CanRawOption),
    132: Level(words.SctpOption),
    255: Level(words.RawOption, {"ICMP_FILTER": icmp_filter}),
    256: Level(words.IpxOption),
    257: Level(words.Ax25Option),
    263: Level(
        words.PacketOption,
        set_values={
            "PACKET_ADD_MEMBERSHIP": packet_membership,
            "PACKET_DROP_MEMBERSHIP": packet_membership,
            "PACKET_RX_RING": packet_ring,
            "PACKET_TX_RING": packet_ring,
        },
        get_values={"PACKET_STATISTICS": lambda options: options.beginning(tpacket_stats)},
    ),
    266: Level(words.IrdaOption),
    268: Level(words.LlcOption),
    269: Level(words.DccpOption),
    270: Level(words.NetlinkOption, get_values={"NETLINK_LIST_MEMBERSHIPS": numbers}, others=any_number),
    271: Level(
        words.TipcOption,
        {
            "TIPC_IMPORTANCE": lambda options: options.number(words.TipcImportance, unchecked=True),
            "TIPC_GROUP_JOIN": lambda options: options.structure(tipc_group_req),
        },
        others=unchecked_integer,
    ),
    272: Level(words.RxrpcOption),
    273: Level(words.PppOption),
    274: Level(words.BluetoothOption),
    275: Level(words.PnpipeOption),
    276: Level(words.RdsOption),
    277: Level(words.IucvOption),
    278: Level(words.CaifOption),
    279: Level(words.AlgorithmOption),
    280: Level(words.NfcOption),
    281: Level(words.KcmOption),
    282: Level(words.TlsOption),
    283: Level(words.XdpOption),
}


class OptionName(Type):
    """``OptionName(this.level)``: the name of an option, which is one of its level's; ``get`` names those to be read."""

    def __init__(self, level: Name, get: bool = False) -> None:
        self.level, self.get = level, get

    def size(self, abi: ABI) -> int:
        return 4

    def number(self, abi: ABI) -> Callable[[int], int]:
        return lambda raw: raw & 0xFFFFFFFF

    def argument(self, layout: Layout) -> Argument:
        level_of, get = bind(self.level, layout.names), self.get

        def named(scope: Any, raw: int) -> Value:
            level = LEVELS.get(level_of(scope))
            number = raw & 0xFFFFFFFF
            return level.names[get].spell(number) if level is not None else number

        return named


class OptionValue(Type):
    """The value that setsockopt(2) sets: ``OptionValue()``, with siblings level, optname and optlen."""

    kind = MEMORY
    get = False

    def size(self, abi: ABI) -> int:
        return abi.word_size

    def shower(self, layout: Layout) -> Callable[[Any], Show]:
        """A function of the scope that gives the way to show this option."""
        level_of, name_of, options, get = layout.names["level"], layout.names["optname"], Options(layout, self.get), self.get

        def way(scope: Any) -> Show:
            level = LEVELS.get(level_of(scope))
            if level is None:
                return options.show(PLAIN)
            name = level.names[get].spell(name_of(scope)).names[0]
            return options.show(level.values[get].get(name, level.others))

        return way

    def argument(self, layout: Layout) -> Argument:
        way, length_of = self.shower(layout), layout.names["optlen"]

        def value(scope: Any, raw: int) -> Value:
            if not raw or not layout.verbose:
                return pointer_value(raw)
            try:
                return way(scope)(scope, raw, length_of(scope))
            except Fault:
                return Address(raw)

        return value

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        if layout.hides(DATA):
            return None  # which option it is decides
        word = layout.abi.word_size
        return [
            Step(BYTES, argument, ARGUMENT, positions["optlen"], 1, max(MOST, layout.string_limit)),
            # struct sock_fprog: the instructions it points to.
            Step(BYTES, pointer_in(argument, word), FIELD, field_in(argument, 0, 2), FILTER_SIZE, MOST_FILTER),
        ]


class OptionResult(OptionValue):
    """The value that getsockopt(2) gives; its length lies behind ``optlen``, before and after the call."""

    when = "exit"
    get = True

    def argument(self, layout: Layout) -> Argument:
        way, pointer_of = self.shower(layout), layout.names["optlen"]

        def value(scope: Any, raw: int) -> Value:
            if not raw or scope.error or not layout.verbose:
                return pointer_value(raw)
            pointer = pointer_of(scope)
            after = length_at(scope, pointer)
            scope.chunks = scope.entry_chunks
            before = length_at(scope, pointer)
            scope.chunks = scope.exit_chunks
            if before is None or after is None or min(before, after) <= 0:
                return Address(raw)
            try:
                return way(scope)(scope, raw, min(before, after))
            except Fault:
                return Address(raw)

        return value

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        if layout.hides(DATA):
            return None
        scale = 1 if layout.abbreviate else FILTER_SIZE  # the length of a filter counts instructions
        return [Step(BYTES, argument, TARGET, positions["optlen"], scale, max(MOST * scale, layout.string_limit))]
