"""ioctl(2) as text, without a process."""

from __future__ import annotations

import errno
import struct
from types import FunctionType

import pytest

from ptracer.decode.detail import Detail, never
from ptracer.decode.registry import Signatures
from ptracer.plans import DETAILS, place
from ptracer.regs import I386, SYSTEM_CALL_ABIS
from ptracer.tables.calls import devices
from ptracer.tables.structs.ioctl import block, filesystem, interface, scsi, terminal
from ptracer.tables.words.devices import Command
from tests.decoding import number_of, text_of, words
from tests.layouts import disagreements

PLACE, OTHER = 0x10000, 0x20000
VARIANTS = {name.partition("__")[2]: one for name, one in vars(devices).items() if isinstance(one, FunctionType) and "__" in name}


def ioctl(command: str | int, argument: int, *memory: dict[int, bytes] | None, result: int = 0, **detail: object) -> str:
    """The arguments after the descriptor."""
    number = Command.constants[command] if isinstance(command, str) else command
    line = text_of("ioctl", (3, number, argument), result, *memory, **detail)
    return line.removeprefix("ioctl(3, ").rpartition(")" if " = " not in line else ") = ")[0]


@pytest.mark.parametrize("abi", SYSTEM_CALL_ABIS, ids=lambda abi: abi.name)
@pytest.mark.parametrize("detail", [Detail(), Detail(abbreviate=never)], ids=["brief", "full"])
def test_every_variant_compiles(abi: object, detail: Detail) -> None:
    signatures = Signatures(detail)
    number = number_of("ioctl", abi)
    for name in VARIANTS:
        signature = signatures.find(abi, number, (3, Command.constants[name], 0, 0, 0, 0))
        assert len(signature.parameters) == len(VARIANTS[name].__annotations__.keys() - {"return"}), name


class TestNames:
    def test_several_drivers_use_one_number(self) -> None:
        assert ioctl(0x40049409, -1 & 0xFFFFFFFF) == "BTRFS_IOC_CLONE or FICLONE, -1"

    def test_an_unknown_command_is_taken_apart(self) -> None:
        assert ioctl(0xC0105499, 5) == "_IOC(_IOC_READ|_IOC_WRITE, 0x54, 0x99, 0x10), 0x5"
        assert ioctl(0, 0) == "_IOC(_IOC_NONE, 0, 0, 0), 0"

    def test_only_32_bits_of_a_command_count(self) -> None:
        assert ioctl(0xFFFFFFFF00005411, PLACE, None, {PLACE: words(7, size=4)}) == "TIOCOUTQ, [7]"


class TestUnknownArguments:
    READ, WRITE, BOTH = 0x80049999, 0x40049999, 0xC0049999

    def test_they_are_numbers(self) -> None:
        assert ioctl(self.WRITE, PLACE, {PLACE: b"abcd"}).endswith(", 0x10000")

    def test_in_full_they_are_the_bytes_that_the_command_says(self) -> None:
        before, after = {PLACE: b"abcd"}, {PLACE: b"efgh"}
        assert ioctl(self.WRITE, PLACE, before, after, abbreviate=never).endswith(', "\\x61\\x62\\x63\\x64"')
        assert ioctl(self.READ, PLACE, before, after, abbreviate=never).endswith(', "\\x65\\x66\\x67\\x68"')
        both = ioctl(self.BOTH, PLACE, before, after, abbreviate=never)
        assert both.endswith('"\\x61\\x62\\x63\\x64" => "\\x65\\x66\\x67\\x68"')

    def test_but_not_where_every_other_command_of_the_device_is_known(self) -> None:
        assert ioctl(0x40045499, PLACE, {PLACE: b"abcd"}, abbreviate=never).endswith(", 0x10000")


