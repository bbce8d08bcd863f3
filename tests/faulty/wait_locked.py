# Another process has the lock.
# finds: wait.locked
# says: is locked by process
import fcntl
import os
import time

file = open("lock", "w")
ends = os.pipe()
if not os.fork():
    fcntl.lockf(file, fcntl.LOCK_EX)
    os.write(ends[1], b"x")
    time.sleep(1)
    os._exit(0)
os.read(ends[0], 1)
fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
