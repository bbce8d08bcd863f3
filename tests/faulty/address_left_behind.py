# The file of a UNIX socket is still there.
# finds: address.left_behind
# says: exists, but no socket has it
import socket

socket.socket(socket.AF_UNIX).bind("socket")
socket.socket(socket.AF_UNIX).bind("socket")
