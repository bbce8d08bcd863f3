# A pipe that does not block, and nobody waits until something is there.
# finds: wait.would_block
# says: is non-blocking and has nothing to be read
import fcntl
import os

ends = os.pipe()
fcntl.fcntl(ends[0], fcntl.F_SETFL, os.O_NONBLOCK)
os.read(ends[0], 1)
