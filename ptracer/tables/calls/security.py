"""System calls of security: seccomp(2), keyctl(2), landlock(7), lsm_list_modules(2), listns(2), bpf(2)."""

from __future__ import annotations

from ptracer.decode.expressions import Least, at, this
from ptracer.decode.sized import Sized
from ptracer.decode.types import (
    Bytes,
    Contents,
    CString,
    Fd,
    Filled,
    Hex64,
    HexInt,
    HexLong,
    Int,
    IOVectors,
    Out,
    Pointer,
    Provided,
    Ptr,
    Size,
    UInt,
    ULong,
)
from ptracer.tables.structs.attributes import AttributeValue
from ptracer.tables.structs.bpf import (
    Attributes,
    BtfLoad,
    LinkCreate,
    MapDeleteBatch,
    MapLookupBatch,
    MapUpdateBatch,
    NextId,
    ObjectInfo,
    ProgramLoad,
    ProgramQuery,
    StreamRead,
    TaskDescriptorQuery,
    btf_by_id,
    enable_stats,
    iter_create,
    link_by_id,
    link_detach,
    link_update,
    map_by_id,
    map_create,
    map_delete,
    map_freeze,
    map_lookup,
    map_next,
    map_update,
    obj,
    prog_assoc_struct_ops,
    prog_attach,
    prog_bind_map,
    prog_by_id,
    prog_test_run,
    raw_tracepoint_open,
    sock_fprog,
    token_create,
)
from ptracer.tables.structs.security import (
    PARAMETERS,
    Inside,
    KeyCapabilities,
    Listed,
    Recounted,
    SecurityContext,
    SecurityContexts,
    keyctl_dh_params,
    keyctl_kdf_params,
    keyctl_pkey_params,
    keyctl_pkey_query,
    keyctl_verify_params,
    landlock_net_port_attr,
    landlock_path_beneath_attr,
    landlock_ruleset_attr,
    ns_id_req,
    seccomp_notif_sizes,
)
from ptracer.tables.words.bpf import Command
from ptracer.tables.words.process import GroupId, UserId
from ptracer.tables.words.security import (
    DefaultKeyring,
    FilterAction,
    FilterFlags,
    Key,
    KeyctlOperation,
    KeyMoveFlags,
    KeyPermissions,
    RejectionError,
    RuleFlags,
    RulesetFlags,
    RuleType,
    SeccompOperation,
    SecurityAttribute,
    SecurityAttributeFlags,
    SecurityModule,
)

# --- seccomp


def seccomp(operation: SeccompOperation, flags: HexInt, args: Pointer): ...
def seccomp__SECCOMP_SET_MODE_FILTER(operation: SeccompOperation, flags: FilterFlags, args: sock_fprog): ...
def seccomp__SECCOMP_GET_ACTION_AVAIL(operation: SeccompOperation, flags: HexInt, args: Ptr[FilterAction]): ...
def seccomp__SECCOMP_GET_NOTIF_SIZES(operation: SeccompOperation, flags: HexInt, args: Out[seccomp_notif_sizes]): ...


# --- keys


