"""From Lark's tree of one statement to its node: the only place that knows both.

`base` is the offset of the statement in its file: Lark reads the statement's text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from lark import Token, Tree

from scoredsl.syntax import nodes as n
from scoredsl.text import Span

Part = Token | Tree[Token]


def build_statement(tree: Tree[Token], base: int, file: str) -> n.Node:
    """The node of a statement; `tree` is Lark's tree for `start`."""
    return _Builder(base, file).statement(cast("Tree[Token]", tree.children[0]))


def unquote(text: str) -> str:
    """The text between double quotes, with its escapes replaced."""
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\") if "\\\\" not in text else _unescape(text[1:-1])


def _unescape(inner: str) -> str:
    characters = iter(inner)
    return "".join(next(characters) if character == "\\" else character for character in characters)


def number_of(text: str) -> float:
    return float(text.replace("_", ""))


_COMPARE = {"EQ": "=", "NE": "!=", "GE": ">=", "LE": "<=", "GT": ">", "LT": "<"}
_TEXT_TESTS = {
    "CONTAINS": "contains",
    "CONTAINS_WORD": "contains word",
    "STARTS_WITH": "starts with",
    "ENDS_WITH": "ends with",
    "CONTAINS_ANY_OF": "contains",
    "CONTAINS_ANY_WORD_OF": "contains word",
}
_FACTS = {
    "COUNT_OF": "count",
    "SUM_OF": "sum",
    "AVERAGE_OF": "average",
    "LOWEST_OF": "lowest",
    "HIGHEST_OF": "highest",
    "DISTINCT": "distinct",
    "LATEST": "latest",
    "FIRST": "first",
    "DAYS_SINCE_LAST": "days since last",
}
_NAME_TYPES = frozenset({"NAME", "BACKQUOTED", "STRING", "BAND"})


_DURATION_DIGITS = 400
"""Further digits are cut, as Python reads no whole number of thousands of digits; both are far too long to use."""


def _kind(part: Part) -> str:
    return part.type if isinstance(part, Token) else part.data


def _find(parts: Sequence[Part], kind: str) -> Any:
    return next((part for part in parts if _kind(part) == kind), None)


