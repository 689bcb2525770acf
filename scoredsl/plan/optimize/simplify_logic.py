"""What always or never holds leaves `and`, `or` and `not`; nested ones of a kind become one."""

from __future__ import annotations

from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.semantics import expressions as e


def simplify_logic(parts: Parts) -> Parts:
    return Rewrite(_condition).parts(parts)


def _condition(condition: e.Condition) -> e.Condition:
    match condition:
        case e.Not(e.Always(holds)):
            return e.Always(not holds)
        case e.Not(e.Not(inner)):
            return inner
        case e.And(parts):
            flat = [each for part in parts for each in (part.conditions if isinstance(part, e.And) else (part,))]
            return _joined(flat, True)
        case e.Or(parts):
            flat = [each for part in parts for each in (part.conditions if isinstance(part, e.Or) else (part,))]
            return _joined(flat, False)
        case _:
            return condition


def _joined(parts: list[e.Condition], neutral: bool) -> e.Condition:
    """`and` (neutral true) or `or` (neutral false) over parts, each once."""
    kept = [part for part in dict.fromkeys(parts) if part != e.Always(neutral)]
    if e.Always(not neutral) in kept:
        return e.Always(not neutral)
    if not kept:
        return e.Always(neutral)
    if len(kept) == 1:
        return kept[0]
    return e.And(tuple(kept)) if neutral else e.Or(tuple(kept))
