"""The real server process, as an editor meets it: documents, diagnostics, outline, colours, layout, hovers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types as t

from tests.lsp.session import Session

TEXT = """\
event page_view with url text
score interest
  threshold 10 as hot
  on page_viw add 6 as "🎵 é"
  on page_view where url = "/x" add 5
"""


@pytest.fixture
def uri(session: Session, tmp_path: Path) -> Iterator[str]:
    with session.opened((tmp_path / "rules.score").as_uri(), TEXT) as uri:
        yield uri


def document(uri: str) -> t.TextDocumentIdentifier:
    return t.TextDocumentIdentifier(uri)


def test_diagnostics_come_with_their_version_and_a_page(session: Session, uri: str) -> None:
    (said,) = session.diagnostics(uri)
    assert said.range == t.Range(t.Position(3, 5), t.Position(3, 13))
    assert (said.code, said.source, said.severity) == ("unknown-event", "scoredsl", t.DiagnosticSeverity.Error)
    assert "Did you mean page_view?" in said.message
    assert said.code_description is not None
    page = Path(said.code_description.href.removeprefix("file://"))
    assert page.read_text(encoding="utf-8").startswith("# unknown-event")


def test_a_change_of_one_word_repairs_it(session: Session, uri: str) -> None:
    assert session.diagnostics(uri)
    version = session.change(
        uri, t.TextDocumentContentChangePartial(t.Range(t.Position(3, 12), t.Position(3, 12)), "e")
    )
    assert session.diagnostics(uri, version) == []


def test_columns_are_utf_16_where_the_client_says_nothing(session: Session, uri: str) -> None:
    version = session.replace(uri, 'on a add 5 as "🎵" ones\n')
    (said,) = session.diagnostics(uri, version)
    assert session.capabilities.position_encoding == "utf-16"
    assert said.range.end.character == 23


def test_closing_takes_the_diagnostics_away(session: Session, tmp_path: Path) -> None:
    uri = (tmp_path / "other.score").as_uri()
    session.open(uri, "on a ad 5\n")
    assert session.diagnostics(uri)
    session.close(uri)
    assert session.diagnostics(uri, None) == []


def test_a_mistake_in_an_imported_file_that_is_open(session: Session, tmp_path: Path) -> None:
    catalog, rules = (tmp_path / "catalog.score").as_uri(), (tmp_path / "main.score").as_uri()
    session.open(catalog, "event a\n")
    session.open(rules, 'import "catalog.score"\non b add 5\n')
    (said,) = session.diagnostics(rules)
    assert said.code == "unknown-event"
    session.replace(catalog, "event a\nevent b\n")
    assert session.diagnostics(catalog, session.version) == []
    session.settled(rules, [])
    session.close(rules)
    session.close(catalog)


def test_related_places(session: Session, uri: str) -> None:
    version = session.replace(uri, "event a\nevent a\non a add 1\n")
    (said,) = session.diagnostics(uri, version)
    assert said.related_information is not None
    (related,) = said.related_information
    assert (related.location.uri, related.location.range.start.line) == (uri, 0)


def test_outline(session: Session, uri: str) -> None:
    found = session.request("textDocument/documentSymbol", t.DocumentSymbolParams(document(uri)))
    assert [each.name for each in found] == ["page_view", "interest"]
    assert [each.kind for each in found[1].children] == [
        t.SymbolKind.EnumMember, t.SymbolKind.Function, t.SymbolKind.Function
    ]


def test_folds(session: Session, uri: str) -> None:
    (fold,) = session.request("textDocument/foldingRange", t.FoldingRangeParams(document(uri)))
    assert (fold.start_line, fold.end_line) == (1, 4)


def test_tokens_count_in_the_units_of_the_client(session: Session, uri: str) -> None:
    found = session.request("textDocument/semanticTokens/full", t.SemanticTokensParams(document(uri)))
    legend = session.capabilities.semantic_tokens_provider.legend
    tokens = [list(found.data)[i : i + 5] for i in range(0, len(found.data), 5)]
    assert legend.token_types[tokens[0][3]] == "keyword" and tokens[0][:3] == [0, 0, 5]
    lengths = [token[2] for token in tokens if legend.token_types[token[3]] == "string"]
    assert lengths == [6, 4]  # "🎵 é" has 6 units of UTF-16
    part = session.request(
        "textDocument/semanticTokens/range",
        t.SemanticTokensRangeParams(document(uri), t.Range(t.Position(0, 0), t.Position(1, 0))),
    )
    assert part.data == found.data[: len(part.data)] and 0 < len(part.data) < len(found.data)


def test_tokens_after_a_change_are_sent_as_the_difference(session: Session, uri: str) -> None:
    full = session.request("textDocument/semanticTokens/full", t.SemanticTokensParams(document(uri)))
    session.replace(uri, TEXT.replace("add 6 as", "add 666 as"))
    delta = session.request(
        "textDocument/semanticTokens/full/delta", t.SemanticTokensDeltaParams(document(uri), full.result_id)
    )
    data = list(full.data)
    for edit in delta.edits:
        data[edit.start : edit.start + edit.delete_count] = edit.data
    now = session.request("textDocument/semanticTokens/full", t.SemanticTokensParams(document(uri)))
    assert data == list(now.data) != list(full.data)
    assert sum(len(edit.data) for edit in delta.edits) < len(full.data) / 2
    unknown = session.request(
        "textDocument/semanticTokens/full/delta", t.SemanticTokensDeltaParams(document(uri), "no such id")
    )
    assert list(unknown.data) == data


def test_layout(session: Session, uri: str) -> None:
    session.replace(uri, "on a   add 5\non b   add 5\n")
    options = t.FormattingOptions(2, True)
    found = session.request("textDocument/formatting", t.DocumentFormattingParams(document(uri), options))
    assert "".join(each.new_text for each in found) == "on a add 5\non b add 5\n"
    lines = t.Range(t.Position(1, 0), t.Position(1, 3))
    wanted = t.DocumentRangeFormattingParams(document(uri), lines, options)
    found = session.request("textDocument/rangeFormatting", wanted)
    assert [each.range.start.line for each in found] in ([0], [1])


def test_hover(session: Session, uri: str) -> None:
    found = session.request("textDocument/hover", t.HoverParams(document(uri), t.Position(4, 7)))
    assert found.contents.value.startswith("**page_view** — event")
    assert found.range == t.Range(t.Position(4, 5), t.Position(4, 14))


def test_links(session: Session, uri: str, tmp_path: Path) -> None:
    (tmp_path / "c.score").write_text("event a\n")
    session.replace(uri, 'import "c.score"\non a add 1\n')
    (link,) = session.request("textDocument/documentLink", t.DocumentLinkParams(document(uri)))
    assert link.target == (tmp_path / "c.score").as_uri()


def test_a_document_that_is_not_open_and_not_there(session: Session, tmp_path: Path) -> None:
    nowhere = document((tmp_path / "none.score").as_uri())
    assert session.request("textDocument/documentSymbol", t.DocumentSymbolParams(nowhere)) == []
    assert session.request("textDocument/hover", t.HoverParams(nowhere, t.Position(0, 0))) is None
    session.change(nowhere.uri, t.TextDocumentContentChangeWholeDocument("on a add 1"))


def test_a_text_that_was_never_saved(session: Session) -> None:
    session.open("untitled:Untitled-1", "on a ad 1\n")
    assert session.diagnostics("untitled:Untitled-1")
    session.close("untitled:Untitled-1")


def test_a_client_that_pulls_and_counts_in_utf_8(tmp_path: Path) -> None:
    (tmp_path / "other.score").write_text("on a ad 5\n")
    session = Session(tmp_path.as_uri(), pull=True, encodings=["utf-8", "utf-16"])
    uri = (tmp_path / "rules.score").as_uri()
    session.open(uri, 'on a add 5 as "🎵" ones\n')
    first = session.request("textDocument/diagnostic", t.DocumentDiagnosticParams(document(uri)))
    assert [each.range.end.character for each in first.items] == [25]
    again = session.request(
        "textDocument/diagnostic", t.DocumentDiagnosticParams(document(uri), previous_result_id=first.result_id)
    )
    assert (again.kind, again.result_id) == ("unchanged", first.result_id)
    everything = session.request("workspace/diagnostic", t.WorkspaceDiagnosticParams([]))
    assert session.logged == []
    assert {each.uri: len(each.items) for each in everything.items} == {
        uri: 1, (tmp_path / "other.score").as_uri(): 1
    }
    found = session.request("workspace/symbol", t.WorkspaceSymbolParams("on a"))
    assert len(found) == 2
    assert session.published == {} and session.logged == []
    assert "workspace/didChangeWatchedFiles" in session.registered
    assert session.end() == 0
