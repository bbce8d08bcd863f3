"""Rules of calls on memory. Sources: the ERRORS of the manual pages that the comments name."""

from __future__ import annotations

from errno import EOPNOTSUPP, EOVERFLOW

from ptracer.tables.rules import (
    ALIGNMENT,
    FLAGS,
    PAGE,
    RANGE,
    RESERVED,
    SIZE,
    STATE,
    VALUE,
    aligned,
    choice,
    named,
    only,
    rule,
    zero,
)

MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE, MAP_DROPPABLE, MAP_TYPE = 1, 2, 3, 8, 15
MAP_FIXED, MAP_ANONYMOUS, MAP_GROWSDOWN, MAP_SYNC, MAP_FIXED_NOREPLACE = 0x10, 0x20, 0x100, 0x80000, 0x100000
PROT_GROWSDOWN, PROT_GROWSUP = 0x01000000, 0x02000000
MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP = 1, 2, 4
MS_ASYNC, MS_INVALIDATE, MS_SYNC = 1, 2, 4
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4
MPOL_DEFAULT = 0
IOV_MAX = 1024
WORD, END = (1 << 64) - 1, 1 << 47  # the last address of a program, with pages of four levels

RULES = {
    "mmap mmap2": (  # mmap(2)
        rule(SIZE, lambda a: a.length == 0, "length is 0, and at least one byte must be mapped"),
        rule(FLAGS, lambda a: a.flags & MAP_TYPE == 0, "flags has neither MAP_SHARED nor MAP_PRIVATE", "Say one of the two."),
        rule(VALUE, lambda a: a.flags & MAP_TYPE not in (1, 2, 3, MAP_DROPPABLE), "flags has no kind of mapping that there is"),
        rule(ALIGNMENT, lambda a: a.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) and a.addr % PAGE, "addr is {addr:#x}, which is no multiple of the size of a page, 4096, and MAP_FIXED wants it exactly there"),
        rule(FLAGS, lambda a: a.flags & MAP_TYPE == MAP_SHARED and a.flags & MAP_GROWSDOWN and a.flags & MAP_ANONYMOUS, "flags has MAP_GROWSDOWN, which shared memory cannot do"),
        rule(FLAGS, lambda a: a.flags & MAP_TYPE == MAP_DROPPABLE and not a.flags & MAP_ANONYMOUS, "flags has MAP_DROPPABLE, which is for anonymous memory only"),
        rule(FLAGS, lambda a: a.flags & MAP_TYPE == MAP_SHARED_VALIDATE and a.flags & MAP_SYNC, "flags has MAP_SYNC, and the file does not lie on persistent memory (DAX)", error=EOPNOTSUPP, ordinary=True),
        rule(FLAGS, lambda a: a.flags & MAP_TYPE == MAP_SHARED_VALIDATE and a.flags.nameless, "flags has bits that nobody knows, and MAP_SHARED_VALIDATE has them checked", error=EOPNOTSUPP),
    ),
    "mmap": (aligned("offset"), rule(RANGE, lambda a: a.offset // PAGE + -(-a.length // PAGE) > WORD // PAGE, "offset and length go beyond the largest offset that there is", error=EOVERFLOW)),
    "munmap": (  # mmap(2)
        aligned("addr"),
        rule(SIZE, lambda a: a.length == 0, "length is 0, and at least one byte must be unmapped"),
        rule(RANGE, lambda a: a.addr + a.length > END, "addr and length go beyond the addresses of a program"),
    ),
    "mprotect pkey_mprotect": (  # mprotect(2)
        aligned("addr"),
        rule(FLAGS, lambda a: a.prot & PROT_GROWSDOWN and a.prot & PROT_GROWSUP, "prot has both PROT_GROWSDOWN and PROT_GROWSUP"),
        only("prot", 15, PROT_GROWSDOWN, PROT_GROWSUP),
        rule(STATE, lambda a: a.prot & PROT_GROWSDOWN, "prot has PROT_GROWSDOWN, and the mapping does not grow downwards"),
    ),
    "mremap": (  # mremap(2)
        only("flags", 7),
        aligned("old_address"),
        rule(SIZE, lambda a: a.new_size == 0, "new_size is 0"),
        rule(FLAGS, lambda a: a.flags & MREMAP_FIXED and not a.flags & MREMAP_MAYMOVE, "flags has MREMAP_FIXED without MREMAP_MAYMOVE"),
        rule(FLAGS, lambda a: a.flags & MREMAP_DONTUNMAP and not a.flags & MREMAP_MAYMOVE, "flags has MREMAP_DONTUNMAP without MREMAP_MAYMOVE"),
        rule(FLAGS, lambda a: a.flags & MREMAP_DONTUNMAP and a.old_size != a.new_size, "MREMAP_DONTUNMAP cannot change the size"),
        rule(ALIGNMENT, lambda a: a.flags & MREMAP_FIXED and a.new_address % PAGE, "new_address is {new_address:#x}, which is no multiple of the size of a page, 4096"),
        rule(RANGE, lambda a: a.flags & MREMAP_FIXED and a.old_address < a.new_address + a.new_size and a.new_address < a.old_address + a.old_size, "the old and the new place overlap"),
        rule(STATE, lambda a: a.old_size == 0, "old_size is 0, which is for shared memory only"),
    ),
    "madvise": (  # madvise(2)
        aligned("addr"),
        choice("advice"),
        rule(RANGE, lambda a: a.length > WORD - PAGE, "length is negative, or too large"),
        rule(STATE, lambda a: a.advice == 8, "MADV_FREE is for anonymous memory only", ordinary=True),
        rule(STATE, lambda a: a.advice == 9, "MADV_REMOVE is for shared memory that can be written only", ordinary=True),
    ),
    "msync": (  # msync(2)
        aligned("addr"),
        only("flags", MS_ASYNC, MS_INVALIDATE, MS_SYNC),
        rule(FLAGS, lambda a: a.flags & MS_ASYNC and a.flags & MS_SYNC, "flags has both MS_ASYNC and MS_SYNC"),
    ),
    "mlock munlock mlock2": (rule(RANGE, lambda a: a.addr + a.length > WORD, "addr and length go beyond the end of memory"),),
    "mlock2": (only("flags", 1),),
    "mlockall": (  # mlock(2)
        only("flags", 7),
        rule(FLAGS, lambda a: not a.flags & (MCL_CURRENT | MCL_FUTURE), "flags has neither MCL_CURRENT nor MCL_FUTURE"),
    ),
    "mincore": (aligned("addr"),),
    "mbind": (  # mbind(2)
        only("flags", 7),
        aligned("addr"),
        rule(VALUE, lambda a: a.mode & 0x0FFF > 6, "mode is {mode:#x}, which is no policy"),
        rule(FLAGS, lambda a: a.mode in (2, 3) and (not a.nodemask or a.maxnode == 0), "this policy needs nodes, and nodemask is empty"),
    ),
    "set_mempolicy": (  # set_mempolicy(2)
        rule(VALUE, lambda a: a.mode & 0x0FFF > 6, "mode is {mode:#x}, which is no policy"),
        rule(FLAGS, lambda a: a.mode in (2, 3) and (not a.nodemask or a.maxnode == 0), "this policy needs nodes, and nodemask is empty"),
    ),
    "get_mempolicy": (only("flags", 7),),
    "mseal": (zero("flags"), aligned("addr")),  # mseal(2)
    "remap_file_pages": (rule(RESERVED, lambda a: a.prot, "prot is {prot:#x}, and must be 0", "Pass 0."),),
    "pkey_alloc": (  # pkey_alloc(2)
        zero("flags"),
        rule(VALUE, lambda a: a.access_rights & ~3, "access_rights has bits that nobody knows"),
    ),
    "pkey_free": (rule(STATE, lambda a: True, "pkey {pkey:d} is not allocated"),),
    "process_madvise": (zero("flags"), choice("advice")),  # process_madvise(2)
    "move_pages": (only("flags", 6),),  # move_pages(2)
    "process_mrelease": (zero("flags"),),
    "process_vm_readv process_vm_writev": (  # process_vm_readv(2)
        zero("flags"),
        rule(RANGE, lambda a: a.liovcnt > IOV_MAX, "liovcnt is {liovcnt:d}, and at most 1024 (IOV_MAX) pieces are allowed"),
        rule(RANGE, lambda a: a.riovcnt > IOV_MAX, "riovcnt is {riovcnt:d}, and at most 1024 (IOV_MAX) pieces are allowed"),
    ),
    "membarrier": (  # membarrier(2)
        choice("cmd"),
        rule(RESERVED, lambda a: a.flags and a.cmd != 128, "flags is {flags:#x}, and must be 0 with this command"),
    ),
    "memfd_create": (  # memfd_create(2)
        named("flags"),
        rule(FLAGS, lambda a: a.flags & 0x18 == 0x18, "flags has both MFD_NOEXEC_SEAL and MFD_EXEC"),
        rule(FLAGS, lambda a: a.flags >> 26 and not a.flags & 4, "flags has a size of huge pages without MFD_HUGETLB"),
        rule(SIZE, lambda a: len(a.name.data) > 249 or (a.name.more and not a.flags & 4), "name has more than 249 bytes"),
    ),
    "memfd_secret": (only("flags", 0o2000000),),
    "userfaultfd": (only("flags", 0o2004001),),  # userfaultfd(2)
    "set_robust_list": (rule(SIZE, lambda a: a.length != 3 * a.word, "length is {length:d}, which is not the size of a struct robust_list_head"),),
}
