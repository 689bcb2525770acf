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
from scoredsl.lint.log import LogNames
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import leaves

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
        elif _lasts(rule, log):
            message = "This rule counts for no lead at the end of the log."
        else:
            continue
        help_ = "See whether its conditions, its window or its names are meant so."
        yield warning(CODE, message, rule.place.span, help_, args={"events": log.count})


def _lasts(rule: p.WhenRule, log: LogNames) -> bool:
    """Whether a `when` rule that counts for nobody at the end of the log is worth a word.

    What is asked of the last days may have been so before; what is asked of profiles needs profiles.
    """
    asked = [leaf for branch in rule.branches if branch.condition is not None for leaf in leaves(branch.condition)]
    moving = any(
        isinstance(leaf, e.DaysSince | e.DaysUntil | e.Inactive)
        or (isinstance(leaf, e.Fact | e.Has) and leaf.last is not None)
        or (isinstance(leaf, e.Fact) and leaf.kind == "days since last")
        for leaf in asked
    )
    return not moving and (log.fields is not None or not any(isinstance(leaf, e.Field) for leaf in asked))
