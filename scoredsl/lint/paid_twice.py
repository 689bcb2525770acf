'''# paid-twice: two rules that pay for the same

Two rules give points for one event, or for one fact about a lead, though they look like alternatives: the same event
stands in both; one is for all events of a kind and the other pays more for some of them; or their ranges of numbers
overlap where they should only touch. Rules that stack on purpose, one condition inside the other, are not meant.

## Wrong

```score
when company_size between 50 and 500 add 10
when company_size >= 500 add 20
```

## Right

```score
when company_size between 50 and 499 add 10
when company_size >= 500 add 20
```
'''

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.bands import Band, bands, partly_overlap
from scoredsl.lint.buckets import by_event
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.examples import Paid, paid_by_both
from scoredsl.lint.keys import admission_key, condition_key, lifetime_key, limits_key
from scoredsl.lint.words import listed, points
from scoredsl.reasoning.conditions import disjoint
from scoredsl.reasoning.normal import names
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points

CODE = "paid-twice"


def check(context: Context) -> Found:
    for score in context.program.scores:
        rules = [rule for rule in score.rules if rule.place.span not in context.blamed]
        yield from _same_event(score, rules, context)
        yield from _bands(score, rules, context)


# ---- one event in two rules


def _same_event(score: p.Score, rules: Sequence[p.Rule], context: Context) -> Iterator[Diagnostic]:
    said: set[int] = set()
    """The rules that something was said about."""
    specials: dict[int, list[p.OnRule]] = {}
    by_index = {rule.index: rule for rule in rules}
    for one, other in by_event([rule for rule in rules if isinstance(rule, p.OnRule)]):
        if not _comparable(one, other):
            continue
        if _same_where(one, other):
            if lifetime_key(one) == lifetime_key(other) and said.isdisjoint((one.index, other.index)):
                found = _twice(score, one, other, context)
                if found is not None:
                    said |= {one.index, other.index}
                    yield found
            continue
        for wide, narrow in ((one, other), (other, one)):
            if _is_special(narrow, wide):
                specials.setdefault(wide.index, []).append(narrow)
    for index, found_ in specials.items():
        general = by_index[index]
        assert isinstance(general, p.OnRule)
        special = _special(score, general, found_, context) if index not in said and _are_alternatives(found_) else None
        if special is not None:
            yield special


def _comparable(one: p.OnRule, other: p.OnRule) -> bool:
    """Rules by named events that give points of one sign, as often as each other.

    Of points that are computed, from properties of the event, it is not told whether they are two parts of its worth.
    """
    if not isinstance(one.effect, p.Points) or not isinstance(other.effect, p.Points):
        return False
    if names(_pattern(one)) is None or names(_pattern(other)) is None or one.effect.sign != other.effect.sign:
        return False
    if constant_points(one.effect) is None or constant_points(other.effect) is None:
        return False
    return limits_key(one) == limits_key(other) and admission_key(one) == admission_key(other)


def _pattern(rule: p.OnRule) -> e.Pattern:
    """The events of an `on EVENTS` rule."""
    assert isinstance(rule.trigger, p.Occurs)
    return rule.trigger.pattern


def _where(rule: p.OnRule) -> object:
    """The condition on all events of a rule; something of its own where the events have several."""
    pattern = _pattern(rule)
    if any(each.where for each in pattern.matcher.alternatives):
        return rule.place
    return condition_key(pattern.where), pattern.apart


def _same_where(one: p.OnRule, other: p.OnRule) -> bool:
    return _where(one) == _where(other)


def _is_special(narrow: p.OnRule, wide: p.OnRule) -> bool:
    """Whether one rule is for all events of a kind, and the other pays more for some of them."""
    few, many = names(_pattern(narrow)), names(_pattern(wide))
    if _where(wide) != (None, None) or few is None or many is None or not few <= many:
        return False
    assert isinstance(narrow.effect, p.Points) and isinstance(wide.effect, p.Points)
    return abs(constant_points(narrow.effect) or 0) > abs(constant_points(wide.effect) or 0)


def _are_alternatives(specials: Sequence[p.OnRule]) -> bool:
    """Whether there are several, and each excludes each other: then the general one looks like that for all the rest.

    One alone may as well be a bonus.
    """
    patterns = [_pattern(rule) for rule in specials]
    return 1 < len(patterns) <= 30 and all(
        disjoint(one, other) for i, one in enumerate(patterns) for other in patterns[i + 1 :]
    )


def _twice(score: p.Score, one: p.OnRule, other: p.OnRule, context: Context) -> Diagnostic | None:
    example = paid_by_both(context, score, one, other)
    if example is None:
        return None
    event = example.witness.events[0][1]
    return warning(
        CODE,
        f"{event} is paid by {context.line(one.place.span, other.place.span)} too: together the two give "
        f"{_total(example)} for one event.",
        other.place.span,
        "Make one rule of the two, or take the event out of one of them.",
        related=(Related(one.place.span, "pays for it as well"),),
        detail=example.text,
        args=example.args,
    )


def _special(score: p.Score, general: p.OnRule, specials: list[p.OnRule], context: Context) -> Diagnostic | None:
    example = paid_by_both(context, score, general, specials[0])
    if example is None:
        return None
    lines = [context.line(rule.place.span, general.place.span) for rule in specials]
    return warning(
        CODE,
        f"This rule also pays for the events of {listed(lines)}, which have more points of their own: "
        f"{_total(example)} in all for those of {lines[0]}.",
        general.place.span,
        "Leave these events out of the general rule with where not ..., or write the sum there, such as "
        f"add {_sum(example)}, to say that both are meant.",
        related=tuple(Related(rule.place.span, "pays for some of them") for rule in specials),
        detail=example.text,
        args=example.args,
    )


def _sum(example: Paid) -> str:
    return f"{_number(example.first)} + {_number(example.second)}"


def _number(number: int) -> str:
    return points(abs(number)).partition(" ")[0]


def _total(example: Paid) -> str:
    return points(example.first + example.second)


# ---- ranges that overlap


def _bands(score: p.Score, rules: Sequence[p.Rule], context: Context) -> Iterator[Diagnostic]:
    """Of each rule at most one before it that it overlaps with."""
    for family in bands(rules):
        later: set[int] = set()
        for one, other in partly_overlap(family):
            if other.rule.index in later:
                continue
            found = _overlap(score, one, other, context)
            if found is not None:
                later.add(other.rule.index)
                yield found


def _overlap(score: p.Score, one: Band, other: Band, context: Context) -> Diagnostic | None:
    example = paid_by_both(context, score, one.rule, other.rule)
    if example is None:
        return None
    events = example.witness.events
    cells = events[0][2] if events else example.witness.fields or {}
    line = context.line(one.rule.place.span, other.rule.place.span)
    return warning(
        CODE,
        f"{one.name} {cells[one.name]} is paid here and by {line}: the two overlap, and together "
        f"give {_total(example)}.",
        other.rule.place.span,
        "Let one end where the other begins, or join them with else when.",
        related=(Related(one.rule.place.span, "overlaps with it"),),
        detail=example.text,
        args=example.args,
    )
