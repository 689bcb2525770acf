"""The grammar has no ambiguity that was not looked at, and reading by statements is reading the whole."""

import logging
from collections import Counter

from lark import Lark, logger

from scoredsl.syntax.grammar import grammar_text

# A fact's `where` takes one row "as long as it can be" (LANGUAGE section 4), so what could continue the row does: these
# conflicts are resolved as shift on purpose. Anything else is a mistake in the grammar.
ON_PURPOSE = {
    "PLUS", "MINUS", "STAR", "SLASH",  # the row's arithmetic goes on
    "IN_LAST", "IN_NEXT", "DURATION",  # `in last`, `apart` belong to the fact
    "RPAR",  # a lone name in parentheses after `where` is a condition in parentheses
    "COMMA",  # a comma before `else` belongs to the branch
}


def test_shift_reduce_conflicts_are_those_on_purpose(caplog):
    messages = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        Lark(grammar_text(), parser="lalr", propagate_positions=True, maybe_placeholders=False, debug=True)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    conflicts = [m for m in messages if m.startswith("Shift/Reduce conflict")]
    terminals = Counter(m.split("terminal ")[1].split(":")[0] for m in conflicts)
    assert set(terminals) <= ON_PURPOSE, terminals
    assert conflicts, "the test listens in the wrong place if there is none"


def test_every_terminal_that_is_a_word_ends_where_the_word_ends():
    lark = Lark(grammar_text(), parser="lalr", maybe_placeholders=False)
    words = [t for t in lark.terminals if t.pattern.value[:1].isalpha() and t.name != "LEAD_BACKQUOTED"]
    assert len(words) > 80
    for terminal in words:
        assert "(?" in terminal.pattern.value, terminal.name
