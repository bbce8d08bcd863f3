"""Words of inter-process communication: shmget(2), shmctl(2), semctl(2), msgctl(2), mq_open(3). Source: sysvipc(7)."""

from __future__ import annotations

from collections.abc import Callable

from ptracer.decode.types import HexInt, Integer, KernelInteger, Layout
from ptracer.decode.values import Joined, Permissions, Symbol, Unknown, Value
from ptracer.decode.words import Enum, Flags, Parts, Special

SHM_HUGE_SHIFT = 26
SHM_HUGE_MASK = 0x3F << SHM_HUGE_SHIFT
MODE_MASK = 0o777

Key = Special(HexInt, {0: "IPC_PRIVATE"})
IPC_64 = Flags({"IPC_64": 0x100}, None)  # a bit that the C library adds to every command


def commands(group: str, unknown: str) -> Parts:
    """A command of shmctl, semctl or msgctl."""
    return Parts((0x100, IPC_64), (0xFFFFFEFF, Enum(group, unknown)))


SharedMemoryCommand = commands("ipc.shared_memory_commands", "SHM_???")
SemaphoreCommand = commands("ipc.semaphore_commands", "SEM_???")
MessageCommand = commands("ipc.message_commands", "MSG_???")

AttachFlags = Flags("ipc.shared_memory_attach_flags", "SHM_???")
OperationFlags = Flags("ipc.semaphore_operation_flags", "SEM_???", width=2)
MessageFlags = Flags("ipc.message_flags", "MSG_???")
QueueFlags = KernelInteger(shape=Flags({"O_NONBLOCK": 0x800}, "O_???", width=8).spell)
QueueMode = Integer(2, shape=Permissions)
QueueOpenFlags = Flags("files.open_flags", "O_???", fields={0o3: "files.open_access_modes"})


class GetFlagsWord(Integer):
    """The flags of shmget and its like: flags, the logarithm of a page size, permissions."""

    def __init__(self, flags: Flags, sizes: bool) -> None:
        super().__init__(4)
        self.flags, self.sizes = flags, sizes

    def value(self, layout: Layout) -> Callable[[int], Value]:
        sizes, flags = self.sizes, self.flags

        def shape(number: int) -> Value:
            mode = Permissions(number & MODE_MASK)
            size = number & SHM_HUGE_MASK if sizes else 0
            rest = number & ~MODE_MASK & ~size
            values: list[Value] = [flags.spell(rest)] if rest else []
            if size:
                power = size >> SHM_HUGE_SHIFT
                raw = Symbol(SHM_HUGE_SHIFT, "SHM_HUGE_SHIFT", str(SHM_HUGE_SHIFT))
                values.append(Joined([power, raw], "<<"))
            # strace forgets the operator after flags that are all unknown.
            forgotten = not sizes and values and isinstance(values[0], Unknown)
            return Joined([*values, mode], "" if forgotten else "|") if values else mode

        return shape


SharedMemoryGetFlags = GetFlagsWord(Flags("ipc.shared_memory_get_flags", None), sizes=True)
GetFlags = GetFlagsWord(Flags("ipc.ipc_flags", None), sizes=False)
