"""The order of resets, as far as it matters (LANGUAGE section 5.1, `reset`).

At one instant resets by events come first, each at the place of its event; of several by one event, and of those that
are no events' (absence, inactivity), the place in the file decides. So two change places freely where they can never
meet so, or do the same. Rules whose order matters keep it; all others are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scoredsl.impact.meaning import form
from scoredsl.reasoning.conditions import covers, disjoint
from scoredsl.reasoning.keys import occurring
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p


def in_normal_order(rules: Sequence[p.OnRule]) -> list[p.OnRule]:
    """The resets of a score in the first of all orders that mean the same."""
    rest = list(rules)
    found: list[p.OnRule] = []
    while rest:
        free = [rule for i, rule in enumerate(rest) if all(_commute(rule, before) for before in rest[:i])]
        chosen = min(free, key=lambda rule: repr(form(rule)))
        rest.remove(chosen)
        if not _repeats(chosen, found):
            found.append(chosen)
    return found


def _repeats(rule: p.OnRule, before: Sequence[p.OnRule]) -> bool:
    """Whether a rule stands there already, and nothing since then could tell it from itself."""
    for other in reversed(before):
        if form(other) == form(rule):
            return True
        if not _commute(rule, other):
            return False
    return False


def _commute(one: p.OnRule, other: p.OnRule) -> bool:
    """Whether it is certain that two resets mean the same in either order."""
    if one.effect == other.effect:
        return True
    first, second = _by_event(one), _by_event(other)
    if first != second:
        return True
    taken, among = occurring(one.trigger), occurring(other.trigger)
    return first and taken is not None and among is not None and disjoint(taken, among)


def _by_event(rule: p.OnRule) -> bool:
    """Whether the event that makes a reset occur is the occurrence itself."""
    return isinstance(rule.trigger, p.Occurs | p.Count | p.Chain)


def after_resets(score: p.Score) -> p.Score:
    """The score without what its resets always forget.

    An event that resets in any case leaves no earlier one: no chain goes on at it, no count goes on to it, and an event
    that waits for its absence is forgotten.
    """
    wide = [
        rule.trigger.pattern
        for rule in score.rules
        if isinstance(rule, p.OnRule)
        and isinstance(rule.effect, p.Reset)
        and isinstance(rule.trigger, p.Occurs)
        and rule.trigger.pattern.apart is None
        and (rule.state, rule.start, rule.stop) == (None, None, None)
    ]
    if not wide:
        return score

    def resets(pattern: e.Pattern) -> bool:
        return any(covers(each, pattern) for each in wide)

    rules: list[p.Rule] = []
    for rule in score.rules:
        match rule:
            case p.OnRule(trigger=p.Count(count, pattern, _, _)) if count > 1 and resets(pattern):
                continue
            case p.OnRule(trigger=p.Chain(steps, _, _)) if any(map(resets, steps[1:])):
                continue
            case p.OnRule(trigger=p.Absence(_, missing, _, _) as absence) if resets(missing):
                rules.append(replace(rule, trigger=replace(absence, missing=NOTHING)))
            case _:
                rules.append(rule)
    return replace(score, rules=tuple(rules))


NOTHING = e.Pattern(e.Matcher(()))
"""The pattern that takes no event."""