class TestTerminals:
    STATE = words(0x4500, 5, 0xBF, 0x8A3B, size=4) + bytes([0, 3, 28, 127, 21]) + bytes(15)

    def test_modes(self) -> None:
        text = (
            "{c_iflag=ICRNL|IXON|IUTF8, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|OPOST|ONLCR, c_cflag=B38400|CS8|CREAD,"
            " c_lflag=ISIG|ICANON|ECHO|ECHOE|ECHOK|IEXTEN|ECHOCTL|ECHOKE, "
        )
        assert ioctl("TCGETS", PLACE, None, {PLACE: self.STATE}) == f"TCGETS, {text}...}}"
        full = ioctl("TCGETS", PLACE, None, {PLACE: self.STATE}, abbreviate=never)
        assert full.startswith(f"TCGETS, {text}c_line=N_TTY, c_cc=[[VINTR]=0x3, [VQUIT]=0x1c, [VERASE]=0x7f,")
        assert full.endswith("[17]=0, [18]=0]}")

    @pytest.mark.parametrize("device", [b"char 136:1", b"char 4:64", b"char 5:2 @/dev/pts/1"])
    def test_a_command_that_another_driver_has_too_is_theirs_when_the_device_is_one(self, device: bytes) -> None:
        assert ioctl("TCSETS", PLACE, {PLACE: self.STATE, place(DETAILS, 3): device}).startswith("TCSETS, {")
        assert ioctl("TCSETSW", 0, {place(DETAILS, 3): device}) == "TCSETSW, NULL"

    @pytest.mark.parametrize("device", [b"char 14:1", b"block 4:64", b"char 50:1", b""])
    def test_and_may_be_anybodys_when_it_is_not(self, device: bytes) -> None:
        assert ioctl("TCSETSF", 0, {place(DETAILS, 3): device} if device else {}) == "SNDCTL_TMR_CONTINUE or TCSETSF, NULL"

    def test_size(self) -> None:
        window = struct.pack("<4H", 24, 80, 0, 0)
        assert ioctl("TIOCGWINSZ", PLACE, None, {PLACE: window}) == "TIOCGWINSZ, {ws_row=24, ws_col=80, ws_xpixel=0, ws_ypixel=0}"
        assert ioctl("TIOCGWINSZ", PLACE, result=-errno.ENOTTY) == "TIOCGWINSZ, 0x10000"

    def test_commands_without_an_argument(self) -> None:
        assert ioctl("TIOCNOTTY", PLACE) == "TIOCNOTTY"


class TestInterfaces:
    REQUEST = b"eth0".ljust(16, b"\0") + struct.pack("<H14s8x", 1, bytes(range(14)))

    def test_what_is_asked_and_what_is_answered(self) -> None:
        asked = {PLACE: self.REQUEST}
        assert ioctl("SIOCGIFHWADDR", PLACE, asked, result=-errno.ENODEV) == 'SIOCGIFHWADDR, {ifr_name="eth0"}'
        assert ioctl("SIOCGIFHWADDR", PLACE, asked, asked) == (
            'SIOCGIFHWADDR, {ifr_name="eth0", ifr_hwaddr={sa_family=ARPHRD_ETHER, sa_data=00:01:02:03:04:05}}'
        )

    def test_all_interfaces(self) -> None:
        address = b"lo".ljust(16, b"\0") + struct.pack("<H2s4s16x", 2, b"\0\0", b"\x7f\0\0\1")
        memory = {PLACE: struct.pack("<i4xQ", 40, OTHER), OTHER: address}
        assert ioctl("SIOCGIFCONF", PLACE, memory, memory) == (
            'SIOCGIFCONF, {ifc_len=40 /* 1 * sizeof(struct ifreq) */, ifc_buf=[{ifr_name="lo", ifr_addr={sa_family=AF_INET,'
            ' sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}}]}'
        )


