# There are no hard links to directories.
# finds: permission.link
import os

os.mkdir("directory")
os.link("directory", "other")
