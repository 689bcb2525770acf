"""What is left of a program when a repair is taken that deletes something."""

from __future__ import annotations

import pytest

from scoredsl import api


def repaired(text: str) -> str | None:
    (said,) = api.check_text(text)[1]
    if said.fix is None:
        return None
    for edit in said.fix.edits:
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(("text", "left"), [
    ("define a: 5\non visit add 5\n", "on visit add 5\n"),
    ("on visit add 5\ndefine a: 5\n", "on visit add 5\n"),
    ("on visit add 5\ndefine a: 5", "on visit add 5\n"),
    ("on visit add 5\n\ndefine a: x > 3\n  or x < 2\n\non call add 3\n", "on visit add 5\n\n\non call add 3\n"),
    ("define a: 5; on visit add 5\n", None),
    ("on visit add 5; define a: 5\n", None),
    ("define a: 5  # five\non visit add 5\n", None),
    ("on a add 20 once, at most 3 times\n", "on a add 20 once\n"),
    ("on a add 20 once ,  at most 3 times\n", "on a add 20 once\n"),
    ("on a add 20 at most 3 times once\n", "on a add 20 once\n"),
    ("on a add 20 once,\n  at most 3 times\n", "on a add 20 once\n"),
    ("on a add 20 at most 3 times, once as \"A\"\n", "on a add 20, once as \"A\"\n"),
    ("on a add 20 once\n\n  at most 3 times\n", "on a add 20 once\n"),
])  # fmt: skip
def test_deleted(text: str, left: str | None) -> None:
    assert repaired(text) == left
    if left is not None:
        assert api.check_text(left)[1] == []
