# A family of sockets that the kernel does not have.
# finds: feature.no_family
# says: this kernel has no sockets of AF_X25
import socket

socket.socket(9, socket.SOCK_SEQPACKET)
