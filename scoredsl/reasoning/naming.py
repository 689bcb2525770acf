"""Short names of rules, for sums such as `fit 40, email_opened 30, webinar_attended 15`."""

from __future__ import annotations

from collections.abc import Iterator

from scoredsl.reasoning.normal import names
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import leaves


def rule_name(rule: p.Rule) -> str:
    """A rule's title, else what it is about: its events, or the fields and events of its conditions."""
    if rule.title is not None:
        return rule.title
    if isinstance(rule, p.WhenRule):
        conditions = [branch.condition for branch in rule.branches if branch.condition is not None]
        asked = list(dict.fromkeys(name for condition in conditions for name in _asked(condition)))
        return _listed(asked) if asked else f"line {rule.place.line}"
    return trigger_name(rule.trigger)


def group_name(group: p.Group) -> str:
    return group.title or group.name


def trigger_name(trigger: p.Trigger) -> str:
    """The events of a trigger, as short as they can be said."""
    match trigger:
        case p.Occurs(pattern):
            return pattern_name(pattern)
        case p.Count(count, pattern, _, _):
            return f"{count} {pattern_name(pattern)}"
        case p.Chain(steps, _, _):
            return " then ".join(pattern_name(step) for step in steps[:3]) + (" ..." if len(steps) > 3 else "")
        case p.Absence(opening, missing, _, _):
            return f"{pattern_name(opening)} without {pattern_name(missing)}"
        case p.Inactivity(None, _, _, _):
            return "inactivity"
        case p.Inactivity(pattern, _, _, _):
            assert pattern is not None
            return f"without {pattern_name(pattern)}"


def pattern_name(pattern: e.Pattern) -> str:
    found = names(pattern)
    return "any" if found is None else _listed(sorted(found))


def _listed(words: list[str]) -> str:
    return " or ".join(words[:2]) + (" ..." if len(words) > 2 else "")


def _asked(condition: e.Condition) -> Iterator[str]:
    """The fields and events that a condition is about."""
    match condition:
        case e.Has(pattern, _, _):
            yield pattern_name(pattern)
            return
        case e.Inactive():
            yield "inactive"
            return
    for leaf in leaves(condition):
        match leaf:
            case e.Field(name) | e.Property(name):
                yield name
            case e.DaysSince(name) | e.DaysUntil(name):
                yield name
            case e.Fact(_, _, pattern, _) | e.Has(pattern, _, _):
                yield pattern_name(pattern)
            case e.Inactive():
                yield "inactive"
            case _:
                pass
