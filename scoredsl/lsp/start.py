"""Makes the server, and starts it on standard input and output, a port or a web socket."""

from __future__ import annotations

import gc
import logging
import os
import sys

from scoredsl.lsp import changing, commands, on_log, reading, refactoring, workspace, writing
from scoredsl.lsp.server import ScoreServer


def make_server() -> ScoreServer:
    """A server with all its features, not yet started."""
    server = ScoreServer()
    for module in (workspace, reading, changing, writing, commands, on_log, refactoring):
        module.register(server)
    return server


def start(tcp: int | None = None, ws: int | None = None, host: str = "127.0.0.1") -> None:
    """Serves until the client leaves."""
    logging.getLogger("pygls").setLevel(logging.ERROR)
    server = make_server()
    gc.disable()  # the server looks for garbage when nothing is typed
    if tcp is not None:
        server.start_tcp(host, tcp)
    elif ws is not None:
        server.start_ws(host, ws)
    else:
        # the protocol has the stream for itself: whatever else is printed goes to standard error
        answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        sys.stdout = sys.stderr
        server.start_io(stdout=answers)
