'''# owed-points: points that are owed below a minimum, where nobody sees them

The `minimum` bounds what is shown; below it this rule goes on taking points each time. What is owed must be earned
first before the score moves again, and nobody sees why. `but not below 0` takes only what is there.

## Wrong

```score
minimum 0
on visit add 5
on complaint subtract 20
```

## Right

```score
minimum 0
on visit add 5
on complaint subtract 20 but not below 0
```
'''

from __future__ import annotations

from collections.abc import Sequence

from scoredsl.diagnostics import Diagnostic, Edit, Fix, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.examples import indented, scored, shown
from scoredsl.lint.subtract_expires import takes
from scoredsl.lint.words import points
from scoredsl.reasoning.bounds import rule_bounds
from scoredsl.reasoning.normal import DAY
from scoredsl.reasoning.witness import Witness, at_ease, occurring
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text
from scoredsl.text import Span

CODE = "owed-points"
_TIMES = 3


def check(context: Context) -> Found:
    for score in context.program.scores:
        blocks = [(None, score.bounds), *((i, group.bounds) for i, group in enumerate(score.groups))]
        for group, bounds in reversed(blocks):
            minimum = next((bound for bound in bounds if bound.kind == "minimum" and bound.when is None), None)
            if minimum is None:
                continue
            rules = [rule for rule in score.rules if isinstance(rule, p.OnRule) and _owes(rule, group, score, context)]
            example = None if not rules else _example(score, rules[0], group, minimum, context)
            if example is not None:
                yield _warning(score, rules, group, minimum, example, context)


def _owes(rule: p.OnRule, group: int | None, score: p.Score, context: Context) -> bool:
    """Whether a rule takes points again and again, below a minimum of its group or of its score, and for ever."""
    if rule.place.span in context.blamed or not takes(rule) or rule.but_not is not None:
        return False
    if rule.group != group and (rule.group is None or group is not None or _has_minimum(score.groups[rule.group])):
        return False
    if rule.expiry is not None or rule.decay is not None or rule.ends_on is not None:
        return False
    return rule_bounds(rule, context.clocks)[0] is None


def _has_minimum(group: p.Group) -> bool:
    return any(bound.kind == "minimum" and bound.when is None for bound in group.bounds)


def _example(
    score: p.Score, rule: p.OnRule, group: int | None, minimum: p.Bound, context: Context
) -> tuple[Witness, int, int] | None:
    """A log in which the rule takes points several times, what the score shows then, and what is owed."""
    for found in occurring(rule):
        first = at_ease(rule)
        apart = 40 * DAY if rule.limits or isinstance(rule.trigger, p.Inactivity) else DAY
        if rule.stop is not None:
            apart = min(apart, (rule.stop - first) // _TIMES)
        instants = [first + i * apart for i in range(_TIMES)]
        events = tuple(sorted((event for at in instants for event in found.at(at)), key=lambda event: event[0]))
        witness = Witness(events, context.profile(found.fields), instants[-1])
        outcome = context.outcome(witness, score)
        if outcome is None:
            continue
        total = outcome.unbounded if group is None else outcome.groups[group]
        if total < minimum.number:
            return witness, outcome.value, minimum.number - total
    return None


def _warning(
    score: p.Score, rules: Sequence[p.OnRule], group: int | None, minimum: p.Bound, example: tuple[Witness, int, int],
    context: Context,
) -> Diagnostic:  # fmt: skip
    witness, value, owed = example
    number = millionths_text(minimum.number)
    line = context.line(minimum.place.span, rules[0].place.span)
    stop = f"but not below {number}"
    fix = None
    help_ = f"Write {stop} behind the points, so that only what is there is taken."
    if any(_sign(rule) > 0 for rule in rules):
        help_ = f"Write subtract and {stop}, so that only what is there is taken."
    elif group is None:
        edits = tuple(_edit(context.on_rule(rule).effect.span, stop) for rule in rules)
        fix = Fix(f"Write {stop}", edits, sure=False)
    else:
        help_ = "Limit what the rule can take, such as up to 20 points, or let it expire."
    return warning(
        CODE,
        f"The minimum {number} ({line}) hides what this rule takes below it: points are owed that "
        "nobody sees, and new ones do not show until these are paid back.",
        rules[0].place.span,
        help_,
        related=(Related(minimum.place.span, "the minimum"),
                 *(Related(rule.place.span, "this rule does so as well") for rule in rules[1:])),
        fix=fix,
        detail=f"For example:\n{indented(witness.text)}\n{scored(witness, score.name, value)}, and {points(owed)} "
               f"{'is' if owed == 1_000_000 else 'are'} owed.",
        args={**shown(witness, score.name, value), "owed": millionths_text(owed)},
    )


def _sign(rule: p.OnRule) -> int:
    """1 for `add -5`, which no `but not` stops."""
    assert isinstance(rule.effect, p.Points)
    return rule.effect.sign


def _edit(span: Span, text: str) -> Edit:
    return Edit(Span(span.end, span.end, span.file), f" {text}")
