# Not everybody may change the root directory.
# finds: permission.capability
# says: user 65534 has not CAP_SYS_CHROOT, which is needed to change the root directory
# needs: root
import os

os.setgid(65534)
os.setuid(65534)
os.chroot("/")
