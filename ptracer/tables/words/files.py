"""Words of files. Source: open(2), fcntl(2), stat(2), inode(7), lseek(2), splice(2), and their like."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Fd, Integer, Layout
from ptracer.decode.values import Applied, ByName, Hex, Joined, Meant, ModeBits, Permissions, Symbol, Unknown, Value
from ptracer.decode.words import Enum, Flags, Parts, Special, Word, group
from ptracer.hints import Any
from ptracer.tables.words.signals import SignalNumber

AT_FDCWD = -100
DirFd = Special(Fd, {AT_FDCWD: "AT_FDCWD"})


def owner(number: int) -> Value:
    """A user or group; the highest number is written -1, for it means none."""
    return -1 if number == 0xFFFFFFFF else number


def short_owner(number: int) -> Value:
    """The same in 16 bits."""
    return -1 if number == 0xFFFF else number


Owner, ShortOwner = Integer(4, shape=owner), Integer(2, shape=short_owner)


def swapped(number: int) -> Value:
    """64 bits that came with the high half in the first register."""
    number = number >> 32 | (number & 0xFFFFFFFF) << 32
    return number - (1 << 64) if number >> 63 else number


HighHalfFirst = Integer(8, shape=swapped)

# --- opening and descriptors
OpenFlags = Flags("files.open_flags", "O_???", fields={3: "files.open_access_modes"})
LongOpenFlags = Flags("files.open_how_flags", "O_???", width=8, fields={3: "files.open_access_modes"})
DescriptionFlags = Flags("files.open_flags", "O_???")  # of calls that know no access mode
CloseRangeFlags = Flags("files.close_range_flags", "CLOSE_RANGE_???")
ResolveFlags = Flags("files.resolve_flags", "RESOLVE_???", width=8)
SecretFlags = Flags({"O_CLOEXEC": 0o2000000})
Whence = Enum("files.seek_whence", "SEEK_???")
FcntlCommand = Enum("files.fcntl_commands", "F_???")
DescriptorFlags = Flags("files.descriptor_flags", "FD_???")
Seals = Flags("files.seal_flags", "F_SEAL_???", width=0)
LockType = Enum("files.lock_types", "F_???", width=2)
ShortWhence = Enum("files.seek_whence", "SEEK_???", width=2)
Lease = Enum("files.lock_types", "F_???", width=0)
OwnerType = Enum("files.owner_types", "F_OWNER_???")
WriteHint = Enum("files.write_hints", "RWH_WRITE_LIFE_???", width=8)
NotifyFlags = Flags("files.directory_notify_flags", "DN_???", width=0)
FlockOperation = Flags("files.flock_operations", "LOCK_???")

# --- data
AllocationMode = Flags("files.fallocate_modes", "FALLOC_FL_???")
FileAdvice = Enum("files.file_advice", "POSIX_FADV_???")
SyncRangeFlags = Flags("files.sync_file_range_flags", "SYNC_FILE_RANGE_???")
SpliceFlags = Flags("files.splice_flags", "SPLICE_F_???")
ReadWriteFlags = Flags("files.read_write_flags", "RWF_???")

# --- names
AtFlags = Flags("files.at_flags", "AT_???")
ChangeAtFlags = Flags("files.change_at_flags", "AT_???")
AccessAtFlags = Flags("files.access_at_flags", "AT_???")
HandleAtFlags = Flags("files.handle_at_flags", "AT_???")
AccessMode = Flags("files.access_modes", "?_OK")
RenameFlags = Flags("files.rename_flags", "RENAME_???")
AttributeFlags = Flags("files.xattr_flags", "XATTR_???")
InodeFlags = Flags("files.extended_inode_flags", "FS_XFLAG_???", width=8)
EntryType = Enum("files.directory_entry_types", "DT_???", width=1)

# --- status
Mode = Integer(2, shape=Permissions)
LongMode = Integer(8, shape=Permissions)
StatxFlags = Parts((0x6000, Flags("files.statx_sync_types")), (0xFFFF9FFF, Flags("files.at_flags")))
StatxMask = Flags("files.statx_masks", "STATX_???")
StatxAttributes = Flags("files.statx_attributes", "STATX_ATTR_???", width=8)
FilesystemMagic, ShortFilesystemMagic = (Enum("files.filesystem_magics", width=width) for width in (8, 4))
FilesystemFlags, ShortFilesystemFlags = (Flags("files.filesystem_flags", "ST_???", width=width) for width in (8, 4))

TYPE_MASK, TYPE_CHARACTER, TYPE_BLOCK = 0o170000, 0o020000, 0o060000


class FileModeWord(Word):
    """What a file is and who may use it: ``S_IFREG|S_ISUID|0755``."""

    def __init__(self, width: int) -> None:
        super().__init__("files.file_types", None, width)

    def spelling(self, number: int) -> Symbol:
        raw = f"0{number:o}".zfill(3)
        names = [name for name, value in self.constants.items() if number & TYPE_MASK == value]
        if number & TYPE_MASK and not names:
            return Unknown(number, raw, raw, (raw,))
        left = number & ~TYPE_MASK
        for name, value in group("files.file_mode_bits").items():
            if left & value:
                names.append(name)
                left &= ~value
        names.append(f"0{left:o}".zfill(3))
        return ModeBits(number, "|".join(names), raw, tuple(names))


FileMode = FileModeWord(4)
ShortFileMode = FileModeWord(2)


def device(number: int) -> Value:
    """``makedev(0x8, 0x1)``. Source: makedev(3), of which the kernel's 32 bits are the lower half."""
    major, minor = number >> 8 & 0xFFF | number >> 32 & 0xFFFFF000, number & 0xFF | number >> 12 & 0xFFFFFF00
    return Meant(Hex(number), Applied("makedev", (Hex(major), Hex(minor))))


