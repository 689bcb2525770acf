"""The SQL of readable programs, in every dialect, as it is written; and what cannot be written, named rule by rule.

`UPDATE_QUERIES=1 pytest tests/targets/test_compile.py` writes the queries anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlglot

from scoredsl import api
from scoredsl.semantics.program import Program
from scoredsl.targets.sql import DIALECTS, Query, Tables, compile_program

HERE = Path(__file__).resolve().parent
PROGRAMS = ("interest", "shop", "fit")


def program_of(text: str) -> Program:
    program, diagnostics = api.check_text(text)
    assert program is not None, diagnostics
    return program


def compiled(text: str, dialect: str = "duckdb", *, ids: bool = False) -> Query:
    return compile_program(program_of(text), dialect, Tables("events", "profiles", ids, True))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_queries(name: str, dialect: str) -> None:
    program = program_of((HERE / "programs" / f"{name}.score").read_text(encoding="utf-8"))
    tables = Tables("events", "profiles", versions=True) if name == "fit" else Tables("crm.events")
    query = compile_program(program, dialect, tables)
    assert query.sql is not None and not query.unwritten
    assert sqlglot.parse_one(query.sql, read=dialect) is not None
    expected = HERE / "queries" / f"{name}.{dialect}.sql"
    if os.environ.get("UPDATE_QUERIES"):
        expected.write_text(query.sql, encoding="utf-8")
    assert query.sql == expected.read_text(encoding="utf-8")


def test_what_cannot_be_written_is_named() -> None:
    query = compiled((HERE / "programs" / "partly.score").read_text(encoding="utf-8"))
    assert query.columns == ("plain", "course")
    with_ids = "; with --ids (a column id, each event its own) it can be written"
    assert [str(each) for each in query.unwritten] == [
        "rules.score:6: tier hot: `until below` depends on what the score was before.",
        "rules.score:8: rule: it counts events that are used up in the order of the log.",
        "rules.score:9: rule: a chain takes its steps in the order of the log.",
        "rules.score:10: rule: an absence depends on which events come after.",
        "rules.score:11: rule: inactivity depends on the gaps between events.",
        "rules.score:12: rule: a reset forgets what came before it.",
        "rules.score:13: rule: `if` asks what was so at the time of each event.",
        "rules.score:14: rule: `but not below` asks what the score was at the time of each event.",
        "rules.score:15: rule: `unless repeated` depends on which events follow.",
        "rules.score:16: rule: `every D` depends on which awards were made before.",
        "rules.score:17: rule: several limits together depend on which awards were made before.",
        f"rules.score:18: rule: which of several events of one instant comes later decides what `ends on` ends"
        f"{with_ids}.",
        f"rules.score:19: rule: which of several events of one instant comes first decides the points{with_ids}.",
        "rules.score:20: rule: `apart` asks for the event before, among those of one instant too.",
        "rules.score:21: rule: lead.plan is the profile at each event's time.",
        "rules.score:22: rule: `latest kind` depends on the order of events of one instant.",
        "rules.score:23: score both: it needs chain.",
        "rules.score:24: grid g: it needs chain.",
        "rules.score:25: label l: it needs chain.",
    ]
    assert query.sql is not None and "rules.score:8: rule:" in query.sql


def test_with_ids_ties_are_decided() -> None:
    text = "on b add 1 ends on c\non b add amount once\non b add 1 once up to 3 points per kind\n"
    assert compiled(text).sql is None
    assert not compiled(text, ids=True).unwritten


@pytest.mark.parametrize(
    ("dialect", "pattern", "written"),
    [
        ("duckdb", r"\bab{2}", True), ("bigquery", r"\bab{2}", True), ("clickhouse", r"\bab{2}", True),
        ("postgres", r"\bab{2}", False), ("spark", r"\pL", False), ("snowflake", "(?i)ab", False),
        ("redshift", "(?i)ab", False), ("postgres", "(?i)ab", True), ("snowflake", r"^a\.b+$", True),
    ],
)  # fmt: skip
def test_regular_expressions_that_a_dialect_lacks(dialect: str, pattern: str, written: bool) -> None:
    query = compiled(f"on a where url matches /{pattern}/ add 1\n", dialect)
    assert (query.sql is not None) == written


@pytest.mark.parametrize("dialect", DIALECTS)
def test_texts_are_quoted(dialect: str) -> None:
    """Names and texts of a program cannot leave their quotes."""
    evil = "x'); DROP TABLE events; --"
    query = compiled(
        f"on \"{evil}\" where `k\"; --` = \"it's \\\\ {evil}\" and url contains \"%'_\\\\\" add 1 as \"*/ {evil}\"\n",
        dialect,
    )
    assert query.sql is not None
    trees = sqlglot.parse(query.sql, read=dialect)
    assert len(trees) == 1
    literals = {node.this for node in trees[0].find_all(sqlglot.exp.Literal)}
    assert evil in literals and f"it's \\ {evil}".lower() in literals


def test_names_do_not_collide() -> None:
    """Scores and properties that are called as steps and columns of the query."""
    text = (
        "score lead1\n  on a where order = \"x\" and worth > 1 and points = 2 add 1 as \"scores\"\n"
        "score seen\n  on b add 1\nscore LEAD1\n  on b add 2\nscore as_of\n  when moment > 3 add 1\n"
    )
    query = compiled(text)
    assert query.sql is not None and query.columns == ("lead1", "seen", "LEAD1", "as_of")


def test_a_profile_without_a_table() -> None:
    query = compile_program(program_of("when plan = \"x\" add 1\n"), "duckdb", Tables())
    assert query.sql is None
    assert "--profiles" in str(query.unwritten[0])
