"""NETLINK_CRYPTO: linux/cryptouser.h. Algorithms of the kernel, by name."""

from __future__ import annotations

from ptracer.decode.extents import Decode, compile
from ptracer.decode.structs import Struct
from ptracer.decode.types import HexInt, InlineString, Layout, UInt, as_type
from ptracer.decode.values import Fields, Value
from ptracer.hints import Any
from ptracer.tables.structs.netlink.attributes import Attributes, Kind, Payload, Within, attribute_list, text
from ptracer.tables.structs.netlink.message import Family
from ptracer.tables.words import netlink as words

Name = InlineString[64]  # CRYPTO_MAX_NAME


class crypto_user_alg(Struct):
    cru_name: Name
    cru_driver_name: Name
    cru_module_name: Name
    cru_type: HexInt
    cru_mask: HexInt
    cru_refcnt: UInt
    cru_flags: HexInt


class crypto_report_hash(Struct):
    type: Name
    blocksize: UInt
    digestsize: UInt


class crypto_report_cipher(Struct):
    type: Name
    blocksize: UInt
    min_keysize: UInt
    max_keysize: UInt


class crypto_report_blkcipher(Struct):
    type: Name
    geniv: Name
    blocksize: UInt
    min_keysize: UInt
    max_keysize: UInt
    ivsize: UInt


class crypto_report_aead(Struct):
    type: Name
    geniv: Name
    blocksize: UInt
    maxauthsize: UInt
    ivsize: UInt


class crypto_report_rng(Struct):
    type: Name
    seedsize: UInt


class Report(Payload):
    """``Report(crypto_report_hash)``: a structure, or the beginning of its name where it is not all there."""

    def __init__(self, structure: Any) -> None:
        self.structure = structure

    def decoder(self, layout: Layout) -> Decode:
        decode, size, short = compile(self.structure, layout), as_type(self.structure).size(layout.abi), text(layout)
        return lambda scope, data: decode(scope, data) if len(data) >= size else short(scope, data)


class NameOnly(Payload):
    """A structure that is nothing but a name, of any length."""

    def decoder(self, layout: Layout) -> Decode:
        decode = Kind().decoder(layout)
        return lambda scope, data: Fields([("type", decode(scope, data))])


class Algorithm(Attributes):
    names = words.Crypto
    CRYPTOCFGA_PRIORITY_VAL: UInt
    CRYPTOCFGA_REPORT_LARVAL: NameOnly()
    CRYPTOCFGA_REPORT_HASH: Report(crypto_report_hash)
    CRYPTOCFGA_REPORT_BLKCIPHER: Report(crypto_report_blkcipher)
    CRYPTOCFGA_REPORT_AEAD: Report(crypto_report_aead)
    CRYPTOCFGA_REPORT_COMPRESS: NameOnly()
    CRYPTOCFGA_REPORT_RNG: Report(crypto_report_rng)
    CRYPTOCFGA_REPORT_CIPHER: Report(crypto_report_cipher)
    CRYPTOCFGA_REPORT_AKCIPHER: NameOnly()
    CRYPTOCFGA_REPORT_KPP: NameOnly()
    CRYPTOCFGA_REPORT_ACOMP: NameOnly()
    CRYPTOCFGA_REPORT_SIG: NameOnly()


PURPOSES = {16: "new", 17: "delete", 19: "get", 20: "delete"}  # CRYPTO_MSG_NEWALG, ...
OF_ALGORITHMS = range(16, 20)  # from CRYPTO_MSG_NEWALG to CRYPTO_MSG_GETALG


class CryptoFamily(Family):
    """Messages about algorithms."""

    types = words.CryptoType

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.decode, self.size = compile(crypto_user_alg, layout), as_type(crypto_user_alg).size(layout.abi)
        self.attributes, self.short = attribute_list(layout, Algorithm), text(layout)

    def flags(self, kind: int) -> str | None:
        return PURPOSES.get(kind)

    def payload(self, scope: Within, kind: int, data: bytes, flags: int) -> list[Value]:
        if kind not in OF_ALGORITHMS:
            return super().payload(scope, kind, data, flags)
        if len(data) < self.size:
            return [self.short(scope, data)]
        rest = data[self.size :]
        value = self.decode(scope, data)
        return [value, self.attributes(scope, rest)] if rest else [value]
