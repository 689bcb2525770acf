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
from scoredsl.lint.words import points
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
    related = (Related(first.place.span, "the same rule"),)
    where = context.line(first.place.span, again.place.span)
    if isinstance(first, p.OnRule) and isinstance(again, p.OnRule) and isinstance(again.effect, p.Reset):
        if overruled(first, again, score):  # then it is the first that changes nothing
            first, again = again, first
            where = context.line(first.place.span, again.place.span)
            related = (Related(first.place.span, "the same rule"),)
        return warning(CODE, f"This rule repeats {where}: it changes nothing.", again.place.span, "Delete it.",
                       related=related, tags=("unnecessary",))
    example = paid_by_both(context, score, first, again)
    if example is None:
        return warning(CODE, f"This rule repeats {where}: both count.", again.place.span,
                       "Delete one of them, or change what it is about.", related=related)
    twice = f"{points(example.first)} twice" if example.first == example.second else "twice"
    return warning(CODE, f"This rule repeats {where}: both count, so that it gives {twice}.", again.place.span,
                   "Delete one of them, or change what it is about.", related=related, detail=example.text,
                   args=example.args)
