'''# always-holds: a condition that always holds

This condition is so whatever the data are, so it tells nothing apart: the rule counts for every event, or for every
lead. Often an `or` stands where an `and` was meant.

## Wrong

```score
when email is known or email is missing add 5
```

## Right

```score
when email is known add 5
```
'''

from __future__ import annotations

from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.holding import Held, held
from scoredsl.syntax import nodes as n

CODE = "always-holds"


def check(context: Context) -> Found:
    for each in held(context):
        if each.holds == "always":
            yield warning(CODE, f"This condition always holds: {_reason(each, context)}.", each.node.span,
                          "Delete it, or correct it.")


def _reason(each: Held, context: Context) -> str:
    match each.node:
        case n.Or(parts):
            return f"one of {len(parts)} is always so: {', '.join(context.text(part.span) for part in parts)}"
        case node:
            return f"{context.text(node.span)} is so whatever the data are"
