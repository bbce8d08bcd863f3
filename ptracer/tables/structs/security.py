"""Structures of security. Source: seccomp(2), keyctl(2), landlock(7), linux/lsm.h, linux/nsfs.h."""

from __future__ import annotations

from collections.abc import Mapping

from ptracer.decode.expressions import Expression, Getter, Name, Names, bind, this
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Argument,
    Array,
    Bytes,
    CString,
    Fd,
    Fetcher,
    Hex64,
    HexInt,
    Layout,
    Length,
    Loader,
    PointerTo,
    Target_,
    UInt,
    UInt64,
    UShort,
    length_source,
    pointer_value,
)
from ptracer.decode.values import NULL, Address, Change, Fields, Hex, HexText, Sequence, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import BYTES, Step
from ptracer.tables.words.security import (
    FileAccess,
    Key,
    KeyCapabilities0,
    KeyCapabilities1,
    KeyOperations,
    NameSpaceOwner,
    NameSpaceTypes,
    NetworkAccess,
    Scopes,
    SecurityModule,
)

Pairs = list[tuple[str, Value]]


class seccomp_notif_sizes(Struct):
    seccomp_notif: UShort
    seccomp_notif_resp: UShort
    seccomp_data: UShort


# --- keys


class keyctl_dh_params(Struct):
    private: Key
    prime: Key
    base: Key


class Spare(Array):
    """``Spare(8)``: reserved integers, that are shown only where one is not zero."""

    def __init__(self, count: int) -> None:
        super().__init__(HexInt, count)

    def loader(self, layout: Layout) -> Loader:
        load, size = super().loader(layout), self.size(layout.abi)
        return lambda scope, data, offset: load(scope, data, offset) if any(data[offset : offset + size]) else None


def spared(pairs: Pairs) -> Pairs:
    """The kernel's name of reserved integers begins with underscores, which would hide it."""
    return [("__spare" if name == "spare" else name, value) for name, value in pairs if value is not None]


class keyctl_kdf_params(Struct):
    hashname: CString
    otherinfo: PointerTo(Bytes[this.otherinfolen])
    otherinfolen: UInt
    spare: Spare(8)

    @classmethod
    def shown(cls, pairs: Pairs, scope: Any) -> Pairs:
        return spared(pairs)


class keyctl_pkey_params(Struct):
    key_id: Key
    in_len: UInt
    out_len: UInt
    spare: Spare(7)

    @classmethod
    def shown(cls, pairs: Pairs, scope: Any) -> Pairs:
        return spared(pairs)


class keyctl_verify_params(Struct):
    """The same when a signature is compared."""

    key_id: Key
    in_len: UInt
    in2_len: UInt
    spare: Spare(7)

    @classmethod
    def shown(cls, pairs: Pairs, scope: Any) -> Pairs:
        return spared(pairs)


class keyctl_pkey_query(Struct):
    supported_ops: KeyOperations
    key_size: UInt
    max_data_size: UShort
    max_sig_size: UShort
    max_enc_size: UShort
    max_dec_size: UShort
    spare: Spare(10)

    @classmethod
    def shown(cls, pairs: Pairs, scope: Any) -> Pairs:
        return spared(pairs)


PARAMETERS = 40  # struct keyctl_pkey_params


class Inside(Expression):
    """``Inside(this.params, 4, 40)``: the integer so far into the 40 bytes behind a sibling; -1 when they cannot be read."""

    def __init__(self, pointer: Name, offset: int, whole: int) -> None:
        self.pointer, self.offset, self.whole = pointer, offset, whole

    def bind(self, names: Names) -> Getter:
        pointer, offset, whole = bind(self.pointer, names), self.offset, self.whole

        def value(scope: Any) -> int:
            data = scope.read_some(pointer(scope), whole)
            return int.from_bytes(data[offset : offset + 4], "little") if len(data) == whole else -1

        return value


class KeyCapabilities(Target_):
    """``KeyCapabilities(n)``: bytes of which the first two have names."""

    def __init__(self, length: Length) -> None:
        self.length = length

    def fetcher(self, layout: Layout) -> Fetcher:
        length, limit = bind(self.length, layout.names), layout.element_limit()
        words = KeyCapabilities0, KeyCapabilities1

        def fetch(scope: Any, address: int) -> Value:
            count = length(scope)
            shown = count if limit is None else min(count, limit)
            data = scope.read(address, shown) if count else b""
            return Sequence([words[i].spell(byte) if i < 2 else Hex(byte) for i, byte in enumerate(data)], shown < count)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None


# --- Landlock


class landlock_ruleset_attr(Struct):
    handled_access_fs: FileAccess
    handled_access_net: NetworkAccess = this.length > 8
    scoped: Scopes = this.length > 16
    quiet_access_fs: FileAccess = this.length > 24
    quiet_access_net: NetworkAccess = this.length > 32
    quiet_scoped: Scopes = this.length > 40


