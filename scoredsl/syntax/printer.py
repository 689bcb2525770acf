"""From nodes back to text: one statement a line, with the parentheses that its meaning needs.

What is printed is read again before it is given out, so that `parse_text(print_statement(node)) == node` holds for
every node that the parser can give: the grammar itself is the judge of what a bare name would be read as. A node made
by a program may say less than text can: there a name that needs quotes gets them, and a negative number becomes a
minus before a number. What no text can say is a ValueError.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar, assert_never

from scoredsl.syntax import nodes as n
from scoredsl.syntax.grammar import parser
from scoredsl.syntax.parse import parse_text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_BAND = re.compile(r"[A-Za-z0-9]+")
_REGEX_PART = re.compile(r"\\.|.", re.DOTALL)

_T = TypeVar("_T")


def print_statement(node: n.Node) -> str:
    """The statement on one line, without indentation and without its block. Raises ValueError if no text says it."""
    return _checked(node, lambda printer: printer.statement(node))


def print_condition(condition: n.Condition) -> str:
    """A condition as it stands after `when`. Raises ValueError if no text says it."""
    return print_statement(n.Exclude(condition)).removeprefix("exclude when ")


def print_value(value: n.Value) -> str:
    """A value as it stands in a `define`: a literal, a list, arithmetic, a fact. Raises ValueError if there is none."""
    return print_statement(n.Define(n.Name("x"), value)).removeprefix("define x: ")


def print_duration(duration: n.Duration) -> str:
    """`30d`, in the unit it was written in."""
    return f"{duration.count}{duration.unit}"


def print_number(number: float) -> str:
    """The shortest decimal that is this double, without an exponent: `30`, `12.5`, `-3`. Raises ValueError for NaN."""
    if math.isnan(number):
        raise ValueError("A number that is not one cannot be written.")
    if math.isinf(number):  # what a number of too many digits is read as
        return ("-" if number < 0 else "") + "1" + "0" * 309
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quote(text: str) -> str:
    """A text in double quotes. Raises ValueError for line ends, which no text can have."""
    _no_line_ends(text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def backquote(name: str) -> str:
    """A name in backquotes. Raises ValueError if it is empty or has a backquote or a line end in it."""
    _no_line_ends(name)
    if not name or "`" in name:
        raise ValueError(f"This name cannot be written in backquotes: {name!r}")
    return f"`{name}`"


def _no_line_ends(text: str) -> None:
    if "\n" in text or "\r" in text:
        raise ValueError(f"This text has a line end in it, which cannot be written: {text!r}")


# ---- the check


def _checked(node: n.Node, write: Callable[[_Printer], str]) -> str:
    try:
        text = write(_Printer(careful=False))
        again = _read(text)
        if again == node:
            return text
        if again is not None and _plain(again) == _plain(node):
            return text
        careful = write(_Printer(careful=True))
        again = _read(careful)
        if again is not None and _plain(again) == _plain(node):
            return careful
    except RecursionError:
        raise ValueError("This is nested too deeply to be written.") from None
    raise ValueError(f"No text is read as this: {text}")


def _read(text: str) -> n.Node | None:
    try:
        return parse_text(text)
    except ValueError:
        return None


def _plain(part: Any) -> Any:
    """A node without what text may have to add to it: quotes around names, the place of a number's minus."""
    match part:
        case tuple():
            return tuple(_plain(item) for item in part)
        case n.Number(value) if value < 0:
            return n.Negate(n.Number(-value))
        case _ if dataclasses.is_dataclass(part) and not isinstance(part, type):
            changes = {f.name: _plain(getattr(part, f.name)) for f in dataclasses.fields(part) if f.compare}
            if "quoted" in changes:
                changes["quoted"] = False
            return dataclasses.replace(part, **changes)
        case _:
            return part


