"""What every worker is told, sent along with the function that it runs."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

from scoredsl import __version__
from scoredsl.engine.cluster.errors import WorkerError
from scoredsl.engine.sources.options import ReadOptions

Step: TypeAlias = Literal["look", "match", "find", "walk", "table"]
Batches: TypeAlias = Iterator[Any]
"""Arrow record batches."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file of the log or, where `profile`, of the profiles.

    `number`: its place among all. `shown`: what messages call it. `path`: where the workers find it. `given`: the path,
    pattern or folder by which the cluster reads it and hands over what is in it, calling it `path`; None where workers
    open it themselves.
    """

    number: int
    shown: str
    path: str
    profile: bool
    given: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """`plan` is JSON text (`plan.serial`). `memory` (bytes) and `threads` are for each task."""

    files: tuple[InputFile, ...]
    events: ReadOptions
    profiles: ReadOptions
    memory: int
    threads: int = 1
    temp_dir: str | None = None
    plan: str = ""
    until: int = 0
    mode: Literal["scores", "history", "alerts"] = "scores"
    ids: bool = False
    partitions: int = 1
    buckets: int = 1
    """Into how many the leads are set apart: several for each partition."""
    format: Literal["parquet", "csv", "ndjson"] = "parquet"
    """How a folder of results is written."""
    lead: str = ""

    def options(self, file: InputFile) -> ReadOptions:
        return self.profiles if file.profile else self.events


def versions() -> dict[str, str]:
    """What must be the same everywhere: DuckDB's hash of a text stands for the text in the rows of all workers."""
    import duckdb

    return {"scoredsl": __version__, "duckdb": duckdb.__version__}


def task(step: Step, job: Job) -> Callable[[Batches], Batches]:
    """A function for `mapInArrow`. It is sent by name: workers run their own scoredsl, which must be the same."""
    return partial(run_task, versions(), step, pickle.dumps(job))


def run_task(wanted: dict[str, str], step: Step, packed: bytes, batches: Batches) -> Batches:
    """Runs a step in a worker. Raises WorkerError."""
    import socket

    for package, here in versions().items():
        if here != wanted.get(package):
            raise WorkerError(
                f"The worker {socket.gethostname()} has {package} {here}, and here it is {wanted.get(package)}. "
                f'Install the same on every worker: "pip install {package}=={wanted.get(package)}".'
            )
    from scoredsl.engine.cluster import tasks

    yield from tasks.STEPS[step](pickle.loads(packed), batches)