def add_key(type: CString, description: CString, payload: Bytes[this.plen], plen: Size, keyring: Key): ...
def request_key(type: CString, description: CString, callout_info: Contents, dest_keyring: Key): ...
def keyctl(operation: KeyctlOperation, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def keyctl__KEYCTL_GET_KEYRING_ID(operation: KeyctlOperation, key: Key, create: Int): ...
def keyctl__KEYCTL_JOIN_SESSION_KEYRING(operation: KeyctlOperation, name: CString): ...
def keyctl__KEYCTL_UPDATE(operation: KeyctlOperation, key: Key, payload: Bytes[this.plen], plen: Size): ...
def keyctl__KEYCTL_REVOKE(operation: KeyctlOperation, key: Key): ...
def keyctl__KEYCTL_CHOWN(operation: KeyctlOperation, key: Key, uid: UserId, gid: GroupId): ...
def keyctl__KEYCTL_SETPERM(operation: KeyctlOperation, key: Key, perms: KeyPermissions): ...
def keyctl__KEYCTL_DESCRIBE(
    operation: KeyctlOperation, key: Key, buffer: Out[AttributeValue(Least(this.ret, this.buflen))], buflen: Size
): ...
def keyctl__KEYCTL_LINK(operation: KeyctlOperation, key: Key, keyring: Key): ...
def keyctl__KEYCTL_SEARCH(
    operation: KeyctlOperation, keyring: Key, type: CString, description: CString, dest_keyring: Key
): ...
def keyctl__KEYCTL_READ(
    operation: KeyctlOperation, key: Key, buffer: Out[Bytes[Least(this.ret, this.buflen)]], buflen: Size
): ...
def keyctl__KEYCTL_INSTANTIATE(
    operation: KeyctlOperation, key: Key, payload: Bytes[this.plen], plen: Size, keyring: Key
): ...
def keyctl__KEYCTL_NEGATE(operation: KeyctlOperation, key: Key, timeout: UInt, keyring: Key): ...
def keyctl__KEYCTL_SET_REQKEY_KEYRING(operation: KeyctlOperation, reqkey_defl: DefaultKeyring): ...
def keyctl__KEYCTL_SET_TIMEOUT(operation: KeyctlOperation, key: Key, timeout: UInt): ...
def keyctl__KEYCTL_SESSION_TO_PARENT(operation: KeyctlOperation): ...
def keyctl__KEYCTL_REJECT(operation: KeyctlOperation, key: Key, timeout: UInt, error: RejectionError, keyring: Key): ...
def keyctl__KEYCTL_INSTANTIATE_IOV(
    operation: KeyctlOperation, key: Key, payload: IOVectors[this.plen], plen: ULong, keyring: Key
): ...
def keyctl__KEYCTL_GET_PERSISTENT(operation: KeyctlOperation, uid: UserId, keyring: Key): ...
def keyctl__KEYCTL_DH_COMPUTE(
    operation: KeyctlOperation,
    dh_params: keyctl_dh_params,
    buffer: Out[Bytes[Least(this.ret, this.buflen)]],
    buflen: Size,
    kdf_params: keyctl_kdf_params,
): ...
def keyctl__KEYCTL_PKEY_QUERY(
    operation: KeyctlOperation, key: Key, reserved: HexLong, params: CString, info: Out[keyctl_pkey_query]
): ...
def keyctl__KEYCTL_PKEY_ENCRYPT(
    operation: KeyctlOperation,
    params: keyctl_pkey_params,
    info: CString,
    in_: Bytes[Inside(this.params, 4, PARAMETERS)],
    out: Out[Bytes[Inside(this.params, 8, PARAMETERS)]],
): ...
def keyctl__KEYCTL_PKEY_VERIFY(
    operation: KeyctlOperation,
    params: keyctl_verify_params,
    info: CString,
    in_: Bytes[Inside(this.params, 4, PARAMETERS)],
    in2: Bytes[Inside(this.params, 8, PARAMETERS)],
): ...
def keyctl__KEYCTL_RESTRICT_KEYRING(operation: KeyctlOperation, keyring: Key, type: CString, restriction: CString): ...
def keyctl__KEYCTL_MOVE(operation: KeyctlOperation, key: Key, from_keyring: Key, to_keyring: Key, flags: KeyMoveFlags): ...
def keyctl__KEYCTL_CAPABILITIES(
    operation: KeyctlOperation, buffer: Out[KeyCapabilities(Least(this.ret, this.buflen))], buflen: Size
): ...


keyctl__KEYCTL_CLEAR = keyctl__KEYCTL_INVALIDATE = keyctl__KEYCTL_ASSUME_AUTHORITY = keyctl__KEYCTL_REVOKE
keyctl__KEYCTL_UNLINK = keyctl__KEYCTL_LINK
keyctl__KEYCTL_GET_SECURITY = keyctl__KEYCTL_DESCRIBE
keyctl__KEYCTL_PKEY_DECRYPT = keyctl__KEYCTL_PKEY_SIGN = keyctl__KEYCTL_PKEY_ENCRYPT


# --- Landlock, Linux security modules, name spaces


def landlock_create_ruleset(
    attr: Attributes(landlock_ruleset_attr, minimum=8, zeros=True), size: Size, flags: RulesetFlags
) -> Fd: ...
def landlock_add_rule(ruleset_fd: Fd, rule_type: RuleType, rule_attr: Pointer, flags: RuleFlags): ...
def landlock_add_rule__LANDLOCK_RULE_PATH_BENEATH(
    ruleset_fd: Fd, rule_type: RuleType, rule_attr: landlock_path_beneath_attr, flags: RuleFlags
): ...
def landlock_add_rule__LANDLOCK_RULE_NET_PORT(
    ruleset_fd: Fd, rule_type: RuleType, rule_attr: landlock_net_port_attr, flags: RuleFlags
): ...
def landlock_restrict_self(ruleset_fd: Fd, flags: HexInt): ...
def lsm_get_self_attr(
    attr: SecurityAttribute, ctx: SecurityContexts(), size: Recounted(), flags: SecurityAttributeFlags
): ...
def lsm_set_self_attr(attr: SecurityAttribute, ctx: SecurityContext(this.size), size: UInt, flags: HexInt): ...
def lsm_list_modules(
    ids: Out[Provided[Listed(SecurityModule, 1), Inside(this.size, 0, 4) >= 0]], size: Recounted(), flags: HexInt
): ...
def listns(
    req: Sized(ns_id_req, at(this.req), 32, own=4), ns_ids: Filled[Listed(Hex64, this.nr_ns_ids)], nr_ns_ids: Size, flags: HexInt
): ...


# --- bpf


def bpf(cmd: Command, attr: Pointer, size: UInt) -> Fd: ...
def bpf__BPF_MAP_CREATE(cmd: Command, attr: Attributes(map_create), size: UInt) -> Fd: ...
def bpf__BPF_MAP_LOOKUP_ELEM(cmd: Command, attr: Attributes(map_lookup), size: UInt): ...
def bpf__BPF_MAP_UPDATE_ELEM(cmd: Command, attr: Attributes(map_update), size: UInt): ...
def bpf__BPF_MAP_DELETE_ELEM(cmd: Command, attr: Attributes(map_delete), size: UInt): ...
def bpf__BPF_MAP_GET_NEXT_KEY(cmd: Command, attr: Attributes(map_next), size: UInt): ...
def bpf__BPF_PROG_LOAD(cmd: Command, attr: ProgramLoad, size: UInt) -> Fd: ...
def bpf__BPF_OBJ_PIN(cmd: Command, attr: Attributes(obj), size: UInt): ...
def bpf__BPF_OBJ_GET(cmd: Command, attr: Attributes(obj), size: UInt) -> Fd: ...
def bpf__BPF_PROG_ATTACH(cmd: Command, attr: Attributes(prog_attach), size: UInt): ...
def bpf__BPF_PROG_TEST_RUN(cmd: Command, attr: Attributes(prog_test_run), size: UInt): ...
def bpf__BPF_PROG_GET_NEXT_ID(cmd: Command, attr: NextId, size: UInt): ...
def bpf__BPF_PROG_GET_FD_BY_ID(cmd: Command, attr: Attributes(prog_by_id), size: UInt) -> Fd: ...
def bpf__BPF_MAP_GET_FD_BY_ID(cmd: Command, attr: Attributes(map_by_id), size: UInt) -> Fd: ...
def bpf__BPF_BTF_GET_FD_BY_ID(cmd: Command, attr: Attributes(btf_by_id), size: UInt) -> Fd: ...
def bpf__BPF_LINK_GET_FD_BY_ID(cmd: Command, attr: Attributes(link_by_id), size: UInt) -> Fd: ...
def bpf__BPF_OBJ_GET_INFO_BY_FD(cmd: Command, attr: ObjectInfo, size: UInt): ...
def bpf__BPF_PROG_QUERY(cmd: Command, attr: ProgramQuery, size: UInt): ...
def bpf__BPF_RAW_TRACEPOINT_OPEN(cmd: Command, attr: Attributes(raw_tracepoint_open), size: UInt) -> Fd: ...
def bpf__BPF_BTF_LOAD(cmd: Command, attr: BtfLoad, size: UInt) -> Fd: ...
def bpf__BPF_TASK_FD_QUERY(cmd: Command, attr: TaskDescriptorQuery, size: UInt): ...
def bpf__BPF_MAP_FREEZE(cmd: Command, attr: Attributes(map_freeze), size: UInt): ...
def bpf__BPF_MAP_LOOKUP_BATCH(cmd: Command, attr: MapLookupBatch, size: UInt): ...
def bpf__BPF_MAP_UPDATE_BATCH(cmd: Command, attr: MapUpdateBatch, size: UInt): ...
def bpf__BPF_MAP_DELETE_BATCH(cmd: Command, attr: MapDeleteBatch, size: UInt): ...
def bpf__BPF_LINK_CREATE(cmd: Command, attr: LinkCreate, size: UInt) -> Fd: ...
def bpf__BPF_LINK_UPDATE(cmd: Command, attr: Attributes(link_update), size: UInt): ...
def bpf__BPF_LINK_DETACH(cmd: Command, attr: Attributes(link_detach), size: UInt): ...
def bpf__BPF_ENABLE_STATS(cmd: Command, attr: Attributes(enable_stats), size: UInt) -> Fd: ...
def bpf__BPF_ITER_CREATE(cmd: Command, attr: Attributes(iter_create), size: UInt) -> Fd: ...
def bpf__BPF_PROG_BIND_MAP(cmd: Command, attr: Attributes(prog_bind_map), size: UInt): ...
def bpf__BPF_TOKEN_CREATE(cmd: Command, attr: Attributes(token_create), size: UInt) -> Fd: ...
def bpf__BPF_PROG_STREAM_READ_BY_FD(cmd: Command, attr: StreamRead, size: UInt): ...
def bpf__BPF_PROG_ASSOC_STRUCT_OPS(cmd: Command, attr: Attributes(prog_assoc_struct_ops), size: UInt): ...


bpf__BPF_MAP_LOOKUP_AND_DELETE_ELEM = bpf__BPF_MAP_LOOKUP_ELEM
bpf__BPF_MAP_LOOKUP_AND_DELETE_BATCH = bpf__BPF_MAP_LOOKUP_BATCH
bpf__BPF_PROG_DETACH = bpf__BPF_PROG_ATTACH
bpf__BPF_MAP_GET_NEXT_ID = bpf__BPF_BTF_GET_NEXT_ID = bpf__BPF_LINK_GET_NEXT_ID = bpf__BPF_PROG_GET_NEXT_ID
