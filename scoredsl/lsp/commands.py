"""Commands that a client may ask to be run: tests, with their results as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lsprotocol import types as t

from scoredsl.ide.runs import run, summary
from scoredsl.lsp.server import ScoreServer
from scoredsl.semantics.imports import Unreadable

RUN_TEST = "scoredsl.runTest"
RUN_TESTS = "scoredsl.runTests"


def register(server: ScoreServer) -> None:
    server.command(RUN_TEST)(_guarded(run_test))
    server.command(RUN_TESTS)(_guarded(run_tests))


def _guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """As `server.guarded`; the client gets nothing for what goes wrong, and a message."""

    def run_command(server: ScoreServer, *arguments: Any) -> Any:
        try:
            return command(server, *arguments)
        except Unreadable as problem:
            server.window_show_message(t.ShowMessageParams(t.MessageType.Error, str(problem)))
        except Exception:
            server.note_failure(command.__name__)
        return None

    return run_command


def run_test(server: ScoreServer, uri: str = "", name: str = "", *_: Any) -> dict[str, Any] | None:
    return _run(server, uri, name)


def run_tests(server: ScoreServer, uri: str = "", *_: Any) -> dict[str, Any] | None:
    return _run(server, uri, None)


def _run(server: ScoreServer, uri: str, name: str | None) -> dict[str, Any] | None:
    """`{"tests": [{"name", "range", "passed", "failures": [{"range", "expected", "actual"}]}]}`."""
    path = server.places.path(uri)
    results = run(server.project.analysis(path), name)
    if results is None:
        message = "The tests cannot run: the rules have an error."
        server.window_show_message(t.ShowMessageParams(t.MessageType.Error, message))
        return None
    failed = any(each.failures for each in results)
    kind = t.MessageType.Warning if failed or not results else t.MessageType.Info
    server.window_show_message(t.ShowMessageParams(kind, summary(results)))
    return {
        "tests": [
            {
                "name": each.name,
                "uri": server.places.uri(each.span.file),
                "range": _range(server, each.span),
                "passed": not each.failures,
                "failures": [
                    {
                        "range": _range(server, failure.span),
                        "expected": failure.expected,
                        "actual": failure.actual,
                    }
                    for failure in each.failures
                ],
            }
            for each in results
        ]
    }


def _range(server: ScoreServer, span: Any) -> dict[str, Any]:
    found = server.lines(span.file).range(span)
    return {
        "start": {"line": found.start.line, "character": found.start.character},
        "end": {"line": found.end.line, "character": found.end.character},
    }
