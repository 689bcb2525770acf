"""Hypothesis strategies for the nodes of a program: every node type, every clause, as the parser can give them.

Each strategy draws nodes that some text is read as (`scoredsl.syntax.printer` prints them); most of what they say
together is nonsense to the checks. `Vocabulary` holds the names to draw from: a small one makes programs whose rules
concern each other, the default one tries the syntax. `files` draws whole files as trees of statements, `written`
their text in the plainest layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from hypothesis import strategies as st

from scoredsl.syntax import nodes as n
from scoredsl.syntax.printer import print_statement

Strategy = st.SearchStrategy

# ---- names

PLAIN = ("a", "b", "page_view", "order", "context.page.url", "_x1")
KEYWORDS = ("any", "once", "add", "add.x", "of", "last", "same", "score", "inactivity", "none", "true", "has", "no")
ODD = ("", "Order Completed", 'say "hi"', "back\\slash", "café ☕", "'; drop table", "#1", "a;b", "lead.x")


@dataclass(frozen=True)
class Vocabulary:
    """The names and texts to draw from. Names in `plain` are written bare, those in `quoted` in quotes."""

    plain: tuple[str, ...] = PLAIN
    quoted: tuple[str, ...] = KEYWORDS + ODD + PLAIN
    texts: tuple[str, ...] = ("", "x", "/pricing", *ODD)


DEFAULT = Vocabulary()


def _some(strategy: Strategy[Any], most: int = 3, least: int = 1) -> Strategy[tuple[Any, ...]]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


def _maybe(strategy: Strategy[Any]) -> Strategy[Any]:
    return st.none() | strategy


_S = TypeVar("_S", bound=Strategy[Any])


def _once(make: Callable[..., _S]) -> Callable[..., _S]:
    """Makes each strategy of an object once, when it is drawn from: they need each other many times over."""

    @wraps(make)
    def made(self: Nodes, *arguments: Any, **named: Any) -> _S:
        key = (make.__name__, arguments, tuple(named.items()))

        @st.composite
        def lazily(draw: st.DrawFn) -> Any:
            if key not in self.made:
                self.made[key] = make(self, *arguments, **named)
            return draw(self.made[key])

        return cast(_S, lazily())

    return made


class Nodes:
    """The strategies for one vocabulary. `depth` limits how deep conditions and arithmetic are nested."""

    def __init__(self, vocabulary: Vocabulary = DEFAULT, depth: int = 3) -> None:
        self.vocabulary = vocabulary
        self.depth = depth
        self.made: dict[Any, Any] = {}

    # ---- names and literals

    @_once
    def labels(self) -> Strategy[n.Name]:
        """Names of scores, groups, defines, grids, labels: never quoted."""
        return st.sampled_from(self.vocabulary.plain).map(n.Name)

    @_once
    def event_names(self) -> Strategy[n.Name]:
        """Also names of tiers."""
        return self.labels() | st.sampled_from(self.vocabulary.quoted).map(lambda text: n.Name(text, True))

    @_once
    def props(self) -> Strategy[n.Name]:
        quoted = [text for text in self.vocabulary.quoted if text]
        return self.labels() | st.sampled_from(quoted).map(lambda text: n.Name(text, True))

    @_once
    def refs(self) -> Strategy[n.Ref]:
        return st.builds(lambda name, lead: n.Ref(name.text, lead, name.quoted), self.props(), st.booleans())

    @_once
    def bands(self) -> Strategy[n.Name]:
        return st.sampled_from(["A", "B2", "3", "high"]).map(n.Name) | st.sampled_from(["A+", "tier", "at"]).map(
            lambda text: n.Name(text, True)
        )

    @_once
    def texts(self) -> Strategy[n.Text]:
        return st.sampled_from(self.vocabulary.texts).map(n.Text)

    @_once
    def titles(self) -> Strategy[str]:
        return st.sampled_from(self.vocabulary.texts)

    @_once
    def numbers(self) -> Strategy[n.Number]:
        """Not negative."""
        return st.builds(
            n.Number,
            st.integers(0, 200).map(float)
            | st.sampled_from([0.1, 2.5, 1e-7, 1e16, 1e300, 1234567.891])
            | st.floats(0, allow_nan=False, allow_infinity=False),
        )

    @_once
    def signed(self) -> Strategy[n.Number]:
        return st.builds(lambda number, sign: n.Number(number.value * sign), self.numbers(), st.sampled_from([1, -1]))

    @_once
    def durations(self) -> Strategy[n.Duration]:
        return st.builds(n.Duration, st.integers(1, 90), st.sampled_from("smhdw"))

    @_once
    def dates(self) -> Strategy[n.Date]:
        return st.builds(
            lambda day, time: n.Date(f"2026-03-{day:02}{time}"),
            st.integers(1, 31),
            st.sampled_from(["", " 09:30", "T09:30", " 23:59:59", "T09:30:00Z", " 09:30:00.5+02:00", "T00:00-0330"]),
        )

    @_once
    def booleans(self) -> Strategy[n.Boolean]:
        return st.builds(n.Boolean, st.booleans())

    @_once
    def lists(self) -> Strategy[n.ListOf]:
        items: Strategy[Any] = st.one_of(self.texts(), self.signed(), self.dates(), self.booleans(), self.refs())
        return _some(items, least=0).map(n.ListOf)

    # ---- values and conditions

    @_once
    def values(self, depth: int | None = None) -> Strategy[Any]:
        """Arithmetic: numbers, names, facts, calls."""
        depth = self.depth if depth is None else depth
        leaves = st.one_of(
            self.numbers(),
            self.refs(),
            st.builds(n.DaysField, st.sampled_from(["since", "until"]), self.refs()),
        )
        if depth <= 0:
            return leaves
        inner = st.deferred(lambda: self.values(depth - 1))
        return st.one_of(
            leaves,
            st.builds(n.Negate, inner),
            st.builds(n.Arithmetic, st.sampled_from("+-*/"), inner, inner),
            st.builds(n.Call, st.sampled_from(["min", "max", "round"]), _some(inner)),
            self.facts(depth - 1),
        )

    @_once
    def facts(self, depth: int = 1) -> Strategy[n.Fact]:
        without = st.builds(n.Fact, st.sampled_from(["count", "days since last"]), st.none(), self.sources(depth))
        kinds = ["sum", "average", "lowest", "highest", "distinct", "latest", "first"]
        return without | st.builds(n.Fact, st.sampled_from(kinds), self.props(), self.sources(depth))

    @_once
    def sources(self, depth: int) -> Strategy[n.FactSource]:
        where = _maybe(st.deferred(lambda: self.conditions(depth)))
        return st.builds(n.FactSource, self.events(depth), where, _maybe(self.durations()), _maybe(self.durations()))

    @_once
    def operands(self, depth: int) -> Strategy[Any]:
        return st.one_of(self.values(depth), self.texts(), self.dates(), self.booleans())

    @_once
    def rows(self, depth: int) -> Strategy[Any]:
        """One row of the table of conditions."""
        side = self.operands(depth)
        names_or_texts = self.texts() | self.refs()
        list_or_name = self.lists() | self.refs()
        known = st.builds(n.Known, side, st.booleans())
        windows = st.builds(n.InWindow, self.values(depth), st.sampled_from(["last", "next"]), self.durations())
        operators = st.sampled_from(["contains", "contains word", "starts with", "ends with"])
        any_of = st.sampled_from(["contains", "contains word"])
        patterns = st.sampled_from(["x", "^/a", "a#b", "[a-z]+/;", "\\d\\\\/", '"q"', "(?i)é"])
        return st.one_of(
            st.builds(n.Compare, st.sampled_from(["=", "!=", ">", ">=", "<", "<="]), side, side),
            st.builds(n.Between, side, side, side),
            st.builds(n.InList, side, list_or_name, st.booleans()),
            st.builds(n.TextTest, operators, side, names_or_texts, st.just(False)),
            st.builds(n.TextTest, any_of, side, list_or_name, st.just(True)),
            windows,
            st.builds(n.Matches, side, patterns),
            known,
            st.builds(n.Has, self.sources(depth - 1), st.booleans()),
            st.builds(n.Inactive, self.durations()),
            st.builds(n.IsTrue, self.values(depth)),
        )

    @_once
    def conditions(self, depth: int | None = None) -> Strategy[Any]:
        depth = self.depth if depth is None else depth
        if depth <= 0:
            return st.one_of(st.builds(n.IsTrue, self.refs()), st.builds(n.Known, self.refs(), st.booleans()))
        inner = st.deferred(lambda: self.conditions(depth - 1))
        several = _some(inner, least=2)
        return st.one_of(
            self.rows(depth - 1), st.builds(n.Not, inner), st.builds(n.And, several), st.builds(n.Or, several)
        )

    # ---- events, steps, triggers

    @_once
    def events(self, depth: int = 2) -> Strategy[n.Events]:
        return st.one_of(
            st.just(n.Events(True)),
            _some(self.event_names(), least=1).map(lambda names: n.Events(False, names)),
            *([self.events_with_where(depth), self.mixed_events(depth)] if depth > 0 else []),
        )

    @_once
    def events_with_where(self, depth: int) -> Strategy[n.Events]:
        """`(a or b where C)`; where it is over one nested stretch, this has a `where` of its own."""
        where = self.conditions(depth - 1)
        plain = st.builds(
            lambda events, condition: n.Events(events.any, events.names, condition),
            self.events(0) if depth <= 1 else self.events(0) | self.mixed_events(depth - 1),
            where,
        )
        if depth <= 1:
            return plain
        nested = self.events_with_where(depth - 1)
        return plain | st.builds(lambda inner, condition: n.Events(False, (inner,), condition), nested, where)

    @_once
    def mixed_events(self, depth: int) -> Strategy[n.Events]:
        """`a or (b where C)`, `a or (any)`."""
        item = self.event_names() | self.events_with_where(depth) | st.just(n.Events(True))
        return st.lists(item, min_size=2, max_size=3).map(lambda names: n.Events(False, tuple(names)))

    @_once
    def steps(self, apart: bool = True) -> Strategy[n.Step]:
        return st.builds(
            n.Step,
            self.events(),
            _maybe(self.conditions(self.depth - 1)),
            _maybe(self.durations()) if apart else st.none(),
        )

    @_once
    def sames(self) -> Strategy[n.Same]:
        return st.builds(n.Same, self.props())

    @_once
    def triggers(self) -> Strategy[Any]:
        step, same, within = self.steps(), _maybe(self.sames()), _maybe(self.durations())
        return st.one_of(
            st.builds(n.Occurs, step, same, within),
            st.builds(n.Count, self.numbers(), step, same, within),
            st.builds(n.Chain, _some(step, least=2), same, within),
            st.builds(n.Absence, step, step, same, within),
            st.builds(n.Inactivity, self.durations(), st.booleans()),
            st.builds(n.Inactivity, self.durations(), st.booleans(), self.steps(), _maybe(self.durations())),
        )

    # ---- clauses of rules

    @_once
    def awards(self) -> Strategy[n.Award]:
        return st.builds(n.Award, st.sampled_from([1, -1]), self.values())

    @_once
    def effects(self) -> Strategy[Any]:
        return st.one_of(self.awards(), st.just(n.Reset()), st.builds(n.SetTo, self.signed()))

    @_once
    def periods(self) -> Strategy[Any]:
        return st.sampled_from(["day", "week", "month", "year"])

    @_once
    def limits(self) -> Strategy[n.Limit]:
        def limit(number: n.Number | None, per: Any, time: Any) -> n.Limit:
            period, every = (time, None) if isinstance(time, str) else (None, time)
            return n.Limit(number is None, number or n.Number(1.0), per, period, every)

        time = st.one_of(st.none(), self.periods(), self.durations())
        return st.builds(limit, _maybe(self.numbers()), _maybe(self.props()), time)

    @_once
    def up_tos(self) -> Strategy[n.UpTo]:
        return st.one_of(
            st.builds(n.UpTo, self.signed(), _maybe(self.props())),
            st.builds(n.UpTo, self.signed(), st.none(), self.periods()),
        )

    @_once
    def lifetimes(self) -> Strategy[Any]:
        """What may be a default too: expiry, decay, never."""
        percents = st.sampled_from([1.0, 12.5, 100.0])
        return st.one_of(
            st.builds(n.Expire, self.durations(), st.booleans()),
            st.builds(n.Never, st.sampled_from(["expire", "decay"])),
            st.builds(n.Decay, st.sampled_from(["zero", "half"]), self.durations()),
            st.builds(n.Decay, st.just("percent"), self.durations(), percents),
        )

    @_once
    def clauses(self) -> Strategy[Any]:
        return st.one_of(
            st.builds(n.ButNot, st.sampled_from(["below", "above"]), self.signed()),
            self.limits(),
            self.up_tos(),
            self.lifetimes(),
            st.builds(n.EndsOn, self.steps(apart=False), _maybe(self.sames())),
            st.builds(n.FromDate, self.dates()),
            st.builds(n.UntilDate, self.dates()),
            st.builds(n.Title, self.titles()),
        )

    # ---- statements of scores

    @_once
    def on_rules(self) -> Strategy[n.OnRule]:
        state = _maybe(self.conditions(self.depth - 1))
        return st.builds(n.OnRule, self.triggers(), state, self.effects(), _some(self.clauses(), least=0))

    @_once
    def when_rules(self) -> Strategy[n.WhenRule]:
        clauses = _some(self.clauses(), most=2, least=0)
        branch = st.builds(n.Branch, self.conditions(), self.awards(), clauses)
        last = st.builds(n.Branch, st.none(), self.awards(), clauses)
        ends = _some(last, most=1, least=0)
        return st.builds(lambda first, end: n.WhenRule((*first, *end)), _some(branch), ends)

    @_once
    def defaults(self) -> Strategy[n.Default]:
        return st.builds(n.Default, self.lifetimes())

    @_once
    def bounds(self) -> Strategy[n.Bound]:
        return st.builds(n.Bound, st.sampled_from(["maximum", "minimum"]), self.signed(), _maybe(self.conditions()))

    @_once
    def tier_clauses(self) -> Strategy[n.TierClause]:
        return st.one_of(
            st.builds(n.TierClause, st.sampled_from(["from", "above", "until below"]), self.signed()),
            st.just(n.TierClause("for good")),
            st.builds(lambda text: n.TierClause("title", None, n.Name(text, True)), self.titles()),
        )

    @_once
    def tiers(self) -> Strategy[n.Tier]:
        return st.builds(n.Tier, st.just("tier"), self.event_names(), _some(self.tier_clauses(), least=0))

    @_once
    def thresholds(self) -> Strategy[n.Tier]:
        def threshold(number: n.Number, clauses: tuple[n.TierClause, ...]) -> n.Tier:
            names = [clause.text for clause in clauses if clause.kind == "as"]
            return n.Tier("threshold", names[0] if names else None, (n.TierClause("from", number), *clauses))

        named = st.builds(lambda name: n.TierClause("as", None, name), self.event_names())
        return st.builds(threshold, self.signed(), _some(self.tier_clauses() | named, least=0))

    @_once
    def starts(self) -> Strategy[n.StartAt]:
        return st.builds(n.StartAt, self.signed())

    # ---- headers and declarations

    @_once
    def scores(self, formula: bool = False) -> Strategy[n.Score]:
        return st.builds(n.Score, self.labels(), _maybe(self.titles()), self.values() if formula else st.none())

    @_once
    def groups(self) -> Strategy[n.Group]:
        return st.builds(n.Group, self.labels(), _maybe(self.titles()))

    @_once
    def tests(self) -> Strategy[n.Test]:
        return st.builds(n.Test, self.texts())

    @_once
    def timezones(self) -> Strategy[n.Timezone]:
        return st.sampled_from(["UTC", "Europe/Berlin"]).map(lambda name: n.Timezone(n.Text(name)))

    @_once
    def imports(self) -> Strategy[n.Import]:
        return st.builds(n.Import, self.texts())

    @_once
    def defines(self) -> Strategy[n.Define]:
        conditions = self.conditions().filter(lambda condition: not isinstance(condition, n.IsTrue))
        values: Strategy[Any] = st.one_of(
            conditions, self.values(), self.lists(), self.texts(), self.dates(), self.booleans()
        )
        return st.builds(n.Define, self.labels(), values)

    @_once
    def events_defs(self) -> Strategy[n.EventsDef]:
        return st.builds(n.EventsDef, self.labels(), self.steps(apart=False))

    @_once
    def ignores(self) -> Strategy[n.Ignore]:
        return st.builds(n.Ignore, self.steps(apart=False))

    @_once
    def excludes(self) -> Strategy[n.Exclude]:
        return st.builds(n.Exclude, self.conditions())

    @_once
    def label_statements(self) -> Strategy[n.Label]:
        return st.builds(n.Label, self.labels(), self.conditions())

    @_once
    def grids(self) -> Strategy[n.Grid]:
        band = st.builds(n.Band, self.bands(), _maybe(self.signed()))
        axis = st.builds(n.Axis, self.labels(), _some(band))
        return st.builds(n.Grid, self.labels(), _some(axis, most=2))

    @_once
    def declared(self) -> Strategy[n.Declared]:
        types = st.sampled_from(["number", "text", "boolean", "time", "list"])
        closed = st.builds(n.Declared, self.props(), st.just("text"), _some(self.texts()))
        return st.builds(n.Declared, self.props(), types) | closed

    @_once
    def event_decls(self) -> Strategy[n.EventDecl]:
        return st.builds(n.EventDecl, self.event_names(), _maybe(self.titles()), _some(self.declared(), least=0))

    @_once
    def profile_decls(self) -> Strategy[n.ProfileDecl]:
        return st.builds(n.ProfileDecl, self.declared(), _maybe(self.titles()))

    # ---- statements of tests

    @_once
    def assigns(self) -> Strategy[n.Assign]:
        values: Strategy[Any] = st.one_of(self.texts(), self.signed(), self.dates(), self.booleans(), self.lists())
        return st.builds(n.Assign, self.props(), values)

    @_once
    def givens(self) -> Strategy[n.Given]:
        every = _maybe(self.durations())
        assigns = _some(self.assigns(), least=0)
        return st.builds(n.Given, _maybe(self.numbers()), self.event_names(), assigns, self.dates(), every)

    @_once
    def given_profiles(self) -> Strategy[n.GivenProfile]:
        return st.builds(n.GivenProfile, _some(self.assigns()), _maybe(self.dates()))

    @_once
    def expects(self) -> Strategy[Any]:
        at = _maybe(self.dates())
        operators = st.sampled_from(["=", "!=", ">", ">=", "<", "<="])
        return st.one_of(
            st.builds(n.ExpectValue, self.labels(), operators, self.signed(), st.none(), at),
            st.builds(n.ExpectValue, self.labels(), st.just("between"), self.signed(), self.signed(), at),
            st.builds(n.ExpectTier, self.labels(), _maybe(self.event_names()), st.booleans(), at),
            st.builds(n.ExpectCell, self.labels(), self.bands(), at),
            st.builds(n.ExpectLabel, self.labels(), st.booleans(), at),
            st.builds(n.ExpectExcluded, at),
        )

    # ---- by where they stand

    @_once
    def group_body(self) -> Strategy[Any]:
        return st.one_of(self.on_rules(), self.when_rules(), self.defaults(), self.bounds())

    @_once
    def score_body(self) -> Strategy[Any]:
        return st.one_of(self.group_body(), self.tiers(), self.thresholds(), self.starts())

    @_once
    def test_body(self) -> Strategy[Any]:
        return st.one_of(self.givens(), self.given_profiles(), self.expects())

    @_once
    def declarations(self) -> Strategy[Any]:
        return st.one_of(
            self.timezones(), self.imports(), self.defines(), self.events_defs(), self.ignores(), self.excludes(),
            self.label_statements(), self.grids(), self.event_decls(), self.profile_decls(),
        )

    @_once
    def statements(self) -> Strategy[Any]:
        """Any statement, headers without their blocks."""
        headers = st.one_of(self.scores(), self.scores(formula=True), self.groups(), self.tests())
        return st.one_of(self.declarations(), headers, self.score_body(), self.test_body())

    # ---- whole files

    @_once
    def blocks(self) -> Strategy[Branching]:
        """A header with its block."""
        group = st.builds(Branching, self.groups(), _some(self.group_body().map(Branching), least=0))
        score = st.builds(Branching, self.scores(), _some(self.score_body().map(Branching) | group, least=0))
        bounds = (self.bounds() | self.tiers()).map(Branching)
        formula = st.builds(Branching, self.scores(formula=True), _some(bounds, least=0))
        test = st.builds(Branching, self.tests(), _some(self.test_body().map(Branching), least=0))
        return st.one_of(score, formula, test)

    @_once
    def files(self, most: int = 5) -> Strategy[tuple[Branching, ...]]:
        """The statements of a file. Where the default vocabulary is used, names collide: it is for the syntax alone."""
        return _some(self.declarations().map(Branching) | self.blocks(), most=most, least=0)


@dataclass(frozen=True)
class Branching:
    """A statement with the statements of its block."""

    node: Any
    children: tuple[Branching, ...] = ()


def written(statements: tuple[Branching, ...], indent: str = "") -> list[str]:
    """The lines of a file in the plainest layout."""
    lines: list[str] = []
    for statement in statements:
        lines.append(indent + print_statement(statement.node))
        lines.extend(written(statement.children, indent + "  "))
    return lines
