"""The device mapper. Source: linux/dm-ioctl.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.detail import DATA
from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Argument,
    Array,
    Byte,
    Int,
    Layout,
    PointerTo,
    UInt,
    UInt64,
)
from ptracer.decode.values import Address, Annotated, Change, Fields, Hex, Sequence, Symbol, Text, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.tables.structs.ioctl.exchange import Name, Whole, counted_array
from ptracer.tables.words.files import WideDevice
from ptracer.tables.words.storage import MapperFlags

Finder = Callable[[Any, int, Mapping[str, int]], list[Value]]
VERSION = 4  # DM_VERSION_MAJOR
SUSPEND, DATA_OUT = 1 << 1, 1 << 16  # DM_SUSPEND_FLAG, DM_DATA_OUT_FLAG
IDENTITY = ("dev", "name", "uuid")
COUNTERS = ("target_count", "open_count", "event_nr")


class dm_ioctl(Struct):
    version: Whole[UInt, 3]
    data_size: UInt
    data_start: UInt
    target_count: UInt
    open_count: Int
    flags: MapperFlags
    event_nr: UInt
    _padding: UInt
    dev: WideDevice
    name: Name[128]
    uuid: Name[129]
    _data: Array[Byte, 7]


class dm_target_spec(Struct):
    sector_start: UInt64
    length: UInt64
    status: Int
    _next: UInt
    target_type: Name[16]


class loaded_target(dm_target_spec):
    """A target that the program gives, which has no status yet."""

    order = ("sector_start", "length", "target_type")


class dm_target_deps(Struct):
    count: UInt
    _padding: UInt


class dm_name_list(Struct):
    dev: WideDevice
    _next: UInt


class dm_target_versions(Struct):
    _next: UInt
    version: Whole[UInt, 3]


class dm_target_msg(Struct):
    sector: UInt64


SMALLEST, HEADER = 12, 305  # up to the field data_size, up to the field data


def misplaced(what: str) -> Value:
    """What would lie beyond the data, or over the structure before it."""
    return Annotated(Symbol(0, "???", "???"), f"misplaced {what}")


def text_within(scope: Any, address: int, room: int, limit: int) -> Value:
    """A string that ends with a NUL or where the data does."""
    if room <= 0:
        return Text(b"")
    size = min(room, limit + 1)
    data = scope.read_some(address, size)
    end = data.find(b"\0")
    if end >= 0:
        return Text(data[:end])
    return Text(data[: min(limit, room)], True) if len(data) == size else Address(address)


class Data:
    """What lies behind the header: structures of one kind, each with a string after it, or only a string.

    ``counted`` says that target_count is their number. Structures say how far away the next one is, from themselves
    or, where that is ``absolute``, from the first.
    """

    def __init__(self, element: type[Struct] | None, text: str, counted: bool = False, absolute: bool = False) -> None:
        self.element, self.text, self.counted, self.absolute = element, text, counted, absolute

    def finder(self, layout: Layout) -> Finder:
        """A function (scope, address of the header, its numbers) that gives the structures."""
        limit, text, counted, absolute = layout.string_limit, self.text, self.counted, self.absolute
        if self.element is None:

            def only(scope: Any, base: int, numbers: Mapping[str, int]) -> list[Value]:
                if room(numbers) < 0:
                    return [misplaced("string")]
                return [Fields([(text, text_within(scope, base + numbers["data_start"], room(numbers), limit))])]

            return only
        kind = self.element.as_type()
        load, whole, offsets = kind.loader(layout), kind.size(layout.abi), kind.place(layout.abi)[0]
        last = kind.fields[-1]
        size = offsets[last.name] + last.type.size(layout.abi)  # the string begins before what C fills up
        name = next(base.__name__ for base in self.element.__mro__ if base.__base__ is Struct)
        chain, first_text = offsets.get("_next"), name == "dm_target_versions"

        def find(scope: Any, base: int, numbers: Mapping[str, int]) -> list[Value]:
            start, end = numbers["data_start"], numbers["data_size"]
            left = numbers["target_count"] if counted else MOST
            found: list[Value] = []
            place = start
            while left > 0:
                if place + size > end:
                    return [*found, misplaced(f"struct {name}")]
                try:
                    data = scope.read(base + place, whole)
                except Fault:
                    return [*found, Address(base + place)]
                pairs = load(scope, data, 0).pairs
                string = (text, text_within(scope, base + place + size, end - place - size, limit))
                found.append(Fields([string, *pairs] if first_text else [*pairs, string]))
                left -= 1
                if chain is None:
                    break
                distance = int.from_bytes(data[chain : chain + 4], "little")
                if not left or not counted and not distance:
                    break
                following = (start if absolute else place) + distance
                if following <= place + size:
                    return [*found, misplaced(f"struct {name}")]
                place = following
            return found

        return find


class Dependencies(Data):
    """The devices that a device needs."""

    def __init__(self) -> None:
        super().__init__(dm_target_deps, "deps")

    def finder(self, layout: Layout) -> Finder:
        array = counted_array(WideDevice, layout)

        def find(scope: Any, base: int, numbers: Mapping[str, int]) -> list[Value]:
            start, size = numbers["data_start"], 8
            address = base + start
            if start + size > numbers["data_size"]:
                return [misplaced("struct dm_target_deps")]
            try:
                count = int.from_bytes(scope.read(address, size)[:4], "little")
            except Fault:
                return [Address(address)]
            if count > (room(numbers) - size) // 8:
                return [misplaced("struct dm_target_deps")]
            try:
                devices = array(scope, address + size, count)
            except Fault:
                devices = Address(address + size)
            return [Fields([("count", count), ("deps", devices)])]

        return find


def room(numbers: Mapping[str, int]) -> int:
    """How many bytes of data there are."""
    return numbers["data_size"] - numbers["data_start"]


MOST = 1 << 16  # structures of one list: enough for any real one, and a bound for hostile ones

Given, Status = Data(loaded_target, "string", counted=True), Data(dm_target_spec, "string", counted=True, absolute=True)
Devices, Versions = Data(dm_name_list, "name"), Data(dm_target_versions, "name")
Message, String = Data(dm_target_msg, "message"), Data(None, "string")
Depends = Dependencies()


class Side:
    """What a command gives, or what it answers: the fields of the header, and the data.

    ``only`` is the flag without which there are no data; ``unless`` the one with which there is no event_nr.
    """

    def __init__(self, *fields: str, data: Data | None = None, only: int = 0, unless: int = 0) -> None:
        self.only, self.unless = only, unless
        self.fields = ("data_start", *fields) if data is not None else fields
        self.data = data

    def has_data(self, numbers: Mapping[str, int]) -> bool:
        """Whether there should be any: a list may be empty, and a string is always there."""
        assert self.data is not None
        if self.only and not numbers["flags"] & self.only:
            return False
        if self.data.counted:
            return numbers["target_count"] > 0
        return self.data.element is None or room(numbers) != 0


class Mapped(PointerTo):
    """``Mapped(Side(...), Side(...))``: a header with data behind it, as it is given and, on success, as it is answered."""

    def __init__(self, given: Side, answered: Side) -> None:
        super().__init__(dm_ioctl, "both")
        self.given, self.answered = given, answered

    def argument(self, layout: Layout) -> Argument:
        before, after = self.side(self.given, layout), self.side(self.answered, layout)

        def mapped(scope: Any, raw: int) -> Value:
            scope.chunks = scope.entry_chunks
            try:
                given = before(scope, raw)
            finally:
                scope.chunks = scope.exit_chunks
            if scope.error or not isinstance(given, Sequence):
                return given
            answer = after(scope, raw)
            return Change(given, answer) if isinstance(answer, Sequence) else given

        return mapped

    def side(self, side: Side, layout: Layout) -> Callable[[Any, int], Value]:
        """A function (scope, address) that gives a header and its data."""
        kind = dm_ioctl.as_type()
        load, offsets = kind.loader(layout), kind.place(layout.abi)[0]
        find = side.data.finder(layout) if side.data is not None else None
        shown = (*side.fields, "flags")
        abbreviate, hidden = layout.abbreviate, layout.hides(DATA)

        def describe(scope: Any, address: int) -> Value:
            try:
                data = scope.read(address, HEADER) + bytes(7)
            except Fault:
                return Hex(address)
            numbers = {
                name: int.from_bytes(data[offsets[name] : offsets[name] + 4], "little")
                for name in ("version", "data_size", "data_start", "target_count", "flags")
            }
            if numbers["data_size"] < SMALLEST:
                return Hex(address)
            values = dict(load(scope, data, 0).pairs)
            pairs = [("version", values["version"])]
            if numbers["version"] != VERSION:
                return Sequence([Fields([("version", Annotated(values["version"], "unsupported device mapper ABI version"))])])
            if numbers["data_size"] < HEADER:
                return Sequence([Fields([*pairs, ("data_size", Annotated(numbers["data_size"], "data_size too small"))])])
            pairs.append(("data_size", numbers["data_size"]))
            for name in shown:
                if name == "event_nr" and numbers["flags"] & side.unless:
                    continue
                place = offsets[name]
                if name not in IDENTITY or any(data[place : place + (8 if name == "dev" else 1)]):
                    pairs.append((name, values[name]))
            items: list[Value] = [Fields(pairs)]
            if find is None or not side.has_data(numbers):
                return Sequence(items)
            if abbreviate or hidden:  # what the data says may be keys
                return Sequence(items, True)
            return Sequence([*items, *find(scope, address, numbers)])

        return describe

    def captures(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return None


Everything = Side(*IDENTITY, *COUNTERS)
Identified, Nothing = Side(*IDENTITY), Side()
Version = ArmPoll = Mapped(Identified, Identified)
RemoveAll = Mapped(Nothing, Nothing)
Create = Mapped(Identified, Everything)
Remove = Mapped(Side(*IDENTITY, "event_nr"), Identified)
Suspend = Mapped(Side(*IDENTITY, "event_nr", unless=SUSPEND), Everything)
Rename = Mapped(Side(*IDENTITY, "event_nr", data=String), Side("data_start", *IDENTITY, *COUNTERS))
Wait = Mapped(Side("data_start", *IDENTITY, "event_nr"), Side(*IDENTITY, *COUNTERS, data=Status))
Load = Mapped(Side(*IDENTITY, "target_count", data=Given), Side("data_start", *IDENTITY, *COUNTERS))
Table = Mapped(Side("data_start", *IDENTITY), Side(*IDENTITY, *COUNTERS, data=Status))
Needed = Mapped(Side("data_start", *IDENTITY), Side(*IDENTITY, *COUNTERS, data=Depends))
ListDevices = Mapped(Side("data_start"), Side(data=Devices))
ListVersions = Mapped(Side("data_start"), Side(data=Versions))
TargetMessage = Mapped(Side(*IDENTITY, data=Message), Side(*IDENTITY, *COUNTERS, data=String, only=DATA_OUT))
Geometry = Mapped(Side(*IDENTITY, data=String), Side("data_start", *IDENTITY))
