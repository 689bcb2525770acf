'''# campaign-over: a campaign that has ended

The date of `until` has passed: no lead earns the points of this rule any more. Points that were earned until then
stay as long as they live, and scores of that time can still be computed; once all of them have expired the rule can
be deleted.

## Wrong

```score
on webinar_attended add 20 until 2020-12-31 expire after 30d
```

## Right

```score
on webinar_attended add 20 expire after 30d
```
'''

from __future__ import annotations

from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.words import date
from scoredsl.reasoning.normal import DAY
from scoredsl.semantics import program as p
from scoredsl.syntax import nodes as n

CODE = "campaign-over"


def check(context: Context) -> Found:
    if context.now is None:
        return
    for _, rule in context.on_rules():
        if rule.stop is None or rule.stop > context.now:
            continue
        clause = next(each for each in context.on_rule(rule).clauses if isinstance(each, n.UntilDate))
        gone = _gone(rule)
        over = gone is not None and gone <= context.now and isinstance(rule.effect, p.Points)
        verb = "earned" if isinstance(rule.effect, p.Points) else "set off"
        help_ = "Delete the rule, or write a new date. What was earned until then still counts."
        if over and gone is not None:
            help_ = f"Delete the rule: all that was earned by it had expired by {date(gone, context.zone)}."
        elif isinstance(rule.effect, p.Reset):
            help_ = "Write a new date. What it reset until then stays so only as long as the rule is there."
        yield warning(
            CODE,
            f"This campaign is over: since {date(rule.stop, context.zone)} the rule cannot be {verb} any more."
            if verb == "set off" else
            f"This campaign is over: no lead earns these points any more since {date(rule.stop, context.zone)}.",
            clause.span,
            help_,
            tags=("deprecated", "unnecessary") if over else ("deprecated",),
        )


def _gone(rule: p.OnRule) -> int | None:
    """The instant at which the last points of the campaign are worth nothing any more; None where they may live on."""
    assert rule.stop is not None
    last = rule.stop + (rule.trigger.within if isinstance(rule.trigger, p.Absence) else 0)
    ends = []
    if rule.expiry is not None and not rule.expiry.unless_repeated:
        ends.append(last + rule.expiry.duration)
    if rule.decay is not None and rule.decay.kind == "zero":
        ends.append(last + (rule.decay.days + 2) * DAY)
    return min(ends, default=None)
