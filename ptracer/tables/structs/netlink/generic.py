"""NETLINK_GENERIC: linux/genetlink.h. The types of messages are families that modules register under a name."""

from __future__ import annotations

import functools
import socket

from ptracer.decode.expressions import this
from ptracer.decode.extents import Decode, compile
from ptracer.decode.structs import Struct
from ptracer.decode.types import Byte, Hex64, HexByte, HexInt, HexShort, Int64, Layout, UInt, UInt64, as_type
from ptracer.decode.values import Symbol, Unknown, Value
from ptracer.hints import Any
from ptracer.tables.structs.netlink.attributes import (
    Attributes,
    Characters,
    Payload,
    Within,
    attribute_list,
    message_of,
    word,
)
from ptracer.tables.structs.netlink.message import HEADER, Family
from ptracer.tables.words import netlink as words

NETLINK_GENERIC = 16
CONTROL = 0x10  # GENL_ID_CTRL
GETFAMILY = 3  # CTRL_CMD_GETFAMILY
FAMILY_ID, FAMILY_NAME = 1, 2  # CTRL_ATTR_*


class genlmsghdr(Struct):
    cmd: HexByte
    version: Byte
    reserved: HexShort = this.reserved != 0


class control_genlmsghdr(Struct):
    cmd: words.GenericCommand
    version: Byte
    reserved: HexShort = this.reserved != 0


class Name(Payload):
    """The name of a family: what follows it in the message is about that family."""

    def decoder(self, layout: Layout) -> Decode:
        characters = Characters().decoder(layout)

        def decode(scope: Any, data: bytes) -> Value:
            message_of(scope).module = data.partition(b"\0")[0]
            return characters(scope, data)

        return decode


class Command(Payload):
    """A command of the family that was named before."""

    def decoder(self, layout: Layout) -> Decode:
        of_control, known = word(words.GenericCommandLong, layout), {
            name: word(commands, layout) for name, commands in words.GENERIC.items()
        }
        return lambda scope, data: known.get(message_of(scope).module, of_control)(scope, data)


class Operation(Attributes):
    names = words.GenericOperation
    CTRL_ATTR_OP_ID: Command()
    CTRL_ATTR_OP_FLAGS: words.GenericFlags


class Operations(Attributes):
    names = words.ActionIndex
    every = Operation


class Group(Attributes):
    names = words.GenericGroup
    CTRL_ATTR_MCAST_GRP_NAME: Characters()
    CTRL_ATTR_MCAST_GRP_ID: HexInt


class Groups(Attributes):
    names = words.ActionIndex
    every = Group


class Rule(Attributes):
    names = words.GenericPolicy
    NL_POLICY_TYPE_ATTR_TYPE: words.GenericPolicyType
    NL_POLICY_TYPE_ATTR_MIN_VALUE_S: Int64
    NL_POLICY_TYPE_ATTR_MAX_VALUE_S: Int64
    NL_POLICY_TYPE_ATTR_MIN_VALUE_U: UInt64
    NL_POLICY_TYPE_ATTR_MAX_VALUE_U: UInt64
    NL_POLICY_TYPE_ATTR_MIN_LENGTH: UInt
    NL_POLICY_TYPE_ATTR_MAX_LENGTH: UInt
    NL_POLICY_TYPE_ATTR_POLICY_IDX: HexInt
    NL_POLICY_TYPE_ATTR_POLICY_MAXTYPE: HexInt
    NL_POLICY_TYPE_ATTR_BITFIELD32_MASK: HexInt
    NL_POLICY_TYPE_ATTR_MASK: Hex64


class Policy(Attributes):
    names = words.ActionIndex
    every = Rule


class Policies(Attributes):
    names = words.ActionIndex
    every = Policy


class OperationPolicy(Attributes):
    names = words.GenericOperationPolicy
    CTRL_ATTR_POLICY_DO: UInt
    CTRL_ATTR_POLICY_DUMP: UInt


class OperationPolicies(Attributes):
    names = words.ActionIndex
    every = OperationPolicy


class Control(Attributes):
    names = words.Generic
    CTRL_ATTR_FAMILY_ID: HexShort
    CTRL_ATTR_FAMILY_NAME: Name()
    CTRL_ATTR_VERSION: UInt
    CTRL_ATTR_HDRSIZE: UInt
    CTRL_ATTR_MAXATTR: UInt
    CTRL_ATTR_OPS: Operations
    CTRL_ATTR_MCAST_GROUPS: Groups
    CTRL_ATTR_POLICY: Policies
    CTRL_ATTR_OP_POLICY: OperationPolicies
    CTRL_ATTR_OP: UInt


class Anything(Attributes):
    """Attributes of a family of which only the name is known."""

    names = words.ActionIndex


@functools.cache
def families() -> dict[int, str]:
    """The registered families by number, as this host's kernel tells them."""
    found: dict[int, str] = {}
    request = HEADER.pack(HEADER.size + 4, CONTROL, 0x301, 1, 0) + bytes([GETFAMILY, 1, 0, 0])
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC) as asked:
            asked.settimeout(1)
            asked.send(request)
            while messages(asked.recv(1 << 16), found):
                pass
    except (OSError, AttributeError):
        pass
    return found


def messages(data: bytes, found: dict[int, str]) -> bool:
    """Note the families in an answer; whether more will follow."""
    while len(data) >= HEADER.size:
        length, kind, *_ = HEADER.unpack_from(data)
        if kind != CONTROL or length < HEADER.size:
            return False
        attributes = dict(split(data[HEADER.size + 4 : length]))
        if FAMILY_ID in attributes and FAMILY_NAME in attributes:
            number = int.from_bytes(attributes[FAMILY_ID][:2], "little")
            found[number] = attributes[FAMILY_NAME].rstrip(b"\0").decode("ascii", "replace")
        data = data[-(-length // 4) * 4 :]
    return True


def split(data: bytes) -> list[tuple[int, bytes]]:
    """Attributes as pairs of number and content."""
    pairs = []
    while len(data) >= 4:
        length, kind = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
        if length < 4:
            break
        pairs.append((kind & 0x3FFF, data[4:length]))
        data = data[-(-length // 4) * 4 :]
    return pairs


class GenericFamily(Family):
    """Messages to families of modules; of the family that knows the others they are fully decoded."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.control = compile(control_genlmsghdr, layout), attribute_list(layout, Control)
        self.others = compile(genlmsghdr, layout), attribute_list(layout, Anything)

    def type_name(self, scope: Any, kind: int) -> Value:
        name = families().get(kind)
        if name is None:
            return Unknown(kind, f"{kind:#x} /* GENERIC_FAMILY_??? */", f"{kind:#x}")
        return Symbol(kind, name)

    def flags(self, kind: int) -> str | None:
        return "get"

    def payload(self, scope: Within, kind: int, data: bytes, flags: int) -> list[Value]:
        size = as_type(genlmsghdr).size(self.layout.abi)
        if len(data) < size:
            return super().payload(scope, kind, data, flags)
        decode, attributes = self.control if kind == CONTROL else self.others
        inside = Within(scope, data, 0)
        rest = data[size:]
        return [decode(inside, data), *([attributes(inside, rest)] if rest else [])]

