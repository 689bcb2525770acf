"""Checks `test` blocks and brings their givens and expectations to instants (LANGUAGE section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from scoredsl.diagnostics import Related
from scoredsl.semantics import program as p
from scoredsl.semantics.literals import instant_of, micros_of, whole_number
from scoredsl.semantics.log import Value
from scoredsl.semantics.program import PropertyType
from scoredsl.semantics.report import replace
from scoredsl.semantics.resolve import Resolver
from scoredsl.semantics.scope import listed, suggestion
from scoredsl.semantics.scores import PlaceMaker
from scoredsl.semantics.values import instant_text, to_millionths
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span


class Targets:
    """What expectations can be about: the scores (with their tiers), grids and labels of the program."""

    def __init__(self, scores: Mapping[str, tuple[str, ...]], grids: Mapping[str, tuple[str, ...] | None],
                 labels: frozenset[str]) -> None:
        """The cells of a grid are None where its line is broken."""
        self.scores = scores
        self.grids = grids
        self.labels = labels


class TestChecker:
    """Checks the tests of one file."""

    __test__ = False

    def __init__(self, resolver: Resolver, place: PlaceMaker, targets: Targets) -> None:
        self.resolver = resolver
        self.problems = resolver.problems
        self.scope = resolver.scope
        self.place = place
        self.targets = targets

    def test(self, header: Statement) -> p.TestCase:
        node = header.node
        name = node.name.value if isinstance(node, n.Test) else " ".join(header.words[1:])
        events: list[p.GivenEvent] = []
        fields: list[p.GivenFields] = []
        expectations: list[p.Expectation] = []
        latest: int | None = None
        checked: int | None = None
        for child in header.children:
            match child.node:
                case n.Given() as given:
                    times = self.given(given, child, events)
                    self.below_an_expectation(times[-1] if times else None, checked, child)
                    if times and (latest is None or times[-1] > latest):
                        latest = times[-1]
                case n.GivenProfile() as given_profile:
                    time = self.given_profile(given_profile, child, fields)
                    self.below_an_expectation(time, checked, child)
                    if time is not None and (latest is None or time > latest):
                        latest = time
                case n.ExpectValue() | n.ExpectTier() | n.ExpectCell() | n.ExpectLabel() | n.ExpectExcluded() as expect:
                    at = latest if latest is not None else 0
                    if expect.at is not None:
                        found = instant_of(expect.at, self.scope.zone, self.problems)
                        at = found if found is not None else at
                    expectation = self.expectation(expect, child, at)
                    if expectation is not None:
                        expectations.append(expectation)
                    checked = at if checked is None else max(checked, at)
                case None:
                    pass
                case _:
                    self.problems.error("misplaced", f"{child.keyword} does not stand in a test.", child.span,
                                        "A test holds lines that begin with given or expect.")
        return p.TestCase(name, self.place(header.span), tuple(events), tuple(fields), tuple(expectations))

    def below_an_expectation(self, time: int | None, checked: int | None, child: Statement) -> None:
        """All givens exist for all expectations: one below an expectation and not later reads as if it came after."""
        if checked is not None and (time is None or time <= checked):
            self.problems.warning(
                "given-below",
                "This given stands below an expectation and is not later: it counts for that expectation as well.",
                child.span,
                "Move it above the expectations.",
            )

    # ---- givens

    def given(self, node: n.Given, child: Statement, events: list[p.GivenEvent]) -> list[int]:
        """Adds the events of one line; gives their times."""
        name = node.event
        if not name.quoted and self.scope.event_set(name.text, self.resolver.file) is not None:
            self.problems.error("set-in-given", f"{name.text} is a set of events; a test gives one event.", name.span,
                                "Write the name of an event.")
        else:
            self.resolver.event_name(n.Name(name.text, True, name.span))
        count = 1 if node.count is None else whole_number(node.count, self.problems, "The number of events")
        every = 0 if node.every is None else micros_of(node.every, self.problems)
        properties: dict[str, Value] = {}
        self.each_once(node.properties)
        known = frozenset({name.text})
        for assign in node.properties:
            found, declared = self.scope.property_type(assign.name.text, known)
            if not found:
                self.resolver.property_name(assign.name.text, assign.name.span, known)
            properties[assign.name.text] = self.value(assign, declared)
        first = instant_of(node.at, self.scope.zone, self.problems)
        if first is None:
            return []
        place = self.place(child.span)
        if count > 100_000:
            self.problems.error("whole-number", f"{count:,} events are too many for a test.", node.span,
                                "Give at most 100,000.")
            count = 1
        times = [first + i * every for i in range(count)]
        events.extend(p.GivenEvent(name.text, time, properties, place) for time in times)
        return times

    def given_profile(self, node: n.GivenProfile, child: Statement, fields: list[p.GivenFields]) -> int | None:
        values: dict[str, Value] = {}
        self.each_once(node.fields)
        for assign in node.fields:
            known, declared = self.scope.field_type(assign.name.text)
            if not known:
                extra = cast(dict[str, Any], suggestion(assign.name.text, self.scope.fields, assign.name.span, "`"))
                extra.setdefault("help", f"Declare it: profile {self.resolver.text(assign.name.span)} text.")
                self.problems.error("unknown-field", f"{assign.name.text} is not a declared profile field.",
                                    assign.name.span, **extra, name=assign.name.text)
            values[assign.name.text] = self.value(assign, declared)
        time = None if node.at is None else instant_of(node.at, self.scope.zone, self.problems)
        fields.append(p.GivenFields(time, values, self.place(child.span)))
        return time

    def each_once(self, assigns: tuple[n.Assign, ...]) -> None:
        seen: dict[str, Span] = {}
        for assign in assigns:
            name = assign.name
            if name.text in seen:
                self.problems.error("duplicate-name", f"{name.text} is given twice in this line.", name.span,
                                    "Delete one of the two.", related=(Related(seen[name.text], "the first one"),),
                                    name=name.text)
            seen.setdefault(name.text, name.span)

    def value(self, assign: n.Assign, declared: PropertyType | None) -> Value:
        """The value of the data that a literal stands for."""
        node = assign.value
        value = self.data_value(node)
        choices = None if declared is None else declared.choices
        if choices is not None and isinstance(value, str | bool | int | float) and value != "":
            self.resolver.outside_set(value, choices, assign.name.text, node.span)
        return value

    def data_value(self, node: object) -> Value:
        match node:
            case n.Text(value) | n.Boolean(value):
                return value
            case n.Number(number):
                return int(number) if number.is_integer() else number
            case n.Negate(n.Number(number)):
                return int(-number) if number.is_integer() else -number
            case n.Date():
                instant = instant_of(node, self.scope.zone, self.problems)
                return node.text if not node.has_time or instant is None else instant_text(instant)
            case n.ListOf(items):
                return [self.data_value(item) for item in items]
            case _:
                self.problems.error("wrong-type", "A test gives a text, a number, a date, true, false or a list.",
                                    cast(Any, node).span, "Write the value itself.")
                return None

    # ---- expectations

    def expectation(self, node: n.Expect, child: Statement, at: int) -> p.Expectation | None:
        place = self.place(child.span)
        match node:
            case n.ExpectExcluded():
                return p.Expectation("excluded", at, place)
            case n.ExpectValue(score, op, number, high):
                if not self.known_score(score):
                    return None
                top = expected(high) if high is not None else 0
                return p.Expectation("value", at, place, score.text, op, expected(number), top)
            case n.ExpectTier(score, tier, becomes):
                if not self.known_score(score):
                    return None
                if tier is not None and tier.text not in self.targets.scores[score.text]:
                    self.unknown_tier(score, tier)
                    return None
                kind = "becomes" if becomes else "tier"
                return p.Expectation(cast(Any, kind), at, place, score.text, tier=None if tier is None else tier.text)
            case n.ExpectCell(grid, cell):
                return self.cell(node, grid, cell, at, place)
            case n.ExpectLabel(label, holds):
                if not self.known_label(label, node):
                    return None
                return p.Expectation("label", at, place, label.text, holds=holds)

    def unknown_tier(self, score: n.Name, tier: n.Name, span: Span | None = None, prefix: str = "") -> None:
        names = self.targets.scores[score.text]
        extra = cast(dict[str, Any], suggestion(tier.text, names, span or tier.span, '"', prefix))
        extra.setdefault("help", listed(names, "It has no tiers: write tier NAME from N in the score."))
        self.problems.error("unknown-tier", f"The score {score.text} has no tier {tier.text}.", span or tier.span,
                            **extra, name=tier.text)

    def cell(self, node: n.ExpectCell, grid: n.Name, cell: n.Name, at: int, place: p.Place) -> p.Expectation | None:
        if grid.text in self.targets.scores:
            tiers = self.targets.scores[grid.text]
            what = f'"{cell.text}"' if cell.quoted else cell.text
            span = grid.span.to(cell.span)
            if not cell.quoted and cell.text.isdigit():
                message = f"{grid.text} is a score: between it and its value stands =."
                fixed = f"{grid.text} = {cell.text}"
            elif cell.text in tiers:
                message = f"{grid.text} is a score: before its tier {cell.text} the word tier is missing."
                fixed = f"{grid.text} tier {what}"
            else:
                self.unknown_tier(grid, cell, span, f"{grid.text} tier ")
                return None
            self.problems.error("expect-tier", message, span, f"Write expect {fixed}.", fix=replace(span, fixed))
            return None
        if grid.text not in self.targets.grids:
            names = [*self.targets.grids, *self.targets.scores]
            extra = cast(dict[str, Any], suggestion(grid.text, names, grid.span))
            if grid.text in self.targets.labels:
                extra = {"help": f"{grid.text} is a label: write expect {grid.text}, or expect no {grid.text}."}
            extra.setdefault("help", listed(names, "Write a grid first."))
            self.problems.error("unknown-grid", f"There is no grid {grid.text}.", grid.span, **extra, name=grid.text)
            return None
        cells = self.targets.grids[grid.text]
        if cells is None:
            return None
        if cell.text not in cells:
            extra = cast(dict[str, Any], suggestion(cell.text, cells, cell.span, '"'))
            extra.setdefault("help", listed(cells, "", 12))
            self.problems.error("unknown-cell", f"The grid {grid.text} has no cell {cell.text}.", cell.span, **extra,
                                name=cell.text)
            return None
        return p.Expectation("cell", at, place, grid.text, text=cell.text)

    def known_score(self, name: n.Name) -> bool:
        if name.text in self.targets.scores:
            return True
        if name.text in self.targets.labels or name.text in self.targets.grids:
            return self.another_kind(name)
        extra = cast(dict[str, Any], suggestion(name.text, self.targets.scores, name.span))
        extra.setdefault("help", listed(self.targets.scores, "Write a score first."))
        self.problems.error("unknown-score", f"There is no score {name.text}.", name.span, **extra, name=name.text)
        return False

    def another_kind(self, name: n.Name) -> bool:
        """A score, a grid or a label is expected in the words of another one."""
        if name.text in self.targets.scores:
            message = f"{name.text} is a score: say what its value or tier is expected to be."
            tiers = self.targets.scores[name.text]
            help_ = f"Write expect {name.text} = 30, or expect {name.text} tier {tiers[0] if tiers else 'none'}."
        elif name.text in self.targets.grids:
            message = f"{name.text} is a grid: say which cell is expected."
            help_ = f"Write expect {name.text} {(self.targets.grids[name.text] or ('A1',))[0]}."
        else:
            message = f"{name.text} is a label: it is true or false."
            help_ = f"Write expect {name.text}, or expect no {name.text}."
        self.problems.error("expect-value", message, name.span, help_)
        return False

    def known_label(self, name: n.Name, node: n.ExpectLabel) -> bool:
        if name.text in self.targets.labels:
            return True
        if name.text in self.targets.scores or name.text in self.targets.grids:
            return self.another_kind(name)
        extra = cast(dict[str, Any], suggestion(name.text, sorted(self.targets.labels), name.span))
        extra.setdefault("help", listed(sorted(self.targets.labels), "Write label NAME when ... first."))
        self.problems.error("unknown-label", f"There is no label {name.text}.", name.span, **extra, name=name.text)
        return False


def expected(number: n.Number) -> int:
    """Millionths of an expected value; a formula may be larger than any award, and nothing is larger than 10^15."""
    size = max(-(10.0**15), min(10.0**15, number.value))
    points = to_millionths(size)
    assert points is not None
    return points
