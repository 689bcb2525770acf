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
from scoredsl.reasoning.bounds import Bounds, bounded
from scoredsl.semantics.values import millionths_text

CODE = "empty-group"


def check(context: Context) -> Found:
    for score in context.program.scores:
        for i, group in enumerate(score.groups):
            if not any(rule.group == i for rule in score.rules):
                gives = _gives(bounded(0, 0, group.bounds))
                yield warning(CODE, f"The group {group.name} has no rules: {gives or 'it gives nothing'}.",
                              group.place.span, "Indent its rules under it, or delete it.",
                              tags=() if gives else ("unnecessary",))


def _gives(bounds: Bounds) -> str:
    """What a group gives by its bounds alone, empty for nothing."""
    match bounds:
        case Bounds(0, 0):
            return ""
        case Bounds(int(least), most) if least == most:
            bound = "minimum" if least > 0 else "maximum"
            return f"its {bound} gives every lead {millionths_text(least)}"
        case _:
            return "its bounds alone give points"
