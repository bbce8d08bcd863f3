"""Words of devices: what ioctl(2) is asked to do, and the numbers in what its third argument points to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ptracer.decode.detail import PATH_MAX
from ptracer.decode.expressions import bind, this
from ptracer.decode.types import Argument, Integer, Layout
from ptracer.decode.values import Joined, Symbol, Value
from ptracer.decode.words import Constants, Enum, Flags, Parts, Word
from ptracer.hints import Any
from ptracer.plans import CONSTANT, DETAILS, DEVICES, LINK, Step, place
from ptracer.regs import ABI, X86_64

DIRECTIONS = ("_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE")


def hexadecimal(value: int) -> str:
    """A number in base sixteen, zero plain."""
    return f"{value:#x}" if value else "0"


@dataclass(frozen=True)
class Family:
    """Commands that differ in a parameter, which is the size or the index: ``EVIOCGNAME(32)``, ``EVIOCGABS(ABS_X)``.

    ``first`` is the one whose parameters are zero, ``count`` how many indices there are, ``word`` what they are called.
    """

    name: str
    first: int
    count: int = 1
    sized: bool = True
    word: str = ""
    unknown: str = ""
    zero: bool = True  # whether the index zero has a name

    def text(self, command: int) -> str:
        """The command with its parameters."""
        parameters = []
        if self.count > 1:
            index = (command & 0xFF) - (self.first & 0xFF)
            parameters.append(Enum(self.word, self.unknown).spell(index).text if self.word and (index or self.zero) else str(index))
        if self.sized:
            parameters.append(str(command >> 16 & 0x3FFF))
        return f"{self.name}({', '.join(parameters)})"


READ, WRITE = 2 << 30, 1 << 30
FAMILIES = (
    Family("EVIOCGNAME", READ | 0x4506),
    Family("EVIOCGPHYS", READ | 0x4507),
    Family("EVIOCGUNIQ", READ | 0x4508),
    Family("EVIOCGPROP", READ | 0x4509),
    Family("EVIOCGMTSLOTS", READ | 0x450A),
    Family("EVIOCGKEY", READ | 0x4518),
    Family("EVIOCGLED", READ | 0x4519),
    Family("EVIOCGSND", READ | 0x451A),
    Family("EVIOCGSW", READ | 0x451B),
    Family("EVIOCGBIT", READ | 0x4520, 0x20, word="input.event_types", unknown="EV_???", zero=False),
    Family("EVIOCGABS", READ | 0x4540, 0x40, sized=False, word="input.absolute_axes", unknown="ABS_???"),
    Family("EVIOCSABS", WRITE | 0x45C0, 0x40, sized=False, word="input.absolute_axes", unknown="ABS_???"),
    Family("HIDIOCGRAWNAME", READ | 0x4804),
    Family("HIDIOCGRAWPHYS", READ | 0x4805),
    Family("HIDIOCSFEATURE", READ | WRITE | 0x4806),
    Family("HIDIOCSFEATURE", READ | 0x4806),
    Family("HIDIOCGFEATURE", READ | WRITE | 0x4807),
    Family("HIDIOCGRAWUNIQ", READ | 0x4808),
    Family("HIDIOCGPHYS", READ | 0x4812),
    Family("JSIOCGNAME", READ | 0x6A13),
    Family("SPI_IOC_MESSAGE", WRITE | 0x6B00),
    Family("UI_GET_SYSNAME", READ | 0x552C),
    Family("MIXER_READ", READ | 0x4D00, 0x100, sized=False),
    Family("MIXER_WRITE", WRITE | 0x4D00, 0x100, sized=False),
)
# By type and number: commands whose structure grows, so that the kernel, too, takes them with any size.
GROWING = {0xFF0B: "PIDFD_GET_INFO"}


class CommandWord(Word):
    """A command. Some belong to several drivers, whose names are all shown; one that is unknown is taken apart.

    Where a structure has another size on another ABI, so has the command another number.
    """

    def __init__(self) -> None:
        super().__init__("", None)
        self.by_name: dict[str, int] = {}
        self.families: dict[int, Family] = {}

    @property
    def constants(self) -> Constants:
        if not self.by_name:
            from ptracer.tables.constants.ioctl import IOCTLS

            self.by_name = {name: command for command, names in IOCTLS.items() for name in names.split(" or ")}
            self.by_name |= {family.name: family.first for family in reversed(FAMILIES)}
        return self.by_name

    def family(self, command: int) -> Family | None:
        """What a command whose number carries a parameter belongs to."""
        if not self.families:
            self.families = {family.first + index: family for family in FAMILIES for index in range(family.count)}
        return self.families.get(command & 0xC000FFFF)

    def related(self, key: int, abi: ABI) -> tuple[int, ...]:
        names = names_of(key, abi)
        family = self.family(key)
        serving = [self.constants[name] for name in names.split(" or ") if name in self.constants]
        if family is not None:
            serving.append(self.constants[family.name])
        if key & 0xFFFF in GROWING:
            serving.append(self.constants[GROWING[key & 0xFFFF]])
        return tuple(serving)

    def spelling(self, number: int) -> Symbol:
        return self.named(number, names_of(number, X86_64))

    def named(self, command: int, names: str) -> Symbol:
        """A command by the names it has, or by its parts."""
        known = names.split(" or ") if names else []
        family = self.family(command)
        if family is not None:
            known.insert(0, family.text(command))
        if known:
            return Symbol(command, " or ".join(known), hexadecimal(command), tuple(known))
        kind, index, size = (hexadecimal(part) for part in (command >> 8 & 0xFF, command & 0xFF, command >> 16 & 0x3FFF))
        return Symbol(command, f"_IOC({DIRECTIONS[command >> 30]}, {kind}, {index}, {size})", hexadecimal(command))

    def value(self, layout: Layout) -> Callable[[int], Value]:
        abi = layout.abi
        return super().value(layout) if abi.word_size == 8 else lambda number: self.named(number, names_of(number, abi))


def names_of(command: int, abi: ABI) -> str:
    """What a command is called on an ABI, nothing where it is unknown."""
    from ptracer.tables.constants import ioctl

    names = ioctl.IOCTLS.get(command, "")
    if abi.word_size == 8:
        return names
    return (ioctl.IOCTLS_X32 if abi.register_size == 8 else ioctl.IOCTLS_I386).get(command, names)


class TerminalCommandWord(CommandWord):
    """A command of terminals whose number another driver has as well: of a terminal it is only theirs.

    A terminal is a character device of one of the numbers in Documentation/admin-guide/devices.txt.
    """

    pure = False

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step]:
        return [Step(LINK, positions["fd"], CONSTANT, 0, 1, DEVICES)]

    def plain(self, layout: Layout) -> Argument:
        descriptor, shape = bind(this.fd, layout.names), self.value(layout)

        def command(scope: Any, raw: int) -> Value:
            name = shape(raw & 0xFFFFFFFF)
            ours = [word for word in name.names if word.startswith(TERMINAL_PREFIX)]
            if len(ours) == len(name.names):
                return name
            device = scope.read_some(place(DETAILS, descriptor(scope)), PATH_MAX)
            return Symbol(name.number, ours[0], name.raw) if ours and TERMINALS.match(device) else name

        return command


TERMINAL_PREFIX = "TC"
# BSD's pseudo-terminals, virtual and serial terminals, /dev/tty and its like, Unix98's pseudo-terminals.
TERMINALS = re.compile(rb"char (?:[345]|13[6-9]|14[0-3]):")

Command, TerminalCommand = CommandWord(), TerminalCommandWord()


class BareFlags(Flags):
    """Flags of which none is nothing at all."""

    def spelling(self, number: int) -> Symbol:
        return super().spelling(number) if number else Symbol(0, "", "")


class Composed(Integer):
    """Several choices and then flags, all of them always shown.

    A choice is a mask and a word; one with a ``suffix`` is shifted and left out when it is zero.
    """

    def __init__(self, width: int, choices: tuple[tuple[int, Word, str], ...], flags: Flags) -> None:
        super().__init__(width)
        self.choices, self.flags = choices, flags
        self.composed: dict[int, Value] = {}

    def compose(self, number: int) -> Value:
        """The number by name."""
        values: list[Value] = []
        left = number
        for mask, word, suffix in self.choices:
            left &= ~mask
            part = number & mask
            if suffix:
                if part:
                    values.append(Joined([word.spell(part >> 16), Symbol(16, suffix)], "<<"))
            else:
                values.append(word.spell(part))
        return Joined([*values, self.flags.spell(left)])

    def value(self, layout: Layout) -> Callable[[int], Value]:
        composed, compose = self.composed, self.compose

        def shape(number: int) -> Value:
            value = composed.get(number)
            if value is None:
                value = compose(number)
                if len(composed) < 256:
                    composed[number] = value
            return value

        return shape


def terminal_flags(width: int) -> tuple[Integer, Integer, Integer, Integer]:
    """The four words of flags of a terminal: input, output, control, local."""
    delays = (
        (0o400, Enum("devices.terminal_newline_delays"), ""),
        (0o3000, Enum("devices.terminal_return_delays"), ""),
        (0o14000, Enum("devices.terminal_tab_delays"), ""),
        (0o20000, Enum("devices.terminal_backspace_delays"), ""),
        (0o40000, Enum("devices.terminal_vertical_delays"), ""),
        (0o100000, Enum("devices.terminal_form_feed_delays"), ""),
    )
    speed = Enum("devices.terminal_speeds")
    speeds = ((0o10017, speed, ""), (0o10017 << 16, speed, "IBSHIFT"), (0o60, Enum("devices.terminal_sizes"), ""))
    return (
        BareFlags("devices.terminal_input_flags", None, width),
        Composed(width, delays, BareFlags("devices.terminal_output_flags", None, width)),
        Composed(width, speeds, BareFlags("devices.terminal_control_flags", None, width)),
        BareFlags("devices.terminal_local_flags", None, width),
    )


InputFlags, OutputFlags, ControlFlags, LocalFlags = terminal_flags(4)
ShortInputFlags, ShortOutputFlags, ShortControlFlags, ShortLocalFlags = terminal_flags(2)
Discipline = Enum("devices.terminal_disciplines", "N_???", width=1)
FlowAction = Enum("devices.terminal_flow_actions", "TC???", width=0)
FlushQueue = Enum("devices.terminal_flush_queues", "TC???", width=0)
ModemLines = Flags("devices.modem_lines", "TIOCM_???")

InterfaceFlags = Flags("devices.interface_flags", "IFF_???", width=2)

InodeFlags = Flags("devices.inode_flags", "FS_???_FL")
ExtendedFlags = Flags("devices.inode_extended_flags", "FS_XFLAG_???")
ShutdownFlags = Enum("devices.shutdown_flags", "FS_SHUTDOWN_FLAGS_???")
IntegrityCapabilities = Flags("devices.integrity_capabilities", "LBMD_PI_CAP_???")
IntegrityChecksum = Enum("devices.integrity_checksums", "LBMD_PI_CSUM_???", width=1)
ExtentRequestFlags = Flags("devices.extent_request_flags", "FIEMAP_FLAG_???")
ExtentFlags = Flags("devices.extent_flags", "FIEMAP_EXTENT_???")

PartitionOperation = Enum("devices.partition_operations", "BLKPG_???")
LoopFlags = Flags("devices.loop_flags", "LO_FLAGS_???")
LoopCipher = Enum("devices.loop_ciphers", "LO_CRYPT_???")
BusState = Enum("devices.bus_states", "BUSSTATE_???", width=0)
AtaCommand = Enum("devices.ata_commands", "ATA_CMD_???", width=1)
ScsiResetTarget = Parts(
    (0x100, Flags({"SG_SCSI_RESET_NO_ESCALATE": 0x100}, None)),
    (0xFFFFFEFF, Enum("devices.scsi_reset_targets", "SG_SCSI_RESET_???")),
)
ScsiDirection = Enum("devices.scsi_directions", "SG_DXFER_???")
ScsiFlags = Flags("devices.scsi_flags", "SG_FLAG_???")
ScsiInformation = Flags("devices.scsi_information", "SG_INFO_???")
ScsiProtocol = Enum("devices.scsi_protocols", "BSG_PROTOCOL_???")
ScsiSubprotocol = Enum("devices.scsi_subprotocols", "BSG_SUB_PROTOCOL_???")
ScsiQueueFlags = Flags("devices.scsi_queue_flags", "BSG_FLAG_???")


class BitNumbers(Word):
    """A set of bits of which the constants are the numbers: ``1<<_UFFDIO_COPY``."""

    def spelling(self, number: int) -> Symbol:
        return Flags({f"1<<{name}": 1 << bit for name, bit in self.constants.items()}, self.unknown, self.width).spelling(number)


Nice = BitNumbers("devices.ide_nice", "IDE_NICE_???", width=0)

PerfIoctlFlags = Flags("devices.perf_ioctl_flags", "PERF_IOC_FLAG_???")
ClockFailures = Flags("devices.clock_failures", "RTC_VL_???")
ClockParameter = Enum("devices.clock_parameters", "RTC_PARAM_???", width=8)
WatchdogOptions = Flags("devices.watchdog_options", "WDIOF_???")
WatchdogSetOptions = Flags("devices.watchdog_set_options", "WDIOS_???")
InfraredFeatures = Flags("devices.infrared_features", "LIRC_CAN_???")
InfraredMode = Enum("devices.infrared_modes", "LIRC_MODE_???")

FaultFeatures = Flags("devices.userfaultfd_features", "UFFD_FEATURE_???", width=8)
FaultApiIoctls = BitNumbers("devices.userfaultfd_api_ioctls", "_UFFDIO_???", width=8)
FaultIoctls = BitNumbers("devices.userfaultfd_ioctls", "_UFFDIO_???", width=8)
FaultRegisterModes = Flags("devices.userfaultfd_register_modes", "UFFDIO_REGISTER_MODE_???", width=8)
FaultCopyModes = Flags("devices.userfaultfd_copy_modes", "UFFDIO_COPY_???", width=8)
FaultZeroModes = Flags("devices.userfaultfd_zero_modes", "UFFDIO_ZEROPAGE_???", width=8)
FaultProtectModes = Flags("devices.userfaultfd_protect_modes", "UFFDIO_WRITEPROTECT_MODE_???", width=8)
FaultContinueModes = Flags("devices.userfaultfd_continue_modes", "UFFDIO_CONTINUE_???", width=8)
FaultPoisonModes = Flags("devices.userfaultfd_poison_modes", "UFFDIO_POISON_???", width=8)
FaultMoveModes = Flags("devices.userfaultfd_move_modes", "UFFDIO_MOVE_???", width=8)

TrustedImplementation = Enum("devices.trusted_implementations", "TEE_IMPL_ID_???")
TrustedCapabilities = Flags("devices.trusted_capabilities", "TEE_GEN_CAP_???")
TrustedMemoryFlags = Flags("devices.trusted_memory_flags", "TEE_IOCTL_SHM_???")

VolumeType = Enum("devices.volume_types", "UBI_???_VOLUME", width=1)
VolumeFlags = Flags("devices.volume_flags", "UBI_VOL_???", width=1)
VolumeProperty = Enum("devices.volume_properties", "UBI_VOL_PROP_???", width=1)
EraseBlockType = Enum("devices.erase_block_types", "UBI_???", width=1)
FlashType = Enum("devices.flash_types", "MTD_???", width=1)
FlashFlags = Flags("devices.flash_flags", "MTD_???")
FlashFileMode = Enum("devices.flash_file_modes", "MTD_FILE_MODE_???", width=0)
FlashOperationMode = Enum("devices.flash_operation_modes", "MTD_OPS_???", width=1)
FlashOnceOption = Enum("devices.flash_once_options", "MTD_OTP_???")
FlashCorrectionMode = Enum("devices.flash_correction_modes", "MTD_NANDECC_???")

NetworkBlockFlags = Flags("devices.network_block_flags", "NBD_FLAG_???")
NotificationFlags = Flags("devices.notification_flags", "SECCOMP_USER_NOTIF_FLAG_???")
NotificationDescriptorFlags = Flags("devices.notification_descriptor_flags", "SECCOMP_ADDFD_FLAG_???")
NotificationModes = Flags("devices.notification_modes", "SECCOMP_USER_NOTIF_???", width=0)
CounterComponent = Enum("devices.counter_components", "COUNTER_COMPONENT_???", width=1)
CounterScope = Enum("devices.counter_scopes", "COUNTER_SCOPE_???", width=1)
CounterEvent = Enum("devices.counter_events", "COUNTER_EVENT_???", width=1)
UdmabufFlags = Flags("devices.udmabuf_flags", "UDMABUF_FLAGS_???")
ProcessInformation = Flags("devices.process_information", "PIDFD_INFO_???", width=8)
ClockFeatures = BitNumbers("devices.clock_features", "RTC_FEATURE_???", width=8)
ClockBackup = Enum("devices.clock_backups", "RTC_BSM_???", width=8)
CoreDumpState = Flags("devices.core_dump_states", "PIDFD_COREDUMP_???")
DescriptorFlags = Flags("files.open_flags", "O_???")

KeyCode = Enum("input.keys", "KEY_???")
SlotCode = Enum("devices.slot_codes", "ABS_MT_???")
EffectType = Enum("input.force_feedback", "FF_???", width=2)

ConsoleMode = Enum("devices.console_modes", "KD_???")
KeyboardMode = Enum("devices.keyboard_modes", "K_???", signed=True, decimal=True)
KeyboardMetaMode = Enum("devices.keyboard_meta_modes", "K_???")
KeyboardKind = Enum("devices.console_keyboards", "KB_???", width=1)
FontOperation = Enum("devices.font_operations", "KD_FONT_OP_???")
FontFlags = Flags("devices.font_flags", "KD_FONT_FLAG_???")
PreciseRequestFlags = Flags("devices.precise_request_flags", "PTP_???")
PreciseOutputFlags = Flags("devices.precise_output_flags", "PTP_???")
PrecisePinFunction = Enum("devices.precise_pin_functions", "PTP_PF_???")


class LightsWord(Flags):
    """The lights of a keyboard, or which of them show its state, and by default: the same bits, four places higher."""

    def __init__(self, unknown: str, defaults: bool) -> None:
        super().__init__("devices.console_lights", unknown, 1)
        self.defaults = defaults

    def spelling(self, number: int) -> Symbol:
        names = self.constants
        bits = dict(names) | ({f"{name}<<4": bit << 4 for name, bit in names.items()} if self.defaults else {})
        return Flags(bits, self.unknown, 1).spelling(number)


ConsoleLights, KeyboardLights = LightsWord("LED_???", False), LightsWord("LED_???", True)

MachineCapability = Enum("virtual.capabilities", "KVM_CAP_???", width=0)
MachineExit = Enum("virtual.exit_reasons", "KVM_EXIT_???")
MachineMemoryFlags = Flags("virtual.memory_flags", "KVM_MEM_???")
IdentificationFlags = Flags("virtual.cpuid_flags", "KVM_CPUID_FLAG_???")
LineInformationFlags = Flags("devices.line_information_flags", "GPIOLINE_FLAG_???")
LineHandleFlags = Flags("devices.line_handle_flags", "GPIOHANDLE_REQUEST_???")
LineFlags = Flags("devices.line_flags", "GPIO_V2_LINE_FLAG_???", width=8)
LineEventFlags = Flags("devices.line_event_flags", "GPIOEVENT_REQUEST_???")