Device, WideDevice = Integer(4, shape=device), Integer(8, shape=device)


# --- results that are explained


class Explained(Integer):
    """A result with its meaning in parentheses: ``0x8002 (flags O_RDWR|O_LARGEFILE)``.

    ``label`` goes before the meaning, ``zero`` says that zero has one too, ``shape`` is how the number
    itself is shown.
    """

    def __init__(self, word: Word, label: str = "", zero: bool = False, shape: Callable[[int], Value] | None = Hex) -> None:
        super().__init__(4, shape=shape)
        self.word, self.label, self.zero = word, label, zero

    def note(self, layout: Layout) -> Callable[[Any], str | Value | None]:
        spell, label, zero = self.word.spell, self.label, self.zero

        def meaning(call: Any) -> str | Value | None:
            number = call.result & 0xFFFFFFFF
            if not number and not zero:
                return None
            symbol = spell(number)
            if not label:
                return None if isinstance(symbol, Unknown) else symbol.text
            return Joined([Symbol(0, label, label), symbol], " ")

        return meaning


class ExplainedFlags(Explained):
    """The flags of an open file, always by name."""

    def note(self, layout: Layout) -> Callable[[Any], str | Value | None]:
        spell, label = self.word.spell, Symbol(0, "flags", "flags")
        return lambda call: ByName(Joined([label, spell(call.result & 0xFFFFFFFF)], " "), always=True)


OpenFlagsResult = ExplainedFlags(OpenFlags)
DescriptorFlagsResult = Explained(Flags("files.descriptor_flags", None), "flags")
SealsResult = Explained(Flags("files.seal_flags", None), "seals")
LeaseResult = Explained(Enum("files.lock_types", "F_???"), zero=True)
SignalResult = Explained(SignalNumber, shape=None)


# --- flags with a number in them


class MemoryFileFlagsWord(Flags):
    """Flags, and in the highest bits the logarithm of a huge page's size: ``MFD_HUGETLB|21<<MFD_HUGE_SHIFT``."""

    SHIFT = 26
    further = ({"MFD_HUGE_SHIFT": SHIFT},)

    def __init__(self) -> None:
        super().__init__("memory.memfd_flags", "MFD_???")

    def spelling(self, number: int) -> Symbol:
        huge = number >> self.SHIFT
        flags = super().spelling(number & (1 << self.SHIFT) - 1)
        if not huge:
            return flags
        names = (*(flags.names if number & (1 << self.SHIFT) - 1 else ()), f"{huge}<<MFD_HUGE_SHIFT")
        return Symbol(number, "|".join(names), f"{number:#x}", names, True)


MemoryFileFlags = MemoryFileFlagsWord()


class SwapFlagsWord(Integer):
    """Flags and a priority: ``SWAP_FLAG_PREFER|5``. Source: swapon(2)."""

    PRIORITY = 0x7FFF

    def __init__(self) -> None:
        super().__init__(4)
        self.flags = Flags("kernel.swap_flags", "SWAP_FLAG_???")

    def value(self, layout: Layout) -> Callable[[int], Value]:
        priority, spell = self.PRIORITY, self.flags.spell

        def shape(number: int) -> Value:
            if number & ~priority:
                return Joined([spell(number & ~priority), number & priority])
            return number & priority

        return shape


SwapFlags = SwapFlagsWord()
