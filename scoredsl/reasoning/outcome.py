"""What the reference makes of a small log, with no more rules than the log can touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from scoredsl.reasoning.normal import ANY, names
from scoredsl.reasoning.suppose import CLOCK
from scoredsl.reasoning.together import Subject, subjects
from scoredsl.reasoning.witness import Witness
from scoredsl.reference import LeadRun
from scoredsl.reference.lead import formula_closure
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.zones import zone


@dataclass(frozen=True, slots=True)
class Outcome:
    """A score of a lead at an instant: what is reported, and what it is made of, all in millionths.

    `worths` are those of the rules by their number in the score, those that give nothing may be missing; `awarded` are
    the rules that have an award.
    """

    value: int
    worths: Mapping[int, int]
    awarded: frozenset[int]
    unbounded: int
    groups: tuple[int, ...]


@dataclass(slots=True)
class _Rules:
    """The rules of a score by what they are about: events and fields by name (None: any event), or no matter what."""

    by_event: dict[str | None, list[p.Rule]] = field(default_factory=lambda: defaultdict(list))
    by_field: dict[str, list[p.Rule]] = field(default_factory=lambda: defaultdict(list))
    constant: list[p.Rule] = field(default_factory=list)

    def touched(self, events: Iterable[str], fields: Iterable[str]) -> tuple[p.Rule, ...]:
        """The rules that a log with these events and fields can touch, in file order."""
        found = {rule.index: rule for rule in (*self.constant, *self.by_event[None])}
        found.update((rule.index, rule) for name in events for rule in self.by_event.get(name, ()))
        found.update((rule.index, rule) for name in fields for rule in self.by_field.get(name, ()))
        return tuple(rule for _, rule in sorted(found.items()))


class Outcomes:
    """Runs witnesses of one program."""

    def __init__(self, program: p.Program) -> None:
        self.program = program
        self._rules: dict[str, _Rules] = {}

    def of(self, witness: Witness, score: p.Score, instant: int | None = None) -> Outcome | None:
        """What a score is at an instant, that of the witness if none is given; None where the lead is not scored."""
        at = witness.instant if instant is None else instant
        run = witness.run(self._small(witness, score), at)
        if run is None:
            return None
        small = run.program.score(score.name)
        state = run.state(small, at)
        awarded = frozenset[int]()
        if small.formula is None:
            awarded = frozenset(award.rule.index for award in run.segments(small)[-1].awards)
        worths = {each.rule.index: each.value for each in state.rules}
        return Outcome(state.value, worths, awarded, state.unbounded, tuple(total for total, _ in state.groups))

    def _small(self, witness: Witness, score: p.Score) -> p.Program:
        """The program with the score alone (and those of its formula), and the rules that the witness can touch."""
        wanted = {each.name for each in formula_closure(self.program, score)}
        events = {name for _, name, _ in witness.events}
        fields = {name.partition(".")[0] for name in witness.fields or ()}
        scores = tuple(
            replace(each, rules=self._of(each).touched(events, fields))
            for each in self.program.scores
            if each.name in wanted
        )
        return replace(self.program, scores=scores, grids=(), labels=(), tests=())

    def _of(self, score: p.Score) -> _Rules:
        found = self._rules.get(score.name)
        if found is None:
            found = self._rules[score.name] = _Rules()
            nobody = LeadRun(self.program, zone(self.program.timezone), "", (), (), CLOCK)
            for rule in score.rules:
                if isinstance(rule, p.OnRule):
                    for name in _events(rule.trigger):
                        found.by_event[name].append(rule)
                    continue
                if nobody.when(rule, nobody.seen(CLOCK)).value != 0:
                    found.constant.append(rule)
                for each in _asked(rule):
                    if each.is_event:
                        found.by_event[each.name].append(rule)
                    elif each.name is not None:
                        found.by_field[each.name].append(rule)
        return found


def _events(trigger: p.Trigger) -> set[str | None]:
    """The names of the events that a trigger can have something to do with; None: any."""
    match trigger:
        case p.Occurs(pattern) | p.Count(_, pattern, _, _):
            patterns: tuple[e.Pattern, ...] = (pattern,)
        case p.Chain(steps, _, _):
            patterns = steps
        case p.Absence(opening, _, _, _):
            patterns = (opening,)
        case p.Inactivity(watched, _, _, _):
            patterns = (ANY if watched is None else watched,)
    found: set[str | None] = set()
    for each in patterns:
        of = names(each)
        found |= {None} if of is None else of
    return found


def _asked(rule: p.WhenRule) -> set[Subject]:
    """The fields and events that a rule asks about."""
    found: set[Subject] = set()
    for branch in rule.branches:
        if branch.condition is not None:
            found |= subjects(branch.condition)
        found |= subjects(branch.points.amount)
    return found
