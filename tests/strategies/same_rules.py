"""Other ways to write a program that give every lead the same: what somebody does who tidies up.

Each takes the statements of a file and gives them changed, or None where it finds nothing to change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from scoredsl.syntax import nodes as n
from tests.strategies.same_conditions import CONDITIONS, WAYS, Way
from tests.strategies.statements import Line, Lines, Path, block, found, parts, put, replaced, walk, with_block

Rewrite = Callable[[Lines, Random], Lines | None]

_RULES = (n.OnRule, n.WhenRule)
_PLAIN = (n.Title, n.Expire, n.Decay, n.Never, n.EndsOn, n.FromDate, n.UntilDate)
"""Clauses that each award has by itself; `unless repeated` is no such."""


def _one(found: Sequence[Any], random: Random) -> Any:
    return random.choice(found) if found else None


def _clauses_apart(rule: n.OnRule) -> bool:
    return all(isinstance(each, _PLAIN) and not (isinstance(each, n.Expire) and each.unless_repeated)
               for each in rule.clauses)  # fmt: skip


def _by_itself(lines: Lines, rule: n.OnRule) -> bool:
    """Whether each event's award is what it is whatever other events the rule takes."""
    return (
        isinstance(rule.trigger, n.Occurs)
        and rule.trigger.step.apart is None
        and isinstance(rule.effect, n.Award)
        and _clauses_apart(rule)
        and not any(default.node.clause.unless_repeated for _, default in found(lines, n.Default)
                    if isinstance(default.node.clause, n.Expire))  # type: ignore[union-attr]
    )  # fmt: skip


def _fades(lines: Lines) -> bool:
    return any(parts(line.node, n.Decay) for _, line in walk(lines))


def _by_themselves(lines: Lines) -> list[tuple[Path, n.OnRule]]:
    return [(path, line.node) for path, line in found(lines, n.OnRule) if _by_itself(lines, line.node)]  # type: ignore[arg-type]


# ---- order and names


def shuffled(lines: Lines, random: Random) -> Lines | None:
    """The rules of a block in another order, where none of them resets."""
    starts = {path[:-1]: path for path, _ in found(lines, *_RULES)}
    path = _one(list(starts.values()), random)
    if path is None:
        return None
    within = block(lines, path)
    at = [i for i, line in enumerate(within) if isinstance(line.node, n.WhenRule)
          or (isinstance(line.node, n.OnRule) and isinstance(line.node.effect, n.Award))]  # fmt: skip
    order = random.sample(at, len(at))
    moved = list(within)
    for to, origin in zip(at, order, strict=True):
        moved[to] = within[origin]
    return with_block(lines, path, moved)


def blocks_moved(lines: Lines, random: Random) -> Lines | None:
    """Scores (which keep their columns), tiers, bounds, defines and ignores in another order."""
    kinds = (n.Tier, n.Bound, n.Define, n.Ignore, n.Exclude, n.Score)
    path = _one([path for path, _ in found(lines, *kinds)], random)
    if path is None:
        return None
    within = block(lines, path)
    kind = type(within[path[-1]].node)
    at = [i for i, line in enumerate(within) if type(line.node) is kind]
    moved = list(within)
    for to, origin in zip(at, random.sample(at, len(at)), strict=True):
        moved[to] = within[origin]
    return with_block(lines, path, moved)


def titled(lines: Lines, random: Random) -> Lines | None:
    place = _one([(path, line.node) for path, line in found(lines, n.OnRule) if not parts(line.node, n.Title)], random)
    if place is None:
        return None
    path, rule = place
    return replaced(lines, path, Line(replace(rule, clauses=(*rule.clauses, n.Title("Another title")))))


def named(lines: Lines, random: Random) -> Lines | None:
    """A condition gets a name."""
    statements = found(lines, *_RULES, n.Bound, n.Label)
    places = [(path, line, at, c) for path, line in statements for at, c in parts(line.node, *CONDITIONS)]
    place = _one(places, random)
    if place is None:
        return None
    path, line, at, condition = place
    using = Line(put(line.node, at, n.IsTrue(n.Ref("a_new_name"))), line.children)
    return (Line(n.Define(n.Name("a_new_name"), condition)), *replaced(lines, path, using))


