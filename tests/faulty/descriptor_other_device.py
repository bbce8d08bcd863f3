# A file is no terminal.
# finds: descriptor.other_device
# says: is no terminal
import termios

file = open("/etc/passwd")
termios.tcgetattr(file.fileno())
