"""Pairs of rules that can be about one event, so that not each rule is compared with each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoredsl.reasoning.normal import names
from scoredsl.semantics import program as p

MOST_PAIRS = 20_000
"""Of more pairs of rules about one event only so many are compared."""


def by_event(rules: Sequence[p.OnRule]) -> Iterator[tuple[p.OnRule, p.OnRule]]:
    """The pairs of `on EVENTS` rules, each once and the earlier first, that have an event in common by its name."""
    named: dict[str, list[p.OnRule]] = {}
    for_any: list[p.OnRule] = []
    seen: list[p.OnRule] = []
    number = 0
    for rule in rules:
        if not isinstance(rule.trigger, p.Occurs):
            continue
        found = names(rule.trigger.pattern)
        if found is None:
            others = {other.index: other for other in seen}
            for_any.append(rule)
        else:
            others = {other.index: other for name in found for other in named.get(name, ())}
            others.update((other.index, other) for other in for_any)
            for name in found:
                named.setdefault(name, []).append(rule)
        seen.append(rule)
        for _, other in sorted(others.items()):
            number += 1
            if number > MOST_PAIRS:
                return
            yield other, rule
