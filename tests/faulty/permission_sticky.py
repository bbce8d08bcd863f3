# In /tmp everybody may write, but remove only what is his own.
# finds: permission.sticky
# says: is sticky
# needs: root
import os

os.mkdir("/dev/shm/ptracer-sticky", 0o777)
os.chmod("/dev/shm/ptracer-sticky", 0o1777)
open("/dev/shm/ptracer-sticky/file", "w").close()
child = os.fork()
if not child:
    os.setgid(65534)
    os.setuid(65534)
    os.unlink("/dev/shm/ptracer-sticky/file")
os.waitpid(child, 0)
os.unlink("/dev/shm/ptracer-sticky/file")
os.rmdir("/dev/shm/ptracer-sticky")
