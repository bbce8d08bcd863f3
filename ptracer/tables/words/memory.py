"""Words of memory. Source: mmap(2), madvise(2), mremap(2), mlock(2), set_mempolicy(2), membarrier(2)."""

from __future__ import annotations

from ptracer.decode.values import Symbol
from ptracer.decode.words import Enum, Flags, group

MAP_TYPE = 0xF
HUGE_SHIFT = 26
HUGE_MASK = 0x3F

Protection = Flags("memory.protections", "PROT_???", width=0)
AllocatedProtection = Flags("memory.protections", "PROT_???")
RemapFlags = Flags("memory.mremap_flags", "MREMAP_???", width=0)
SyncFlags = Flags("memory.msync_flags", "MS_???")
LockFlags = Flags("memory.mlock_flags", "MLOCK_???")
LockAllFlags = Flags("memory.mlockall_flags", "MCL_???")
Advice = Enum("memory.memory_advice", "MADV_???")
ProcessAdvice = Enum("memory.process_memory_advice", "MADV_???")
KeyAccess = Flags("memory.protection_key_access", "PKEY_???", width=0)
ShadowStackFlags = Flags("memory.shadow_stack_flags", "SHADOW_STACK_???")
BarrierCommand = Enum("memory.membarrier_commands", "MEMBARRIER_CMD_???")
BarrierCommands = Flags("memory.membarrier_queries", "MEMBARRIER_CMD_???", width=0)
BarrierFlags = Flags("memory.membarrier_flags", "MEMBARRIER_CMD_FLAG_???")
BindFlags = Flags("memory.memory_bind_flags", "MPOL_MF_???")
MoveFlags = Flags("memory.memory_move_flags", "MPOL_MF_???")
PolicyGetFlags = Flags("memory.memory_policy_get_flags", "MPOL_F_???", width=0)


class MapFlagsWord(Flags):
    """The kind of mapping in the low bits, flags, and in the highest bits the logarithm of a huge page's size."""

    further = ("memory.map_types", {"MAP_HUGE_SHIFT": HUGE_SHIFT})

    def __init__(self) -> None:
        super().__init__("memory.map_flags", "MAP_???")

    def spelling(self, number: int) -> Symbol:
        raw = f"{number:#x}" if number else "0"
        kind, left = number & MAP_TYPE, number & ~MAP_TYPE
        names = [next((name for name, value in group("memory.map_types").items() if value == kind), f"{kind:#x} /* MAP_??? */")]
        for name, value in self.constants.items():
            if left & value:
                names.append(name)
                left &= ~value
        huge = left >> HUGE_SHIFT & HUGE_MASK
        left &= ~(HUGE_MASK << HUGE_SHIFT)
        if left:
            names.append(f"{left:#x}")
        if huge:
            names.append(f"{huge}<<MAP_HUGE_SHIFT")
        return Symbol(number, "|".join(names), raw, tuple(names), True)


MapFlags = MapFlagsWord()


class PolicyWord(Flags):
    """A memory policy with the flags that go with it."""

    further = ("memory.memory_policies",)

    def __init__(self, width: int) -> None:
        super().__init__("memory.memory_policy_mode_flags", "MPOL_???", width)

    def spelling(self, number: int) -> Symbol:
        flags = super().spelling(number)
        bits = sum(self.constants.values())
        mode = next((name for name, value in group("memory.memory_policies").items() if value == number & ~bits), None)
        if mode is None:
            return flags
        names = [mode, *(name for name, value in self.constants.items() if number & value)]
        return Symbol(number, "|".join(names), flags.raw, tuple(names), True)


Policy = PolicyWord(4)
LongPolicy = PolicyWord(0)
PolicyMode = Enum("memory.memory_policies", "MPOL_???")
