# A pipe has no position.
# finds: descriptor.no_position
import os

os.pread(os.pipe()[0], 1, 0)
