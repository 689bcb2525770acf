"""The real server process: from names to their places, rename, code actions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types as t
from pygls.exceptions import JsonRpcException

from tests.lsp.session import Session

CATALOG = "event page_view with url text\nevent bought\n"
RULES = 'import "catalog.score"\nscore s\n  on page_view add 5 as "🎵"; on page_view add 6\n  on bougt add +5\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "catalog.score").write_text(CATALOG)
    (folder / "rules.score").write_text(RULES)
    (folder / "other.score").write_text('import "catalog.score"\non page_view add 1\n')
    return folder


@pytest.fixture(scope="module")
def session(folder: Path) -> Iterator[Session]:
    session = Session(folder.as_uri())
    session.open((folder / "rules.score").as_uri(), RULES)
    yield session
    assert session.logged == []
    assert session.end() == 0


@pytest.fixture
def uri(folder: Path) -> str:
    return (folder / "rules.score").as_uri()


def document(uri: str) -> t.TextDocumentIdentifier:
    return t.TextDocumentIdentifier(uri)


def test_definition_in_another_file(session: Session, uri: str, folder: Path) -> None:
    (found,) = session.request("textDocument/definition", t.DefinitionParams(document(uri), t.Position(2, 8)))
    assert found.uri == (folder / "catalog.score").as_uri()
    assert found.range == t.Range(t.Position(0, 6), t.Position(0, 15))


def test_references_in_all_files(session: Session, uri: str) -> None:
    context = t.ReferenceContext(True)
    found = session.request("textDocument/references", t.ReferenceParams(context, document(uri), t.Position(2, 8)))
    assert sorted(Path(each.uri).name for each in found) == ["catalog.score", "other.score", *["rules.score"] * 2]
    here = session.request("textDocument/documentHighlight", t.DocumentHighlightParams(document(uri), t.Position(2, 8)))
    assert [(each.range.start.line, each.range.start.character) for each in here] == [(2, 5), (2, 33)]


def test_rename_in_all_files(session: Session, uri: str) -> None:
    place = session.request("textDocument/prepareRename", t.PrepareRenameParams(document(uri), t.Position(2, 36)))
    assert (place.placeholder, place.range.start.character) == ("page_view", 33)
    session.replace(uri, RULES.replace("on bougt add +5", "on bought add 5"))
    edit = session.request("textDocument/rename", t.RenameParams(document(uri), t.Position(2, 36), "Page View"))
    assert {Path(uri).name: len(edits) for uri, edits in edit.changes.items()} == {
        "catalog.score": 1, "other.score": 1, "rules.score": 2
    }
    assert {each.new_text for edits in edit.changes.values() for each in edits} == {'"Page View"'}
    session.replace(uri, RULES)


def test_what_cannot_be_renamed_says_why(session: Session, uri: str) -> None:
    with pytest.raises(JsonRpcException, match="Nothing here has a name"):
        session.request("textDocument/prepareRename", t.PrepareRenameParams(document(uri), t.Position(2, 16)))


def test_code_actions(session: Session, uri: str) -> None:
    line = t.Range(t.Position(3, 0), t.Position(3, 20))
    found = session.request("textDocument/codeAction", t.CodeActionParams(document(uri), line, t.CodeActionContext([])))
    titles = {each.title: each for each in found}
    assert any(each.kind == t.CodeActionKind.QuickFix and each.is_preferred for each in found)
    everything = next(each for title, each in titles.items() if title.startswith("Make all"))
    assert everything.kind == t.CodeActionKind.SourceFixAll
    assert [each.new_text for each in everything.edit.changes[uri]] == [""]
    only = t.CodeActionContext([], only=[t.CodeActionKind.SourceFixAll])
    found = session.request("textDocument/codeAction", t.CodeActionParams(document(uri), line, only))
    assert [each.title for each in found] == [everything.title]
