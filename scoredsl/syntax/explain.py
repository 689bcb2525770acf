"""What a marketer reads when a statement cannot be read: what stands there, what was expected, and the repair.

All that is heavy is imported only where something is broken, so that a good file does not pay for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lark.exceptions import LarkError

from scoredsl.diagnostics import Diagnostic, Edit, Fix, closest
from scoredsl.syntax.keywords import FILE_LEVEL, GROUP_BODY, SCORE_BODY, STATEMENTS, TEST_BODY
from scoredsl.text import Span

if TYPE_CHECKING:
    from scoredsl.syntax.repairs.broken import Broken, Repair


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a statement stands."""

    header: str = ""
    """The keyword of the header that it stands under; none at the left margin."""
    written: str = ""
    """Its text as written: with the comments and odd characters that are masked."""
    following: str = ""
    """What follows it on its last line."""
    indent: int = 0
    """Columns by which its line is indented."""
    below: int = 2
    """Columns by which the lines under it are indented, or would be, where it is a header."""


def explain(problem: LarkError, text: str, span: Span, keyword: str, setting: Setting | None = None) -> Diagnostic:
    """The message for a broken statement; `text` is its masked text, `span` its place in the file."""
    from scoredsl.syntax.repairs.broken import Broken

    setting = setting or Setting(written=text)
    broken = Broken(text, problem, keyword, setting.below)
    continued = _continuation(broken)
    if continued is not None:
        above = _read_again(broken, text[: continued.start()].rstrip())
        if above is None:
            return _continued(continued, span, setting)
        broken = above
    from scoredsl.syntax.repairs.search import find

    repair = find(broken)
    if repair is not None:
        return _repaired(repair, broken, span, setting)
    if broken.at == 0 and _first_word(broken.text).lower() not in STATEMENTS:
        return _unknown(broken, span, setting)
    return _general(broken, span, setting)


def _read_again(broken: Broken, text: str) -> Broken | None:
    from scoredsl.syntax.repairs.broken import read

    return read(text, broken.keyword, broken.below)


# ---- a line that is indented too deep

_LINE = re.compile(
    r"[\r\n][ \t]*(?P<word>[a-z]+)(?=[ \t]+[^\s=<>!+*/,)\]])"
    r"(?![ \t]+(?:and|or|in|is|not|contains|starts|ends|between|of|matches|then|add|subtract)\b)"
)
_CLAUSES = frozenset(["expire", "decay", "never", "when"])


def _continuation(broken: Broken) -> re.Match[str] | None:
    """A continuation line that begins as a statement does, where reading came to it or not even so far."""
    for match in _LINE.finditer(broken.plain):
        word = match["word"]
        if word not in STATEMENTS or word in _CLAUSES:
            continue
        above = broken.plain[: match.start()].rstrip()
        if re.search(r"(?:\b(?:ends|and|or|not|where|if|when|by|then|without|of|add|subtract)|[=<>,+*/(-])\Z", above):
            continue
        if broken.at >= match.start("word") or _read_again(broken, above) is None:
            return match
        return match if broken.at < match.start() else None
    return None


def _continued(match: re.Match[str], span: Span, setting: Setting) -> Diagnostic:
    word = match["word"]
    place = Span(span.start + match.start("word"), span.start + match.end("word"), span.file)
    begin = match.start() + 1
    edit = Edit(Span(span.start + begin, place.start, span.file), " " * setting.indent)
    message = f"This line is indented deeper, so it continues the statement above; but {word} begins a new one."
    help_ = "Begin it at the same column as the statement above."
    return Diagnostic(
        "continuation", "error", message, place, help_, (),
        Fix("Begin it at the same column", (edit,), word in statements_at(setting.header)), {"word": word},
    )


# ---- a repair that was found


def _repaired(repair: Repair, broken: Broken, span: Span, setting: Setting) -> Diagnostic:
    if repair.code == "unknown-statement":
        return _unknown(broken, span, setting, repair)
    place = Span(span.start + repair.start, span.start + max(repair.end, repair.start + 1), span.file)
    args = {"word": broken.text[repair.start : repair.end]}
    if repair.suggestion:
        args["suggestion"] = repair.suggestion
    return Diagnostic(
        repair.code, "error", repair.message, place, repair.help, (), _fix(repair, broken.text, span, setting), args
    )


