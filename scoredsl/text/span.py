"""A stretch of a file, as offsets in code points."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open stretch [start, end) of the text of `file`: its path as it was named, "" where there is but one."""

    start: int
    end: int
    file: str = ""

    def to(self, other: Span) -> Span:
        """From the beginning of this to the end of the other."""
        return Span(min(self.start, other.start), max(self.end, other.end), self.file)

    def moved(self, by: int) -> Span:
        """So many characters further on."""
        return Span(self.start + by, self.end + by, self.file)

    def contains(self, offset: int) -> bool:
        return self.start <= offset < self.end