class TestFiles:
    def test_flags(self) -> None:
        assert ioctl("FS_IOC_GETFLAGS", PLACE, None, {PLACE: words(0x80010, size=4)}) == (
            "FS_IOC_GETFLAGS, [FS_IMMUTABLE_FL|FS_EXTENT_FL]"
        )

    def test_extents(self) -> None:
        asked = {PLACE: words(0, -1) + words(1, 0, 1, 0, size=4)}
        extent = words(0, 4096, 8192, 0, 0) + words(1, 0, 0, 0, size=4)
        answer = {PLACE: words(0, -1) + words(1, 1, 1, 0, size=4) + extent}
        text = "FS_IOC_FIEMAP, {fm_start=0, fm_length=18446744073709551615, fm_flags=FIEMAP_FLAG_SYNC, fm_extent_count=1}"
        after = "{fm_flags=FIEMAP_FLAG_SYNC, fm_mapped_extents=1, "
        assert ioctl("FS_IOC_FIEMAP", PLACE, asked, answer) == f"{text} => {after}...}}"
        assert ioctl("FS_IOC_FIEMAP", PLACE, asked, answer, abbreviate=never) == (
            f"{text} => {after}fm_extents=[{{fe_logical=0, fe_physical=4096, fe_length=8192, fe_flags=FIEMAP_EXTENT_LAST}}]}}"
        )


class TestOtherAbis:
    def test_a_number_of_another_abi_is_no_command(self) -> None:
        assert ioctl(0x80041272, PLACE, None, {PLACE: words(1)}) == "_IOC(_IOC_READ, 0x12, 0x72, 0x4), 0x10000"
        assert ioctl(0x80041272, PLACE, None, {PLACE: words(1)}, abi=I386) == "BLKGETSIZE64, [1]"

    def test_where_only_the_kernel_knows_more_a_pointer_is_a_pointer(self) -> None:
        assert ioctl("SIOCETHTOOL", 0) == "SIOCETHTOOL, NULL"
        assert ioctl(0x40084533, 0) == "_IOC(_IOC_WRITE, 0x45, 0x33, 0x8), NULL"


class TestStyles:
    def test_a_number_is_shown_undivided_without_names(self) -> None:
        memory = {PLACE: words(0, 1, 0, 0x2001, size=4) + bytes(76)}
        assert "flags=V4L2_BUF_FLAG_MAPPED|V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC|" in ioctl("VIDIOC_QUERYBUF", PLACE, memory, memory)
        assert "flags=0x2001," in ioctl("VIDIOC_QUERYBUF", PLACE, memory, memory, constants="raw")

    def test_there_are_no_remarks_within_remarks(self) -> None:
        assert ioctl(0x401845CB, 0) == "EVIOCSABS(0xb /* ABS_??? */), NULL"
        assert ioctl(0x401845CB, 0, constants="verbose") == "0x401845cb /* EVIOCSABS(0xb) */, NULL"

    def test_a_period_is_only_explained_with_names(self) -> None:
        assert ioctl("KIOCSOUND", 1000) == "KIOCSOUND, 1000 /* 1193 Hz */"
        assert ioctl("KIOCSOUND", 1000, constants="raw") == "0x4b2f, 1000"


class TestScsi:
    def header(self, direction: int, residue: int) -> bytes:
        return struct.pack("<iiBBHIQQQIIi4xQBBBBHHiII4x", ord("S"), direction, 2, 32, 0, 4, OTHER, OTHER + 8, 0, 20000, 1, 0, 0,
                           2, 0, 0, 0, 0, 0, residue, 7, 1)  # fmt: skip

    def test_what_is_read_is_as_much_as_has_come(self) -> None:
        memory = {PLACE: self.header(-3, 1), OTHER: b"abcdefgh\x12\x00"}
        assert ioctl("SG_IO", PLACE, memory, memory) == (
            "SG_IO, {interface_id='S', dxfer_direction=SG_DXFER_FROM_DEV, cmd_len=2, cmdp=\"\\x12\\x00\", mx_sb_len=32, iovec_count=0,"
            ' dxfer_len=4, timeout=20000, flags=SG_FLAG_DIRECT_IO, dxferp="\\x61\\x62\\x63", status=0x2, masked_status=0, msg_status=0,'
            " sb_len_wr=0, sbp=NULL, host_status=0, driver_status=0, resid=1, duration=7, info=SG_INFO_CHECK}"
        )

    def test_data_in_both_directions_are_a_change(self) -> None:
        before, after = ({PLACE: self.header(-4, 2), OTHER: text + b"\x12\x00"} for text in (b"abcdefgh", b"ABCDEFGH"))
        assert ' dxferp="\\x61\\x62\\x63\\x64" => "\\x41\\x42", ' in ioctl("SG_IO", PLACE, before, after)

    def test_other_versions_are_unknown(self) -> None:
        assert ioctl("SG_IO", PLACE, {PLACE: words(7, size=4)}, {PLACE: words(7, size=4)}) == "SG_IO, [7]"
        assert (
            ioctl("SG_IO", PLACE, {PLACE: words(83, size=4)}, {PLACE: words(83, size=4)}) == "SG_IO, {interface_id='S', 0x10000}"
        )


