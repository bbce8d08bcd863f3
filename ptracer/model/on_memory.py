"""What calls do to address spaces. Sources: mmap(2), mremap(2), mprotect(2), brk(2), shmget(2), shmat(2)."""

from __future__ import annotations

from ptracer.decode.call import Call
from ptracer.hints import TYPE_CHECKING
from ptracer.model.effects import Effect, address, descriptor, link, word
from ptracer.model.memory import PAGE, READ, WRITE, Mapping, pages

if TYPE_CHECKING:
    from ptracer.model.processes import Event, Thread
    from ptracer.model.world import World

MAP_TYPE, MAP_SHARED, MAP_SHARED_VALIDATE, MAP_ANONYMOUS = 0xF, 1, 3, 0x20
MREMAP_DONTUNMAP = 4
SHM_RDONLY = 0o10000
MOST_SEGMENTS = 4096  # of System V shared memory whose size is known
SEGMENT = b"/SYSV"


def mmap(world: World, thread: Thread, call: Call, event: Event) -> None:
    _, length, protection, flags, number, offset = call.args[:6]
    start = address(call)
    file: bytes | None = b""
    if not flags & MAP_ANONYMOUS:
        entry = thread.descriptors.at(descriptor(number))
        file = link(call, descriptor(number)) or (entry.description.name if entry is not None else None)
    shared = flags & MAP_TYPE in (MAP_SHARED, MAP_SHARED_VALIDATE)
    scale = PAGE if call.signature.name == "mmap2" else 1
    offset_in_file = None if flags & MAP_ANONYMOUS else offset * scale
    mapping = Mapping(start, start + pages(length), protection & 7, shared, file, offset_in_file, event)
    thread.memory.add(mapping, event)


def map_shadow_stack(world: World, thread: Thread, call: Call, event: Event) -> None:
    start = address(call)
    thread.memory.add(Mapping(start, start + pages(call.args[1]), READ | WRITE, False, b"", None, event), event)


def munmap(world: World, thread: Thread, call: Call, event: Event) -> None:
    thread.memory.remove(call.args[0], call.args[0] + pages(call.args[1]), event)


def mprotect(world: World, thread: Thread, call: Call, event: Event) -> None:
    start, length, protection = call.args[:3]
    thread.memory.protect(start, start + pages(length), protection & 7, event)


def mremap(world: World, thread: Thread, call: Call, event: Event) -> None:
    start, length, new_length, flags = call.args[:4]
    keep = bool(flags & MREMAP_DONTUNMAP) or not length  # without a length it maps the same once more
    thread.memory.move(start, pages(length), address(call), pages(new_length), keep, event)


def brk(world: World, thread: Thread, call: Call, event: Event) -> None:
    thread.memory.grow(address(call), event)


def shmget(world: World, thread: Thread, call: Call, event: Event) -> None:
    """Remember what was asked for: a segment is at least so long."""
    size = call.args[1] & (1 << 8 * call.abi.word_size) - 1
    if size and len(world.segments) < MOST_SEGMENTS:
        world.segments[call.result] = max(size, world.segments.get(call.result, 0))


def shmat(world: World, thread: Thread, call: Call, event: Event) -> None:
    # Inside ipc(2) the address is where the fourth argument points.
    start = address(call) if len(call.args) != 4 else word(call, call.args[3], 4)
    if start is None:
        thread.memory.whole = False
        return
    protection = READ if call.args[2] & SHM_RDONLY else READ | WRITE
    length = pages(world.segments.get(call.args[0] & 0xFFFFFFFF, PAGE))
    thread.memory.add(Mapping(start, start + length, protection, True, SEGMENT, 0, event), event)


def shmdt(world: World, thread: Thread, call: Call, event: Event) -> None:
    start = call.args[0]
    mapping = thread.memory.at(start)
    if mapping is not None:
        whole = [one for one in thread.memory if one.made is mapping.made and one.file == mapping.file and one.start >= start]
        for one in whole if mapping.made is not None else [mapping]:
            thread.memory.remove(one.start, one.end, event)


EFFECTS = {
    "mmap": Effect(mmap),
    "mmap2": Effect(mmap),
    "map_shadow_stack": Effect(map_shadow_stack),
    "munmap": Effect(munmap),
    "mprotect": Effect(mprotect),
    "pkey_mprotect": Effect(mprotect),
    "mremap": Effect(mremap),
    "brk": Effect(brk),
    "shmget": Effect(shmget),
    "shmat": Effect(shmat),
    "shmdt": Effect(shmdt),
}
