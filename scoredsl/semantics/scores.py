"""Checks scores: their blocks, groups, bounds, tiers and defaults (LANGUAGE sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from operator import attrgetter

from scoredsl.diagnostics import Related
from scoredsl.semantics import program as p
from scoredsl.semantics.literals import micros_of, points_of
from scoredsl.semantics.memory import Remembering
from scoredsl.semantics.resolve import Context, Resolver
from scoredsl.semantics.rules import Defaults, RuleChecker, decay_of
from scoredsl.semantics.values import millionths_text
from scoredsl.syntax import nodes as n
from scoredsl.syntax.keywords import SCORE_BODY, TEST_BODY
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span

IMPLICIT = "score"


@dataclass(slots=True)
class _Block:
    """What is collected of a score or a group."""

    rules: list[tuple[Statement, int | None]] = field(default_factory=list)
    """The statements of its rules, each with the number of the group that it stands in."""
    bounds: list[p.Bound] = field(default_factory=list)
    expire: tuple[n.Expire | n.Never, Span] | None = None
    decay: tuple[n.Decay | n.Never, Span] | None = None

    @property
    def defaults(self) -> Defaults:
        return Defaults(self.expire[0] if self.expire else None, self.decay[0] if self.decay else None)


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked score without its rules, and its rules without their places, each with its group and its statement."""

    score: p.Score
    rules: tuple[tuple[p.Rule, int | None, Statement], ...]
    place: PlaceMaker

    def finished(self) -> p.Score:
        placed = [
            placed_rule(rule, index, group, self.place(statement.span))
            for index, (rule, group, statement) in enumerate(self.rules)
        ]
        return replace(self.score, rules=tuple(placed))


_RULES = (n.OnRule, n.WhenRule)


