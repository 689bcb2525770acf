"""The words that statements begin with, and which of them are headers (LANGUAGE section 1)."""

from __future__ import annotations

HEADERS = frozenset({"score", "group", "test"})

SCORE_BODY = frozenset(
    {"on", "when", "group", "tier", "threshold", "maximum", "minimum", "expire", "decay", "never", "start"}
)
"""First words of the statements that stand in a score; `group` not inside a group."""

GROUP_BODY = frozenset({"on", "when", "maximum", "minimum", "expire", "decay", "never"})

TEST_BODY = frozenset({"given", "expect"})

FILE_LEVEL = frozenset(
    [
        "timezone", "import", "define", "events", "ignore", "exclude", "label", "grid", "event", "profile", "score",
        "test",
    ]
)

STATEMENTS = FILE_LEVEL | SCORE_BODY | TEST_BODY