class TestGrowing:
    def test_what_is_known_of_a_process_ends_where_the_room_does(self) -> None:
        memory = {PLACE: words(0xF1) + bytes(8) + words(5, 5, 1, *[0] * 9, 1, 11, 3, 0, size=4) + words(0xFF)}
        small, larger = (ioctl(0xC000FF0B | size << 16, PLACE, memory, memory) for size in (64, 76))
        assert small.endswith("PIDFD_INFO_COREDUMP_CODE, pid=5, tgid=5, ppid=1}")
        assert larger.endswith("ppid=1, coredump_mask=PIDFD_COREDUMPED, coredump_signal=SIGSEGV, coredump_code=3}")
        assert ioctl(0xC030FF0B, PLACE, memory, memory).endswith(", 0x10000")


class TestLines:
    def test_known_properties_have_names(self) -> None:
        attributes = words(3, 0, size=4) + words(7, 1) + words(9, 0, size=4) + words(7, 2)
        config = words(4) + words(2, *[0] * 5, size=4) + attributes
        assert ioctl("GPIO_V2_LINE_SET_CONFIG_IOCTL", PLACE, {PLACE: config.ljust(272, b"\0")}) == (
            "GPIO_V2_LINE_SET_CONFIG_IOCTL, {flags=GPIO_V2_LINE_FLAG_INPUT, num_attrs=2,"
            " attrs=[{debounce_period_us=7, mask=0x1}, {attr={id=9, data=0x7}, mask=0x2}]}"
        )


class TestBuffers:
    def test_which_have_been_made_is_a_remark_on_the_result(self) -> None:
        memory = {PLACE: words(2, 4, 1, 0, size=4) + words(0) + bytes(232)}
        number = Command.constants["VIDIOC_CREATE_BUFS"]
        assert text_of("ioctl", (3, number, PLACE), 0, memory, memory).endswith(" = 0 ({index=2, count=4})")


LAYOUTS = [
    (terminal.termios, "termios", "asm/termbits.h"),
    (terminal.termio, "termio", "asm/termios.h"),
    (terminal.winsize, "winsize", "asm/termios.h"),
    (interface.ifmap, "ifmap", "linux/if.h"),
    (interface.set_map, "ifreq", "linux/if.h"),
    (interface.set_address, "ifreq", "linux/if.h"),
    (block.blkpg_partition, "blkpg_partition", "linux/blkpg.h"),
    (block.loop_info64, "loop_info64", "linux/loop.h"),
    (block.hd_geometry, "hd_geometry", "linux/hdreg.h"),
    (filesystem.fsxattr, "fsxattr", "linux/fs.h"),
    (filesystem.file_clone_range, "file_clone_range", "linux/fs.h"),
    (filesystem.fiemap, "fiemap", "linux/fiemap.h"),
    (filesystem.fiemap_extent, "fiemap_extent", "linux/fiemap.h"),
    (scsi.sg_scsi_id, "sg_scsi_id", "scsi/sg.h"),
    (scsi.sg_req_info, "sg_req_info", "scsi/sg.h"),
]


@pytest.mark.parametrize("abi", ["x86_64", "i386"])
@pytest.mark.parametrize(("table", "name", "header"), LAYOUTS, ids=[row[1] for row in LAYOUTS])
def test_structures_are_as_large_as_in_c(table: type, name: str, header: str, abi: str) -> None:
    there = [problem for problem in disagreements(table, f"struct {name}", [header], abi) if "no such thing" not in problem]
    assert not there