def events_named(lines: Lines, random: Random) -> Lines | None:
    """The events of a trigger get a name."""
    places = [(path, line, at, step) for path, line in found(lines, n.OnRule)
              for at, step in parts(line.node.trigger, n.Step) if not step.events.any]  # type: ignore[union-attr]  # fmt: skip
    place = _one(places, random)
    if place is None:
        return None
    path, line, at, step = place
    using = replace(step, events=n.Events(False, (n.Name("a_new_set"),)), where=None)
    new = replace(line.node, trigger=put(line.node.trigger, at, using))
    set_ = n.EventsDef(n.Name("a_new_set"), replace(step, apart=None))
    return (Line(set_), *replaced(lines, path, Line(new)))


def renamed(lines: Lines, random: Random) -> Lines | None:
    """A define with another name."""
    place = _one(found(lines, n.Define), random)
    if place is None:
        return None
    old = place[1].node.name.text

    def new(line: Line) -> Line:
        node: Any = line.node
        for at, ref in parts(node, n.Ref):
            if ref.name == old and not ref.lead and not ref.quoted:
                node = put(node, at, n.Ref("another_name"))
        if isinstance(node, n.Define) and node.name.text == old:
            node = replace(node, name=n.Name("another_name"))
        return Line(node, tuple(map(new, line.children)))

    return tuple(map(new, lines))


def grouped(lines: Lines, random: Random) -> Lines | None:
    """Rules in a group without bounds, or out of one."""
    groups = [
        (path, line) for path, line in found(lines, n.Group)
        if all(isinstance(each.node, _RULES) for each in line.children) and len(path) > 1
    ]  # fmt: skip
    if groups and random.random() < 0.5:
        path, line = random.choice(groups)
        return replaced(lines, path, *line.children)
    scores = [(path, line) for path, line in found(lines, n.Score) if line.children]
    place = _one(scores, random)
    if place is None:
        return None
    path, line = place
    rules = [each for each in line.children if isinstance(each.node, n.WhenRule)
             or (isinstance(each.node, n.OnRule) and isinstance(each.node.effect, n.Award))]  # fmt: skip
    inside = random.sample(rules, min(len(rules), 2))
    if not inside:
        return None
    rest = tuple(each for each in line.children if all(each is not other for other in inside))
    group = Line(n.Group(n.Name("a_new_group")), tuple(inside))
    return replaced(lines, path, Line(line.node, (*rest, group)))


# ---- splitting and joining


def split_events(lines: Lines, random: Random) -> Lines | None:
    """`on a or b ...` as two rules, where nothing counts them together."""
    places = [(path, rule) for path, rule in _by_themselves(lines)
              if len(set(rule.trigger.step.events.names)) > 1]  # type: ignore[union-attr]  # fmt: skip
    place = _one(places, random)
    if place is None:
        return None
    path, rule = place
    events = rule.trigger.step.events
    names = list(dict.fromkeys(events.names))
    pieces = [n.Events(False, tuple(each)) for each in (names[:1], names[1:])]
    if events.where is not None or found(lines, n.EventsDef, n.Import):
        return None  # a set may share events with what stands beside it
    return replaced(lines, path, *(Line(put(rule, ("trigger", "step", "events"), each)) for each in pieces))


def split_where(lines: Lines, random: Random) -> Lines | None:
    """A rule as two whose conditions exclude each other: a range as two that adjoin, or with and without something."""
    place = _one(_by_themselves(lines), random)
    if place is None:
        return None
    path, rule = place
    where = rule.trigger.step.where
    cut = _cut(lines, rule, random)
    pieces = [cut, n.Not(cut)] if where is None else [n.And((where, cut)), n.And((where, n.Not(cut)))]
    match where:
        case n.Compare(">" | ">=" | "<" | "<=" as op, value, n.Number(number)) if number >= 5:
            beyond = n.Number(number + 5 if op[0] == ">" else number - 5)
            near = n.Compare("<=" if op[0] == ">" else ">=", value, beyond)
            pieces = [n.And((where, near)), n.Compare(op[0], value, beyond)]  # type: ignore[arg-type]
        case n.InList(value, n.ListOf((first, *rest)), False) if rest and first not in rest:
            pieces = [n.Compare("=", value, first), n.And((n.InList(value, n.ListOf(tuple(rest)), False),
                                                          n.Not(n.Compare("=", value, first))))]  # fmt: skip
        case n.Or((first, second)):
            pieces = [first, n.And((second, n.Not(first)))]
    return replaced(lines, path, *(Line(put(rule, ("trigger", "step", "where"), each)) for each in pieces))


