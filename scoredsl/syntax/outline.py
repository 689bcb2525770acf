"""The outline: cuts a file into statements and blocks (LANGUAGE section 1).

Strings, regular expressions, comments, brackets, continuation lines, `;` and indentation are its job, so that each
statement can be read alone and one broken line hides nothing elsewhere. It works on a masked copy of the text, of the
same length: comments and special spaces are blanks there, look-alike characters what was meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from scoredsl.diagnostics import Diagnostic, Edit, Fix, closest
from scoredsl.syntax.characters import DOUBLE_QUOTES, LINE_BREAKS, SINGLE_QUOTES, described, replacement
from scoredsl.syntax.keywords import HEADERS, STATEMENTS
from scoredsl.text import Source, Span

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


def outline(source: Source) -> Outline:
    """Cuts a file into statements. Never fails: what is wrong is in the diagnostics."""
    scanner = _Scanner(source)
    lines = scanner.lines()
    blocks = _Blocks(source, scanner)
    for indent, line, parts in lines:
        blocks.add(indent, line, parts)
    diagnostics = sorted(scanner.diagnostics, key=lambda d: d.span.start)
    return Outline(blocks.root, scanner.comments, diagnostics, "".join(scanner.masked))


class _Scanner:
    """Reads characters: masks the text and cuts it into logical lines, each into its parts between `;`."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.masked = list(source.text)
        self.comments: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []

    def span(self, start: int, end: int) -> Span:
        return Span(start, end, self.source.path)

    def error(self, code: str, message: str, start: int, end: int, help: str = "", fix: Fix | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, "error", message, self.span(start, end), help, (), fix))

    def lines(self) -> list[tuple[int, int, list[_Part]]]:
        """(indentation, 0-based line, parts) of each logical line; blank and comment lines are left out."""
        result: list[tuple[int, int, list[_Part]]] = []
        at = 1 if self.text.startswith("\ufeff") else 0
        if at:
            self.masked[0] = " "
        first_column = at
        line = 0
        starts = self.source.line_starts
        while line < len(starts):
            begin = max(starts[line], first_column)
            parts, last_line = self.logical_line(begin, line)
            if parts:
                result.append((self.indentation(begin, parts[0].start), line, parts))
            line = last_line + 1
        return result

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

    def __init__(self, source: Source, scanner: _Scanner) -> None:
        self.source = source
        self.scanner = scanner
        self.root: list[Piece] = []
        self.open: list[_Block] = [_Block(self.root, -1, 0)]
        self.last: Piece | None = None
        self.last_indent = 0
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
                    self.scanner.error(
                        "empty-statement", "There is no statement before this semicolon (;).", part.semicolon,
                        part.semicolon + 1, "Delete it.",
                        Fix("Delete it", (Edit(self.scanner.span(part.semicolon, part.semicolon + 1), ""),)),
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
        if last.keyword in STATEMENTS or self.first_word(part) not in STATEMENTS or last.line < 0:
            return False
        last.is_header = True
        last.keyword = ""
        self.open.append(_Block(last.children, self.last_indent, None))
        return True

    def indent_of_tabs(self, columns: int, part: _Part) -> int:
        """A statement after tabs belongs to the block that is open; anything else continues the line above."""
        block = self.open[-1]
        if self.first_word(part) in STATEMENTS or self.last is None:
            return block.indent if block.indent is not None else columns or 2
        return max(columns, self.last_indent + 1)

    def continuation(self, last: Piece, part: _Part, indent: int) -> None:
        if self.ended_with_semicolon:
            self.scanner.error(
                "nothing-to-continue",
                "This line is indented, but the statement above has ended with a semicolon (;): there is nothing to "
                "continue.",
                part.start,
                part.end,
                "Delete the ; above, or begin this line at the same column as the statement above.",
            )
            return
        if part.start < part.end:
            last.end = part.end
            last.broken = last.broken or part.broken
        elif part.semicolon is not None:
            self.scanner.error(
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
        span = self.scanner.span(max(begin, 0), part.start)
        fix = Fix(f"Indent by {block.indent}", (Edit(span, " " * (block.indent or 0)),), sure=False)
        self.scanner.error("indentation", message, max(begin, 0), part.start, help_, fix)

    def semicolon_after_header(self, header: Piece, semicolon: int) -> None:
        self.scanner.error(
            "semicolon-after-header",
            f"A {header.keyword} line ends with its own text, without a semicolon (;).",
            semicolon,
            semicolon + 1,
            "Write what belongs to it on the lines below, indented.",
        )

    def piece(self, part: _Part, indent: int, line: int) -> Piece:
        word = self.first_word(part)
        is_header = word in HEADERS
        if not is_header and word not in STATEMENTS:
            meant = closest(word, STATEMENTS)
            if meant in HEADERS:
                word, is_header = meant, True
        return Piece(part.start, part.end, word, indent, line, is_header, part.broken)

    def first_word(self, part: _Part) -> str:
        match = _FIRST_WORD.match("".join(self.scanner.masked[part.start : min(part.end, part.start + 60)]))
        return match.group().lower() if match else ""

    def line_indent(self, offset: int, indent: int) -> int:
        """The indentation of the physical line where a statement begins: after a bracket another than the first."""
        begin = self.source.line_starts[self.line_of(offset)]
        blank = self.scanner.masked[begin:offset]
        if "\t" in blank:
            return indent
        return next((i for i, character in enumerate(blank) if character != " "), len(blank))

    def line_of(self, offset: int) -> int:
        return self.source.position(offset).line - 1
