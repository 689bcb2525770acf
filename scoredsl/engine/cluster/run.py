"""A run on a cluster, seen from here: the files are looked at, then matched and walked, then the results come or go."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from scoredsl.engine.cluster import folder
from scoredsl.engine.cluster.errors import ClusterError, explained
from scoredsl.engine.cluster.files import cluster_files, contents, local_files, partition_names, whole
from scoredsl.engine.cluster.job import InputFile, Job, Step, task
from scoredsl.engine.cluster.looked import LOOK_SCHEMA, PLACE_BITS, Looked, looked
from scoredsl.engine.cluster.matched import BLOCK_SCHEMA, names_read, prepared
from scoredsl.engine.cluster.packets import PACKET_SCHEMA, Counts, unpacked
from scoredsl.engine.cluster.tasks import FIND_SCHEMA
from scoredsl.engine.fast import Outcome, Resources, result_columns
from scoredsl.engine.kernel.walker import Mode
from scoredsl.engine.result_rows import ResultRows
from scoredsl.engine.sources.options import ReadOptions, SourceError
from scoredsl.engine.sources.read import require_one_name
from scoredsl.plan.logical import LogicalPlan
from scoredsl.plan.serial import to_json
from scoredsl.semantics.log import Event, ProfileRow

_MOST_TASKS = 10_000
_MOST_PARTITIONS = 2_000
_ROWS = 250_000
"""So many rows are a partition: a fraction of a second of walking, some twenty megabytes."""
Frame: TypeAlias = Any
"""A DataFrame of Spark Connect."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A session, and what each task may use. `memory` is bytes, `threads` those that read a file.

    `near`: the workers run on this machine, so paths are those of this machine. `tasks`: how many there are of a step,
    for a server that would run all of them at once; None: one a file, and so many partitions as the log needs.
    """

    session: Any
    memory: int
    temp_dir: str | None = None
    threads: int = 1
    near: bool = False
    tasks: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A log and its profiles on a cluster, looked at but not read."""

    cluster: Cluster
    job: Job
    events: Looked
    profiles: Looked | None

    def newest(self) -> int | None:
        """The newest time of the usable rows, None where none has one."""
        times = [self.events.newest, self.profiles.newest if self.profiles else None]
        return max((time for time in times if time is not None), default=None)


def look(
    cluster: Cluster,
    events: Sequence[str],
    event_options: ReadOptions,
    profiles: Sequence[str],
    profile_options: ReadOptions,
    plan: LogicalPlan,
) -> Source:
    """Has the cluster look at a log. Raises SourceError as `scan_events` and `scan_profiles` do, and ClusterError."""
    require_one_name(event_options)
    files = _files(cluster, events, False, 0)
    rows = _files(cluster, profiles, True, len(files)) if profiles else []
    job = Job(
        (*files, *rows), event_options, profile_options, cluster.memory, cluster.threads, cluster.temp_dir,
        to_json(plan),
    )  # fmt: skip
    _require_columns(job, [*events, *profiles])
    with _asked():
        told = [(row.file, row.body) for row in _step(cluster, job, "look", LOOK_SCHEMA).toLocalIterator()]
    return Source(
        cluster, job, looked(events, files, told), looked(profiles, rows, told) if profiles else None
    )  # fmt: skip


@contextmanager
def results(source: Source, until: int, mode: Mode, resources: Resources) -> Iterator[Outcome]:
    """Scores at T (`until`), or all changes up to it, of every lead, brought here.

    `resources` are those of this machine. Raises TooLargeError and ClusterError.
    """
    job = _job(source, until, mode)
    program = prepared(job).program
    columns, width = result_columns(program, mode)
    with ResultRows(columns, width, budget=resources.results, temp_dir=resources.temp_dir) as rows:
        with _asked():
            walked = _by_lead(source.cluster, job).mapInArrow(task("walk", job), PACKET_SCHEMA)
            outcome = unpacked(walked.toLocalIterator(), rows, program, mode)
        yield outcome


def write(source: Source, until: int, mode: Mode, path: str, format: folder.Format) -> Counts:
    """Has the cluster write the same as a folder of part files; gives what was counted.

    Raises TooLargeError, and ClusterError, also where something stands at `path`.
    """
    from pyspark.errors import AnalysisException
    from pyspark.sql.functions import col

    job = replace(_job(source, until, mode), format=format)
    program = prepared(job).program
    columns = [each.column for each in result_columns(program, mode)[0]]
    counts = Counts()
    with _asked():
        made = _by_lead(source.cluster, job).mapInArrow(task("table", job), folder.schema(columns, format))
        made = made.persist()
        try:
            for row in made.where(col("told").isNotNull()).select("told").toLocalIterator():
                counts.add(json.loads(row.told))
            named = [col(name).alias(column.name) for name, column in zip(folder.names(columns), columns, strict=True)]
            chosen = made.where(col("told").isNull()).select(*named)
            writer = chosen.write.mode("error").options(**folder.OPTIONS[format])
            writer.format(folder.WRITERS[format]).save(whole(path))
        except AnalysisException as problem:
            if "exist" in str(problem):
                raise ClusterError(_in_the_way(path)) from problem
            raise
        finally:
            made.unpersist()
    return counts


