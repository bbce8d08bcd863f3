# An option that sockets of this family do not have, and a program that ends of it.
# finds: feature.no_option
# says: is no option of level
import socket

one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
one.setsockopt(socket.IPPROTO_TCP, 999, 1)
