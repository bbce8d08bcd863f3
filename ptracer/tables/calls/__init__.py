"""Signatures: one ``def`` for each system call, in the words of section 2 of the manual."""
