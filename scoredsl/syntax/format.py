"""The formatter: one canonical layout of a rules file, with all comments kept in place.

It works on the words of each statement as they were written and changes only what stands between them, so numbers,
dates and texts stay as they are. Like Black it checks its own result before it gives it out: the formatted text must
read as the same statements with the same comments, and formatting it again must change nothing.

The layout: two spaces a block level, one statement a line, commas between clauses as they were written and always
before `else`, a blank line around blocks and at most one anywhere, statements of more than 100 columns broken before
their clauses. A statement
with comments between its words keeps its lines; so does one with a `# scoredsl: ignore[...]`, which speaks of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lark import Token, Tree

from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.grammar import parser
from scoredsl.syntax.keywords import HEADERS
from scoredsl.syntax.nodes import Node
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.tree import File, Statement
from scoredsl.text import Source

WIDTH = 100
INDENT = "  "
CONTINUATION = "    "

_IGNORE = re.compile(r"#\s*scoredsl:\s*ignore\b")
_SYNTAX = "It has errors, which must be repaired first."
_DEEP = "A statement is nested too deeply."
_REPORT = "This is an error in scoredsl: please report it with this file."
_CHANGED = f"The formatted text would not mean the same. {_REPORT}"
_UNSTABLE = f"Formatting the formatted text would change it again. {_REPORT}"


@dataclass(frozen=True, slots=True)
class FormatResult:
    """The formatted text and whether it differs; where it was refused, the text as it was, why, and the errors."""

    text: str
    changed: bool
    refused: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def format_source(source: Source) -> FormatResult:
    """The canonical layout of a file. Never raises for what a user wrote: see `refused`."""
    try:
        file = parse_file(source)
        if any(diagnostic.is_error for diagnostic in file.diagnostics):
            return FormatResult(source.text, False, _SYNTAX, file.diagnostics)
        text = _layout(file)
        if text == source.text:
            return FormatResult(text, False)
        again = parse_file(Source(text, source.path))
        if again.diagnostics or _meaning(again) != _meaning(file) or _comments(again) != _comments(file):
            return FormatResult(source.text, False, _CHANGED)
        if _layout(again) != text:
            return FormatResult(source.text, False, _UNSTABLE)
    except RecursionError:
        return FormatResult(source.text, False, _DEEP)
    return FormatResult(text, text != source.text)


def _meaning(file: File) -> list[tuple[int, Node | None]]:
    """The statements with how deep they stand."""

    def walk(statements: Sequence[Statement], level: int) -> Iterator[tuple[int, Node | None]]:
        for statement in statements:
            yield level, statement.node
            yield from walk(statement.children, level + 1)

    return list(walk(file.statements, 0))


def _comments(file: File) -> list[str]:
    return [file.source.text[comment.start : comment.end].strip() for comment in file.comments]


# ---- the words of a statement

_NO_BREAK, _AT_ELSE, _AT_CLAUSE, _AT_PART, _AT_ITEM, _AT_OPERATOR = range(6)
"""Where a long statement may be broken; the first that there are come first."""

_CLAUSES = [
    *["if", "award", "reset", "set_to", "but_not", "once", "at_most", "up_to", "expire", "never", "decay", "ends_on"],
    *["from_date", "until_date", "title"],
    *["tier_from", "tier_above", "until_below", "for_good", "title_text", "tier_as"],
]
_BREAKS = {
    **dict.fromkeys(["else_when", "else"], _AT_ELSE),
    **dict.fromkeys(_CLAUSES, _AT_CLAUSE),
    **dict.fromkeys(["where", "fact_where", "same", "within", "after"], _AT_PART),
}
"""Before parts that are a rule of the grammar."""
_BREAK_BEFORE = {
    **dict.fromkeys(["THEN", "WITHOUT", "OR", "AND", "WITH", "AT", "BY"], _AT_PART),
    **dict.fromkeys(["PLUS", "MINUS"], _AT_OPERATOR),
}
_AFTER_COMMA = {
    **dict.fromkeys(["event", "given", "given_profile", "profile"], _AT_PART),
    **dict.fromkeys(["list", "call", "axis"], _AT_ITEM),
}
_VERBATIM = frozenset({"STRING", "BACKQUOTED", "LEAD_BACKQUOTED", "REGEX", "DATE"})
_CALLS = frozenset({"MIN", "MAX", "ROUND"})
_OPENING, _CLOSING = frozenset("(["), frozenset(")]")


@dataclass(slots=True)
class _Word:
    """A word as written; what stands before it is the formatter's to say."""

    text: str
    start: int
    """Its offset in the file."""
    kind: str
    role: str = ""
    """`trailing comma`, `sign`."""
    breaks: int = _NO_BREAK
    glued: bool = False
    """No space before it."""


