"""The words of one statement as the grammar reads them, also of a broken one: up to where reading stops."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lark.exceptions import LarkError

from scoredsl.syntax.grammar import parser


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the grammar: the name of its terminal, its place in the statement's text."""

    terminal: str
    start: int
    end: int


@lru_cache(maxsize=30_000)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a statement's (masked) text; what comes after the place where it cannot be read has none."""
    found: list[Word] = []
    try:
        for token in parser().parse_interactive(text).iter_parse():
            found += [Word(token.type, token.start_pos or 0, token.end_pos or 0)]
    except (LarkError, RecursionError):
        pass
    return tuple(found)
