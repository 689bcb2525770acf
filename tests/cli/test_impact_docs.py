"""The page that docs/impact.md shows is what its command writes."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_example(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "impact.md").read_text(encoding="utf-8")
    (command,) = [line for line in page.splitlines() if "--report markdown=../../docs" in line]
    shutil.copytree(ROOT / "examples" / "cdnow", tmp_path / "examples" / "cdnow")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "examples" / "cdnow")
    done = run(*shlex.split(command.removeprefix("$ scoredsl ")))
    assert done.status == 0, done.err
    made = (tmp_path / "docs" / "impact-example.md").read_text(encoding="utf-8")
    shown = (ROOT / "docs" / "impact-example.md").read_text(encoding="utf-8")
    assert made == shown
    assert len(made) < 65_536, "it fits a comment on GitHub"
    for figure in ("| gold | 233 | 349 | 116 | 0 | 0 |", "| silver before | 116 |", "\\+61%", "\\+3.6%"):
        assert figure in shown, "docs/impact.md says so"


def test_the_session_of_the_page_on_rules(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "stats.md").read_text(encoding="utf-8")
    session = page.partition("```console\n")[2].partition("```")[0]
    monkeypatch.chdir(ROOT / "examples" / "cdnow")
    assert run("stats").out == session.partition("$ scoredsl stats\n")[2]


def test_the_sessions_of_the_page_on_what_if(run, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "what-if.md").read_text(encoding="utf-8")
    monkeypatch.chdir(ROOT / "examples" / "hubspot-style")
    sessions = [part.partition("```")[0] for part in page.split("```console\n")[1:]]
    assert len(sessions) == 2
    for session in sessions:
        command, _, shown = session.partition("$ scoredsl ")[2].partition("\n")
        assert run(*shlex.split(command)).out == shown
