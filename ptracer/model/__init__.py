"""What is known of the traced processes at every moment, from records alone.

``World.feed`` takes records in order; then ``world.process(tid)`` has descriptors, memory, places and credentials. Nobody is
asked and nothing is guessed: what no record has said is None. What happened between two records in the kernel is put in
the order of records; where several threads race, the model may be late by the length of a call.
"""
