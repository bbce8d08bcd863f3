# An address of another machine.
# finds: address.not_ours
# says: no interface of this machine has the address 192.0.2.1
import socket

socket.socket().bind(("192.0.2.1", 0))