def _words(statement: Statement, masked: str) -> list[_Word]:
    start, end = statement.span.start, statement.span.end
    words: list[_Word] = []
    _collect(parser().parse(masked[start:end]), start, words)
    for i, word in enumerate(words):
        before = words[i - 1] if i else None
        word.glued = before is None or (
            word.text in _CLOSING
            or word.kind in ("COMMA", "COLON")
            or before.text in _OPENING
            or before.role == "sign"
            or (word.text == "(" and before.kind in _CALLS)
        )
        if word.kind == "COMMA" and i + 1 < len(words) and words[i + 1].text in _CLOSING:
            word.role = "trailing comma"
    if words and words[-1].kind == "COMMA":
        words[-1].role = "trailing comma"
    return words


def _collect(tree: Tree[Token], base: int, words: list[_Word]) -> None:
    """Appends the words of a tree in order, with what the tree knows of them."""
    rule = tree.data
    children = tree.children
    for i, child in enumerate(children):
        first = len(words)
        if isinstance(child, Tree):
            _collect(child, base, words)
            _break(words, first, _BREAKS.get(child.data, _NO_BREAK))
        else:
            _append(child, base, words)
            if child.type == "MINUS" and rule in ("negate", "minus_number"):
                words[first].role = "sign"
            elif child.type != "AND" or rule != "between":
                _break(words, first, _BREAK_BEFORE.get(child.type, _NO_BREAK))
        previous = children[i - 1] if i else None
        if isinstance(previous, Token) and previous.type == "COMMA":
            _break(words, first, _AFTER_COMMA.get(rule, _NO_BREAK))


def _break(words: list[_Word], at: int, breaks: int) -> None:
    """The outermost part that begins at a word says how it may be broken there; a statement's first word never is."""
    if breaks and 0 < at < len(words) and words[at].role != "sign":
        words[at].breaks = breaks


def _append(token: Token, base: int, words: list[_Word]) -> None:
    """A keyword of several words counts as several: there may be line ends and comments in it."""
    start = base + (token.start_pos or 0)
    if token.type in _VERBATIM:
        words.append(_Word(str(token), start, token.type))
        return
    words.extend(_Word(part.group(), start + part.start(), token.type) for part in re.finditer(r"\S+", token))


def _canonical(words: list[_Word]) -> list[_Word]:
    """The words with the commas that the layout has: as written, one before `else`, none before a closing bracket."""
    result: list[_Word] = []
    for word in words:
        if word.role == "trailing comma":
            continue
        if word.kind == "COMMA":
            word.start = result[-1].start  # it ends the line of the word before it
        if word.breaks == _AT_ELSE and result and result[-1].kind != "COMMA":
            result.append(_Word(",", result[-1].start, "COMMA", glued=True))
        result.append(word)
    return result


def _joined(words: Sequence[_Word]) -> str:
    return "".join((" " if i and not word.glued else "") + word.text for i, word in enumerate(words))


# ---- one statement


@dataclass(slots=True)
class _Line:
    """A line of output: its columns of indentation, its text, its comment."""

    indent: int
    text: str
    comment: str = ""

    def written(self) -> str:
        between = INDENT if self.text and self.comment else ""
        return f"{' ' * self.indent}{self.text}{between}{self.comment}" if self.text or self.comment else ""


