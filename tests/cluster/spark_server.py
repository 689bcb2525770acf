"""A Spark Connect server on the JVM, where Java and the whole of Spark are (SPARK_HOME, or the package pyspark)."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import scoredsl

_PATIENCE = 120.0


def spark_home() -> Path | None:
    """Where Spark is; None where there is none, or no Java."""
    if shutil.which("java") is None:
        return None
    spec = importlib.util.find_spec("pyspark")
    places = [os.environ.get("SPARK_HOME"), *(spec.submodule_search_locations or [] if spec is not None else [])]
    return next((Path(place) for place in places if place and Path(place, "bin", "spark-submit").exists()), None)


@contextmanager
def spark_server(home: Path, folder: Path) -> Iterator[str]:
    """A server with two workers of this Python: its address. What it logs goes into the folder."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    package = str(Path(scoredsl.__file__).resolve().parents[1])
    environment = {
        **os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": package,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }  # fmt: skip
    command = [
        str(home / "bin" / "spark-submit"), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
        "--master", "local[2]", "--conf", f"spark.connect.grpc.binding.port={port}", "--conf", "spark.ui.enabled=false",
        "spark-internal",
    ]  # fmt: skip
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(process, port, log)
            yield f"sc://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"Spark does not start:\n{log.read_text()[-2000:]}")