def _cut(lines: Lines, rule: n.OnRule, random: Random) -> n.Condition:
    """A condition about an event, one that the rules use if there is one."""
    asked = [step.where for _, line in found(lines, n.OnRule) for _, step in parts(line.node, n.Step)
             if step.where is not None]  # fmt: skip
    return random.choice(asked) if asked else n.Compare(">", n.Ref("amount"), n.Number(7.0))


def split_points(lines: Lines, random: Random) -> Lines | None:
    """Points in two parts, where nothing limits them and nothing is rounded."""
    if _fades(lines):
        return None
    places = [(path, rule) for path, rule in _by_themselves(lines)
              if isinstance(rule.effect.amount, n.Number) and rule.effect.amount.value >= 2]  # type: ignore[union-attr]  # fmt: skip
    place = _one(places, random)
    if place is None:
        return None
    path, rule = place
    rest = rule.effect.amount.value - 1
    if round(rest, 6) != rest:
        return None
    numbers = (n.Number(1.0), n.Number(rest))
    return replaced(lines, path, *(Line(put(rule, ("effect", "amount"), each)) for each in numbers))


def _plain_branches(lines: Lines) -> list[tuple[Path, n.WhenRule]]:
    return [(path, line.node) for path, line in found(lines, n.WhenRule)
            if not any(isinstance(clause, n.UpTo) for branch in line.node.branches  # type: ignore[union-attr]
                       for clause in branch.clauses)]  # type: ignore[misc]  # fmt: skip


def else_to_rules(lines: Lines, random: Random) -> Lines | None:
    """`when a add 1, else when b add 2` as `when a add 1` and `when not a and b add 2`."""
    place = _one([each for each in _plain_branches(lines) if len(each[1].branches) > 1], random)
    if place is None:
        return None
    path, rule = place
    rules, before = [], []
    for branch in rule.branches:
        asked = [n.Not(each) for each in before]
        if branch.condition is not None:
            asked.append(branch.condition)
            before.append(branch.condition)
        condition = asked[0] if len(asked) == 1 else n.And(tuple(asked))
        rules.append(Line(n.WhenRule((n.Branch(condition, branch.award),))))
    return replaced(lines, path, *random.sample(rules, len(rules)))


def or_to_else(lines: Lines, random: Random) -> Lines | None:
    """`when a or b add 5` as `when a add 5, else when b add 5`; a range as two that adjoin."""
    places = []
    for path, rule in _plain_branches(lines):
        for i, branch in enumerate(rule.branches):
            match branch.condition:
                case n.Or((first, *rest)):
                    other = rest[0] if len(rest) == 1 else n.Or(tuple(rest))
                    places.append((path, rule, i, (first, other)))
                case n.Compare(">=" | ">" as op, value, n.Number(number)) as whole:
                    high = n.Compare(op, value, n.Number(number + 10))  # type: ignore[arg-type]
                    places.append((path, rule, i, (high, whole)))
    place = _one(places, random)
    if place is None:
        return None
    path, rule, i, conditions = place
    two = tuple(n.Branch(each, rule.branches[i].award) for each in conditions)
    return replaced(lines, path, Line(n.WhenRule((*rule.branches[:i], *two, *rule.branches[i + 1 :]))))


def turned(lines: Lines, random: Random) -> Lines | None:
    """`when a add 1` as `when not a add 0, else add 1`; with an `else` its two branches swapped."""
    places = [each for each in _plain_branches(lines) if len(each[1].branches) <= 2]
    place = _one(places, random)
    if place is None:
        return None
    path, rule = place
    first, *rest = rule.branches
    nothing = n.Award(1, n.Number(0.0))
    if rest and rest[0].condition is not None:
        return None
    award = rest[0].award if rest else nothing
    branches = (n.Branch(n.Not(first.condition), award), n.Branch(None, first.award))
    return replaced(lines, path, Line(n.WhenRule(branches)))


# ---- numbers, units, clauses

_UNITS = {"w": ("d", 7), "d": ("h", 24), "h": ("m", 60), "m": ("s", 60)}


