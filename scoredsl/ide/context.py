"""Where the cursor stands: the statement that is being written, up to there, and the block that it is in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoredsl.syntax.keywords import FILE_LEVEL, GROUP_BODY, HEADERS, SCORE_BODY, TEST_BODY
from scoredsl.syntax.tree import File, Statement
from scoredsl.text import Span

_WORD = re.compile(r"[A-Za-z0-9_.]*\Z")
_REST = re.compile(r"[A-Za-z0-9_.]*")


@dataclass(frozen=True, slots=True)
class Cut:
    """The beginning of the statement, without the word that is being written; that word; what it would replace."""

    prefix: str
    partial: str
    replace: Span


@dataclass(frozen=True, slots=True)
class Place:
    """`prefix`: the statement up to the cursor; `start`: where it begins; `headers`: those of the blocks around it."""

    prefix: str
    start: int
    offset: int
    headers: tuple[Statement, ...]

    @property
    def score(self) -> str | None:
        """The name of the score around it."""
        for header in self.headers:
            if header.keyword == "score":
                name = getattr(header.node, "name", None)
                return name.text if name is not None else (header.words[1] if len(header.words) > 1 else None)
        return None

    def keywords(self, has_score_header: bool) -> frozenset[str]:
        """The words that a statement may begin with here."""
        if not self.headers:
            return FILE_LEVEL if has_score_header else FILE_LEVEL | SCORE_BODY
        match self.headers[-1].keyword:
            case "group":
                return GROUP_BODY
            case "test":
                return TEST_BODY
            case _:
                return SCORE_BODY


def place_at(file: File, offset: int) -> Place | None:
    """Where an offset is; None inside a comment."""
    if any(comment.start < offset <= comment.end for comment in file.comments):
        return None
    text = file.masked
    line_start = file.source.line_bounds(file.source.position(offset).line)[0]
    column = len(re.match(r"[ \ufeff]*", text[line_start:offset]).group())  # type: ignore[union-attr]
    around, statement = _last_before(file.statements, offset)
    if statement is not None and _goes_on(file, statement, offset, column):
        return Place(text[statement.start : offset].lstrip(), statement.start, offset, around)
    headers = _headers_above(file, offset, column)
    return Place(text[line_start:offset].lstrip("\ufeff \t").rpartition(";")[2].lstrip(), offset, offset, headers)


def _last_before(
    statements: Sequence[Statement], offset: int
) -> tuple[tuple[Statement, ...], Statement | None]:
    """The last statement that begins at an offset or before, with the headers around it."""
    path: list[Statement] = []
    while statements:
        at = bisect_right(statements, offset, key=lambda each: each.start)
        if at == 0:
            break
        path.append(statements[at - 1])
        statements = statements[at - 1].children
    return tuple(path[:-1]), path[-1] if path else None


def _with_headers(
    statements: Iterable[Statement], headers: tuple[Statement, ...]
) -> Iterable[tuple[tuple[Statement, ...], Statement]]:
    for statement in statements:
        yield headers, statement
        if statement.children:
            yield from _with_headers(statement.children, (*headers, statement))


def _goes_on(file: File, statement: Statement, offset: int, column: int) -> bool:
    """Whether what is written at an offset belongs to a statement."""
    if offset <= statement.end:
        return True
    between = file.source.text[statement.end : offset]
    if between.strip():
        return False
    if not re.search(r"[\r\n]", between):
        return True
    if statement.keyword in HEADERS:
        return False
    first = file.source.line_bounds(file.source.position(statement.start).line)[0]
    indent = len(file.source.text[first : statement.start])
    return column > indent and len(re.findall(r"\r\n|\r|\n", between)) == 1


def _headers_above(file: File, offset: int, column: int) -> tuple[Statement, ...]:
    """The headers whose block a line at a column would be in."""
    found: list[Statement] = []
    for _, statement in _with_headers(file.statements, ()):
        if statement.start >= offset:
            break
        if statement.keyword not in HEADERS and not statement.children:
            continue
        source = file.source
        indent = statement.start - source.line_bounds(source.position(statement.start).line)[0]
        while found and _indent(file, found[-1]) >= indent:
            found.pop()
        if indent < column:
            found.append(statement)
        else:
            found = [each for each in found if _indent(file, each) < column]
    return tuple(found)


def _indent(file: File, statement: Statement) -> int:
    source = file.source
    return statement.start - source.line_bounds(source.position(statement.start).line)[0]


# ---- the word at the cursor


def cuts(file: File, place: Place) -> list[Cut]:
    """The word at the cursor cut off; then two words, and three, as a keyword may have so many.

    Inside quotes there is one cut: the whole text.
    """
    path = file.source.path
    quote = _open_quote(place.prefix)
    if quote is not None:
        partial = place.prefix[quote:]
        _, line_end = file.source.line_bounds(file.source.position(place.offset).line)
        close = file.source.text.find(partial[0], place.offset, line_end)
        end = close + 1 if close >= 0 else place.offset
        return [Cut(place.prefix[:quote], partial, Span(place.offset - len(partial), end, path))]
    rest = _REST.match(file.source.text, place.offset)
    end = rest.end() if rest is not None else place.offset
    found = []
    at = len(place.prefix)
    for _ in range(3):
        word = _WORD.search(place.prefix, 0, at)
        at = word.start() if word is not None else at
        partial = place.prefix[at:]
        found.append(Cut(place.prefix[:at], partial, Span(place.offset - len(partial), end, path)))
        at = len(place.prefix[:at].rstrip(" "))
        if at == 0 or not (place.prefix[at - 1].isalnum()):
            break
    return found


def _open_quote(prefix: str) -> int | None:
    """Where a text or a name in backquotes begins that is still open."""
    opened: int | None = None
    i = 0
    while i < len(prefix):
        character = prefix[i]
        if opened is None:
            opened = i if character in '"`' else None
        elif character == "\\" and prefix[opened] == '"':
            i += 1
        elif character == prefix[opened]:
            opened = None
        i += 1
    return opened
