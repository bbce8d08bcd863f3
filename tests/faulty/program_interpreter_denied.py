# The interpreter of a script is no program.
# finds: program.interpreter_denied
# says: -rw-
import os

open("script", "w").write("#!/etc/passwd\n")
os.chmod("script", 0o755)
os.execv("script", ["script"])
