"""The check of a whole program: from loaded files to a checked program, or to what is wrong (LANGUAGE)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from dataclasses import replace as replace_node
from functools import cache, cached_property
from typing import Any, cast

from scoredsl.diagnostics import Diagnostic, Related, closest
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.graphs import sizes, way_back
from scoredsl.semantics.imports import Loaded, LoadedFile, Reader, load
from scoredsl.semantics.literals import points_of
from scoredsl.semantics.memory import CheckMemory, Remembering, surroundings
from scoredsl.semantics.report import Problems, replace
from scoredsl.semantics.resolve import _CONDITIONS, Context, PendingName, Resolver, Unplaced, walk
from scoredsl.semantics.scope import DefineEntry, Scope, SetEntry, collect, listed, suggestion
from scoredsl.semantics.scores import IMPLICIT, Draft, PlaceMaker, ScoreChecker
from scoredsl.semantics.silence import silenced
from scoredsl.semantics.tests import Targets, TestChecker
from scoredsl.semantics.values import millionths_text
from scoredsl.semantics.zones import Zone, zone, zone_names
from scoredsl.syntax import nodes as n
from scoredsl.syntax.keywords import SCORE_BODY, TEST_BODY
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span

_LARGEST = 5_000
"""Parts of a define or a set of events, with all that it uses; far more than anyone reads."""
_DEEPEST = 60
"""How many names may hang on each other."""


@dataclass(frozen=True)
class Checked:
    """A checked program, None where there is an error; its files and names, and what was found, silenced or not."""

    loaded: Loaded
    scope: Scope
    found: tuple[Diagnostic, ...]
    assemble: Callable[[], p.Program]
    """Puts the program together. It is asked for less often than what is wrong with it."""

    @cached_property
    def program(self) -> p.Program | None:
        return None if any(found.is_error for found in self.found) else self.assemble()

    def said(self, more: Iterable[Diagnostic] = (), unasked: Collection[str] = ()) -> list[Diagnostic]:
        """The diagnostics, with `more` of them, sorted by file (the main one first) and place, less the silenced ones.

        `unasked` are codes that were not looked for: a comment that silences one of them may be needed.
        """
        order = {file.path: i for i, file in enumerate(self.loaded.files.values())}
        files = [file.file for file in self.loaded.files.values()]
        said = silenced([*self.found, *more], files, unasked)
        return sorted(said, key=lambda d: (order.get(d.span.file, 0), d.span.start, d.span.end, d.code))


def check_files(path: str, text: str, reader: Reader) -> Checked:
    """Checks a rules file and all that it imports."""
    return check_loaded(load(path, text, reader))


def check_loaded(loaded: Loaded, memory: CheckMemory | None = None) -> Checked:
    """Checks a program. With a `memory`, that of one program, only what has changed: the result is the same."""
    problems = Problems()
    problems.found.extend(loaded.diagnostics)
    checker = _Checker(loaded, problems, memory)
    assemble = checker.check()
    return Checked(loaded, checker.scope, tuple(problems.found), assemble)


def check_program(
    path: str, text: str, reader: Reader, unasked: Collection[str] = ()
) -> tuple[p.Program | None, list[Diagnostic]]:
    """The program of a rules file (None where there is an error), and what is wrong with it, in order of place."""
    checked = check_files(path, text, reader)
    return checked.program, checked.said((), unasked)


class _Checker:
    def __init__(self, loaded: Loaded, problems: Problems, memory: CheckMemory | None) -> None:
        self.loaded = loaded
        self.problems = problems
        self.memory = memory
        self.pending: list[PendingName | Unplaced] = []
        self.statements = list(loaded.statements())
        self.others = [each for each in self.statements if not isinstance(each[1].raw, n.OnRule | n.WhenRule)]
        """Those that are no rules at the left margin, of which there may be very many."""
        self.zone_name = self.timezone()
        self.scope = collect(loaded, problems, self.zone())
        self.folder = posixpath.dirname(loaded.main.path)
        self.implicit = {file.key: self.is_implicit(file) for file in loaded.files.values()}
        self.columns: dict[str, tuple[Span, str]] = {}

    def zone(self) -> Zone:
        try:
            return zone(self.zone_name)
        except ValueError:
            return zone("UTC")

    # ---- timezone

    def timezone(self) -> str:
        """That of the file that is run; an imported file that states another is an error."""
        stated: dict[str, n.Timezone] = {}
        for file, statement in self.others:
            if not isinstance(statement.raw, n.Timezone):
                continue
            node = statement.node
            assert isinstance(node, n.Timezone)
            if file.key in stated:
                self.problems.error("duplicate-statement", "The timezone is stated already in this file.", node.span,
                                    "Delete one of the two.",
                                    related=(Related(stated[file.key].span, "the first one"),))
                continue
            stated[file.key] = node
        main = stated.get(self.loaded.main.key)
        name = main.name.value if main is not None else "UTC"
        if main is not None:
            self.known_zone(main)
        for key, node in stated.items():
            if key != self.loaded.main.key and node.name.value != name:
                what = f'states "{name}"' if main is not None else "states none, which is UTC"
                self.problems.error(
                    "timezone-differs",
                    f'This file states the timezone "{node.name.value}", but the file that is run {what}: a program '
                    "has one timezone.",
                    node.span,
                    "Delete this line, or state the same timezone in both.",
                    related=() if main is None else (Related(main.span, "the program's timezone"),),
                )
        return name

    def known_zone(self, node: n.Timezone) -> None:
        name = node.name.value
        if name in zone_names() or name == "UTC":
            return
        found = closest(name, zone_names())
        if found is None and "/" not in name:
            city = "/" + name.lower().replace(" ", "_")
            found = next((z for z in sorted(zone_names()) if z.lower().endswith(city)), None)
        self.problems.error(
            "bad-timezone",
            f'There is no timezone "{name}".',
            node.name.span,
            f'Did you mean "{found}"?' if found else 'Write area and city, such as "Europe/Berlin".',
            fix=replace(node.name.span, f'"{found}"', sure=found.lower() == name.lower()) if found else None,
        )

    # ---- the program

    def is_implicit(self, file: LoadedFile) -> bool:
        """A file without a score header that has a statement of a score at its left margin (section 1)."""
        statements = file.file.statements
        if any(statement.keyword == "score" and _is_header(statement) for statement in statements):
            return False
        return any(statement.keyword in SCORE_BODY for statement in statements)

    def check(self) -> Callable[[], p.Program]:
        """Checks everything; gives what puts the program together."""
        self.score_names()
        self.cycles()
        self.unused_context()
        remembering = None
        if self.memory is not None:
            remembering = Remembering(self.scope, self.memory, surroundings(self.scope, self.zone_name))
        drafts = self.scores(remembering)
        if remembering is not None:
            remembering.finish()
        scores = [draft.score for draft in drafts]
        self.score_cycles(scores)
        grids, labels, ignores, excludes = self.top_level()
        tests = self.tests(scores, grids, labels)
        self.silent_names()

        def assemble() -> p.Program:
            return p.Program(
                self.loaded.main.path,
                self.zone_name,
                tuple(draft.finished() for draft in drafts),
                tuple(grids),
                tuple(labels),
                tuple(ignores),
                tuple(excludes),
                tuple(tests),
                self.scope.events,
                self.scope.fields,
                {file.path: file.file.source for file in self.loaded.files.values()},
            )

        return assemble

    def resolver(self, file: LoadedFile) -> Resolver:
        return Resolver(self.scope, file, self.pending)

    def place(self, file: LoadedFile) -> PlaceMaker:
        display = posixpath.relpath(file.path, self.folder) if self.folder else file.path
        source = file.file.source
        return PlaceMaker(display, lambda offset: source.position(offset).line)

    def implicit_statements(self, file: LoadedFile) -> list[Statement]:
        return [statement for statement in file.file.statements if statement.keyword in SCORE_BODY]

    def name_of(self, statement: Statement) -> n.Name | None:
        """The name in a header, a grid or a label, also of a broken one."""
        node = statement.node
        if isinstance(node, n.Score | n.Grid | n.Label):
            return node.name
        if node is None and len(statement.words) > 1 and statement.words[1] not in ("=", ":"):
            return n.Name(statement.words[1].strip('"`'), False, statement.span)
        return None

    def score_names(self) -> None:
        """Names of scores, grids, labels and their columns must all differ, also from defines."""
        seen: set[str] = set()
        defined: dict[Span, int] = {}
        scores: dict[str, int] = {}
        for i, (file, statement) in enumerate(self.statements):
            if statement.keyword == "define":
                defined[statement.node.name.span if isinstance(statement.node, n.Define) else statement.span] = i
            if statement.keyword in ("score", "grid", "label"):
                name = self.name_of(statement)
                if name is None:
                    continue
                if statement.keyword == "score":
                    self.scope.scores.setdefault(name.text, name.span)
                    scores.setdefault(name.text, i)
                self.column(name.text, name.span, f"the {statement.keyword} {name.text}")
                has_tiers = any(child.keyword in ("tier", "threshold") for child in statement.children)
                if statement.keyword == "score" and has_tiers:
                    self.column(f"{name.text}_tier", name.span, f"the tiers of {name.text}")
            elif file.key not in seen and self.implicit[file.key] and statement.keyword in SCORE_BODY:
                seen.add(file.key)
                body = self.implicit_statements(file)
                self.scope.scores.setdefault(IMPLICIT, body[0].span)
                self.column(IMPLICIT, body[0].span, "the score of a file without a score header",
                            "Put the rules of each file under a header of their own, such as score engagement.")
                tiers = [s for s in body if s.keyword in ("tier", "threshold")]
                if tiers:
                    self.column(f"{IMPLICIT}_tier", tiers[0].span, "the tiers of score")
        for name_, entry in self.scope.defines.items():
            if name_ not in self.scope.scores:
                continue
            score = self.scope.scores[name_]
            if name_ in scores and defined[entry.span] < scores[name_]:  # the later of the two has the message
                message, span = f"The score {name_} has the name of a define.", score
                related = Related(entry.span, f"the define {name_}")
            else:
                message, span = f"The define {name_} has the name of a score.", entry.span
                related = Related(score, f"the score {name_}")
            self.problems.error("duplicate-name", message, span, "Give the define another name.", related=(related,),
                                name=name_)

    def column(self, name: str, span: Span, what: str, help: str = "Give one of the two another name.") -> None:
        if name == "lead":
            self.problems.error("duplicate-name", f"{what[0].upper()}{what[1:]} would have the column lead, which is "
                                "the lead's own.", span, "Choose another name.", name=name)
            return
        before = self.columns.get(name)
        if before is None:
            self.columns[name] = (span, what)
            return
        words = f"{what[0].upper()}{what[1:]}"
        if what != before[1]:
            message = f"{words} and {before[1]} would have one column, {name}."
        elif name == IMPLICIT and what != f"the score {name}":
            message = "Another file of this program has rules without a score header too: both would be score."
        else:
            message = f"{words} is there already."
        self.problems.error(
            "duplicate-name",
            message,
            span,
            help,
            related=(Related(before[0], before[1]),),
            name=name,
        )

    def cycles(self) -> None:
        """Defines and sets of events that use themselves; the first of a cycle in the file has the message.

        One that becomes too large when all that it uses is put in its place counts as broken from then on.
        """
        defines, sets = self.scope.defines, self.scope.sets
        self.cycles_of("define", defines, lambda name: [entry.name for entry in self.defines_of(defines[name])])
        self.cycles_of("set of events", sets, lambda name: [entry.name for entry in self.sets_of(sets[name])])

    def cycles_of(
        self, kind: str, entries: dict[str, Any], uses: Callable[[str], list[str]]
    ) -> None:
        uses = cache(uses)
        reported: set[str] = set()
        for name, entry in entries.items():
            path = way_back(name, uses)
            if path is not None and not reported & set(path):
                reported |= set(path)
                self.cycle(kind, entry.span, path)

        def own(name: str) -> int:
            return 0 if entries[name].node is None else sum(1 for _ in walk(entries[name].node))

        found = sizes(entries, own, uses)
        too_large = [name for name in entries if found[name][0] > _LARGEST or found[name][1] > _DEEPEST]
        for name in too_large:
            if not any(other in too_large for other in uses(name)):
                self.too_large(kind, name, entries[name].span, *found[name])
        for name in too_large:
            entries[name] = replace_node(entries[name], node=None)

    def too_large(self, kind: str, name: str, span: Span, size: int, depth: int) -> None:
        what = f"hangs on {depth - 1} others" if depth > _DEEPEST else f"has {size:,} parts with all that it uses"
        self.problems.error("too-large", f"The {kind} {name} {what}: that is too much to be computed.", span,
                            "Use fewer names in names.", name=name)

    def cycle(self, kind: str, span: Span, path: tuple[str, ...]) -> None:
        if len(path) == 1:
            message = f"The {kind} {path[0]} uses itself."
        else:
            message = f"The {kind} {path[0]} uses itself: {' -> '.join([*path, path[0]])}."
        self.problems.error("cycle", message, span, "Take one of these uses out.", name=path[0])

    def defines_of(self, entry: DefineEntry) -> Iterable[DefineEntry]:
        if entry.node is None:
            return
        for part in walk(entry.node.value):
            if isinstance(part, n.Ref) and not part.lead and not part.quoted:
                found = self.scope.define(part.name, entry.file)
                if found is not None:
                    yield found

    def sets_of(self, entry: SetEntry) -> Iterable[SetEntry]:
        if entry.node is None:
            return
        for part in walk(entry.node.step.events):
            if isinstance(part, n.Name) and not part.quoted:
                found = self.scope.event_set(part.text, entry.file)
                if found is not None:
                    yield found

    def unused_context(self) -> None:
        """Each define and set is checked once by itself, so that its own mistakes are told where it stands."""
        usage = self.scope.usage
        self.scope.usage = type(usage)()
        for entry in self.scope.defines.values():
            if entry.node is None:
                continue
            resolver = Resolver(self.scope, entry.file, [])
            resolver.defines = [entry]
            node = entry.node.value
            if isinstance(node, _CONDITIONS):
                resolver.condition(node, Context("define"))
            else:
                resolver.operand(node, Context("define"))
        for set_entry in self.scope.sets.values():
            if set_entry.node is not None:
                resolver = Resolver(self.scope, set_entry.file, [])
                resolver.sets = [set_entry.name]
                resolver.pattern(set_entry.node.step)
        self.scope.usage = usage

    def scores(self, remembering: Remembering | None) -> list[Draft]:
        drafts: dict[str, Draft] = {}
        done: set[str] = set()
        for file, statement in self.statements:
            if statement.keyword == "score":
                name = self.name_of(statement)
                text = name.text if name is not None else ""
                checker = ScoreChecker(self.resolver(file), self.place(file), remembering)
                draft = checker.score(statement, text, statement.children, statement.span)
                if name is not None:
                    drafts.setdefault(text, draft)
            elif statement.keyword in SCORE_BODY:
                if not self.implicit[file.key]:
                    self.outside(statement)
                elif file.key not in done:
                    done.add(file.key)
                    body = self.implicit_statements(file)
                    checker = ScoreChecker(self.resolver(file), self.place(file), remembering)
                    drafts.setdefault(IMPLICIT, checker.score(None, IMPLICIT, body, body[0].span))
        return list(drafts.values())

    def outside(self, statement: Statement) -> None:
        what = "a rule" if statement.keyword in ("on", "when") else statement.keyword
        self.problems.error(
            "outside-score",
            f"This file has a score header, so that {what} at the left margin belongs to no score.",
            statement.span,
            "Indent it under the score that it belongs to.",
        )

    def score_cycles(self, scores: list[p.Score]) -> None:
        by_name = {score.name: score for score in scores}

        def uses(name: str) -> list[str]:
            score = by_name.get(name)
            if score is None or score.formula is None:
                return []
            return [part.name for part in walk(score.formula) if isinstance(part, e.ScoreValue) and part.name]

        reported: set[str] = set()
        for score in scores:
            path = way_back(score.name, uses)
            if path is not None and not reported & set(path):
                reported |= set(path)
                self.cycle("score", self.scope.scores[score.name], path)
        found = sizes(by_name, lambda name: 1, uses)
        for name in by_name:
            if found[name][1] == _DEEPEST + 1:
                self.too_large("score", name, self.scope.scores[name], *found[name])

    def top_level(self) -> tuple[list[p.Grid], list[p.Label], list[e.Pattern], list[e.Condition]]:
        grids: list[p.Grid] = []
        labels: list[p.Label] = []
        ignores: list[e.Pattern] = []
        excludes: list[e.Condition] = []
        for file, statement in self.others:
            resolver = self.resolver(file)
            match statement.node:
                case n.Grid() as node:
                    grids.append(self.grid(node, statement, file))
                case n.Label(name, condition):
                    resolved = resolver.condition(condition, Context("label"))
                    labels.append(p.Label(name.text, resolved, self.place(file)(statement.span)))
                case n.Ignore(step):
                    ignores.append(resolver.pattern(step))
                case n.Exclude(condition):
                    excludes.append(resolver.condition(condition, Context("exclude")))
                case _ if statement.keyword in TEST_BODY:
                    self.problems.error("misplaced", f"{statement.keyword} stands in a test.", statement.span,
                                        'Write it, indented, under a line such as test "what is tested".')
                case _:
                    pass
        return grids, labels, ignores, excludes

    def grid(self, node: n.Grid, statement: Statement, file: LoadedFile) -> p.Grid:
        axes: list[p.Axis] = []
        for axis in node.axes:
            if axis.score.text not in self.scope.scores:
                extra = cast(dict[str, Any], suggestion(axis.score.text, self.scope.scores, axis.score.span))
                extra.setdefault("help", listed(self.scope.scores, "Write a score first: a grid reads scores."))
                self.problems.error("unknown-score", f"There is no score {axis.score.text}.", axis.score.span, **extra,
                                    name=axis.score.text)
            bands: list[tuple[str, int | None]] = []
            names: dict[str, Span] = {}
            before: int | None = None
            for i, band in enumerate(axis.bands):
                last = i == len(axis.bands) - 1
                if band.name.text in names:
                    self.problems.error("duplicate-name", f"The band {band.name.text} is there already.",
                                        band.name.span, "Give one of the two another name.",
                                        related=(Related(names[band.name.text], "the first one"),), name=band.name.text)
                names.setdefault(band.name.text, band.name.span)
                number = None if band.number is None else points_of(band.number, self.problems, "A band")
                if last and number is not None:
                    self.problems.error("grid-order", f"The last band, {band.name.text}, is for all the rest: it has "
                                        "no number.", band.span,
                                        f"Write {band.name.text} alone, or add a band after it.")
                elif not last and number is None:
                    self.problems.error("grid-order", f"The band {band.name.text} has no number; only the last one has "
                                        "none.", band.span, f"Write {band.name.text} from a number.")
                elif number is not None and before is not None and number >= before:
                    self.problems.error(
                        "grid-order",
                        f"The band {band.name.text} from {millionths_text(number)} stands below one from "
                        f"{millionths_text(before)}: bands stand with the highest first.",
                        band.span,
                        "Change the order or the number.",
                    )
                before = number if number is not None else before
                bands.append((band.name.text, number))
            axes.append(p.Axis(axis.score.text, tuple(bands)))
        return p.Grid(node.name.text, tuple(axes), self.place(file)(statement.span))

    def tests(self, scores: list[p.Score], grids: list[p.Grid], labels: list[p.Label]) -> list[p.TestCase]:
        """The tests of the file that is run; those of imported files are checked, and run with their own file."""
        tiers = {score.name: tuple(tier.name for tier in score.tiers) for score in scores}
        for name in self.scope.scores:
            tiers.setdefault(name, ())
        label_names = {label.name for label in labels}
        grid_cells: dict[str, tuple[str, ...] | None] = {grid.name: grid.cells for grid in grids}
        for _, statement in self.others:  # what a broken line seems to name is known
            name_ = self.name_of(statement)
            if statement.node is None and name_ is not None and statement.keyword == "label":
                label_names.add(name_.text)
            elif statement.node is None and name_ is not None and statement.keyword == "grid":
                grid_cells.setdefault(name_.text, None)
        targets = Targets(tiers, grid_cells, frozenset(label_names))
        result: list[p.TestCase] = []
        for file, statement in self.others:
            if statement.keyword != "test":
                continue
            test = TestChecker(self.resolver(file), self.place(file), targets).test(statement)
            if file.key == self.loaded.main.key:
                result.append(test)
        return result

    # ---- no silent names (section 4)

    def silent_names(self) -> None:
        usage = self.scope.usage
        events = usage.events | set(self.scope.events)

        def is_silent(name: PendingName) -> bool:
            if name.name in self.scope.fields:
                return False
            as_event = name.where in ("when", "if", "exclude", "points of when") and name.name in events
            return as_event or (
                name.where == "if" and name.name in usage.properties and name.name not in usage.fields_in_when
            )

        for name in _places_of(self.pending, is_silent):
            fix = replace(name.span, f"lead.{name.name}", sure=False)
            related = () if name.via is None else (Related(name.via, "used here"),)
            if name.where in ("when", "if", "exclude", "points of when") and name.name in events:
                self.problems.error(
                    "silent-event",
                    f"{name.name} is an event; alone it stands for a profile field of that name.",
                    name.span,
                    f"{_asked(name)}, or lead.{name.name} if you mean a profile field.",
                    related=related,
                    fix=fix,
                    name=name.name,
                )
            else:
                self.problems.error(
                    "silent-property",
                    f"{name.name} is a property of events; after if stand profile fields.",
                    name.span,
                    f"Move the condition into where, or write lead.{name.name} if you mean a profile field.",
                    related=related,
                    fix=fix,
                    name=name.name,
                )


def _places_of(
    pending: Iterable[PendingName | Unplaced], wanted: Callable[[PendingName], bool]
) -> Iterator[PendingName]:
    """The wanted ones of all bare names, in order; rules of which none is wanted are not looked at again."""
    answers: dict[int, bool] = {}
    for each in pending:
        if isinstance(each, PendingName):
            if wanted(each):
                yield each
            continue
        known = answers.get(id(each.kinds))
        if known is None:
            known = answers[id(each.kinds)] = any(wanted(kind) for kind in each.kinds)
        if known:
            yield from filter(wanted, each.places())


def _is_header(statement: Statement) -> bool:
    """A line that is only guessed to be a header (`scor fit`) is one where lines are indented under it."""
    return statement.node is not None or bool(statement.children) or statement.words[:1] == ("score",)


def _asked(name: PendingName) -> str:
    """How the event of a name is asked for, where it stands."""
    match name.where:
        case "if":
            return "After if no event can be asked for: write a when rule with has " + name.name
        case _ if name.days == "since":
            return f"Write days since last {name.name} to ask for the event"
        case "points of when":
            return f"Write count of {name.name} to ask for the event"
        case _:
            return f"Write has {name.name} to ask for the event"


