"""The process of a Sail server of our own: says its port, and ends as soon as who started it is gone.

A process of its own, so that Ctrl-C ends it at once, whatever its workers are at.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from scoredsl.engine.cluster.errors import ClusterError

_PATIENCE = 5.0
"""Seconds until a server that does not end is killed."""


@contextmanager
def sail_server(temp_dir: str | None) -> Iterator[int]:
    """A server for as long as it is needed: its port on this machine. What its workers keep in files goes with it.

    Raises ClusterError.
    """
    with TemporaryDirectory(prefix="scoredsl-sail-", dir=temp_dir, ignore_cleanup_errors=True) as folder:
        # What Sail logs is for its developers. Its workers are to have this very scoredsl.
        environment = {"RUST_LOG": "off", **os.environ, "TMPDIR": folder}
        here = str(Path(__file__).resolve().parents[3])
        environment["PYTHONPATH"] = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
        process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None and process.stderr is not None
            port = process.stdout.readline().strip()
            if not port.isdigit():
                said = process.stderr.read().strip().splitlines()
                raise ClusterError(f"Sail's server does not start: {said[-1] if said else 'it does not say why'}.")
            yield int(port)
        finally:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)


def main() -> None:
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    address = server.listening_address
    sys.stdout.write(f"{address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
