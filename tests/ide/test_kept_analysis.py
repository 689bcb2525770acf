"""What was said of a text moves along with an edit, or is dropped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scoredsl.diagnostics import Diagnostic, Edit, Fix, Related
from scoredsl.ide.kept import Edited, kept
from scoredsl.text import Span

TEXT = st.text("ab\n", max_size=30)


@given(before=TEXT, after=TEXT, at=st.integers(0, 30), size=st.integers(0, 8))
def test_where_it_is_now_the_same_is_written(before: str, after: str, at: int, size: int) -> None:
    edited = Edited.of("f", before, after)
    assert before[: edited.start] + after[edited.start : edited.end + edited.by] + before[edited.end :] == after
    span = Span(min(at, len(before)), min(at + size, len(before)), "f")
    moved = edited.moved(span)
    if moved is not None:
        assert after[moved.start : moved.end] == before[span.start : span.end]
    else:
        assert span.end >= edited.start and span.start <= edited.end
    assert edited.moved(Span(3, 4, "g")) == Span(3, 4, "g")


def test_places_and_repairs() -> None:
    before, after = "one two three four", "one 2 three four"
    edited = Edited.of("f", before, after)
    assert edited == Edited("f", 4, 7, -2)
    fix = Fix("x", (Edit(Span(8, 13, "f"), "3"),))
    three = Diagnostic("c", "warning", "m", Span(8, 13, "f"), "", (Related(Span(4, 7, "f"), "r"),), fix)
    two = Diagnostic("c", "warning", "m", Span(4, 7, "f"))
    four = Diagnostic("c", "warning", "m", Span(14, 18, "f"), "", (), Fix("x", (Edit(Span(5, 6, "f"), ""),)))
    assert list(kept([two, three, four], edited)) == [
        Diagnostic("c", "warning", "m", Span(6, 11, "f"), "", (), Fix("x", (Edit(Span(6, 11, "f"), "3"),))),
        Diagnostic("c", "warning", "m", Span(12, 16, "f")),
    ]
