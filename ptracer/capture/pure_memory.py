"""Copying a tracee's memory by a plan, with nothing but ctypes: what ``_memory.h`` does in C."""

from __future__ import annotations

import ctypes
import errno
import functools
from collections.abc import Callable, Sequence

from ptrace.binding import func as binding

from ptracer import plans
from ptracer.capture import outside, stacks
from ptracer.capture.records import Chunks
from ptracer.regs import X32_BIT

PAGE = 4096
WORD_MASK = (1 << 64) - 1
ARCH_64BIT = 0x80000000  # linux/audit.h: __AUDIT_ARCH_64BIT
MOST_OF_RECORD = 1 << 20  # bytes of memory for one stop, whatever the plan says
MOST_CHUNKS = 4000
MOST_VECTORS = 1024  # the kernel's UIO_MAXIOV
LARGEST_READ = 1 << 26
FIRST_PART = 256  # most strings are short, and a long copy costs
GROUP = 64  # how many pointers of an array are read at once
CHUNK_HEADER = 16  # what a chunk takes in the C loop's ring besides its bytes

Read = Callable[[int, int], bytes]


class _Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


_process_vm_readv = ctypes.CDLL(None, use_errno=True).process_vm_readv
_process_vm_readv.restype = ctypes.c_ssize_t


def size_of_chunks(chunks: Chunks | None) -> int:
    """What they take in the C loop's ring."""
    return sum(_size_of_chunk(data) for data in chunks.values()) if chunks else 0


def _size_of_chunk(data: bytes) -> int:
    return CHUNK_HEADER + (len(data) + 7 & ~7)


def size_of_pointer(arch: int, number: int) -> int:
    """sizeof(void *) for who makes the call: x32 is a bit of the number, -1 is a call to be skipped."""
    return 8 if arch & ARCH_64BIT and (not number & X32_BIT or number == WORD_MASK) else 4


def read_memory(tid: int, address: int, size: int) -> bytes:
    """As many bytes at ``address`` as can be read, at most ``size``."""
    address &= WORD_MASK
    size = min(size, LARGEST_READ, WORD_MASK - address)
    if size <= 0:
        return b""
    data, error = _copy(tid, address, size)
    if error in (errno.ENOSYS, errno.EPERM):
        return peek_memory(tid, address, size)
    if data or address % PAGE + size <= PAGE:
        return data
    return _copy_pages(tid, address, size)


