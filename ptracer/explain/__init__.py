"""Why a call failed, and what a program does wrong although its calls succeed.

``evidence`` looks at the tracee at the stop of a call that failed, and takes down what its explanation will need; ``causes``
explain one call from that, in the decoding thread; ``habits`` watch what calls do to each other; ``findings`` keeps what was
found and says it at the end. Everything that is known besides comes from ``ptracer.model``. Nothing here is imported unless
it is asked for.
"""
