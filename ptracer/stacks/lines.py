"""Lines of source by address, from the line tables of DWARF; a unit's table is read when it is first needed."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property, lru_cache

from elftools.common.exceptions import DWARFError
from elftools.dwarf.descriptions import describe_form_class
from elftools.dwarf.dwarfinfo import DWARFInfo

from ptracer.hints import Any
from ptracer.stacks.objects import UNREADABLE, ObjectFile

Table = tuple[list[int], list[tuple[str, int] | None]]  # addresses, and what begins at each


def line_of(file: ObjectFile, address: int) -> str:
    """`` file.c:12``, or nothing where nothing is known."""
    try:
        information = information_of(file)
        unit = units_of(information).get(address) if information is not None else None
        if unit is None:
            return ""
        starts, lines = table_of(information, unit)
        place = bisect_right(starts, address) - 1
        found = lines[place] if place >= 0 else None
    except (*UNREADABLE, DWARFError):
        return ""
    return f" {found[0]}:{found[1]}" if found is not None else ""


@lru_cache(256)
def information_of(file: ObjectFile) -> DWARFInfo | None:
    """The debugging information of a file, or of the file that belongs to it."""
    for elf in (file.elf, file.debug):
        if elf is not None and elf.has_dwarf_info(strict=True):
            return elf.get_dwarf_info(follow_links=False)
    return None


class Units:
    """The compilation units of a file by address: from its table of them, or, where it has none, by looking at them."""

    def __init__(self, information: DWARFInfo) -> None:
        self.information = information
        self.table = information.get_aranges()

    def get(self, address: int) -> Any:
        """The unit that an address is in."""
        offset = self.table.cu_offset_at_addr(address) if self.table is not None else None
        if offset is None:
            starts, ranges = self.listed
            place = bisect_right(starts, address) - 1
            if place < 0 or address >= ranges[place][1]:
                return None
            offset = ranges[place][2]
        return self.information.get_CU_at(offset)

    @cached_property
    def listed(self) -> tuple[list[int], list[tuple[int, int, int]]]:
        """The starts of all ranges, and these with their ends and the places of their units."""
        if self.table is not None:
            return [], []
        information = self.information
        ranges = sorted(
            (start, end, unit.cu_offset) for unit in information.iter_CUs() for start, end in ranges_of(information, unit)
        )
        return [start for start, _, _ in ranges], ranges


@lru_cache(64)
def units_of(information: DWARFInfo) -> Units:
    """The units of a file; made once."""
    return Units(information)


def ranges_of(information: DWARFInfo, unit: Any) -> list[tuple[int, int]]:
    """(start, end) of the code of a unit."""
    top = unit.get_top_DIE()
    low, high, ranges = (top.attributes.get(f"DW_AT_{name}") for name in ("low_pc", "high_pc", "ranges"))
    base = low.value if low is not None else 0
    lists: Any = information.range_lists() if ranges is not None else None
    if lists is not None:
        found = []
        for entry in lists.get_range_list_at_offset(ranges.value, unit):
            if hasattr(entry, "base_address"):
                base = entry.base_address
            else:
                start = 0 if getattr(entry, "is_absolute", False) else base
                found.append((start + entry.begin_offset, start + entry.end_offset))
        return found
    if low is None or high is None:
        return []
    relative = describe_form_class(high.form) == "constant"
    return [(base, base + high.value if relative else high.value)]


@lru_cache(1024)
def table_of(information: DWARFInfo, unit: Any) -> Table:
    """The line table of a unit, in order."""
    program = information.line_program_for_CU(unit)
    if program is None:
        return [], []
    rows: list[tuple[int, tuple[str, int] | None]] = []
    for entry in program.get_entries():
        state = entry.state
        if state is not None:
            where = None if state.end_sequence or not state.line else (name_of(unit, program, state.file), state.line)
            rows.append((state.address, where))
    rows.sort(key=lambda row: row[0])
    return [address for address, _ in rows], [where for _, where in rows]


def name_of(unit: Any, program: Any, number: int) -> str:
    """The name of a source file as the compiler was given it, with its directory where that says where it is."""
    header = program.header
    later = header["version"] >= 5
    entry = header["file_entry"][number if later else number - 1]
    name: str = entry.name.decode(errors="surrogateescape")
    folder: int = entry.dir_index
    if name.startswith("/"):
        return name
    folders: list[bytes] = header["include_directory"]
    if not later:
        # The first is left out: where the compiler ran.
        where = unit.get_top_DIE().attributes.get("DW_AT_comp_dir")
        folders = [where.value if where is not None else b"", *folders]
    return f"{folders[folder].decode(errors='surrogateescape')}/{name}".removeprefix("/" if not folders[folder] else "")
