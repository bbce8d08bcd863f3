# A program is executed that is still open for writing.
# finds: program.being_written
# says: has it as descriptor 3
import os
import shutil

shutil.copy("/bin/true", "program")
file = os.open("program", os.O_WRONLY)
os.execv("program", ["program"])
