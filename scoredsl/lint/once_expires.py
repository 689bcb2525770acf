'''# once-expires: points that are earned once, and gone after a while

`once` is for ever: when the award has expired, no lead earns it again, however often the event comes. `once every
30d` lets it be earned again.

## Wrong

```score
on demo_requested add 30 once, expire after 60d
```

## Right

```score
on demo_requested add 30 once every 60d, expire after 60d
```
'''

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoredsl.diagnostics import Diagnostic, Edit, Fix
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.examples import indented, scored, shown
from scoredsl.lint.words import duration
from scoredsl.reasoning.normal import DAY
from scoredsl.reasoning.witness import Witness, at_ease, occurring
from scoredsl.semantics import program as p
from scoredsl.syntax import nodes as n

CODE = "once-expires"


def check(context: Context) -> Found:
    for score, rule in context.on_rules():
        if rule.expiry is None or rule.expiry.unless_repeated:
            continue
        clauses = context.on_rule(rule).clauses
        if not any(isinstance(each, n.Expire) for each in clauses):
            continue  # a default is for many rules
        once = next((each for each in clauses if isinstance(each, n.Limit) and _for_ever(each)), None)
        campaign = None if rule.start is None or rule.stop is None else rule.stop - rule.start
        if once is None or (campaign is not None and campaign <= rule.expiry.duration):
            continue
        tried = list(_tried(score, rule, rule.expiry.duration, context))
        if not any(each.again for each in tried):
            yield _warning(score, once, rule.expiry.duration, tried[0] if tried else None)


def _for_ever(limit: n.Limit) -> bool:
    return limit.count.value == 1 and limit.per is None and limit.period is None and limit.every is None


@dataclass(frozen=True, slots=True)
class _Tried:
    """The event twice, the second time when the points of the first are gone; `value` is the score then.

    `again`: it was earned a second time, for what sets the rule off also resets the score.
    """

    witness: Witness
    value: int
    again: bool


def _tried(score: p.Score, rule: p.OnRule, lasts: int, context: Context) -> Iterator[_Tried]:
    for found in occurring(rule):
        first = at_ease(rule)
        second = first + lasts + DAY
        witness = Witness((*found.at(first), *found.at(second)), context.profile(found.fields), second)
        before, after = context.outcome(witness, score, first), context.outcome(witness, score)
        if before is not None and after is not None and before.worths.get(rule.index):
            yield _Tried(witness, after.value, bool(after.worths.get(rule.index)))


def _warning(score: p.Score, once: n.Limit, expiry: int, example: _Tried | None) -> Diagnostic:
    lasts = duration(expiry)
    fixed = f"once every {lasts}"
    detail = "" if example is None else (
        f"For example:\n{indented(example.witness.text)}\n{scored(example.witness, score.name, example.value)}: "
        "the second time gives nothing."
    )
    return warning(
        CODE,
        f"These points expire after {lasts} and are never earned again: once is for ever.",
        once.span,
        f"Write {fixed} if they may be earned again.",
        fix=Fix(f"Write {fixed}", (Edit(once.span, fixed),), sure=False),
        detail=detail,
        args={} if example is None else shown(example.witness, score.name, example.value),
    )
