"""Conditions on system calls: one language for filtering, for tampering, and for questions to recordings.

    openat && flags & O_CREAT
    pathname under /etc || ret == -EACCES
    dur > 10ms && !(read || write)

Its words are the names of calls, of their arguments (section 2 of the manual), of constants, and a few more: see
``grammar.BUILT_IN``.

words       text -> tokens, with their places
grammar     tokens -> a tree
meaning     a tree and a call -> true or false
"""
