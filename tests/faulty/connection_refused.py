# The server has ended.
# finds: connection.refused
# says: nobody listens on 127.0.0.1:
import socket

server = socket.create_server(("127.0.0.1", 0))
address = server.getsockname()
server.close()
socket.create_connection(address)
