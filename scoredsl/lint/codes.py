"""The codes of all checks, so that they can be named without loading what reasons about a program."""

from __future__ import annotations

CODES = (
    "never-holds",
    "always-holds",
    "campaign-empty",
    "campaign-over",
    "points-of-zero",
    "repeated-rule",
    "swallowed-rule",
    "swallowed-branch",
    "paid-twice",
    "unreachable-tier",
    "tier-of-everyone",
    "empty-band",
    "limit-never-matters",
    "lifetime-never-matters",
    "once-expires",
    "default-beside-rules",
    "subtract-expires",
    "owed-points",
    "never-sent",
    "unused-define",
    "empty-group",
    "unseen-event",
    "unseen-property",
    "never-fired",
)

OF_ONE_PROGRAM = frozenset({"unused-define"})
"""Said of a file as the program that it is; another program may import the file."""
WITH_A_CLOCK = frozenset({"campaign-over"})
"""Looked for only where there is a clock."""
WITH_A_LOG = frozenset({"unseen-event", "unseen-property", "never-fired"})
"""Looked for only where a log is at hand."""
