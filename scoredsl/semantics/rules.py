"""Checks rules and lowers them: triggers, clauses, limits, lifetimes (LANGUAGE section 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoredsl.diagnostics import Fix, Related
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.literals import day_after, days_of, instant_of, micros_of, points_of, whole_number
from scoredsl.semantics.report import Problems, replace
from scoredsl.semantics.resolve import EVENT_COLUMNS, Context, Resolver
from scoredsl.syntax import nodes as n
from scoredsl.text import Span


@dataclass(frozen=True, slots=True)
class Defaults:
    """What `expire` and `decay` statements of a score or a group set: a clause, `never`, or nothing."""

    expire: n.Expire | n.Never | None = None
    decay: n.Decay | n.Never | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What the occurrences of a trigger are: the events whose properties they have, or none (inactivity)."""

    events: frozenset[str] | None
    has_properties: bool


class RuleChecker:
    """Checks the rules of one file."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.problems: Problems = resolver.problems
        self.scope = resolver.scope

    # ---- on

    def on_rule(
        self, node: n.OnRule, index: int, group: int | None, place: p.Place, defaults: tuple[Defaults, ...]
    ) -> p.OnRule:
        """`defaults` are those of the group (where there is one), then those of the score."""
        trigger, occurrence = self.trigger(node.trigger)
        state = None if node.state is None else self.resolver.condition(node.state, Context("if"))
        clauses = self.once_each(node)
        effect: p.Points | p.Reset
        match node.effect:
            case n.Award(sign, amount):
                context = Context("points of on", occurrence.events, occurrence.has_properties)
                value = self.resolver.number(amount, context, points=True)
                effect = p.Points(sign, value if value is not None else e.Constant(0.0))
                self.but_not_fits(clauses.get("but not"), node.effect)
            case n.SetTo(number):
                effect = p.Reset(points_of(number, self.problems, "What a score is set to"))
                self.no_clauses(node, "set to")
            case n.Reset():
                effect = p.Reset(None)
                self.no_clauses(node, "reset")
        if group is not None and isinstance(effect, p.Reset):
            word = "set to" if isinstance(node.effect, n.SetTo) else "reset"
            self.problems.error("reset-in-group", f"{word} stands in a score, not in a group.", node.effect.span,
                                "Move the rule out of the group: to the indentation of the score's other rules.")
        limits = tuple(self.limit(c, occurrence) for c in node.clauses if isinstance(c, n.Limit))
        return p.OnRule(
            index,
            group,
            place,
            self.title(clauses),
            trigger,
            state,
            effect,
            self.but_not(clauses.get("but not")),
            limits,
            self.up_to(clauses.get("up to"), occurrence),
            self.expiry(clauses.get("expire"), defaults),
            self.decay(clauses.get("decay"), defaults),
            self.ends_on(clauses.get("ends on"), occurrence),
            self.start(clauses.get("from")),
            self.stop(clauses.get("until")),
        )

    def once_each(self, node: n.OnRule) -> dict[str, n.Clause]:
        """The clauses by kind; a second one of a kind is an error (`once` and `at most` may be many)."""
        found: dict[str, n.Clause] = {}
        for clause in node.clauses:
            kind = clause_kind(clause)
            if kind == "limit":
                continue
            before = found.get(kind)
            if before is None:
                found[kind] = clause
                continue
            if not isinstance(node.effect, n.Award):
                continue  # reset and set to refuse both
            words, other = clause_words(clause), clause_words(before)
            self.problems.error(
                "duplicate-clause",
                f"{words} stands twice in this rule; each clause stands once." if words == other else
                f"{other} and {words} exclude each other: a rule has one of them.",
                clause.span,
                "Delete one of the two.",
                related=(Related(before.span, "the first one"),),
            )
        return found

    def but_not_fits(self, clause: n.Clause | None, award: n.Award) -> None:
        if not isinstance(clause, n.ButNot):
            return
        needed = "below" if award.sign < 0 else "above"
        if clause.direction != needed:
            verb = "subtract" if award.sign < 0 else "add"
            span = clause.span
            self.problems.error(
                "but-not-direction",
                f"but not {clause.direction} stands after {'an addition' if verb == 'subtract' else 'a subtraction'}"
                f"; after {verb} it is but not {needed}.",
                span,
                f"Write but not {needed}.",
                fix=self.direction(clause, needed),
            )

    def direction(self, clause: n.ButNot, needed: str) -> Fix | None:
        """`below` for `above` and the reverse; offered, as the award may be what is wrong."""
        at = self.resolver.text(clause.span).find(clause.direction)
        start = clause.span.start + at
        span = Span(start, start + len(clause.direction), clause.span.file)
        return None if at < 0 else replace(span, needed, f"Write but not {needed}", sure=False)

    def no_clauses(self, node: n.OnRule, word: str) -> None:
        """`reset` and `set to` take neither limits nor lifetime."""
        for clause in node.clauses:
            if isinstance(clause, n.FromDate | n.UntilDate | n.Title):
                continue
            kind = "a limit" if isinstance(clause, n.Limit | n.UpTo) else "a lifetime"
            what = clause_words(clause)
            if isinstance(clause, n.ButNot):
                kind = "a stop for points"
            self.problems.error(
                "clause-of-reset",
                f"{what} is {kind}; {word} takes none: it happens each time.",
                clause.span,
                "Delete it.",
                fix=self.resolver.deletion(clause.span, f"Delete {what}", sure=isinstance(clause, n.Never)),
            )

    def title(self, clauses: dict[str, n.Clause]) -> str | None:
        clause = clauses.get("as")
        return clause.text if isinstance(clause, n.Title) else None

    def but_not(self, clause: n.Clause | None) -> p.ButNot | None:
        if not isinstance(clause, n.ButNot):
            return None
        return p.ButNot(clause.direction, points_of(clause.number, self.problems))

    def limit(self, clause: n.Limit, occurrence: Occurrence) -> p.Limit:
        count = whole_number(clause.count, self.problems, "The number of times")
        per = self.per(clause.per, occurrence, "once" if clause.once else "at most")
        every = None if clause.every is None else micros_of(clause.every, self.problems)
        return p.Limit(count, per, clause.period, every)

    def per(self, name: n.Name | None, occurrence: Occurrence, word: str) -> str | None:
        """PROP of `per`: never a column of the log, nor anything on an inactivity."""
        if name is None:
            return None
        if not name.quoted and name.text in EVENT_COLUMNS:
            meaning = "Each lead is scored alone: delete per lead." if name.text == "lead" else \
                "For the calendar write per day, per week, per month or per year." if name.text == "time" else \
                "Write a property of the event, such as per campaign."
            fix = None
            if name.text == "lead" and not self.resolver.declares("lead", occurrence.events):
                fix = self.resolver.deletion(name.span, "Delete per lead", before="per")
            self.problems.error(
                "silent-per",
                f"{name.text} is a column of every event, not a property: per {name.text} limits nothing.",
                name.span,
                f"{meaning} If the event has a property of that name, write it in backquotes: `{name.text}`.",
                fix=fix,
            )
            return None
        if not occurrence.has_properties:
            help_ = "per day, per week, per month or per year" if word == "up to" else \
                f"{word} per day, {word} per week or {word} every 30d"
            self.problems.error("no-property", f"An inactivity is no event: it has no property {name.text}.", name.span,
                                f"Write {help_.replace('at most', 'at most 3 times')}.")
            return None
        return self.resolver.prop(name, occurrence.events)

    def up_to(self, clause: n.Clause | None, occurrence: Occurrence) -> p.UpTo | None:
        if not isinstance(clause, n.UpTo):
            return None
        return p.UpTo(self.cap(clause), self.per(clause.per, occurrence, "up to"), clause.period)

    def cap(self, clause: n.UpTo) -> int:
        if clause.number.value < 0:
            self.problems.error("negative-cap", "up to takes a number that is not negative: it caps both sides.",
                                clause.number.span, f"Write up to {-clause.number.value:g} points.")
            return 0
        return points_of(clause.number, self.problems, "The cap")

    def expiry(self, clause: n.Clause | None, defaults: tuple[Defaults, ...]) -> p.Expiry | None:
        chosen: object = clause
        for each in defaults:
            chosen = chosen or each.expire
        if not isinstance(chosen, n.Expire):
            return None
        return p.Expiry(micros_of(chosen.duration, self.problems), chosen.unless_repeated)

    def decay(self, clause: n.Clause | None, defaults: tuple[Defaults, ...]) -> p.Decay | None:
        chosen: object = clause
        for each in defaults:
            chosen = chosen or each.decay
        if not isinstance(chosen, n.Decay):
            return None
        return decay_of(chosen, self.resolver)

    def ends_on(self, clause: n.Clause | None, occurrence: Occurrence) -> p.EndsOn | None:
        if not isinstance(clause, n.EndsOn):
            return None
        pattern = self.resolver.pattern(clause.step)
        same: str | None = None
        if clause.same is not None:
            if occurrence.has_properties:
                same = self.resolver.prop(clause.same.prop, occurrence.events)
                self.resolver.prop(clause.same.prop, self.resolver.names_of(pattern.matcher))
            else:
                self.problems.error(
                    "no-property",
                    f"An inactivity is no event: it has no property {clause.same.prop.text} to compare.",
                    clause.same.span,
                    "Delete with same.",
                )
        return p.EndsOn(pattern, same)

    def start(self, clause: n.Clause | None) -> int | None:
        return instant_of(clause.date, self.scope.zone, self.problems) if isinstance(clause, n.FromDate) else None

    def stop(self, clause: n.Clause | None) -> int | None:
        if not isinstance(clause, n.UntilDate):
            return None
        instant = instant_of(clause.date, self.scope.zone, self.problems)
        return instant if clause.date.has_time or instant is None else day_after(clause.date, self.scope.zone)

    # ---- triggers

    def trigger(self, node: n.Trigger) -> tuple[p.Trigger, Occurrence]:
        pattern = self.resolver.pattern
        match node:
            case n.Occurs(step):
                found = pattern(step)
                self.single_event(node)
                return p.Occurs(found), self.of(found)
            case n.Count(count, step, same, within):
                found = pattern(step)
                number = whole_number(count, self.problems, "The number of events")
                window = None if within is None else micros_of(within, self.problems)
                return p.Count(number, found, self.same(same, (found,)), window), self.of(found)
            case n.Chain(steps, same, within):
                patterns = tuple(pattern(step) for step in steps)
                window = self.window(within, "A chain (then)", node.span)
                return p.Chain(patterns, self.same(same, patterns), window), self.of(patterns[-1])
            case n.Absence(step, missing, same, within):
                opening, other = pattern(step), pattern(missing)
                window = self.window(within, "An absence (without)", node.span)
                return p.Absence(opening, other, self.same(same, (opening, other)), window), self.of(opening)
            case n.Inactivity(duration, every, step, after):
                self.without_activity(node)
                found_ = None if step is None else pattern(step)
                if after is not None and not every:
                    self.problems.error("after-without-every",
                                        "after stands only with every: every 7d without login after 30d.", after.span,
                                        "Write one duration: 30d without login.")
                delay = 0 if after is None else micros_of(after, self.problems)
                return p.Inactivity(found_, micros_of(duration, self.problems), every, delay), Occurrence(None, False)

    def of(self, pattern: e.Pattern) -> Occurrence:
        return Occurrence(self.resolver.names_of(pattern.matcher), True)

    def window(self, within: n.Duration | None, what: str, span: Span) -> int:
        if within is None:
            self.problems.error("within-missing", f"{what} needs its window: within is missing.", span,
                                "Write within and a duration at the end of it, such as within 7d.")
            return 86_400_000_000
        return micros_of(within, self.problems)

    def single_event(self, node: n.Occurs) -> None:
        if node.same is not None:
            self.problems.error("same-not-here", "with same compares several events; this trigger takes one.",
                                node.same.span,
                                f"Delete it, or write how many: 3 page_view with same {node.same.prop.text} within 7d.")
        elif node.within is not None:
            self.problems.error("within-not-here", "within stands with a count, a chain or an absence; this trigger "
                                "takes one event.", node.within.span,
                                "Delete it, or write how many: 3 page_view within 7d.")

    def same(self, same: n.Same | None, patterns: tuple[e.Pattern, ...]) -> str | None:
        if same is None:
            return None
        for pattern in patterns:
            self.resolver.prop(same.prop, self.resolver.names_of(pattern.matcher))
        return same.prop.text

    def without_activity(self, node: n.Inactivity) -> None:
        """`30d without activity` is how newcomers write an inactivity; a declared event of that name is meant."""
        if node.step is None or len(node.step.events.names) != 1:
            return
        name = node.step.events.names[0]
        if not isinstance(name, n.Name) or name.quoted or name.text not in ("activity", "inactivity"):
            return
        if name.text in self.scope.events or name.text in self.scope.sets:
            return
        amount = f"{node.duration.count}{node.duration.unit}"
        fixed = f"every {amount} of inactivity" if node.every else f"inactivity of {amount}"
        simple = node.step.where is None and node.after is None
        self.problems.error(
            "without-activity",
            f"No event is called {name.text}; a time without any event is written {fixed}.",
            node.span,
            f"Write on {fixed}.",
            fix=replace(node.span, fixed) if simple else None,
        )

    # ---- when

    def when_rule(self, node: n.WhenRule, index: int, group: int | None, place: p.Place) -> p.WhenRule:
        branches: list[p.Branch] = []
        title: str | None = None
        up_to: int | None = None
        last = node.branches[-1]
        for i, branch in enumerate(node.branches):
            if i and node.branches[i - 1].condition is None:
                self.problems.error("else-last", "Nothing follows the last else of a rule.", branch.span,
                                    "Delete what follows, or write else when with a condition before it.")
                break
            condition = (
                None if branch.condition is None else self.resolver.condition(branch.condition, Context("when"))
            )
            value = self.resolver.number(branch.award.amount, Context("points of when"), points=True)
            points = p.Points(branch.award.sign, value if value is not None else e.Constant(0.0))
            branches.append(p.Branch(condition, points))
            seen: dict[str, n.Clause] = {}
            for clause in branch.clauses:
                kind = clause_kind(clause)
                if isinstance(clause, n.UpTo | n.Title) and kind in seen:
                    self.problems.error("duplicate-clause",
                                        f"{kind} stands twice in this rule; each clause stands once.", clause.span,
                                        "Delete one of the two.", related=(Related(seen[kind].span, "the first one"),))
                seen.setdefault(kind, clause)
                match clause:
                    case n.Title(text) if branch is last:
                        title = text
                    case n.UpTo() if branch is last:
                        up_to = self.cap(clause)
                        if clause.per is not None or clause.period is not None:
                            self.problems.error("clause-of-when", "up to ... per stands only in on rules: a when rule "
                                                "has no single awards.", clause.span,
                                                "Write up to and a number of points.")
                    case n.Title() | n.UpTo():
                        self.problems.error("clause-of-when", f"{clause_words(clause)} stands at the end of the whole "
                                            "rule, after the last branch.", clause.span, "Move it to the end.")
                    case _:
                        self.clause_of_when(clause)
        return p.WhenRule(index, group, place, title, tuple(branches), up_to)

    def clause_of_when(self, clause: n.Clause) -> None:
        words = clause_words(clause)
        match clause:
            case n.Limit():
                words += " is a limit and"
            case n.FromDate() | n.UntilDate():
                words += " is a campaign date and"
            case n.ButNot():
                words += " stops single awards and"
            case _:
                words += " is a lifetime and"
        help_ = "Delete it: the points of when count once, exactly while the condition holds."
        if isinstance(clause, n.ButNot):
            help_ = "For a when rule use minimum, maximum or up to."
        # what a when rule does anyway can be deleted without a second thought
        sure = isinstance(clause, n.Never) or (isinstance(clause, n.Limit) and clause.once and clause.per is None
                                               and clause.period is None and clause.every is None)
        self.problems.error("clause-of-when", f"{words} belongs to on; a when rule has none.", clause.span, help_,
                            fix=self.resolver.deletion(clause.span, f"Delete {clause_words(clause)}", sure=sure))


def decay_of(clause: n.Decay, resolver: Resolver) -> p.Decay:
    days = days_of(clause.duration, resolver.problems)
    percent = clause.percent or 0.0
    if percent > 100:
        match = re.search(r"[0-9][0-9_.]*%", resolver.text(clause.span))
        start = clause.span.start
        span = clause.span if match is None else Span(start + match.start(), start + match.end(), clause.span.file)
        resolver.problems.error("decay-percent", f"A decay takes at most 100%, not {percent:g}%.", span,
                                "Write 100% or less.")
        percent = 100.0
    return p.Decay(clause.kind, days, percent)


def clause_kind(clause: n.Clause) -> str:
    """Clauses of one kind exclude each other."""
    match clause:
        case n.ButNot():
            return "but not"
        case n.Limit():
            return "limit"
        case n.UpTo():
            return "up to"
        case n.Expire():
            return "expire"
        case n.Never(what):
            return what
        case n.Decay():
            return "decay"
        case n.EndsOn():
            return "ends on"
        case n.FromDate():
            return "from"
        case n.UntilDate():
            return "until"
        case n.Title():
            return "as"


def clause_words(clause: n.Clause) -> str:
    """The words by which a clause is called in a message."""
    match clause:
        case n.Limit(once):
            return "once" if once else "at most"
        case n.Expire():
            return "expire after"
        case n.Never(what):
            return f"never {what}"
        case n.ButNot(direction):
            return f"but not {direction}"
        case _:
            return clause_kind(clause)


