"""A statement that cannot be read, and a repair of it: what the modules of this package take and give."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lark.exceptions import LarkError, UnexpectedEOF, UnexpectedInput

from scoredsl.syntax.grammar import parser

FILLED = "\x00"
"""Stands in `Broken.plain` for each character between quotes or slashes, so that no pattern matches inside."""

TEXT = rf'"{FILLED}*"'
NAME = rf"(?:(?:lead\.)?`{FILLED}*`|(?<![\w.`])[A-Za-z_][\w.]*)"
NUMBER = r"(?:(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?![\w.%]))"
DATE = r"(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?(?![\w-]))"
LITERAL = rf"(?:{TEXT}|{DATE}|{NUMBER}|\b(?:true|false)\b)"
VALUE = rf"(?:{LITERAL}|{NAME})"

_QUOTED = re.compile(
    r'"(?:\\["\\]|[^"\\\n])*"|`[^`\n]+`|(?<=matches)(\s*)/(?:\\.|[^/\\\n])+/|(?<=matches )/(?:\\.|[^/\\\n])+/'
)


class Broken:
    """A statement's text and where reading it stopped. `below` is the indentation of the lines under a header."""

    def __init__(self, text: str, problem: LarkError, keyword: str, below: int = 2) -> None:
        self.text = text
        self.problem = problem
        self.keyword = keyword
        self.below = below
        self.at = stopped_at(text, problem)

    @cached_property
    def plain(self) -> str:
        """The text, the same length, with what stands in quotes filled."""
        return _QUOTED.sub(_filled, self.text)

    @cached_property
    def expected(self) -> frozenset[str]:
        """The terminals that would have been read where it stopped; `$END` among them where it might have ended."""
        return _accepts(getattr(self.problem, "interactive_parser", None))

    def expected_at(self, at: int) -> frozenset[str]:
        """The terminals that can stand at an earlier place."""
        try:
            interactive = parser().parse_interactive(self.text[:at])
            interactive.exhaust_lexer()
        except LarkError:
            return frozenset()
        return _accepts(interactive)


def _filled(match: re.Match[str]) -> str:
    whole = match.group()
    lead = len(match.group(1) or "")
    return whole[: lead + 1] + FILLED * (len(whole) - lead - 2) + whole[-1]


def _accepts(interactive: Any) -> frozenset[str]:
    try:
        return frozenset(interactive.accepts()) if interactive is not None else frozenset()
    except (LarkError, KeyError, IndexError, AttributeError):
        return frozenset()


def stopped_at(text: str, problem: LarkError) -> int:
    """The offset where reading stopped; the length of the text where its end came too early."""
    if not isinstance(problem, UnexpectedInput):
        return 0
    token = getattr(problem, "token", None)
    at = problem.pos_in_stream
    if isinstance(problem, UnexpectedEOF) or (token is not None and token.type == "$END") or at is None or at < 0:
        return len(text)
    return min(at, len(text))


def read(text: str, keyword: str, below: int = 2) -> Broken | None:
    """None where the statement can be read."""
    try:
        parser().parse(text)
    except LarkError as problem:
        return Broken(text, problem, keyword, below)
    return None


Change = tuple[int, int, str]
"""What stands from one offset of the statement to another is replaced by a text."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One mistake that a statement may have: its code and message, its place, and what would be right instead."""

    code: str
    message: str
    start: int
    end: int
    changes: tuple[Change, ...]
    help: str = ""
    title: str = ""
    sure: bool = True
    offered: bool = True
    """False where the changes only serve to find out whether this is the mistake."""
    reading: str | None = None
    """The text that must be readable, where that is not the text with the changes made."""
    suggestion: str = ""

    def applied(self, text: str) -> str:
        return self.reading if self.reading is not None else changed(text, self.changes)


