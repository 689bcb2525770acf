"""What a cluster does with the steps of a job, in this process: tasks, a shuffle, partitions; in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pyarrow as pa

from scoredsl.engine.cluster import matched
from scoredsl.engine.cluster.files import local_files
from scoredsl.engine.cluster.job import Job, Step, run_task, task, versions
from scoredsl.engine.cluster.looked import Looked, looked
from scoredsl.engine.sources import ReadOptions
from scoredsl.plan.logical import LogicalPlan
from scoredsl.plan.serial import to_json

Row = dict[str, Any]


def job_of(plan: LogicalPlan, logs: Sequence[str], profiles: Sequence[str], memory: int = 1 << 20) -> Job:
    files = local_files(logs, False, 0)
    rows = local_files(profiles, True, len(files)) if profiles else []
    return Job((*files, *rows), ReadOptions(), ReadOptions(), memory, plan=to_json(plan))


def each_file(job: Job) -> list[Any]:
    """A batch for each task over files."""
    return [pa.RecordBatch.from_pydict({"id": [file.number]}) for file in job.files]


def ran(step: Step, job: Job, batches: Sequence[Any]) -> list[Any]:
    """What a worker gives back for the batches of a task."""
    function: Any = task(step, job)
    assert function.func is run_task and function.args[0] == versions()
    return list(function(iter(batches)))


def look_at(job: Job, given: Sequence[str], profile: bool) -> Looked:
    files = [file for file in job.files if file.profile == profile]
    told = [(row["file"], row["body"]) for one in each_file(job) for row in rows_of(ran("look", job, [one]))]
    return looked(given, files, told)


def shuffled(job: Job, random: Random, partitions: int) -> list[list[Any]]:
    """The blocks of all files by partition, in an order that the network made."""
    job = replace(job, buckets=2 * partitions)
    with patch.object(matched, "_LONGEST", 2):
        batches = [batch for one in each_file(job) for batch in ran("match", job, [one])]
    return [
        random.sample(part, len(part))
        for number in range(partitions)
        if (part := [batch for batch in batches if batch.column("bucket")[0].as_py() % partitions == number])
    ]


def rows_of(batches: Sequence[Any]) -> list[Row]:
    return [row for batch in batches for row in batch.to_pylist()]


def packets_of(batches: Sequence[Any]) -> list[Any]:
    """Rows as Spark Connect gives them."""
    return [SimpleNamespace(**row) for row in rows_of(batches)]
