"""Trusted execution environments. Source: linux/tee.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope
from ptracer.decode.types import (
    Argument,
    Fd,
    Hex64,
    HexByte,
    HexInt,
    Int,
    Int64,
    Layout,
    PointerTo,
    UInt,
    UInt64,
)
from ptracer.decode.values import NULL, Address, Change, Fields, Value
from ptracer.decode.words import Choice
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.tables.structs.ioctl.exchange import Address64, Whole, counted_array
from ptracer.tables.structs.uuid import Uuid
from ptracer.tables.words.devices import TrustedCapabilities, TrustedImplementation, TrustedMemoryFlags
from ptracer.tables.words.storage import TrustedDetails, TrustedLogin, TrustedOrigin, TrustedParameter

Pairs = list[tuple[str, Value]]
OPTEE = 1  # TEE_IMPL_ID_OPTEE
MOST = 4096  # TEE_MAX_ARG_SIZE
# TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_*, TEE_IOCTL_PARAM_ATTR_TYPE_UBUF_*, TEE_IOCTL_PARAM_ATTR_TYPE_OBJREF_*
MEMORY, BUFFER, OBJECT = (5, 6, 7), (8, 9, 10), (11, 12, 13)
NAMES = {
    kind: names
    for kinds, names in ((MEMORY, ("shm_offs", "size", "shm_id")), (BUFFER, ("buf", "size")), (OBJECT, ("obj_id", "flags")))
    for kind in kinds
}


class tee_ioctl_version_data(Struct):
    order = ("impl_id", "gen_caps", "impl_caps")
    impl_id: TrustedImplementation
    impl_caps: Choice(this.impl_id, {OPTEE: TrustedDetails}, HexInt)
    gen_caps: TrustedCapabilities


class tee_ioctl_shm_alloc_data(Struct):
    size: Hex64
    flags: TrustedMemoryFlags
    _id: Int


class allocated(Struct):
    """The same when the call has returned."""

    size: Hex64
    flags: TrustedMemoryFlags
    id: Int


class tee_ioctl_shm_register_data(Struct):
    addr: Address64
    length: Hex64
    flags: TrustedMemoryFlags
    _id: Int


class registered(Struct):
    """The same when the call has returned."""

    _addr: UInt64
    length: Hex64
    flags: TrustedMemoryFlags
    id: Int


class tee_ioctl_shm_register_fd_data(Struct):
    fd: Fd
    _upper: Int
    _size: UInt64
    flags: TrustedMemoryFlags
    _id: Int


class registered_descriptor(Struct):
    """The same when the call has returned."""

    _fd: UInt64
    size: Hex64
    _flags: UInt
    id: Int


class tee_ioctl_cancel_arg(Struct):
    cancel_id: UInt
    session: HexInt


class tee_ioctl_close_session_arg(Struct):
    session: HexInt


class tee_ioctl_buf_data(Struct):
    order = ("buf_len", "buf_ptr")
    buf_ptr: UInt64
    buf_len: UInt64


class tee_ioctl_param(Struct):
    attr: TrustedParameter
    a: Hex64 = this.attr
    b: Hex64 = this.attr
    c: Choice(this.attr, dict.fromkeys(MEMORY, Int64), Hex64) = this.attr

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        names = NAMES.get(scope.numbers["attr"])
        return pairs if names is None else [pairs[0], *zip(names, (value for _, value in pairs[1:]), strict=False)]


class tee_ioctl_open_session_arg(Struct):
    order = ("uuid", "clnt_login", "clnt_uuid", "cancel_id", "num_params")
    uuid: Uuid
    clnt_uuid: Choice(this.clnt_login, {2: UInt, 6: UInt}, Whole[HexByte, 16])  # a group is a number
    clnt_login: TrustedLogin
    cancel_id: UInt
    session: HexInt
    ret: UInt
    ret_origin: TrustedOrigin
    num_params: UInt

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        without = scope.numbers["clnt_login"] in (0, 1, 4, 5)  # who the client is follows from the process
        return [pair for pair in pairs if pair[0] != "clnt_uuid" or not without]


class opened_session(tee_ioctl_open_session_arg):
    """The same when the call has returned."""

    order = ("session", "ret", "ret_origin")


class tee_ioctl_invoke_arg(Struct):
    order = ("func", "session", "cancel_id", "num_params")
    func: UInt
    session: HexInt
    cancel_id: UInt
    ret: UInt
    ret_origin: TrustedOrigin
    num_params: UInt


class invoked(tee_ioctl_invoke_arg):
    """The same when the call has returned."""

    order = ("ret", "ret_origin")


class tee_iocl_supp_recv_arg(Struct):
    func: UInt
    num_params: UInt


class request_received(tee_iocl_supp_recv_arg):
    """The same when the call has returned."""

    order = ("num_params",)


class tee_iocl_supp_send_arg(Struct):
    order = ("num_params",)
    ret: UInt
    num_params: UInt


class request_answered(tee_iocl_supp_send_arg):
    """The same when the call has returned."""

    order = ("ret",)


class Buffer(PointerTo):
    """``Buffer[T, U]``: struct tee_ioctl_buf_data, whose buffer holds a T with parameters and, on success, a U.

    It is only looked into when its length is that of T and as many parameters as T says.
    """

    def __init__(self, asked: type[Struct], answer: type[Struct]) -> None:
        super().__init__(tee_ioctl_buf_data, "both")
        self.asked, self.answer = asked.as_type(), answer.as_type()

    def __class_getitem__(cls, parameters: tuple[type[Struct], type[Struct]]) -> Buffer:
        return cls(*parameters)

    def argument(self, layout: Layout) -> Argument:
        outer = PointerTo(self.target).argument(layout)
        if not layout.verbose:
            return outer
        before, after = self.inside(self.asked, layout), self.inside(self.answer, layout)

        def exchange(scope: Any, raw: int) -> Value:
            scope.chunks = scope.entry_chunks
            try:
                buffer = outer(scope, raw)
                if not isinstance(buffer, Fields):
                    return buffer
                (_, length), (_, address) = buffer.pairs
                inner = before(scope, address, length)
            finally:
                scope.chunks = scope.exit_chunks
            if isinstance(inner, Fields) and not scope.error:
                inner = Change(inner, after(scope, address, length))
            return Fields([("buf_len", length), ("buf_ptr", inner)])

        return exchange

    def inside(self, kind: Any, layout: Layout) -> Callable[[Any, int, int], Value]:
        """A function (scope, address, length) that gives a structure and the parameters after it."""
        load, size = kind.loader(layout), kind.size(layout.abi)
        array, step = counted_array(tee_ioctl_param, layout), tee_ioctl_param.as_type().size(layout.abi)

        def fetch(scope: Any, address: int, length: int) -> Value:
            if not address:
                return NULL
            try:
                if not size <= length <= MOST:
                    return Address(address)
                data = scope.read(address, size)
                count = int.from_bytes(data[-4:], "little")
                if length != size + count * step:
                    return Address(address)
                parameters = array(scope, address + size, count) if count else NULL
                return Fields([*load(scope, data, 0).pairs, ("params", parameters)])
            except Fault:
                return Address(address)

        return fetch

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None if layout.verbose else []