class ScoreChecker:
    """Checks the scores of one file; `place` gives a statement's place for people.

    `remembering` has what was found of rules before; None: all are checked.
    """

    def __init__(self, resolver: Resolver, place: PlaceMaker, remembering: Remembering | None = None) -> None:
        self.resolver = resolver
        self.problems = resolver.problems
        self.place = place
        self.remembering = remembering

    def score(self, header: Statement | None, name: str, children: Sequence[Statement], at: Span) -> Draft:
        """The score of a block. `header` is None for a file without a score header."""
        node = header.node if header is not None else None
        formula = node.formula if isinstance(node, n.Score) else None
        title = node.title if isinstance(node, n.Score) else None
        block = _Block()
        groups: list[p.Group] = []
        group_blocks: list[_Block] = []
        group_names: dict[str, Span] = {}
        tiers: list[p.Tier] = []
        tier_places: dict[str, Span] = {}
        start: tuple[int, Span] | None = None
        rules = block.rules
        for child in children:
            if isinstance(child.raw, _RULES):
                if formula is not None:
                    self.not_in_formula(child, name, "a rule")
                else:
                    rules.append((child, None))
                continue
            inner = child.node
            if child.keyword == "group":
                if formula is not None:
                    self.not_in_formula(child, name, "a group")
                    continue
                inner_block = _Block()
                group_blocks.append(inner_block)
                groups.append(self.group(child, inner_block, len(groups), group_names))
                rules.extend(inner_block.rules)
                continue
            match inner:
                case n.Default() | n.StartAt() if formula is not None:
                    self.not_in_formula(child, name, _WORDS[type(inner)])
                case n.Default():
                    self.default(inner, block)
                case n.Bound():
                    block.bounds.append(self.bound(inner, child))
                case n.Tier():
                    tier = self.tier(inner, child, tier_places, tiers)
                    if tier is not None:
                        tiers.append(tier)
                case n.StartAt(number):
                    points = points_of(number, self.problems, "The number a score starts at")
                    if start is not None:
                        self.twice("start at", inner.span, start[1])
                    else:
                        start = (points, inner.span)
                case None:
                    self.hole(child, tiers)
                case _:
                    self.misplaced(child, "score")
        self.bounds_cross(block.bounds)
        lowered = self.lower_rules(block, group_blocks)
        score = p.Score(
            name,
            title,
            self.place(at),
            (),
            tuple(groups),
            tuple(block.bounds),
            tuple(sorted(tiers, key=lambda tier: -tier.number)),
            start[0] if start else None,
            None if formula is None else self.resolver.number(formula, Context("formula")),
        )
        return Draft(score, tuple(lowered), self.place)

    def lower_rules(
        self, block: _Block, group_blocks: list[_Block]
    ) -> Iterator[tuple[p.Rule, int | None, Statement]]:
        """The rules of a score, checked or remembered."""
        resolver, file, remembering = self.resolver, self.resolver.file, self.remembering
        settings: dict[int | None, tuple[int, tuple[Defaults, ...]]] = {}
        for group in (None, *range(len(group_blocks))):
            defaults: tuple[Defaults, ...] = (block.defaults,)
            if group is not None:
                defaults = (group_blocks[group].defaults, *defaults)
            key = (file.key, file.path, group is not None, defaults)
            settings[group] = 0 if remembering is None else remembering.number_of(key), defaults
        for statement, group in block.rules:
            number, defaults = settings[group]
            if remembering is None:
                yield check_rule(resolver, statement, group is not None, defaults), group, statement
                continue
            check = partial(check_rule, statement=statement, in_group=group is not None, defaults=defaults)
            found = remembering.found(statement, file, number, check)
            if found.uses.pending:
                resolver.pending.append(remembering.unplaced(found, file, check))
            yield found.rule, group, statement

    def group(self, header: Statement, block: _Block, index: int, names: dict[str, Span]) -> p.Group:
        node = header.node
        name = node.name.text if isinstance(node, n.Group) else (header.words[1] if len(header.words) > 1 else "")
        title = node.title if isinstance(node, n.Group) else None
        if isinstance(node, n.Group):
            before = names.get(name)
            if before is not None:
                self.problems.error("duplicate-name", f"The group {name} is there already in this score.",
                                    node.name.span, "Give one of the two another name.",
                                    related=(Related(before, "the first one"),), name=name)
            names.setdefault(name, node.name.span)
        for child in header.children:
            if isinstance(child.raw, _RULES):
                block.rules.append((child, index))
                continue
            inner = child.node
            match inner:
                case n.Default():
                    self.default(inner, block)
                case n.Bound():
                    block.bounds.append(self.bound(inner, child))
                case n.Group():
                    self.problems.error("group-in-group", "A group stands in a score, not in another group.",
                                        child.span, "Move it to the indentation of the group above.")
                case None:
                    pass
                case _:
                    self.misplaced(child, "group")
        self.bounds_cross(block.bounds)
        return p.Group(name, title, tuple(block.bounds), self.place(header.span))

    def default(self, node: n.Default, block: _Block) -> None:
        clause = node.clause
        match clause:
            case n.Expire() | n.Never("expire"):
                if block.expire is not None:
                    self.twice("expire", node.span, block.expire[1])
                    return
                block.expire = (clause, node.span)
                if isinstance(clause, n.Expire):
                    micros_of(clause.duration, self.problems)
            case n.Decay() | n.Never():
                if block.decay is not None:
                    self.twice("decay", node.span, block.decay[1])
                    return
                block.decay = (clause, node.span)
                if isinstance(clause, n.Decay):
                    decay_of(clause, self.resolver)

    def twice(self, what: str, span: Span, before: Span) -> None:
        self.problems.error(
            "duplicate-statement",
            f"{what} is set already in this block.",
            span,
            "Delete one of the two.",
            related=(Related(before, "the first one"),),
        )

    def bound(self, node: n.Bound, statement: Statement) -> p.Bound:
        number = points_of(node.number, self.problems, f"A {node.kind}")
        when = None if node.when is None else self.resolver.condition(node.when, Context("when"))
        return p.Bound(node.kind, number, when, self.place(statement.span))

    def bounds_cross(self, bounds: list[p.Bound]) -> None:
        """A minimum above the maximum; conditional ones may cross (the maximum wins)."""
        fixed = [bound for bound in bounds if bound.when is None]
        for i, bound in enumerate(fixed):
            for other in fixed[:i]:
                low, high = (bound, other) if bound.kind == "minimum" else (other, bound)
                if low.kind == "minimum" and high.kind == "maximum" and low.number > high.number:
                    self.problems.error(
                        "bounds-cross",
                        f"The minimum {millionths_text(low.number)} is above the maximum "
                        f"{millionths_text(high.number)}.",
                        bound.place.span,
                        "Change one of the two.",
                        related=(Related(other.place.span, f"the {other.kind}"),),
                    )
                    return

    def tier(
        self, node: n.Tier, statement: Statement, places: dict[str, Span], tiers: list[p.Tier]
    ) -> p.Tier | None:
        seen: dict[str, n.TierClause] = {}
        for clause in node.clauses:
            kind = "from" if clause.kind == "above" else clause.kind
            kind = "until below" if kind == "for good" else kind
            if kind in seen:
                if seen[kind].kind != clause.kind:
                    both = f"{seen[kind].kind} and {clause.kind}"
                    message = f"{both} exclude each other: a {node.keyword} has one of them."
                else:
                    message = f"{'The title' if kind == 'title' else kind} stands twice; a {node.keyword} has it once."
                self.problems.error("duplicate-clause", message, clause.span,
                                    "Delete one of the two.", related=(Related(seen[kind].span, "the first one"),))
            seen.setdefault(kind, clause)
        name = node.name.text if node.name is not None else "qualified"
        name_span = node.name.span if node.name is not None else node.span
        from_clause = seen.get("from")
        if from_clause is None or from_clause.number is None:
            self.problems.error("tier-number", f"The tier {name} has no number: from is missing.", node.span,
                                f"Write tier {name} from 50.")
            places.setdefault(name, name_span)
            return None
        number = points_of(from_clause.number, self.problems, "A tier")
        if name in places:
            help_ = "Give one of the two another name."
            if node.name is None:
                written = f"threshold {millionths_text(number)} as NAME"
                help_ = f"A threshold without a name is called {name}: write {written}."
            self.problems.error("duplicate-name", f"The tier {name} is there already in this score.", name_span,
                                help_, related=(Related(places[name], "the first one"),), name=name)
            return None
        places[name] = name_span
        same = next((tier for tier in tiers if tier.number == number), None)
        if same is not None:
            self.problems.error(
                "tiers-same-number",
                f"The tiers {same.name} and {name} begin at the same number, {millionths_text(number)}.",
                from_clause.number.span,
                "Change one of the two numbers.",
                related=(Related(same.place.span, f"the tier {same.name}"),),
            )
        course = seen.get("until below")
        below: int | None = None
        if course is not None and course.number is not None:
            below = points_of(course.number, self.problems, "A tier")
            if below >= number:
                self.problems.error(
                    "until-below",
                    f"The tier {name} begins at {millionths_text(number)}: until below must be smaller than that, not "
                    f"{millionths_text(below)}.",
                    course.span,
                    f"Write a number below {millionths_text(number)}, or take until below out.",
                )
        title = seen.get("title")
        return p.Tier(
            name,
            number,
            from_clause.kind == "above",
            below,
            course is not None and course.kind == "for good",
            title.text.text if title is not None and title.text is not None else None,
            self.place(statement.span),
        )

    def hole(self, child: Statement, tiers: list[p.Tier]) -> None:
        """A broken tier still has its name, so that a test that expects it is not blamed."""
        if child.keyword == "tier" and len(child.words) > 1:
            name = child.words[1].strip('"')
        elif child.keyword == "threshold":
            after_as = [b for a, b in zip(child.words, child.words[1:], strict=False) if a == "as"]
            name = after_as[0].strip('"') if after_as else "qualified"
        else:
            return
        if all(tier.name != name for tier in tiers):
            tiers.append(p.Tier(name, -(10**18) - len(tiers), False, None, False, None, self.place(child.span)))

    def not_in_formula(self, child: Statement, name: str, what: str) -> None:
        self.problems.error(
            "formula-rules",
            f"{name} is a formula: it takes bounds and tiers, not {what}.",
            child.span,
            "Put it into a score of its own and use that score in the formula.",
        )

    def misplaced(self, child: Statement, block: str) -> None:
        if child.keyword in TEST_BODY:
            message, help_ = f"{child.keyword} stands in a test.", 'Write it under a line test "what is tested".'
        elif child.keyword in ("tier", "threshold", "start") and block == "group":
            word = "start at" if child.keyword == "start" else child.keyword
            message, help_ = f"{word} stands in a score, not in a group.", "Move it out of the group."
        elif child.keyword in SCORE_BODY:
            message, help_ = f"{child.keyword} does not stand in a {block}.", "Move it out of the block."
        else:
            message = f"{child.keyword} stands at the left margin of the file, not in a {block}."
            help_ = "Move it to the left margin."
        self.problems.error("misplaced", message, child.span, help_)


