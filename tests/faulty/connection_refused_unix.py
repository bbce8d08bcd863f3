# The server has ended, its socket file is still there.
# finds: connection.refused
# says: 'socket' is there, but no socket listens on it
import socket

server = socket.socket(socket.AF_UNIX)
server.bind("socket")
server.close()
socket.socket(socket.AF_UNIX).connect("socket")
