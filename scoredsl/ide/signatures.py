"""Signature help: the order of a statement's clauses, and which of them the cursor is in."""

from __future__ import annotations

from dataclasses import dataclass

from scoredsl.ide.context import place_at
from scoredsl.ide.keywords import KEYWORDS
from scoredsl.syntax.repairs.vocabulary import phrases
from scoredsl.syntax.tokens import words_of
from scoredsl.syntax.tree import File


@dataclass(frozen=True, slots=True)
class Part:
    """A clause as it is shown, what is said of it, and the terminals with which it begins."""

    text: str
    says: str
    begins: frozenset[str]


@dataclass(frozen=True, slots=True)
class Signature:
    """The clauses of a statement in order; `active` is the one that the cursor is in."""

    parts: tuple[Part, ...]
    says: str
    active: int

    @property
    def label(self) -> str:
        return " ".join(part.text for part in self.parts)

    def stretch(self, index: int) -> tuple[int, int]:
        """Where a part stands in the label."""
        start = sum(len(part.text) + 1 for part in self.parts[:index])
        return start, start + len(self.parts[index].text)


def _part(text: str, begins: str) -> Part:
    terminals = begins.split()
    known = KEYWORDS.get(terminals[-1])
    return Part(text, known.says if known is not None else "", frozenset(terminals))


_LIFETIME = (
    _part("[expire after D]", "NEVER_EXPIRE EXPIRE_AFTER"),
    _part("[decay ...]", "DECAY NEVER_DECAY DECAY_TO_ZERO DECAY_BY_HALF"),
)
_TIER = (
    _part("from N", "ABOVE FROM"),
    _part("[until below M | for good]", "FOR_GOOD UNTIL_BELOW"),
    _part('["Title"]', "STRING"),
)
_FORMS: dict[str, tuple[Part, ...]] = {
    "on": (
        _part("on EVENT", "ON"),
        _part("[where ...]", "WHERE"),
        _part("[then EVENT | without EVENT]", "WITHOUT THEN"),
        _part("[with same PROPERTY]", "WITH_SAME"),
        _part("[within D]", "WITHIN"),
        _part("[if ...]", "IF"),
        _part("add N", "SUBTRACT RESET SET_TO ADD"),
        _part("[but not below N]", "BUT_NOT_ABOVE BUT_NOT_BELOW"),
        _part("[once | at most N times]", "ONCE AT_MOST"),
        _part("[up to N points]", "UP_TO"),
        *_LIFETIME,
        _part("[ends on EVENT]", "ENDS_ON"),
        _part("[from DATE]", "FROM"),
        _part("[until DATE]", "UNTIL"),
        _part('[as "Title"]', "AS"),
    ),
    "when": (
        _part("when ...", "WHEN"),
        _part("add N", "SUBTRACT ADD"),
        _part("[, else when ... add N]", "ELSE_WHEN"),
        _part("[, else add N]", "ELSE"),
        _part("[up to N points]", "UP_TO"),
        _part('[as "Title"]', "AS"),
    ),
    "tier": (_part("tier NAME", "TIER"), *_TIER),
    "threshold": (_part("threshold N", "THRESHOLD"), _part("[as NAME]", "AS"), *_TIER[1:]),
    "given": (
        _part("given [N] EVENT", "GIVEN"),
        _part("[with PROPERTY VALUE, ...]", "WITH"),
        _part("at TIME", "AT"),
        _part("[every D]", "EVERY"),
    ),
    "expect": (
        _part("expect SCORE", "EXPECT"),
        _part("= N | tier NAME | becomes NAME", "BETWEEN BECOMES EQ TIER_IS"),
        _part("[at TIME]", "AT"),
    ),
    "grid": (
        _part("grid NAME", "GRID"),
        _part("= SCORE (BAND from N, ..., REST)", "EQ"),
        _part("[by SCORE (...)]", "BY"),
    ),
    "event": (_part('event NAME ["Title"]', "EVENT"), _part("[with PROPERTY TYPE, ...]", "WITH")),
}


def signature(file: File, offset: int) -> Signature | None:
    """The clauses of the statement at an offset; None where there is none, or it has no clauses."""
    place = place_at(file, offset)
    if place is None or " " not in place.prefix:
        return None
    keyword = place.prefix.split(maxsplit=1)[0]
    parts = _FORMS.get(keyword)
    if parts is None:
        return None
    active = 0
    for word in words_of(place.prefix):
        found = next((i for i, part in enumerate(parts) if word.terminal in part.begins), None)
        if found is not None:
            active = found
    first = next((name for name in KEYWORDS if keyword in phrases(name)), "")
    return Signature(parts, KEYWORDS[first].says if first else "", active)
