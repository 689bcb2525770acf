"""The outline: cuts a file into statements and blocks (LANGUAGE section 1).

Strings, regular expressions, comments, brackets, continuation lines, `;` and indentation are its job, so that each
statement can be read alone and one broken line hides nothing elsewhere. It works on a masked copy of the text, of the
same length: comments and special spaces are blanks there, look-alike characters what was meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from scoredsl.diagnostics import Diagnostic, Edit, Fix, closest
from scoredsl.syntax.characters import DOUBLE_QUOTES, LINE_BREAKS, SINGLE_QUOTES, described, replacement
from scoredsl.syntax.keywords import HEADERS, STATEMENTS
from scoredsl.text import Source, Span

_MARK = "\ufeff"
"""What some editors write at the begin of a file, to say that it is Unicode."""
_FIRST_WORD = re.compile(r"[^\s;\"`()\[\],:=]+")
_ENDS_WITH_MATCHES = re.compile(r"(?<![\w.])matches\s*\Z", re.IGNORECASE)
_OPERATOR_WORDS = frozenset(
    [
        "and", "or", "in", "is", "not", "contains", "starts", "ends", "matches", "between", "add", "subtract", "then",
        "without", "within", "of",
    ]
)
_PLAIN = re.compile(r"[^\"'`#()\[\];/\n\r\x00-\x08\x0b-\x1f\x7f-\U0010ffff]+")


@dataclass(slots=True)
class Piece:
    """One statement as the outline sees it: its stretch of the file, and the statements in its block."""

    start: int
    end: int
    keyword: str
    """Its first word, in lower case; for a misspelt header the header that was meant."""
    indent: int
    line: int
    """0-based number of the line where it begins."""
    is_header: bool = False
    broken: bool = False
    """Something in its characters is wrong and reported, so that reading it need not report more."""
    text: str | None = None
    """Its masked text where that is at hand."""
    children: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comment:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """The statements of a file in order, its comments, what is wrong with its layout, and the masked text."""

    pieces: list[Piece]
    comments: list[Comment]
    diagnostics: list[Diagnostic]
    masked: str


@dataclass(slots=True)
class _Part:
    """A stretch between separators on a logical line."""

    start: int
    end: int
    semicolon: int | None
    """Offset of the `;` that ends it."""
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line as it was scanned, with offsets from its begin: the same wherever its text stands."""

    count: int
    """How many physical lines it has."""
    indent: int
    parts: tuple[_Part, ...]
    """Empty for a blank line and for one of a comment alone."""
    masked: str
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]
    plain: tuple[str, str] | None
    """(first word, text) where it is one statement and no header, in which nothing is odd."""


def outline(source: Source, known: Mapping[str, Line] | None = None) -> tuple[Outline, dict[str, Line]]:
    """Cuts a file into statements. Never fails: what is wrong is in the diagnostics.

    Also gives the lines, by the text that they were scanned from; `known` are such lines of an older text.
    """
    lines = _Lines(source, known or {})
    lines.scan()
    blocks = _Blocks(source, lines)
    for begin, number, line in lines.logical:
        blocks.line(begin, number, line)
    diagnostics = sorted(lines.diagnostics, key=lambda d: d.span.start)
    return Outline(blocks.root, lines.comments, diagnostics, lines.masked), lines.now