def _wrapped(words: list[_Word], indent: int, is_header: bool) -> list[_Line]:
    """A statement without comments inside: on one line, or broken where it is too long."""
    one = _joined(words)
    if indent + len(one) <= WIDTH:
        return [_Line(indent, one)]
    deeper = indent + len(CONTINUATION)
    depth = 0
    parts = [word.breaks for word in words]
    if is_header:  # a line under a header is its block: only inside parentheses is it still the header's
        for i, word in enumerate(words):
            depth -= word.text in _CLOSING
            parts[i] = parts[i] if depth > 0 else _NO_BREAK
            depth += word.text in _OPENING
    lines: list[_Line] = []
    for first, last in _segments(words, parts, 0, len(words), indent, deeper):
        lines.extend(_exploded(words[first:last], deeper if first else indent))
    return lines


def _segments(
    words: list[_Word], breaks: list[int], first: int, last: int, indent: int, deeper: int
) -> list[tuple[int, int]]:
    """Cuts words[first:last] into lines at the outermost kind of break; as few as fit, those too long further."""
    width = WIDTH - (deeper if first else indent)
    kinds = sorted({breaks[i] for i in range(first + 1, last)} - {_NO_BREAK, _AT_ITEM})
    if len(_joined(words[first:last])) <= width or not kinds:
        return [(first, last)]
    kind = kinds[0]
    cuts = [first, *(i for i in range(first + 1, last) if breaks[i] == kind), last]
    result: list[tuple[int, int]] = []
    start = first
    for cut, following in zip(cuts[1:], [*cuts[2:], last], strict=True):
        room = WIDTH - (deeper if start else indent)
        if cut == last or kind == _AT_ELSE or len(_joined(words[start:following])) > room:
            result.extend(_segments(words, breaks, start, cut, indent, deeper))
            start = cut
    return result


def _exploded(words: list[_Word], indent: int) -> list[_Line]:
    """A line that is still too long: what is in its brackets, or listed with commas, one item a line."""
    if indent + len(_joined(words)) <= WIDTH or not any(word.breaks == _AT_ITEM for word in words):
        return [_Line(indent, _joined(words))]
    lines: list[_Line] = []
    start = 0
    inside = False
    depth = 0
    listed: list[int] = []
    for i, word in enumerate(words):
        if word.text in _CLOSING:
            depth -= 1
            if listed and depth == listed[-1]:
                listed.pop()
                if not listed:
                    lines.append(_Line(indent + len(CONTINUATION) * inside, _joined(words[start:i])))
                    start, inside = i, False
        elif word.breaks == _AT_ITEM and i > start and depth == (listed[0] + 1 if listed else 0):
            lines.append(_Line(indent + len(CONTINUATION) * inside, _joined(words[start:i])))
            start, inside = i, True
        if word.text in _OPENING:
            if not listed and _has_items(words, i):
                listed.append(depth)
                lines.append(_Line(indent + len(CONTINUATION) * inside, _joined(words[start : i + 1])))
                start, inside = i + 1, True
            depth += 1
    lines.append(_Line(indent + len(CONTINUATION) * inside, _joined(words[start:])))
    return [line for line in lines if line.text]


def _has_items(words: list[_Word], opening: int) -> bool:
    """Whether the bracket at `opening` holds several items of its own."""
    depth = 0
    for word in words[opening:]:
        depth += (word.text in _OPENING) - (word.text in _CLOSING)
        if depth == 0:
            return False
        if depth == 1 and word.breaks == _AT_ITEM:
            return True
    return False


