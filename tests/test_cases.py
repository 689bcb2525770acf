"""The readable cases of tests/cases: programs, and what is said about them, exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scoredsl import api
from scoredsl.diagnostics import Diagnostic, Fix
from scoredsl.lint.codes import CODES
from scoredsl.text import Source

FOLDER = Path(__file__).parent / "cases"
MAIN = "rules.score"
NOW = 1_780_272_000_000_000
"""2026-06-01: campaigns that ended before are over."""
_FENCE = re.compile(r"```score(?: (?P<file>\S+))?\n(?P<text>.*?)```\n", re.DOTALL)
_ITEM = re.compile(r"- (?:(?P<file>[\w.]+):)?(?P<line>\d+): (?P<code>[a-z-]+): (?P<word>.+)")
_DETAIL = re.compile(
    r"  - (?P<kind>at|related|related lines|says|help|detail|no detail|tags|fixed|suggests|no suggestion|no fix)"
    r"(?:: `(?P<text>.*)`)?"
)


@dataclass
class Said:
    """What is expected to be said at one place."""

    file: str
    line: int
    code: str
    word: str
    details: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Case:
    title: str
    files: dict[str, str]
    said: list[Said]
    all_warnings: bool = False
    """Whether every warning of a check is expected, and not only those of the codes that are named."""

    @property
    def codes(self) -> set[str]:
        more = {*CODES, "unused-ignore"} if self.all_warnings else set()
        return more | {each.code for each in self.said}


def read_cases(path: Path) -> list[Case]:
    """The cases of a Markdown file: a heading, a fence a file of the program, a list of what is said."""
    cases = []
    for part in re.split(r"^### ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        files = {match["file"] or MAIN: match["text"] for match in _FENCE.finditer(body)}
        said: list[Said] = []
        listed = False
        for line in _FENCE.sub("", body).splitlines():
            if line.startswith(("- no errors", "- no warnings")):
                listed = True
            elif item := _ITEM.fullmatch(line):
                listed = True
                said.append(Said(item["file"] or MAIN, int(item["line"]), item["code"], item["word"]))
            elif detail := _DETAIL.fullmatch(line):
                said[-1].details.append((detail["kind"], detail["text"] or ""))
            else:
                assert not line.startswith((" ", "-")), f"{path.name}, {title}: {line!r} is not understood"
        assert files and listed, f"{path.name}, {title}: no program, or nothing is said about it"
        cases.append(Case(title, files, said, path.name == "warnings.md"))
    return cases


CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in read_cases(path)]


def apply(text: str, fix: Fix) -> str:
    for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def found(files: dict[str, str], codes: set[str]) -> list[Diagnostic]:
    """The errors of a program, and what has one of `codes`."""
    return [said for said in api.check(MAIN, files, now=NOW)[1] if said.is_error or said.code in codes]


def place(said: Diagnostic, files: dict[str, str]) -> tuple[str, int, str]:
    return said.span.file, Source(files[said.span.file]).position(said.span.start).line, said.code


def about(said: Diagnostic, files: dict[str, str]) -> str:
    return f"{place(said, files)} {said.message} | {said.help}"


def test_titles_differ() -> None:
    titles = [case.title for case in CASES]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_case(case: Case) -> None:
    said = found(case.files, case.codes)
    everything = "\n".join(about(each, case.files) for each in said)
    expected = sorted((each.file, each.line, each.code) for each in case.said)
    assert sorted(place(each, case.files) for each in said) == expected, everything
    left = list(said)
    for each in case.said:
        words = each.word.lower()
        fitting = [
            one
            for one in left
            if place(one, case.files) == (each.file, each.line, each.code)
            and words in f"{one.message} {one.help}".lower()
        ]
        assert fitting, f"{each.line}: {each.code}: {each.word}\n{everything}"
        left.remove(fitting[0])
        for kind, text in each.details:
            detail(fitting[0], kind, text, case)


def detail(said: Diagnostic, kind: str, text: str, case: Case) -> None:
    source = case.files[said.span.file]
    match kind:
        case "at":
            assert source[said.span.start : said.span.end] == text
        case "related":
            assert text in [case.files[each.span.file][each.span.start : each.span.end] for each in said.related]
        case "related lines":
            assert ", ".join(str(Source(case.files[each.span.file]).position(each.span.start).line)
                             for each in said.related) == text
        case "says":
            assert said.message == text
        case "help":
            assert text in said.help
        case "detail":
            assert any(text in line for line in said.detail.splitlines()), said.detail
        case "no detail":
            assert (said.detail, said.args) == ("", {})
        case "tags":
            assert ", ".join(said.tags) == text
        case "suggests":
            assert said.fix is not None
            assert said.help == f"Did you mean {text}?"
            assert [edit.text for edit in said.fix.edits] == [text]
        case "no suggestion":
            assert "Did you mean" not in said.help
        case "no fix":
            assert said.fix is None
        case "fixed":
            assert said.fix is not None
            fixed = apply(source, said.fix)
            line = Source(source).position(said.span.start).line
            assert fixed.splitlines()[line - 1] == text
        case _:
            raise AssertionError(kind)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_sure_fixes(case: Case) -> None:
    """Each fix that is sure takes its own error away; it may let another mistake be seen."""
    before = found(case.files, set())
    for said in before:
        if said.fix is None or not said.fix.sure:
            continue
        files = {**case.files, said.span.file: apply(case.files[said.span.file], said.fix)}
        after = found(files, set())
        same = (said.code, said.message)
        left = sum((each.code, each.message) == same for each in after)
        assert left < sum((each.code, each.message) == same for each in before), about(said, case.files)
        assert len(after) <= len(before), f"{about(said, case.files)}\n{files[said.span.file]}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_words(case: Case) -> None:
    """Messages are sentences, say what to do, and are in words that a marketer knows."""
    for said in found(case.files, {"given-below", *CODES}):
        assert said.message[-1:] in ".?", said.message
        assert not re.search(r"\b(token|pars(e|er|ing)|AST|semantic|identifier|syntax error|None|null)\b",
                             f"{said.message} {said.help}"), said.message
        assert len(said.message) < 250, said.message
        for edit in said.fix.edits if said.fix else ():
            assert edit.span.file == said.span.file
