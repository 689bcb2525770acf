'''# campaign-empty: a campaign that ends before it begins

No instant lies at or after the date of `from` and before that of `until`, so this rule never counts anything. An
`until` without a time of day includes that whole day.

## Wrong

```score
on visit add 5 from 2026-06-01 until 2026-03-31
```

## Right

```score
on visit add 5 from 2026-03-01 until 2026-06-30
```
'''

from __future__ import annotations

from scoredsl.diagnostics import Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.syntax import nodes as n

CODE = "campaign-empty"


def check(context: Context) -> Found:
    for _, rule in context.on_rules():
        if rule.start is None or rule.stop is None or rule.start < rule.stop:
            continue
        clauses = context.on_rule(rule).clauses
        begin = next(each for each in clauses if isinstance(each, n.FromDate))
        end = next(each for each in clauses if isinstance(each, n.UntilDate))
        yield warning(
            CODE,
            f"Nothing lies from {begin.date.text} until {end.date.text}: this rule never counts anything.",
            end.span,
            "Change one of the two dates.",
            related=(Related(begin.span, "the beginning"),),
        )
