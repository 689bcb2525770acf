"""What differs between two programs, change by change, as it is read in a review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from scoredsl.impact import blend
from scoredsl.impact.blend import Key
from scoredsl.impact.meaning import form, score_form
from scoredsl.impact.pairing import Pair, Pairing, ScorePair
from scoredsl.impact.wording import bounds_text, change_text, rule_details, tier_details
from scoredsl.semantics import program as p
from scoredsl.syntax.parse import parse_file

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Side:
    """How one program has it: the place for people, and its text (None: the source is not at hand)."""

    place: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `keys` are the pieces in which it lies; none where it changes no score (a new name or title)."""

    number: int
    """From 1 on, in the order of the list."""
    kind: Kind
    what: str
    """rule, rules, tier, group, start at, bounds, formula, order, score,
    timezone, ignore, exclude, lists, grid, label."""
    score: str | None
    """The score that it stands in, by its new name; None for what concerns the whole program."""
    name: str
    """What it is about, in words for people."""
    details: tuple[str, ...]
    old: Side | None
    new: Side | None
    keys: frozenset[Key]


def changes(pairing: Pairing, old: p.Program, new: p.Program) -> tuple[Change, ...]:
    """All changes from one program to the other, the program's own first, then score by score."""
    reader = _Reader(pairing, _Texts(old), _Texts(new))
    found = [*reader.of_the_program(), *(each for pair in pairing.scores for each in reader.of_score(pair))]
    return tuple(replace(each, number=i) for i, each in enumerate(_by_default(found), 1))


class _Texts:
    """The text of a program's statements, on one line each."""

    def __init__(self, program: p.Program) -> None:
        self.program = program

    def side(self, place: p.Place) -> Side:
        source = self.program.sources.get(place.span.file)
        return Side(str(place), None if source is None else one_line(source.slice(place.span)))

    def statements(self, keyword: str) -> list[Side]:
        """All statements of a keyword."""
        return [
            Side(path, one_line(source.slice(statement.span)))
            for path, source in self.program.sources.items()
            for statement in parse_file(source).statements
            if statement.keyword == keyword
        ]


def one_line(text: str) -> str:
    """The text of a statement that may run over several lines."""
    return " ".join(line.strip() for line in text.splitlines())


