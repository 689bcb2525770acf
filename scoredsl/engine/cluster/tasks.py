"""What runs in the workers, step by step; each takes and gives Arrow record batches."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scoredsl.engine.cluster import looked, matched, walking
from scoredsl.engine.cluster.errors import WorkerError
from scoredsl.engine.cluster.job import Batches, InputFile, Job, Step
from scoredsl.engine.fast import Resources, limit_database
from scoredsl.engine.scan import EventScan, ProfileScan, Scan, scan_file
from scoredsl.engine.sources.duck import connection
from scoredsl.engine.sources.files import LocalFile, prepare
from scoredsl.engine.sources.options import SourceError
from scoredsl.engine.sources.records import Collected
from scoredsl.semantics.log import Event

FIND_SCHEMA = "file int, body string"


# ---- the files of a task


def handed(job: Job, batches: Batches) -> Iterator[tuple[InputFile, Any]]:
    """The files of a task: of those that workers open themselves the ones in its rows, else what was handed over."""
    far = {file.path: file for file in job.files if file.given is not None}
    near = [file for file in job.files if file.given is None]
    for batch in batches:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        if "content" not in columns:
            yield from ((near[number], None) for number in columns["id"].to_pylist())
            continue
        for path, content in zip(columns["path"].to_pylist(), columns["content"], strict=True):
            if path in far:
                yield far[path], content.as_buffer()


@contextmanager
def scanned(job: Job, file: InputFile, content: Any) -> Iterator[tuple[Scan, Collected]]:
    """A file, looked at. Raises SourceError, and WorkerError where it is not to be seen from here."""
    with TemporaryDirectory(prefix="scoredsl-", dir=job.temp_dir) as folder, connection() as db:
        limit_database(db, Resources(job.memory, job.temp_dir))
        db.execute(f"SET threads = {max(1, job.threads)}")
        scan, collected = scan_file(local(job, file, content, Path(folder)), job.options(file), db, file.profile)
        with scan:
            yield scan, collected


def local(job: Job, file: InputFile, content: Any, folder: Path) -> LocalFile:
    """The file where DuckDB can read it."""
    path = Path(file.path)
    if content is not None:
        path = folder / "content" / (path.name or "file")
        path.parent.mkdir()
        with path.open("wb") as target:
            target.write(content)
    elif not path.exists():
        raise WorkerError(
            f"The worker {socket.gethostname()} does not see {file.path}. Put the file where every worker has it under "
            "this path (a shared folder), or name it by an address that the cluster reads (s3a://, hdfs://, abfss://)."
        )
    try:
        found = prepare(str(path), 0, job.options(file).input_format, folder)
    except SourceError as problem:
        raise SourceError(str(problem).replace(str(path), file.shown)) from None
    return replace(found, given=file.shown)


# ---- the steps


def look(job: Job, batches: Batches) -> Batches:
    """LOOK_SCHEMA: what the files hold."""
    for file, content in handed(job, batches):
        try:
            with scanned(job, file, content) as (scan, collected):
                yield _rows(looked.told(file, scan, collected))
        except SourceError as problem:
            yield _rows(looked.refused(file, problem))


def match(job: Job, batches: Batches) -> Batches:
    """BLOCK_SCHEMA: what the walk needs of each event and each profile row."""
    plan = matched.prepared(job)
    for file, content in handed(job, batches):
        try:
            with scanned(job, file, content) as (scan, _):
                yield from matched.blocks(job, plan, file, scan)
        except SourceError as problem:
            raise WorkerError(str(problem)) from None


def find(job: Job, batches: Batches) -> Batches:
    """FIND_SCHEMA: the events and the profile rows of one lead, as JSON."""
    for file, content in handed(job, batches):
        try:
            with scanned(job, file, content) as (scan, _):
                match scan:
                    case EventScan():
                        found = [_event(event) for event in scan.events_of(job.lead)]
                    case ProfileScan():
                        found = [[row.time, row.place, row.fields] for row in scan.rows_of(job.lead)]
                    case _:
                        found = []
        except SourceError as problem:
            raise WorkerError(str(problem)) from None
        yield _rows((file.number, json.dumps(one)) for one in found)


def _event(event: Event) -> list[Any]:
    properties: Mapping[str, Any] = event.properties
    return [event.name, event.time, event.id, event.place, dict(properties)]


def _rows(rows: Iterator[tuple[int, str]]) -> Any:
    """A batch of numbers of files and texts."""
    import pyarrow as pa

    both = list(rows)
    columns = [pa.array([n for n, _ in both], pa.int32()), pa.array([text for _, text in both], pa.string())]
    return pa.RecordBatch.from_arrays(columns, ["file", "body"])


STEPS: Mapping[Step, Callable[[Job, Batches], Batches]] = {
    "look": look,
    "match": match,
    "find": find,
    "walk": walking.walk,
    "table": walking.table,
}
