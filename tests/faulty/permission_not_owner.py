# The permissions of somebody else's file.
# finds: permission.not_owner
# says: only its owner may do this, and the process is of user 65534
# needs: root
import os

os.setgid(65534)
os.setuid(65534)
os.chmod("/etc/passwd", 0o644)
