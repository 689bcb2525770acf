'''# subtract-expires: a default that gives back what was taken

A default lifetime reaches a `subtract`: when the award ends, or fades, the score rises again, though nothing has
happened. A penalty that stays says `never expire` (`never decay`), one that is forgiven says after how long, itself.
Penalties for silence may fade with the points that they were taken from.

## Wrong

```score
expire after 90d
on demo_requested add 40
on complaint subtract 20
```

## Right

```score
expire after 90d
on demo_requested add 40
on complaint subtract 20 never expire
```
'''

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoredsl.diagnostics import Diagnostic, Edit, Fix, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.default_beside_rules import reaches
from scoredsl.lint.examples import indented, scored, shown
from scoredsl.lint.words import duration
from scoredsl.reasoning.normal import DAY
from scoredsl.reasoning.witness import MINUTE, Occurring, Witness, at_ease, occurring
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points
from scoredsl.semantics.values import instant_text, millionths_text
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span

CODE = "subtract-expires"


@dataclass(frozen=True, slots=True)
class _Rise:
    """A log after which a score rises by time alone, from `before` to the value at its instant."""

    witness: Witness
    since: int
    before: int
    after: int


def check(context: Context) -> Found:
    scores = {rule.place.span: score for score, rule in context.program.rules()}
    said: set[Span] = set()
    for block, rules in context.blocks():
        for default in block:
            node = default.node
            if not isinstance(node, n.Default) or isinstance(node.clause, n.Never):
                continue
            found: list[tuple[p.OnRule, _Rise]] = []
            for rule in rules:
                if not isinstance(rule, p.OnRule) or rule.place.span in said or rule.place.span in context.blamed:
                    continue
                if takes(rule) and reaches(node, rule, context) and _is_the_one(node, rule):
                    rise = _rise(scores[rule.place.span], rule, context)
                    if rise is not None:
                        found.append((rule, rise))
            if found:
                said |= {rule.place.span for rule, _ in found}
                rule, rise = found[0]
                yield _warning(default, node, rule, rise, [each for each, _ in found], scores[rule.place.span], context)


def takes(rule: p.OnRule) -> bool:
    """Whether a rule takes points."""
    if isinstance(rule.effect, p.Reset):
        return False
    points = constant_points(rule.effect)
    return rule.effect.sign < 0 if points is None else points < 0


def _is_the_one(node: n.Default, rule: p.OnRule) -> bool:
    """Whether it is this default that the rule has, and not one of its group."""
    match node.clause:
        case n.Expire(length, repeated):
            return rule.expiry == p.Expiry(length.micros, repeated)
        case n.Decay(kind, length):
            return rule.decay is not None and rule.decay.kind == kind and rule.decay.days == length.days
        case _:
            return False


def _rise(score: p.Score, rule: p.OnRule, context: Context) -> _Rise | None:
    """A log that shows it. For silence only events before it count: later ones would be an answer to it."""
    for found in occurring(rule.trigger):
        at = at_ease(rule)
        end = at + _length(rule)
        others = [each for each in score.rules if isinstance(each, p.OnRule) and _gives(each)][:8]
        earlier = [o for each in others for o in list(occurring(each.trigger))[:1]]
        silence = isinstance(rule.trigger, p.Absence | p.Inactivity)
        for more in ([], *([(at - DAY, o)] for o in earlier if not silence or _before(found, o)),
                     *([] if silence else [[(end - MINUTE, o)] for o in earlier])):
            witness = _witness(found, at, more, end)
            since = end - 1 if rule.expiry is not None else at
            before, after = context.outcome(witness, score, since), context.outcome(witness, score)
            if before is None or after is None or rule.index not in before.awarded:
                continue
            if before.value < after.value:
                return _Rise(witness, since, before.value, after.value)
    return None


def _gives(rule: p.OnRule) -> bool:
    if isinstance(rule.effect, p.Reset):
        return False
    points = constant_points(rule.effect)
    return rule.effect.sign > 0 if points is None else points > 0


def _before(silence: Occurring, other: Occurring) -> bool:
    """Whether an occurrence a day before the silence ends would lie before it began."""
    return max(before for before, _ in silence.events) <= DAY


def _witness(found: Occurring, at: int, more: list[tuple[int, Occurring]], end: int) -> Witness:
    events = [*found.at(at), *(event for instant, other in more for event in other.at(instant))]
    fields = {**{name: cell for _, other in more for name, cell in other.fields.items()}, **found.fields}
    return Witness(tuple(sorted(events, key=lambda event: event[0])), fields or None, end)


def _length(rule: p.OnRule) -> int:
    if rule.expiry is not None:
        return rule.expiry.duration
    assert rule.decay is not None
    return (rule.decay.days + 1) * DAY


def _edits(rules: list[p.OnRule], text: str) -> Iterator[Edit]:
    for rule in rules:
        span = rule.place.span
        yield Edit(Span(span.end, span.end, span.file), f" {text}")


def _warning(
    default: Statement, node: n.Default, rule: p.OnRule, rise: _Rise, rules: list[p.OnRule], score: p.Score,
    context: Context,
) -> Diagnostic:  # fmt: skip
    words = context.text(default.span)
    fades = isinstance(node.clause, n.Decay)
    never = "never decay" if fades else "never expire"
    when = "as it fades" if fades else f"when it ends, after {duration(_length(rule))}"
    place = context.line(context.place(context.written[default.span]))
    return warning(
        CODE,
        f"The default {words} ({place}) reaches this subtraction too: {when}, the score rises again by itself.",
        rule.place.span,
        f"Write {never} if the points stay taken, or say here after how long they are forgiven.",
        related=(Related(default.span, "the default"),
                 *(Related(each.place.span, "it reaches this one as well") for each in rules[1:])),
        fix=Fix(f"Write {never}", tuple(_edits(rules, never)), sure=False),
        detail=f"For example:\n{indented(rise.witness.text)}\n{score.name} = {millionths_text(rise.before)} at "
               f"{instant_text(rise.since)}, and {scored(rise.witness, score.name, rise.after)}.",
        args=shown(rise.witness, score.name, rise.after),
    )
