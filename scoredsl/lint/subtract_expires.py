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
from itertools import islice

from scoredsl.diagnostics import Diagnostic, Edit, Fix, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.default_beside_rules import reaches
from scoredsl.lint.examples import indented, scored, shown
from scoredsl.lint.words import duration
from scoredsl.reasoning.normal import DAY
from scoredsl.reasoning.witness import MINUTE, Occurring, Witness, at_ease, occurring
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points
from scoredsl.semantics.rules import decay_of
from scoredsl.semantics.values import instant_text, millionths_text
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span

CODE = "subtract-expires"
SECOND = 1_000_000


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
            if not isinstance(node, n.Default):
                continue
            found: list[tuple[p.OnRule, _Rise]] = []
            for rule in rules:
                if not isinstance(rule, p.OnRule) or rule.place.span in said or rule.place.span in context.blamed:
                    continue
                if takes(rule) and reaches(node, rule, context) and _is_the_one(node, rule, default, context):
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


def _is_the_one(node: n.Default, rule: p.OnRule, default: Statement, context: Context) -> bool:
    """Whether it is this default that the rule has, and not one of its group."""
    match node.clause:
        case n.Expire(length, repeated):
            return rule.expiry == p.Expiry(length.micros, repeated)
        case n.Decay():
            resolver = context.resolver(context.written[default.span].file)
            return rule.decay == decay_of(node.clause, resolver)
        case n.Never():
            return False


def _rise(score: p.Score, rule: p.OnRule, context: Context) -> _Rise | None:
    """A log that shows it: the penalty alone, with points earned before it, or with points earned while it lasts.

    Of a penalty for silence the last does not count: what comes later is the answer that was missing.
    """
    silence = isinstance(rule.trigger, p.Absence | p.Inactivity)
    gifts = [gift for each in score.rules if isinstance(each, p.OnRule) and _gives(each) for gift in _first(each)][:8]
    for found in occurring(rule):
        at = at_ease(rule)
        end = at + _length(rule)
        begin = at - max(before for before, _ in found.events)
        tries: list[tuple[int, Occurring] | None] = [None, *((begin - DAY, gift) for gift in gifts)]
        if not silence:
            tries += [(end - MINUTE, gift) for gift in gifts]
        for more in tries:
            witness = _witness(found, at, more, end, context)
            since = end - SECOND if rule.expiry is not None else at
            before, after = context.outcome(witness, score, since), context.outcome(witness, score)
            if before is None or after is None or rule.index not in before.awarded:
                continue
            if before.value < after.value:
                return _Rise(witness, since, before.value, after.value)
    return None


def _first(rule: p.OnRule) -> list[Occurring]:
    return list(islice(occurring(rule), 1))


def _gives(rule: p.OnRule) -> bool:
    return isinstance(rule.effect, p.Points) and not takes(rule)


def _witness(
    found: Occurring, at: int, more: tuple[int, Occurring] | None, end: int, context: Context
) -> Witness:
    events, fields = found.at(at), found.fields
    if more is not None:
        instant, other = more
        events, fields = (*events, *other.at(instant)), {**other.fields, **fields}
    return Witness(tuple(sorted(events, key=lambda event: event[0])), context.profile(fields), end)


def _length(rule: p.OnRule) -> int:
    if rule.expiry is not None:
        return rule.expiry.duration
    assert rule.decay is not None
    return rule.decay.days * DAY


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
    place = context.line(default.span, rule.place.span)
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
