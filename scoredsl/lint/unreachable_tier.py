'''# unreachable-tier: a tier that no lead can reach

All that a lead can earn at once is less than this tier begins at: limits, caps, groups, expiry and conditions that
exclude each other keep the score below it. The message says the most, and what it is the sum of.

## Wrong

```score
threshold 100 as sales_ready
on webinar_attended add 30 once
on demo_requested add 50 once
```

## Right

```score
threshold 80 as sales_ready
on webinar_attended add 30 once
on demo_requested add 50 once
```
'''

from __future__ import annotations

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.words import the_sum
from scoredsl.reasoning.bounds import Bounds
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text
from scoredsl.syntax import nodes as n

CODE = "unreachable-tier"


def check(context: Context) -> Found:
    for score in context.program.scores:
        bounds = context.bounds[score.name]
        if bounds.most is not None and context.is_settled(score):
            beyond = [tier for tier in score.tiers if out_of_reach(bounds.most, tier)]
            if beyond:
                yield _warning(score, beyond[-1], beyond[:-1], bounds, context)


def out_of_reach(most: int, tier: p.Tier) -> bool:
    return most <= tier.number if tier.above else most < tier.number


def _warning(score: p.Score, tier: p.Tier, higher: list[p.Tier], bounds: Bounds, context: Context) -> Diagnostic:
    """One message for all tiers of a score that are too high, at the lowest of them."""
    assert bounds.most is not None
    most, number = millionths_text(bounds.most), millionths_text(tier.number)
    parts = the_sum(bounds, score.formula is not None)
    node = context.node(tier.place)
    named = f" of {tier.name}" if isinstance(node, n.Tier) and node.name is not None else ""
    if bounds.most == tier.number:
        message = f"No lead can have more than {most} points, and {tier.name} begins above {number}"
    else:
        message = f"No lead can have more than {most} of the {number} points{named}"
    limited = ""
    if bounds.maximum is not None:
        limited = f" (maximum {millionths_text(bounds.maximum.number)})"
    return warning(
        CODE,
        f"{message}{': ' + parts if parts else ''}{limited}.",
        tier.place.span,
        f"Begin {tier.name} at {most} or less, or let the rules give more.",
        related=tuple(Related(each.place.span, f"{each.name} begins even higher") for each in reversed(higher)),
        args={"most": most, "number": number, "score": score.name},
    )