@lru_cache(maxsize=1)
def keywords() -> frozenset[str]:
    """Every word that the grammar reads as a keyword somewhere."""
    words: set[str] = set()
    for terminal in parser().terminals:
        if terminal.priority >= 2:
            pattern = re.sub(r"\\[a-z]|\[[^]]*\]", " ", str(terminal.pattern.value))
            words.update(re.findall(r"[a-z]+", pattern))
    return frozenset(words)


# ---- values and conditions

_SUM, _TERM, _FACTOR = 1, 2, 3
_OR, _AND, _NOT = 1, 2, 3

_CLOSED: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class _Out:
    """A printed part: how tightly it binds, and what it would swallow if that came directly after it.

    A fact takes as much as it can: `count of a` a following `in last` ("last"); with a `where` that ends in arithmetic
    a following operator ("arithmetic"), with one that is a bare value also a comparison ("row").
    """

    text: str
    level: int
    opens: frozenset[str] = _CLOSED


_FACTS: dict[str, tuple[str, bool]] = {
    "count": ("count of", False),
    "sum": ("sum of", True),
    "average": ("average of", True),
    "lowest": ("lowest of", True),
    "highest": ("highest of", True),
    "distinct": ("distinct", True),
    "days since last": ("days since last", False),
    "latest": ("latest", True),
    "first": ("first", True),
}


