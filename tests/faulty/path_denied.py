# A directory that may not be searched.
# finds: path.denied
# says: may not search it
# needs: root
import os

os.mkdir("closed", 0o700)
open("closed/file", "w").close()
os.setgid(65534)
os.setuid(65534)
open("closed/file")
