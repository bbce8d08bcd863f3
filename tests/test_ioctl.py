"""ioctl(2) as text, without a process."""

from __future__ import annotations

import errno
import struct
from types import FunctionType

import pytest

from ptracer.decode.detail import Detail, never
from ptracer.decode.registry import Signatures
from ptracer.regs import SYSTEM_CALL_ABIS
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
