"""Arguments of socket(2)."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import Integer, Layout, ULong
from ptracer.decode.values import Applied, Value
from ptracer.decode.words import Choice
from ptracer.hints import Any
from ptracer.tables.words import network as words


class PacketProtocol(Integer):
    """An ethernet protocol in network byte order: ``htons(ETH_P_IP)``."""

    def __init__(self) -> None:
        super().__init__(2)

    def value(self, layout: Layout) -> Any:
        def shape(number: int) -> Value:
            return Applied("htons", [words.EthernetProtocol.spell((number & 0xFF) << 8 | number >> 8)])

        return shape


# The meaning of the third argument by family; numbers of socket(2) and linux/socket.h.
SocketProtocol = Choice(
    this.domain,
    {
        2: words.InternetProtocol,
        3: words.Ax25Protocol,
        10: words.InternetProtocol,
        16: words.NetlinkProtocol,
        17: PacketProtocol(),
        23: words.IrdaProtocol,
        29: words.CanProtocol,
        31: words.BluetoothProtocol,
        33: words.ProtocolFamily,
        34: words.IsdnProtocol,
        35: words.PhonetProtocol,
        37: words.CaifProtocol,
        39: words.NfcProtocol,
        41: words.KcmProtocol,
        43: words.SmcProtocol,
    },
    ULong,
)