def units(lines: Lines, random: Random) -> Lines | None:
    """`1d` as `24h`, `48h` as `2d`."""
    places = []
    for path, line in walk(lines):
        fading = [(*at, "duration") for at, _ in parts(line.node, n.Decay)]
        for at, duration in parts(line.node, n.Duration):
            if duration.unit in _UNITS:
                unit, times = _UNITS[duration.unit]
                if at not in fading or unit == "d":
                    places.append((path, line, at, n.Duration(duration.count * times, unit)))
            for unit, (smaller, times) in _UNITS.items():
                if duration.unit == smaller and duration.count % times == 0:
                    places.append((path, line, at, n.Duration(duration.count // times, unit)))
    place = _one(places, random)
    if place is None:
        return None
    path, line, at, duration = place
    return replaced(lines, path, Line(put(line.node, at, duration), line.children))


def limits(lines: Lines, random: Random) -> Lines | None:
    """`once` as `at most 1 time`; a limit that another makes idle."""
    places = [(path, line.node) for path, line in found(lines, n.OnRule) if parts(line.node, n.Limit)]
    place = _one(places, random)
    if place is None:
        return None
    path, rule = place
    at = _one([i for i, each in enumerate(rule.clauses) if isinstance(each, n.Limit)], random)
    limit = rule.clauses[at]
    many = n.Number(limit.count.value + random.choice((0, 1)))
    wider = replace(limit, once=False, count=many)
    narrower = replace(wider, period=limit.period or "day") if limit.every is None else wider
    more = random.choice((wider, narrower))
    if limit.count.value == 1 and random.random() < 0.5:
        other = replace(limit, once=not limit.once, count=n.Number(1.0))
        return replaced(lines, path, Line(put(rule, ("clauses", at), other)))
    return replaced(lines, path, Line(replace(rule, clauses=(*rule.clauses, more))))


def clauses_moved(lines: Lines, random: Random) -> Lines | None:
    places = [(path, line.node) for path, line in found(lines, n.OnRule) if len(line.node.clauses) > 1]  # type: ignore[union-attr]
    place = _one(places, random)
    if place is None:
        return None
    path, rule = place
    return replaced(lines, path, Line(replace(rule, clauses=tuple(reversed(rule.clauses)))))


def signs(lines: Lines, random: Random) -> Lines | None:
    """`add 5` as `subtract -5`, `add 6 - 1`, `add 10 / 2`."""
    places = [(path, line, at, award) for path, line in found(lines, *_RULES)
              for at, award in parts(line.node, n.Award)
              if isinstance(award.amount, n.Number) and not parts(line.node, n.ButNot)]  # fmt: skip
    place = _one(places, random)
    if place is None:
        return None
    path, line, at, award = place
    number = award.amount.value
    if number != int(number):
        return None
    other = random.choice((
        n.Award(-award.sign, n.Negate(award.amount)),
        n.Award(award.sign, n.Arithmetic("-", n.Number(number + 1), n.Number(1.0))),
        n.Award(award.sign, n.Arithmetic("/", n.Number(2 * number), n.Number(2.0))),
    ))  # fmt: skip
    return replaced(lines, path, Line(put(line.node, at, other)))


def defaults(lines: Lines, random: Random) -> Lines | None:
    """A default lifetime written into the rules that have it."""
    places = [(path, line) for path, line in found(lines, n.Default)
              if isinstance(line.node.clause, n.Expire | n.Decay)]  # type: ignore[union-attr]  # fmt: skip
    place = _one(places, random)
    if place is None:
        return None
    path, default = place
    clause = default.node.clause
    within = block(lines, path)
    if any(isinstance(line.node, n.Group) for line in within) or len(
        [line for line in within if isinstance(line.node, n.Default) and _what(line.node.clause) == _what(clause)]
    ) > 1:
        return None

    def own(line: Line) -> Line:
        rule = line.node
        if not isinstance(rule, n.OnRule) or not isinstance(rule.effect, n.Award):
            return line
        if any(_what(each) == _what(clause) for each in rule.clauses):
            return line
        return Line(replace(rule, clauses=(*rule.clauses, clause)))

    kept = [own(line) for i, line in enumerate(within) if i != path[-1]]
    if any(isinstance(line.node, n.Default) and _what(line.node.clause) == _what(clause) for line in kept):
        return None
    outer = block(lines, path[:-1]) if len(path) > 1 else ()
    if len(path) > 2 and any(isinstance(line.node, n.Default) for line in outer):
        return None
    return with_block(lines, path, kept)


def _what(clause: object) -> str:
    match clause:
        case n.Expire() | n.Never("expire"):
            return "expire"
        case n.Decay() | n.Never("decay"):
            return "decay"
        case _:
            return ""


def bounds(lines: Lines, random: Random) -> Lines | None:
    """A bound that another makes idle; a tier above a number as from the next."""
    tiers = [(path, line.node, at, clause) for path, line in found(lines, n.Tier)
             for at, clause in parts(line.node, n.TierClause) if clause.kind == "above"]  # fmt: skip
    limits_ = [(path, line.node) for path, line in found(lines, n.Bound) if line.node.when is None]  # type: ignore[union-attr]
    if tiers and (not limits_ or random.random() < 0.5):
        path, tier, at, clause = random.choice(tiers)
        other = n.TierClause("from", n.Number(round(clause.number.value + 0.000001, 6)))
        return replaced(lines, path, Line(put(tier, at, other)))
    place = _one(limits_, random)
    if place is None:
        return None
    path, bound = place
    step = 7 if bound.kind == "maximum" else -7
    idle = replace(bound, number=n.Number(bound.number.value + step), when=n.Has(n.FactSource(n.Events(True)), True))
    return replaced(lines, path, Line(bound), Line(idle))


def idle(lines: Lines, random: Random) -> Lines | None:
    """A rule that nobody can meet, of no points, or that comes and goes."""
    place = _one(found(lines, *_RULES), random)
    if place is None:
        return None
    path, line = place
    member = n.IsTrue(n.Ref("member", lead=True))
    ten = n.Award(1, n.Number(10.0))
    visit = n.Step(n.Events(True), n.And((n.Compare(">", n.Ref("amount"), n.Number(5.0)),
                                          n.Compare("<", n.Ref("amount"), n.Number(3.0)))))  # fmt: skip
    more: tuple[n.Node, ...] = random.choice((
        (n.WhenRule((n.Branch(n.And((member, n.Not(member))), ten),)),),
        (n.WhenRule((n.Branch(member, n.Award(1, n.Number(0.0))),)),),
        (n.OnRule(n.Occurs(visit), None, ten),),
        (n.WhenRule((n.Branch(member, ten),)), n.WhenRule((n.Branch(member, n.Award(-1, n.Number(10.0))),))),
    ))  # fmt: skip
    return replaced(lines, path, line, *map(Line, more))


def asked_apart(lines: Lines, random: Random) -> Lines | None:
    """`exclude when a or b` and `ignore a or b` as two."""
    places: list[tuple[Path, list[n.Node]]] = []
    for path, line in found(lines, n.Exclude, n.Ignore):
        match line.node:
            case n.Exclude(n.Or(conditions)):
                places.append((path, [n.Exclude(each) for each in conditions]))
            case n.Exclude(condition):
                places.append((path, [n.Exclude(condition), n.Exclude(n.And((condition, condition)))]))
            case n.Ignore(n.Step(n.Events(False, names, None), where)) if len(names) > 1:
                places.append((path, [n.Ignore(n.Step(n.Events(False, (name,)), where)) for name in names]))
            case n.Ignore(step):
                places.append((path, [n.Ignore(step), n.Ignore(step)]))
    place = _one(places, random)
    return None if place is None else replaced(lines, place[0], *map(Line, place[1]))


def _with_condition(way: Way) -> Rewrite:
    def rewrite(lines: Lines, random: Random) -> Lines | None:
        statements = [(path, line) for path, line in walk(lines) if not isinstance(line.node, n.Test)]
        places = [(path, line, at, c) for path, line in statements for at, c in parts(line.node, *CONDITIONS)]
        random.shuffle(places)
        for path, line, at, condition in places:
            beside = [c for _, c in parts(line.node, *CONDITIONS)]
            others = [*beside, *([n.Known(n.Ref("amount"), True)] if isinstance(line.node, n.OnRule) else [])]
            other = way(condition, others, random)
            if other is not None:
                return replaced(lines, path, Line(put(line.node, at, other), line.children))
        return None

    return rewrite


REWRITES: dict[str, Rewrite] = {
    **{f"condition: {name.replace('_', ' ')}": _with_condition(way) for name, way in WAYS.items()},
    **{
        each.__name__.replace("_", " "): each
        for each in (
            shuffled, blocks_moved, titled, named, events_named, renamed, grouped, split_events, split_where,
            split_points, else_to_rules, or_to_else, turned, units, limits, clauses_moved, signs, defaults, bounds,
            idle, asked_apart,
        )
    },
}  # fmt: skip
