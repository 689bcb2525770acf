"""The grammar's terminals in words: the phrases that they are written with, and names for the others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from scoredsl.syntax.grammar import parser, terminal_pattern

_PLAIN = re.compile(r"[a-z]+\Z")


@cache
def phrases(terminal: str) -> tuple[str, ...]:
    """The phrases of a keyword (`until below`; of a period `day`, `week`, ...); none for anything else."""
    try:
        pattern = terminal_pattern(terminal)
    except KeyError:
        return ()
    text = re.sub(r"\(\?[!=].*", "", pattern, flags=re.DOTALL).replace(r"\s+", " ").replace("?", "")
    choices = text[1:-1].split("|") if text.startswith("(") and text.endswith(")") else [text]
    return tuple(choice for choice in choices if all(_PLAIN.match(word) for word in choice.split(" ")))


@cache
def keyword_words() -> frozenset[str]:
    """Every word of every keyword."""
    return frozenset(
        word for terminal in parser().terminals for phrase in phrases(terminal.name) for word in phrase.split()
    )


_COMPARISONS = frozenset(("EQ", "NE", "GE", "LE", "GT", "LT"))
_VALUES = frozenset(("LPAR", "MINUS", "LEAD_BACKQUOTED", "BACKQUOTED", "MIN", "MAX", "ROUND"))
_FACTS = frozenset(
    [
    "COUNT_OF", "SUM_OF", "AVERAGE_OF", "LOWEST_OF", "HIGHEST_OF", "DISTINCT", "LATEST", "FIRST",
    "DAYS_SINCE_LAST", "DAYS_SINCE", "DAYS_UNTIL", "HAS", "NO", "INACTIVE_FOR",
]
)
_SIGNS = {
    "COMMA": "a comma",
    "COLON": "a colon (:)",
    "RPAR": "a closing )",
    "RSQB": "a closing ]",
    "LSQB": "a list in [ ]",
}
_KINDS = {
    "DURATION": "a duration such as 30d",
    "DATE": "a date such as 2026-03-01",
    "PERCENT": "a percentage such as 10%",
    "REGEX": "a regular expression between slashes such as /ceo|cto/",
}

_FIRST = [
    "ADD", "SUBTRACT", "RESET", "SET_TO", "FROM", "ABOVE", "AT", "AS", "WHEN", "BY", "WHERE", "IF", "WITH",
    "OR", "THEN", "WITHOUT", "WITHIN", "ONCE", "AT_MOST", "UP_TO", "EXPIRE_AFTER", "DECAY", "UNTIL_BELOW",
    "FOR_GOOD", "AND", "CONTAINS", "IN", "IS_KNOWN", "IS_MISSING", "TIER_IS", "BECOMES",
]
_RANK = {terminal: i for i, terminal in enumerate(_FIRST)}
_SELDOM = frozenset(
    [
    "CONTAINS_ANY_OF", "CONTAINS_ANY_WORD_OF", "CONTAINS_WORD", "DECAY_BY_HALF", "DECAY_TO_ZERO",
    "NEVER_DECAY", "BUT_NOT_ABOVE", "NOT_IN", "IN_NEXT", "ELSE", "NONE",
]
)


def alternatives(expected: Iterable[str], limit: int = 6) -> list[str]:
    """What was expected, in words, the most likely first, at most `limit`."""
    left = set(expected) - {"$END"}
    found: list[str] = []
    if left & {"NAME", "NUMBER", "STRING", "BAND"} or "BACKQUOTED" in left:
        found.append(_value(left))
        left -= {"NAME", "NUMBER", "STRING", "BAND", "TRUE", "FALSE"} | _VALUES | _FACTS
        left -= {"DATE", "NOT"} if "value" in found[0] else set()
    if left & _COMPARISONS:
        found.append("a comparison such as = or >")
        left -= _COMPARISONS
    left -= {"PLUS", "MINUS", "STAR", "SLASH"}
    for terminal, words in _KINDS.items():
        if terminal in left:
            left.discard(terminal)
            if not (terminal == "DURATION" and left & {"ADD", "WHERE"}):
                found.append(words)
    keywords = sorted(left - _SIGNS.keys() - _SELDOM, key=lambda name: (_RANK.get(name, 99), name))
    for terminal in keywords + sorted(left & _SELDOM):
        found.extend(phrases(terminal))
    found.extend(_SIGNS[terminal] for terminal in sorted(left & _SIGNS.keys()))
    if not found and expected:
        found.append("the end of the statement")
    first = [word for word in found if word in ("add", "subtract", "reset")]
    if first:
        found = first + [word for word in found if word not in first]
    return found[:limit]


def _value(left: set[str]) -> str:
    """A name for what begins with a name, a number or a text."""
    if "BAND" in left:
        return "a band's name"
    if "NUMBER" in left and "NAME" not in left:
        return "a number"
    if "NUMBER" in left:
        if "STRING" in left and not left & {"EVERY", "INACTIVITY_OF"}:
            return "an event's name" if "COUNT_OF" not in left else 'a value such as 5, "text" or a name'
        if left & {"EVERY", "INACTIVITY_OF"}:
            return "an event's name"
        return "a number" if "HAS" not in left else "a condition"
    if "NAME" in left and "STRING" in left:
        return "a name" if "ANY" not in left else "an event's name"
    if "NAME" in left or "BACKQUOTED" in left:
        return "a name"
    return "a text in double quotes"


def joined(words: list[str], last: str = "or") -> str:
    """`a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
