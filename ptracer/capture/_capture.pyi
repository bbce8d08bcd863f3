from ptracer.capture import protocol

# A class, whose instances keep the protocol; said as a function so that the protocol is not said twice.
def Capture(ring_size: int = ...) -> protocol.Capture: ...

# Where calls from inside a traced program come from, and where one that makes its region waits.
TRUSTED: tuple[int, int]
READY: int
