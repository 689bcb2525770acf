"""Commands that run the rules of an editor on a log: the preview of scores, a lead explained, the impact of changes.

Each runs scoredsl in a process of its own, in the folder of the nearest scoredsl.toml, and answers with data or with
`{"error": why}`. The same asked again of a file ends what still runs: that answers with `{"superseded": true}`.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from scoredsl.ide.on_log import Wish, explain_arguments, impact_arguments, overview_arguments, texts_file, why_not
from scoredsl.lsp.processes import folder_of, run_scoredsl
from scoredsl.lsp.server import ScoreServer
from scoredsl.semantics.imports import Unreadable

PREVIEW = "scoredsl.preview"
EXPLAIN = "scoredsl.explainLead"
IMPACT = "scoredsl.impact"
_TOP = 10

Answer = dict[str, Any]


def register(server: ScoreServer) -> None:
    for name, handler in ((PREVIEW, preview), (EXPLAIN, explain_lead), (IMPACT, impact)):
        server.command(name)(_answering(handler))


def _answering(handler: Callable[[ScoreServer, Mapping[str, Any]], Awaitable[Answer]]) -> Callable[..., Any]:
    """A command of one argument, an object; what goes wrong is its answer."""
    running: dict[str, asyncio.Task[Any]] = {}

    async def run_command(server: ScoreServer, *arguments: Any) -> Answer:
        wanted = as_mapping(arguments[0]) if arguments else {}
        uri, own = str(wanted.get("uri", "")), asyncio.current_task()
        assert own is not None
        if uri in running:
            running[uri].cancel()
        running[uri] = own
        try:
            return await handler(server, wanted)
        except asyncio.CancelledError:  # pygls would leave the request without an answer
            return {"superseded": True}
        except Unreadable as problem:
            return {"error": str(problem)}
        except Exception:
            server.note_failure(handler.__name__)
            return {"error": "scoredsl failed; the output of the language server says more."}
        finally:
            if running.get(uri) is own:
                del running[uri]

    return run_command


def as_mapping(value: Any) -> Mapping[str, Any]:
    """The argument of a command, which pygls may have made an object of."""
    if isinstance(value, Mapping):
        return value
    return value._asdict() if hasattr(value, "_asdict") else {}


async def preview(server: ScoreServer, wanted: Mapping[str, Any]) -> Answer:
    """`{"uri", "log"?, "top"?, "lead"?, "mark"?}` -> what `scoredsl overview --format json` says.

    It is compared with the rules as they were at the first preview, or at the last one with `mark`.
    """
    path = server.places.path(str(wanted.get("uri", "")))
    program = server.project.analysis(path).program
    if program is None:
        return {"error": _broken(server, path), "broken": True}
    from scoredsl.plan.logical import written
    from scoredsl.plan.serial import to_json

    if wanted.get("mark") or path not in server.marks:
        server.marks[path] = to_json(written(program))
    with tempfile.TemporaryDirectory(prefix="scoredsl-") as scratch:
        against = Path(scratch, "before.json")
        against.write_text(server.marks[path], encoding="utf-8")
        wish = _wish(server, path, wanted, scratch)
        lead = str(wanted["lead"]) if wanted.get("lead") else None
        top = int(wanted.get("top") or _TOP)
        arguments = overview_arguments(wish, against=str(against), top=top, lead=lead)
        return await _json(arguments, folder_of(path))


async def explain_lead(server: ScoreServer, wanted: Mapping[str, Any]) -> Answer:
    """`{"uri", "lead", "log"?}` -> what `scoredsl explain --format json` says."""
    path = server.places.path(str(wanted.get("uri", "")))
    if server.project.analysis(path).program is None:
        return {"error": _broken(server, path), "broken": True}
    if not wanted.get("lead"):
        return {"error": "Which lead?"}
    with tempfile.TemporaryDirectory(prefix="scoredsl-") as scratch:
        wish = _wish(server, path, wanted, scratch)
        return await _json(explain_arguments(wish, str(wanted["lead"])), folder_of(path))


async def impact(server: ScoreServer, wanted: Mapping[str, Any]) -> Answer:
    """`{"uri", "log"?}` -> `{"html": page}`: what `scoredsl diff` says against the last commit."""
    path = server.places.path(str(wanted.get("uri", "")))
    if server.project.analysis(path).program is None:
        return {"error": _broken(server, path), "broken": True}
    folder = folder_of(path)
    with tempfile.TemporaryDirectory(prefix="scoredsl-") as scratch:
        wish = _wish(server, path, wanted, scratch)
        name = Path(os.path.relpath(path, folder)).as_posix()
        status, output, said = await run_scoredsl(impact_arguments(wish, name), folder)
    return {"html": output} if status == 0 else {"error": why_not(said)}


def _broken(server: ScoreServer, path: str) -> str:
    count = server.project.analysis(path).errors
    return f"The rules have {'an error' if count == 1 else f'{count} errors'}: see the underlined places."


def _wish(server: ScoreServer, path: str, wanted: Mapping[str, Any], scratch: str) -> Wish:
    texts = Path(scratch, "texts.json")
    texts.write_text(texts_file(server.project.texts), encoding="utf-8")
    log = wanted.get("log") or ()
    return Wish(path, str(texts), [log] if isinstance(log, str) else [str(each) for each in log])


async def _json(arguments: list[str], folder: Path) -> Answer:
    status, output, said = await run_scoredsl(arguments, folder)
    if status != 0:
        return {"error": why_not(said)}
    found = json.loads(output)
    assert isinstance(found, dict)
    return found
