"""A session with a cluster: Spark Connect at an address, or a Sail server that is started for it."""

from __future__ import annotations

import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from scoredsl.engine.cluster.errors import ClusterError, explained
from scoredsl.engine.cluster.sail_server import sail_server

_PATIENCE = 15.0
"""Seconds until a server that does not answer is given up."""
_QUESTION = "/spark.connect.SparkConnectService/Config"
_SETTINGS = {
    # Names of scores may differ in capitals alone.
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.session.timeZone": "UTC",
    # A row is a block of a megabyte.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
    "spark.sql.execution.pyspark.udf.simplifiedTraceback.enabled": "false",
}


@contextmanager
def spark_session(url: str) -> Iterator[Any]:
    """A session of the cluster at `url` (`sc://HOST:PORT`, perhaps with `/;use_ssl=true;token=...`).

    Raises ClusterError.
    """
    _require("pyspark", "spark")
    import grpc
    from pyspark.errors import PySparkException
    from pyspark.sql.connect.client import DefaultChannelBuilder

    try:
        builder = DefaultChannelBuilder(url)
    except PySparkException:
        raise ClusterError(f"--spark {url} is no address of a Spark Connect server: write sc://HOST:PORT.") from None
    host, _, port = builder.endpoint.rpartition(":")
    why = None
    try:
        # One that refuses says so at once, where gRPC would try again and again.
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
    except OSError as problem:
        why = f" ({problem.strerror})" if problem.strerror else ""
    if why is None:
        with builder.toChannel() as channel:
            try:
                # Whatever it says to an empty question, it is one that knows it.
                channel.unary_unary(_QUESTION)(b"", timeout=_PATIENCE)
            except grpc.RpcError as problem:
                why = f" ({problem.code().name})" if problem.code() in _silences(grpc.StatusCode) else None
    if why is not None:
        raise ClusterError(
            f"No Spark Connect server answers at {builder.endpoint}{why}. Is it running, and is this the port of Spark "
            "Connect (15002, unless it was started with another)? docs/cluster.md says how one is started."
        )
    with _session(url, patient=True) as session:
        yield session


def _silences(code: Any) -> tuple[Any, ...]:
    """What gRPC says where no Spark Connect server does."""
    return code.UNAVAILABLE, code.DEADLINE_EXCEEDED, code.UNIMPLEMENTED


@contextmanager
def sail_session(temp_dir: str | None = None) -> Iterator[Any]:
    """A session of a Sail server of our own on this machine. Raises ClusterError."""
    _require("pysail", "sail")
    _require("pyspark", "sail")
    with sail_server(temp_dir) as port, _session(f"sc://127.0.0.1:{port}", patient=False) as session:
        yield session


def _require(package: str, extra: str) -> None:
    """Raises ClusterError where a package is not installed."""
    from importlib import import_module
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise ClusterError(
            f'--engine {extra} needs the package {package}, which is not installed: pip install "scoredsl[{extra}]".'
        )
    # It concerns pandas in PySpark, which nothing here uses.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    main = sys.modules["__main__"]
    if package == "pyspark" and main.__spec__ is None and not hasattr(main, "__file__"):
        # When it is loaded, PySpark takes a program without a file (`python -c`) for its own tests, and ends it.
        main.__file__ = ""
        try:
            import_module("pyspark.sql.connect.client")
        finally:
            del main.__file__


@contextmanager
def _session(url: str, patient: bool) -> Iterator[Any]:
    """`patient`: calls that fail are tried again, as is right for a network."""
    from pyspark.errors import PySparkException
    from pyspark.sql.connect.session import SparkSession

    try:
        session = SparkSession.builder.remote(url).create()
        if not patient:
            session.client.set_retry_policies([])
        for name, value in _SETTINGS.items():
            with suppress(PySparkException):
                session.conf.set(name, value)
    except PySparkException as problem:
        raise explained(problem) from problem
    try:
        yield session
    finally:
        with suppress(Exception):
            session.stop()
