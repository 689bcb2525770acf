# ruff: noqa: E501  (a pattern stands on one line)
"""Names of properties, scores and the rest that are not one plain word, or missing; texts without quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoredsl.syntax.repairs.broken import Broken, Groups, Repair, Repairer, pattern, provided, unless

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z", re.ASCII)
_OPERATORS = r"(?=\s*(?:[=<>]|!=|(?:is|in|not\s+in|contains|starts\s+with|ends\s+with|between|matches)\b))"
_WORD = r"[^\W\d][\w.]*"
_RUN = rf"{_WORD}(?:(?:[-/&@$]|[ \t]+){_WORD})*"
_NOT = r"(?!(?:not|and|or|count|sum|average|lowest|highest|distinct|days|latest|first|has|no|any|if|where|when|inactive|add|subtract)\b)"


def _backquoted(groups: Groups) -> str | None:
    name = groups["bad"]
    if _PLAIN_NAME.match(name) or "`" in name:
        return None
    return f"`{name}`"


def _underscored(groups: Groups) -> str | None:
    name = slug(groups["bad"])
    return name if name and name != groups["bad"] else None


_ONE_NAME = provided(r"\A[\w.-]+\Z")
"""With blanks it may be a name with `_`, with other signs it may be arithmetic."""


def slug(text: str) -> str:
    """A plain name for a text: `Lead fit` as `lead_fit`."""
    parts = re.findall(r"[A-Za-z0-9_]+", text)
    name = "_".join(parts)
    return f"_{name}" if name[:1].isdigit() else name


_PROPERTY = "A property's name that is not one plain word stands in backquotes: {good}."
_NAME = "A name is one word of letters, digits and _, such as {good}."
_ODD = r"(?:(?:[-/&@$+]|[ \t]+)[\w.]+)"


_EXAMPLES = {"score": "engagement", "group": "email", "tier": "hot"}


def missing_name(broken: Broken) -> Iterator[Repair]:
    """`score "Engagement"`, `score`: a header without a name."""
    match = re.match(r"(score|group|tier)\b(?=\s*(?:\"(?P<title>\x00*)\"|=|\Z))", broken.plain)
    if match is None:
        return
    title = "" if match["title"] is None else broken.text[slice(*match.span("title"))]
    name = slug(title.lower())
    good = name or "name"
    word = match.group(1)
    changes = ((match.end(1), match.end(1), f" {good}"),)
    yield Repair(
        "name-missing",
        f"The name is missing after {word}.",
        *match.span(1),
        changes,
        f"Write a name of one word, for example {word} {name or _EXAMPLES[word]}.",
        f"Write {word} {good}",
        False,
        bool(name),
    )


def test_title(broken: Broken) -> Iterator[Repair]:
    """`test`, `test two webinars`: a test has a title in quotes."""
    match = re.match(r"test\b\s*(?P<title>[^\"]*)\Z", broken.plain, re.DOTALL)
    if match is None:
        return
    title = match["title"].strip().rstrip(":").strip()
    start, end = (match.start("title"), len(broken.text)) if title else (0, 4)
    quoted = f'"{title}"' if title else '"..."'
    changes = ((match.start("title"), len(broken.text), quoted),) if title else ((4, len(broken.text), " " + quoted),)
    yield Repair(
        "test-title",
        f"A test's title stands in double quotes: test {quoted}.",
        start,
        end,
        changes,
        "",
        f"Write {quoted}",
        offered=bool(title) and "\n" not in title,
    )


REPAIRS: tuple[Repairer, ...] = (
    missing_name,
    test_title,
    pattern(
        "property-name",
        rf"\b(?:once\s+per|per|with\s+same|same|(?:sum|average|lowest|highest)\s+of|distinct|latest|first)\s+(?!day|week|month|year)(?P<bad>{_WORD}(?:[-/&@$]{_WORD})*(?:[ \t]+{_WORD})??)(?=\s*(?:$|,|of\b|per\b|every\b|within\b|up\s+to|as\b|expire|decay|add\b|subtract\b|once\b))",
        _backquoted,
        _PROPERTY,
        sure=_ONE_NAME,
    ),
    pattern(
        "property-name",
        rf"\b(?:where|if|when|and|or|not|:)\s+{_NOT}(?P<bad>{_RUN}){_OPERATORS}",
        _backquoted,
        _PROPERTY,
        sure=_ONE_NAME,
    ),
    pattern(
        "property-name",
        rf"(?:\bwith|,)\s+(?P<bad>{_RUN})(?=\s+(?:number|text|boolean|time|list)\b)",
        _backquoted,
        _PROPERTY,
        sure=_ONE_NAME,
        only="event",
    ),
    pattern(
        "property-name",
        rf"\bprofile\s+(?P<bad>{_RUN})(?=\s+(?:number|text|boolean|time|list)\b)",
        _backquoted,
        _PROPERTY,
        sure=_ONE_NAME,
        only="profile",
    ),
    pattern(
        "property-name",
        rf"(?:\b(?:with|profile)|,)\s+(?P<bad>{_RUN})(?=\s+(?:\"|-?\d|true\b|false\b|\[))",
        _backquoted,
        _PROPERTY,
        sure=_ONE_NAME,
        only="given",
    ),
    pattern(
        "name",
        r"\A(?:score|group|define|events)\s+(?P<bad>[^\s\"=:]+(?:[ \t]+[^\s\"=:]+)*?)(?=\s*(?:\"|=|:|\Z))",
        _underscored,
        _NAME,
        sure=False,
    ),
    pattern(
        "name",
        r"\A(?:label)\s+(?P<bad>[^\s\"=:]+(?:[ \t]+[^\s\"=:]+)*?)(?=\s*\bwhen\b)",
        _underscored,
        _NAME,
        sure=False,
    ),
    pattern("name", r"\A(?:grid)\s+(?P<bad>[^\s\"=:]+(?:[ \t]+[^\s\"=:]+)*?)(?=\s*=)", _underscored, _NAME, sure=False),
    pattern(
        "name",
        r"\Atier\s+(?P<bad>[^\s\"=:]+(?:[ \t]+[^\s\"=:]+)*?)(?=\s+(?:from|above|at)\b)",
        lambda g: None if _PLAIN_NAME.match(g["bad"]) else f'"{g["bad"]}"',
        "A tier's name that is not one plain word stands in double quotes: {good}.",
    ),
    pattern(
        "name",
        r"\A(?:threshold\s+[\d.]+\s+as)\s+(?P<bad>[^\s\"=:]+(?:[ \t]+[^\s\"=:]+)*?)(?=\s*\Z)",
        lambda g: None if _PLAIN_NAME.match(g["bad"]) else f'"{g["bad"]}"',
        "A tier's name that is not one plain word stands in double quotes: {good}.",
    ),
    pattern(
        "text-quotes",
        r"\A(?:timezone|import)\s+(?P<bad>[^\s\"]+)\s*\Z",
        '"{bad}"',
        "This stands in double quotes: {good}.",
    ),
    pattern(
        "text-quotes",
        r"\bas\s+(?P<bad>[^\s\",][^\",]*?)(?=\s*(?:\Z|,|\b(?:once|at\s+most|up\s+to|expire|decay|never|ends|from|until)\b))",
        '"{bad}"',
        "A title stands in double quotes: {good}.",
        only="on when",
    ),
    pattern(
        "text-quotes",
        r"(?:(?<![<>!])=|!=|\bcontains(?:\s+word)?|\bstarts\s+with|\bends\s+with)\s*(?P<bad>(?!\d+[smhdw]\b)[^\s\"()\[\]=<>,`]+(?:[ \t]+(?!add\b|subtract\b|and\b|or\b|reset\b|within\b|then\b|if\b|set\b|is\b)[^\s\"()\[\]=<>,`]+)*)(?=\s*(?:\Z|\b(?:add|subtract|and|or|reset|within|then|if|set)\b))",
        lambda g: None if _PLAIN_NAME.match(g["bad"]) else f'"{g["bad"]}"',
        "A text stands in double quotes: {good}.",
        sure=unless(r"\A[\d.+-]", "bad"),
    ),
)
