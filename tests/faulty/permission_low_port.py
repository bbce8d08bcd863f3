# A low port without the capability.
# finds: permission.low_port
# says: user 65534 needs CAP_NET_BIND_SERVICE
# needs: root
import os
import socket

os.setgid(65534)
os.setuid(65534)
socket.socket().bind(("127.0.0.1", 80))
