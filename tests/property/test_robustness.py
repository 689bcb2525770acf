"""Broken programs: whatever is cut, doubled or swapped in a valid one, the checks answer, and quickly."""

from __future__ import annotations

import re
import sys
import time
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.format import format_source
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.tree import File
from scoredsl.text import Source
from tests.strategies.choices import Choices
from tests.strategies.programs import MAIN, cases

ROOT = Path(__file__).resolve().parents[2]
MOST = 5000
"""Characters of the longest program that is mutated."""
SECONDS = 1.0
_PROFILE = settings().max_examples
MUTATIONS = settings(max_examples=_PROFILE * (5 if _PROFILE < 1000 else 2))
"""300 in the profile `ci`, ten thousand in `long`."""

_WORD = re.compile(r"\S+")
CHARACTERS = " \n\t;:,()[]\"'`/\\#.-+*=<>%0a_é”\u00a0\u0000\r🙂"


@lru_cache(maxsize=1)
def written_programs() -> list[tuple[str, str]]:
    """(path, text) of the rules files of the conformance cases and the examples."""
    paths = sorted([*ROOT.glob("tests/conformance/*/*.score"), *ROOT.glob("examples/*/*.score")])
    found = [(str(path), path.read_bytes().decode("utf-8", "replace")) for path in paths]
    return [(path, text) for path, text in found if len(text) <= MOST]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """The path of a program and the texts of its files, the first of them with one to four mutations."""
    choices = Choices(draw)
    if choices.chance(40):
        files = dict(draw(cases()).files)
        path = MAIN
    else:
        path, text = choices.pick(written_programs())
        files = {path: text}
    for _ in range(choices.one(1, 1, 2, 4)):
        files[path] = mutation(choices, files[path])
    return path, files


def mutation(choices: Choices, text: str) -> str:
    """One small accident."""
    if not text:
        return text
    at = choices.number(0, len(text) - 1)
    to = min(len(text), at + choices.one(1, 1, 1, 2, 5, 20))
    match choices.one("delete", "double", "swap", "insert", "line", "lines", "words", "cut", "indent", "case"):
        case "delete":
            return text[:at] + text[to:]
        case "double":
            return text[:to] + text[at:]
        case "swap":
            return text[:at] + text[at:to][::-1] + text[to:] if to - at > 1 else swapped(text, at, at + 1)
        case "insert":
            return text[:at] + choices.pick(CHARACTERS) + text[at:]
        case "line":
            lines = text.splitlines(keepends=True)
            del lines[choices.number(0, len(lines) - 1)]
            return "".join(lines)
        case "lines":
            lines = text.splitlines(keepends=True)
            one, other = (choices.number(0, len(lines) - 1) for _ in range(2))
            lines[one], lines[other] = lines[other], lines[one]
            return "".join(lines)
        case "words":
            words = [match.span() for match in _WORD.finditer(text)]
            if len(words) < 2:
                return text
            one, other = sorted([choices.pick(words), choices.pick(words)])
            if one == other:
                return text
            first, second = text[slice(*one)], text[slice(*other)]
            return text[: one[0]] + second + text[one[1] : other[0]] + first + text[other[1] :]
        case "cut":
            return text[:at]
        case "indent":
            start = text.rfind("\n", 0, at) + 1
            return text[:start] + choices.one(" ", "  ", "\t") + text[start:]
    return text[:at] + text[at:to].swapcase() + text[to:]


def swapped(text: str, one: int, other: int) -> str:
    return text if other >= len(text) else text[:one] + text[other] + text[one] + text[other + 1 :]


