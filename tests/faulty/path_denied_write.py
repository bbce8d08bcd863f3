# A file that may not be written.
# finds: path.denied
# says: may not be written by user 65534
# needs: root
import os

open("file", "w").close()
os.chmod("file", 0o644)
os.setgid(65534)
os.setuid(65534)
open("file", "w")
