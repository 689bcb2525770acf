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

from scoredsl.diagnostics import Tag
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.words import date
from scoredsl.reasoning.normal import DAY
from scoredsl.reference.lead import formula_closure
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import leaves
from scoredsl.syntax import nodes as n

CODE = "campaign-over"


def check(context: Context) -> Found:
    if context.now is None:
        return
    remembered = _remembered(context.program)
    for score, rule in context.on_rules():
        if rule.stop is None or rule.stop > context.now:
            continue
        clause = next(each for each in context.on_rule(rule).clauses if isinstance(each, n.UntilDate))
        since = date(rule.stop, context.zone)
        message = f"This campaign is over: no lead earns these points any more since {since}."
        tags: tuple[Tag, ...] = ("deprecated",)
        gone = _gone(rule)
        if isinstance(rule.effect, p.Reset):
            message = f"This campaign is over: since {since} the rule cannot be set off any more."
            help_ = "Write a new date. What it reset until then stays so only as long as the rule is there."
        elif gone is None or gone > context.now:
            help_ = "Delete the rule, or write a new date. What was earned until then still counts."
        elif score.name in remembered:
            help_ = "Write a new date, or keep the rule: its points are gone, but what they led to may still count."
        else:
            help_ = f"Delete the rule: all that was earned by it had expired by {date(gone, context.zone)}."
            tags = ("deprecated", "unnecessary")
        yield warning(CODE, message, clause.span, help_, tags=tags)


def _remembered(program: p.Program) -> set[str]:
    """The scores whose past can matter after it is gone: to a tier that follows their course, to an `if score`."""
    found: set[str] = set()
    for score in program.scores:
        on_rules = [rule for rule in score.rules if isinstance(rule, p.OnRule)]
        if any(tier.follows_the_course for tier in score.tiers):
            found |= {each.name for each in formula_closure(program, score)}
        elif any(_asks_the_score(rule) for rule in on_rules):
            found.add(score.name)
    return found


def _asks_the_score(rule: p.OnRule) -> bool:
    asked = [] if rule.state is None else leaves(rule.state)
    return rule.but_not is not None or any(isinstance(leaf, e.ScoreValue) for leaf in asked)


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
