# A program for another machine.
# finds: program.other_machine
# says: was made for S390
import os

data = bytearray(open("/bin/true", "rb").read())
data[18:20] = (22).to_bytes(2, "little")
open("program", "wb").write(data)
os.chmod("program", 0o755)
os.execv("program", ["program"])
