"""What the capture is asked for, for the sake of stacks."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture.records import Chunks
from ptracer.capture.stacks import MOST_OF_MAPS, MOST_OF_STACK
from ptracer.pipeline import Calls
from ptracer.plans import CONSTANT, MAPPINGS, MAPS, STACK, STACKS, Plan, Step
from ptracer.regs import abi_of

# What brings files into a process, or takes them out; exec is an event of its own.
MAPPING = frozenset(("mmap", "mmap2", "munmap", "mremap", "remap_file_pages", "shmat", "shmdt", "uselib"))

THE_STACK = Step(STACK, 0, CONSTANT, 0, 1, MOST_OF_STACK)
THE_MAPPINGS = Step(MAPPINGS, 0, CONSTANT, 0, 1, MOST_OF_MAPS)

Read = Callable[[int, int], bytes]


def maps(arch: int, number: int) -> bool:
    """Whether a call may change which files are mapped."""
    abi, plain = abi_of(arch, number)
    return abi.name_of(plain) in MAPPING


class StackedCalls(Calls):
    """Asks for the stack at the entry of each call: at the exit it may be another's, or never come.

    And for the mappings where they may have changed, whether or not anybody wants to see the call.
    """

    def plan(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[int, int, int, Plan | None]:
        selector, mask, key, plan = super().plan(arch, number, args)
        after = (THE_MAPPINGS,) if maps(arch, number) else ()
        if plan is None:
            return selector, mask, key, Plan(exit=after) if after else None
        entry, exit, *rest = plan
        return selector, mask, key, Plan((*entry, THE_STACK), (*exit, *after), *rest)

    def fetch_entry(self, arch: int, number: int, args: tuple[int, ...], read: Read) -> Chunks:
        chunks = super().fetch_entry(arch, number, args, read)
        chunks[STACKS] = read(STACKS, MOST_OF_STACK)
        return chunks

    def fetch_exit(
        self, arch: int, number: int, args: tuple[int, ...], result: int, failed: bool, read: Read
    ) -> Chunks:
        chunks = super().fetch_exit(arch, number, args, result, failed, read)
        if maps(arch, number):
            chunks[MAPS] = read(MAPS, MOST_OF_MAPS)
        return chunks
