"""What was said of a text, kept while the text is edited: moved along, and dropped where the edit is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from scoredsl.diagnostics import Diagnostic
from scoredsl.text import Span


@dataclass(frozen=True, slots=True)
class Edited:
    """The one stretch [start, end) of a file that is another now, and by how much what stands below has moved."""

    file: str
    start: int
    end: int
    by: int

    @classmethod
    def of(cls, file: str, before: str, after: str) -> Edited:
        """What differs between two texts: all between what they begin and end with alike."""
        most = min(len(before), len(after))
        start = _alike(most, lambda size: before[:size] == after[:size])
        tail = _alike(most - start, lambda size: before[len(before) - size :] == after[len(after) - size :])
        return cls(file, start, len(before) - tail, len(after) - len(before))

    def moved(self, span: Span) -> Span | None:
        """Where a stretch stands now; None where the edit has touched it."""
        if span.file != self.file or span.end < self.start:
            return span
        return span.moved(self.by) if span.start > self.end else None


def kept(said: Iterable[Diagnostic], edited: Edited) -> Iterator[Diagnostic]:
    """The diagnostics that an edit has not touched, at their places of now; without a repair that it has touched."""
    for each in said:
        span = edited.moved(each.span)
        if span is None:
            continue
        related = tuple(
            replace(other, span=place) for other in each.related if (place := edited.moved(other.span)) is not None
        )
        fix = each.fix
        if fix is not None:
            places = [edited.moved(edit.span) for edit in fix.edits]
            edits = [replace(edit, span=at) for edit, at in zip(fix.edits, places, strict=True) if at is not None]
            fix = replace(fix, edits=tuple(edits)) if len(edits) == len(places) else None
        yield replace(each, span=span, related=related, fix=fix)


def _alike(most: int, are_alike: Callable[[int], bool]) -> int:
    """The largest size up to `most` for which it holds; where it holds, it does for all that are smaller."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if are_alike(middle):
            low = middle
        else:
            high = middle - 1
    return low
