"""Spark on the JVM: random programs and logs against the definition, folders, and what it says when it cannot.

Runs where Java and Spark are: `make test-spark`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.engine.cluster import files as cluster_files
from scoredsl.engine.cluster.errors import ClusterError
from scoredsl.engine.cluster.run import Cluster, look, require_free, results, write
from scoredsl.engine.fast import Resources
from scoredsl.engine.sources import ReadOptions, SourceError
from scoredsl.plan.logical import LogicalPlan, logical_plan
from tests.cluster.spark_server import spark_home, spark_server
from tests.cluster.test_cluster_random import assert_cluster
from tests.strategies.programs import Case, cases

HOME = spark_home()
pytestmark = pytest.mark.skipif(HOME is None, reason="no Java, or no Spark (SPARK_HOME)")

FEW = settings(max_examples=max(1, settings.default.max_examples // 12), phases=[Phase.explicit, Phase.generate])
RULES = """\
score A
  tier warm from 10
  on visit add 5
score a = A * 2
label ready when a > 5
"""
EVENTS = "lead,event,time\nb,visit,2026-03-01\n'a, \"x\"',visit,2026-03-02\n".replace("'a, \"x\"'", '"a, ""x"""')
PLAIN = ReadOptions()


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    from scoredsl.engine.cluster.connect import spark_session

    assert HOME is not None
    with spark_server(HOME, tmp_path_factory.mktemp("spark")) as url, spark_session(url) as session:
        yield Cluster(session, memory=1 << 20, tasks=2)


def plan() -> LogicalPlan:
    program, diagnostics = api.check_text(RULES)
    assert program is not None, diagnostics
    return logical_plan(program)


@FEW
@given(cases(), st.booleans(), st.integers(1, 3))
def test_spark_and_the_definition(spark: Cluster, case: Case, with_ids: bool, files: int) -> None:
    assert_cluster(spark, case.with_ids() if with_ids else case, files)


def test_a_folder_that_spark_writes(spark: Cluster, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(EVENTS)
    source = look(spark, [str(tmp_path / "e.csv")], PLAIN, [], PLAIN, plan())
    wanted = [
        {"lead": 'a, "x"', "A": 5.0, "A_tier": None, "a": 10.0, "ready": True},
        {"lead": "b", "A": 5.0, "A_tier": None, "a": 10.0, "ready": True},
    ]
    counts = write(source, 10**18, "scores", str(tmp_path / "s.parquet"), "parquet")
    assert (counts.rows, counts.leads) == (2, 2)
    rows = [row for path in sorted((tmp_path / "s.parquet").glob("part-*")) for row in pq.read_table(path).to_pylist()]
    assert sorted(rows, key=lambda row: row["lead"]) == wanted
    write(source, 10**18, "scores", str(tmp_path / "s.csv"), "csv")
    lines = {line for path in (tmp_path / "s.csv").glob("part-*") for line in path.read_text().splitlines()}
    assert lines == {"lead,A,A_tier,a,ready", '"a, ""x""",5,,10,true', "b,5,,10,true"}
    write(source, 10**18, "scores", str(tmp_path / "s.ndjson"), "ndjson")
    lines = {line for path in (tmp_path / "s.ndjson").glob("part-*") for line in path.read_text().splitlines()}
    assert '{"lead":"b","A":5.0,"A_tier":null,"a":10.0,"ready":true}' in lines
    with pytest.raises(ClusterError, match="is there already"):
        write(source, 10**18, "scores", str(tmp_path / "s.csv"), "csv")
    with pytest.raises(ClusterError, match="is there already"):
        require_free(spark, str(tmp_path / "s.parquet"), [])


def test_a_history_in_parquet_has_timestamps(spark: Cluster, tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(EVENTS)
    source = look(spark, [str(tmp_path / "e.csv")], PLAIN, [], PLAIN, plan())
    write(source, 10**18, "history", str(tmp_path / "h.parquet"), "parquet")
    (first, *_) = sorted((tmp_path / "h.parquet").glob("part-*.parquet"))
    assert str(pq.read_schema(first).field("time").type) == "timestamp[us, tz=UTC]"


def test_files_that_spark_hands_over(spark: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").mkdir()
    for name in ("a.csv", "b.csv", "_SUCCESS"):
        (tmp_path / "log" / name).write_text(EVENTS)
    monkeypatch.setattr(cluster_files, "_local", lambda path: None)
    with pytest.raises(SourceError, match=r"a\.csv is named twice"):
        look(spark, [f"{tmp_path}/log/*.csv", str(tmp_path / "log")], PLAIN, [], PLAIN, plan())
    source = look(spark, [f"{tmp_path}/log/a*.csv", str(tmp_path / "log" / "b.csv")], PLAIN, [], PLAIN, plan())
    assert len(source.job.files) == 2 and all(file.given for file in source.job.files)
    with results(source, 10**18, "scores", Resources(1 << 20)) as found:
        assert [row[:2] for row in found.rows.rows()] == [('a, "x"', 10_000_000), ("b", 10_000_000)]


def test_what_spark_cannot_find_or_reach(spark: Cluster, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="The cluster finds no file at"):
        look(spark, [str(tmp_path / "nothing.csv")], PLAIN, [], PLAIN, plan())
    with pytest.raises(ClusterError, match=r"The cluster cannot look for s3a://bucket/x\.csv\. .*S3AFileSystem"):
        look(spark, ["s3a://bucket/x.csv"], PLAIN, [], PLAIN, plan())
