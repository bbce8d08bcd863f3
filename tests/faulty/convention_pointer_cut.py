# finds: convention.pointer_cut
# says: it has been an int of 32 bits in between
# ctypes believes that functions return an int unless it is told otherwise.
import ctypes
import mmap

libc = ctypes.CDLL(None)
while True:  # an address of which the lower half is positive or negative: both are wrong
    address = libc.mmap(None, ctypes.c_size_t(65536), mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    if abs(address) >= 1 << 16:
        break
libc.write(1, ctypes.c_void_p(address), ctypes.c_size_t(4))
