# An editor has put a byte order mark before the first line.
# finds: program.byte_order_mark
import os

open("script", "wb").write(b"\xef\xbb\xbf#!/bin/sh\n")
os.chmod("script", 0o755)
os.execv("script", ["script"])