def check_rule(resolver: Resolver, statement: Statement, in_group: bool, defaults: tuple[Defaults, ...]) -> p.Rule:
    """A rule without its place, its number and its group."""
    checker, group = RuleChecker(resolver), 0 if in_group else None
    node = statement.node
    if isinstance(node, n.OnRule):
        return checker.on_rule(node, 0, group, _NO_PLACE, defaults)
    assert isinstance(node, n.WhenRule)
    return checker.when_rule(node, 0, group, _NO_PLACE)


_NO_PLACE = p.Place("", 0, Span(0, 0))
_ON_RULE, _WHEN_RULE = (
    attrgetter(*(each.name for each in fields(kind)[3:])) for kind in (p.OnRule, p.WhenRule)
)
"""What of a rule does not depend on where it stands."""


def placed_rule(rule: p.Rule, index: int, group: int | None, place: p.Place) -> p.Rule:
    """A rule at its place in a score."""
    if isinstance(rule, p.OnRule):
        return p.OnRule(index, group, place, *_ON_RULE(rule))
    return p.WhenRule(index, group, place, *_WHEN_RULE(rule))


_WORDS: dict[type, str] = {
    n.Default: "expire or decay (a default for rules)",
    n.StartAt: "start at",
}


class PlaceMaker:
    """Makes places for people: the file's path relative to the file that is run, and the line."""

    def __init__(self, display: str, line_of: Callable[[int], int]) -> None:
        self.display = display
        self.line_of = line_of

    def __call__(self, span: Span) -> p.Place:
        return p.Place(self.display, self.line_of(span.start), span)

