'''# limit-never-matters: a limit that never stops anything

Another limit of the rule is at least as narrow, or the trigger itself needs so much time that the limit is never met;
a cap is never reached by all that the rule can be worth at once.

## Wrong

```score
on webinar_attended add 20 once, at most 3 times
```

## Right

```score
on webinar_attended add 20 at most 3 times
```
'''

from __future__ import annotations

from dataclasses import replace

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.fixes import without
from scoredsl.lint.words import capital, duration, gives
from scoredsl.reasoning.bounds import rule_bounds
from scoredsl.reasoning.clauses import between_occurrences, idle_limits
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text
from scoredsl.syntax import nodes as n

CODE = "limit-never-matters"


def check(context: Context) -> Found:
    for _, rule in context.on_rules():
        yield from _limits(rule, context)
        if rule.up_to is not None:
            cap = next(each for each in context.on_rule(rule).clauses if isinstance(each, n.UpTo))
            yield from _cap(rule, replace(rule, up_to=None), rule.up_to.number, cap, context)
    for _, when in context.when_rules():
        if when.up_to is not None:
            branch = context.when_rule(when).branches[-1]
            cap = next(each for each in branch.clauses if isinstance(each, n.UpTo))
            yield from _cap(when, replace(when, up_to=None), when.up_to, cap, context)


def _limits(rule: p.OnRule, context: Context) -> Found:
    written = [each for each in context.on_rule(rule).clauses if isinstance(each, n.Limit)]
    for i, j in idle_limits(rule, context.clocks):
        if j is not None:
            yield _useless(written[i], context, f"{context.text(written[j].span)} lets through no more",
                           (Related(written[j].span, "is as narrow"),))
            continue
        between = between_occurrences(rule.trigger)
        assert between is not None and between.every is not None
        yield _useless(written[i], context, f"{_between(rule.trigger)} lie at least {duration(between.every)} apart")


def _between(trigger: p.Trigger) -> str:
    return "its silences" if isinstance(trigger, p.Inactivity) else "its events"


def _useless(limit: n.Limit, context: Context, why: str, related: tuple[Related, ...] = ()) -> Diagnostic:
    words = context.text(limit.span)
    return warning(CODE, f"{capital(words)} never matters here: {why}.", limit.span,
                   "Delete the limit that is not meant.", related=related, fix=without(limit.span, words, context),
                   tags=("unnecessary",))


def _cap(rule: p.Rule, uncapped: p.Rule, number: int, cap: n.UpTo, context: Context) -> Found:
    """A cap that is as high as all that the rule can be worth; one for each value or period is so all the more."""
    least, most = rule_bounds(uncapped, context.clocks)
    if least is None or most is None or least < -number or most > number:
        return
    words = context.text(cap.span)
    worth = gives(most if most > 0 else least)
    if least < 0 < most:
        worth = f"{gives(least)}, or {gives(most)},"
    yield warning(
        CODE,
        f"{capital(words)} never matters here: this rule {worth} at the most.",
        cap.span,
        "Write a lower cap, or delete it.",
        fix=without(cap.span, words, context),
        tags=("unnecessary",),
        args={"least": millionths_text(least), "most": millionths_text(most), "number": millionths_text(number)},
    )
