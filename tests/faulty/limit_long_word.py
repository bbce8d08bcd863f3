# One argument that is too long.
# finds: limit.words
# says: has more than 128 KiB
import os

os.execve("/bin/true", ["true", "a" * 140000], {})