class _Lines:
    """The logical lines of a file. A line depends on its text alone, but where a bracket is open at its end."""

    def __init__(self, source: Source, known: Mapping[str, Line]) -> None:
        self.source = source
        self.known = known
        self.now: dict[str, Line] = {}
        self.logical: list[tuple[int, int, Line]] = []
        """(offset of its begin, 0-based number of its first physical line, the line); blank ones are left out."""
        self.comments: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []
        self.masked = ""

    def scan(self) -> None:
        text, known, now, logical = self.source.text, self.known, self.now, self.logical
        bounds = self.source.line_starts
        plain = "\r" not in text
        lines = text.split("\n") if plain else [_without_end(text[a:b]) for a, b in pairwise([*bounds, len(text)])]
        masked: list[str] = []
        until = 0  # physical lines before this one are done
        for number, written in enumerate(lines):
            if number < until:
                continue
            line = now.get(written) or known.get(written)
            if number == 0 and written.startswith(_MARK):
                line = self.line(number, written, lines)[1]
            elif line is None:
                key, line = self.line(number, written, lines)
                now[key] = line
            else:
                now[written] = line
            begin = bounds[number]
            until = number + line.count
            masked.append(line.masked)
            if not plain and until < len(lines):
                masked.append(text[bounds[until - 1] + len(lines[until - 1]) : bounds[until]])
            if line.parts:
                logical.append((begin, number, line))
            if line.comments:
                self.comments += [Comment(begin + each.start, begin + each.end) for each in line.comments]
            if line.diagnostics:
                self.diagnostics += [each.moved(begin) for each in line.diagnostics]
        self.masked = ("\n" if plain else "").join(masked)

    def line(self, number: int, written: str, lines: Sequence[str]) -> tuple[str, Line]:
        """The logical line that begins with a physical line, and the text that says what it is."""
        found = _scanned(Source(written, self.source.path), first=number == 0)
        if found is not None:
            return written, found
        text, bounds = self.source.text, self.source.line_starts
        for ahead in (8, 64, 512, len(lines)):  # a bracket is open: lines below are looked at, one more than it takes
            last = number + ahead
            window = text[bounds[number] : bounds[last] if last < len(bounds) else len(text)]
            key = f"\n{window}"  # so it is no line
            found = self.now.get(key) or self.known.get(key)
            if found is None or number == 0:
                found = _scanned(Source(window, self.source.path), first=number == 0, alone=False)
            if last >= len(lines) or (found is not None and found.count < ahead):
                break
        assert found is not None
        return key, found


def _without_end(line: str) -> str:
    return line[:-2] if line.endswith("\r\n") else line[:-1] if line.endswith(("\n", "\r")) else line


def _scanned(source: Source, *, first: bool, alone: bool = True) -> Line | None:
    """The logical line at the begin of a text; None where it would go on below and is asked for `alone`."""
    scanner = _Scanner(source)
    at = 1 if first and source.text.startswith(_MARK) else 0
    if at:
        scanner.masked[0] = " "
    parts, last = scanner.logical_line(at, 0)
    if alone and scanner.is_open:
        return None
    indent = scanner.indentation(at, parts[0].start) if parts else 0
    end = source.line_bounds(last + 1)[1]
    masked = "".join(scanner.masked[:end])
    plain: tuple[str, str] | None = None
    if len(parts) == 1 and not at and indent >= 0 and parts[0].start < parts[0].end:
        part = parts[0]
        word, is_header = _keyword(masked, part)
        if not is_header and not part.broken:
            plain = word, masked[part.start : part.end]
    return Line(last + 1, indent, tuple(parts), masked, tuple(scanner.comments), tuple(scanner.diagnostics), plain)


def _first_word(masked: str, part: _Part) -> str:
    match = _FIRST_WORD.match(masked, part.start, min(part.end, part.start + 60))
    return match.group().lower() if match else ""


def _keyword(masked: str, part: _Part) -> tuple[str, bool]:
    """The first word of a statement, and whether it is a header; of a misspelt header the one that is meant."""
    word = _first_word(masked, part)
    if word in HEADERS:
        return word, True
    meant = None if word in STATEMENTS else closest(word, STATEMENTS)
    return (meant, True) if meant is not None and meant in HEADERS else (word, False)


