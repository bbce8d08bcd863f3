# The dynamic linker of a program is missing.
# finds: program.no_linker
# says: the dynamic linker that it names is not: '/lib64/ld-linux-x86-64.so.9'
import os

data = open("/bin/true", "rb").read()
open("program", "wb").write(data.replace(b"/lib64/ld-linux-x86-64.so.2", b"/lib64/ld-linux-x86-64.so.9"))
os.chmod("program", 0o755)
os.execv("program", ["program"])
