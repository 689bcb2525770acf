"""Warnings that take reasoning come later, are kept while the text is edited, and are never those of another text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException
from session import Session

RULES = "score s\n  threshold 100\n  on demo add 30 once\n"
"""The most is 30."""
UNREACHABLE = ["unreachable-tier"]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    started = Session(tmp_path.as_uri())
    yield started
    assert started.end() == 0
    assert started.logged == []


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return (tmp_path / "rules.score").as_uri()


def codes(said: list[t.Diagnostic]) -> list[object]:
    return [each.code for each in said]


def insert(line: int, text: str) -> t.TextDocumentContentChangePartial:
    return t.TextDocumentContentChangePartial(t.Range(t.Position(line, 0), t.Position(line, 0)), text)


def test_they_come_with_the_version_of_the_text(session: Session, uri: str) -> None:
    session.open(uri, RULES)
    session.settled(uri, UNREACHABLE)
    assert {each.version for each in session.published[uri]} == {1}


def test_they_move_along_until_there_are_new_ones(session: Session, uri: str) -> None:
    session.open(uri, RULES)
    session.settled(uri, UNREACHABLE)
    version = session.change(uri, insert(0, "# A comment.\n\n"))
    session.diagnostics(uri, version)
    first = next(each for each in session.published[uri] if each.version == version)
    assert [(each.code, each.range.start.line) for each in first.diagnostics] == [("unreachable-tier", 3)]


def test_what_is_said_in_the_end_is_said_of_the_text_that_is_there(session: Session, uri: str) -> None:
    session.open(uri, RULES)
    for points in (31, 32, 150):
        version = session.replace(uri, RULES.replace("30", str(points)))
    session.diagnostics(uri, version)
    session.settled(uri, [])
    version = session.replace(uri, RULES)
    session.diagnostics(uri, version)
    session.settled(uri, UNREACHABLE)


def test_an_error_says_nothing_of_what_the_rules_mean(session: Session, uri: str) -> None:
    session.open(uri, RULES)
    session.settled(uri, UNREACHABLE)
    version = session.change(uri, insert(3, "  on trial ad 5\n"))
    (said,) = session.diagnostics(uri, version)
    assert said.severity == t.DiagnosticSeverity.Error
    session.replace(uri, RULES)
    session.settled(uri, UNREACHABLE)


def test_a_file_that_is_not_open_changes(session: Session, uri: str, tmp_path: Path) -> None:
    library = tmp_path / "library.score"
    library.write_text("define many: 30\n")
    session.open(uri, 'import "library.score"\n' + RULES.replace("add 30", "add many"))
    session.settled(uri, UNREACHABLE)
    library.write_text("define many: 130\n")
    change = t.FileEvent(library.as_uri(), t.FileChangeType.Changed)
    session.notify("workspace/didChangeWatchedFiles", t.DidChangeWatchedFilesParams([change]))
    session.settled(uri, [])
    library.write_text("define many: 13\n")
    session.notify("workspace/didChangeWatchedFiles", t.DidChangeWatchedFilesParams([change]))
    session.settled(uri, UNREACHABLE)


def test_a_comment_that_silences_one_of_them_is_needed(session: Session, uri: str) -> None:
    session.open(uri, RULES.replace("100", "100 # scoredsl: ignore[unreachable-tier] Soon."))
    session.settled(uri, [])
    session.replace(uri, RULES.replace("100", "20 # scoredsl: ignore[unreachable-tier] Soon."))
    session.settled(uri, ["unused-ignore"])


def test_a_client_that_pulls_waits_for_them_and_may_cancel(tmp_path: Path, uri: str) -> None:
    session = Session(tmp_path.as_uri(), pull=True)
    session.open(uri, RULES)
    params = t.DocumentDiagnosticParams(t.TextDocumentIdentifier(uri))
    assert codes(session.request("textDocument/diagnostic", params).items) == UNREACHABLE
    session.replace(uri, RULES.replace("30", "150"))
    assert codes(session.request("textDocument/diagnostic", params).items) == [], "of the text that is there"
    rules = "".join(f'  on visit where url contains "{i}" add {i} once per url\n' for i in range(1, 800))
    session.replace(uri, f"score s\n  threshold 100000000\n{rules}")

    async def cancelled() -> None:
        answer = session.client.protocol.send_request_async("textDocument/diagnostic", params, "to be cancelled")
        waiting = asyncio.ensure_future(answer)
        await asyncio.sleep(0)
        session.client.protocol.notify("$/cancelRequest", t.CancelParams("to be cancelled"))
        await waiting

    with pytest.raises(JsonRpcException, match=r"(?i)cancel"):
        session.wait(cancelled())
    hover = t.HoverParams(t.TextDocumentIdentifier(uri), t.Position(3, 6))
    assert session.request("textDocument/hover", hover) is not None, "the session goes on"
    assert session.end() == 0
