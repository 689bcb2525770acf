"""Commands on a cluster, as a user calls them: the same output as the fast engine's, folders, and what is refused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

PROFILES = """\
lead,time,country
a,2026-01-01,DE
c,,FR
"""
WITH_PROFILES = """\
score fit
  when lead.country = "DE" add 7
  when lead.country is known add 1
score interest
  threshold 40 as hot
  expire after 30d
  on visit add 5 at most 1 time per day
  on demo add 40 once as "Demo"
label ready when fit > 5 and interest > 5
"""


@pytest.fixture
def cluster(project: Path, sail_address: str) -> list[str]:
    (project / "rules.score").write_text(WITH_PROFILES)
    (project / "profiles.csv").write_text(PROFILES)
    return ["--engine", "spark", "--spark", sail_address]


@pytest.mark.parametrize(
    "command",
    [
        ["score"], ["history"], ["alerts"], ["score", "--as-of", "2026-03-01"], ["score", "--top", "1"],
        ["score", "--no-profiles"], ["history", "--lead", "a"], ["alerts", "--lead", "b"], ["history", "--top", "2"],
        ["explain", "--lead", "a"], ["explain", "--lead", "a", "--format", "json"], ["score", "--as-of", "2020-01-01"],
    ],
)  # fmt: skip
def test_the_same_as_the_fast_engine(run: Any, cluster: list[str], command: list[str]) -> None:
    profiles = [] if "--no-profiles" in command else ["--profiles", "profiles.csv"]
    fast = run(*command, *profiles, "--engine", "fast")
    assert fast.status == 0 and fast.out
    assert run(*command, *profiles, *cluster) == fast


@pytest.mark.parametrize("suffix", ["csv", "parquet", "ndjson"])
def test_one_file_is_the_same_file(run: Any, cluster: list[str], project: Path, suffix: str) -> None:
    for name, engine in (("fast", ["--engine", "fast"]), ("there", cluster)):
        assert run("score", *engine, "--profiles", "profiles.csv", "--out", f"{name}.{suffix}").status == 0
    assert (project / f"there.{suffix}").read_bytes() == (project / f"fast.{suffix}").read_bytes()


@pytest.mark.parametrize("command", ["score", "history"])
@pytest.mark.parametrize(
    ("suffix", "read"), [("csv", "read_csv"), ("parquet", "read_parquet"), ("ndjson", "read_json")]
)
def test_a_folder_has_the_same_rows(
    run: Any, cluster: list[str], project: Path, command: str, suffix: str, read: str
) -> None:
    """`--out NAME/` is written by the cluster; it says the same on standard error."""
    profiles = ["--profiles", "profiles.csv"]
    fast = run(command, "--engine", "fast", *profiles, "--out", f"fast.{suffix}")
    done = run(command, *cluster, *profiles, "--out", f"there.{suffix}/")
    assert done.status == 0
    assert done.err == fast.err.replace(f"fast.{suffix}", f"there.{suffix}/")
    files = sorted(str(path) for path in (project / f"there.{suffix}").iterdir() if path.name[0] not in "._")

    def rows(paths: list[str]) -> list[str]:
        """A key without a value may be left out of NDJSON."""
        found = duckdb.sql(f"SELECT * FROM {read}({paths!r})").fetchall()
        names = duckdb.sql(f"DESCRIBE SELECT * FROM {read}({paths!r})").fetchall()
        columns = [name for name, *_ in names]
        records = (dict(zip(columns, row, strict=True)) for row in found)
        return sorted(str({key: row[key] for key in sorted(row) if row[key] is not None}) for row in records)

    assert files and rows(files) == rows([f"fast.{suffix}"])
    again = run(command, *cluster, *profiles, "--out", f"there.{suffix}/")
    assert again.status == 2 and "is there already. A cluster overwrites nothing" in again.err


def test_a_server_of_its_own(run: Any, project: Path) -> None:
    pytest.importorskip("pysail")
    fast = run("score", "--engine", "fast")
    assert run("score", "--engine", "sail") == fast


def test_a_plan_runs_without_its_source(run: Any, cluster: list[str], project: Path) -> None:
    plan = run("plan", "rules.score", "--format", "json")
    (project / "plan.json").write_text(plan.out)
    fast = run("score", "rules.score", "events.csv", "--engine", "fast")
    (project / "rules.score").unlink()
    assert run("score", "plan.json", "events.csv", *cluster) == fast


def test_folders_of_part_files(run: Any, cluster: list[str], project: Path) -> None:
    lines = (project / "events.csv").read_text().splitlines(keepends=True)
    (project / "log").mkdir()
    (project / "log" / "part-0.csv").write_text(lines[0] + lines[1])
    (project / "log" / "part-1.csv").write_text(lines[0] + "".join(lines[2:]))
    (project / "log" / "_SUCCESS").write_text("")
    fast = run("score", "rules.score", "events.csv", "--engine", "fast")
    assert run("score", "rules.score", "log", *cluster) == fast
    assert run("score", "rules.score", "log/part-?.csv", "--engine", "sail") == fast


def test_rejected_rows_are_said_and_kept(run: Any, cluster: list[str], project: Path) -> None:
    with (project / "events.csv").open("a") as log:
        log.write("a,visit,soon\n,visit,2026-03-01\n")
    more = ["--strict", "--rejects", "rejects.csv"]
    fast = run("score", *more, "--engine", "fast")
    kept = (project / "rejects.csv").read_text()
    assert fast.status == 1 and kept.count("\n") == 3
    (project / "rejects.csv").unlink()
    assert run("score", *more, *cluster) == fast
    assert (project / "rejects.csv").read_text().replace(f"{project}/", "") == kept


def test_columns_in_names_of_folders(run: Any, cluster: list[str], project: Path) -> None:
    (project / "log" / "country=DE").mkdir(parents=True)
    (project / "log" / "country=DE" / "a.csv").write_text((project / "events.csv").read_text())
    assert run("score", "rules.score", "log", *cluster).status == 2
    (project / "other.score").write_text("score s\n  on visit add 1\n")
    assert run("score", "other.score", "log", *cluster).status == 0
    done = run("score", "rules.score", "log", *cluster)
    assert "country stands in the names of folders (country=...) and not in the files" in done.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["score", "--engine", "spark"], 2, "Which cluster? Name its Spark Connect server: --spark sc://HOST:PORT"),
        (["score", "--engine", "spark", "--spark", "localhost:1"], 2, "is no address of a Spark Connect server"),
        (["score", "--engine", "spark", "--spark", "sc://127.0.0.1:1"], 2,
         "No Spark Connect server answers at 127.0.0.1:1 (Connection refused)."),
        (["score", "--spark", "sc://127.0.0.1:1"], 2, "--engine auto uses none: say --engine spark, too."),
        (["explain", "--lead", "a", "--spark", "sc://127.0.0.1:1"], 2, "say --engine spark, too."),
        (["score", "--out", "x.parquet/"], 2, "is a folder, which only a cluster writes (--engine spark)."),
        (["score", "--out", "s3a://bucket/x.parquet"], 2, "is a folder, which only a cluster writes"),
        (["score", "--engine", "sail", "--out", "x.parquet/", "--top", "3"], 2, "--top gives few rows"),
        (["score", "--engine", "sail", "--state", "state"], 2, "leave out --engine sail, or --state."),
        (["score", "--engine", "sail", "--out", "x.txt/"], 2, "must end in .csv, .parquet or .ndjson"),
    ],
)  # fmt: skip
def test_what_is_refused(run: Any, project: Path, arguments: list[str], status: int, said: str) -> None:
    done = run(*arguments)
    assert (done.status, done.out) == (status, "") and said in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["score", "rules.score", "nothing.csv"], "The cluster finds no file at "),
        (["score", "rules.score", "-", "--input-format", "csv"], "Workers of a cluster cannot read standard input"),
        (["history", "--lead", "nobody"], "There is no lead nobody in this log."),
        (["score", "--lead-column", "who"], "no column who (--lead-column)"),
        (["score", "--out", "log.csv/"], "would stand in the data"),
    ],
)
def test_what_the_cluster_refuses(
    run: Any, cluster: list[str], project: Path, arguments: list[str], said: str
) -> None:
    if "log.csv/" in arguments:
        (project / "log.csv").mkdir()
        (project / "log.csv" / "a.csv").write_text((project / "events.csv").read_text())
        arguments = [*arguments, "rules.score", "log.csv"]
    done = run(*arguments, *cluster)
    assert (done.status, done.out) == (2, "") and said in done.err


def test_packages_that_are_not_installed(run: Any, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    found = importlib.util.find_spec
    for package, engine in (("pysail", "sail"), ("pyspark", "spark")):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name, missing=package: (
            None if name == missing else found(name)
        ))
        done = run("score", "--engine", engine, *(["--spark", "sc://127.0.0.1:1"] if engine == "spark" else []))
        assert done.status == 2
        assert f'needs the package {package}, which is not installed: pip install "scoredsl[{engine}]"' in done.err
