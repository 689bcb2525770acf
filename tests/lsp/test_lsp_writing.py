"""The real server process while one types: completion, signatures, hints, lenses, commands; and all it promises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from lsprotocol import types as t
from lsprotocol.converters import get_converter

from tests.lsp.session import Session

TEXT = """\
event page_view "Looked" with url text, plan text one of "free", "pro"
score interest
  expire after 30d
  on page_view where plan = "🎵" add 5
test "one"
  given page_view with plan "pro" at 2026-01-05
  expect interest = 0
test "two"
  expect interest = 1
"""


@pytest.fixture
def uri(session: Session, tmp_path: Path) -> Iterator[str]:
    with session.opened((tmp_path / "rules.score").as_uri(), TEXT.replace("🎵", "pro")) as uri:
        yield uri


def document(uri: str) -> t.TextDocumentIdentifier:
    return t.TextDocumentIdentifier(uri)


def complete(session: Session, uri: str, line: int, character: int) -> list[t.CompletionItem]:
    params = t.CompletionParams(document(uri), t.Position(line, character))
    return list(session.request("textDocument/completion", params).items)


def test_completion_replaces_the_word_and_is_explained(session: Session, uri: str) -> None:
    items = {each.label: each for each in complete(session, uri, 3, 9)}
    edit = items["page_view"].text_edit
    assert (edit.new_text, edit.range) == ("page_view", t.Range(t.Position(3, 5), t.Position(3, 14)))
    explained = session.request("completionItem/resolve", items["page_view"])
    assert "event “Looked”" in explained.documentation.value
    keyword = next(each for each in complete(session, uri, 3, 2) if each.label == "when")
    assert keyword.insert_text_format == t.InsertTextFormat.Snippet and "${1" in keyword.text_edit.new_text
    assert "Points for what is so" in session.request("completionItem/resolve", keyword).documentation.value


def test_values_inside_quotes(session: Session, uri: str) -> None:
    session.replace(uri, TEXT)
    items = complete(session, uri, 3, 31)  # after the sign, which has two units
    assert {each.label for each in items} == {'"free"', '"pro"'}
    assert items[0].text_edit.range == t.Range(t.Position(3, 28), t.Position(3, 32))


def test_signature(session: Session, uri: str) -> None:
    found = session.request("textDocument/signatureHelp", t.SignatureHelpParams(document(uri), t.Position(3, 38)))
    (shown,) = found.signatures
    start, end = shown.parameters[found.active_parameter].label
    assert shown.label[start:end] == "add N"


def test_hints(session: Session, uri: str) -> None:
    whole = t.Range(t.Position(0, 0), t.Position(99, 0))
    (hint,) = session.request("textDocument/inlayHint", t.InlayHintParams(document(uri), whole))
    assert (hint.label, hint.position.line) == (" expire after 30d", 3)


def test_a_test_is_run_from_its_lens(session: Session, uri: str) -> None:
    lenses = session.request("textDocument/codeLens", t.CodeLensParams(document(uri)))
    command = next(each.command for each in lenses if each.command.title == "Run this test")
    params = t.ExecuteCommandParams(command.command, arguments=list(command.arguments))
    result: Any = session.request("workspace/executeCommand", params)
    ((test,),) = [result["tests"]] if isinstance(result, dict) else [result.tests]
    test = test if isinstance(test, dict) else test._asdict()
    assert (test["name"], test["passed"]) == ("one", False)
    assert session.shown[-1] == 'The test failed: "one" expected interest = 0, but interest = 5.'
    everything = next(each.command for each in lenses if each.command.title == "Run all 2 tests")
    session.request(
        "workspace/executeCommand", t.ExecuteCommandParams(everything.command, arguments=list(everything.arguments))
    )
    assert session.shown[-1].startswith("2 of 2 tests failed")


def command(session: Session, name: str, *arguments: Any) -> Any:
    """What a command answers, as plain data."""
    found = session.request("workspace/executeCommand", t.ExecuteCommandParams(name, arguments=list(arguments)))
    return json.loads(json.dumps(found, default=lambda each: each._asdict()))


def test_tests_are_listed_and_run_without_a_message(session: Session, uri: str) -> None:
    shown = len(session.shown)
    (listed,) = command(session, "scoredsl.listTests", uri)
    first = listed["tests"][0]
    start, end = ({"line": 4, "character": 0}, {"line": 6, "character": 21})
    assert (listed["uri"], first) == (uri, {"name": "one", "range": {"start": start, "end": end}})
    assert listed in command(session, "scoredsl.listTests")
    everything = command(session, "scoredsl.testResults", uri)["tests"]
    (alone,) = command(session, "scoredsl.testResults", uri, "one")["tests"]
    assert [each["name"] for each in everything] == ["one", "two"] and alone == everything[0]
    (failure,) = alone["failures"]
    assert (failure["expected"], failure["actual"]) == ("interest = 0", "interest = 5")
    assert failure["range"]["start"] == {"line": 6, "character": 2}
    assert failure["ledger"].startswith("interest = 5\n  +5  rules.score:4")
    session.replace(uri, TEXT.replace("add 5", "ad 5"))
    said = command(session, "scoredsl.testResults", uri)
    assert said == {"error": "The tests cannot run: the rules have an error."}
    assert len(command(session, "scoredsl.listTests", uri)[0]["tests"]) == 2
    assert len(session.shown) == shown


def test_commands_with_odd_arguments_do_no_harm(session: Session, uri: str) -> None:
    for arguments in ([], ["file:///nowhere.score"], [uri, "no such test"]):
        for name in sorted(COMMANDS):
            params = t.ExecuteCommandParams(name, arguments=arguments)
            session.request("workspace/executeCommand", params)


PLACE = {"position": {"line": 3, "character": 8}}
RANGE = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}}
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "completion_provider": ("textDocument/completion", PLACE),
    "hover_provider": ("textDocument/hover", PLACE),
    "signature_help_provider": ("textDocument/signatureHelp", PLACE),
    "definition_provider": ("textDocument/definition", PLACE),
    "references_provider": ("textDocument/references", {**PLACE, "context": {"includeDeclaration": True}}),
    "document_highlight_provider": ("textDocument/documentHighlight", PLACE),
    "document_symbol_provider": ("textDocument/documentSymbol", {}),
    "workspace_symbol_provider": ("workspace/symbol", {"query": ""}),
    "code_action_provider": ("textDocument/codeAction", {**RANGE, "context": {"diagnostics": []}}),
    "code_lens_provider": ("textDocument/codeLens", {}),
    "document_link_provider": ("textDocument/documentLink", {}),
    "document_formatting_provider": (
        "textDocument/formatting", {"options": {"tabSize": 2, "insertSpaces": True}}
    ),
    "document_range_formatting_provider": (
        "textDocument/rangeFormatting", {**RANGE, "options": {"tabSize": 2, "insertSpaces": True}}
    ),
    "document_on_type_formatting_provider": (
        "textDocument/onTypeFormatting",
        {**PLACE, "ch": "\n", "options": {"tabSize": 2, "insertSpaces": True}},
    ),
    "rename_provider": ("textDocument/rename", {**PLACE, "newName": "x"}),
    "folding_range_provider": ("textDocument/foldingRange", {}),
    "selection_range_provider": ("textDocument/selectionRange", {"positions": [PLACE["position"]]}),
    "semantic_tokens_provider": ("textDocument/semanticTokens/full", {}),
    "inlay_hint_provider": ("textDocument/inlayHint", RANGE),
    "diagnostic_provider": ("textDocument/diagnostic", {}),
}
COMMANDS = {
    f"scoredsl.{name}"
    for name in (
        "runTest", "runTests", "listTests", "testResults", "preview", "explainLead", "impact", "addTest", "makeGroup"
    )
}
NO_REQUESTS = {"position_encoding", "text_document_sync", "workspace", "execute_command_provider"}


def test_every_capability_answers(session: Session, uri: str) -> None:
    converter = get_converter()
    stated = {field.name: getattr(session.capabilities, field.name) for field in attrs.fields(t.ServerCapabilities)}
    promised = {name for name, value in stated.items() if value not in (None, False)}
    assert promised - NO_REQUESTS == set(REQUESTS)
    for name, (method, params) in REQUESTS.items():
        whole = params if method.startswith("workspace/") else {"textDocument": {"uri": uri}, **params}
        answer = session.request(method, converter.structure(whole, t.METHOD_TO_TYPES[method][2]))
        assert answer is not None, name
    assert set(session.capabilities.execute_command_provider.commands) == COMMANDS
