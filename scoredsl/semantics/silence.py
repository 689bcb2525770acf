"""`# scoredsl: ignore[CODE] reason` silences one warning, on its line or on the line below (LANGUAGE section 9)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from scoredsl.diagnostics import Diagnostic, Edit, Fix
from scoredsl.syntax.tree import File
from scoredsl.text import Span

_IGNORE = re.compile(r"#\s*scoredsl:\s*ignore(?:\[([^\]]*)\])?")


def silenced(
    diagnostics: Iterable[Diagnostic], files: Sequence[File], unasked: Collection[str] = ()
) -> list[Diagnostic]:
    """The diagnostics without the warnings that a comment silences, and a warning for each comment that silences none.

    An error cannot be silenced. Of codes in `unasked` it is not known whether there is anything to silence.
    """
    wanted: dict[tuple[str, int, str], Span] = {}
    kept: list[Diagnostic] = []
    for file in files:
        source = file.source
        for comment in file.comments:
            match = _IGNORE.match(source.text, comment.start, comment.end)
            if match is None:
                continue
            span = Span(comment.start, comment.end, source.path)
            if not match.group(1):
                kept.append(_without_code(span))
            else:
                wanted[source.path, source.position(comment.start).line, match.group(1).strip()] = span
    sources = {file.source.path: file.source for file in files}
    used: set[tuple[str, int, str]] = set()
    for diagnostic in diagnostics:
        place = sources.get(diagnostic.span.file)
        if not wanted or diagnostic.is_error or place is None:
            kept.append(diagnostic)
            continue
        line = place.position(diagnostic.span.start).line
        keys = {(diagnostic.span.file, at, diagnostic.code) for at in (line, line - 1)} & wanted.keys()
        used |= keys
        if not keys:
            kept.append(diagnostic)
    for key, span in wanted.items():
        if key not in used and key[2] not in unasked:
            fix = Fix("Delete the comment", (Edit(span, ""),), sure=False)
            message = f"This comment silences {key[2]}, but there is no such warning on its line or the line below."
            unused = Diagnostic("unused-ignore", "warning", message, span, "Delete it.", (), fix, tags=("unnecessary",))
            kept.append(unused)
    return kept


def _without_code(span: Span) -> Diagnostic:
    return Diagnostic(
        "unused-ignore",
        "warning",
        "This comment silences nothing: it does not say which code.",
        span,
        "Write the code in brackets: # scoredsl: ignore[given-below] why.",
        tags=("unnecessary",),
    )
