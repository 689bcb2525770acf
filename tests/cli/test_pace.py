"""The last line of a long run, on a terminal."""

from __future__ import annotations

import sys

import pytest

from scoredsl.cli.progress import say_pace


@pytest.mark.parametrize(
    ("events", "seconds", "terminal", "said"),
    [
        (20_000_000, 2.5, True, "20,000,000 events in 2.5 s, 8,000,000 a second.\n"),
        (1, 1.0, True, "1 event in 1.0 s, 1 a second.\n"),
        (20_000_000, 2.5, False, ""),
        (20_000, 0.9, True, ""),
        (0, 60.0, True, ""),
    ],
)
def test_what_is_said_at_the_end(
    events: int, seconds: float, terminal: bool, said: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    say_pace(events, seconds)
    assert capsys.readouterr().err == said
