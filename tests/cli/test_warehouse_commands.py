"""`compile` and `verify` as a user calls them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.cli.conftest import EVENTS, RULES

PARTLY = "score a\n  on visit add 1\nscore b\n  on 3 visit add 1\n"


def write(folder: Path, rules: str = RULES) -> None:
    (folder / "rules.score").write_text(rules)
    (folder / "events.csv").write_text(EVENTS)


def test_compile(run, tmp_path: Path) -> None:
    write(tmp_path)
    done = run("compile", "rules.score", "--to", "sql", "--dialect", "postgres", "--events", "crm.events")
    assert done.status == 0 and done.err == ""
    assert "FROM crm.events AS e" in done.out and ":as_of" in done.out and done.out.endswith("\n")
    assert run("compile", "rules.score", "--dialect", "duckdb", "--events", "e", "--out", "q.sql").out == ""
    assert "$as_of" in (tmp_path / "q.sql").read_text()
    fixed = run("compile", "rules.score", "--dialect", "duckdb", "--events", "e", "--as-of", "2026-03-05")
    assert "'2026-03-05 00:00:00'" in fixed.out and "$as_of" not in fixed.out


def test_compile_names_what_it_leaves_out(run, tmp_path: Path) -> None:
    write(tmp_path, PARTLY)
    done = run("compile", "rules.score", "--dialect", "spark", "--events", "e")
    assert done.status == 0
    assert "rules.score:4: rule: every N-th event is counted in the order of the log." in done.err
    assert run("compile", "rules.score", "--dialect", "spark", "--events", "e", "--strict").status == 1
    write(tmp_path, "on 3 visit add 1\n")
    none = run("compile", "rules.score", "--dialect", "spark", "--events", "e")
    assert none.status == 1 and none.out == "" and "none of the scores" in none.err


@pytest.mark.parametrize(
    "wrong",
    [
        ("--events", "e; DROP TABLE e"), ("--events", "e", "--profiles", "p p"), ("--events", "e", "--as-of", "soon"),
        ("--events", "e", "--out", "rules.score"), (),
    ],
)  # fmt: skip
def test_compile_wrong_use(run, tmp_path: Path, wrong: tuple[str, ...]) -> None:
    write(tmp_path)
    assert run("compile", "rules.score", "--dialect", "duckdb", *wrong).status == 2
    assert (tmp_path / "rules.score").read_text() == RULES


def test_verify(run, tmp_path: Path) -> None:
    write(tmp_path)
    for arguments in (("events.csv",), ("--events", "events.csv")):
        done = run("verify", "rules.score", *arguments, "--to", "sql", "--dialect", "duckdb")
        assert done.status == 0
        assert done.out == "duckdb and the reference agree at 2026-03-03T08:30:00Z: 2 leads in 2 columns.\n"


def test_verify_shows_differences(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scoredsl.targets.sql import run as engines

    write(tmp_path)
    monkeypatch.setattr(engines, "run", lambda *_: [("a", 44.0, "hot"), ("c", 1.0, None)])
    done = run("verify", "rules.score", "events.csv", "--dialect", "duckdb")
    assert done.status == 1
    assert "a, interest: duckdb has 44.0, the reference 45.0" in done.out
    assert "b: duckdb has no row, the reference a row" in done.out


def test_verify_says_what_is_missing(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    done = run("verify", "rules.score", "events.csv", "--dialect", "postgres")
    assert done.status == 2 and 'pip install "psycopg[binary]"' in done.err
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    done = run("compile", "rules.score", "--dialect", "duckdb", "--events", "e")
    assert done.status == 2 and 'pip install "scoredsl[sql]"' in done.err
