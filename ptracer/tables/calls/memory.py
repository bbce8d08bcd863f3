"""System calls on memory. Source: mmap(2), mremap(2), madvise(2), mlock(2), set_mempolicy(2), and their like."""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import (
    Array,
    Exactly,
    Fd,
    Filled,
    HexInt,
    HexLong,
    Int,
    IOVectors,
    Out,
    Pid,
    Pointer,
    Ptr,
    Size,
    SSize,
    ULong,
    iovec,
)
from ptracer.tables.structs.memory import Allocated, NodeMask, PageStatus, Residence, SegmentQuery, user_desc
from ptracer.tables.words.memory import (
    Advice,
    BarrierCommand,
    BarrierCommands,
    BarrierFlags,
    BindFlags,
    KeyAccess,
    LockAllFlags,
    LockFlags,
    LongPolicy,
    MapFlags,
    MoveFlags,
    Policy,
    PolicyGetFlags,
    PolicyMode,
    ProcessAdvice,
    Protection,
    RemapFlags,
    ShadowStackFlags,
    SyncFlags,
)
from ptracer.tables.words.process import Noted

MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP = 1, 2, 4
MEMBARRIER_CMD_FLAG_CPU = 1


def brk(addr: Pointer) -> HexLong: ...
def mmap(addr: Pointer, length: Size, prot: Protection, flags: MapFlags, fd: Fd, offset: HexLong) -> HexLong: ...
def munmap(addr: Pointer, length: Size): ...
def mprotect(addr: Pointer, length: Size, prot: Protection): ...
def mremap(
    old_address: Pointer,
    old_size: Size,
    new_size: Size,
    flags: RemapFlags,
    new_address: Pointer = (this.flags & MREMAP_MAYMOVE) * (this.flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)),
) -> HexLong: ...
def msync(addr: Pointer, length: Size, flags: SyncFlags): ...
def remap_file_pages(addr: Pointer, size: Size, prot: Protection, pgoff: ULong, flags: MapFlags): ...
def madvise(addr: Pointer, length: Size, advice: Advice): ...
def process_madvise(pidfd: Fd, iovec: Array[iovec, this.n], n: Size, advice: ProcessAdvice, flags: HexInt) -> SSize: ...
def process_mrelease(pidfd: Fd, flags: HexInt): ...
def mincore(addr: Pointer, length: Size, vec: Out[Residence[this.length]]): ...
def mseal(addr: Pointer, length: Size, flags: HexLong): ...
def map_shadow_stack(addr: Pointer, len: Size, flags: ShadowStackFlags): ...


def mlock(addr: Pointer, length: Size): ...
def mlock2(addr: Pointer, length: Size, flags: LockFlags): ...
def munlock(addr: Pointer, length: Size): ...
def mlockall(flags: LockAllFlags): ...
def munlockall(): ...


def pkey_alloc(flags: HexLong, access_rights: KeyAccess): ...
def pkey_free(pkey: Int): ...
def pkey_mprotect(addr: Pointer, length: Size, prot: Protection, pkey: Int): ...


def mbind(addr: Pointer, len: ULong, mode: LongPolicy, nodemask: NodeMask[this.maxnode], maxnode: ULong, flags: BindFlags): ...
def set_mempolicy(mode: Policy, nodemask: NodeMask[this.maxnode], maxnode: ULong): ...
def get_mempolicy(
    mode: Out[Ptr[PolicyMode]], nodemask: Out[NodeMask[this.maxnode]], maxnode: ULong, addr: Pointer, flags: PolicyGetFlags
): ...
def set_mempolicy_home_node(start: Pointer, len: ULong, home_node: ULong, flags: HexLong): ...
def migrate_pages(pid: Pid, maxnode: ULong, old_nodes: NodeMask[this.maxnode], new_nodes: NodeMask[this.maxnode]): ...
def move_pages(
    pid: Pid,
    count: ULong,
    pages: Array[Pointer, this.count],
    nodes: Array[Int, this.count],
    status: Out[Array[PageStatus, this.count]],
    flags: MoveFlags,
): ...


def process_vm_readv(
    pid: Pid,
    local_iov: Filled[IOVectors[this.liovcnt, this.ret]],
    liovcnt: ULong,
    remote_iov: Array[iovec, this.riovcnt],
    riovcnt: ULong,
    flags: ULong,
) -> SSize: ...
def process_vm_writev(
    pid: Pid,
    local_iov: IOVectors[this.liovcnt],
    liovcnt: ULong,
    remote_iov: Array[iovec, this.riovcnt],
    riovcnt: ULong,
    flags: ULong,
) -> SSize: ...


def membarrier(cmd: BarrierCommand, flags: BarrierFlags, cpu_id: Int = this.flags & MEMBARRIER_CMD_FLAG_CPU): ...
def membarrier__MEMBARRIER_CMD_QUERY(
    cmd: BarrierCommand, flags: BarrierFlags, cpu_id: Int = this.flags & MEMBARRIER_CMD_FLAG_CPU
) -> Noted(BarrierCommands, styled=True): ...


def modify_ldt(func: Int, ptr: Exactly[user_desc, this.bytecount], bytecount: ULong): ...
def set_thread_area(u_info: user_desc) -> Allocated: ...
def get_thread_area(u_info: Filled[SegmentQuery]): ...
