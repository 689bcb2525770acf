"""What was found of a rule before, so that a keystroke costs the check of one rule and not of all.

What a rule means depends on its own text, on what is around it (a group, defaults), and on what the names in it mean.
All of that is noted: a rule is checked again where its statement is another (`Statement.raw`), or where one of its
names is declared, defined or left undeclared otherwise than it was. What was found is kept with places from the begin
of the statement, so that it stays true where only the place is another.

What a rule says about other places (about a define that it uses, say) is not kept: such a rule is checked each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from scoredsl.diagnostics import Diagnostic
from scoredsl.semantics import program as p
from scoredsl.semantics.imports import LoadedFile
from scoredsl.semantics.report import Problems
from scoredsl.semantics.resolve import PendingName, Resolver, Unplaced, walk
from scoredsl.semantics.scope import Scope, Usage
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement

NameKey: TypeAlias = tuple[str, str]
"""A kind of declaration (`event`, `field`, `define`, `set`) and its name."""
RuleKey: TypeAlias = tuple[int, int]
"""The identity of `Statement.raw`, and the number of what is around it."""


@dataclass(frozen=True, slots=True)
class Uses:
    """Which names a rule uses as what (see `Usage`), and which bare names are to be judged at the end."""

    events: frozenset[str]
    properties: frozenset[str]
    fields_in_when: frozenset[str]
    defines: frozenset[str]
    sets: frozenset[str]
    pending: frozenset[PendingName]
    """Without places."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the check of a rule has found. `rule` has no place yet; those of `said` are from the begin of the rule."""

    raw: n.Node
    rule: p.Rule
    said: tuple[Diagnostic, ...]
    written: str
    """The text of the statement, where something was said about it."""
    uses: Uses
    names: frozenset[str] | None
    """What it depends on: the names in it and in what it uses; None: on any name."""
    stays: bool
    """Whether it can be kept."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all rules of a program depend on: its names, by what declares them, and which files see which."""

    names: Mapping[NameKey, object]
    rest: object

    def changed(self, before: Surroundings) -> set[str] | None:
        """The names that mean something else than before; None: everything may."""
        if self.rest != before.rest:
            return None
        old, new = before.names, self.names
        return {key[1] for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


@dataclass(slots=True)
class CheckMemory:
    """What is remembered of the rules of one program."""

    found: dict[RuleKey, Found] = field(default_factory=dict)
    around: dict[object, int] = field(default_factory=dict)
    """The numbers of what rules stand in: file, group or not, defaults."""
    surroundings: Surroundings | None = None


def surroundings(scope: Scope, timezone: str) -> Surroundings:
    """Those of a program whose names have been collected."""
    names: dict[NameKey, object] = dict(scope.stamps)
    for name, define in scope.defines.items():
        names["define", name] = (names.get(("define", name)), define.node is None)
    for name, each in scope.sets.items():
        names["set", name] = (names.get(("set", name)), each.node is None)
    files = tuple((file.key, file.path, tuple(file.imports.values())) for file in scope.loaded.files.values())
    return Surroundings(names, (timezone, bool(scope.events), bool(scope.fields), files))


class Remembering:
    """The rules of one check, with what is remembered of the check before."""

    def __init__(self, scope: Scope, memory: CheckMemory, now: Surroundings) -> None:
        self.scope = scope
        self.memory = memory
        self.around = memory.around
        self.now: dict[RuleKey, Found] = {}
        self.distinct: dict[int, Uses] = {}
        """What the rules use, each way once, by its identity."""
        self.before = dict(_still_true(memory, now))
        self._same = {found.uses: found.uses for found in self.before.values()}
        memory.surroundings = now

    def number_of(self, around: object) -> int:
        """A number for what rules stand in: the same for the same."""
        return self.around.setdefault(around, len(self.around))

    def found(
        self, statement: Statement, file: LoadedFile, around: int, check: Callable[[Resolver], p.Rule]
    ) -> Found:
        """What the check of a rule finds, or has found before; said and noted as if it were checked now."""
        key = (id(statement.raw), around)
        found = self.now.get(key) or self.before.get(key)
        if found is None or (found.said and found.written != file.file.source.text[statement.start : statement.end]):
            found = self.checked(statement, file, check)
        if not found.stays:
            check(Resolver(self.scope, file, []))  # says what it says where others may have said it
        else:
            self.now[key] = found
            for each in found.said:
                self.scope.problems.add(each.moved(statement.start))
        self.distinct[id(found.uses)] = found.uses
        return found

    def unplaced(self, found: Found, file: LoadedFile, check: Callable[[Resolver], p.Rule]) -> Unplaced:
        """The bare names of a rule, to be found again where one of them is wrong."""

        def places() -> list[PendingName]:
            pending: list[PendingName | Unplaced] = []
            check(Resolver(replace(self.scope, problems=Problems(), usage=Usage()), file, pending))
            return [each for each in pending if isinstance(each, PendingName)]

        return Unplaced(found.uses.pending, places)

    def checked(self, statement: Statement, file: LoadedFile, check: Callable[[Resolver], p.Rule]) -> Found:
        own = replace(self.scope, problems=Problems(), usage=Usage())
        pending: list[PendingName | Unplaced] = []
        rule = check(Resolver(own, file, pending))
        start, end, path = statement.start, statement.end, file.path
        said = tuple(each.moved(-start) for each in own.problems.found)
        stays = all(
            span.file == path and start <= span.start and span.end <= end
            for each in own.problems.found
            for span in each.spans()
        )
        kinds = frozenset(
            PendingName(each.name, n.NOWHERE, each.where, None, each.days)
            for each in pending
            if isinstance(each, PendingName)
        )
        usage = own.usage
        uses = Uses(
            frozenset(usage.events), frozenset(usage.properties), frozenset(usage.fields_in_when),
            frozenset(usage.defines), frozenset(usage.sets), kinds,
        )  # fmt: skip
        uses = self._same.setdefault(uses, uses)
        raw = statement.raw
        assert raw is not None
        names = None if said else self.names(raw, usage)
        written = file.file.source.text[start:end] if said else ""
        return Found(raw, rule, said, written, uses, names, stays)

    def names(self, raw: n.Node, usage: Usage) -> frozenset[str] | None:
        """The names on which the meaning of a rule depends; None where it depends on all."""
        nodes: list[object] = [raw]
        nodes += [self.scope.defines[name].node for name in usage.defines if name in self.scope.defines]
        nodes += [self.scope.sets[name].node for name in usage.sets if name in self.scope.sets]
        found: set[str] = set()
        for node in nodes:
            for part in walk(node):
                match part:
                    case n.Name(name) | n.Ref(name):
                        found.add(name)
                        pieces = name.split(".")
                        found.update(".".join(pieces[:i]) for i in range(1, len(pieces)))
                    case n.Events(any=True):
                        return None
                    case _:
                        pass
        return frozenset(found)

    def finish(self) -> None:
        """Notes what is used, and remembers what is still there."""
        usage = self.scope.usage
        for uses in self.distinct.values():
            usage.events |= uses.events
            usage.properties |= uses.properties
            usage.fields_in_when |= uses.fields_in_when
            usage.defines |= uses.defines
            usage.sets |= uses.sets
        self.memory.found = self.now
        if len(self.around) > _MOST_AROUND:
            self.memory.around, self.memory.found = {}, {}


_MOST_AROUND = 10_000
"""So many different defaults were typed: time to begin anew."""


def _still_true(memory: CheckMemory, now: Surroundings) -> Iterator[tuple[RuleKey, Found]]:
    """What has been found before and depends on nothing that has changed since."""
    before = memory.surroundings
    changed = None if before is None else now.changed(before)
    if changed is None:
        return
    for key, found in memory.found.items():
        if not changed or (found.names is not None and changed.isdisjoint(found.names)):
            yield key, found
