"""argv -> options -> pipeline; the only module that knows everyone."""

from __future__ import annotations

import os
import sys


def main() -> None:
    from ptracer.capture._capture import Capture
    from ptracer.decode.decoder import Decoder
    from ptracer.decode.detail import Detail
    from ptracer.decode.registry import Signatures
    from ptracer.pipeline import Calls, DecodingThread, prepare_threads
    from ptracer.render.output import Output
    from ptracer.render.spelling import Spelling
    from ptracer.render.text import Layout, TextRenderer
    from ptracer.spawn import Command, initial_environment, start
    from ptracer.tracer import Tracer
    argv = sys.argv[1:]
    fd = 2
    follow = False
    if argv[0] == "-f":
        follow = True
        argv = argv[1:]
    if argv[0] == "-o":
        fd = os.open(argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        argv = argv[2:]
    signatures = Signatures(Detail())
    output = Output(fd, lambda e: print(e))
    renderer = TextRenderer(Spelling(), Layout(pid="file" if follow else ""), None, lambda tid: output)
    decoder = Decoder(signatures, renderer)
    command = Command(argv, initial_environment())
    child = start(command)
    capture = Capture()
    tracer = Tracer(capture, Calls(signatures), follow=follow)
    thread = DecodingThread(capture, decoder, renderer.flush)
    thread.start()
    prepare_threads()
    tracer.start(child.pid, 59)
    child.release()
    tracer.run()
    capture.finish()
    thread.join()
    renderer.close()
    if thread.error:
        raise thread.error
    st = tracer.command_status
    sys.exit(os.WEXITSTATUS(st))
