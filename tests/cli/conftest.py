"""A way to call the command line in this process, as a user would."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scoredsl.cli import main


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Calls `scoredsl ARGUMENTS...` in an empty folder; `stdin` is what stands on standard input."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["scoredsl", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as leave:
            main()
        out, err = capsys.readouterr()
        return Done(leave.value.code or 0, out, err)

    return call


RULES = """\
score interest
  threshold 40 as hot
  expire after 30d
  on visit add 5 at most 1 time per day
  on demo add 40 once as "Demo"

test "a demo"
  given demo at 2026-03-01
  expect interest = 40
  expect interest becomes hot at 2026-03-01
"""
EVENTS = """\
lead,event,time
a,visit,2026-03-01T10:00:00Z
a,visit,2026-03-01T12:00:00Z
a,demo,2026-03-02T09:00:00Z
b,visit,2026-03-03T08:30:00Z
"""


@pytest.fixture
def project(tmp_path):
    """A folder with rules, a log and a scoredsl.toml."""
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "scoredsl.toml").write_text('rules = "rules.score"\nevents = ["events.csv"]\n')
    return Path(tmp_path)
