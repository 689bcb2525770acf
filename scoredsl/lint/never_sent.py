'''# never-sent: a penalty for not answering, also for those who were never asked

`no email_opened` holds for every lead without such an event, so also for a lead who was never sent an email, and even
for one of whom nothing is known but the profile. Points are taken for an answer that could not be given.

## Wrong

```score
on email_opened add 1
when no email_opened in last 60d subtract 5
```

## Right

```score
on email_opened add 1
when has email_sent in last 60d and no email_opened in last 60d subtract 5
```
'''

from __future__ import annotations

import re
from collections.abc import Iterator

from scoredsl.diagnostics import Diagnostic
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.examples import indented, scored, shown
from scoredsl.reasoning.models import models
from scoredsl.reasoning.normal import conjunction, names
from scoredsl.reasoning.outcome import Outcome
from scoredsl.reasoning.suppose import CLOCK, holds
from scoredsl.reasoning.witness import Witness, cells
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text

CODE = "never-sent"

_SENT = frozenset({"email", "mail", "newsletter", "message", "sms", "push", "campaign", "invitation", "survey"})
"""What is sent to leads ..."""
_ANSWERS = frozenset({
    "open", "opened", "click", "clicked", "read", "reply", "replied", "answer", "answered", "view", "viewed",
    "response", "responded",
})  # fmt: skip
"""... and what they do with it."""
_SENDING = ("sent", "delivered", "send", "received")


def check(context: Context) -> Found:
    for score, rule in context.when_rules():
        for i, branch in enumerate(rule.branches):
            missed = [] if branch.condition is None else _missed(branch.condition)
            answers = [event for event in missed if _is_answer(event)]
            example = _example(score, rule, i, context) if answers else None
            if example is not None:
                yield _warning(score, rule, i, answers[0], example, context)
                break


def _missed(condition: e.Condition, holds: bool = True) -> Iterator[str]:
    """The events of which a condition asks that there are none, or few."""
    match condition:
        case e.And(parts) | e.Or(parts):
            for part in parts:
                yield from _missed(part, holds)
        case e.Not(inner):
            yield from _missed(inner, not holds)
        case e.Has(pattern, _, some) if some != holds:
            yield from sorted(names(pattern) or ())
        case e.CompareNumbers(op, e.Fact("count", _, pattern, _), e.Constant()) if (op in ("=", "<", "<=")) == holds:
            yield from sorted(names(pattern) or ())
        case _:
            pass


def _words(event: str) -> list[str]:
    return re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", event).lower())


def _is_answer(event: str) -> bool:
    """Whether an event is what a lead does with something that was sent."""
    words = set(_words(event))
    return bool(words & _ANSWERS) and bool(words & _SENT)


def _example(score: p.Score, rule: p.WhenRule, number: int, context: Context) -> tuple[Witness, Outcome] | None:
    """A lead without any event from whom this branch takes points, and what the score is then."""
    asked = [branch.condition for branch in rule.branches[: number + 1] if branch.condition is not None]
    this_one = conjunction(asked[-1], *(e.Not(condition) for condition in asked[:-1]))
    for given in models(this_one):
        found = cells(given)
        if found is None or not holds(this_one, {value: given[value] for value in given if isinstance(value, e.Field)}):
            continue
        witness = Witness((), context.profile(found[1]) or {"email": "eva@example.com"}, CLOCK)
        outcome = context.outcome(witness, score)
        if outcome is not None and outcome.worths.get(rule.index, 0) < 0:
            return witness, outcome
    return None


def _warning(
    score: p.Score, rule: p.WhenRule, number: int, event: str, example: tuple[Witness, Outcome], context: Context
) -> Diagnostic:
    witness, outcome = example
    written = context.when_rule(rule).branches[number].condition
    assert written is not None
    words = [word for word in _words(event) if word not in _ANSWERS]
    sent = _sending(words, context) or f"{'_'.join(words)}_sent"
    return warning(
        CODE,
        f"This also holds for a lead who was never sent anything: without {event} there is nothing to tell them apart.",
        written.span,
        f"Ask for what was sent as well, such as has {sent} and no {event}.",
        detail=f"For example:\n{indented(witness.text)}\n{scored(witness, score.name, outcome.value)}, with "
               f"{millionths_text(outcome.worths[rule.index])} by this rule.",
        args=shown(witness, score.name, outcome.value),
    )


def _sending(words: list[str], context: Context) -> str | None:
    """An event of the program that says that it was sent."""
    known = [*context.program.events, *sorted(context.used_events)]
    return next((each for each in known if set(words) <= set(_words(each)) and set(_words(each)) & set(_SENDING)), None)
