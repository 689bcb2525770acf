"""What may come next in a half-written statement, and what it would be: the grammar itself is asked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lark import Token
from lark.exceptions import LarkError

from scoredsl.syntax.build import build_statement
from scoredsl.syntax.grammar import parser
from scoredsl.syntax.nodes import Node
from scoredsl.syntax.repairs.vocabulary import phrases

_SAMPLES = {
    "NAME": "x", "NUMBER": "1", "STRING": '"x"', "DURATION": "1d", "DATE": "2026-01-01", "PERCENT": "1%",
    "REGEX": "/x/", "BAND": "X", "BACKQUOTED": "`x`", "LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "COMMA": ",",
    "COLON": ":", "EQ": "=",
}
_SHORTEST = (
    "RPAR", "RSQB", "ADD", "NUMBER", "NAME", "DURATION", "DATE", "STRING", "COLON", "EQ", "LSQB", "LPAR", "AT", "OF",
    "WHEN", "WITHIN", "TYPE", "PERCENT", "EVERY", "TIMES", "POINTS", "AND", "REGEX", "BAND", "OF_INACTIVITY",
    "WITHOUT", "BY",
)
"""How a statement is ended: the first of these that may come next is written, again and again."""
_LONGEST_END = 24


@lru_cache(maxsize=2_000)
def expected(prefix: str) -> frozenset[str]:
    """The terminals that may follow the beginning of a statement, `$END` among them; none where it is broken before."""
    interactive = _read(prefix)
    return frozenset() if interactive is None else frozenset(interactive.accepts())


def completed(prefix: str, terminal: str, text: str) -> Node | None:
    """The statement that begins like this, goes on with a word, and ends as soon as it may.

    What the word is in it tells what is wanted at its place. None where the word cannot stand there.
    """
    interactive = _read(prefix)
    if interactive is None:
        return None
    at = len(prefix) + 1
    try:
        token = _feed(interactive, terminal, text, at)
        for _ in range(_LONGEST_END):
            accepted = interactive.accepts()
            if "$END" in accepted:
                return build_statement(interactive.feed_eof(token), 0, "")
            following = next((each for each in _SHORTEST if each in accepted), None) or min(accepted)
            at = (token.end_pos or at) + 1
            token = _feed(interactive, following, _sample(following), at)
    except (LarkError, RecursionError, ValueError, KeyError, IndexError):
        return None
    return None


_LOOK_AHEAD = (
    (re.compile(r"(?<![\w.])(has|no|days\s+since\s+last)\s+\Z"), "x"),
    (re.compile(r"(?<![\w.])(every|in\s+last|in\s+next|inactive\s+for)\s+\Z"), "1d"),
    (re.compile(r"(?<![\w.])(distinct|latest|first)\s+\Z"), "x of x"),
)
"""Keywords that are names unless the right thing follows; and what that is."""


def _read(prefix: str) -> Any:
    """The state of the parser at the end of a prefix; None where it cannot be read."""
    following = next((text for pattern, text in _LOOK_AHEAD if pattern.search(prefix)), "")
    try:
        interactive = parser().parse_interactive(prefix + following)
        for token in interactive.iter_parse():
            if (token.start_pos or 0) >= len(prefix):
                break  # it is yielded before it is taken
    except (LarkError, RecursionError):
        return None
    return interactive


def _sample(terminal: str) -> str:
    if terminal in _SAMPLES:
        return _SAMPLES[terminal]
    found = phrases(terminal)
    return found[0] if found else terminal.lower()


def _feed(interactive: Any, terminal: str, text: str, at: int) -> Token:
    token = Token(terminal, text, at, 1, at + 1, 1, at + 1 + len(text), at + len(text))
    interactive.feed_token(token)
    return token
