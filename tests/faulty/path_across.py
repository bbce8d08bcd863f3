# A name cannot move to another file system.
# finds: path.across
import os

open("file", "w").close()
os.rename("file", "/dev/shm/ptracer-test")