def _kept(words: list[_Word], comments: list[tuple[int, str]], indent: int, source: Source) -> list[_Line]:
    """A statement in the lines it was written in, indented anew; `comments` are those inside, with their offsets."""
    rows: dict[int, tuple[list[_Word], list[str]]] = {}
    for word in words:
        rows.setdefault(source.position(word.start).line, ([], []))[0].append(word)
    for at, comment in comments:
        rows.setdefault(source.position(at).line, ([], []))[1].append(comment)
    lines: list[_Line] = []
    brackets: list[int] = []
    for _, (row, said) in sorted(rows.items()):
        deep = (brackets[-1] if brackets else indent) + len(CONTINUATION) if lines else indent
        closing = True
        leading = 0
        for word in row:
            closing = closing and word.text in _CLOSING
            leading += closing
        if leading and brackets:
            deep = brackets[max(len(brackets) - leading, 0)]
        for word in row:
            if word.text in _OPENING:
                brackets.append(deep)
            elif word.text in _CLOSING and brackets:
                brackets.pop()
        lines.append(_Line(deep, _joined(row), " ".join(said)))
    return lines


# ---- the file


@dataclass(slots=True)
class _Item:
    """A comment of its own line, or the statements of a line, at their level; the lines are those it was written in."""

    level: int
    first_line: int
    last_line: int
    comment: str = ""
    statements: list[Statement] = field(default_factory=list)
    inside: list[tuple[int, str]] = field(default_factory=list)
    """Comments between the words of the statements, with their offsets."""
    trailing: str = ""
    silenced: bool = False
    """A `scoredsl: ignore` speaks of these lines."""
    has_block: bool = False
    lines: list[_Line] = field(default_factory=list)


def _layout(file: File) -> str:
    """The text in its layout."""
    items = _items(file)
    for item in items:
        item.lines = _item_lines(item, file)
    blanks = _blanks(items)
    written: list[str] = []
    for item, blank in zip(items, blanks, strict=True):
        if blank:
            written.append("")
        written.extend(line.written() for line in item.lines)
    return "".join(f"{line}\n" for line in written)


def _items(file: File) -> list[_Item]:
    """Statements and comments in the order of the file, joined statements apart unless an ignore speaks of them all."""
    source = file.source
    statements = list(_with_levels(file.statements, 0))
    items: list[_Item] = []
    comments = list(file.comments)
    own: list[_Item] = []

    def line_of(offset: int) -> int:
        return source.position(offset).line

    for level, statement in statements:
        span = statement.span
        while comments and comments[0].start < span.start:
            comment = comments.pop(0)
            text = source.text[comment.start : comment.end].rstrip()
            line = line_of(comment.start)
            if items and items[-1].last_line == line:
                items[-1].trailing = text
            else:
                own.append(_Item(-1, line, line, text))
        first, last = line_of(span.start), line_of(span.end - 1)
        items.extend(_placed(own, items, (level, first), source))
        own = []
        joined = bool(items) and bool(items[-1].statements) and items[-1].last_line == first
        item = items[-1] if joined else _Item(level, first, last)
        if not joined:
            item.silenced = bool(items) and bool(_IGNORE.match(items[-1].comment)) and items[-1].last_line == first - 1
            items.append(item)
        item.statements.append(statement)
        item.last_line = last
        item.has_block = bool(statement.children)
        while comments and comments[0].start < span.end:
            comment = comments.pop(0)
            item.inside.append((comment.start, source.text[comment.start : comment.end].rstrip()))
    for comment in comments:
        text = source.text[comment.start : comment.end].rstrip()
        line = line_of(comment.start)
        if items and items[-1].last_line == line:
            items[-1].trailing = text
        else:
            own.append(_Item(-1, line, line, text))
    items.extend(_placed(own, items, None, source))
    return [part for item in items for part in _parted(item)]


def _with_levels(statements: Sequence[Statement], level: int) -> Iterator[tuple[int, Statement]]:
    for statement in statements:
        yield level, statement
        yield from _with_levels(statement.children, level + 1)


