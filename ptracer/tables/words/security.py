"""Words of security. Source: seccomp(2), keyctl(2), landlock(7), linux/lsm.h, linux/nsfs.h."""

from __future__ import annotations

from ptracer.decode.types import Integer
from ptracer.decode.values import Hex, Symbol
from ptracer.decode.words import Enum, Flags
from ptracer.tables.words.errors import ErrorNumberType

SeccompOperation = Enum("security.seccomp_operations", "SECCOMP_???")
FilterFlags = Flags("security.seccomp_filter_flags", "SECCOMP_FILTER_FLAG_???")
FilterAction = Enum("security.seccomp_actions", "SECCOMP_RET_???")

KeyctlOperation = Enum("security.keyctl_commands", "KEYCTL_???")
Key = Enum("security.keyring_ids", None, signed=True, decimal=True)
DefaultKeyring = Enum("security.request_key_keyrings", "KEY_REQKEY_DEFL_???", signed=True, decimal=True)
KeyPermissions = Flags("security.key_permissions", "KEY_???")
KeyMoveFlags = Flags("security.keyctl_move_flags", "KEYCTL_MOVE_???")
KeyOperations = Flags("security.keyctl_key_operations", "KEYCTL_SUPPORTS_???")
KeyCapabilities0 = Flags("security.keyctl_capabilities0", "KEYCTL_CAPS0_???", width=1)
KeyCapabilities1 = Flags("security.keyctl_capabilities1", "KEYCTL_CAPS1_???", width=1)

RulesetFlags = Flags("security.landlock_create_flags", "LANDLOCK_CREATE_RULESET_???")
RuleFlags = Flags("security.landlock_add_flags", "LANDLOCK_ADD_RULE_???")
RuleType = Enum("security.landlock_rule_types", "LANDLOCK_RULE_???")
FileAccess = Flags("security.landlock_file_access", "LANDLOCK_ACCESS_FS_???", width=8)
NetworkAccess = Flags("security.landlock_network_access", "LANDLOCK_ACCESS_NET_???", width=8)
Scopes = Flags("security.landlock_scopes", "LANDLOCK_SCOPE_???", width=8)

SecurityAttribute = Enum("security.lsm_attributes", "LSM_ATTR_???")
SecurityAttributeFlags = Flags("security.lsm_flags", "LSM_FLAG_???")
SecurityModule = Enum("security.lsm_ids", "LSM_ID_???", width=8)

NameSpaceTypes = Flags("security.name_space_types", "???_NS")
NameSpaceOwner = Integer(
    8, shape=lambda number: Symbol(number, "LISTNS_CURRENT_USER") if number == 0xFFFFFFFFFFFFFFFF else Hex(number)
)


class UnsignedErrorNumber(ErrorNumberType):
    """An errno in an unsigned integer."""

    def __init__(self) -> None:
        super().__init__()
        self.signed = False


RejectionError = UnsignedErrorNumber()
