'''# empty-group: a group without rules

A group bounds the rules in it. Without a rule it gives nothing, or always its own minimum. Perhaps the rules below it
are not indented.

## Wrong

```score
score engagement
  group email
    maximum 20
  on email_opened add 1
```

## Right

```score
score engagement
  group email
    maximum 20
    on email_opened add 1
```
'''

from __future__ import annotations

from scoredsl.lint.context import Context, Found, warning
from scoredsl.semantics.values import millionths_text

CODE = "empty-group"


def check(context: Context) -> Found:
    for score in context.program.scores:
        for i, group in enumerate(score.groups):
            if any(rule.group == i for rule in score.rules):
                continue
            least = max((bound.number for bound in group.bounds if bound.kind == "minimum"), default=0)
            gives = f"its minimum gives every lead {millionths_text(least)}" if least > 0 else "it gives nothing"
            yield warning(CODE, f"The group {group.name} has no rules: {gives}.", group.place.span,
                          "Indent its rules under it, or delete it.", tags=("unnecessary",) if least <= 0 else ())