class landlock_path_beneath_attr(Struct):
    packed = True
    allowed_access: FileAccess
    parent_fd: Fd


class landlock_net_port_attr(Struct):
    allowed_access: NetworkAccess
    port: UInt64


# --- Linux security modules, name spaces


class Recounted(PointerTo):
    """A pointer to a size that the call may change even when it fails."""

    filled_on_error = True

    def __init__(self) -> None:
        super().__init__(UInt, "both")

    def argument(self, layout: Layout) -> Argument:
        if not self.followed(layout):
            return lambda scope, raw: pointer_value(raw)

        def change(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            scope.chunks = scope.entry_chunks
            before = scope.read_some(raw, 4)
            scope.chunks = scope.exit_chunks
            after = scope.read_some(raw, 4)
            if len(before) < 4:
                return Address(raw)
            was, now = (int.from_bytes(data, "little") for data in (before, after))
            return Sequence([was if before == after or not after else Change(was, now)])

        return change


HEADER = 32  # of a struct lsm_ctx: four numbers, then the context itself
LONGEST = 1 << 16  # of the contexts that are looked into


def security_context(data: bytes, limit: int) -> Fields:
    """The struct lsm_ctx at the beginning of ``data``."""
    module, flags, length, size = (int.from_bytes(data[i : i + 8], "little") for i in range(0, HEADER, 8))
    pairs: Pairs = [("id", SecurityModule.spell(module)), ("flags", Hex(flags)), ("len", length), ("ctx_len", size)]
    text = data[HEADER : min(length, HEADER + size)]
    if text:
        pairs.append(("ctx", HexText(text[:limit], len(text) > limit)))
    return Fields(pairs)


class SecurityContext(Target_):
    """``SecurityContext(this.size)``: one struct lsm_ctx."""

    def __init__(self, length: Length) -> None:
        self.length = length

    def fetcher(self, layout: Layout) -> Fetcher:
        length, limit = bind(self.length, layout.names), layout.string_limit

        def fetch(scope: Any, address: int) -> Value:
            size = length(scope)
            if size < HEADER:
                raise Fault(address)
            return security_context(scope.read(address, min(size, LONGEST)), limit)

        return fetch

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        source = length_source(self.length, positions)
        return source and [Step(BYTES, argument, *source, 1, LONGEST)]


class SecurityContexts(PointerTo):
    """What lsm_get_self_attr gives: one struct lsm_ctx after another, in as many bytes as ``this.size`` points to.

    Where one module is asked for, the program has put its number there before.
    """

    SINGLE = 1  # LSM_FLAG_SINGLE

    def __init__(self) -> None:
        super().__init__(SecurityContext(0), "both")

    def argument(self, layout: Layout) -> Argument:
        if not self.followed(layout):
            return lambda scope, raw: pointer_value(raw)
        size_of, flags = bind(Inside(this.size, 0, 4), layout.names), bind(this.flags, layout.names)
        limit, elements = layout.string_limit, layout.element_limit()

        def contexts(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            scope.chunks = scope.entry_chunks
            asked = b""
            if flags(scope) & self.SINGLE and size_of(scope) >= HEADER:
                asked = scope.read_some(raw, HEADER)
            scope.chunks = scope.exit_chunks
            size = size_of(scope)
            given: Value = Address(raw)
            if not scope.error and size >= HEADER:
                data = scope.read_some(raw, min(size, LONGEST))
                if len(data) >= HEADER:
                    given = self.listed(data, raw, limit, elements)
            if len(asked) < HEADER:
                return given
            return Change(Fields([("id", SecurityModule.spell(int.from_bytes(asked[:8], "little")))]), given)

        return contexts

    @staticmethod
    def listed(data: bytes, address: int, limit: int, elements: int | None) -> Sequence:
        """All contexts in ``data``; one that cannot be as long as it says is the last."""
        items: list[Value] = []
        offset = 0
        while offset < len(data):
            if len(data) - offset < HEADER:
                return Sequence(items, True, address + offset)
            if len(items) == elements:
                return Sequence(items, True)
            length = int.from_bytes(data[offset + 16 : offset + 24], "little")
            items.append(security_context(data[offset:], limit))
            if not HEADER <= length <= len(data) - offset:
                break
            offset += length
        return Sequence(items)

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None if self.followed(layout) else []


class ns_id_req(Struct):
    size: UInt
    spare: HexInt = this.spare
    ns_id: Hex64
    ns_type: NameSpaceTypes
    spare2: HexInt = this.spare2
    user_ns_id: NameSpaceOwner


class Listed(Array):
    """``Listed(T, this.room)``: as many elements as the call returns, where there is room for any."""

    def __init__(self, element: Any, room: Expression) -> None:
        super().__init__(element, this.ret)
        self.room = room

    def unfilled(self, layout: Layout) -> Fetcher:
        room = bind(self.room, layout.names)
        return lambda scope, address: Address(address) if room(scope) else Sequence([])
