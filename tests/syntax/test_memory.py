"""Reading with a memory gives what reading anew gives, whatever was read before."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl.syntax.memory import Memory
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.tree import File
from scoredsl.text import Source

STARTER = (Path(__file__).resolve().parents[2] / "examples" / "starter" / "rules.score").read_text()
BROKEN = "score s\n  on a add\n  on b add 1\n  on c where x = add 1\ntest t\n"
PIECES = st.sampled_from(
    ["\n", "  ", " add 1", "on b add 2\n", '"', "(", ")", "# x", ";", "score s\n", "é", "🎵", "\r", "\t", "where", ""]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), min_size=1, max_size=8)


def everything(file: File) -> object:
    """All of a file, places included (they are outside the equality of nodes)."""

    def places(node: object) -> object:
        if isinstance(node, tuple):
            return tuple(places(part) for part in node)
        names = getattr(node, "__dataclass_fields__", None)
        return node if names is None else (type(node).__name__, *(places(getattr(node, name)) for name in names))

    statements = tuple((places(each.node), each.keyword, each.span, each.words) for each in file.walk())
    return statements, file.diagnostics, file.comments, file.masked


@pytest.mark.parametrize("text", [STARTER, BROKEN], ids=["starter", "broken"])
@given(edits=EDITS)
def test_random_edits(text: str, edits: list[tuple[float, int, str]]) -> None:
    memory = Memory()
    for where, size, new in [(0.0, 0, ""), *edits]:
        at = int(where * len(text))
        text = text[:at] + new + text[at + size :]
        assert everything(parse_file(Source(text), memory)) == everything(parse_file(Source(text)))


def test_what_has_not_changed_is_not_read_again() -> None:
    memory = Memory()
    before = parse_file(Source("on a add 1\non b add 2\n"), memory)
    after = parse_file(Source("on a add 1\non b add 3\n"), memory)
    assert after.statements[0].raw is before.statements[0].raw
    assert after.statements[1].node != before.statements[1].node


def test_memory_does_not_grow() -> None:
    memory = Memory()
    for i in range(200):
        parse_file(Source(f"on a add {i}\non b ad {i}\n"), memory)
    assert (len(memory.lines), len(memory.nodes), len(memory.broken)) == (3, 1, 1)
