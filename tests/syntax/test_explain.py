"""Messages for statements that cannot be read: what stands there, what was expected, where."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.parse import parse_file
from scoredsl.text import Source


def said(text: str) -> list[Diagnostic]:
    return list(parse_file(Source(text)).diagnostics)


def only(text: str) -> Diagnostic:
    (diagnostic,) = said(text)
    return diagnostic


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("on visit foo bar", "syntax", "foo", ['"foo" does not fit here after "visit"', "add, subtract"]),
        ("on visit add 5 foo", "syntax", "foo", ["once", "at most"]),
        ("on visit", "incomplete", "visit", ["add, subtract or reset is missing after"]),
        ("exclude", "incomplete", "exclude", ["when is missing"]),
        ("define x", "incomplete", "x", ["a colon"]),
        ("tier warm form 5", "misspelt-word", "form", ["did you mean from?"]),
        ("sxqz 100", "unknown-statement", "sxqz", ["on, when", "threshold"]),
    ],
)
def test_message(text: str, code: str, place: str, words: list[str]) -> None:
    diagnostic = only(text)
    assert diagnostic.code == code
    assert text[diagnostic.span.start : diagnostic.span.end] == place
    for word in words:
        assert word in f"{diagnostic.message} {diagnostic.help}"


def test_at_most_six_alternatives() -> None:
    assert only("on visit add 5 foo").help.count(",") <= 5


def test_statements_of_the_place() -> None:
    inside = said('test "x"\n  sxqz visit\n  expect score = 5')[0]
    assert "given, expect" in inside.help
    assert "threshold" not in inside.help
    group = said("score s\n  group g\n    sxqz 5")[0]
    assert "in a group" in group.help
    assert "tier" not in group.help


def test_one_broken_line_one_message() -> None:
    text = "on visit ad 5\non order add 10\non call ad 7\nthreshold 10"
    assert [diagnostic.code for diagnostic in said(text)] == ["misspelt-word", "misspelt-word"]


def test_continuation_lines_that_begin_a_statement() -> None:
    diagnostic = only("on visit add 5\n  on order add 10")
    assert diagnostic.code == "continuation"
    assert diagnostic.span.start == len("on visit add 5\n  ")
    assert said("on visit add 5\n  expire after 30d") == []
    assert only("on visit ad 5\n  expire after 30d").code == "misspelt-word"


def test_a_comment_that_hides_the_rest() -> None:
    diagnostic = only("on visit #tag add 5")
    assert diagnostic.code == "incomplete"
    assert "comment" in diagnostic.help


def test_a_good_file_does_not_load_the_repairs() -> None:
    program = (
        "import sys; from scoredsl.syntax.parse import parse_file; from scoredsl.text import Source;"
        "assert not parse_file(Source('on visit add 5')).diagnostics;"
        "sys.exit(any(name.startswith('scoredsl.syntax.repairs') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
