"""Code actions whose work is done when they are chosen: a client asks for actions at every move of the cursor.

Each is a command that has the client apply its edit, or says why there is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from lsprotocol import types as t

from scoredsl.diagnostics import Edit
from scoredsl.ide.grouping import grouping, proposal
from scoredsl.ide.new_test import new_test, rule_at
from scoredsl.lsp import convert
from scoredsl.lsp.server import ScoreServer
from scoredsl.semantics.imports import Unreadable

ADD_TEST = "scoredsl.addTest"
MAKE_GROUP = "scoredsl.makeGroup"
KINDS = (t.CodeActionKind.Refactor, t.CodeActionKind.RefactorRewrite)
_ADD_TEST = "Add a test for this rule"
_NO_RULE = "There is no rule here, or the rules have an error."
_NO_TEST = (
    "No small log was found for which this rule makes a difference. Perhaps it can never fire, or another rule gives "
    "the same: see the warnings, or write the test by hand."
)
_NO_GROUP = "These rules cannot become a group: a program of the workspace would mean something else, or has an error."
_OVERTAKEN = "The rules have changed meanwhile: ask again."


def register(server: ScoreServer) -> None:
    server.command(ADD_TEST)(_applying(_test_of))
    server.command(MAKE_GROUP)(_applying(_group_of))


def offered(server: ScoreServer, path: str, start: int, end: int) -> list[t.CodeAction]:
    """The actions for what stands between two offsets, if the program has no error."""
    analysis = server.project.analysis(path)
    if analysis.program is None:
        return []
    found = server.lines(path)
    first, last = found.position(start), found.position(end)
    arguments = [server.places.uri(path), first.line, first.character, last.line, last.character]
    actions = []
    group = proposal(analysis, start, end)
    if group is not None:
        command = t.Command(group.title, MAKE_GROUP, arguments=arguments)
        actions.append(t.CodeAction(group.title, t.CodeActionKind.RefactorRewrite, command=command))
    if rule_at(analysis, start) is not None:
        command = t.Command(_ADD_TEST, ADD_TEST, arguments=arguments)
        actions.append(t.CodeAction(_ADD_TEST, t.CodeActionKind.Refactor, command=command))
    return actions


class _NotDoneError(Exception):
    """Why there is no edit, for the user."""


Work = Callable[[ScoreServer, str, int, int], Awaitable[Sequence[Edit]]]


def _applying(work: Work) -> Callable[..., Any]:
    """A command of a file's address and two places in it, each a line and a column, from 0, as the client counts.

    Its result is whether the client has made the edit.
    """

    async def run_command(server: ScoreServer, *arguments: Any) -> bool:
        uri, *given = arguments or ("",)
        numbers = [each if isinstance(each, int) else 0 for each in (*given, 0, 0)]
        path = server.places.path(str(uri))
        try:
            lines = server.lines(path)
            start = lines.offset(t.Position(*numbers[:2]))
            end = max(start, lines.offset(t.Position(*numbers[2:4])) if len(given) >= 4 else start)
            edits = await work(server, path, start, end)
            change = convert.workspace_edit(edits, server.lines, server.places.uri)
            return (await server.workspace_apply_edit_async(t.ApplyWorkspaceEditParams(change))).applied
        except (_NotDoneError, Unreadable) as problem:
            server.window_show_message(t.ShowMessageParams(t.MessageType.Warning, str(problem)))
        except Exception:
            server.note_failure(work.__name__)
        return False

    return run_command


async def _test_of(server: ScoreServer, path: str, start: int, end: int) -> Sequence[Edit]:
    """It may take a while to find one: a thread looks, and typing goes on."""
    analysis = server.project.analysis(path)
    rule = rule_at(analysis, start)
    if analysis.program is None or rule is None:
        raise _NotDoneError(_NO_RULE)
    edit = await asyncio.to_thread(new_test, analysis.program, rule)
    if edit is None:
        raise _NotDoneError(_NO_TEST)
    if server.project.read(path) != analysis.source.text:
        raise _NotDoneError(_OVERTAKEN)
    return [edit]


async def _group_of(server: ScoreServer, path: str, start: int, end: int) -> Sequence[Edit]:
    edits = [edit for action in grouping(server.project, path, start, end) for edit in action.edits]
    if not edits:
        raise _NotDoneError(_NO_GROUP)
    return edits
