"""The parts of a run on a cluster: files, what is told of them, packets, folders, and errors as sentences."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scoredsl import api
from scoredsl.engine.cluster import files as cluster_files
from scoredsl.engine.cluster import folder, packets
from scoredsl.engine.cluster.errors import ClusterError, WorkerError, explained
from scoredsl.engine.cluster.files import is_address, local_files, partition_names, whole
from scoredsl.engine.cluster.job import InputFile, Job, run_task, versions
from scoredsl.engine.cluster.matched import names_read, prepared
from scoredsl.engine.cluster.run import Cluster, look, require_free, results
from scoredsl.engine.cluster.tasks import handed
from scoredsl.engine.fast import Resources, TooLargeError, result_columns
from scoredsl.engine.result_rows import ResultRows
from scoredsl.engine.results import cell, write_file
from scoredsl.engine.sources import ReadOptions, SourceError
from scoredsl.plan.logical import LogicalPlan, logical_plan
from tests.cluster.in_process import job_of, packets_of, ran, rows_of, shuffled

RULES = """\
score interest
  tier warm from 10
  on visit add 5
  on order add amount once
"""
EVENTS = """\
lead,event,time,amount
b,visit,2026-03-01T10:00:00Z,
a,order,2026-03-02T10:00:00Z,2.5
a,visit,2026-03-03T10:00:00Z,
"""
DAY = 86_400_000_000
END = 20_600 * DAY


def plan_of(text: str = RULES) -> LogicalPlan:
    program, diagnostics = api.check_text(text)
    assert program is not None, diagnostics
    return logical_plan(program)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS)
    return path


# ---- files


def test_a_folder_is_all_its_files_but_hidden_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("log/b.csv", "log/a.csv", "log/_SUCCESS", "log/.a.csv.crc", "log/2026/c.csv", "log/_tmp/d.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(EVENTS)
    monkeypatch.chdir(tmp_path)
    found = local_files(["log", "log/[ab].csv"], False, 5)
    assert [(file.number, file.shown) for file in found] == [
        (5, "log/2026/c.csv"), (6, "log/a.csv"), (7, "log/b.csv"), (8, "log/a.csv"), (9, "log/b.csv")
    ]  # fmt: skip
    assert found[0].path == str(tmp_path / "log/2026/c.csv")


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file in the folder"):
        local_files([str(tmp_path)], False, 0)


def test_addresses_and_paths() -> None:
    assert is_address("s3a://bucket/x") and is_address("hdfs://h/x") and is_address("file:/x")
    assert not is_address("/x/y") and not is_address("x.csv") and not is_address("C:\\x")
    assert whole("s3a://bucket/x") == "s3a://bucket/x"
    assert whole("x.csv") == str(Path.cwd() / "x.csv")


def test_names_of_folders_that_are_columns() -> None:
    files = [InputFile(0, "", "/log/country=DE/day=2026-03-01/a.parquet", False), InputFile(1, "", "/x=y", False)]
    assert partition_names(["/log"], files) == {"country", "day"}
    assert partition_names(["/log/country=DE"], files) == {"day"}
    assert partition_names(["/log/country=*/*/*.parquet"], files) == {"day"}


def test_the_names_that_rules_read() -> None:
    plan = plan_of('score s\n  on visit where meta.level > 5 add amount once per kind\n  when lead.plan = "x" add 1\n')
    job = job_of(plan, [], [])
    assert names_read(prepared(job).physical) == {"meta.level", "meta", "amount", "kind", "plan"}


def test_a_file_that_a_worker_does_not_see(log: Path) -> None:
    job = job_of(plan_of(), [str(log)], [])
    log.unlink()
    with pytest.raises(WorkerError, match=r"does not see .*events\.csv\. Put the file where every worker has it"):
        ran("look", job, [_ids(0)])


def test_what_the_cluster_hands_over_and_nobody_asked_for_is_left(log: Path) -> None:
    import pyarrow as pa

    job = replace(job_of(plan_of(), [str(log)], []), files=(InputFile(0, "e", "x/e.csv", False, "x"),))
    batch = pa.RecordBatch.from_pydict({"path": ["x/_SUCCESS", "x/e.csv"], "content": [b"", EVENTS.encode()]})
    assert [(file.number, bytes(content)) for file, content in handed(job, iter([batch]))] == [(0, EVENTS.encode())]
    (told,) = rows_of(ran("look", job, [batch]))
    assert '"usable": 3' in told["body"]


# ---- versions


def test_workers_with_another_version_are_refused() -> None:
    job = pickle.dumps(Job((), ReadOptions(), ReadOptions(), 1 << 20))
    for package in versions():
        with pytest.raises(WorkerError, match=rf"has {package} .* here it is 0\.0\..*pip install {package}==0\.0"):
            list(run_task({**versions(), package: "0.0"}, "look", job, iter([])))


# ---- packets


def test_packets_are_cut_between_leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packets, "_LARGE", 200)
    log = tmp_path / "e.csv"
    rows = [f"lead{i * 7 % 20},visit,2026-03-01T{i // 60:02}:{i % 60:02}:00Z" for i in range(300)]
    log.write_text("lead,event,time\n" + "\n".join(rows) + "\n")
    plan = plan_of()
    job = replace(job_of(plan, [str(log)], []), until=END, mode="history")
    found = [packet for part in shuffled(job, Random(1), 2) for packet in packets_of(ran("walk", job, part))]
    assert len(found) > 10
    columns, width = result_columns(plan.program(), "history")
    with ResultRows(columns, width) as together:
        outcome = packets.unpacked(found, together, plan.program(), "history")
        kept = list(together.rows())
    assert (outcome.leads, outcome.events, len(kept)) == (20, 300, 300)
    assert [row[0] for row in kept] == sorted(row[0] for row in kept)
    for lead in {row[0] for row in kept}:
        values = [row[3] for row in kept if row[0] == lead]
        assert values == [5_000_000 * (i + 1) for i in range(15)]


def test_packets_in_another_order_are_noticed(tmp_path: Path, log: Path) -> None:
    plan = plan_of()
    job = replace(job_of(plan, [str(log)], []), until=END, mode="history")
    (part,) = shuffled(job, Random(1), 1)
    found = [packet for packet in packets_of(ran("walk", job, part)) if '"causes"' in packet.told]
    columns, width = result_columns(plan.program(), "history")
    found[0].told = found[0].told.replace('"known": 0', '"known": 7')
    with ResultRows(columns, width) as rows, pytest.raises(AssertionError, match="in their order"):
        packets.unpacked(found, rows, plan.program(), "history")


@pytest.mark.parametrize("step", ["walk", "table"])
def test_a_score_that_is_too_large(tmp_path: Path, step: Any) -> None:
    log = tmp_path / "e.csv"
    log.write_text("lead,event,time\n" + "a,visit,2026-03-01\n" * 10_000)
    plan = plan_of("score s\n  on visit add 1000000000\n")
    job = replace(job_of(plan, [str(log)], []), until=END)
    (part,) = shuffled(job, Random(1), 1)
    last = rows_of(ran(step, job, part))[-1]
    with pytest.raises(TooLargeError):
        packets.Counts().add(packets.json.loads(last["told"]))


def test_an_empty_partition_gives_nothing(log: Path) -> None:
    job = replace(job_of(plan_of(), [str(log)], []), until=END)
    assert ran("walk", job, []) == [] and ran("table", job, []) == []


# ---- folders


@pytest.mark.parametrize("format", ["parquet", "csv", "ndjson"])
def test_rows_of_a_folder_are_those_of_a_file(log: Path, format: folder.Format) -> None:
    plan = plan_of()
    job = replace(job_of(plan, [str(log)], []), until=END, mode="history", format=format)
    (part,) = shuffled(job, Random(1), 1)
    batches = ran("table", job, part)
    rows = rows_of(batches)
    assert [row["told"] is None for row in rows] == [True] * 3 + [False]
    columns = [each.column for each in result_columns(plan.program(), "history")[0]]
    (walk,) = [packets_of(ran("walk", replace(job, mode="history"), part))]
    words, width = result_columns(plan.program(), "history")
    with ResultRows(words, width) as kept:
        packets.unpacked(walk, kept, plan.program(), "history")
        wanted = list(kept.rows())
    for row, values in zip(rows, wanted, strict=False):
        for i, (column, value) in enumerate(zip(columns, values, strict=True)):
            found = row[f"c{i}"]
            if format == "csv" or (column.type == "time" and format == "ndjson"):
                assert (found or "") == cell(value, column.type)
            elif column.type == "points":
                assert found == value / 1_000_000
            elif column.type == "text":
                assert found == value
    assert len(folder.schema(columns, format).split(", ")) == len(columns) + 1
    assert write_file is not None


def test_no_folder_in_the_data_or_where_something_is(tmp_path: Path, log: Path) -> None:
    cluster = Cluster(None, 1 << 20, near=True)
    for out in (tmp_path / "x.parquet", tmp_path):
        with pytest.raises(ClusterError, match="would stand in the data"):
            require_free(cluster, f"{out}/", [str(tmp_path)])
    there = tmp_path / "there.parquet"
    there.mkdir()
    (there / "part-0.parquet").write_text("x")
    with pytest.raises(ClusterError, match=r"is there already\. A cluster overwrites nothing"):
        require_free(cluster, f"{there}/", [str(log)])
    require_free(cluster, str(tmp_path / "free.parquet"), [str(log)])


# ---- on a server


def test_files_that_are_handed_over(
    sail: Cluster, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On storage that workers cannot open as files the cluster reads them, here by a folder and by a pattern."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / "log").mkdir(exist_ok=True)
        (tmp_path / "log" / name).write_text(EVENTS)
    (tmp_path / "log" / "_SUCCESS").write_text("x")
    monkeypatch.setattr(cluster_files, "_local", lambda path: None)
    far = replace(sail, near=False)
    source = look(far, [str(tmp_path / "log"), str(log)], ReadOptions(), [], ReadOptions(), plan_of())
    assert [file.given for file in source.job.files] == [str(tmp_path / "log")] * 2 + [str(log)]
    with results(source, END, "scores", Resources(1 << 20)) as found:
        assert list(found.rows.rows()) == [("a", 17_500_000, "warm"), ("b", 15_000_000, "warm")]


def test_files_that_workers_open(sail: Cluster, tmp_path: Path, log: Path) -> None:
    """The cluster says which files there are, and the workers open them."""
    far = replace(sail, near=False)
    source = look(far, [f"{tmp_path}/*.csv"], ReadOptions(), [], ReadOptions(), plan_of())
    assert [(file.path, file.given) for file in source.job.files] == [(str(log), None)]
    with pytest.raises(SourceError, match="The cluster finds no file at"):
        look(far, [f"{tmp_path}/nothing.csv"], ReadOptions(), [], ReadOptions(), plan_of())


# ---- errors as sentences

TRACE = """
  An exception was thrown from the Python worker. Please see the stack trace below.
