"""Terminals. Source: ioctl_tty(2), termios(3), asm/termbits.h."""

from __future__ import annotations

from ptracer.decode.structs import Struct
from ptracer.decode.types import Bytes, HexByte, UInt, UShort
from ptracer.decode.words import group
from ptracer.tables.structs.ioctl.exchange import Indexed
from ptracer.tables.words.devices import (
    ControlFlags,
    Discipline,
    InputFlags,
    LocalFlags,
    OutputFlags,
    ShortControlFlags,
    ShortInputFlags,
    ShortLocalFlags,
    ShortOutputFlags,
)

CHARACTERS = {number: name for name, number in group("devices.terminal_characters").items()}


class termios(Struct):
    brief = ("c_iflag", "c_oflag", "c_cflag", "c_lflag")
    c_iflag: InputFlags
    c_oflag: OutputFlags
    c_cflag: ControlFlags
    c_lflag: LocalFlags
    c_line: Discipline
    c_cc: Indexed(CHARACTERS, HexByte, 19)


class termios2(termios):
    """The same with speeds that are numbers."""

    c_ispeed: UInt
    c_ospeed: UInt


class termio(Struct):
    brief = ("c_iflag", "c_oflag", "c_cflag", "c_lflag")
    c_iflag: ShortInputFlags
    c_oflag: ShortOutputFlags
    c_cflag: ShortControlFlags
    c_lflag: ShortLocalFlags
    c_line: Discipline
    c_cc: Indexed(CHARACTERS, HexByte, 8)


class winsize(Struct):
    ws_row: UShort
    ws_col: UShort
    ws_xpixel: UShort
    ws_ypixel: UShort


Character = Bytes[1]
