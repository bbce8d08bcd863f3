"""Words of video devices. Source: linux/videodev2.h."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import Integer, Layout
from ptracer.decode.values import Applied, Hex, Joined, Macro, Meant, Value
from ptracer.decode.words import Enum, Flags, Parts, group

Capabilities = Flags("video.device_capabilities", "V4L2_CAP_???")
BufferType = Enum("video.buffer_types", "V4L2_BUF_TYPE_???")
Memory = Enum("video.memories", "V4L2_MEMORY_???")
FormatFlags = Flags("video.format_flags", "V4L2_FMT_FLAG_???")
FieldOrder = Enum("video.fields", "V4L2_FIELD_???")
ColorSpace = Enum("video.color_spaces", "V4L2_COLORSPACE_???")
BlankingFlags = Flags("video.vbi_flags", "V4L2_VBI_???")
SlicedServices = Flags("video.sliced_vbi_services", "V4L2_SLICED_???", width=2)
CaptureCapabilities = Flags("video.capture_capabilities", "V4L2_CAP_???")
CaptureModes = Flags("video.capture_modes", "V4L2_MODE_???")
InputType = Enum("video.input_types", "V4L2_INPUT_TYPE_???")
InputStatus = Flags("video.input_status", "V4L2_IN_ST_???")
InputCapabilities = Flags("video.input_capabilities", "V4L2_IN_CAP_???")
Standards = Flags("video.standards", "V4L2_STD_???", width=8)
ControlType = Enum("video.control_types", "V4L2_CTRL_TYPE_???")
ControlFlags = Flags("video.control_flags", "V4L2_CTRL_FLAG_???")
ControlClass = Enum("video.control_classes", "V4L2_CTRL_CLASS_???")
TunerType = Enum("video.tuner_types", "V4L2_TUNER_???")
TunerCapabilities = Flags("video.tuner_capabilities", "V4L2_TUNER_CAP_???")
TunerReceptions = Flags("video.tuner_receptions", "V4L2_TUNER_SUB_???")
TunerMode = Enum("video.tuner_modes", "V4L2_TUNER_MODE_???")
FrameSizeType = Enum("video.frame_size_types", "V4L2_FRMSIZE_TYPE_???")
FrameIntervalType = Enum("video.frame_interval_types", "V4L2_FRMIVAL_TYPE_???")

TIMESTAMPS, SOURCES = 0xE000, 0x70000  # V4L2_BUF_FLAG_TIMESTAMP_MASK, V4L2_BUF_FLAG_TSTAMP_SRC_MASK
BufferFlags = Parts(
    (0xFFFFFFFF ^ TIMESTAMPS ^ SOURCES, Flags("video.buffer_flags", "V4L2_BUF_FLAG_???")),
    (TIMESTAMPS, Enum("video.buffer_timestamps", "V4L2_BUF_FLAG_TIMESTAMP_???")),
    (SOURCES, Enum("video.buffer_timestamp_sources", "V4L2_BUF_FLAG_TSTAMP_SRC_???")),
    whole=True,
)

ControlName = Enum("video.controls", "V4L2_CID_???")
NEXT = 0xC0000000  # V4L2_CTRL_FLAG_NEXT_CTRL, V4L2_CTRL_FLAG_NEXT_COMPOUND
NextControl = Flags({"V4L2_CTRL_FLAG_NEXT_CTRL": 0x80000000, "V4L2_CTRL_FLAG_NEXT_COMPOUND": 0x40000000}, None)
Control = Parts((NEXT, NextControl), (0xFFFFFFFF ^ NEXT, ControlName))


class FourCharacters(Integer):
    """A format that is named by four characters: ``v4l2_fourcc('Y', 'U', 'Y', 'V') /* V4L2_PIX_FMT_YUYV */``."""

    def __init__(self, topic: str) -> None:
        super().__init__(4)
        self.topic = topic
        self.names: dict[int, str] = {}

    def value(self, layout: Layout) -> Callable[[int], Value]:
        def shape(number: int) -> Value:
            if not self.names:
                self.names = {value: name for name, value in group(f"video.{self.topic}").items()}
            codes = number.to_bytes(4, "little")
            name = self.names.get(number)
            raw = f"{number:#x}" if number else "0"
            text = f"v4l2_fourcc({', '.join(quoted(code) for code in codes)})"
            return Macro(number, f"{text} /* {name} */" if name else text, raw)

        return shape


def quoted(code: int) -> str:
    """A character of a format's name."""
    if 0x20 <= code < 0x7F:
        character = chr(code)
        return f"'\\{character}'" if character in "'\\" else f"'{character}'"
    return f"'\\x{code:02x}'"


PixelFormat, RadioFormat = FourCharacters("pixel_formats"), FourCharacters("sdr_formats")


def version(number: int) -> Value:
    """The version of a kernel in one number."""
    return Meant(Hex(number), Applied("KERNEL_VERSION", [number >> 16, number >> 8 & 0xFF, number & 0xFF]))


KernelVersion = Integer(4, shape=version)


def fraction(numerator: int, denominator: int) -> Value:
    """Two numbers that are a quotient."""
    return Joined([numerator, denominator], "/")
