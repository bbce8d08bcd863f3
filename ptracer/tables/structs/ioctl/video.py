"""Video devices. Source: linux/videodev2.h."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ptracer.decode.expressions import this
from ptracer.decode.structs import Struct, StructScope, StructType
from ptracer.decode.types import (
    Array,
    Byte,
    Fd,
    Fetcher,
    HexByte,
    HexInt,
    HexShort,
    Int,
    Int64,
    KernelInteger,
    Layout,
    Loader,
    Pointer,
    PointerTo,
    Target_,
    UInt,
    UInt64,
    ULong,
    UShort,
    as_type,
    pointer_value,
)
from ptracer.decode.values import NULL, Address, Change, Fields, Hex, Sequence, Value
from ptracer.errors import Fault
from ptracer.hints import Any
from ptracer.plans import Step
from ptracer.regs import ABI
from ptracer.tables.structs.ioctl.exchange import Name, answered, counted_array
from ptracer.tables.words.files import OpenFlags
from ptracer.tables.words.video import (
    BlankingFlags,
    BufferFlags,
    BufferType,
    Capabilities,
    CaptureCapabilities,
    CaptureModes,
    ColorSpace,
    Control,
    ControlClass,
    ControlFlags,
    ControlName,
    ControlType,
    FieldOrder,
    FormatFlags,
    FrameIntervalType,
    FrameSizeType,
    InputCapabilities,
    InputStatus,
    InputType,
    KernelVersion,
    Memory,
    PixelFormat,
    RadioFormat,
    SlicedServices,
    Standards,
    TunerCapabilities,
    TunerMode,
    TunerReceptions,
    TunerType,
    fraction,
)

Pairs = list[tuple[str, Value]]


class Fraction(Target_):
    """struct v4l2_fract: ``1/30``."""

    def size(self, abi: ABI) -> int:
        return 8

    def alignment(self, abi: ABI) -> int:
        return 4

    def loader(self, layout: Layout) -> Loader:
        def load(scope: Any, data: bytes, offset: int) -> Value:
            numerator, denominator = (int.from_bytes(data[place : place + 4], "little") for place in (offset, offset + 4))
            return fraction(numerator, denominator)

        return load


v4l2_fract = Fraction()


class v4l2_rect(Struct):
    left: Int
    top: Int
    width: UInt
    height: UInt


class v4l2_capability(Struct):
    driver: Name[16]
    card: Name[32]
    bus_info: Name[32]
    version: KernelVersion
    capabilities: Capabilities
    device_caps: Capabilities = this.device_caps
    _reserved: Array[UInt, 3]


class v4l2_fmtdesc(Struct):
    index: UInt
    type: BufferType
    flags: FormatFlags = answered
    description: Name[32] = answered
    pixelformat: PixelFormat = answered
    _reserved: Array[UInt, 4]


# --- formats: the type of a buffer says which member of a union is used


class v4l2_pix_format(Struct):
    width: UInt
    height: UInt
    pixelformat: PixelFormat
    field: FieldOrder
    bytesperline: UInt
    sizeimage: UInt
    colorspace: ColorSpace


class v4l2_plane_pix_format(Struct):
    sizeimage: UInt
    bytesperline: UInt
    _reserved: Array[UShort, 6]


class v4l2_pix_format_mplane(Struct):
    width: UInt
    height: UInt
    pixelformat: PixelFormat
    field: FieldOrder
    colorspace: ColorSpace
    plane_fmt: Array[v4l2_plane_pix_format, 8]
    num_planes: Byte


class v4l2_window(Struct):
    w: v4l2_rect
    field: FieldOrder
    chromakey: HexInt
    clips: Pointer
    clipcount: UInt
    bitmap: Pointer
    global_alpha: HexByte


class v4l2_vbi_format(Struct):
    sampling_rate: UInt
    offset: UInt
    samples_per_line: UInt
    sample_format: PixelFormat
    start: Array[Int, 2]
    count: Array[UInt, 2]
    flags: BlankingFlags


class v4l2_sliced_vbi_format(Struct):
    service_set: SlicedServices
    service_lines: Array[Array[HexShort, 24], 2]
    io_size: UInt


class v4l2_sdr_format(Struct):
    pixelformat: RadioFormat
    buffersize: UInt


class v4l2_meta_format(Struct):
    dataformat: PixelFormat
    buffersize: UInt


FORMATS: Mapping[int, tuple[str, Any]] = {
    1: ("pix", v4l2_pix_format),
    2: ("pix", v4l2_pix_format),
    3: ("win", v4l2_window),
    4: ("vbi", v4l2_vbi_format),
    5: ("vbi", v4l2_vbi_format),
    6: ("sliced", v4l2_sliced_vbi_format),
    7: ("sliced", v4l2_sliced_vbi_format),
    8: ("win", v4l2_window),
    9: ("pix_mp", v4l2_pix_format_mplane),
    10: ("pix_mp", v4l2_pix_format_mplane),
    11: ("sdr", v4l2_sdr_format),
    12: ("sdr", v4l2_sdr_format),
    13: ("meta", v4l2_meta_format),
    14: ("meta", v4l2_meta_format),
}


class v4l2_captureparm(Struct):
    capability: CaptureCapabilities
    capturemode: CaptureModes
    timeperframe: v4l2_fract
    extendedmode: HexInt
    readbuffers: UInt


class v4l2_outputparm(Struct):
    capability: CaptureCapabilities
    outputmode: CaptureModes
    timeperframe: v4l2_fract
    extendedmode: HexInt
    writebuffers: UInt


PARAMETERS: Mapping[int, tuple[str, Any]] = {1: ("capture", v4l2_captureparm), 2: ("output", v4l2_outputparm)}


class Typed(Target_):
    """A structure that begins with the type of a buffer, which chooses a member of the union ``name``.

    ``union`` is where that begins, on a 64-bit and on a 32-bit ABI, ``whole`` the size of everything.
    """

    def __init__(self, name: str, members: Mapping[int, tuple[str, Any]], union: tuple[int, int], whole: tuple[int, int]) -> None:
        self.name, self.members, self.union, self.whole = name, members, union, whole

    def size(self, abi: ABI) -> int:
        return self.whole[abi.word_size == 4]

    def alignment(self, abi: ABI) -> int:
        return abi.word_size

    def member(self, layout: Layout) -> Callable[[Any, bytes, int, int], Pairs]:
        """A function (scope, data, offset, type) that gives the member alone."""
        place = self.union[layout.abi.word_size == 4]
        loaders = {kind: (name, as_type(one).loader(layout)) for kind, (name, one) in self.members.items()}

        def load(scope: Any, data: bytes, offset: int, kind: int) -> Pairs:
            if kind not in loaders:
                return []
            name, one = loaders[kind]
            return [(f"{self.name}.{name}", one(scope, data, offset + place))]

        return load

    def loader(self, layout: Layout) -> Loader:
        member = self.member(layout)

        def load(scope: Any, data: bytes, offset: int) -> Value:
            kind = int.from_bytes(data[offset : offset + 4], "little")
            return Fields([("type", BufferType.spell(kind)), *member(scope, data, offset, kind)])

        return load


class Asked(Typed):
    """The same when the member is what is asked for."""

    def loader(self, layout: Layout) -> Loader:
        member = self.member(layout)

        def load(scope: Any, data: bytes, offset: int) -> Value:
            kind = int.from_bytes(data[offset : offset + 4], "little")
            return Fields([("type", BufferType.spell(kind)), *([] if scope.error else member(scope, data, offset, kind))])

        return load


class Member(Typed):
    """The member alone: what is shown of an answer."""

    def loader(self, layout: Layout) -> Loader:
        member = self.member(layout)
        return lambda scope, data, offset: Fields(member(scope, data, offset, int.from_bytes(data[offset : offset + 4], "little")))


FORMAT = ("fmt", FORMATS, (8, 4), (208, 204))
v4l2_format, asked_format, answered_format = Typed(*FORMAT), Asked(*FORMAT), Member(*FORMAT)
PARM = ("parm", PARAMETERS, (4, 4), (204, 204))
v4l2_streamparm, asked_parm, answered_parm = Typed(*PARM), Asked(*PARM), Member(*PARM)


# --- buffers


class v4l2_requestbuffers(Struct):
    order = ("type", "memory", "count")
    count: UInt
    type: BufferType
    memory: Memory
    _capabilities: UInt
    _reserved: UInt


class timestamp(Struct):
    tv_sec: Int64
    tv_usec: UInt64


class timestamp32(Struct):
    tv_sec: Int
    tv_usec: UInt


class v4l2_buffer(Struct):
    order = ("type", "index", "memory", "m", "length", "bytesused", "flags", "timestamp")
    index: UInt
    type: BufferType
    bytesused: UInt
    flags: BufferFlags
    _field: UInt
    timestamp: timestamp
    _timecode: Array[UInt, 4]
    _sequence: UInt
    memory: Memory
    m: ULong
    length: UInt
    _reserved2: UInt
    _request_fd: Int


class v4l2_buffer_time32(v4l2_buffer):
    """The same with the time of old 32-bit programs."""

    timestamp: timestamp32


MMAP, USERPTR = 1, 2  # V4L2_MEMORY_*


class Buffer(StructType):
    """A buffer: what is asked, and what is known of it when the call has succeeded. One that was filled has a time."""

    def __init__(self, filled: bool, buffer: type[Struct] = v4l2_buffer) -> None:
        super().__init__(buffer)
        self.filled = filled

    def loader(self, layout: Layout) -> Loader:
        load, filled = super().loader(layout), self.filled

        def described(scope: Any, data: bytes, offset: int) -> Value:
            fields = dict(load(scope, data, offset).pairs)
            if scope.error:
                return Fields([(name, fields[name]) for name in (("type",) if filled else ("type", "index"))])
            place, memory = fields["m"], fields["memory"].number
            shown = ["type", "index", "memory"]
            if memory == MMAP:
                fields["m.offset"] = Hex(place & 0xFFFFFFFF)
                shown.append("m.offset")
            elif memory == USERPTR:
                fields["m.userptr"] = pointer_value(place)
                shown.append("m.userptr")
            shown += ["length", "bytesused", "flags", *(["timestamp"] if filled else [])]
            return Fields([(name, fields[name]) for name in shown], True)

        return described


QueuedBuffer, FilledBuffer = Buffer(False), Buffer(True)
QueuedBuffer32, FilledBuffer32 = Buffer(False, v4l2_buffer_time32), Buffer(True, v4l2_buffer_time32)


class v4l2_exportbuffer(Struct):
    type: BufferType
    index: UInt
    plane: UInt
    flags: OpenFlags
    _fd: Int
    _reserved: Array[UInt, 11]


class exported_buffer(Struct):
    """The descriptor of a buffer."""

    _asked: Array[UInt, 4]
    fd: Fd
    _reserved: Array[UInt, 11]


class v4l2_create_buffers(Struct):
    order = ("count", "memory", "format")
    index: UInt
    count: UInt
    memory: Memory
    format: v4l2_format
    _capabilities: Array[UInt, 8]


class created_buffers(Struct):
    """Which buffers have been made."""

    index: UInt
    count: UInt


class Created(KernelInteger):
    """A result with the buffers that have been made."""

    def note(self, layout: Layout) -> Callable[[Any], Value | None]:
        load, size = as_type(created_buffers).loader(layout), as_type(v4l2_create_buffers).size(layout.abi)

        def remark(call: Any) -> Value | None:
            data = call.read_some(call.args[2], size)
            return load(call, data, 0) if len(data) == size else None

        return remark if layout.verbose else lambda call: None

    def result_captures(self, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return as_type(v4l2_create_buffers).steps(2, positions, layout)


CreatedBuffers = Created()


# --- inputs, standards, tuners, cropping


class v4l2_standard(Struct):
    index: UInt
    _id: UInt64
    name: Name[24] = answered
    frameperiod: v4l2_fract = answered
    framelines: UInt = answered
    _reserved: Array[UInt, 4]


class v4l2_input(Struct):
    index: UInt
    name: Name[32] = answered
    type: InputType = answered
    audioset: HexInt = answered
    tuner: UInt = answered
    std: Standards = answered
    status: InputStatus = answered
    capabilities: InputCapabilities = answered
    _reserved: Array[UInt, 3]


class v4l2_tuner(Struct):
    index: UInt
    name: Name[32]
    type: TunerType
    capability: TunerCapabilities
    rangelow: UInt
    rangehigh: UInt
    rxsubchans: TunerReceptions
    audmode: TunerMode
    signal: Int
    afc: Int
    _reserved: Array[UInt, 4]


class asked_tuner(v4l2_tuner):
    """A tuner of which the number is given."""

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        return pairs[:1] if scope.error else pairs


class changed_tuner(v4l2_tuner):
    """What a tuner has been set to."""

    order = ("name", "type", "capability", "rangelow", "rangehigh", "rxsubchans", "audmode", "signal", "afc")


class v4l2_cropcap(Struct):
    type: BufferType
    bounds: v4l2_rect = answered
    defrect: v4l2_rect = answered
    pixelaspect: v4l2_fract = answered


class v4l2_crop(Struct):
    type: BufferType
    c: v4l2_rect


class asked_crop(Struct):
    type: BufferType
    c: v4l2_rect = answered


class v4l2_framebuffer(Struct):
    capability: HexInt
    flags: HexInt
    base: Pointer
    _fmt: Array[UInt, 8]


# --- controls


class v4l2_control(Struct):
    id: ControlName
    value: Int


class asked_control(Struct):
    id: ControlName
    value: Int = answered


class v4l2_queryctrl(Struct):
    brief = ("id", "type", "name")
    id: Control
    type: ControlType
    name: Name[32]
    minimum: Int
    maximum: Int
    step: Int
    default_value: Int
    flags: ControlFlags
    reserved: Array[HexInt, 2]


class v4l2_query_ext_ctrl(Struct):
    brief = ("id", "type", "name")
    id: Control
    type: ControlType
    name: Name[32]
    minimum: Int64
    maximum: Int64
    step: UInt64
    default_value: Int64
    flags: ControlFlags
    elem_size: UInt
    elems: UInt
    nr_of_dims: UInt
    dims: Array[UInt, 4]
    reserved: Array[HexInt, 32]


class Queried(StructType):
    """A control: on failure only its number, and no reserved fields that are zero."""

    def loader(self, layout: Layout) -> Loader:
        load = super().loader(layout)

        def described(scope: Any, data: bytes, offset: int) -> Value:
            value = load(scope, data, offset)
            if scope.error:
                return Fields(value.pairs[:1])
            pairs = [(name, one) for name, one in value.pairs if name != "reserved" or any(one.items)]
            dims = dict(pairs).get("nr_of_dims")
            if isinstance(dims, int):
                pairs = [(name, Sequence(one.items[:dims]) if name == "dims" else one) for name, one in pairs]
            return Fields(pairs, value.more)

        return described


QueryControl, QueryExtendedControl = Queried(v4l2_queryctrl), Queried(v4l2_query_ext_ctrl)


class v4l2_querymenu(Struct):
    id: ControlName
    index: UInt
    _name: Array[Byte, 32]
    _reserved: UInt


class Menu(Target_):
    """The answer of VIDIOC_QUERYMENU: a name and, in its place, a value."""

    def size(self, abi: ABI) -> int:
        return 44

    def alignment(self, abi: ABI) -> int:
        return 1

    def loader(self, layout: Layout) -> Loader:
        name = Name[32].loader(layout)

        def load(scope: Any, data: bytes, offset: int) -> Value:
            value = int.from_bytes(data[offset + 8 : offset + 16], "little", signed=True)
            return Fields([("name", name(scope, data, offset + 8)), ("value", value)])

        return load

    def steps(self, argument: int, positions: Mapping[str, int], layout: Layout) -> list[Step] | None:
        return as_type(v4l2_querymenu).steps(argument, positions, layout)


menu = Menu()


class v4l2_ext_control(Struct):
    packed = True
    id: Control
    size: UInt
    _reserved: UInt
    value64: Int64

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        if scope.numbers["size"]:
            return [*pairs[:2], ("string", Address(scope.numbers["value64"] & (1 << 64) - 1))]
        number = scope.numbers["value64"] & 0xFFFFFFFF
        return [*pairs[:2], ("value", number - ((number & 1 << 31) << 1)), pairs[2]]


class Controls(Target_):
    """struct v4l2_ext_controls: controls behind a pointer."""

    def fetcher(self, layout: Layout) -> Fetcher:
        described = self.described(layout)

        def fetch(scope: Any, address: int) -> Value:
            pairs, error = described(scope, address)
            return Fields([*pairs, ("error_idx", error)] if scope.error and len(pairs) > 2 else pairs)

        return fetch

    def described(self, layout: Layout) -> Callable[[Any, int], tuple[Pairs, int]]:
        """A function (scope, address) that gives class, count and controls, and which of them is wrong."""
        word = layout.abi.word_size
        place = 24 if word == 8 else 20
        array = counted_array(v4l2_ext_control, layout)

        def describe(scope: Any, address: int) -> tuple[Pairs, int]:
            data = scope.read(address, place + word)
            kind, count, error = (int.from_bytes(data[start : start + 4], "little") for start in (0, 4, 8))
            pairs: Pairs = [("ctrl_class", ControlClass.spell(kind)), ("count", count)]
            if count:
                pointer = int.from_bytes(data[place : place + word], "little")
                try:
                    pairs.append(("controls", array(scope, pointer, count)))
                except Fault:
                    pairs.append(("controls", Address(pointer)))
            return pairs, error

        return describe


class ChangedControls(PointerTo):
    """Controls that are set, and again what became of them where all could be read."""

    def __init__(self) -> None:
        super().__init__(Controls(), "both")

    def argument(self, layout: Layout) -> Callable[[Any, int], Value]:
        described = Controls().described(layout)

        def change(scope: Any, raw: int) -> Value:
            if not raw:
                return NULL
            try:
                scope.chunks = scope.entry_chunks
                before, _ = described(scope, raw)
                scope.chunks = scope.exit_chunks
                after, error = described(scope, raw)
            except Fault:
                return Address(raw)
            finally:
                scope.chunks = scope.exit_chunks
            controls = after[2:]
            if not controls or not isinstance(controls[0][1], Sequence) or controls[0][1].rest is not None:
                return Fields(before)
            if scope.error:
                controls.append(("error_idx", error))
            return Change(Fields(before), Fields(controls))

        return change


AskedControls, SetControls = Controls(), ChangedControls()


# --- sizes and intervals of frames


class v4l2_frmsize_discrete(Struct):
    width: UInt
    height: UInt


class v4l2_frmsize_stepwise(Struct):
    min_width: UInt
    max_width: UInt
    step_width: UInt
    min_height: UInt
    max_height: UInt
    step_height: UInt


DISCRETE, CONTINUOUS, STEPWISE = 1, 2, 3


class v4l2_frmsizeenum(Struct):
    index: UInt
    pixel_format: PixelFormat
    type: FrameSizeType = answered
    stepwise: v4l2_frmsize_stepwise = answered
    _reserved: Array[UInt, 2]

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        kind = scope.numbers["type"]
        if scope.error or kind == STEPWISE:
            return pairs
        if kind == DISCRETE:
            sizes = [value for _, value in pairs[-1][1].pairs[:2]]
            return [*pairs[:-1], ("discrete", Fields([("width", sizes[0]), ("height", sizes[1])]))]
        return pairs[:-1]


class v4l2_frmival_stepwise(Struct):
    min: v4l2_fract
    max: v4l2_fract
    step: v4l2_fract


class v4l2_frmivalenum(Struct):
    index: UInt
    pixel_format: PixelFormat
    width: UInt
    height: UInt
    type: FrameIntervalType = answered
    stepwise: v4l2_frmival_stepwise = answered
    _reserved: Array[UInt, 2]

    @classmethod
    def shown(cls, pairs: Pairs, scope: StructScope) -> Pairs:
        kind = scope.numbers["type"]
        if scope.error or kind in (CONTINUOUS, STEPWISE):
            return pairs
        if kind == DISCRETE:
            return [*pairs[:-1], ("discrete", pairs[-1][1].pairs[0][1])]
        return pairs[:-1]