class _Printer:
    """`careful` puts every name that is a word of the language somewhere into quotes."""

    def __init__(self, careful: bool) -> None:
        self.careful = careful

    # ---- names

    def bare(self, name: n.Name) -> bool:
        return not name.quoted and bool(_NAME.fullmatch(name.text)) and not (
            self.careful and name.text.split(".")[0] in keywords()
        )

    def event_name(self, name: n.Name) -> str:
        return name.text if self.bare(name) else quote(name.text)

    def prop(self, name: n.Name) -> str:
        return name.text if self.bare(name) else backquote(name.text)

    def label(self, name: n.Name) -> str:
        """The name of a score, define, grid, ...: these know no quotes."""
        if not _NAME.fullmatch(name.text):
            raise ValueError(f"This cannot be a name: {name.text!r}")
        return name.text

    def band(self, name: n.Name) -> str:
        bare = not name.quoted and not self.careful and _BAND.fullmatch(name.text)
        return name.text if bare else quote(name.text)

    def ref(self, ref: n.Ref) -> str:
        # A name that could be bare stays so even if it cannot stand here: in backquotes it would no longer be a define.
        bare = not ref.quoted and _NAME.fullmatch(ref.name)
        return ("lead." if ref.lead else "") + (ref.name if bare else backquote(ref.name))

    # ---- values

    def value(self, value: n.Value) -> _Out:
        """Arithmetic; a literal that is no number is not."""
        match value:
            case n.Number():
                return _Out(print_number(value.value), _FACTOR)
            case n.Ref():
                return _Out(self.ref(value), _FACTOR)
            case n.Negate():
                operand = self.value(value.operand)
                if operand.level < _FACTOR:
                    operand = _in_parentheses(operand)
                return _Out(f"-{operand.text}", _FACTOR, operand.opens)
            case n.Arithmetic():
                return self.arithmetic(value)
            case n.Call():
                arguments = ", ".join(self.value(argument).text for argument in value.arguments)
                return _Out(f"{value.function}({arguments})", _FACTOR)
            case n.Fact():
                words, has_prop = _FACTS[value.kind]
                if has_prop != (value.prop is not None):
                    raise ValueError(f"A fact of this kind is written otherwise: {value.kind}")
                prop = "" if value.prop is None else f" {self.prop(value.prop)} of"
                source = self.source(value.source)
                return _Out(f"{words}{prop} {source.text}", _FACTOR, source.opens)
            case n.DaysField():
                return _Out(f"days {value.direction} {self.ref(value.field)}", _FACTOR)
            case n.Text() | n.Boolean() | n.Date() | n.ListOf():
                raise ValueError(f"No arithmetic, condition or fact can have this here: {self.literal(value)}")
            case _:
                assert_never(value)

    def arithmetic(self, value: n.Arithmetic) -> _Out:
        level = _SUM if value.op in "+-" else _TERM
        left, right = self.value(value.left), self.value(value.right)
        if left.level < level or "arithmetic" in left.opens:
            left = _in_parentheses(left)
        if right.level <= level:
            right = _in_parentheses(right)
        return _Out(f"{left.text} {value.op} {right.text}", level, right.opens)

    def literal(self, value: n.Value) -> str:
        """A literal, or a name, where the grammar takes these alone."""
        match value:
            case n.Text():
                return quote(value.value)
            case n.Boolean():
                return "true" if value.value else "false"
            case n.Date():
                return value.text
            case n.Number():
                return print_number(value.value)
            case n.Ref():
                return self.ref(value)
            case n.ListOf():
                return f"[{', '.join(self.literal(item) for item in value.items)}]"
            case _:
                raise ValueError("Only a literal can stand here.")

    def operand(self, value: n.Value) -> _Out:
        """One side of a comparison."""
        if isinstance(value, n.Text | n.Boolean | n.Date):
            return _Out(self.literal(value), _FACTOR)
        out = self.value(value)
        return _Out(out.text, out.level, out.opens | {"arithmetic"})

    def left(self, value: n.Value) -> str:
        """The side of a row that its operator follows."""
        out = self.operand(value)
        return f"({out.text})" if "row" in out.opens else out.text

    # ---- conditions

    def condition(self, condition: n.Condition) -> _Out:
        match condition:
            case n.Compare():
                right = self.operand(condition.right)
                return _Out(f"{self.left(condition.left)} {condition.op} {right.text}", _NOT, right.opens)
            case n.Between():
                low, high = self.operand(condition.low), self.operand(condition.high)
                return _Out(f"{self.left(condition.value)} between {low.text} and {high.text}", _NOT, high.opens)
            case n.InList():
                word = "not in" if condition.negated else "in"
                return _Out(f"{self.left(condition.value)} {word} {self.literal(condition.items)}", _NOT)
            case n.TextTest():
                op: str = condition.op
                if condition.any_of:
                    op = {"contains": "contains any of", "contains word": "contains any word of"}.get(op, op)
                return _Out(f"{self.left(condition.value)} {op} {self.literal(condition.wanted)}", _NOT)
            case n.InWindow():
                value = self.value(condition.value)
                if ("last" if condition.direction == "last" else "row") in value.opens:
                    value = _in_parentheses(value)
                return _Out(f"{value.text} in {condition.direction} {print_duration(condition.duration)}", _NOT)
            case n.Matches():
                return _Out(f"{self.left(condition.value)} matches {_regex(condition.pattern)}", _NOT)
            case n.Known():
                return _Out(f"{self.left(condition.value)} is {'known' if condition.known else 'missing'}", _NOT)
            case n.Has():
                source = self.source(condition.source)
                return _Out(f"{'has' if condition.some else 'no'} {source.text}", _NOT, source.opens)
            case n.Inactive():
                return _Out(f"inactive for {print_duration(condition.duration)}", _NOT)
            case n.IsTrue():
                value = self.value(condition.value)
                return _Out(value.text, _NOT, value.opens | {"arithmetic", "row"})
            case n.Not():
                inner = self.condition(condition.condition)
                return _Out(f"not {inner.text if inner.level >= _NOT else f'({inner.text})'}", _NOT)
            case n.And():
                return self.joined(condition.conditions, "and", _AND)
            case n.Or():
                return self.joined(condition.conditions, "or", _OR)
            case _:
                assert_never(condition)

    def joined(self, conditions: Sequence[n.Condition], word: str, level: int) -> _Out:
        parts = [self.condition(condition) for condition in conditions]
        return _Out(f" {word} ".join(p.text if p.level > level else f"({p.text})" for p in parts), level)

    def source(self, source: n.FactSource) -> _Out:
        """What follows `of`: events, `apart`, `where`, `in last`."""
        events = source.events
        text = self.events(events)
        if events.where is None and len(events.names) > 1:
            text = f"({text})"
        if source.apart is not None:
            text += f" {print_duration(source.apart)} apart"
        opens = _CLOSED
        if source.where is not None:
            where = self.fact_where(source.where, followed=source.last is not None)
            text += f" where {where.text}"
            opens = where.opens
        if source.last is not None:
            return _Out(f"{text} in last {print_duration(source.last)}", _FACTOR)
        return _Out(text, _FACTOR, opens | {"last"})

    def fact_where(self, condition: n.Condition, followed: bool) -> _Out:
        """One row without parentheses, anything else in them; also a row that would take the `in last` that follows."""
        out = self.condition(condition)
        match condition:
            case n.Not() | n.And() | n.Or():
                return _in_parentheses(out)
            case n.InWindow() if condition.direction == "last":
                return _in_parentheses(out)
            case _ if followed and "last" in out.opens:
                return _in_parentheses(out)
            case _:
                return out

    # ---- events, steps, triggers

    def events(self, events: n.Events) -> str:
        if events.where is not None:
            return f"({self.event_list(events)} where {self.condition(events.where).text})"
        return self.event_list(events)

    def event_list(self, events: n.Events) -> str:
        names = ["any"] if events.any else []
        names += [self.event_name(item) if isinstance(item, n.Name) else self.nested(item) for item in events.names]
        return " or ".join(names)

    def nested(self, events: n.Events) -> str:
        return f"({self.event_list(events)})" if events.where is None else self.events(events)

    def step(self, step: n.Step) -> str:
        apart = "" if step.apart is None else f" {print_duration(step.apart)} apart"
        where = "" if step.where is None else f" where {self.condition(step.where).text}"
        return self.events(step.events) + apart + where

    def same(self, same: n.Same | None) -> str:
        return "" if same is None else f" with same {self.prop(same.prop)}"

    def trigger(self, trigger: n.Trigger) -> str:
        match trigger:
            case n.Occurs():
                text = self.step(trigger.step)
            case n.Count():
                text = f"{print_number(trigger.count.value)} {self.step(trigger.step)}"
            case n.Chain():
                text = " then ".join(self.step(step) for step in trigger.steps)
            case n.Absence():
                text = f"{self.step(trigger.step)} without {self.step(trigger.missing)}"
            case n.Inactivity():
                return self.inactivity(trigger)
            case _:
                assert_never(trigger)
        return text + self.same(trigger.same) + _optional(" within {}", trigger.within, print_duration)

    def inactivity(self, trigger: n.Inactivity) -> str:
        duration = print_duration(trigger.duration)
        if trigger.step is None:
            return f"every {duration} of inactivity" if trigger.every else f"inactivity of {duration}"
        every = "every " if trigger.every else ""
        after = _optional(" after {}", trigger.after, print_duration)
        return f"{every}{duration} without {self.step(trigger.step)}{after}"

    # ---- clauses

    def clause(self, clause: n.Clause) -> str:
        match clause:
            case n.ButNot():
                return f"but not {clause.direction} {print_number(clause.number.value)}"
            case n.Limit():
                return self.limit(clause)
            case n.UpTo():
                return f"up to {print_number(clause.number.value)} points{self.per(clause.per, clause.period)}"
            case n.Expire():
                repeated = " unless repeated" if clause.unless_repeated else ""
                return f"expire after {print_duration(clause.duration)}{repeated}"
            case n.Never():
                return f"never {clause.what}"
            case n.Decay():
                return _decay(clause)
            case n.EndsOn():
                return f"ends on {self.step(clause.step)}{self.same(clause.same)}"
            case n.FromDate():
                return f"from {clause.date.text}"
            case n.UntilDate():
                return f"until {clause.date.text}"
            case n.Title():
                return f"as {quote(clause.text)}"
            case _:
                assert_never(clause)

    def limit(self, limit: n.Limit) -> str:
        if limit.once:
            text = "once"
        else:
            text = f"at most {print_number(limit.count.value)} {'time' if limit.count.value == 1 else 'times'}"
        every = _optional(" every {}", limit.every, print_duration)
        return text + self.per(limit.per, limit.period) + every

    def per(self, per: n.Name | None, period: str | None) -> str:
        return _optional(" per {}", per, self.prop) + _optional(" per {}", period, str)

    def award(self, award: n.Award) -> str:
        return f"{'add' if award.sign > 0 else 'subtract'} {self.value(award.amount).text}"

    def effect(self, effect: n.Effect) -> str:
        match effect:
            case n.Award():
                return self.award(effect)
            case n.Reset():
                return "reset"
            case n.SetTo():
                return f"set to {print_number(effect.number.value)}"
            case _:
                assert_never(effect)

    def branch(self, branch: n.Branch, first: bool) -> str:
        words = [] if first else ["else"]
        if branch.condition is not None:
            words.append(f"when {self.condition(branch.condition).text}")
        words.append(self.award(branch.award))
        words.extend(self.clause(clause) for clause in branch.clauses)
        return " ".join(words)

    def tier(self, tier: n.Tier) -> str:
        if tier.keyword == "tier":
            if tier.name is None:
                raise ValueError("A tier has a name.")
            head, clauses = f"tier {self.event_name(tier.name)}", tier.clauses
        else:
            first = tier.clauses[0].number if tier.clauses else None
            if first is None:
                raise ValueError("A threshold has a number.")
            head, clauses = f"threshold {print_number(first.value)}", tier.clauses[1:]
        return " ".join([head, *(self.tier_clause(clause) for clause in clauses)])

    def tier_clause(self, clause: n.TierClause) -> str:
        if clause.number is not None:
            return f"{clause.kind} {print_number(clause.number.value)}"
        if clause.text is None:
            return clause.kind
        return quote(clause.text.text) if clause.kind == "title" else f"as {self.event_name(clause.text)}"

    # ---- statements

    def statement(self, node: n.Node) -> str:
        match node:
            case n.OnRule():
                state = "" if node.state is None else f" if {self.condition(node.state).text}"
                clauses = "".join(f" {self.clause(clause)}" for clause in node.clauses)
                return f"on {self.trigger(node.trigger)}{state} {self.effect(node.effect)}{clauses}"
            case n.WhenRule():
                return ", ".join(self.branch(branch, i == 0) for i, branch in enumerate(node.branches))
            case n.Default():
                return self.clause(node.clause)
            case n.Bound():
                when = "" if node.when is None else f" when {self.condition(node.when).text}"
                return f"{node.kind} {print_number(node.number.value)}{when}"
            case n.Tier():
                return self.tier(node)
            case n.StartAt():
                return f"start at {print_number(node.number.value)}"
            case n.Score():
                formula = "" if node.formula is None else f" = {self.value(node.formula).text}"
                return f"score {self.label(node.name)}{_optional(' {}', node.title, quote)}{formula}"
            case n.Group():
                return f"group {self.label(node.name)}{_optional(' {}', node.title, quote)}"
            case n.Test():
                return f"test {quote(node.name.value)}"
            case _:
                return self.declaration(node)

    def declaration(self, node: n.Node) -> str:
        match node:
            case n.Timezone():
                return f"timezone {quote(node.name.value)}"
            case n.Import():
                return f"import {quote(node.path.value)}"
            case n.Define():
                return f"define {self.label(node.name)}: {self.defined(node.value)}"
            case n.EventsDef():
                return f"events {self.label(node.name)}: {self.step(node.step)}"
            case n.Ignore():
                return f"ignore {self.step(node.step)}"
            case n.Exclude():
                return f"exclude when {self.condition(node.condition).text}"
            case n.Label():
                return f"label {self.label(node.name)} when {self.condition(node.condition).text}"
            case n.Grid():
                return f"grid {self.label(node.name)} = {' by '.join(self.axis(axis) for axis in node.axes)}"
            case n.EventDecl():
                declared = ", ".join(self.declared(d) for d in node.properties)
                title = _optional(" {}", node.title, quote)
                return f"event {self.event_name(node.name)}{title}{' with ' if declared else ''}{declared}"
            case n.ProfileDecl():
                return f"profile {self.declared(node.field)}{_optional(' {}', node.title, quote)}"
            case _:
                return self.of_test(node)

    def defined(self, value: n.Value | n.Condition) -> str:
        match value:
            case n.Text() | n.Boolean() | n.Date() | n.ListOf():
                return self.literal(value)
            case (
                n.Number() | n.Ref() | n.Negate() | n.Arithmetic() | n.Call() | n.Fact() | n.DaysField()
            ):
                return self.value(value).text
            case _:
                return self.condition(value).text

    def axis(self, axis: n.Axis) -> str:
        bands = (self.band(b.name) + _optional(" from {}", b.number, _number) for b in axis.bands)
        return f"{self.label(axis.score)} ({', '.join(bands)})"

    def declared(self, declared: n.Declared) -> str:
        if declared.choices is None:
            return f"{self.prop(declared.name)} {declared.type}"
        choices = ", ".join(quote(choice.value) for choice in declared.choices)
        return f"{self.prop(declared.name)} text one of {choices}"

    def of_test(self, node: n.Node) -> str:
        match node:
            case n.Given():
                count = _optional("{} ", node.count, _number)
                assigns = f" with {self.assigns(node.properties)}" if node.properties else ""
                every = _optional(" every {}", node.every, print_duration)
                return f"given {count}{self.event_name(node.event)}{assigns} at {node.at.text}{every}"
            case n.GivenProfile():
                return f"given profile {self.assigns(node.fields)}{_at(node.at)}"
            case n.ExpectValue():
                high = _optional(" and {}", node.high, _number)
                return f"expect {self.label(node.score)} {node.op} {_number(node.number)}{high}{_at(node.at)}"
            case n.ExpectTier():
                tier = "none" if node.tier is None else self.event_name(node.tier)
                word = "becomes" if node.becomes else "tier"
                return f"expect {self.label(node.score)} {word} {tier}{_at(node.at)}"
            case n.ExpectCell():
                return f"expect {self.label(node.grid)} {self.band(node.cell)}{_at(node.at)}"
            case n.ExpectLabel():
                return f"expect {'' if node.holds else 'no '}{self.label(node.label)}{_at(node.at)}"
            case n.ExpectExcluded():
                return f"expect excluded{_at(node.at)}"
            case _:
                raise TypeError(f"no statement: {node!r}")

    def assigns(self, assigns: Sequence[n.Assign]) -> str:
        return ", ".join(f"{self.prop(assign.name)} {self.literal(assign.value)}" for assign in assigns)


def _in_parentheses(out: _Out) -> _Out:
    return _Out(f"({out.text})", _FACTOR)


def _optional(pattern: str, part: _T | None, write: Callable[[_T], str]) -> str:
    return "" if part is None else pattern.format(write(part))


def _number(number: n.Number) -> str:
    return print_number(number.value)


def _at(date: n.Date | None) -> str:
    return "" if date is None else f" at {date.text}"


def _decay(decay: n.Decay) -> str:
    duration = print_duration(decay.duration)
    match decay.kind:
        case "zero":
            return f"decay to zero over {duration}"
        case "half":
            return f"decay by half every {duration}"
        case "percent":
            if decay.percent is None:
                raise ValueError("This decay has a percentage.")
            return f"decay {print_number(decay.percent)}% every {duration}"
        case _:
            assert_never(decay.kind)


def _regex(pattern: str) -> str:
    """A regular expression between slashes; a slash in it is written `\\/`."""
    return "/" + _REGEX_PART.sub(lambda part: "\\/" if part.group() == "/" else part.group(), pattern) + "/"
