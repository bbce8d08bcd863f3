"""Words of mounts and quotas. Source: mount(2), umount2(2), mount_setattr(2), statmount(2), quotactl(2)."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Layout
from ptracer.decode.values import Applied, Joined, Meant, Value
from ptracer.decode.words import Constants, Enum, Flags, Word, group
from ptracer.hints import Any

MAGIC, MAGIC_MASK = 0xC0ED0000, 0xFFFF0000  # MS_MGC_VAL, which old programs put into mount flags


class MountFlagsWord(Flags):
    """Flags of a mount, with the magic number of old programs: ``MS_MGC_VAL|MS_RDONLY``."""

    def __init__(self) -> None:
        super().__init__("files.mount_flags", "MS_???", width=0)
        self.magic = Enum({"MS_MGC_VAL": MAGIC})

    def value(self, layout: Layout) -> Callable[[int], Value]:
        spell, magic = self.spell, self.magic.spell(MAGIC)

        def shape(number: int) -> Value:
            if number & MAGIC_MASK != MAGIC:
                return spell(number)
            rest = number & ~MAGIC_MASK
            return Joined([magic, spell(rest)]) if rest else magic

        return shape


MountFlags = MountFlagsWord()
UnmountFlags = Flags("files.umount_flags", "MNT_???")
FsOpenFlags = Flags("files.fsopen_flags", "FSOPEN_???")
FsPickFlags = Flags("files.fspick_flags", "FSPICK_???")
FsConfigCommand = Enum("files.fsconfig_commands", "FSCONFIG_???")
FsMountFlags = Flags("files.fsmount_flags", "FSMOUNT_???")
FsMountAttributes = Flags("files.fsmount_attributes", "MOUNT_ATTR_???")
MoveMountFlags = Flags("files.move_mount_flags", "MOVE_MOUNT_???")
OpenTreeFlags = Flags("files.open_tree_flags", "OPEN_TREE_???")
MountSetattrFlags = Flags("files.mount_setattr_flags", "AT_???")
MountAttributes = Flags("files.mount_attributes", "MOUNT_ATTR_???", width=8)
Propagation = Enum("files.mount_propagations", "MS_???", width=8)
StatMountMask = Flags("files.statmount_masks", "STATMOUNT_???", width=8)
StatMountFlags = Flags("files.statmount_flags", "STATMOUNT_???")
ListMountFlags = Flags("files.listmount_flags", "LISTMOUNT_???")
ListMountId = Enum("files.listmount_ids", width=8)
SuperblockFlags = Flags("files.superblock_flags", "MS_???")
SuperblockMagic = Enum("files.filesystem_magics", width=8)

# --- quotas

QuotaType = Enum("files.quota_types", "???QUOTA")
QuotaFormat = Enum("files.quota_formats", "QFMT_???")
QuotaFields = Flags("files.quota_valid_fields", "QIF_???")
QuotaInfoFlags = Flags("files.quota_info_flags", "DQF_???")
QuotaInfoFields = Flags("files.quota_info_fields", "IIF_???")
XfsQuotaFlags = Flags("files.xfs_quota_flags", "FS_QUOTA_???")
XfsQuotaStateFlags = Flags("files.xfs_quota_flags", "FS_QUOTA_???", width=2)
XfsQuotaTypes = Flags("files.xfs_quota_types", "FS_???_QUOTA")
XfsQuotaType = Flags("files.xfs_quota_types", "FS_???_QUOTA", width=1)

TYPE_BITS = 8  # SUBCMDSHIFT of linux/quota.h: below are the bits of the type of quota


class QuotaCommandWord(Word):
    """A command on quotas of one type: ``QCMD(Q_GETQUOTA, USRQUOTA)``. The type chooses no variant."""

    def __init__(self) -> None:
        super().__init__("files.quota_commands", "Q_???")
        self.command = Enum("files.quota_commands", "Q_???")

    @property
    def constants(self) -> Constants:
        return {name: number << TYPE_BITS for name, number in group(self.reference).items()}

    def key(self, number: int) -> int:
        return number & self.mask & -(1 << TYPE_BITS)

    def value(self, layout: Layout) -> Callable[[int], Any]:
        command, kind = self.command.spell, QuotaType.spell

        def shape(number: int) -> Value:
            return Meant(number, Applied("QCMD", (command(number >> TYPE_BITS), kind(number & (1 << TYPE_BITS) - 1))))

        return shape


QuotaCommand = QuotaCommandWord()
