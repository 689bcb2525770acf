"""What has changed between two versions of a rule, tier or bound, in the words of the language: `30d -> 60d`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scoredsl.impact.meaning import form
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points
from scoredsl.semantics.values import instant_text, millionths_text

_UNITS = ((7 * 86_400, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_NOTHING = "none"


def rule_details(old: p.Rule, new: p.Rule, old_group: str | None, new_group: str | None) -> tuple[str, ...]:
    """What differs between two rules; empty where they mean the same in the same place under the same title."""
    found = [_change("group", old_group, new_group)]
    if isinstance(old, p.OnRule) and isinstance(new, p.OnRule):
        found += _on_details(old, new)
    elif isinstance(old, p.WhenRule) and isinstance(new, p.WhenRule):
        found += _when_details(old, new)
    if old.title != new.title:
        found.append(_change("title", old.title, new.title))
    return tuple(each for each in found if each)


def _on_details(old: p.OnRule, new: p.OnRule) -> Iterator[str]:
    if form(old.trigger) != form(new.trigger):
        yield _change("events", _events(old.trigger), _events(new.trigger)) or "what it counts"
    if form(old.state) != form(new.state):
        yield _presence("if", old.state, new.state)
    if form(old.effect) != form(new.effect):
        yield _change("points", _effect(old.effect), _effect(new.effect)) or "how its points are computed"
    yield _change("but not", _but_not(old.but_not), _but_not(new.but_not))
    if form(tuple(old.limits)) != form(tuple(new.limits)):
        yield _change("limit", _limits(old.limits), _limits(new.limits))
    yield _change("cap", _up_to(old.up_to), _up_to(new.up_to))
    yield _change("expiry", _expiry(old.expiry), _expiry(new.expiry))
    yield _change("decay", _decay(old.decay), _decay(new.decay))
    if form(old.ends_on) != form(new.ends_on):
        yield _presence("ends on", old.ends_on, new.ends_on)
    yield _change("from", _date(old.start), _date(new.start))
    yield _change("until", _date(old.stop), _date(new.stop))


def _when_details(old: p.WhenRule, new: p.WhenRule) -> Iterator[str]:
    olds, news = ([form(branch.condition) for branch in rule.branches] for rule in (old, new))
    if olds != news:
        yield "its condition" if len(olds) == len(news) == 1 else "its conditions"
    before, after = ([_effect(branch.points) for branch in rule.branches] for rule in (old, new))
    if [form(branch.points) for branch in old.branches] != [form(branch.points) for branch in new.branches]:
        yield _change("points", _listed(before), _listed(after)) or "how its points are computed"
    yield _change("cap", _points(old.up_to), _points(new.up_to))


def tier_details(old: p.Tier, new: p.Tier) -> tuple[str, ...]:
    """What differs between two tiers."""
    found = [
        _change("name", old.name, new.name),
        _change("from", _threshold(old), _threshold(new)),
        _change("until below", _points(old.until_below), _points(new.until_below)),
        _presence("for good", old.for_good or None, new.for_good or None) if old.for_good != new.for_good else "",
    ]
    return tuple(each for each in found if each)


def bounds_text(bounds: Iterable[p.Bound]) -> str | None:
    """`minimum 0, maximum 100`; None where there is none."""
    found = [f"{bound.kind} {millionths_text(bound.number)}{' when ...' if bound.when is not None else ''}"
             for bound in bounds]  # fmt: skip
    return ", ".join(found) or None


def change_text(what: str, old: str | None, new: str | None) -> str:
    """`expiry 90d -> 60d`; empty where nothing changed."""
    return _change(what, old, new)


def duration_text(micros: int) -> str:
    """A duration in the largest unit in which it is whole, weeks as days: `90d`, `36h`."""
    seconds = micros // 1_000_000
    size, unit = next((size, unit) for size, unit in _UNITS[1:] if seconds % size == 0)
    return f"{seconds // size}{unit}"


def _change(what: str, old: str | None, new: str | None) -> str:
    return "" if old == new else f"{what} {old or _NOTHING} → {new or _NOTHING}"


def _presence(what: str, old: object, new: object) -> str:
    if old is None:
        return f"{what} added"
    return f"{what} removed" if new is None else f"{what} changed"


def _events(trigger: p.Trigger) -> str | None:
    """The names of the events of a trigger."""

    def names(found: Any) -> Iterator[str]:
        match found:
            case ("Alternative", each, _):
                yield from ("any",) if each is None else each
            case tuple():
                for part in found:
                    yield from names(part)
            case _:
                pass

    return ", ".join(dict.fromkeys(names(form(trigger)))) or None


def _effect(effect: p.Points | p.Reset) -> str | None:
    if isinstance(effect, p.Reset):
        return "reset" if effect.points is None else f"set to {millionths_text(effect.points)}"
    return _points(constant_points(effect)) or "computed"


def _listed(texts: Iterable[str | None]) -> str:
    return ", ".join(text or _NOTHING for text in texts)


def _points(points: int | None) -> str | None:
    return None if points is None else millionths_text(points)


def _threshold(tier: p.Tier) -> str:
    return f"{'above ' if tier.above else ''}{millionths_text(tier.number)}"


def _but_not(found: p.ButNot | None) -> str | None:
    return None if found is None else f"{found.direction} {millionths_text(found.number)}"


def _limits(limits: Iterable[p.Limit]) -> str | None:
    return ", ".join(map(_limit, limits)) or None


def _limit(limit: p.Limit) -> str:
    words = ["once" if limit.count == 1 else f"at most {limit.count} times"]
    if limit.per is not None:
        words.append(f"per {limit.per}")
    if limit.period is not None:
        words.append(f"per {limit.period}")
    if limit.every is not None:
        words.append(f"every {duration_text(limit.every)}")
    return " ".join(words)


def _up_to(cap: p.UpTo | None) -> str | None:
    if cap is None:
        return None
    per = cap.per or cap.period
    return f"up to {millionths_text(cap.number)}{f' per {per}' if per else ''}"


def _expiry(expiry: p.Expiry | None) -> str | None:
    if expiry is None:
        return "never"
    return duration_text(expiry.duration) + (" unless repeated" if expiry.unless_repeated else "")


def _decay(decay: p.Decay | None) -> str | None:
    match decay:
        case None:
            return None
        case p.Decay("zero", days):
            return f"to zero over {days}d"
        case p.Decay("half", days):
            return f"by half every {days}d"
        case p.Decay(_, days, percent):
            return f"{percent:g}% every {days}d"


def _date(instant: int | None) -> str | None:
    return None if instant is None else instant_text(instant)