def require_free(cluster: Cluster, path: str, given: Sequence[str]) -> None:
    """Raises ClusterError where no folder of results can be written: in the data, or where something is already."""
    target = posixpath.normpath(whole(path))
    for each in given:
        read = posixpath.normpath(whole(each))
        if f"{target}/".startswith(f"{read}/") or f"{read}/".startswith(f"{target}/"):
            raise ClusterError(f"--out {path} would stand in the data, {each}. Name another folder.")
    try:
        there = _files(cluster, [path], False, 0)
    except SourceError:
        return
    if there:
        raise ClusterError(_in_the_way(path))


def _in_the_way(path: str) -> str:
    return f"--out {path} is there already. A cluster overwrites nothing: remove it first, or name another folder."


def lead_of(source: Source, lead: str) -> tuple[list[Event], list[ProfileRow]]:
    """All events and profile rows of a lead, as `EventScan.events_of` and `ProfileScan.rows_of` give them.

    Raises ClusterError.
    """
    job = replace(source.job, lead=lead)
    events: list[Event] = []
    rows: list[ProfileRow] = []
    profile = {file.number: file.profile for file in job.files}
    with _asked():
        for found in _step(source.cluster, job, "find", FIND_SCHEMA).toLocalIterator():
            place = found.file << PLACE_BITS
            if profile[found.file]:
                time, at, fields = json.loads(found.body)
                rows.append(ProfileRow(lead, time, place + at, fields))
            else:
                name, time, id_, at, properties = json.loads(found.body)
                events.append(Event(lead, name, time, id_, place + at, properties))
    return sorted(events, key=lambda event: event.place), sorted(rows, key=lambda row: row.place)


# ---- the parts of a run


def _files(cluster: Cluster, given: Sequence[str], profile: bool, first: int) -> list[InputFile]:
    if cluster.near:
        return local_files(given, profile, first)
    with _asked():
        return cluster_files(cluster.session, given, profile, first)


def _require_columns(job: Job, given: Sequence[str]) -> None:
    """Raises SourceError where the rules ask for what stands in names of folders only, and so is in no file."""
    for name in sorted(partition_names(given, job.files) & names_read(prepared(job).physical)):
        raise SourceError(
            f"{name} stands in the names of folders ({name}=...) and not in the files, where the rules look for it. "
            "Write it into the files as a column, too."
        )


def _job(source: Source, until: int, mode: Mode) -> Job:
    count = source.events.usable + (source.profiles.usable if source.profiles else 0)
    partitions = source.cluster.tasks or min(_MOST_PARTITIONS, max(1, -(-count // _ROWS)))
    # A partition has several buckets, for none is to stand empty while another has two.
    buckets = max(partitions, min(4 * partitions, _MOST_PARTITIONS))
    return replace(
        source.job, until=until, mode=mode, ids=source.events.has_id, partitions=partitions, buckets=buckets
    )  # fmt: skip


def _step(cluster: Cluster, job: Job, step: Step, columns: str) -> Frame:
    """A step over all files, each of them a task of its own if there are not very many."""
    near = [file for file in job.files if file.given is None]
    far = dict.fromkeys(file.given for file in job.files if file.given is not None)
    frames: list[Frame] = []
    if near:
        frames.append(cluster.session.range(0, len(near), 1, min(len(near), cluster.tasks or _MOST_TASKS)))
    if far:
        frames.append(contents(cluster.session, list(far)).select("path", "content"))
    first, *others = [frame.mapInArrow(task(step, job), columns) for frame in frames]
    for other in others:
        first = first.unionByName(other)
    return first


def _by_lead(cluster: Cluster, job: Job) -> Frame:
    """The blocks of events and profiles, all of a lead in one partition."""
    return _step(cluster, job, "match", BLOCK_SCHEMA).repartition(job.partitions, "bucket")


@contextmanager
def _asked() -> Iterator[None]:
    """Errors of the cluster become ClusterError."""
    import grpc
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, grpc.RpcError) as problem:
        raise explained(problem) from problem