def _fix(repair: Repair, text: str, span: Span, setting: Setting) -> Fix | None:
    """The repair on the file's offsets; none where it would remove a comment."""
    if not repair.offered:
        return None
    written = setting.written
    edits: list[Edit] = []
    for start, end, new in sorted(repair.changes):
        while start < end and new and text[start] == new[0]:
            start, new = start + 1, new[1:]
        while end > start and new and text[end - 1] == new[-1]:
            end, new = end - 1, new[:-1]
        if written and written[start:end] != text[start:end]:
            return None
        edits.append(Edit(Span(span.start + start, span.start + end, span.file), new))
        if len(edits) > 1 and edits[-1].span.start < edits[-2].span.end:
            return None
    title = repair.title or "Repair it"
    return Fix(title, tuple(edits), repair.sure)


# ---- a statement that begins with an unknown word


def _first_word(text: str) -> str:
    match = _PLACE.match(text)
    return match.group() if match else ""


_ORDER = [
    "on", "when", "group", "tier", "threshold", "maximum", "minimum", "start", "expire", "decay", "never",
    "score", "define", "import", "event", "events", "profile", "ignore", "exclude", "label", "grid", "test",
    "timezone", "given", "expect",
]


def statements_at(header: str) -> list[str]:
    """The words that statements begin with under a header, the most usual first."""
    allowed = {"test": TEST_BODY, "group": GROUP_BODY, "score": SCORE_BODY}.get(header, FILE_LEVEL | SCORE_BODY)
    return [word for word in _ORDER if word in allowed]


def _unknown(broken: Broken, span: Span, setting: Setting, repair: Repair | None = None) -> Diagnostic:
    word = _first_word(broken.text)
    place = Span(span.start, span.start + max(len(word), 1), span.file)
    here = statements_at(setting.header)
    meant = repair.suggestion if repair is not None else closest(word, here) or ""
    where = {"test": "in a test", "group": "in a group", "score": "in a score"}.get(setting.header, "in a rules file")
    message = f'No statement begins with "{word}"' + (f": did you mean {meant}?" if meant else ".")
    help_ = f"What can stand {where}: {', '.join(here)}."
    fix = None
    if meant:
        fix = (
            _fix(repair, broken.text, span, setting)
            if repair is not None
            else Fix(f"Write {meant}", (Edit(place, meant),), sure=False)
        )
    args = {"word": word, **({"suggestion": meant} if meant else {})}
    return Diagnostic("unknown-statement", "error", message, place, help_, (), fix, args)


# ---- anything else

_PLACE = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`\n]*`|[^\W\d][\w.]*|[\d][\w.%]*|[\w$€£%]+|[=<>!&|+-]+|\S')


def _general(broken: Broken, span: Span, setting: Setting) -> Diagnostic:
    from scoredsl.syntax.repairs.vocabulary import alternatives, joined

    text, at = broken.text, broken.at
    expected = alternatives(broken.expected)
    before = _before(text, at)
    if at >= len(text.rstrip()):
        wanted = joined(_needed(expected))
        last = before or _first_word(text)
        start = max(0, len(text.rstrip()) - len(last))
        place = Span(span.start + start, span.start + max(len(text.rstrip()), start + 1), span.file)
        message = f"The statement is not complete: {wanted or 'something'} is missing after {_quoted(last)}."
        comment = setting.following.lstrip().startswith("#")
        help_ = "The sign # begins a comment: the rest of the line is not read." if comment else ""
        return Diagnostic("incomplete", "error", message, place, help_, (), None, {"after": last, "expected": wanted})
    match = _PLACE.match(text, at)
    word = match.group() if match else text[at : at + 1]
    place = Span(span.start + at, span.start + at + max(len(word), 1), span.file)
    shown = word if len(word) <= 40 else word[:37] + "..."
    shown = _quoted(shown)
    wanted = joined(expected)
    after = f" after {_quoted(before)}" if before else ""
    message = f"{shown} does not fit here{after}."
    help_ = f"Expected: {wanted}." if wanted else ""
    if expected == ["the end of the statement"]:
        help_ = "The statement should end here: write ; or a new line before the next one."
    return Diagnostic("syntax", "error", message, place, help_, (), None, {"word": word, "expected": wanted})


def _needed(expected: Iterable[str]) -> list[str]:
    """Of what may follow where a statement ends too early, what is most likely missing."""
    words = list(expected)
    groups: tuple[tuple[str, ...], ...] = (
        ("add", "subtract", "reset"),
        ("when",),
        ("a colon (:)",),
        ("from", "above"),
        ("at",),
    )
    for group in groups:
        found = [word for word in group if word in words]
        if found:
            return found
    return words[:3]


def _quoted(word: str) -> str:
    return word if word.startswith(('"', "`")) else f'"{word}"'


def _before(text: str, at: int) -> str:
    """The word before an offset."""
    words = [match for match in _PLACE.finditer(text, max(0, at - 80), at) if match.end() <= at]
    if not words:
        return ""
    last = words[-1].group()
    return last if len(last) <= 40 else last[:37] + "..."
