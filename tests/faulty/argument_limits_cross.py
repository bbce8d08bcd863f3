# A soft limit above the hard one.
# finds: argument.range
# says: the soft limit is above the hard one
import ctypes
import struct

ctypes.CDLL(None).syscall(302, 0, 7, struct.pack("<QQ", 100, 50), None)
