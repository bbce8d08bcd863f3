# A script without a first line is no program for execve.
# finds: program.no_first_line
import os

open("script", "w").write("echo\n")
os.chmod("script", 0o755)
os.execv("script", ["script"])
