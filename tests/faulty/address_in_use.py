# Two servers want the same port.
# finds: address.in_use
# says: as descriptor 3
import socket

first = socket.create_server(("127.0.0.1", 0))
second = socket.socket()
second.bind(("127.0.0.1", first.getsockname()[1]))
