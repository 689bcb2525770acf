"""The real server: a test is added for a rule, and rules become a group; what the client gets, and what it is told."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as t

from tests.lsp.session import Session

RULES = """\
score s
  on visit add 1
  on visit where url = "🎵" add 5
  on visit where url = "/d" add 3
  on demo where n > 5 and n < 3 add 40
"""


@pytest.fixture
def uri(session: Session, tmp_path: Path) -> Iterator[str]:
    with session.opened((tmp_path / "rules.score").as_uri(), RULES) as uri:
        yield uri


def offered(session: Session, uri: str, line: int, *only: str) -> dict[str, Any]:
    place = t.Range(t.Position(line, 30), t.Position(line, 30))
    context = t.CodeActionContext([], only=list(only) or None)
    params = t.CodeActionParams(t.TextDocumentIdentifier(uri), place, context)
    return {each.title: each for each in session.request("textDocument/codeAction", params)}


def command_of(action: t.Command) -> t.Command:
    """The client's library takes an action with a command for a command, whose name is then the real one as text."""
    inside = ast.literal_eval(action.command)
    return t.Command(inside["title"], inside["command"], arguments=inside["arguments"])


def run(session: Session, command: t.Command) -> object:
    params = t.ExecuteCommandParams(command.command, arguments=list(command.arguments or ()))
    return session.request("workspace/executeCommand", params)


def test_a_test_is_added_for_a_rule(session: Session, uri: str) -> None:
    action = offered(session, uri, 2)["Add a test for this rule"]
    assert run(session, command_of(action)) is True
    (edit,) = session.applied[-1].edit.changes[uri]
    assert edit.range == t.Range(t.Position(4, 38), t.Position(5, 0))
    assert 'test "on visit where url = \\"🎵\\" add 5"\n  given visit with url "🎵" at ' in edit.new_text
    assert "  expect s = 6" in edit.new_text
    session.replace(uri, RULES.rstrip() + edit.new_text)
    results = session.request(
        "workspace/executeCommand", t.ExecuteCommandParams("scoredsl.testResults", arguments=[uri])
    )
    tests = results["tests"] if isinstance(results, dict) else results.tests
    assert [each["passed"] if isinstance(each, dict) else each.passed for each in tests] == [True]


def test_it_is_said_why_there_is_no_test(session: Session, uri: str) -> None:
    before = len(session.applied)
    assert run(session, command_of(offered(session, uri, 4)["Add a test for this rule"])) is False
    assert session.shown[-1].startswith("No small log was found for which this rule makes a difference.")
    assert run(session, t.Command("", "scoredsl.addTest", arguments=[uri, 0, 0])) is False
    assert session.shown[-1] == "There is no rule here, or the rules have an error."
    assert run(session, t.Command("", "scoredsl.addTest", arguments=["file:///nowhere.score", 0, 0])) is False
    assert session.shown[-1] == "There is no file /nowhere.score."
    assert len(session.applied) == before
    assert "Add a test for this rule" not in offered(session, uri, 0)


def test_rules_become_a_group(session: Session, uri: str) -> None:
    title = "Turn these 3 rules into a group: group visit"
    assert [*offered(session, uri, 2, "refactor.rewrite")] == [title]
    assert run(session, command_of(offered(session, uri, 2)[title])) is True
    (edit,) = session.applied[-1].edit.changes[uri]
    assert edit.range == t.Range(t.Position(1, 0), t.Position(3, 33))
    assert edit.new_text.startswith("  group visit\n    on visit add 1\n    on visit where")
    assert "Turn" not in " ".join(offered(session, uri, 4))
    selected = t.Command("", "scoredsl.makeGroup", arguments=[uri, 1, 0, 2, 20])
    assert run(session, selected) is False  # two rules
    assert session.shown[-1].startswith("These rules cannot become a group")


def test_nothing_is_offered_in_a_program_with_an_error(session: Session, uri: str) -> None:
    session.replace(uri, RULES + "  on broken ad 1\n")
    assert offered(session, uri, 2, "refactor") == {}
    session.replace(uri, RULES)
