'''# points-of-zero: a rule that gives 0 points

These points are always 0, so nothing ever changes by them. In a when rule a branch of 0 points before others is no
mistake: it keeps the others from being asked.

## Wrong

```score
on webinar_attended add 0
```

## Right

```score
on webinar_attended add 20
```
'''

from __future__ import annotations

from scoredsl.diagnostics import Diagnostic
from scoredsl.lint.context import Context, Found, warning
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

CODE = "points-of-zero"


def check(context: Context) -> Found:
    for _, rule in context.on_rules():
        if isinstance(rule.effect, p.Reset):
            continue
        node = context.on_rule(rule)
        if constant_points(rule.effect) == 0:
            yield _warning("This rule always gives 0 points.", node.effect.span, "rule")
        elif rule.up_to is not None and rule.up_to.number == 0:
            yield _cap(next(each for each in node.clauses if isinstance(each, n.UpTo)))
    for _, when in context.when_rules():
        branch = context.when_rule(when).branches[-1]
        if constant_points(when.branches[-1].points) == 0:
            if len(when.branches) == 1:
                yield _warning("This rule always gives 0 points.", branch.award.span, "rule")
            else:
                message = "The last branch gives 0 points, which is what the rule gives where no branch holds."
                yield _warning(message, branch.award.span, "branch")
        elif when.up_to == 0:
            yield _cap(next(each for each in branch.clauses if isinstance(each, n.UpTo)))


def _warning(message: str, span: Span, what: str) -> Diagnostic:
    help_ = f"Write how many points it gives, or delete the {what}."
    return warning(CODE, message, span, help_, args={"points": 0}, tags=("unnecessary",))


def _cap(cap: n.UpTo) -> Diagnostic:
    help_ = "Write how many points it gives at the most, or delete the rule."
    return warning(CODE, "Up to 0 points are none: this rule never gives any.", cap.span, help_, args={"points": 0},
                   tags=("unnecessary",))
