"""Command lines for rules on a log, and what is shown of what a command that failed has said."""

from __future__ import annotations

import json

import pytest

from scoredsl.ide.on_log import (
    Wish,
    explain_arguments,
    impact_arguments,
    overview_arguments,
    stats_arguments,
    texts_file,
    why_not,
)

WISH = Wish("/p/rules.score", "/t/texts.json", ["/p/a.csv", "/p/b.csv"])


def test_command_lines() -> None:
    assert overview_arguments(WISH, against="/t/before.json", top=5, lead="-x") == [
        "--texts", "/t/texts.json", "overview", "/p/rules.score", "/p/a.csv", "/p/b.csv", "--format", "json", "--top",
        "5", "--against", "/t/before.json", "--lead=-x",
    ]  # fmt: skip
    assert overview_arguments(Wish("r.score", "t"), against=None, top=3, lead=None) == [
        "--texts", "t", "overview", "r.score", "--format", "json", "--top", "3"
    ]
    explained = explain_arguments(Wish("r.score", "t"), "eva")
    assert explained[2:] == ["explain", "r.score", "--lead=eva", "--format", "json"]
    assert stats_arguments(Wish("r.score", "t"), owed=True) == ["--texts", "t", "stats", "r.score", "--format", "json"]
    assert stats_arguments(WISH, owed=False)[-3:] == ["--format", "json", "--no-tiers"]
    assert impact_arguments(WISH, "rules/a.score")[2:] == [
        "diff", "HEAD:./rules/a.score", "rules/a.score", "--events", "/p/a.csv", "--events", "/p/b.csv",
        "--format", "html",
    ]  # fmt: skip


def test_texts() -> None:
    assert json.loads(texts_file({"/p/é.score": 'on "🎵" add 1'})) == {"/p/é.score": 'on "🎵" add 1'}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Usage: scoredsl overview [OPTIONS]\nTry 'x -h'.\n\nError: Which log? Name it.\n", "Which log? Name it."),
        ("As of 2026-01-01\n1 row rejected:\n  a.csv:3: no time\nError: No lead.\nMore.", "No lead.\nMore."),
        ("Internal error in scoredsl 1: ValueError", "Internal error in scoredsl 1: ValueError"),
        ("Killed", "Killed"),
        ("", "It failed without saying why."),
    ],
)
def test_why_not(said: str, shown: str) -> None:
    assert why_not(said) == shown
