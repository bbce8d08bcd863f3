"""Words of storage: btrfs, the device mapper, trusted environments."""

from __future__ import annotations

from ptracer.decode.types import Integer
from ptracer.decode.values import Symbol
from ptracer.decode.words import Enum, Flags, Parts, Special


class NamedFlags(Flags):
    """Flags that have their names even where numbers are wanted."""

    def spelling(self, number: int) -> Symbol:
        text = super().spelling(number).text
        return Symbol(number, text, text)


# --- btrfs: linux/btrfs.h, linux/btrfs_tree.h

SubvolumeFlags = Flags("storage.subvolume_flags", "BTRFS_SUBVOL_???", width=8)
QuotaLimitFlags = Flags("storage.quota_limit_flags", "BTRFS_QGROUP_LIMIT_???", width=8)
QuotaInheritFlags = Flags("storage.quota_inherit_flags", "BTRFS_QGROUP_INHERIT_???", width=8)
QuotaCommand = Enum("storage.quota_commands", "BTRFS_QUOTA_CTL_???", width=8)
ScrubFlags = Flags("storage.scrub_flags", "BTRFS_SCRUB_???", width=8)
ReplaceCommand = Enum("storage.replace_commands", "BTRFS_IOCTL_DEV_REPLACE_CMD_???", width=8)
ReplaceResult = Enum("storage.replace_results", "BTRFS_IOCTL_DEV_REPLACE_RESULT_???", width=8)
ReplaceState = Enum("storage.replace_states", "BTRFS_IOCTL_DEV_REPLACE_STATE_???", width=8)
ReplaceMode = Enum(
    "storage.replace_modes", "BTRFS_IOCTL_DEV_REPLACE_CONT_READING_FROM_SRCDEV_MODE_???", width=8
)
InformationFlags = Flags("storage.information_flags", "BTRFS_FS_INFO_FLAG_???", width=8)
ChecksumType = Enum("storage.checksum_types", "BTRFS_CSUM_TYPE_???", width=2)
CompatibleFeatures = Flags({}, "BTRFS_FEATURE_COMPAT_???", width=8)  # there are none yet
ReadOnlyFeatures = Flags("storage.read_only_features", "BTRFS_FEATURE_COMPAT_RO_???", width=8)
IncompatibleFeatures = Flags("storage.incompatible_features", "BTRFS_FEATURE_INCOMPAT_???", width=8)
BalanceControl = Enum("storage.balance_controls", "BTRFS_BALANCE_CTL_???")
BalanceFlags = Flags("storage.balance_flags", "BTRFS_BALANCE_???", width=8)
BalanceState = Flags("storage.balance_states", "BTRFS_BALANCE_STATE_???", width=8)
BalanceFilters = Flags("storage.balance_filters", "BTRFS_BALANCE_ARGS_???", width=8)
BlockGroupFlags = Flags("storage.block_group_flags", "BTRFS_BLOCK_GROUP_???", width=8)
Object = Enum("storage.objects", width=8, decimal=True)
Key = Enum("storage.keys", decimal=True)
Unlimited = Special(Integer(8), {0xFFFFFFFFFFFFFFFF: "UINT64_MAX"})
DefragmentFlags = Flags("storage.defragment_flags", "BTRFS_DEFRAG_RANGE_???", width=8)
Compression = Enum("storage.compressions", "BTRFS_COMPRESS_???")
LogicalFlags = Flags("storage.logical_flags", "BTRFS_LOGICAL_INO_ARGS_???", width=8)
StatisticsFlags = Flags("storage.statistics_flags", "BTRFS_DEV_STATS_???", width=8)
SendFlags = Flags("storage.send_flags", "BTRFS_SEND_FLAG_???", width=8)

# --- device mapper: linux/dm-ioctl.h

MapperFlags = Flags("storage.mapper_flags", "DM_???")

# --- trusted environments: linux/tee.h

TrustedLogin = Enum("storage.trusted_logins", "TEE_IOCTL_LOGIN_???")
TrustedOrigin = Enum("storage.trusted_origins", "TEEC_ORIGIN_???")
TrustedDetails = Flags("storage.trusted_details", "TEE_OPTEE_CAP_???")
TrustedParameter = Parts(
    (0xFF, Enum("storage.trusted_parameters", "TEE_IOCTL_PARAM_ATTR_", width=8)),
    (0xFFFFFFFFFFFFFF00, NamedFlags("storage.trusted_parameter_flags", "TEE_IOCTL_PARAM_ATTR_???", width=8)),
    width=8,
)
