"""What the capture is asked for, for the sake of stacks."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.capture.records import Chunks
from ptracer.capture.stacks import MOST_OF_MAPS, MOST_OF_STACK
from ptracer.pipeline import Calls
from ptracer.plans import CONSTANT, MAPPINGS, MAPS, STACK, STACKS, Plan, Step
from ptracer.regs import abi_of

# Where the stack of the exit is another one, or will never be seen, that of the entry is meant.
AT_ENTRY = frozenset(("execve", "execveat", "exit", "exit_group", "rt_sigreturn", "sigreturn"))
# What brings files into a process, or takes them out.
MAPPING = frozenset(("mmap", "mmap2", "munmap", "mremap", "remap_file_pages", "shmat", "shmdt", "uselib"))

THE_STACK = Step(STACK, 0, CONSTANT, 0, 1, MOST_OF_STACK)
THE_MAPPINGS = Step(MAPPINGS, 0, CONSTANT, 0, 1, MOST_OF_MAPS)

Read = Callable[[int, int], bytes]


class StackedCalls(Calls):
    """Asks for the stack at each call, and for the mappings where they may have changed, wanted or not."""

    def plan(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[int, int, int, Plan | None]:
        selector, mask, key, plan = super().plan(arch, number, args)
        name = self.named(arch, number)
        if plan is None:
            return selector, mask, key, Plan(exit=(THE_MAPPINGS,)) if name in MAPPING else None
        entry = (*plan.entry, THE_STACK) if name in AT_ENTRY else plan.entry
        exit = (*plan.exit, THE_STACK, THE_MAPPINGS) if name in MAPPING else (*plan.exit, THE_STACK)
        return selector, mask, key, Plan(entry, exit, plan.live_entry, plan.live_exit, plan.exit_on_error)

    @staticmethod
    def named(arch: int, number: int) -> str:
        """The name of a call."""
        abi, plain = abi_of(arch, number)
        return abi.name_of(plain)

    def fetch_entry(self, arch: int, number: int, args: tuple[int, ...], read: Read) -> Chunks:
        chunks = super().fetch_entry(arch, number, args, read)
        if self.named(arch, number) in AT_ENTRY:
            chunks[STACKS] = read(STACKS, MOST_OF_STACK)
        return chunks

    def fetch_exit(
        self, arch: int, number: int, args: tuple[int, ...], result: int, failed: bool, read: Read
    ) -> Chunks:
        chunks = super().fetch_exit(arch, number, args, result, failed, read)
        chunks[STACKS] = read(STACKS, MOST_OF_STACK)
        if self.named(arch, number) in MAPPING:
            chunks[MAPS] = read(MAPS, MOST_OF_MAPS)
        return chunks
