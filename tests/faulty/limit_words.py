# More arguments than the kernel takes.
# finds: limit.words
# says: 30001 arguments and 0 variables take more than
import os
import resource

resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))
os.execve("/bin/true", ["true"] + ["a" * 50] * 30000, {})
