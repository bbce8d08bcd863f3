"""Attributes of queueing disciplines, their filters and actions: tc(8), linux/pkt_sched.h."""

from __future__ import annotations

from ptracer.decode.structs import Struct
from ptracer.decode.types import (
    Byte,
    Char,
    Int,
    Short,
    UInt,
    UInt64,
    UShort,
)
from ptracer.tables.structs.netlink.attributes import (
    Attributes,
    Characters,
    Each,
    Timed,
)
from ptracer.tables.words import netlink as words


class tc_stats(Struct):
    bytes: UInt64
    packets: UInt
    drops: UInt
    overlimits: UInt
    bps: UInt
    pps: UInt
    qlen: UInt
    backlog: UInt


class tc_estimator(Struct):
    interval: Char
    ewma_log: Byte


class gnet_stats_basic(Struct):
    packed = True
    bytes: UInt64
    packets: UInt


class gnet_stats_rate_est(Struct):
    bps: UInt
    pps: UInt


class gnet_stats_rate_est64(Struct):
    bps: UInt64
    pps: UInt64


class gnet_stats_queue(Struct):
    qlen: UInt
    backlog: UInt
    drops: UInt
    requeues: UInt
    overlimits: UInt


class tc_sizespec(Struct):
    cell_log: Byte
    size_log: Byte
    cell_align: Short
    overhead: Int
    linklayer: UInt
    mpu: UInt
    mtu: UInt
    tsize: UInt


class Traffic(Attributes):
    names = words.Traffic
    TCA_KIND: Characters()
    TCA_STATS: tc_stats
    TCA_RATE: tc_estimator
    TCA_FCNT: UInt
    TCA_STATS2: TrafficCounts
    TCA_STAB: TrafficSizes
    TCA_CHAIN: UInt
    TCA_HW_OFFLOAD: Byte
    TCA_INGRESS_BLOCK: UInt
    TCA_EGRESS_BLOCK: UInt
    TCA_DUMP_FLAGS: UInt
    TCA_EXT_WARN_MSG: Characters()


class TrafficCounts(Attributes):
    names = words.TrafficCounts
    TCA_STATS_BASIC: gnet_stats_basic
    TCA_STATS_RATE_EST: gnet_stats_rate_est
    TCA_STATS_QUEUE: gnet_stats_queue
    TCA_STATS_RATE_EST64: gnet_stats_rate_est64
    TCA_STATS_BASIC_HW: gnet_stats_basic
    TCA_STATS_PKT64: UInt64


class TrafficSizes(Attributes):
    names = words.TrafficSizes
    TCA_STAB_BASE: tc_sizespec
    TCA_STAB_DATA: Each(UShort)


class ActionRoot(Attributes):
    names = words.ActionRoot
    TCA_ROOT_TAB: Actions
    TCA_ROOT_FLAGS: words.ActionRootFlags
    TCA_ROOT_COUNT: UInt
    TCA_ROOT_TIME_DELTA: Timed(1000)
    TCA_ROOT_EXT_WARN_MSG: Characters()


class Action(Attributes):
    names = words.Action
    TCA_ACT_KIND: Characters()
    TCA_ACT_INDEX: UInt
    TCA_ACT_STATS: TrafficCounts
    TCA_ACT_FLAGS: words.ActionFlags
    TCA_ACT_HW_STATS: words.ActionCounts
    TCA_ACT_USED_HW_STATS: words.ActionCounts
    TCA_ACT_IN_HW_COUNT: UInt


class DataCenterBridging(Attributes):
    names = words.DataCenterBridging


class Actions(Attributes):
    """TCA_ROOT_TAB: actions, numbered from one."""

    names = words.ActionIndex
    every = Action
