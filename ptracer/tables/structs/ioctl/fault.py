"""User-space page faults. Source: ioctl_userfaultfd(2)."""

from __future__ import annotations

from ptracer.decode.structs import Struct
from ptracer.decode.types import Hex64, UInt64
from ptracer.tables.structs.ioctl.exchange import answered
from ptracer.tables.words.devices import (
    FaultApiIoctls,
    FaultContinueModes,
    FaultCopyModes,
    FaultFeatures,
    FaultIoctls,
    FaultPoisonModes,
    FaultProtectModes,
    FaultRegisterModes,
    FaultZeroModes,
)


class uffdio_range(Struct):
    start: Hex64
    len: Hex64


class uffdio_api(Struct):
    api: Hex64
    features: FaultFeatures
    ioctls: FaultApiIoctls = answered


class uffdio_register(Struct):
    range: uffdio_range
    mode: FaultRegisterModes
    ioctls: FaultIoctls = answered


class uffdio_copy(Struct):
    dst: Hex64
    src: Hex64
    len: Hex64
    mode: FaultCopyModes
    copy: Hex64 = answered


class uffdio_zeropage(Struct):
    range: uffdio_range
    mode: FaultZeroModes
    zeropage: Hex64 = answered


class uffdio_writeprotect(Struct):
    range: uffdio_range
    mode: FaultProtectModes


class uffdio_continue(Struct):
    range: uffdio_range
    mode: FaultContinueModes
    mapped: UInt64 = answered


class uffdio_poison(Struct):
    range: uffdio_range
    mode: FaultPoisonModes
    updated: UInt64 = answered
