# One socket for two connections.
# finds: connection.connected
# says: (a socket connected to 127.0.0.1:
import socket

first = socket.create_server(("127.0.0.1", 0))
second = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(first.getsockname())
client.connect(second.getsockname())
