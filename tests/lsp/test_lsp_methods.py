"""The table of methods in docs/editors.md is what the server serves, and each is tried; two of them here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types as t

from scoredsl.lsp.start import make_server
from tests.lsp.session import Session

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `([\w/*]+)` \| (yes|no) \|.*\| (?:`(\w+\.py)::(\w+)`)? ?\|$", re.MULTILINE)
LIFE = {
    "initialize", "initialized", "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose",
    "workspace/didChangeWorkspaceFolders",
}
"""What every server answers, which is not in the table."""
SENT = {"textDocument/publishDiagnostics"}
ANSWERED_BY_THE_LIBRARY = {"workspace/executeCommand"}
TEXT = "score s\n  on a where url = \"🎵\" add 5\n"


def rows() -> list[tuple[str, str, str, str]]:
    """(method, whether it is served, file of the test, name of the test)"""
    return ROW.findall((ROOT / "docs" / "editors.md").read_text(encoding="utf-8"))


def test_the_table_has_what_the_server_serves() -> None:
    served = {method for method, own, *_ in rows() if own == "yes"}
    registered = set(make_server().protocol.fm.features)
    assert served - SENT - ANSWERED_BY_THE_LIBRARY == registered - LIFE - ANSWERED_BY_THE_LIBRARY
    assert len(rows()) == len({method for method, *_ in rows()}) > len(served)


def test_each_method_is_tried_by_the_test_that_is_named() -> None:
    for method, own, file, name in rows():
        assert bool(file) is (own == "yes"), method
        if not file:
            continue
        source = (Path(__file__).parent / file).read_text(encoding="utf-8")
        found = re.search(rf"^def {name}\(.*?(?=^(?:def|@|class) |\Z)", source, re.MULTILINE | re.DOTALL)
        assert found is not None, name
        helpers = set(re.findall(r"\b([a-z_]+)\(", found.group()))
        called = [
            each.group()
            for each in re.finditer(r"^def (\w+)\(.*?(?=^(?:def|@|class) |\Z)", source, re.MULTILINE | re.DOTALL)
            if each[1] in helpers
        ]
        if method not in SENT:
            assert f'"{method}"' in found.group() + "".join(called), (method, name)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    session = Session()
    session.open("untitled:methods", TEXT)
    yield session
    assert session.logged == []
    assert session.end() == 0


def test_a_selection_grows_from_each_place(session: Session) -> None:
    places = [t.Position(1, 17), t.Position(0, 1)]
    params = t.SelectionRangeParams(t.TextDocumentIdentifier("untitled:methods"), places)
    inside, header = session.request("textDocument/selectionRange", params)
    grown = []
    each = inside
    while each is not None:
        grown.append(each.range)
        each = each.parent
    assert t.Range(t.Position(1, 2), t.Position(1, 29)) in grown  # the rule: the sign has two units
    assert grown[-1] == t.Range(t.Position(0, 0), t.Position(2, 0))
    assert header.range == t.Range(t.Position(0, 0), t.Position(0, 5))


def test_a_new_line_is_indented_as_its_block(session: Session) -> None:
    session.replace("untitled:methods", TEXT + "\n")
    document, options = t.TextDocumentIdentifier("untitled:methods"), t.FormattingOptions(2, True)
    params = t.DocumentOnTypeFormattingParams(document, t.Position(2, 0), "\n", options)
    (edit,) = session.request("textDocument/onTypeFormatting", params)
    assert (edit.new_text, edit.range.start) == ("  ", t.Position(2, 0))
    session.replace("untitled:methods", TEXT)
