# Maps the second half of a file, which does not begin at a page.
# finds: argument.alignment
# says: offset is 0x64, which is no multiple of the size of a page, 4096
import ctypes
import os

libc = ctypes.CDLL(None)
fd = os.open("/etc/passwd", os.O_RDONLY)
libc.syscall(9, *map(ctypes.c_long, (0, 100, 1, 2, fd, 100)))  # the C library's mmap would not ask the kernel
