"""Signatures: one ``def`` for each system call, in the words of section 2 of the manual."""

MODULES = ("files", "attributes", "mounts", "memory", "process", "signals", "time", "network", "events", "ipc", "security", "system", "devices")
OVERRIDES = {"i386": ("i386", "i386_carriers", "i386_files"), "x32": ("x32", "x32_files")}
