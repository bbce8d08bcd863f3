"""Where the time goes: how long calls take by what they are, who makes them and what they touch; the live view of it.

It consumes records, as everything does that is shown, so a recording is summarized like a trace that runs. No call is
rendered for it: a call belongs to a group by its number, its thread, or by the few bytes of memory that name a file.
"""
