"""The causes of a history in words (LANGUAGE section 10), from the walk's codes."""

from __future__ import annotations

from collections.abc import Sequence

from scoredsl.semantics.program import Bound, Program

_WORDS = ("reset", "awarded", "became true", "became false", "changed", "expired", "decayed")
_SCORE = 1 << 40
_BOUNDS = 65_536


def cause_text(program: Program, number: int, codes: Sequence[int]) -> str:
    """The rules that changed a score, in file order, and what happened to each; for a formula its scores."""
    score = program.scores[number]
    if score.formula is not None:
        return "; ".join(
            program.scores[code - _SCORE].name if code >= _SCORE else _bound(program, number, code)[1] for code in codes
        )
    named: list[tuple[int, str]] = []
    for code in codes:
        if code >= 0:
            rule = score.rules[code // 16]
            named.append((rule.place.span.start, f"{rule.name} {_WORDS[code % 16]}"))
        elif code == -1:
            named.append((score.place.span.start, "start at"))
        else:
            named.append(_bound(program, number, code))
    named.sort(key=lambda entry: entry[0])
    return "; ".join(dict.fromkeys(words for _, words in named))


def _bound(program: Program, number: int, code: int) -> tuple[int, str]:
    place, index = divmod(-2 - code, _BOUNDS)
    slot, maximum = divmod(place, 2)
    score = program.scores[number]
    bounds: Sequence[Bound] = score.bounds if slot == 0 else score.groups[slot - 1].bounds
    return bounds[index].place.span.start, "maximum" if maximum else "minimum"
