# A signal for a process of somebody else.
# finds: permission.signal
# says: and user 65534 may signal only processes of the same user
# needs: root
import os
import signal

parent = os.getpid()
child = os.fork()
if not child:
    os.setgid(65534)
    os.setuid(65534)
    os.kill(parent, signal.SIGTERM)
os.waitpid(child, 0)