def _parted(item: _Item) -> list[_Item]:
    """The statements that were joined with `;`, each by itself; together where an ignore speaks of their line."""
    said = [item.trailing, *(text for _, text in item.inside)]
    item.silenced = item.silenced or any(_IGNORE.match(text) for text in said)
    if item.silenced or len(item.statements) < 2:
        return [item]
    parts: list[_Item] = []
    for statement in item.statements:
        part = _Item(item.level, item.first_line, item.first_line, "", [statement])
        part.inside = [c for c in item.inside if statement.span.start <= c[0] < statement.span.end]
        parts.append(part)
    parts[-1].last_line, parts[-1].trailing, parts[-1].has_block = item.last_line, item.trailing, item.has_block
    return parts


def _placed(
    own: list[_Item], items: Sequence[_Item], following: tuple[int, int] | None, source: Source
) -> list[_Item]:
    """Gives comments of their own lines their level: that of the statement below, or of the block that they end."""
    above = items[-1] if items else None
    level, line = following if following is not None else (0, -1)
    for comment in own:
        comment.level = level
        if above is None or above.level < level:
            continue
        if following is not None and above.level == level and not _is_header(above.statements[-1]):
            continue
        if _IGNORE.match(comment.comment) and comment.first_line == line - 1:
            continue
        column = _column(source, comment.first_line)
        comment.level = max(level, _level_of_column(items, above, column, source))
    return own


def _is_header(statement: Statement) -> bool:
    return statement.keyword in HEADERS


def _column(source: Source, line: int) -> int:
    text = source.line_text(line).lstrip("\ufeff")
    return len(text) - len(text.lstrip())


def _level_of_column(items: Sequence[_Item], above: _Item, column: int, source: Source) -> int:
    """The deepest block that is open below `above` and whose lines begin at or before the column."""
    level = above.level
    if _is_header(above.statements[-1]) and column > _column(source, above.first_line):
        return level + 1
    for item in reversed(items):
        if item.statements and item.level <= level:
            level = item.level
            if column >= _column(source, item.first_line):
                return level
            level -= 1
    return 0


def _item_lines(item: _Item, file: File) -> list[_Line]:
    indent = len(INDENT) * item.level
    if not item.statements:
        return [_Line(indent, "", item.comment)]
    lines: list[_Line] = []
    for statement in item.statements:
        # What continues a joined statement, and the block of a joined header, stand deeper than the line it begins on.
        begin = lines[-1].indent if lines and not _is_header(statement) else indent
        own = _statement_lines(statement, item, begin, file)
        if lines and lines[-1].indent == begin:
            lines[-1].text += "; " + own[0].text
            lines[-1].comment = own[0].comment
            own = own[1:]
        lines.extend(own)
    lines[-1].comment = item.trailing or lines[-1].comment
    return lines


def _statement_lines(
    statement: Statement, item: _Item, indent: int, file: File
) -> list[_Line]:
    span = statement.span
    canonical = _canonical(_words(statement, file.masked))
    inside = [comment for comment in item.inside if span.start <= comment[0] < span.end]
    if inside or item.silenced:
        return _kept(canonical, inside, indent, file.source)
    return _wrapped(canonical, indent, statement.keyword == "score")


def _blanks(items: Sequence[_Item]) -> list[bool]:
    """Whether a blank line stands before each item."""
    blanks: list[bool] = []
    for i, item in enumerate(items):
        above = items[i - 1] if i else None
        if above is None or item.level > above.level:
            blanks.append(False)  # the beginning of the file or of a block
            continue
        as_written = item.first_line > above.last_line + 1
        blanks.append(as_written or item.level < above.level or _leads_to_block(items, i))
    return blanks


def _leads_to_block(items: Sequence[_Item], at: int) -> bool:
    """Whether a header with a block stands here, or comments that stand directly above one and begin here."""
    if not items[at].statements:
        above = items[at - 1]
        if not above.statements and above.level == items[at].level and items[at].first_line == above.last_line + 1:
            return False  # these comments have begun before
        while at + 1 < len(items) and not items[at].statements:
            following = items[at + 1]
            if following.level != items[at].level or following.first_line != items[at].last_line + 1:
                return False
            at += 1
    elif not items[at - 1].statements and items[at].first_line == items[at - 1].last_line + 1:
        return False  # the blank line is above the comment
    return items[at].has_block
