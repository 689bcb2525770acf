"""Commands that a client may ask to be run: tests, listed and run, with their results as data.

`runTest` and `runTests` are for lenses: a message is shown. `listTests` and `testResults` are for a list of tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lsprotocol import types as t

from scoredsl.ide.runs import Ran, run, summary
from scoredsl.ide.test_list import listed_tests
from scoredsl.lsp.server import ScoreServer
from scoredsl.semantics.imports import Unreadable
from scoredsl.text import Span

RUN_TEST = "scoredsl.runTest"
RUN_TESTS = "scoredsl.runTests"
LIST_TESTS = "scoredsl.listTests"
TEST_RESULTS = "scoredsl.testResults"
_BROKEN = "The tests cannot run: the rules have an error."


def register(server: ScoreServer) -> None:
    server.command(RUN_TEST)(_guarded(run_test))
    server.command(RUN_TESTS)(_guarded(run_tests))
    server.command(LIST_TESTS)(_guarded(list_tests))
    server.command(TEST_RESULTS)(_guarded(test_results))


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


def list_tests(server: ScoreServer, uri: str = "", *_: Any) -> list[dict[str, Any]]:
    """`[{"uri", "tests": [{"name", "range"}]}]` of one file, or of all files of the workspace that have any."""
    found = []
    analyses = [server.project.analysis(server.places.path(uri))] if uri else server.project.analyses()
    for analysis in analyses:
        tests = [{"name": each.name, "range": _range(server, each.span)} for each in listed_tests(analysis.file)]
        if tests or uri:
            found.append({"uri": server.places.uri(analysis.path), "tests": tests})
    return found


def test_results(server: ScoreServer, uri: str = "", name: str | None = None, *_: Any) -> dict[str, Any]:
    """As `runTests` or, with a name, `runTest`, without a message; `{"error": why}` where they cannot run."""
    results = run(server.project.analysis(server.places.path(uri)), name)
    return {"error": _BROKEN} if results is None else _as_data(server, results)


def _run(server: ScoreServer, uri: str, name: str | None) -> dict[str, Any] | None:
    results = run(server.project.analysis(server.places.path(uri)), name)
    if results is None:
        server.window_show_message(t.ShowMessageParams(t.MessageType.Error, _BROKEN))
        return None
    failed = any(each.failures for each in results)
    kind = t.MessageType.Warning if failed or not results else t.MessageType.Info
    server.window_show_message(t.ShowMessageParams(kind, summary(results)))
    return _as_data(server, results)


def _as_data(server: ScoreServer, results: Sequence[Ran]) -> dict[str, Any]:
    """`{"tests": [{"name", "uri", "range", "passed", "failures": [{"range", "expected", "actual", "ledger"}]}]}`."""
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
                        "ledger": failure.ledger,
                    }
                    for failure in each.failures
                ],
            }
            for each in results
        ]
    }


def _range(server: ScoreServer, span: Span) -> dict[str, Any]:
    found = server.lines(span.file).range(span)
    return {
        "start": {"line": found.start.line, "character": found.start.character},
        "end": {"line": found.end.line, "character": found.end.character},
    }
