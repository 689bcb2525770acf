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

from scoredsl.diagnostics import Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.semantics.values import millionths_text

CODE = "tier-of-everyone"


def check(context: Context) -> Found:
    for score in context.program.scores:
        if not score.tiers:
            continue
        bounds = context.bounds[score.name]
        if bounds.least is None or not context.is_settled(score):
            continue
        least = bounds.least
        everyone = [t for t in score.tiers if least > t.number or (not t.above and least == t.number)]
        if not everyone:
            continue
        tier, lower = everyone[0], everyone[1:]
        shown = millionths_text(least)
        why = f" (minimum {shown})" if bounds.minimum is not None and bounds.minimum.number == least else ""
        yield warning(
            CODE,
            f"Every lead is in {tier.name}: no lead has less than {shown} points{why}.",
            tier.place.span,
            f"Begin it above {shown}, or delete it: a lead that reaches no tier is in none.",
            related=tuple(Related(each.place.span, f"so is {each.name}") for each in lower),
            args={"least": shown, "number": millionths_text(tier.number), "score": score.name},
        )
