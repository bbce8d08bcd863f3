"""Signatures: one ``def`` for each system call, in the words of section 2 of the manual."""

# In the order of search: what every program calls comes first.
MODULES = (
    "files",
    "memory",
    "process",
    "signals",
    "time",
    "attributes",
    "mounts",
    "network",
    "events",
    "ipc",
    "prctl",
    "ptrace",
    "security",
    "system",
    "devices",
)
OVERRIDES = {"i386": ("i386", "i386_carriers", "i386_files"), "x32": ("x32", "x32_files")}
