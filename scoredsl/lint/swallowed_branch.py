'''# swallowed-branch: a branch that is never reached

The branches of a when rule are asked from first to last, and the first that holds counts, alone. Wherever this one
would hold, an earlier one does. The narrower condition belongs first.

## Wrong

```score
when company_size >= 50 add 10, else when company_size >= 500 add 20
```

## Right

```score
when company_size >= 500 add 20, else when company_size >= 50 add 10
```
'''

from __future__ import annotations

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.reasoning.conditions import implies, never
from scoredsl.reasoning.normal import conjunction
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p

CODE = "swallowed-branch"


def check(context: Context) -> Found:
    for _, rule in context.when_rules():
        before: list[e.Condition] = []
        for i, branch in enumerate(rule.branches):
            condition = e.Always(True) if branch.condition is None else branch.condition
            if before and never(conjunction(condition, *(e.Not(each) for each in before))):
                yield _warning(rule, i, context)
                break  # what follows an else that is never reached is not reached either
            before.append(condition)


def _warning(rule: p.WhenRule, number: int, context: Context) -> Diagnostic:
    written = context.when_rule(rule).branches
    branch, conditions = written[number], [each.condition for each in rule.branches[: number + 1]]
    condition = conditions[number]
    if condition is None:
        return warning(CODE, "This else is never reached: one of the conditions before it always holds.", branch.span,
                       "Delete it, or change a condition.", tags=("unnecessary",))
    earlier = next((i for i, each in enumerate(conditions[:number]) if each and implies(condition, each)), None)
    asked = written[number].condition
    assert asked is not None
    shown = context.text(asked.span)
    if earlier is None:
        return warning(CODE, f"This branch is never reached: where {shown} holds, one of those before it does.",
                       branch.span, "Delete it, or put it first.", tags=("unnecessary",))
    first = written[earlier].condition
    assert first is not None
    return warning(
        CODE,
        f"This branch is never reached: where {shown} holds, {context.text(first.span)} does, and that is asked first.",
        branch.span,
        "Put the narrower condition first.",
        related=(Related(first.span, "asked first"),),
        tags=("unnecessary",),
    )
