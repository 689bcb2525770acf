"""The command that adds a test for a rule. It may take a while to find one: a thread looks, and typing goes on."""

from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import types as t

from scoredsl.ide.new_test import new_test, rule_at
from scoredsl.lsp import convert
from scoredsl.lsp.server import ScoreServer
from scoredsl.semantics.imports import Unreadable

ADD_TEST = "scoredsl.addTest"
TITLE = "Add a test for this rule"
_NOT_FOUND = (
    "No small log was found for which this rule makes a difference. Perhaps it can never fire, or another rule gives "
    "the same: see the warnings, or write the test by hand."
)


def register(server: ScoreServer) -> None:
    server.command(ADD_TEST)(add_test)


def offered(server: ScoreServer, path: str, offset: int) -> list[t.CodeAction]:
    """The action for the rule at an offset, if there is one in a program without errors."""
    if rule_at(server.project.analysis(path), offset) is None:
        return []
    at = server.lines(path).position(offset)
    arguments = [server.places.uri(path), at.line, at.character]
    return [t.CodeAction(TITLE, t.CodeActionKind.Refactor, command=t.Command(TITLE, ADD_TEST, arguments=arguments))]


async def add_test(server: ScoreServer, *arguments: Any) -> bool:
    """Of a file's address, a line and a column (from 0, as the client counts) where a rule is.

    Whether the client has taken a test for it, at the end of the file.
    """
    uri, line, character = [*arguments, *("", 0, 0)[len(arguments) :]][:3]
    place = t.Position(*(each if isinstance(each, int) else 0 for each in (line, character)))
    try:
        return await _add_test(server, server.places.path(str(uri)), place)
    except Unreadable as problem:
        _say(server, str(problem))
    except Exception:
        server.note_failure("addTest")
    return False


async def _add_test(server: ScoreServer, path: str, place: t.Position) -> bool:
    analysis = server.project.analysis(path)
    rule = rule_at(analysis, server.lines(path).offset(place))
    if analysis.program is None or rule is None:
        _say(server, "There is no rule here, or the rules have an error.")
        return False
    edit = await asyncio.to_thread(new_test, analysis.program, rule)
    if edit is None:
        _say(server, _NOT_FOUND)
        return False
    if server.project.read(path) != analysis.source.text:
        _say(server, "The rules have changed meanwhile: ask again.")
        return False
    change = convert.workspace_edit([edit], server.lines, server.places.uri)
    done = await server.workspace_apply_edit_async(t.ApplyWorkspaceEditParams(change, TITLE))
    return done.applied


def _say(server: ScoreServer, message: str) -> None:
    server.window_show_message(t.ShowMessageParams(t.MessageType.Warning, message))
