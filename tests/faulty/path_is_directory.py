# A directory that is written to.
# finds: path.is_directory
import os

os.mkdir("directory")
open("directory", "w")
