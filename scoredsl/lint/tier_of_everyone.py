'''# tier-of-everyone: a tier that every lead is in

No lead can have less than this tier begins at, so that it tells no lead from another. Without points a lead has 0: a
tier from 0 is reached by whoever is in the log.

## Wrong

```score
tier cold from 0
tier warm from 20
on visit add 5
```

## Right

```score
tier warm from 20
on visit add 5
```
'''

from __future__ import annotations

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text

CODE = "tier-of-everyone"


def check(context: Context) -> Found:
    for score in context.program.scores:
        least = context.bounds[score.name].least
        if least is not None and context.is_settled(score):
            everyone = [tier for tier in score.tiers
                        if least > tier.number or (least == tier.number and not tier.above)]
            if everyone:
                yield _warning(score, everyone[0], everyone[1:], least, context)


def _warning(score: p.Score, tier: p.Tier, lower: list[p.Tier], least: int, context: Context) -> Diagnostic:
    """One message for all tiers of a score that every lead is in, at the highest of them."""
    shown = millionths_text(least)
    why = "" if context.bounds[score.name].minimum is None else f" (minimum {shown})"
    return warning(
        CODE,
        f"Every lead is in {tier.name}: no lead has less than {shown} points{why}.",
        tier.place.span,
        f"Begin it above {shown}, or delete it: a lead that reaches no tier is in none.",
        related=tuple(Related(each.place.span, f"so is {each.name}") for each in lower),
        args={"least": shown, "number": millionths_text(tier.number), "score": score.name},
    )
