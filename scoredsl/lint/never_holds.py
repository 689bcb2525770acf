'''# never-holds: a condition that can never hold

The parts of this condition exclude each other, or one of them is never so, whatever the data are. What hangs on it, a
rule or a bound, never counts. A comparison with a missing value never holds either, and an empty text is a missing
value.

## Wrong

```score
on order where amount > 100 and amount < 50 add 10
```

## Right

```score
on order where amount > 100 or amount < 50 add 10
```
'''

from __future__ import annotations

import math
from collections.abc import Iterator

from scoredsl.diagnostics import Diagnostic, Edit, Fix, Related
from scoredsl.lint.asked import all_taken
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.holding import Held, held
from scoredsl.lint.words import listed
from scoredsl.reasoning.conditions import impossible, never
from scoredsl.semantics.inspect import leaves
from scoredsl.semantics.values import shortest
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

CODE = "never-holds"


def check(context: Context) -> Found:
    for each in held(context):
        if each.holds == "never":
            yield _warning(each, context)
    yield from _sets(context)


def _warning(each: Held, context: Context) -> Diagnostic:
    span = each.node.span
    core = [part.span for part in each.core]
    related = tuple(Related(part, "excludes it") for part in core if not _inside(part, span))
    reason, help_, fix = _reason(each, context)
    return warning(CODE, f"This condition can never hold: {reason}.", span, help_, related=related, fix=fix)


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _reason(each: Held, context: Context) -> tuple[str, str, Fix | None]:
    """Why it never holds, what to do, and a repair."""
    core = [context.text(part.span) for part in each.core]
    if len(core) > 1:
        return f"{listed(core)} exclude each other", "Change one of them, or write or between them.", None
    scores = _scores(each)
    if scores:
        return scores, "Compare it with a number that the score can have.", None
    match each.core[0]:
        case n.Between(value, n.Number(low), n.Number(high)) if low > high:
            name = context.text(value.span)
            fixed = f"{name} between {shortest(high)} and {shortest(low)}"
            span = each.core[0].span
            fix = Fix(f"Write {fixed}", (Edit(span, fixed),), sure=False)
            reason = f"no number is at least {shortest(low)} and at most {shortest(high)}"
            return reason, f"Write the smaller number first: {fixed}.", fix
        case n.Compare("=", value, n.Text("")) | n.Compare("=", n.Text(""), value):
            fixed = f"{context.text(value.span)} is missing"
            return ("an empty text counts as a missing value, and no comparison holds for that",
                    f"Write {fixed}.", Fix(f"Write {fixed}", (Edit(each.core[0].span, fixed),), sure=False))
        case n.Not(inner):
            return f"{context.text(inner.span)} always holds", "Delete the not, or correct what follows it.", None
        case _:
            return f"{core[0]} is never so, whatever the data are", "Correct it, or delete it.", None


def _scores(each: Held) -> str:
    """What the scores can be that were needed to tell: `score is at most 50`."""
    condition = each.asked.resolved(each.core[0])
    if never(condition):
        return ""  # whatever they can be
    asked = set(leaves(condition))
    for value, numbers in each.known.items():
        if value not in asked:
            continue
        name = getattr(value, "name", None) or "score"
        low, high = numbers.low, numbers.high
        if high < math.inf and low > -math.inf:
            return f"{name} lies between {shortest(float(low))} and {shortest(float(high))}"
        if high < math.inf:
            return f"{name} is at most {shortest(float(high))}"
        if low > -math.inf:
            return f"{name} is at least {shortest(float(low))}"
    return ""


def _sets(context: Context) -> Iterator[Diagnostic]:
    """A `where` that excludes what the set of events asks that it stands with."""
    for taken in all_taken(context):
        if taken.where is None or not impossible(taken.pattern):
            continue
        events = taken.resolver.pattern(n.Step(taken.events))
        where = taken.resolver.pattern(n.Step(n.Events(True), taken.where))
        if not impossible(events) and not impossible(where):
            yield warning(
                CODE,
                f"No event can be meant: {context.text(taken.where.span)} excludes what "
                f"{context.text(taken.events.span)} asks.",
                taken.where.span,
                "Change the condition, or name the events themselves.",
            )
