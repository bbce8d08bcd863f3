from ptracer.capture import protocol

# A class, whose instances keep the protocol; said as a function so that the protocol is not said twice.
def Capture(ring_size: int = ...) -> protocol.Capture: ...
