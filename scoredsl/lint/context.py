"""What a check is given: the checked program, where its parts are written, and what was reasoned about it so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from scoredsl.diagnostics import Diagnostic, Fix, Related, Tag
from scoredsl.lint.log import LogNames
from scoredsl.reasoning.bounds import Bounds, bounds_of
from scoredsl.reasoning.calendar import Clocks, clocks
from scoredsl.reasoning.models import model
from scoredsl.reasoning.normal import ALWAYS, conjunction
from scoredsl.reasoning.outcome import Outcome, Outcomes
from scoredsl.reasoning.suppose import holds
from scoredsl.reasoning.witness import Witness, cells
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.check import Checked
from scoredsl.semantics.imports import LoadedFile
from scoredsl.semantics.inspect import scores_in
from scoredsl.semantics.resolve import Resolver
from scoredsl.semantics.zones import Zone, zone
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span

if TYPE_CHECKING:
    from scoredsl.lint.holding import Held

Found: TypeAlias = Iterator[Diagnostic]


@dataclass(frozen=True, slots=True)
class Written:
    """A statement with the file it stands in, and the statement that it stands under."""

    file: LoadedFile
    statement: Statement
    parent: Statement | None


class Context:
    """A program to look at. `now` is the clock, None where there is none; `log` what is known of a log, or None.

    One mistake gives one message: `blamed` are the statements that a check before has found something in, with its
    code, so that what follows from it is not said again.
    """

    def __init__(self, checked: Checked, now: int | None = None, log: LogNames | None = None) -> None:
        assert checked.program is not None
        self.checked = checked
        self.program: p.Program = checked.program
        self.now = now
        self.log = log
        self.blamed: dict[Span, set[str]] = {}
        usage = checked.scope.usage
        self.used_defines, self.used_sets = frozenset(usage.defines), frozenset(usage.sets)
        self.used_events = frozenset(usage.events)
        self.held: list[Held] | None = None
        """What `holding` found."""

    # ---- where things are written

    @cached_property
    def written(self) -> Mapping[Span, Written]:
        """The statements of all files, by their places, in program order."""
        found: dict[Span, Written] = {}
        for file, statement in self.checked.loaded.statements():
            found[statement.span] = Written(file, statement, None)
            for child in statement.children:
                found[child.span] = Written(file, child, statement)
                for inner in child.children:
                    found[inner.span] = Written(file, inner, child)
        return found

    def node(self, place: p.Place) -> n.Node:
        """The statement that stands at a place, as it was read."""
        node = self.written[place.span].statement.node
        assert node is not None
        return node

    def on_rule(self, rule: p.OnRule) -> n.OnRule:
        node = self.node(rule.place)
        assert isinstance(node, n.OnRule)
        return node

    def when_rule(self, rule: p.WhenRule) -> n.WhenRule:
        node = self.node(rule.place)
        assert isinstance(node, n.WhenRule)
        return node

    def text(self, span: Span) -> str:
        """What is written at a place, on one line."""
        source = self.program.sources[span.file]
        return " ".join(source.text[span.start : span.end].split())

    def line(self, at: Span, seen_from: Span) -> str:
        """`line 5`, or `fit.score:5` where it stands in another file than the message.

        So two programs that import the same file say the same about it.
        """
        line = self.program.sources[at.file].position(at.start).line
        return f"line {line}" if at.file == seen_from.file else f"{at.file}:{line}"

    def blocks(self) -> Iterator[tuple[Sequence[Statement], list[p.Rule]]]:
        """The statements of each score and each group, with the rules that their defaults can reach."""
        by_place = {rule.place.span: rule for _, rule in self.program.rules()}
        for file in self.checked.loaded.files.values():
            statements = file.file.statements
            if not any(statement.keyword == "score" for statement in statements):
                yield from _block(statements, by_place)
            for statement in statements:
                if statement.keyword == "score":
                    yield from _block(statement.children, by_place)

    def defaults(self, place: p.Place) -> Iterator[n.Default]:
        """The defaults of the score and the group that a rule stands in."""
        at: Written | None = self.written[place.span]
        while at is not None:
            around = at.parent
            siblings = at.file.file.statements if around is None else around.children
            for sibling in siblings:
                if isinstance(sibling.node, n.Default):
                    yield sibling.node
            at = None if around is None else self.written[around.span]

    def resolver(self, file: LoadedFile) -> Resolver:
        return Resolver(self.checked.scope, file, [])

    # ---- what follows from the program

    @cached_property
    def bounds(self) -> Mapping[str, Bounds]:
        """The bounds of the scores. A rule whose conditions never hold, as was said, is taken as if they could."""
        blamed = frozenset(self.blamed)
        return bounds_of(self.program, lambda rule: rule.place.span in blamed)

    @cached_property
    def _outcomes(self) -> Outcomes:
        return Outcomes(self.program)

    @cached_property
    def _scored(self) -> Mapping[str, str]:
        """What the profile must have so that a lead is not excluded; empty where that is nothing, or is not known."""
        included = conjunction(ALWAYS, *(e.Not(condition) for condition in self.program.excludes))
        found = {**(model(included) or {}), e.Field("email"): "eva@example.com"}
        for value in tuple(found):
            fewer = {each: found[each] for each in found if each != value}
            found = fewer if holds(included, fewer) else found
        _, fields = cells(found if holds(included, found) else model(included) or {}) or ({}, {})
        return fields

    def profile(self, fields: Mapping[str, str]) -> Mapping[str, str] | None:
        """The profile of a lead that has these fields, and is scored; None where it needs none."""
        return {**self._scored, **fields} or None

    def outcome(self, witness: Witness, score: p.Score, instant: int | None = None) -> Outcome | None:
        """What the reference makes of a small log; None where the lead is not scored."""
        return self._outcomes.of(witness, score, instant)

    def is_settled(self, score: p.Score) -> bool:
        """Whether what a score can be is meant so: it has rules, and none of them lacks its points by a mistake."""
        if score.formula is not None:
            return all(self.is_settled(self.program.score(name)) for name in scores_in(score.formula))
        return bool(score.rules) and not any(
            self.is_blamed(rule.place, "points-of-zero", "campaign-empty") for rule in score.rules
        )

    @cached_property
    def clocks(self) -> Clocks:
        return clocks(self.program.timezone)

    @cached_property
    def zone(self) -> Zone:
        return zone(self.program.timezone)

    def on_rules(self) -> Iterator[tuple[p.Score, p.OnRule]]:
        """The `on` rules that nothing was said about."""
        for score, rule in self.program.rules():
            if isinstance(rule, p.OnRule) and rule.place.span not in self.blamed:
                yield score, rule

    def when_rules(self) -> Iterator[tuple[p.Score, p.WhenRule]]:
        for score, rule in self.program.rules():
            if isinstance(rule, p.WhenRule) and rule.place.span not in self.blamed:
                yield score, rule

    def blame(self, found: Diagnostic) -> None:
        """Notes that something was said about the statement around a place."""
        span = self._statement_at(found.span)
        if span is not None:
            self.blamed.setdefault(span, set()).add(found.code)

    def is_blamed(self, place: p.Place, *codes: str) -> bool:
        """Whether one of these was said about a statement."""
        return not self.blamed.get(place.span, set()).isdisjoint(codes)

    def _statement_at(self, span: Span) -> Span | None:
        spans = self._by_file.get(span.file, ())
        inside = [each for each in spans if each.start <= span.start and span.end <= each.end]
        return max(inside, key=lambda each: each.start, default=None)

    @cached_property
    def _by_file(self) -> Mapping[str, list[Span]]:
        found: dict[str, list[Span]] = {}
        for span in self.written:
            found.setdefault(span.file, []).append(span)
        return found


def _block(
    statements: Sequence[Statement], rules: Mapping[Span, p.Rule]
) -> Iterator[tuple[Sequence[Statement], list[p.Rule]]]:
    """A score's statements with all of its rules, then those of each of its groups with theirs."""
    inside = [each for statement in statements for each in (statement, *statement.children)]
    yield statements, [rules[each.span] for each in inside if each.span in rules]
    for statement in statements:
        if statement.keyword == "group":
            yield statement.children, [rules[each.span] for each in statement.children if each.span in rules]


def warning(
    code: str,
    message: str,
    span: Span,
    help: str = "",
    *,
    related: tuple[Related, ...] = (),
    fix: Fix | None = None,
    detail: str = "",
    tags: tuple[Tag, ...] = (),
    args: Mapping[str, str | int | float] | None = None,
) -> Diagnostic:
    return Diagnostic(code, "warning", message, span, help, related, fix, args or {}, detail, tags)