[PYTHON_EXCEPTION] An exception was thrown from the Python worker: Traceback (most recent call last):
  File "x.py", line 9, in boom
%s
 SQLSTATE: 38000"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TRACE % "scoredsl.engine.cluster.errors.WorkerError: The worker w has no file.", "The worker w has no file."),
        (TRACE % "ModuleNotFoundError: No module named 'scoredsl'", "no Python package scoredsl. Install scoredsl on"),
        (TRACE % "ValueError: two words", "The cluster gave up: ValueError: two words."),
        ("(java.lang.RuntimeException) java.lang.ClassNotFoundException: Class S3A not found\n\nJVM stacktrace:\n at x",
         "The cluster gave up: java.lang.ClassNotFoundException: Class S3A not found."),
        ("Job aborted due to stage failure: Task 1 in stage 4 failed 1 times, most recent failure: Lost task (TID 6) "
         "(192.0.2.2 executor driver): java.io.IOException: Mkdirs failed\n\tat org.x",
         "The cluster gave up: java.io.IOException: Mkdirs failed."),
        ("x: org.apache.spark.SparkException: Python worker exited unexpectedly (crashed).", "no memory left"),
        ('<_InactiveRpcError of RPC that terminated with:\n\tstatus = StatusCode.UNAVAILABLE\n\tdetails = "gone"',
         "The connection to the cluster broke off. gone."),
        ("[PYTHON_VERSION_MISMATCH] Python 3.11 here, 3.12 there", "The cluster's Python is another one than yours."),
    ],
)  # fmt: skip
def test_errors_are_explained(text: str, said: str) -> None:
    assert said in str(explained(Exception(text)))


def _ids(*numbers: int) -> Any:
    import pyarrow as pa

    return pa.RecordBatch.from_pydict({"id": list(numbers)})