class Texts:
    """The texts of the files of a check, as they were given or stand on disk."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def of(self, path: str) -> str:
        return self.files[path] if path in self.files else Path(path).read_text(encoding="utf-8")


def quickly(path: str, files: dict[str, str]) -> tuple[Any, list[Diagnostic]]:
    """The check of a program, which takes less than a second (of the processor: others use it too)."""
    start = time.process_time()
    found = api.check(path, files)
    assert time.process_time() - start < SECONDS
    return found


@MUTATIONS
@given(mutated())
def test_checks_answer_whatever_is_broken(drawn: tuple[str, dict[str, str]]) -> None:
    """No exception, no delay; places are inside the files; sure fixes can be applied."""
    path, files = drawn
    texts = Texts(files)
    program, diagnostics = quickly(path, files)
    assert (program is None) == any(d.is_error for d in diagnostics)
    for diagnostic in diagnostics:
        for span in (diagnostic.span, *(related.span for related in diagnostic.related)):
            assert 0 <= span.start <= span.end <= len(texts.of(span.file)), diagnostic
        assert diagnostic.message.strip() and diagnostic.code, diagnostic
        fix = diagnostic.fix
        if fix is None:
            continue
        edits = sorted(fix.edits, key=lambda edit: (edit.span.file, edit.span.start, edit.span.end))
        assert edits, diagnostic
        for edit in edits:
            assert 0 <= edit.span.start <= edit.span.end <= len(texts.of(edit.span.file)), diagnostic
        for one, other in pairwise(edits):
            assert one.span.file != other.span.file or one.span.end <= other.span.start, diagnostic
        if fix.sure:
            repaired = dict(files)
            for edit in reversed(edits):
                text = repaired.get(edit.span.file) or texts.of(edit.span.file)
                repaired[edit.span.file] = text[: edit.span.start] + edit.text + text[edit.span.end :]
            assert repaired != files, diagnostic
            quickly(path, repaired)


@MUTATIONS
@given(mutated())
def test_the_formatter_refuses_or_keeps_the_meaning(drawn: tuple[str, dict[str, str]]) -> None:
    path, files = drawn
    source = Source(files[path], path)
    start = time.process_time()
    result = format_source(source)
    assert time.process_time() - start < 2 * SECONDS
    if result.refused is not None:
        assert result.text == source.text and not result.changed
        assert "report it" not in result.refused, result.refused
        return
    assert shape(parse_file(Source(result.text, path))) == shape(parse_file(source))
    before, after = (
        sorted(d.code for d in api.check(path, {**files, path: text})[1] if d.is_error)
        for text in (source.text, result.text)
    )
    assert before == after


def shape(file: File) -> list[Any]:
    """The statements with the number of statements under each, and the words of the comments."""
    return [(each.node, len(each.children)) for each in file.walk()] + [
        file.source.text[comment.start : comment.end].strip() for comment in file.comments
    ]


NEXT_TO_NOTHING = ("", "\n", " ", "\t", "#", ";", "\ufeff", "\r", "(", '"', "/", "\u2028", "score", "on")


@pytest.mark.parametrize("text", NEXT_TO_NOTHING)
def test_almost_nothing(text: str) -> None:
    _, diagnostics = quickly("rules.score", {"rules.score": text})
    assert all(0 <= d.span.start <= d.span.end <= len(text) for d in diagnostics)
    assert format_source(Source(text)).text == text or not diagnostics


@pytest.mark.parametrize(
    "text",
    [
        "when " + "(" * 3000 + "a" + ")" * 3000 + " add 1",
        "when " + "not " * 3000 + "a add 1",
        "score t = " + "-" * 3000 + "1",
        "when " + "a and " * 3000 + "a add 1",
        "on a add " + "1 + " * 3000 + "1",
        "on a" + " then a" * 3000 + " within 1d add 1",
        "on a where x in [" + "1, " * 3000 + "1] add 1",
    ],
    ids=["parentheses", "not", "minus", "and", "plus", "then", "list"],
)
def test_deep_and_long_statements(text: str) -> None:
    """An answer within a few seconds, an error or none."""
    start = time.process_time()
    api.check_text(text)
    assert time.process_time() - start < 5
