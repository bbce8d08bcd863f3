"""Recordings: the records of a trace in a file, from which everything else can be made later.

``shapes`` says what a record may look like, ``format`` how a file is laid out, ``recorder`` writes one while tracing, ``recent``
keeps only the latest records in memory, ``recording`` reads one, ``replay`` feeds it to what a trace would have been fed to.
Nothing here is imported unless it is asked for.
"""
