# A file cannot be given away.
# finds: permission.owner
# needs: root
import os

file = os.open("file", os.O_CREAT | os.O_RDWR, 0o666)
os.fchown(file, 65534, 65534)
os.setgid(65534)
os.setuid(65534)
os.fchown(file, 1, -1)
