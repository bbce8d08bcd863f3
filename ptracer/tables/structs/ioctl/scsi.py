"""SCSI devices. Source: sg(4), scsi/sg.h, linux/bsg.h."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import Expression, this
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import (
    Argument,
    Byte,
    Char,
    Hex64,
    HexByte,
    HexBytes,
    HexInt,
    HexShort,
    Int,
    Integer,
    IOVectors,
    Layout,
    Pointer,
    PointerTo,
    Ptr,
    Ptr64,
    Short,
    UInt,
    UShort,
)
from ptracer.decode.values import NULL, Address, Change, Fields, Sequence, Symbol, Value
from ptracer.decode.words import Choice
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.tables.words.devices import (
    ScsiDirection,
    ScsiFlags,
    ScsiInformation,
    ScsiProtocol,
    ScsiQueueFlags,
    ScsiSubprotocol,
)

Pairs = list[tuple[str, Value]]


class sg_scsi_id(Struct):
    host_no: Int
    channel: Int
    scsi_id: HexInt
    lun: Int
    scsi_type: HexInt
    h_cmd_per_lun: Short
    d_queue_depth: Short
    _unused1: Int
    _unused2: Int


class sg_req_info(Struct):
    req_state: Char
    orphan: Char
    sg_io_owned: Char
    problem: Char
    pack_id: Int
    usr_ptr: Pointer
    duration: UInt
    _unused: Int


# --- a command with its data: both versions of what SG_IO is given


def letter(number: int) -> Value:
    """Which version of the interface is meant."""
    return Symbol(number, f"'{chr(number)}'", f"'{chr(number)}'")


def transferred(length: Any, residue: Any) -> Expression:
    """How many bytes were: those asked for without the residue, where that makes sense."""
    return length - residue * (residue > 0) * (residue <= length)  # type: ignore[no-any-return]


def data(pointers: Any, vectors: Any, length: Any) -> Choice:
    """Bytes in one piece or in several."""
    return Choice(vectors, {0: pointers[HexBytes(length)]}, pointers[IOVectors(vectors, length)])


TO_DEVICE, FROM_DEVICE, BOTH = (number & 0xFFFFFFFF for number in (-2, -3, -4))  # SG_DXFER_*


class sg_io_hdr(Struct):
    """A command: what the program says."""

    order = (
        "interface_id", "dxfer_direction", "cmd_len", "cmdp", "mx_sb_len", "iovec_count", "dxfer_len", "timeout", "flags", "dxferp"
    )  # fmt: skip
    interface_id: Integer(4, shape=letter)
    dxfer_direction: ScsiDirection
    cmd_len: Byte
    mx_sb_len: Byte
    iovec_count: UShort
    dxfer_len: UInt
    dxferp: data(Ptr, this.iovec_count, this.dxfer_len) = (this.dxfer_direction == TO_DEVICE) | (this.dxfer_direction == BOTH)
    cmdp: Ptr[HexBytes(this.cmd_len)]
    sbp: Ptr[HexBytes(this.sb_len_wr)]
    timeout: UInt
    flags: ScsiFlags
    pack_id: Int
    usr_ptr: Pointer
    status: HexByte
    masked_status: HexByte
    msg_status: HexByte
    sb_len_wr: Byte
    host_status: HexShort
    driver_status: HexShort
    resid: Int
    duration: UInt
    info: ScsiInformation


class answered_sg_io_hdr(sg_io_hdr):
    """What has become of it."""

    order = (
        "dxferp", "status", "masked_status", "msg_status", "sb_len_wr", "sbp", "host_status", "driver_status", "resid", "duration", "info"
    )  # fmt: skip
    dxferp: data(Ptr, this.iovec_count, transferred(this.dxfer_len, this.resid)) = (this.dxfer_direction == FROM_DEVICE) | (
        (this.dxfer_direction == BOTH) & (transferred(this.dxfer_len, this.resid) > 0)
    )


class sg_io_v4(Struct):
    """A command of the fourth version: what the program says."""

    order = (
        "guard", "protocol", "subprotocol", "request_len", "request", "request_tag", "request_attr", "request_priority",
        "request_extra", "max_response_len", "dout_iovec_count", "dout_xfer_len", "din_iovec_count", "din_xfer_len", "dout_xferp",
        "timeout", "flags", "usr_ptr",
    )  # fmt: skip
    guard: Integer(4, shape=letter)
    protocol: ScsiProtocol
    subprotocol: ScsiSubprotocol
    request_len: UInt
    request: Ptr64[HexBytes(this.request_len)]
    request_tag: Hex64
    request_attr: UInt
    request_priority: UInt
    request_extra: UInt
    max_response_len: UInt
    response: Ptr64[HexBytes(this.response_len)]
    dout_iovec_count: UInt
    dout_xfer_len: UInt
    din_iovec_count: UInt
    din_xfer_len: UInt
    dout_xferp: data(Ptr64, this.dout_iovec_count, this.dout_xfer_len)
    din_xferp: data(Ptr64, this.din_iovec_count, transferred(this.din_xfer_len, this.din_resid))
    timeout: UInt
    flags: ScsiQueueFlags
    usr_ptr: Hex64
    spare_in: UInt
    driver_status: HexInt
    transport_status: HexInt
    device_status: HexInt
    retry_delay: UInt
    info: ScsiInformation
    duration: UInt
    response_len: UInt
    din_resid: Int
    dout_resid: Int
    generated_tag: Hex64
    spare_out: UInt
    padding: UInt


class answered_sg_io_v4(sg_io_v4):
    """What has become of it."""

    order = (
        "response_len", "response", "din_xferp", "driver_status", "transport_status", "device_status", "retry_delay", "info",
        "duration", "din_resid", "dout_resid", "generated_tag",
    )  # fmt: skip

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        """The length of the response is shown with it, and again where the kernel has it."""
        place = [name for name, _ in pairs].index("din_resid")
        return [*pairs[:place], pairs[0], *pairs[place:]]


class ScsiCommand(PointerTo):
    """A command of the version that its first number says, and what has become of it whether the call has failed or not."""

    versions = {ord("S"): ("interface_id", sg_io_hdr, answered_sg_io_hdr), ord("Q"): ("guard", sg_io_v4, answered_sg_io_v4)}

    def __init__(self) -> None:
        super().__init__(sg_io_hdr, "both")

    def argument(self, layout: Layout) -> Argument:
        if not layout.verbose:
            return super().argument(layout)
        versions = {
            number: (name, asked.as_type().fetcher(layout), answered.as_type().fetcher(layout))
            for number, (name, asked, answered) in self.versions.items()
        }

        def exchange(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            scope.chunks = scope.entry_chunks
            try:
                version = int.from_bytes(scope.read(raw, 4), "little")
                if version not in versions:
                    return Sequence([version])
                name, ask, answer = versions[version]
                try:
                    before = ask(scope, raw)
                except Fault:
                    return Fields([(name, letter(version)), ("", Address(raw))])
            except Fault:
                return Address(raw)
            finally:
                scope.chunks = scope.exit_chunks
            try:
                return joined(before.pairs, answer(scope, raw).pairs)
            except Fault:
                return before

        return exchange

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None if layout.verbose else []


def joined(asked: Pairs, answered: Pairs) -> Fields:
    """Both as one structure, in which what both have at the seam is a change."""
    (name, before), (other, after) = asked[-1], answered[0]
    if name != other:
        return Fields([*asked, *answered])
    return Fields([*asked[:-1], (name, Change(before, after)), *answered[1:]])