class _Scanner:
    """Reads characters: masks the text and cuts it into logical lines, each into its parts between `;`."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.masked = list(source.text)
        self.comments: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []
        self.is_open = False
        """Whether a bracket was open where the logical line ended."""

    def span(self, start: int, end: int) -> Span:
        return Span(start, end, self.source.path)

    def error(self, code: str, message: str, start: int, end: int, help: str = "", fix: Fix | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, "error", message, self.span(start, end), help, (), fix))

    def indentation(self, begin: int, first: int) -> int:
        """Columns before the first character; a tab among them is an error and counts to the next multiple of two."""
        blank = self.text[begin:first]
        if "\t" not in blank:
            return len(blank)
        fixed = Fix("Replace the tab by two spaces", (Edit(self.span(begin, first), blank.replace("\t", "  ")),))
        self.error("tab", "A tab stands in the indentation; indent with spaces only.", begin, first, "", fixed)
        return -1 - len(blank.replace("\t", "  "))

    def logical_line(self, at: int, line: int) -> tuple[list[_Part], int]:
        """Parts of the logical line that begins at `at`, and the number of its last physical line."""
        text, starts, masked = self.text, self.source.line_starts, self.masked
        size = len(text)
        parts: list[_Part] = []
        start = at
        broken = False
        brackets: list[tuple[str, int]] = []
        odd: list[int] = []
        while True:
            match = _PLAIN.match(text, at)
            if match:
                at = match.end()
            if at >= size:
                break
            character = text[at]
            if character in "\r\n":
                line += 1
                if brackets and not self.statement_follows(starts[line] if line < len(starts) else size):
                    for i in range(at, starts[line] if line < len(starts) else size):
                        masked[i] = " " if masked[i] != "\n" else "\n"
                    at = starts[line] if line < len(starts) else size
                    continue
                line -= 1
                break
            if character == '"' or character in DOUBLE_QUOTES:
                at, ok = self.string(at, odd)
                broken = broken or not ok
            elif character in SINGLE_QUOTES:
                at, ok = self.single_quoted(at)
                broken = broken or not ok
            elif character == "`":
                end = self.line_end(at)
                close = text.find("`", at + 1, end)
                if close < 0:
                    self.error("unclosed-text", "This name has no closing backquote (`) on its line.", at, end,
                               "Write ` after the name.")
                    broken = True
                    at = end
                else:
                    at = close + 1
            elif character == "#":
                end = self.line_end(at)
                self.comments.append(Comment(at, end))
                for i in range(at, end):
                    masked[i] = " "
                at = end
            elif character in "([":
                brackets.append((character, at))
                at += 1
            elif character in ")]":
                if brackets:
                    brackets.pop()
                at += 1
            elif character == ";":
                broken = self.close(brackets, at) or broken
                parts.append(self.part(start, at, at, broken, odd))
                odd = []
                broken = False
                at += 1
                start = at
            elif character == "/":
                if self.after_matches(start, at):
                    at, ok = self.regular_expression(at)
                    broken = broken or not ok
                else:
                    at += 1
            else:
                meant = replacement(character)
                if meant is not None:
                    odd.append(at)
                    masked[at] = meant[:1] or " "
                elif not character.isprintable():
                    self.error("character", f"A control character (U+{ord(character):04X}) stands here.", at, at + 1,
                               "Delete it.", Fix("Delete it", (Edit(self.span(at, at + 1), ""),)))
                    masked[at] = " "
                    broken = True
                at += 1
        self.is_open = bool(brackets)
        broken = self.close(brackets, at) or broken
        parts.append(self.part(start, at, None, broken, odd))
        if len(parts) == 1 and parts[0].start == parts[0].end:
            return [], line
        return parts, line

    def after_matches(self, start: int, at: int) -> bool:
        """Whether the word before `at` in this statement is `matches`."""
        end = at
        while end > start and self.masked[end - 1].isspace():
            end -= 1
        return _ENDS_WITH_MATCHES.search("".join(self.masked[max(start, end - 9) : end])) is not None

    def line_end(self, at: int) -> int:
        """Offset of the end of the physical line, before its line end."""
        text, size = self.text, len(self.text)
        end = text.find("\n", at)
        end = size if end < 0 else end
        carriage = text.find("\r", at, end)
        return end if carriage < 0 else carriage

    def part(self, start: int, end: int, semicolon: int | None, broken: bool, odd: list[int]) -> _Part:
        """Trims a part and reports its odd characters, all in one message."""
        while start < end and self.masked[start].isspace():
            start += 1
        while end > start and self.masked[end - 1].isspace():
            end -= 1
        if odd:
            self.odd_characters(odd)
            broken = True
        return _Part(start, end, semicolon, broken)

    def odd_characters(self, places: list[int]) -> None:
        text = self.text
        first = places[0]
        breaks = any(text[at] in LINE_BREAKS for at in places)
        edits = tuple(
            Edit(self.span(at, at + 1), "\n" if text[at] in LINE_BREAKS else replacement(text[at]) or "")
            for at in places
        )
        what = described(text[first])
        more = f" (and {len(places) - 1} more in this statement)" if len(places) > 1 else ""
        meant = replacement(text[first])
        if text[first] in DOUBLE_QUOTES:
            code, help_, title = "typographic-quotes", 'Write plain double quotes: "text".', "Write plain quotes"
        elif meant is not None and not meant.strip():
            code, help_, title = "special-space", "Write a plain space.", "Write plain spaces"
            if breaks:
                help_, title = "Begin a new line there, or write a plain space.", "Begin a new line"
        else:
            code, help_, title = "look-alike", f'Write "{meant}".', f'Write "{meant}"'
        message = f"{what[0].upper()}{what[1:]} stands here{more}."
        # a raised 2 may be a square; after a line break that is none a new statement may have been meant
        sure = not breaks and all(unicodedata.category(text[at]) != "No" for at in places)
        self.error(code, message, first, first + 1, help_, Fix(title, edits, sure))

    def string(self, at: int, odd: list[int]) -> tuple[int, bool]:
        """Passes a text in double quotes, plain or typographic; gives the offset after it and whether it is closed."""
        text = self.text
        end = self.line_end(at)
        typographic = text[at] != '"'
        i = at + 1
        while i < end:
            character = text[i]
            if character == "\\" and not typographic:
                if i + 1 < end and text[i + 1] not in '"\\':
                    fix = Fix("Write two backslashes", (Edit(self.span(i, i + 1), "\\\\"),), sure=False)
                    self.error("escape", f"\\{text[i + 1]} means nothing in a text.", i, i + 2,
                               "Write \\\\ for a backslash.", fix)
                    self.masked[i] = "/"
                    i += 1
                    continue
                i += 2
                continue
            if character == '"' or (typographic and character in DOUBLE_QUOTES):
                if typographic:
                    odd.append(at)
                    self.masked[at] = '"'
                    if character != '"':
                        odd.append(i)
                        self.masked[i] = '"'
                    for j in range(at + 1, i):
                        if self.masked[j] == "\\":
                            self.masked[j] = "/"
                return i + 1, True
            i += 1
        if not typographic:
            closing = [j for j in range(at + 1, end) if text[j] in DOUBLE_QUOTES]
            if len(closing) == 1:
                odd.append(closing[0])
                self.masked[closing[0]] = '"'
                return closing[0] + 1, True
        self.error("unclosed-text", 'This text has no closing quote (") on its line.', at, end,
                   'Write " where the text ends.')
        return end, False

    def single_quoted(self, at: int) -> tuple[int, bool]:
        """A text in single quotes, as other languages have it: reported, and read as if in double quotes."""
        text = self.text
        end = self.line_end(at)
        found = [i for i in range(at + 1, end) if text[i] in SINGLE_QUOTES]
        closing = next((i for i in found if not text[i + 1 : i + 2].isalnum()), found[0] if found else None)
        if closing is None:
            self.error("single-quotes", f"{text[at]} begins nothing here.", at, at + 1,
                       'A text stands in double quotes: "text".')
            return at + 1, False
        inner = text[at + 1 : closing]
        fixed = '"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '"'
        apostrophe = closing != found[0] or text[closing + 1 : closing + 2].isalnum()
        self.error("single-quotes", f"A text stands in double quotes: {fixed}.", at, closing + 1, "",
                   Fix(f"Write {fixed}", (Edit(self.span(at, closing + 1), fixed),), sure=not apostrophe))
        self.masked[at] = self.masked[closing] = '"'
        for i in range(at + 1, closing):
            if text[i] in '"\\':
                self.masked[i] = " "
        return closing + 1, False

    def regular_expression(self, at: int) -> tuple[int, bool]:
        text = self.text
        end = self.line_end(at)
        i = at + 1
        while i < end:
            if text[i] == "\\":
                i += 2
                continue
            if text[i] == "/":
                return i + 1, True
            i += 1
        self.error("unclosed-text", "This regular expression has no closing / on its line.", at, end,
                   "Write / where it ends; a slash inside is written \\/.")
        return end, False

    def close(self, brackets: list[tuple[str, int]], at: int) -> bool:
        """Reports a bracket that is still open at the end of a statement."""
        if not brackets:
            return False
        bracket, place = brackets[0]
        closing = ")" if bracket == "(" else "]"
        self.error("unclosed-bracket", f"This {bracket} has no closing {closing}.", place, place + 1,
                   f"Write {closing} where the bracket ends.")
        brackets.clear()
        return True

    def statement_follows(self, at: int) -> bool:
        """True where the line at `at` can only be the beginning of a statement: the bracket above was not closed."""
        match = _FIRST_WORD.match(self.text, self.skip_blanks(at))
        if match is None or match.group() not in STATEMENTS:
            return False
        rest = self.text[match.end() : self.line_end(match.end())]
        following = rest.lstrip(" \t")
        if following == rest or not following:
            return False
        word = re.match(r"[A-Za-z_]\w*", following)
        if word is not None:
            return word.group() not in _OPERATOR_WORDS
        return following[0] in '"`(' or following[0].isdigit()

    def skip_blanks(self, at: int) -> int:
        while at < len(self.text) and self.text[at] in " \t":
            at += 1
        return at


@dataclass(slots=True)
class _Block:
    children: list[Piece]
    header_indent: int
    indent: int | None
    uneven: int | None = None
    """The last wrong indentation that was reported, so that a run of such lines gives one message."""


class _Blocks:
    """Puts the parts of logical lines into statements and blocks by their indentation."""

    def __init__(self, source: Source, lines: _Lines) -> None:
        self.source = source
        self.masked = lines.masked
        self.diagnostics = lines.diagnostics
        self.root: list[Piece] = []
        self.open: list[_Block] = [_Block(self.root, -1, 0)]
        self.last: Piece | None = None
        self.last_indent = 0
        self.ended_with_semicolon = False

    def span(self, start: int, end: int) -> Span:
        return Span(start, end, self.source.path)

    def error(self, code: str, message: str, start: int, end: int, help: str = "", fix: Fix | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, "error", message, self.span(start, end), help, (), fix))

    def line(self, begin: int, number: int, line: Line) -> None:
        """Takes one logical line. Most are one statement below another, which need no more than to be noted."""
        indent, block, last = line.indent, self.open[-1], self.last
        if line.plain is None or last is None or last.is_header or indent != self.last_indent or indent != block.indent:
            parts = [
                _Part(begin + part.start, begin + part.end, None if part.semicolon is None else begin + part.semicolon,
                      part.broken)
                for part in line.parts
            ]
            self.add(indent, number, parts)
            return
        part = line.parts[0]
        word, text = line.plain
        self.last = Piece(begin + part.start, begin + part.end, word, indent, number, False, False, text)
        block.children.append(self.last)
        block.uneven = None
        self.ended_with_semicolon = False

    def add(self, indent: int, line: int, parts: list[_Part]) -> None:
        """Takes one logical line. A negative indentation is one with tabs: -1 - columns."""
        if indent < 0:
            indent = self.indent_of_tabs(-1 - indent, parts[0])
        last = self.last
        if last is not None and indent > self.last_indent and not self.opens_block(last, parts[0]):
            self.continuation(last, parts[0], indent)
            rest = parts[1:]
        else:
            self.place(indent, parts[0])
            rest = parts
        block = self.open[-1]
        header: Piece | None = None
        for i, part in enumerate(rest):
            if part.start == part.end:
                if part.semicolon is not None:
                    self.error(
                        "empty-statement", "There is no statement before this semicolon (;).", part.semicolon,
                        part.semicolon + 1, "Delete it.",
                        Fix("Delete it", (Edit(self.span(part.semicolon, part.semicolon + 1), ""),)),
                    )
                continue
            piece = self.piece(part, indent, line if i == 0 and rest is parts else self.line_of(part.start))
            (block.children if header is None else header.children).append(piece)
            if header is None:
                self.last, self.last_indent = piece, self.line_indent(part.start, indent)
                if piece.is_header:
                    header = piece
                    if part.semicolon is not None:
                        self.semicolon_after_header(piece, part.semicolon)
        if header is not None:
            self.open.append(_Block(header.children, indent, None))
        self.ended_with_semicolon = parts[-1].start == parts[-1].end and len(parts) > 1 and header is None

    def opens_block(self, last: Piece, part: _Part) -> bool:
        """A deeper line is the block of a header; also of an unknown word with statements under it."""
        if last.is_header:
            return True
        if last.keyword in STATEMENTS or _first_word(self.masked, part) not in STATEMENTS or last.line < 0:
            return False
        last.is_header = True
        last.keyword = ""
        self.open.append(_Block(last.children, self.last_indent, None))
        return True

    def indent_of_tabs(self, columns: int, part: _Part) -> int:
        """A statement after tabs belongs to the block that is open; anything else continues the line above."""
        block = self.open[-1]
        if _first_word(self.masked, part) in STATEMENTS or self.last is None:
            return block.indent if block.indent is not None else columns or 2
        return max(columns, self.last_indent + 1)

    def continuation(self, last: Piece, part: _Part, indent: int) -> None:
        if self.ended_with_semicolon:
            self.error(
                "nothing-to-continue",
                "This line is indented, but the statement above has ended with a semicolon (;): there is nothing to "
                "continue.",
                part.start,
                part.end,
                "Delete the ; above, or begin this line at the same column as the statement above.",
            )
            return
        if part.start < part.end:
            last.end, last.text = part.end, None
            last.broken = last.broken or part.broken
        elif part.semicolon is not None:
            self.error(
                "empty-statement", "There is no statement before this semicolon (;).", part.semicolon,
                part.semicolon + 1, "Write the ; at the end of the line above, or delete it.",
            )

    def place(self, indent: int, part: _Part) -> None:
        """Finds the block of a line that begins a statement, and checks its indentation."""
        while len(self.open) > 1 and self.open[-1].header_indent >= indent:
            self.open.pop()
        block = self.open[-1]
        if block.indent is None:
            block.indent = indent
        elif indent != block.indent:
            if block.uneven != indent:
                self.uneven(block, indent, part)
            block.uneven = indent
            return
        block.uneven = None

    def uneven(self, block: _Block, indent: int, part: _Part) -> None:
        begin = part.start - indent
        if len(self.open) == 1:
            by = f"{indent} space{'s' if indent != 1 else ''}"
            message = f"This line is indented by {by}, but no score, group or test stands above it."
            help_ = "Begin it at the left margin."
        else:
            message = (
                f"This line is indented by {indent} space{'s' if indent != 1 else ''}, the lines above it in this "
                f"block by {block.indent}."
            )
            help_ = f"Indent all lines of one block alike: by {block.indent} spaces."
        span = self.span(max(begin, 0), part.start)
        fix = Fix(f"Indent by {block.indent}", (Edit(span, " " * (block.indent or 0)),), sure=False)
        self.error("indentation", message, max(begin, 0), part.start, help_, fix)

    def semicolon_after_header(self, header: Piece, semicolon: int) -> None:
        self.error(
            "semicolon-after-header",
            f"A {header.keyword} line ends with its own text, without a semicolon (;).",
            semicolon,
            semicolon + 1,
            "Write what belongs to it on the lines below, indented.",
        )

    def piece(self, part: _Part, indent: int, line: int) -> Piece:
        word, is_header = _keyword(self.masked, part)
        return Piece(part.start, part.end, word, indent, line, is_header, part.broken)

    def line_indent(self, offset: int, indent: int) -> int:
        """The indentation of the physical line where a statement begins: after a bracket another than the first."""
        begin = self.source.line_starts[self.line_of(offset)]
        blank = self.masked[begin:offset]
        if "\t" in blank:
            return indent
        return next((i for i, character in enumerate(blank) if character != " "), len(blank))

    def line_of(self, offset: int) -> int:
        return self.source.position(offset).line - 1