class _Reader:
    def __init__(self, pairing: Pairing, old: _Texts, new: _Texts) -> None:
        self.pairing = pairing
        self.old = old
        self.new = new

    # ---- the program

    def of_the_program(self) -> Iterator[Change]:
        old, new = self.pairing.old, self.pairing.new
        if old.timezone != new.timezone:
            details = (change_text("timezone", old.timezone, new.timezone),)
            yield self._own(blend.TIMEZONE, "timezone", "changed", "timezone", details)
        yield from self._statements(blend.IGNORES, "ignore", old.ignores, new.ignores)
        yield from self._statements(blend.EXCLUDES, "exclude", old.excludes, new.excludes)
        if old.list_columns != new.list_columns:
            details = (change_text("lists", ", ".join(old.list_columns), ", ".join(new.list_columns)),)
            yield self._own(blend.LISTS, "lists", "changed", "declared lists", details)
        yield from self._outputs("grid", old.grids, new.grids)
        yield from self._outputs("label", old.labels, new.labels)

    def _own(
        self, key: str, what: str, kind: Kind, name: str, details: tuple[str, ...] = (), old: Side | None = None,
        new: Side | None = None,
    ) -> Change:  # fmt: skip
        keys = frozenset({(key, "", 0)}) if key else frozenset[Key]()
        return Change(0, kind, what, None, name, details, old, new, keys)

    def _statements(self, key: str, word: str, olds: tuple[object, ...], news: tuple[object, ...]) -> Iterator[Change]:
        """`ignore` and `exclude`: all of a kind are one change, shown by the lines that are not in both."""
        if sorted(map(repr, map(form, olds))) == sorted(map(repr, map(form, news))):
            return
        before, after = self.old.statements(word), self.new.statements(word)
        gone = [side for side in before if side.text not in {each.text for each in after}]
        come = [side for side in after if side.text not in {each.text for each in before}]
        kind: Kind = "added" if not olds else "removed" if not news else "changed"
        name = next((side.text for side in (*come, *gone) if side.text), word)
        yield self._own(key, word, kind, name, (), _joined(gone), _joined(come))

    def _outputs(
        self, what: str, olds: tuple[p.Grid, ...] | tuple[p.Label, ...], news: tuple[p.Grid, ...] | tuple[p.Label, ...]
    ) -> Iterator[Change]:
        """Grids and labels: they show scores and change none."""
        by_old, by_new = {each.name: each for each in olds}, {each.name: each for each in news}
        for name in dict.fromkeys([*by_old, *by_new]):
            old, new = by_old.get(name), by_new.get(name)
            if old is not None and new is not None and form(old) == form(new):
                continue
            yield self._own(
                "", what, _kind(old, new), f"{what} {name}", (),
                None if old is None else self.old.side(old.place), None if new is None else self.new.side(new.place),
            )  # fmt: skip

    # ---- a score

    def of_score(self, pair: ScorePair) -> Iterator[Change]:
        old, new, name = pair.old, pair.new, pair.name
        if old is None or new is None:
            side = self._sides(Pair(old, new))
            yield Change(0, _kind(old, new), "score", name, f"score {name}", (), *side, _key(blend.SCORE, name))
            return
        sides = self._sides(Pair(old, new))
        if pair.old_name != name:
            details = (change_text("name", pair.old_name, name),)
            yield Change(0, "changed", "score", name, f"score {name}", details, *sides, frozenset())
        if score_form(old) == score_form(new):
            yield from (change for change in self._pieces(pair, old, new) if not change.keys)
        else:
            yield from self._pieces(pair, old, new)

    def _pieces(self, pair: ScorePair, old: p.Score, new: p.Score) -> Iterator[Change]:
        name = pair.name
        sides = self._sides(Pair(old, new))
        if (old.formula is None) != (new.formula is None):
            details = ("a formula now" if new.formula is not None else "made of rules now",)
            yield Change(0, "changed", "formula", name, f"score {name}", details, *sides, _key(blend.BODY, name))
        elif old.formula is not None and form(old.formula) != form(new.formula):
            details = ("the formula",)
            yield Change(0, "changed", "formula", name, f"score {name}", details, *sides, _key(blend.FORMULA, name))
        elif (old.start or 0) != (new.start or 0):
            texts = (None if number is None else _points(number) for number in (old.start, new.start))
            details = (change_text("start at", *texts),)
            yield Change(0, _kind(old.start, new.start), "start at", name, "start at", details, None, None,
                         _key(blend.START, name))
        if _bounds_form(old.bounds) != _bounds_form(new.bounds):
            yield self._bounds(f"score {name}", name, old.bounds, new.bounds, _key(blend.BOUNDS, name))
        yield from self._tiers(pair)
        if old.formula is not None or new.formula is not None:
            return
        for i, groups in enumerate(pair.groups):
            yield from self._group(pair, i, groups, old, new)
        for i, rules in enumerate(pair.rules):
            yield from self._rule(pair, i, rules, old, new)
        both = [each.new for each in blend.resets(pair)[0] if each.old is not None and each.new is not None]
        if both != sorted(both, key=lambda rule: rule.index):
            yield Change(0, "changed", "order", name, "order of the resets", (), None, None, _key(blend.ORDER, name))

    def _sides(self, pair: Pair[p.Score]) -> tuple[Side | None, Side | None]:
        return (
            None if pair.old is None else self.old.side(pair.old.place),
            None if pair.new is None else self.new.side(pair.new.place),
        )

    def _bounds(
        self, of: str, score: str, olds: tuple[p.Bound, ...], news: tuple[p.Bound, ...], keys: frozenset[Key]
    ) -> Change:
        before, after = bounds_text(olds), bounds_text(news)
        details = (change_text("bounds", before, after) or "a condition of its bounds",)
        gone = [self.old.side(bound.place) for bound in olds]
        come = [self.new.side(bound.place) for bound in news]
        return Change(0, _kind(before, after), "bounds", score, f"bounds of {of}", details, _joined(gone),
                      _joined(come), keys)

    def _tiers(self, pair: ScorePair) -> Iterator[Change]:
        for i, tiers in enumerate(pair.tiers):
            old, new = tiers.old, tiers.new
            details = tier_details(old, new) if old is not None and new is not None else ()
            if old is not None and new is not None and not details:
                continue
            moved = old is None or new is None or (old.number, old.above, old.until_below, old.for_good) != (
                new.number, new.above, new.until_below, new.for_good
            )  # fmt: skip
            named = new or old
            assert named is not None
            yield Change(
                0, _kind(old, new), "tier", pair.name, f"tier {named.name}", details,
                None if old is None else self.old.side(old.place), None if new is None else self.new.side(new.place),
                _key(blend.TIER, pair.name, i) if moved else frozenset(),
            )  # fmt: skip

    def _group(
        self, pair: ScorePair, number: int, groups: Pair[int], old: p.Score, new: p.Score
    ) -> Iterator[Change]:
        """The bounds of a group; one that has no rules and is in one program alone matters by its bounds as well."""
        before = None if groups.old is None else old.groups[groups.old]
        after = None if groups.new is None else new.groups[groups.new]
        keys = _key(blend.GROUP, pair.name, number)
        if before is not None and after is not None:
            if _bounds_form(before.bounds) != _bounds_form(after.bounds):
                yield self._bounds(f"group {after.name}", pair.name, before.bounds, after.bounds, keys)
            elif before.name != after.name:
                yield Change(0, "changed", "group", pair.name, f"group {after.name}",
                             (change_text("name", before.name, after.name),), self.old.side(before.place),
                             self.new.side(after.place), frozenset())
            return
        for score, index, group in ((old, groups.old, before), (new, groups.new, after)):
            empty = group is not None and not any(rule.group == index for rule in score.rules)
            if group is not None and empty and group.bounds:
                sides = (None if before is None else self.old.side(before.place),
                         None if after is None else self.new.side(after.place))  # fmt: skip
                yield Change(0, _kind(before, after), "group", pair.name, f"group {group.name}", (), *sides, keys)

    def _rule(
        self, pair: ScorePair, number: int, rules: Pair[p.Rule], old: p.Score, new: p.Score
    ) -> Iterator[Change]:
        before, after = rules.old, rules.new
        sides = (None if before is None else self.old.side(before.place),
                 None if after is None else self.new.side(after.place))  # fmt: skip
        details: tuple[str, ...] = ()
        keys = _key(blend.RULE, pair.name, number)
        if before is not None and after is not None:
            held = {each.old: each.new for each in pair.groups if each.both}
            moved = (None if before.group is None else held.get(before.group, -1)) != after.group
            same = form(before) == form(after) and not moved
            if same and before.title == after.title:
                return
            group = _group_name(old, before) if moved else None, _group_name(new, after) if moved else None
            details = rule_details(before, after, *group)
            keys = frozenset() if same else keys
        shown = sides[1] or sides[0]
        named = after or before
        assert shown is not None and named is not None
        name = named.title or shown.text or named.name
        yield Change(0, _kind(before, after), "rule", pair.name, name, details, *sides, keys)


