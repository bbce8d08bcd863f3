"""Starts a command with URL in its arguments, answers its one request on 127.0.0.1, and returns its status.

One process serves and one asks, so that each does the same in every run.
"""

import os
import re
import socket
import sys

listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(10)
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
command = [word.replace("URL", url) for word in sys.argv[1:]]
child = os.fork()
if not child:
    try:
        os.execvp(command[0], command)
    finally:
        os._exit(127)
connection, _ = listener.accept()
request = b""
while b"\r\n\r\n" not in request:
    request += connection.recv(65536)
head, _, body = request.partition(b"\r\n\r\n")
length = re.search(rb"(?i)content-length: (\d+)", head)
while length and len(body) < int(length[1]):
    body += connection.recv(65536)
answer = head.split()[0] + b" answered\n"
connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(answer))
if not head.startswith(b"HEAD"):
    connection.sendall(answer)
connection.close()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)
