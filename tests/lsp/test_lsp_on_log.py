"""The real server: rules as they are typed on a log, a lead explained, the impact of changes since the last commit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as t

from tests.lsp.log_folder import EVENTS, RULES
from tests.lsp.session import Session


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    session = Session()
    yield session
    assert session.logged == [] and session.shown == []
    assert session.end() == 0


@pytest.fixture
def uri(session: Session, folder: Path) -> Iterator[str]:
    with session.opened((folder / "rules.score").as_uri(), RULES) as uri:
        yield uri


def command(session: Session, name: str, **wanted: Any) -> Any:
    """What a command answers, as plain data."""
    found = session.request("workspace/executeCommand", t.ExecuteCommandParams(name, arguments=[wanted]))
    return json.loads(json.dumps(found, default=lambda each: each._asdict()))


def test_the_preview_shows_what_is_typed_beside_what_was(session: Session, uri: str, folder: Path) -> None:
    (first,) = command(session, "scoredsl.preview", uri=uri)["scores"]
    assert [(each["lead"], each["value"], each["before"]) for each in first["highest"]] == [("a", 45, 45), ("b", 5, 5)]
    session.replace(uri, RULES.replace("add 5", "add 50"))
    (typed,) = command(session, "scoredsl.preview", uri=uri, top=1, lead="b")["scores"]
    assert (typed["moved"], typed["tiers"][0]["leads"], typed["tiers"][0]["before"]) == (2, 2, 1)
    assert [(each["lead"], each["value"], each["before"]) for each in typed["highest"]] == [("a", 90, 45)]
    (marked,) = command(session, "scoredsl.preview", uri=uri, mark=True)["scores"]
    assert marked["moved"] == 0 and marked["highest"][0]["before"] == 90
    assert (folder / "rules.score").read_text() == RULES


def test_an_import_that_is_open_counts_too(session: Session, folder: Path) -> None:
    main, other = ((folder / name).as_uri() for name in ("main.score", "other.score"))
    (folder / "main.score").write_text('import "other.score"\n')
    (folder / "other.score").write_text(RULES)
    session.open(main, 'import "other.score"\n')
    session.open(other, RULES.replace("add 40", "add 41"))
    (score,) = command(session, "scoredsl.preview", uri=main)["scores"]
    assert score["highest"][0]["value"] == 46
    session.close(main)
    session.close(other)


def test_a_lead_is_explained(session: Session, uri: str) -> None:
    found = command(session, "scoredsl.explainLead", uri=uri, lead="a")
    assert [line["worth"] for line in found["scores"][0]["lines"]] == [5, 40]
    assert command(session, "scoredsl.preview", uri=uri, lead="a")["explanation"] == found
    assert command(session, "scoredsl.explainLead", uri=uri, lead="c") == {"error": "There is no lead c in this log."}
    assert command(session, "scoredsl.explainLead", uri=uri) == {"error": "Which lead?"}


def test_another_log(session: Session, uri: str, folder: Path) -> None:
    (folder / "other.csv").write_text(EVENTS + "c,demo,2026-03-04T08:30:00Z\n")
    for log in (str(folder / "other.csv"), [str(folder / "other.csv")]):
        assert command(session, "scoredsl.preview", uri=uri, log=log)["leads"] == 3
    said = command(session, "scoredsl.preview", uri=uri, log=str(folder / "nowhere.csv"))["error"]
    assert "nowhere.csv" in said


def test_the_impact_since_the_last_commit(session: Session, uri: str, folder: Path) -> None:
    assert "is in no git repository" in command(session, "scoredsl.impact", uri=uri)["error"]
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "nothing"], check=True)
    assert "There was no" in command(session, "scoredsl.impact", uri=uri)["error"]
    subprocess.run([*git, "add", "rules.score"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "rules"], check=True)
    assert "mean the same" in command(session, "scoredsl.impact", uri=uri)["html"]
    session.replace(uri, RULES.replace("add 5", "add 50"))
    page = command(session, "scoredsl.impact", uri=uri)["html"]
    assert "2 of 2 leads move" in page and "on visit add 50" in page


def test_what_cannot_be_is_said(session: Session, uri: str, folder: Path) -> None:
    session.replace(uri, RULES.replace("add 5", "ad 5"))
    for name in ("scoredsl.preview", "scoredsl.explainLead", "scoredsl.impact"):
        said = command(session, name, uri=uri, lead="a")
        assert said == {"error": "The rules have an error: see the underlined places.", "broken": True}
        assert command(session, name, uri="file:///nowhere.score") == {"error": "There is no file /nowhere.score."}
        assert "error" in command(session, name)
    session.replace(uri, RULES)
    (folder / "scoredsl.toml").unlink()
    assert command(session, "scoredsl.preview", uri=uri)["error"].startswith("Which log?")


def test_rules_that_are_in_no_file(session: Session) -> None:
    session.open("untitled:Untitled-1", RULES)
    said = command(session, "scoredsl.preview", uri="untitled:Untitled-1")
    assert said == {"error": "These rules are in no file yet: save them first."}
    session.close("untitled:Untitled-1")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")
def test_a_newer_preview_ends_the_older_one(session: Session, uri: str, folder: Path) -> None:
    """The log is a pipe that nobody writes to: who reads it waits for ever."""
    pipe = folder / "pipe.csv"
    os.mkfifo(pipe)

    def running() -> bool:
        return any(str(pipe).encode() in _read(path) for path in Path("/proc").glob("[0-9]*/cmdline"))

    def waited_for(wanted: bool) -> None:
        end = time.monotonic() + 60
        while running() is not wanted:
            assert time.monotonic() < end
            time.sleep(0.05)

    with ThreadPoolExecutor() as pool:
        older = pool.submit(command, session, "scoredsl.preview", uri=uri, log=str(pipe))
        waited_for(True)
        assert command(session, "scoredsl.preview", uri=uri)["leads"] == 2
        assert older.result() == {"superseded": True}
    waited_for(False)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