def _by_default(found: list[Change]) -> list[Change]:
    """Rules whose own text has not changed and that changed in the same way changed together, by a default or a name.

    They are one change, at the place of the first of them.
    """
    together: dict[tuple[str | None, tuple[str, ...]], list[Change]] = {}
    for each in found:
        if _unwritten(each):
            together.setdefault((each.score, each.details), []).append(each)
    result: list[Change] = []
    for each in found:
        group = together.get((each.score, each.details), []) if _unwritten(each) else [each]
        if len(group) < 2:
            result.append(each)
        elif group[0] is each:
            keys = frozenset(key for one in group for key in one.keys)
            olds = _joined([one.old for one in group if one.old is not None])
            news = _joined([one.new for one in group if one.new is not None])
            name = f"{len(group)} rules, by a default or a name that they use"
            result.append(replace(each, what="rules", name=name, old=olds, new=news, keys=keys))
    return result


def _unwritten(change: Change) -> bool:
    """Whether a rule has changed though its text has not."""
    old, new = change.old, change.new
    return bool(
        change.what == "rule" and change.keys and old is not None and new is not None and old.text == new.text
        and old.text is not None
    )  # fmt: skip


def _joined(sides: list[Side]) -> Side | None:
    if not sides:
        return None
    texts = [side.text for side in sides if side.text is not None]
    return Side(", ".join(side.place for side in sides), "\n".join(texts) if texts else None)


def _kind(old: object, new: object) -> Kind:
    return "added" if old is None else "removed" if new is None else "changed"


def _key(kind: str, score: str, number: int = 0) -> frozenset[Key]:
    return frozenset({(kind, score, number)})


def _bounds_form(bounds: tuple[p.Bound, ...]) -> tuple[str, ...]:
    return tuple(sorted({repr(form(bound)) for bound in bounds}))


def _group_name(score: p.Score, rule: p.Rule) -> str | None:
    return None if rule.group is None else score.groups[rule.group].name


def _points(number: int) -> str:
    from scoredsl.semantics.values import millionths_text

    return millionths_text(number)
