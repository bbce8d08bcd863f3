"""Stack traces: what a thread was doing when it made a call.

The capture copies registers and the used part of the stack (``plans.STACK``) and, when they have changed, the
mappings of the process (``plans.MAPPINGS``); all else happens in the decoding thread, from those bytes and from the
files that are mapped. Nothing here is imported unless somebody asked for stacks.
"""