class _Builder:
    """Holds where the statement stands, so that every node gets its place in the file."""

    def __init__(self, base: int, file: str) -> None:
        self.base = base
        self.file = file

    def span(self, part: Part) -> Span:
        if isinstance(part, Token):
            return Span(self.base + cast(int, part.start_pos), self.base + cast(int, part.end_pos), self.file)
        return Span(self.base + part.meta.start_pos, self.base + part.meta.end_pos, self.file)

    # ---- small parts

    def name(self, token: Part) -> n.Name:
        assert isinstance(token, Token)
        match token.type:
            case "STRING":
                return n.Name(unquote(token), True, self.span(token))
            case "BACKQUOTED":
                return n.Name(token[1:-1], True, self.span(token))
            case _:
                return n.Name(str(token), False, self.span(token))

    def optional_name(self, parts: Sequence[Part]) -> n.Name | None:
        found = next((part for part in parts if _kind(part) in _NAME_TYPES), None)
        return None if found is None else self.name(found)

    def text(self, token: Part) -> n.Text:
        return n.Text(unquote(cast(Token, token)), self.span(token))

    def title(self, parts: Sequence[Part]) -> str | None:
        token = _find(parts, "STRING")
        return None if token is None else unquote(token)

    def number(self, part: Part) -> n.Number:
        if isinstance(part, Token):
            return n.Number(number_of(part), self.span(part))
        value = number_of(cast(Token, part.children[-1]))
        return n.Number(-value if part.data == "minus_number" else value, self.span(part))

    def numbers(self, parts: Sequence[Part]) -> list[n.Number]:
        return [self.number(part) for part in parts if _kind(part) in ("number", "minus_number")]

    def duration(self, token: Part) -> n.Duration:
        assert isinstance(token, Token)
        digits = token[:-1].replace("_", "").lstrip("0")[:_DURATION_DIGITS]
        return n.Duration(int(digits or "0"), token[-1], self.span(token))

    def optional_duration(self, parts: Sequence[Part]) -> n.Duration | None:
        token = _find(parts, "DURATION")
        return None if token is None else self.duration(token)

    def date(self, token: Part) -> n.Date:
        return n.Date(str(token), self.span(token))

    def optional_date(self, parts: Sequence[Part]) -> n.Date | None:
        token = _find(parts, "DATE")
        return None if token is None else self.date(token)

    # ---- statements

    def statement(self, tree: Tree[Token]) -> n.Node:
        parts = tree.children
        span = self.span(tree)
        match tree.data:
            case "timezone":
                return n.Timezone(self.text(parts[1]), span)
            case "import_":
                return n.Import(self.text(parts[1]), span)
            case "define":
                return n.Define(self.name(parts[1]), self.define_value(parts[3]), span)
            case "events_def":
                return n.EventsDef(self.name(parts[1]), self.step_of(parts[3:]), span)
            case "ignore":
                return n.Ignore(self.step_of(parts[1:]), span)
            case "exclude":
                return n.Exclude(self.condition(parts[2]), span)
            case "label":
                return n.Label(self.name(parts[1]), self.condition(parts[3]), span)
            case "grid":
                axes = tuple(self.axis(part) for part in parts if _kind(part) == "axis")
                return n.Grid(self.name(parts[1]), axes, span)
            case "event":
                return self.event(parts, span)
            case "profile":
                return self.profile(parts, span)
            case "score":
                formula = self.value(parts[-1]) if _find(parts, "EQ") is not None else None
                return n.Score(self.name(parts[1]), self.title(parts), formula, span)
            case "group":
                return n.Group(self.name(parts[1]), self.title(parts), span)
            case "test":
                return n.Test(self.text(parts[1]), span)
            case "default":
                return n.Default(cast("n.Expire | n.Decay | n.Never", self.clause(parts[0])), span)
            case "bound":
                kind = cast(Any, str(parts[0]))
                when = self.condition(parts[3]) if len(parts) > 2 else None
                return n.Bound(kind, self.number(parts[1]), when, span)
            case "tier":
                clauses = tuple(self.tier_clause(part) for part in parts[2:])
                return n.Tier("tier", self.name(parts[1]), clauses, span)
            case "threshold":
                number = self.number(parts[1])
                from_clause = n.TierClause("from", number, None, number.span)
                clauses = (from_clause, *(self.tier_clause(part) for part in parts[2:]))
                names = [clause.text for clause in clauses if clause.kind == "as"]
                return n.Tier("threshold", names[0] if names else None, clauses, span)
            case "start_at":
                return n.StartAt(self.number(parts[1]), span)
            case "on_rule":
                return self.on_rule(parts, span)
            case "when_rule":
                return self.when_rule(parts, span)
            case "given":
                return self.given(parts, span)
            case "given_profile":
                fields = tuple(self.assign(part) for part in parts if _kind(part) == "assign")
                return n.GivenProfile(fields, self.optional_date(parts), span)
            case "expect":
                return self.expect(cast("Tree[Token]", parts[1]), self.optional_date(parts), span)
            case other:
                raise AssertionError(other)

    def define_value(self, part: Part) -> n.Value | n.Condition:
        kind = _kind(part)
        if kind in _CONDITION_KINDS:
            return self.condition(part)
        return self.value(part)

    def axis(self, part: Part) -> n.Axis:
        tree = cast("Tree[Token]", part)
        bands = []
        for band in tree.find_data("band"):
            numbers = self.numbers(band.children)
            name = self.name(band.children[0])
            bands.append(n.Band(name, numbers[0] if numbers else None, self.span(band)))
        return n.Axis(self.name(tree.children[0]), tuple(sorted(bands, key=lambda b: b.span.start)),
                      self.span(tree))

    def declared(self, parts: Sequence[Part], span: Span) -> n.Declared:
        """From a name, its type, and the further texts of a closed set."""
        one_of = _find(parts, "one_of")
        name = self.name(parts[0])
        if one_of is None:
            return n.Declared(name, cast(Any, str(_find(parts, "TYPE"))), None, span)
        first = self.text(one_of.children[1])
        rest = [self.text(part.children[0]) for part in parts if isinstance(part, Tree) and part.data == "choice"]
        return n.Declared(name, "text", (first, *rest), span)

    def event(self, parts: Sequence[Part], span: Span) -> n.EventDecl:
        name = self.event_name(parts[1])
        groups: list[list[Part]] = []
        for part in parts[2:]:
            match _kind(part):
                case "property":
                    groups.append(list(cast("Tree[Token]", part).children))
                case "choice" if groups:
                    groups[-1].append(part)
        declared = tuple(
            self.declared(group, self.span(group[0]).to(self.span(group[-1]))) for group in groups
        )
        return n.EventDecl(name, self.title(parts[2:]), declared, span)

    def profile(self, parts: Sequence[Part], span: Span) -> n.ProfileDecl:
        title = unquote(cast(Token, parts[-1])) if _kind(parts[-1]) == "STRING" else None
        return n.ProfileDecl(self.declared(parts[1:], span), title, span)

    def tier_clause(self, part: Part) -> n.TierClause:
        tree = cast("Tree[Token]", part)
        span = self.span(tree)
        parts = tree.children
        match tree.data:
            case "tier_from":
                return n.TierClause("from", self.number(parts[1]), None, span)
            case "tier_above":
                return n.TierClause("above", self.number(parts[1]), None, span)
            case "until_below":
                return n.TierClause("until below", self.number(parts[1]), None, span)
            case "for_good":
                return n.TierClause("for good", None, None, span)
            case "title_text":
                return n.TierClause("title", None, self.name(parts[0]), span)
            case "tier_as":
                return n.TierClause("as", None, self.name(parts[1]), span)
            case other:
                raise AssertionError(other)

    # ---- rules

    def on_rule(self, parts: Sequence[Part], span: Span) -> n.OnRule:
        state: n.Condition | None = None
        effect: n.Effect | None = None
        clauses: list[n.Clause] = []
        for part in parts[2:]:
            match _kind(part):
                case "if":
                    state = self.condition(cast("Tree[Token]", part).children[1])
                case "award":
                    effect = self.award(part)
                case "reset":
                    effect = n.Reset(self.span(part))
                case "set_to":
                    number = self.number(cast("Tree[Token]", part).children[1])
                    effect = n.SetTo(number, self.span(part))
                case "COMMA":
                    pass
                case _:
                    clauses.append(self.clause(part))
        assert effect is not None
        return n.OnRule(self.trigger(parts[1]), state, effect, tuple(clauses), span)

    def when_rule(self, parts: Sequence[Part], span: Span) -> n.WhenRule:
        branches: list[n.Branch] = []
        rest: Sequence[Part] | None = parts
        while rest is not None:
            branches.append(self.branch([part for part in rest if _kind(part) not in ("else_when", "else")]))
            following = _find(rest, "else_when") or _find(rest, "else")
            rest = None if following is None else following.children
        return n.WhenRule(tuple(branches), span)

    def branch(self, parts: Sequence[Part]) -> n.Branch:
        parts = [part for part in parts if _kind(part) != "COMMA"]
        condition = None if _kind(parts[0]) == "ELSE" else self.condition(parts[1])
        at = next(i for i, part in enumerate(parts) if _kind(part) == "award")
        clauses = tuple(self.clause(part) for part in parts[at + 1 :])
        return n.Branch(condition, self.award(parts[at]), clauses, self.span(parts[0]).to(self.span(parts[-1])))

    def award(self, part: Part) -> n.Award:
        parts = cast("Tree[Token]", part).children
        return n.Award(1 if _kind(parts[0]) == "ADD" else -1, self.value(parts[1]), self.span(part))

    def trigger(self, part: Part) -> n.Trigger:
        tree = cast("Tree[Token]", part)
        parts = tree.children
        span = self.span(tree)
        steps = tuple(self.step(child) for child in parts if _kind(child) == "step")
        same = self.same(parts)
        within_tree = _find(parts, "within")
        within = None if within_tree is None else self.duration(within_tree.children[1])
        match tree.data:
            case "occurs":
                return n.Occurs(steps[0], same, within, span)
            case "count":
                return n.Count(self.number(parts[0]), steps[0], same, within, span)
            case "chain":
                return n.Chain(steps, same, within, span)
            case "absence":
                return n.Absence(steps[0], steps[1], same, within, span)
            case "inactivity":
                duration = self.duration(_find(parts, "DURATION"))
                return n.Inactivity(duration, _find(parts, "EVERY") is not None, None, None, span)
            case "silence":
                duration = self.duration(_find(parts, "DURATION"))
                after = _find(parts, "after")
                after_duration = None if after is None else self.duration(after.children[1])
                every = _find(parts, "EVERY") is not None
                return n.Inactivity(duration, every, self.step(_find(parts, "step")), after_duration, span)
            case other:
                raise AssertionError(other)

    def same(self, parts: Sequence[Part]) -> n.Same | None:
        tree = _find(parts, "same")
        return None if tree is None else n.Same(self.name(tree.children[1]), self.span(tree))

    def step(self, part: Part) -> n.Step:
        return self.step_of(cast("Tree[Token]", part).children)

    def step_of(self, parts: Sequence[Part]) -> n.Step:
        """From `events`, and `where` and `apart` where they are there."""
        events = self.events(_find(parts, "events"))
        where = _find(parts, "where")
        condition = None if where is None else self.condition(where.children[1])
        aparts = [part for part in parts if _kind(part) == "apart"]
        apart = self.duration(cast("Tree[Token]", aparts[-1]).children[0]) if aparts else None
        span = events.span
        for part in (where, *aparts):
            span = span if part is None else span.to(self.span(part))
        return n.Step(events, condition, apart, span)

    def events(self, tree: Tree[Token]) -> n.Events:
        return self.events_of(tree.children, self.span(tree))

    def events_of(self, parts: Sequence[Part], span: Span) -> n.Events:
        """From `any`, names and parentheses. Parentheses that add nothing are left out.

        `any` among others is a mistake that is reported later (`any` and names).
        """
        names: list[n.Name | n.Events] = []
        any_ = False
        for part in parts:
            match _kind(part):
                case "ANY":
                    any_ = True
                case "event_name":
                    names.append(self.event_name(part))
                case "events_in_parentheses":
                    inner = self.events_in_parentheses(part)
                    if inner.where is None and not inner.any:
                        names.extend(inner.names)
                    else:
                        names.append(inner)
        if len(names) == 1 and isinstance(names[0], n.Events) and not any_:
            return names[0]
        return n.Events(any_, tuple(names), None, span)

    def events_in_parentheses(self, part: Part) -> n.Events:
        tree = cast("Tree[Token]", part)
        parts = tree.children
        inner = self.events_of(parts, self.span(tree))
        where = _find(parts, "where")
        if where is None:
            return inner
        condition = self.condition(where.children[1])
        if inner.where is not None:
            return n.Events(False, (inner,), condition, self.span(tree))
        return n.Events(inner.any, inner.names, condition, self.span(tree))

    def event_name(self, part: Part) -> n.Name:
        return self.name(cast("Tree[Token]", part).children[0])

    def clause(self, part: Part) -> n.Clause:
        tree = cast("Tree[Token]", part)
        parts = tree.children
        span = self.span(tree)
        match tree.data:
            case "but_not":
                direction = cast(Any, "below" if _kind(parts[0]) == "BUT_NOT_BELOW" else "above")
                return n.ButNot(direction, self.number(parts[1]), span)
            case "once":
                return self.limit(True, n.Number(1.0, self.span(parts[0])), parts, span)
            case "at_most":
                return self.limit(False, self.number(parts[1]), parts, span)
            case "up_to":
                period = _find(parts, "per_period")
                per = _find(parts, "per_prop")
                return n.UpTo(
                    self.number(parts[1]),
                    None if per is None else self.name(per.children[1]),
                    None if period is None else cast(Any, str(period.children[1])),
                    span,
                )
            case "expire":
                repeated = _find(parts, "UNLESS_REPEATED") is not None
                return n.Expire(self.duration(parts[1]), repeated, span)
            case "never":
                return n.Never("expire" if _kind(parts[0]) == "NEVER_EXPIRE" else "decay", span)
            case "decay":
                kind = {"DECAY_TO_ZERO": "zero", "DECAY_BY_HALF": "half", "DECAY": "percent"}[_kind(parts[0])]
                percent = number_of(str(parts[1])[:-1]) if kind == "percent" else None
                return n.Decay(cast(Any, kind), self.duration(_find(parts, "DURATION")), percent, span)
            case "ends_on":
                return n.EndsOn(self.step_of(parts), self.same(parts), span)
            case "from_date":
                return n.FromDate(self.date(parts[1]), span)
            case "until_date":
                return n.UntilDate(self.date(parts[1]), span)
            case "title":
                return n.Title(unquote(cast(Token, parts[1])), span)
            case other:
                raise AssertionError(other)

    def limit(self, once: bool, count: n.Number, parts: Sequence[Part], span: Span) -> n.Limit:
        per = _find(parts, "per_prop")
        time = _find(parts, "per_time")
        period = None if time is None else _find(time.children, "PERIOD")
        every = None if time is None else self.optional_duration(time.children)
        return n.Limit(
            once,
            count,
            None if per is None else self.name(per.children[1]),
            None if period is None else cast(Any, str(period)),
            every,
            span,
        )

    # ---- conditions and values

    def condition(self, part: Any) -> n.Condition:
        kind = _kind(part)
        if kind not in _CONDITION_KINDS:
            value = self.value(part)
            return n.IsTrue(value, value.span)
        parts = part.children
        span = self.span(part)
        match kind:
            case "condition_in_parentheses":
                return self.condition(parts[1])
            case "lone_name_in_parentheses":
                return n.IsTrue(self.value(parts[1]), span)
            case "or":
                return n.Or(tuple(self.condition(child) for child in parts if _kind(child) != "OR"), span)
            case "and":
                return n.And(tuple(self.condition(child) for child in parts if _kind(child) != "AND"), span)
            case "not":
                return n.Not(self.condition(parts[1]), span)
            case "compare":
                op = cast(Any, _COMPARE[_kind(parts[1])])
                return n.Compare(op, self.value(parts[0]), self.value(parts[2]), span)
            case "between":
                return n.Between(self.value(parts[0]), self.value(parts[2]), self.value(parts[4]), span)
            case "in_list":
                items = cast("n.ListOf | n.Ref", self.value(parts[2]))
                return n.InList(self.value(parts[0]), items, _kind(parts[1]) == "NOT_IN", span)
            case "text_test":
                word = _kind(parts[1])
                wanted = self.value(parts[2]) if isinstance(parts[2], Tree) else self.text(parts[2])
                op = cast(Any, _TEXT_TESTS[word])
                return n.TextTest(op, self.value(parts[0]), cast(Any, wanted), "ANY" in word, span)
            case "within_row" | "next_row":
                direction = cast(Any, "last" if _kind(parts[1]) == "IN_LAST" else "next")
                return n.InWindow(self.value(parts[0]), direction, self.duration(parts[2]), span)
            case "matches":
                pattern = str(parts[2])[1:-1].replace("\\/", "/")
                return n.Matches(self.value(parts[0]), pattern, span, self.span(parts[2]))
            case "known":
                return n.Known(self.value(parts[0]), _kind(parts[1]) == "IS_KNOWN", span)
            case "has":
                return n.Has(self.fact_source(parts[1]), _kind(parts[0]) == "HAS", span)
            case "inactive":
                return n.Inactive(self.duration(parts[1]), span)
            case other:
                raise AssertionError(other)

    def value(self, part: Any) -> n.Value:
        if isinstance(part, Token):
            return self.literal(part)
        parts = part.children
        span = self.span(part)
        match part.data:
            case "literal":
                return self.literal(cast(Token, parts[0]))
            case "number" | "minus_number":
                return self.number(part)
            case "name":
                return self.ref(cast(Token, parts[0]))
            case "list":
                items = tuple(self.value(child) for child in parts if isinstance(child, Tree))
                return n.ListOf(items, span)
            case "sum" | "product":
                return n.Arithmetic(cast(Any, str(parts[1])), self.value(parts[0]), self.value(parts[2]), span)
            case "negate":
                return n.Negate(self.value(parts[1]), span)
            case "call":
                arguments = tuple(self.value(child) for child in parts if isinstance(child, Tree))
                return n.Call(cast(Any, str(parts[0])), arguments, span)
            case "value_in_parentheses":
                return self.value(parts[1])
            case "fact":
                kind = cast(Any, _FACTS[_kind(parts[0])])
                prop = self.name(parts[1]) if len(parts) > 2 else None
                return n.Fact(kind, prop, self.fact_source(parts[-1]), span)
            case "days_since":
                return n.DaysField("since", cast(n.Ref, self.value(parts[1])), span)
            case "days_until":
                return n.DaysField("until", cast(n.Ref, self.value(parts[1])), span)
            case other:
                raise AssertionError(other)

    def literal(self, token: Token) -> n.Value:
        match token.type:
            case "STRING":
                return self.text(token)
            case "DATE":
                return self.date(token)
            case "TRUE" | "FALSE":
                return n.Boolean(token.type == "TRUE", self.span(token))
            case other:
                raise AssertionError(other)

    def ref(self, token: Token) -> n.Ref:
        span = self.span(token)
        match token.type:
            case "BACKQUOTED":
                return n.Ref(token[1:-1], False, True, span)
            case "LEAD_BACKQUOTED":
                return n.Ref(token[6:-1], True, True, span)
            case _ if token.startswith("lead."):
                return n.Ref(token[5:], True, False, span)
            case _:
                return n.Ref(str(token), False, False, span)

    def fact_source(self, part: Part) -> n.FactSource:
        tree = cast("Tree[Token]", part)
        parts = tree.children
        aparts = [child for child in parts if _kind(child) == "apart"]
        where = _find(parts, "fact_where")
        last = _find(parts, "fact_last")
        return n.FactSource(
            self.events_of(parts[:1], self.span(parts[0])),
            None if where is None else self.condition(where.children[1]),
            self.duration(cast("Tree[Token]", aparts[-1]).children[0]) if aparts else None,
            None if last is None else self.duration(last.children[1]),
            self.span(tree),
        )

    # ---- tests

    def assign(self, part: Part) -> n.Assign:
        tree = cast("Tree[Token]", part)
        parts = tree.children
        return n.Assign(self.name(parts[0]), cast(Any, self.value(parts[1])), self.span(tree))

    def given(self, parts: Sequence[Part], span: Span) -> n.Given:
        count = _find(parts, "NUMBER")
        assigns = tuple(self.assign(part) for part in parts if _kind(part) == "assign")
        return n.Given(
            None if count is None else self.number(count),
            self.event_name(_find(parts, "subject")),
            assigns,
            self.date(_find(parts, "DATE")),
            self.optional_duration(parts),
            span,
        )

    def expect(self, tree: Tree[Token], at: n.Date | None, span: Span) -> n.Expect:
        parts = tree.children
        match tree.data:
            case "expect_value":
                numbers = self.numbers(parts)
                op = cast(Any, _COMPARE.get(_kind(parts[1]), "between"))
                high = numbers[1] if len(numbers) > 1 else None
                return n.ExpectValue(self.name(parts[0]), op, numbers[0], high, at, span)
            case "expect_tier" | "expect_becomes":
                tier = None if _kind(parts[2]) == "NONE" else self.name(parts[2])
                return n.ExpectTier(self.name(parts[0]), tier, tree.data == "expect_becomes", at, span)
            case "expect_cell":
                return n.ExpectCell(self.name(parts[0]), self.name(parts[1]), at, span)
            case "expect_label":
                return n.ExpectLabel(self.name(parts[-1]), len(parts) == 1, at, span)
            case "expect_excluded":
                return n.ExpectExcluded(at, span)
            case other:
                raise AssertionError(other)


_CONDITION_KINDS = frozenset(
    [
        "or", "and", "not", "condition_in_parentheses", "lone_name_in_parentheses", "compare", "between", "in_list",
        "text_test", "within_row", "next_row", "matches", "known", "has", "inactive",
    ]
)