def _copy(tid: int, address: int, size: int) -> tuple[bytes, int]:
    """What process_vm_readv gives, and its errno."""
    buffer = ctypes.create_string_buffer(size)
    local = _Vector(ctypes.addressof(buffer), size)
    remote = _Vector(address, size)
    got = _process_vm_readv(tid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
    if got < 0:
        return b"", ctypes.get_errno()
    return ctypes.string_at(buffer, got), 0


def _copy_pages(tid: int, address: int, size: int) -> bytes:
    """Page by page: kernels before 3.15 copy nothing at all where they cannot copy everything."""
    data = bytearray()
    while len(data) < size:
        part = min(PAGE - (address + len(data)) % PAGE, size - len(data))
        piece, _ = _copy(tid, address + len(data), part)
        data += piece
        if len(piece) < part:
            break
    return bytes(data)


def peek_memory(tid: int, address: int, size: int) -> bytes:
    """The same word by word through PTRACE_PEEKDATA, for sandboxes without process_vm_readv, and for
    tracees that changed their user: the tracer may still ask these through ptrace."""
    first = address & ~7
    data = bytearray()
    while len(data) < size + address - first:
        try:
            word = binding.ptrace(binding.PTRACE_PEEKDATA, tid, first + len(data), 0, check_errno=True)
        except binding.PtraceError:
            break
        data += word.to_bytes(8, "little")
    return bytes(data[address - first : address - first + size])


def write_memory(tid: int, address: int, data: bytes) -> int:
    """Word by word through PTRACE_POKEDATA, which also writes where the tracee may only read; how many bytes were written."""
    put = 0
    while put < len(data):
        skip = (address + put) % 8
        part = data[put : put + 8 - skip]
        word = bytearray(part if len(part) == 8 else peek_memory(tid, address + put - skip, 8))
        if len(word) < 8:
            break
        word[skip : skip + len(part)] = part
        try:
            binding.ptrace(binding.PTRACE_POKEDATA, tid, address + put - skip, int.from_bytes(word, "little"))
        except binding.PtraceError:
            break
        put += len(part)
    return put


class Copying:
    """Runs plans at one stop of one thread, within what a record may hold; ``chunks`` is what came of it."""

    def __init__(self, tid: int, arch: int, number: int, args: Sequence[int], result: int = 0) -> None:
        self.tid = tid
        self.read: Read = functools.partial(read_memory, tid)
        self.word = size_of_pointer(arch, number)
        self.args = args
        self.result = result
        self.chunks: Chunks = {}
        self.count = 0
        self.used = 0

    def run(self, steps: Sequence[tuple[int, ...]]) -> Chunks | None:
        """Copy what the steps say; None where they found nothing to copy."""
        whole = 0  # a limit that overrules those of the steps
        for operation, argument, length_kind, length_argument, scale, limit in steps:
            of, place = argument & 0xFF, argument >> 8
            address = self.field(of, place - 1, self.word) if place else self.value(of)
            length = self.length(length_kind, length_argument)
            limit = whole or limit
            if operation == plans.STRING:
                self.copy_string(address, limit)
            elif operation == plans.BYTES:
                self.copy_bytes(address, min(length * scale, limit))
            elif operation == plans.IOVEC:
                self.copy_vectors(address, length, limit)
            elif operation == plans.STRINGS:
                self.copy_pointers(address, length, limit)
            elif operation == plans.POINTERS:
                self.copy_pointers(address, limit, 0)
            elif operation == plans.SOCKET and self.copy_socket(address & 0xFFFFFFFF):
                whole = limit
            elif operation == plans.LINK:
                self.copy_link(address & 0xFFFFFFFF, limit)
            elif operation == plans.COMMAND:
                self.copy_outside(plans.place(plans.COMMANDS, address))
            elif operation in (plans.STACK, plans.MAPPINGS):
                self.copy_whereabouts(operation, limit)
        return self.chunks or None

    def value(self, of: int) -> int:
        """The argument, or what is in its place; of the own thread 0, as ``outside`` has it."""
        return self.result if of == plans.RESULT_VALUE else 0 if of == plans.OWN else self.args[of]

    def length(self, kind: int, value: int) -> int:
        """The length a step speaks of."""
        if kind == plans.ARGUMENT:
            return self.args[value]
        if kind == plans.RESULT:
            return max(self.result, 0)
        if kind == plans.TARGET:
            target = self.copy_bytes(self.args[value], 4) or b""
            return int.from_bytes(target, "little") if len(target) == 4 else 0
        if kind == plans.FIELD:
            return self.field(value & 0xFF, value >> 8 & 0xFFFF, value >> 24)
        return value

    def field(self, argument: int, offset: int, size: int) -> int:
        """An integer inside what an argument points to; 0 where it cannot be read."""
        data = self.read(self.args[argument] + offset, size)
        return int.from_bytes(data, "little") if len(data) == size else 0

    def copy_socket(self, fd: int) -> bool:
        """Keep the protocol of a netlink socket; whether it is one."""
        return bool(self.copy_outside(plans.SOCKETS + fd))

    def copy_outside(self, address: int) -> bytes:
        """Keep what stands at an address outside memory."""
        data = outside.read(self.tid, address)
        if data and len(data) <= self.room():
            self.keep(address, data)
        return data

    def copy_link(self, fd: int, wanted: int) -> None:
        """Keep what a descriptor refers to, and of a device what it is."""
        if self.copy_outside(plans.place(plans.LINKS, fd)).startswith(b"/") and wanted & plans.DEVICES:
            self.copy_outside(plans.place(plans.DETAILS, fd))

    def copy_whereabouts(self, operation: int, limit: int) -> None:
        """Keep registers and stack, or the mappings."""
        from ptracer.capture.pure_requests import get_registers

        if operation == plans.MAPPINGS:
            data, address = stacks.maps(self.tid, min(limit, self.room())), plans.MAPS
        else:
            data, address = stacks.stack(bytes(get_registers(self.tid)), self.read, min(limit, self.room())), plans.STACKS
        self.keep(address, data)

    def must_ask(self, steps: Sequence[tuple[int, ...]]) -> bool:
        """Whether a descriptor refers to something that must be asked about: nothing that has a path."""
        for operation, argument, _, _, _, limit in steps:
            if operation == plans.COMMAND and argument != plans.OWN and outside.foreign(self.tid):
                return True
            if operation == plans.LINK and limit & plans.ASKED:
                text = outside.read(self.tid, plans.place(plans.LINKS, self.value(argument)))
                if text and not text.startswith((b"/", b"pipe:")):
                    return True
        return False

    def room(self) -> int:
        """How many bytes may still be copied."""
        return max(MOST_OF_RECORD - self.used, 0) if self.count < MOST_CHUNKS else 0

    def keep(self, address: int, data: bytes) -> bytes:
        """A chunk is complete. Where two begin at one address the longer one says more."""
        known = self.chunks.get(address)
        if known is None or len(known) < len(data):
            self.chunks[address] = data
        self.used += _size_of_chunk(data)
        self.count += 1
        return data

    def copy_bytes(self, address: int, size: int) -> bytes | None:
        """Copy ``size`` bytes, or what can be had of them; None: nothing was to be copied."""
        size = min(size, self.room())
        if not address or not size:
            return None
        return self.keep(address, self.read(address, size))

    def copy_string(self, address: int, limit: int) -> None:
        """A string is read page by page: it may end just before memory does."""
        limit = min(limit, self.room())
        if not address or not limit:
            return
        data = b""
        while len(data) < limit:
            part = PAGE - (address + len(data)) % PAGE
            part = min(part, limit - len(data), part if data else FIRST_PART)
            piece = self.read(address + len(data), part)
            end = piece.find(0) + 1
            data += piece[: end or None]
            if end or len(piece) < part:
                break
        self.keep(address, data)

    def copy_pointers(self, address: int, most: int, limit: int) -> None:
        """A NULL-terminated array of pointers; with ``limit`` each but the last of ``most`` is followed
        as a string."""
        seen = 0
        while seen < most:
            size = GROUP * self.word
            to_page = PAGE - address % PAGE
            if to_page % self.word == 0:
                size = min(size, to_page)
            size = min(size, (most - seen) * self.word)
            size = min(size, self.room())
            if not address or not size:
                return
            group = self.read(address, size)
            words = self.words(group)
            if 0 in words:  # what lies behind the array is nobody's business
                group = group[: (words.index(0) + 1) * self.word]
            self.keep(address, group)
            for pointer in words:
                if not pointer:
                    return
                seen += 1
                if limit and seen < most:
                    self.copy_string(pointer, limit)
            if len(group) < size:
                return
            address += size

    def copy_vectors(self, address: int, count: int, limit: int) -> None:
        """An array of struct iovec, and what each of them points to."""
        vectors = self.copy_bytes(address, min(count, MOST_VECTORS) * 2 * self.word) or b""
        words = self.words(vectors)
        for base, length in zip(words[::2], words[1::2], strict=False):
            self.copy_bytes(base, min(length, limit))

    def words(self, data: bytes) -> list[int]:
        """The whole words in some bytes."""
        word = self.word
        return [int.from_bytes(data[at : at + word], "little") for at in range(0, len(data) - word + 1, word)]
