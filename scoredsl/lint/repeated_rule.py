'''# repeated-rule: a rule that is there twice

Two rules of one score do the same: what sets off one sets off the other, with the same points and clauses. So it pays
twice, which is hardly meant; after a change of one of them the other is easily forgotten.

## Wrong

```score
on webinar_attended add 20
on demo_requested add 40
on webinar_attended add 20
```

## Right

```score
on webinar_attended add 20
on demo_requested add 40
```
'''

from __future__ import annotations

from collections.abc import Hashable

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.examples import paid_by_both
from scoredsl.lint.keys import rule_key
from scoredsl.lint.swallowed_rule import overruled
from scoredsl.lint.words import gives
from scoredsl.semantics import program as p

CODE = "repeated-rule"


def check(context: Context) -> Found:
    for score in context.program.scores:
        seen: dict[Hashable, p.Rule] = {}
        for rule in score.rules:
            if rule.place.span in context.blamed:
                continue
            key = rule_key(rule)
            if key in seen:
                yield _warning(score, seen[key], rule, context)
            else:
                seen[key] = rule


def _warning(score: p.Score, first: p.Rule, again: p.Rule, context: Context) -> Diagnostic:
    if isinstance(first, p.OnRule) and isinstance(again, p.OnRule) and isinstance(again.effect, p.Reset):
        return _reset(score, first, again, context)
    example = paid_by_both(context, score, first, again)
    twice = "" if example is None else f", so that it {gives(example.first)} twice"
    return warning(
        CODE,
        f"This rule repeats {context.line(first.place.span, again.place.span)}: both count{twice}.",
        again.place.span,
        "Delete one of them, or change what it is about.",
        related=(Related(first.place.span, "the same rule"),),
        detail="" if example is None else example.text,
        args={} if example is None else example.args,
    )


def _reset(score: p.Score, first: p.OnRule, again: p.OnRule, context: Context) -> Diagnostic:
    """The later of the two changes nothing, or, where another one stands between them that it undoes, the first."""
    useless, other = (first, again) if overruled(first, again, score) else (again, first)
    where = context.line(other.place.span, useless.place.span)
    return warning(CODE, f"This rule repeats {where}: it changes nothing.", useless.place.span, "Delete it.",
                   related=(Related(other.place.span, "the same rule"),), tags=("unnecessary",))
