# A program is overwritten while it runs.
# finds: program.running
# says: is being executed: by process
import shutil
import subprocess

shutil.copy("/bin/cat", "program")
child = subprocess.Popen(["./program"], stdin=subprocess.PIPE)
try:
    open("program", "r+b")
finally:
    child.communicate(b"")
