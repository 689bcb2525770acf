"""Suggestions: "did you mean ...?", made only when something is close."""

from __future__ import annotations

from collections.abc import Iterable


def distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance (insert, delete, replace, swap neighbours); more than `limit` is limit + 1."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        if min(now) > limit:
            return limit + 1
        before, last = last, now
    return last[-1]


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is close to `word`, or None: at most a third of its letters differ, one for short words."""
    folded = word.lower()
    limit = max(1, min(3, len(word) // 3))
    best: tuple[int, str] | None = None
    for candidate in candidates:
        other = candidate.lower()
        if folded == other:
            found = 0
        elif len(word) < 3:
            continue
        elif _same_words(folded, other):
            found = 1
        else:
            found = distance(folded, other, limit)
        if found <= limit and (best is None or (found, candidate) < best):
            best = (found, candidate)
    return best[1] if best else None


def _same_words(a: str, b: str) -> bool:
    """The same but for `-`, `_`, `.` and spaces."""
    table = str.maketrans("", "", "-_. ")
    return a.translate(table) == b.translate(table) != ""


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """`did you mean X?`, or nothing when nothing is close."""
    found = closest(word, candidates)
    return f"did you mean {found}?" if found else ""
