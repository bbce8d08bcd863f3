"""Network interfaces and bridges. Source: netdevice(7), linux/if.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    HexByte,
    HexLong,
    HexShort,
    Int,
    Layout,
    Loader,
    Target_,
    UInt,
    pointer_value,
)
from ptracer.decode.values import Annotated, Fields, HexText, Meant, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, CONSTANT, Step
from ptracer.regs import ABI
from ptracer.tables.structs.internet import hardware_value
from ptracer.tables.structs.ioctl.exchange import Name, answered, counted_array
from ptracer.tables.structs.sockaddr import Addresses
from ptracer.tables.words.devices import InterfaceFlags
from ptracer.tables.words.network import HardwareType

# The bytes of a hardware address, by its kind, where they are not all that there is room for.
LENGTHS = {
    f"ARPHRD_{kind}": length
    for length, kinds in {
        1: "ARCNET MCTP LOCALTLK PHONET PHONET_PIPE CAIF",
        2: "DLCI",
        4: "TUNNEL SIT IPDDP IPGRE PIMREG IRDA",
        5: "ROSE X25",
        6: "ETHER IEEE802 LOOPBACK FDDI HIPPI IEEE80211 IEEE80211_PRISM IEEE80211_RADIOTAP",
        7: "NETROM AX25",
        8: "EUI64 IEEE802154 IEEE802154_MONITOR 6LOWPAN VSOCKMON",
    }.items()
    for kind in kinds.split()
}


class InlineAddress(Target_):
    """A struct sockaddr: an address of sixteen bytes."""

    def size(self, abi: ABI) -> int:
        return 16

    def alignment(self, abi: ABI) -> int:
        return 2

    def loader(self, layout: Layout) -> Loader:
        decode = Addresses(layout).decode
        return lambda scope, data, offset: decode(scope, data[offset : offset + 16])


class HardwareAddressOfInterface(InlineAddress):
    """The same with a kind of hardware where the family is."""

    def loader(self, layout: Layout) -> Loader:
        def load(scope: Any, data: bytes, offset: int) -> Value:
            kind = HardwareType.spell(int.from_bytes(data[offset : offset + 2], "little"))
            room = data[offset + 2 : offset + 16]
            address = hardware_value(room[: LENGTHS.get(kind.text)])
            return Fields([("sa_family", kind), ("sa_data", Meant(HexText(room), address.meaning))])

        return load


class ifmap(Struct):
    mem_start: HexLong
    mem_end: HexLong
    base_addr: HexShort
    irq: HexByte
    dma: HexByte
    port: HexByte


SockAddr, HardwareAddr = InlineAddress(), HardwareAddressOfInterface()


class Rest(Target_):
    """What is left of the union of an ifreq after a member of ``used`` bytes: the union is as large as an ifmap."""

    def __init__(self, used: int) -> None:
        self.used = used

    def size(self, abi: ABI) -> int:
        return 2 * abi.word_size + 8 - self.used

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        return lambda scope, data, offset: None


def request(field: str, kind: Any, used: int, set: bool = False) -> type[Struct]:
    """An ifreq of which one member of the union is used: given by the program, or answered by the kernel.

    ``used`` is the size of the member, or 0 for the largest.
    """
    annotations = {"ifr_name": Name[16], field: kind}
    if used:
        annotations["_rest"] = Rest(used)
    namespace: dict[str, Any] = {"__annotations__": annotations, "__module__": __name__}
    if not set:
        namespace[field] = answered
    return type("ifreq", (Struct,), namespace)


def both(field: str, kind: Any, used: int) -> tuple[type[Struct], type[Struct]]:
    """The structures that get a property and set it."""
    return request(field, kind, used), request(field, kind, used, set=True)


get_flags, set_flags = both("ifr_flags", InterfaceFlags, 2)
get_address, set_address = both("ifr_addr", SockAddr, 16)
get_destination, set_destination = both("ifr_dstaddr", SockAddr, 16)
get_broadcast, set_broadcast = both("ifr_broadaddr", SockAddr, 16)
get_netmask, set_netmask = both("ifr_netmask", SockAddr, 16)
get_hardware, set_hardware = both("ifr_hwaddr", HardwareAddr, 16)
get_metric, set_metric = both("ifr_metric", Int, 4)
get_mtu, set_mtu = both("ifr_mtu", Int, 4)
get_queue, set_queue = both("ifr_qlen", Int, 4)
get_index, set_index = both("ifr_ifindex", Int, 4)
get_slave, set_slave = both("ifr_slave", Name[16], 16)
get_new_name, set_new_name = both("ifr_newname", Name[16], 16)
get_map, set_map = both("ifr_map", ifmap, 0)


class get_name(set_index):  # type: ignore[misc, valid-type]
    """The name that belongs to a number."""

    order = ("ifr_ifindex", "ifr_name")

    @classmethod
    def shown(cls, pairs: list[tuple[str, Value]], scope: Any) -> list[tuple[str, Value]]:
        return pairs[:1] if scope.error else pairs


class bridge_port(Struct):
    """The interface that is to be part of a bridge."""

    order = ("ifr_ifindex",)
    ifr_name: Name[16]
    ifr_ifindex: UInt
    _rest: Rest(4)


class address_of(Struct):
    """An interface in the list of all."""

    ifr_name: Name[16]
    ifr_addr: SockAddr
    _rest: Rest(16)


class InterfaceList(Target_):
    """struct ifconf: room for interfaces and, when the call has succeeded, those that there are."""

    def size(self, abi: ABI) -> int:
        return 2 * abi.word_size

    def alignment(self, abi: ABI) -> int:
        return abi.word_size

    def loader(self, layout: Layout) -> Loader:
        word = layout.abi.word_size
        element = address_of.as_type().size(layout.abi)
        interfaces = counted_array(address_of, layout)

        def load(scope: Any, data: bytes, offset: int) -> Value:
            length = int.from_bytes(data[offset : offset + 4], "little", signed=True)
            buffer = int.from_bytes(data[offset + word : offset + 2 * word], "little")
            size: Value = length
            if length > 0 and length % element == 0:
                size = Annotated(length, f"{length // element} * sizeof(struct ifreq)")
            shown: Value = pointer_value(buffer)
            if buffer and not scope.error and length >= 0:
                try:
                    shown = interfaces(scope, buffer, length // element)
                except Fault:
                    pass
            return Fields([("ifc_len", size), ("ifc_buf", shown)])

        return load


ifconf = InterfaceList()


class BridgeName(Target_):
    """The name of a bridge; of a longer one only so much."""

    def fetcher(self, layout: Layout) -> Callable[[Any, int], Value]:
        def fetch(scope: Any, address: int) -> Value:
            data = scope.read_some(address, 16)
            end = data.find(b"\0")
            if end < 0 and len(data) < 16:
                raise Fault(address)
            return Text(data[:end]) if end >= 0 else Text(data, True)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return [Step(BYTES, argument, CONSTANT, 16)]


bridge_name = BridgeName()
