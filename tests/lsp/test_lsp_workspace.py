"""The real server process in a folder: the user's log, files that change and move outside of the editor."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lsprotocol import types as t

from tests.lsp.session import TIMEOUT, Session

RULES = "on page_view where plan = \"pro\" add 5\n"


def eventually(ask: Callable[[], bool]) -> bool:
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        if ask():
            return True
        time.sleep(0.2)
    return False


def hovered(session: Session, uri: str, character: int) -> str:
    params = t.HoverParams(t.TextDocumentIdentifier(uri), t.Position(0, character))
    return str(session.request("textDocument/hover", params).contents.value)


def test_the_log_is_looked_at_and_watched(tmp_path: Path) -> None:
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "scoredsl.toml").write_text('rules = "rules.score"\nevents = ["log.csv"]\n')
    log = "lead,event,time,plan\neva,page_view,2026-01-01,pro\nbob,page_view,2026-01-02,basic\n"
    (tmp_path / "log.csv").write_text(log)
    session = Session(tmp_path.as_uri())
    uri = (tmp_path / "rules.score").as_uri()
    session.open(uri, RULES)
    assert "page_view" in hovered(session, uri, 5)  # at once, with or without the log
    assert eventually(lambda: "Seen 2 times for 2 leads in the log, last on 2026-01-02." in hovered(session, uri, 5))
    params = t.CompletionParams(t.TextDocumentIdentifier(uri), t.Position(0, 28))
    assert '"basic"' in [each.label for each in session.request("textDocument/completion", params).items]
    (tmp_path / "log.csv").write_text(log + "eva,page_view,2026-01-09,pro\n")
    assert eventually(lambda: "Seen 3 times for 2 leads in the log, last on 2026-01-09." in hovered(session, uri, 5))
    assert session.logged == []
    assert session.end() == 0


def test_a_log_that_cannot_be_read_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "scoredsl.toml").write_text('events = ["nowhere.csv"]\nrules = 5\n')
    session = Session(tmp_path.as_uri())
    uri = (tmp_path / "rules.score").as_uri()
    session.open(uri, RULES)
    time.sleep(1)
    assert hovered(session, uri, 5).startswith("**page_view**")
    assert session.logged == [] and session.shown == []
    assert session.end() == 0


def test_files_that_change_and_move(tmp_path: Path) -> None:
    catalog, rules = tmp_path / "catalog.score", tmp_path / "rules.score"
    catalog.write_text("event page_view\n")
    rules.write_text('import "catalog.score"\non bought add 5\n')
    session = Session(tmp_path.as_uri())
    session.open(rules.as_uri(), rules.read_text())
    assert [each.code for each in session.diagnostics(rules.as_uri())] == ["unknown-event"]
    catalog.write_text("event page_view\nevent bought\n")
    change = t.FileEvent(catalog.as_uri(), t.FileChangeType.Changed)
    session.notify("workspace/didChangeWatchedFiles", t.DidChangeWatchedFilesParams([change]))
    session.settled(rules.as_uri(), [])
    move = t.FileRename(catalog.as_uri(), (tmp_path / "lib" / "names.score").as_uri())
    edit = session.request("workspace/willRenameFiles", t.RenameFilesParams([move]))
    assert [each.new_text for each in edit.changes[rules.as_uri()]] == ['"lib/names.score"']
    assert session.logged == []
    assert session.end() == 0


def test_without_the_packages_it_is_said_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['pygls'] = None; sys.argv = ['scoredsl', 'lsp']; "
        "from scoredsl.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert 'pip install "scoredsl[lsp]"' in done.stderr


@pytest.mark.parametrize("arguments", [["--stdio", "--tcp", "1"], ["--tcp", "99999999"]])
def test_wrong_use(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "scoredsl", "lsp", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2 and "Error" in done.stderr
