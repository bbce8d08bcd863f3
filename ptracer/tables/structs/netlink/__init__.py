"""What is sent and received on netlink sockets: netlink(7).

That a socket is one, and of which protocol, is known from the capture: it copies the protocol to an
address that no tracee has (``ptracer.plans.SOCKET``). Where it did not, bytes stay bytes.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping

from ptracer.decode.types import Layout
from ptracer.decode.values import Text, Value
from ptracer.hints import TYPE_CHECKING, Any
from ptracer.plans import SOCKETS
from ptracer.tables.structs.netlink.message import Family, Messages

if TYPE_CHECKING:
    from ptracer.tables.structs.netlink.simple import Events

# The module and class of each protocol; numbers of linux/netlink.h.
FAMILIES: Mapping[int, tuple[str, str]] = {
    0: ("route", "RouteFamily"),
    4: ("diag", "DiagFamily"),
    6: ("simple", "XfrmFamily"),
    7: ("simple", "SecurityFamily"),
    9: ("simple", "AuditFamily"),
    12: ("netfilter", "NetfilterFamily"),
    16: ("generic", "GenericFamily"),
    21: ("crypto", "CryptoFamily"),
}

KOBJECT_UEVENT = 15


class Netlink:
    """Makes values of what netlink sockets carry, for one layout; ``descriptor`` gives the socket of a scope."""

    def __init__(self, layout: Layout, descriptor: Callable[[Any], int]) -> None:
        self.layout = layout
        self.descriptor = descriptor
        self.messages: dict[int, Messages | Events] = {}

    def value(self, scope: Any, address: int, size: int) -> Value | None:
        """The ``size`` bytes at an address; None: the socket is no netlink socket. Fault: they cannot be read."""
        protocol = self.protocol(scope)
        return self.message(scope, address, size, protocol) if protocol else None

    def protocol(self, scope: Any) -> bytes:
        """The number of the socket's protocol; empty: the socket is no netlink socket."""
        known: bytes = scope.aside(SOCKETS + (self.descriptor(scope) & 0xFFFFFFFF))
        return known

    def message(self, scope: Any, address: int, size: int, protocol: bytes) -> Value:
        """The ``size`` bytes at an address, of that protocol. Fault: they cannot be read."""
        if not size:
            return Text(b"")
        data = scope.read(address, size)
        return self.family(int.from_bytes(protocol, "little")).value(scope, data, address)

    def family(self, protocol: int) -> Messages | Events:
        """The messages of a protocol."""
        made = self.messages.get(protocol)
        if made is None and protocol == KOBJECT_UEVENT:
            from ptracer.tables.structs.netlink.simple import Events

            made = self.messages[protocol] = Events(self.layout)
        if made is None:
            module, name = FAMILIES.get(protocol, ("message", "Family"))
            family: type[Family] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
            made = self.messages[protocol] = Messages(self.layout, family(self.layout))
        return made
