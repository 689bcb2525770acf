'''# never-fired: a rule that the log never sets off

Nothing in the log that is at hand has set off this rule: its events came, but never so many, in this order, within
this time or with these properties; or no lead's profile is as it asks. (This is looked for where a log is named:
`scoredsl check --events LOG`, or `--with-log`.)

## Wrong

```score
on 500 page_view within 1d add 20
```

## Right

```score
on 5 page_view within 1d add 20
```
'''

from __future__ import annotations

from scoredsl.lint.context import Context, Found, warning
from scoredsl.semantics import program as p

CODE = "never-fired"


def check(context: Context) -> Found:
    log = context.log
    if log is None:
        return
    for score, rule in context.program.rules():
        if rule.place.span in context.blamed or log.fired.get((score.name, rule.index), True):
            continue
        if isinstance(rule, p.OnRule):
            message = f"This rule never fired: nothing in the log's {log.count:,} events set it off."
        else:
            message = "This rule counts for no lead: no profile is as it asks."
        help_ = "See whether its conditions, its window or its names are meant so."
        yield warning(CODE, message, rule.place.span, help_, args={"events": log.count})
