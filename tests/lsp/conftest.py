"""What tests of the server share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lsp.log_folder import EVENTS, RULES
from tests.lsp.session import Session


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One for all tests of a file, without a folder; nothing may be logged."""
    session = Session()
    yield session
    assert session.logged == []
    assert session.end() == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Rules and their log."""
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "scoredsl.toml").write_text('rules = "rules.score"\nevents = ["events.csv"]\n')
    return tmp_path