def changed(text: str, changes: tuple[Change, ...]) -> str:
    """The text with the changes made."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(changes):
        parts += [text[at:start], new]
        at = max(at, end)
    return "".join([*parts, text[at:]])


Repairer = Callable[[Broken], Iterator[Repair]]
Groups = dict[str, str]
"""What the named groups of a pattern matched; also `bad` (`filled`: as in `Broken.plain`), and the text
`before` and `after` it."""
Replacement = str | Callable[[Groups], "str | None"]
Sure = bool | Callable[[Groups], bool]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A mistake that is found by a regular expression over `Broken.plain`.

    What its group `bad` matched (else all of it) is replaced. The named groups, `bad` and `good` fill the message.
    """

    code: str
    found: re.Pattern[str]
    replacement: Replacement
    message: str
    help: str = ""
    title: str = ""
    sure: Sure = True
    """Whether it is the one thing that can have been meant; else it is only offered."""
    offered: bool = True
    only: frozenset[str] | None = None

    def __call__(self, broken: Broken) -> Iterator[Repair]:
        if self.only is not None and broken.keyword not in self.only:
            return
        single: list[Repair] = []
        for match in self.found.finditer(broken.plain):
            repair = self.repair(broken, match)
            if repair is not None:
                single.append(repair)
            if len(single) >= 40:
                break
        if len(single) > 1:
            first = single[0]
            changes = tuple(change for repair in single for change in repair.changes)
            yield Repair(
                self.code,
                first.message,
                first.start,
                first.end,
                changes,
                first.help,
                first.title,
                all(repair.sure for repair in single),
                self.offered,
            )
            single = sorted(single, key=lambda repair: abs(repair.start - broken.at))[:3]
        yield from single

    def repair(self, broken: Broken, match: re.Match[str]) -> Repair | None:
        start, end = match.span("bad") if "bad" in self.found.groupindex else match.span()
        if start < 0:
            return None
        groups = {
            name: broken.text[slice(*match.span(name))] for name in self.found.groupindex if match.start(name) >= 0
        }
        groups |= {"bad": broken.text[start:end], "filled": broken.plain[start:end]}
        groups |= {"before": broken.plain[:start], "after": broken.plain[end:]}
        good = self.replacement if isinstance(self.replacement, str) else self.replacement(groups)
        if good is None:
            return None
        good = good.format_map(groups) if isinstance(self.replacement, str) else good
        groups["bad"] = " ".join(groups["bad"].split())
        groups["good"] = " ".join(good.split())
        seen_start, seen_end = visible(broken.text, start, end)
        title = self.title.format_map(groups) or (f"Write {groups['good']}" if groups["good"] else "Delete it")
        return Repair(
            self.code,
            self.message.format_map(groups),
            seen_start,
            seen_end,
            ((start, end, good),),
            self.help.format_map(groups),
            title,
            self.sure if isinstance(self.sure, bool) else self.sure(groups),
            self.offered,
        )


def visible(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without blanks at its ends; the word before it where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        while start > 0 and text[start - 1].isspace():
            start -= 1
        end = start
        while start > 0 and not text[start - 1].isspace():
            start -= 1
        if start == end:
            end = min(len(text), end + 1)
    return start, end


def unless(found: str, where: str = "before") -> Callable[[Groups], bool]:
    """Sure, unless a pattern is found in the text before (or in another group of) what is replaced."""
    compiled = re.compile(found, re.IGNORECASE)
    return lambda groups: compiled.search(groups.get(where) or "") is None


def provided(found: str, where: str = "bad") -> Callable[[Groups], bool]:
    """Sure only if a pattern is found in what is replaced (or another group)."""
    compiled = re.compile(found, re.IGNORECASE)
    return lambda groups: compiled.search(groups.get(where) or "") is not None


def pattern(
    code: str,
    found: str,
    replacement: Replacement,
    message: str,
    *,
    help: str = "",
    title: str = "",
    sure: Sure = True,
    offered: bool = True,
    only: str = "",
) -> Pattern:
    """A Pattern; `only` are the keywords of the statements that it is looked for in."""
    return Pattern(
        code,
        re.compile(found, re.IGNORECASE),
        replacement,
        message,
        help,
        title,
        sure,
        offered,
        frozenset(only.split()) if only else None,
    )
