# The other side closes with data unread.
# finds: connection.reset
import socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
other, _ = server.accept()
client.send(b"hello")
other.close()
client.recv(1)
