"""Tampering: making system calls fail, return, wait, signal or see other memory than they would (``-e inject=``).

``grammar`` turns what was written into ``rules``; ``changes`` decides at each call what its rules do to it and does so by
requests to the capture; ``delays`` keeps threads waiting while others run.
"""
