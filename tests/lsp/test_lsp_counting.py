"""The real server on a log: what each rule did stands above it, and is counted again when rules or log change."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lsprotocol import types as t

from tests.lsp.log_folder import EVENTS, RULES
from tests.lsp.session import TIMEOUT, Session


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    session = Session(folder.as_uri())
    session.open((folder / "rules.score").as_uri(), RULES)
    yield session
    assert session.logged == [] and session.shown == []
    assert session.end() == 0


def above_rules(session: Session, folder: Path) -> dict[int, str]:
    """By line, without those of the score and of tests."""
    uri = (folder / "rules.score").as_uri()
    found = session.request("textDocument/codeLens", t.CodeLensParams(t.TextDocumentIdentifier(uri)))
    titles = {each.range.start.line: each.command.title for each in found}
    return {line: title for line, title in titles.items() if line > 0}


def eventually(ask: Callable[[], object], wanted: object) -> None:
    end = time.monotonic() + TIMEOUT
    while ask() != wanted:
        assert time.monotonic() < end, ask()
        time.sleep(0.2)


def test_what_each_rule_did_follows_rules_and_log(session: Session, folder: Path) -> None:
    uri = (folder / "rules.score").as_uri()
    counted = {2: "fired 2 times for 2 leads in 3 days", 3: "fired 1 time for 1 lead in 3 days, 1 owes it its tier"}
    eventually(lambda: above_rules(session, folder), counted)
    assert session.refreshed["workspace/codeLens/refresh"] > 0

    place = t.HoverParams(t.TextDocumentIdentifier(uri), t.Position(1, 13))
    said = session.request("textDocument/hover", place).contents.value
    assert "1 of 2 leads is there or higher, as of 2026-03-03T08:30:00Z." in said

    session.replace(uri, RULES.replace("add 40", "add 36").replace("  on visit", "\n  on visit"))
    assert above_rules(session, folder) == {3: counted[2]}  # at once; that of the other rule is not known any more
    eventually(
        lambda: above_rules(session, folder),
        {3: f"{counted[2]}, 1 owes it its tier", 4: "fired 1 time for 1 lead in 3 days, 1 owes it its tier"},
    )

    (folder / "events.csv").write_text(EVENTS + "c,visit,2026-03-04T08:30:00Z\n")
    eventually(lambda: above_rules(session, folder).get(3), "fired 3 times for 3 leads in 4 days, 1 owes it its tier")
    (folder / "events.csv").unlink()
    eventually(lambda: above_rules(session, folder), {})


def test_a_test_that_is_written_changes_no_count(session: Session, folder: Path) -> None:
    uri = (folder / "rules.score").as_uri()
    eventually(lambda: sorted(above_rules(session, folder)), [2, 3])
    before = above_rules(session, folder)
    session.replace(uri, RULES + '\ntest "one"\n  given visit at 2026-03-01\n  expect interest = 5\n')
    time.sleep(2.5)
    after = above_rules(session, folder)
    assert after.pop(5) == "Run this test" and after == before
