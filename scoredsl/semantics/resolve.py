"""From conditions and values as written to checked ones: names, defines, types (LANGUAGE section 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as with_changes
from typing import Any, Literal, TypeAlias, cast

from scoredsl.diagnostics import Edit, Fix, Related, closest
from scoredsl.semantics import expressions as e
from scoredsl.semantics.imports import LoadedFile
from scoredsl.semantics.literals import instant_of, micros_of
from scoredsl.semantics.program import PropertyType
from scoredsl.semantics.report import Problems, replace
from scoredsl.semantics.scope import DefineEntry, Scope, listed, suggestion
from scoredsl.semantics.values import as_boolean, as_number, lower, shortest
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

Where: TypeAlias = Literal[
    "where", "when", "if", "exclude", "label", "points of on", "points of when", "formula", "define"
]

FACTS_ALLOWED = frozenset({"when", "exclude", "label", "points of when", "define"})
FIELD_CONTEXTS = frozenset({"when", "if", "exclude", "label", "points of when"})
EVENT_COLUMNS = frozenset({"lead", "event", "time", "id"})


@dataclass(frozen=True, slots=True)
class Context:
    """Where a condition or value stands: this says what a bare name is and what may be used."""

    where: Where
    events: frozenset[str] | None = None
    """The names of the events whose properties a bare name can be; None: any event's."""
    has_properties: bool = True
    """False for inactivity: there is no event, so a bare name is an error."""


Kind: TypeAlias = Literal["number", "text", "date", "boolean", "list", "name", "condition", "unknown"]


@dataclass(frozen=True, slots=True)
class Operand:
    """A side of a comparison, resolved.

    kind: number (a number that is computed or written; `value`), text/date/boolean (a literal in `constant`),
    list (`items`), name (a raw value of the data; `value`), condition (a defined one), unknown (already reported).
    """

    kind: Kind
    span: Span
    value: e.Value | None = None
    constant: str | int | bool | None = None
    literal: bool = False
    declared: PropertyType | None = None
    items: tuple[Operand, ...] = ()
    condition: e.Condition | None = None


FALSE = e.Always(False)
_FLIP = {"=": "=", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}


@dataclass(frozen=True, slots=True)
class PendingName:
    """A bare name in `when`, `if` or `exclude`, judged when all uses are known (section 4, "no silent names")."""

    name: str
    span: Span
    where: Where
    via: Span | None = None
    """The use of the define that the name stands in."""
    days: str | None = None
    """`since` or `until` where the name stands after `days since` or `days until`."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The bare names of a rule that was checked before; `places` finds them again."""

    kinds: frozenset[PendingName]
    places: Callable[[], list[PendingName]]


class Resolver:
    """Resolves the expressions of one file. `pending` collects bare names for the judgement at the end."""

    def __init__(self, scope: Scope, file: LoadedFile, pending: list[PendingName | Unplaced]) -> None:
        self.scope = scope
        self.problems: Problems = scope.problems
        self.file = file
        self.pending = pending
        self.defines: list[DefineEntry] = []
        """The defines that are being substituted, outermost first."""
        self.sets: list[str] = []
        self.via: Span | None = None
        """The use of the define or the set of events that is being substituted."""

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        help: str = "",
        *,
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
        **args: str | int | float,
    ) -> None:
        """Reports a mistake; inside a define or a set that only some use makes wrong, with the place of the use."""
        if self.via is not None:
            related = (*related, Related(self.via, "used here"))
        self.problems.error(code, message, span, help, related=related, fix=fix, severity="error", **args)

    # ---- the words of messages

    def text(self, span: Span) -> str:
        """What is written at a place: of this file, or of the file of a define."""
        file = self.file
        if span.file != file.path:
            file = next((each for each in self.scope.loaded.files.values() if each.path == span.file), file)
        return file.file.source.text[span.start : span.end]

    def shown(self, operand: Operand) -> str:
        """An operand as it is written, where that is short; else what it is."""
        text = " ".join(self.text(operand.span).split())
        return text if text and len(text) <= 40 and "#" not in text else _described(operand)

    def is_a(self, operand: Operand) -> str:
        """`count of visit is a number`, for the beginning of a message."""
        shown = self.shown(operand)
        kind = {"boolean": "true or false", "text": "a text"}.get(operand.kind, f"a {operand.kind}")
        if operand.kind == "boolean" and shown in ("true", "false"):
            kind = "a literal"
        if operand.kind == "number" and isinstance(operand.value, e.ScoreValue) and shown != "score":
            kind = "a score"
        return f"{shown} is {kind}"

    def deletion(self, span: Span, title: str, *, before: str = "", sure: bool = True) -> Fix | None:
        """Deletes what stands at a place with the space (and comma) before it, and the word `before` it."""
        text, start = self.file.file.source.text, span.start
        if any(comment.end == _back(text, start) for comment in self.file.file.comments):
            return None  # what follows would end up in the comment
        if before:
            start = _back(text, start)
            if text[:start].endswith(before):
                start -= len(before)
            else:
                return None
        start = _back(text, start)
        if text[:start].endswith(","):
            start = _back(text, start - 1)
        return Fix(title, (Edit(Span(start, span.end, span.file), ""),), sure)

    def declares(self, name: str, events: frozenset[str] | None) -> bool:
        """Whether an event of these names declares this property."""
        return any(
            name in event.properties
            for event in self.scope.events.values()
            if events is None or event.name in events
        )

    # ---- conditions

    def condition(self, node: n.Condition, context: Context) -> e.Condition:
        match node:
            case n.And(parts):
                return e.And(tuple(self.condition(part, context) for part in parts))
            case n.Or(parts):
                return e.Or(tuple(self.condition(part, context) for part in parts))
            case n.Not(inner):
                return e.Not(self.condition(inner, context))
            case n.Compare(op, left, right):
                return self.compare(op, self.operand(left, context), self.operand(right, context), node.span)
            case n.Between(value, low, high):
                middle = self.operand(value, context)
                bottom, top = self.operand(low, context), self.operand(high, context)
                said = len(self.problems.found)
                first = self.compare(">=", middle, bottom, node.span, "between")
                if len(self.problems.found) > said:
                    return FALSE  # the other end is wrong in the same way
                return e.And((first, self.compare("<=", middle, top, node.span, "between")))
            case n.InList():
                return self.in_list(node, context)
            case n.TextTest():
                return self.text_test(node, context)
            case n.InWindow(value, direction, duration):
                operand = self.operand(value, context)
                window = micros_of(duration, self.problems)
                if not self.is_name(operand, f"in {direction}", "a time"):
                    return FALSE
                return e.InWindow(cast(e.Value, operand.value), direction, window)
            case n.Matches(value, pattern):
                operand = self.operand(value, context)
                self.check_pattern(pattern, node.pattern_span)
                if not self.is_name(operand, "matches", "a text"):
                    return FALSE
                return e.Matches(cast(e.Value, operand.value), pattern)
            case n.Known(value, known):
                operand = self.operand(value, context)
                if operand.kind == "unknown":
                    return FALSE
                if operand.kind in ("name", "number"):
                    return e.Known(cast(e.Value, operand.value), known)
                self.error("wrong-type", f"{self.is_a(operand)}, which is always known.", operand.span,
                           "Ask it of a property, a profile field or a fact.")
                return FALSE
            case n.Has(source, some):
                if not self.facts_allowed(node.span, context):
                    return FALSE
                pattern_, last = self.fact_source(source)
                return e.Has(pattern_, last, some)
            case n.Inactive(duration):
                if not self.facts_allowed(node.span, context):
                    return FALSE
                return e.Inactive(micros_of(duration, self.problems))
            case n.IsTrue(value):
                return self.is_true(value, context)

    def is_true(self, value: n.Value, context: Context) -> e.Condition:
        operand = self.operand(value, context)
        match operand.kind:
            case "unknown":
                return FALSE
            case "condition":
                return cast(e.Condition, operand.condition)
            case "boolean":
                return e.Always(bool(operand.constant))
            case "name":
                declared = operand.declared
                if declared is not None and declared.type in ("time", "list"):
                    ask = "in last 30d" if declared.type == "time" else 'contains "demo"'
                    self.error(
                        "wrong-type",
                        f"{_written(value)} is declared as a {declared.type}: alone it is neither true nor false.",
                        operand.span,
                        f"Ask something of it, such as {_written(value)} {ask} or {_written(value)} is known.",
                    )
                return e.IsTrue(cast(e.Value, operand.value))
            case _:
                shown = self.shown(operand)
                compared = {"date": f"NAME >= {shown}", "list": f"NAME in {shown}"}.get(operand.kind, f"NAME = {shown}")
                if operand.kind == "number" and not operand.literal:
                    compared = f"{shown} > 5"
                self.error(
                    "not-a-condition",
                    f"{self.is_a(operand)}: alone it is neither true nor false.",
                    operand.span,
                    f"Compare it, such as {compared}.",
                )
                return FALSE

    def compare(
        self, op: str, left: Operand, right: Operand, span: Span, word: str | None = None
    ) -> e.Condition:
        """One comparison. `word` is how it was written where that is not the operator."""
        if "unknown" in (left.kind, right.kind):
            return FALSE
        for side in (left, right):
            if side.kind == "condition":
                other = right if side is left else left
                fix = None
                if other.kind == "boolean" and op in ("=", "!=") and "#" not in self.text(span):
                    negated = bool(other.constant) != (op == "=")
                    fix = replace(span, f"{'not ' if negated else ''}{self.text(side.span)}")
                self.error("wrong-type",
                           f"{self.is_a(side)}: it is true or false by itself and is compared with nothing.", side.span,
                           f"Write {self.shown(side)} or not {self.shown(side)} alone.", fix=fix)
                return FALSE
            if side.kind == "list":
                self.error("wrong-type", f"{self.is_a(side)}, and {word or op} compares single values.", side.span,
                           f"Write in {self.shown(side)}, or contains any of {self.shown(side)}.")
                return FALSE
        if _literal_first(left, right):
            left, right, op = right, left, _FLIP[op]
        operator = cast(e.Operator, op)
        ordered = op not in ("=", "!=")
        if right.kind in ("text", "boolean") and ordered:
            self.error(
                "wrong-type",
                f"{_described(right)} has no order: {word or op} needs a number or a date.",
                right.span,
                "Use = or != with it.",
            )
            return FALSE
        if right.kind in ("text", "boolean", "date"):
            if left.kind == right.kind:
                return e.Always(_compare_constants(operator, left.constant, right.constant))
            if left.kind != "name":
                number = left.kind == "number"
                self.error(
                    "wrong-type",
                    f"{self.is_a(left)} and cannot be compared with {_described(right, False)}.",
                    right.span,
                    "Compare it with a number, such as 5." if number else "Compare values of one kind.",
                )
                return FALSE
            value = cast(e.Value, left.value)
            if not self.declared_fits(left, right):
                return FALSE
            match right.kind:
                case "text":
                    self.closed_set(left, right)
                    return e.CompareText(op == "=", value, lower(cast(str, right.constant)))
                case "boolean":
                    self.closed_set(left, right)
                    return e.CompareBoolean(op == "=", value, bool(right.constant))
                case _:
                    return e.CompareInstant(operator, value, cast(int, right.constant))
        if left.kind == "name" and right.kind == "name":
            return e.CompareNames(operator, cast(e.Value, left.value), cast(e.Value, right.value))
        for side in (left, right):
            if side.declared is not None and side.declared.type == "time":
                self.error("wrong-type",
                           f"{_name_of(side)} is declared as a time and cannot be compared with a number.", side.span,
                           "Compare it with a date such as 2026-03-01, or use in last 30d.")
                return FALSE
        if not ordered:
            name, literal = (left, right) if left.kind == "name" else (right, left)
            if literal.literal and isinstance(literal.value, e.Constant):
                self.closed_set(name, literal)
        return e.CompareNumbers(operator, cast(e.Value, left.value), cast(e.Value, right.value))

    def declared_fits(self, name: Operand, literal: Operand) -> bool:
        """A declared number, boolean or list against a date, a time against a boolean are errors (section 9)."""
        declared = name.declared
        if declared is None:
            return True
        wrong = (literal.kind == "date" and declared.type in ("number", "boolean", "list")) or (
            literal.kind == "boolean" and declared.type == "time"
        )
        if wrong:
            help_ = {
                "number": "Compare it with a number such as 5, or declare it as a time.",
                "boolean": "Compare it with true or false, or declare it as a time.",
                "list": f'Ask {_name_of(name)} contains "demo", or declare it as a time.',
                "time": "Compare it with a date such as 2026-03-01, use in last 30d, or declare it as a boolean.",
            }[declared.type]
            self.error(
                "wrong-type",
                f"{_name_of(name)} is declared as a {declared.type} and cannot be compared with "
                f"{_described(literal, False)}.",
                literal.span,
                help_,
            )
        return not wrong

    def closed_set(self, name: Operand, literal: Operand) -> None:
        choices = None if name.declared is None else name.declared.choices
        if choices is None:
            return
        if isinstance(literal.value, e.Constant):
            value: str | bool | float = literal.value.value
        else:
            value = cast("str | bool", literal.constant)
        self.outside_set(value, choices, _name_of(name), literal.span)

    def outside_set(self, value: str | bool | float, choices: tuple[str, ...], name: str, span: Span) -> None:
        """Reports a literal that is none of the declared texts, each read as the literal's type asks."""
        if isinstance(value, bool):
            inside, written = any(as_boolean(choice) is value for choice in choices), "true" if value else "false"
        elif isinstance(value, str):
            inside, written = lower(value) in {lower(choice) for choice in choices}, f'"{value}"'
        else:
            inside, written = any(as_number(choice) == value for choice in choices), shortest(float(value))
        if inside:
            return
        extra: dict[str, Any] = {"help": "Write one of these, or add it to the declaration."}
        best = closest(value, choices) if isinstance(value, str) else None
        if best is not None:
            extra = {"help": f'Did you mean "{best}"?', "fix": replace(span, f'"{best}"', sure=False)}
        values = ", ".join(f'"{choice}"' for choice in choices)
        self.error("closed-set", f"{written} is not one of the declared values of {name}: {values}.", span, **extra)

    def in_list(self, node: n.InList, context: Context) -> e.Condition:
        value = self.operand(node.value, context)
        items = self.items(node.items, context)
        if items is None or value.kind == "unknown":
            return FALSE
        if value.kind == "condition":
            self.error("wrong-type", f"{self.is_a(value)}: it is true or false by itself and stands in no list.",
                       value.span, f"Write {self.shown(value)} alone, joined with and or or.")
            return FALSE
        if node.negated:
            comparisons = tuple(self.compare("!=", value, item, node.span, "not in") for item in items)
            if value.kind not in ("name", "number"):
                return e.And(comparisons)
            return e.NotIn(cast(e.Value, value.value), comparisons)
        return e.Or(tuple(self.compare("=", value, item, node.span, "in") for item in items))

    def items(self, node: n.ListOf | n.Ref, context: Context) -> tuple[Operand, ...] | None:
        """The items of a list, literals and constants; None if it is none (reported)."""
        operand = self.operand(node, context) if isinstance(node, n.ListOf) else self.constant_of(node, context, True)
        if operand.kind == "unknown":
            return None
        if operand.kind != "list":
            self.error("wrong-type", f"{self.is_a(operand)}, and a list belongs here.", operand.span,
                       'Write a list in brackets, such as ["DE", "AT"], or the name of a define that is one.',
                       fix=replace(operand.span, f"[{self.shown(operand)}]", sure=False) if operand.literal else None)
            return None
        bad = [item for item in operand.items if not item.literal]
        for item in bad:
            if item.kind != "unknown":
                self.error("wrong-type", f"{self.is_a(item)}, and a list holds only single fixed values.", item.span,
                           "Write a number, a text in quotes, a date, true or false, or the define of one.")
        return None if bad else operand.items

    def constant_of(self, ref: n.Ref, context: Context, as_list: bool = False) -> Operand:
        """A name that must be a define; of a list where `as_list`."""
        entry = None if ref.lead or ref.quoted else self.scope.define(ref.name, self.file)
        if entry is None:
            known = [name for name in self.scope.defines if self.scope.define(name, self.file)]
            extra = cast(dict[str, Any], suggestion(ref.name, known, ref.span))
            written = f'["{ref.name}"]' if as_list else f'"{ref.name}"'
            what = "a list in brackets" if as_list else "a text in quotes"
            if "fix" not in extra:
                extra = {"help": f"Write {written} if you mean the text, or define {ref.name}.",
                         "fix": replace(ref.span, written, sure=False)}
            self.error("unknown-define", f"{ref.name} is not defined; here stands {what} or the name of a define.",
                       ref.span, **extra, name=ref.name)
            return Operand("unknown", ref.span)
        return self.substitute(entry, ref, context)

    def text_test(self, node: n.TextTest, context: Context) -> e.Condition:
        value = self.operand(node.value, context)
        wanted: tuple[Operand, ...] | None
        if node.any_of:
            wanted = self.items(cast("n.ListOf | n.Ref", node.wanted), context)
        elif isinstance(node.wanted, n.Ref):
            wanted = (self.constant_of(node.wanted, context),)
        else:
            wanted = (self.operand(cast(n.Text, node.wanted), context),)
        if wanted is None or any(item.kind == "unknown" for item in wanted):
            return FALSE
        for item in wanted:
            if item.kind == "list":
                self.error("wrong-type", f"{self.is_a(item)}, and {node.op} takes one text.", item.span,
                           f"Write {_any_of(node.op, self.shown(item))}.")
                return FALSE
            if item.kind != "text":
                quoted = item.literal and self.text(item.span)[:1].isdigit()
                self.error("wrong-type", f"{self.is_a(item)}, and {node.op} takes a text.", item.span,
                           'Write a text in quotes, such as "demo".',
                           fix=replace(item.span, f'"{self.text(item.span)}"', sure=False) if quoted else None)
                return FALSE
        if not self.is_name(value, node.op, "a text"):
            return FALSE
        texts = tuple(lower(cast(str, item.constant)) for item in wanted)
        return e.TextTest(node.op, cast(e.Value, value.value), texts)

    def is_name(self, operand: Operand, word: str, needed: str) -> bool:
        """True for a property, field, `latest` or `first`; else reported: what `word` needs."""
        if operand.kind == "name":
            declared = operand.declared
            if needed == "a time" and declared is not None and declared.type in ("number", "boolean", "list"):
                self.error("wrong-type",
                           f"{_name_of(operand)} is declared as a {declared.type}, and {word} needs a time.",
                           operand.span, f"Ask it of a time, or declare {_name_of(operand)} as a time.")
                return False
            return True
        if operand.kind != "unknown":
            needs = f"{word} needs {needed}" if operand.kind != "text" else f"{word} is asked of a property or a field"
            self.error("wrong-type", f"{self.is_a(operand)}, and {needs}.", operand.span,
                       "Ask it of a property or a profile field.")
        return False

    def check_pattern(self, pattern: str, span: Span) -> None:
        import re2  # google-re2 is loaded only for a file that has a regular expression

        options = re2.Options()
        options.log_errors = False
        try:
            re2.compile(pattern, options)
        except re2.error as problem:
            reason = problem.args[0] if problem.args else ""
            reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
            message, help_ = _expression_problem(reason, pattern)
            self.error("bad-regular-expression", f"This regular expression cannot be used: {message}.", span, help_)

    # ---- values

    def operand(self, node: n.Value, context: Context) -> Operand:
        span = node.span
        match node:
            case n.Number(value):
                return Operand("number", span, e.Constant(value), literal=True)
            case n.Text(value):
                return Operand("text", span, constant=value, literal=True)
            case n.Boolean(value):
                return Operand("boolean", span, constant=value, literal=True)
            case n.Date():
                instant = instant_of(node, self.scope.zone, self.problems)
                if instant is None:
                    return Operand("unknown", span, literal=True)
                return Operand("date", span, constant=instant, literal=True)
            case n.ListOf(items):
                return Operand("list", span, items=tuple(self.list_item(item, context) for item in items))
            case n.Ref():
                return self.ref(node, context)
            case n.Fact():
                return self.fact(node, context)
            case n.DaysField(direction, field):
                return self.days_field(direction, field, span, context)
            case n.Negate(n.Number(value)):
                return Operand("number", span, e.Constant(-value), literal=True)
            case _:
                number = self.number(node, context)
                return Operand("unknown", span) if number is None else Operand("number", span, number)

    def list_item(self, item: n.Value, context: Context) -> Operand:
        if isinstance(item, n.Ref):
            return self.constant_of(item, context)
        return self.operand(item, context)

    def number(self, node: n.Value, context: Context, *, points: bool = False) -> e.Value | None:
        """Arithmetic; None where something in it is wrong (reported). With `points` declared types must be numbers."""
        match node:
            case n.Negate(negated):
                inner = self.number(negated, context, points=points)
                return None if inner is None else e.Negative(inner)
            case n.Arithmetic(op, left, right):
                first = self.number(left, context, points=points)
                second = self.number(right, context, points=points)
                return None if first is None or second is None else e.Arithmetic(op, first, second)
            case n.Call(function, arguments):
                values = [self.number(argument, context, points=points) for argument in arguments]
                if function == "round" and len(arguments) != 1:
                    self.error("arguments", f"round takes one number, not {len(arguments)}.", node.span,
                               "Write round(x), or round(x * 100) / 100 to keep two decimals.")
                    return None
                if function != "round" and len(arguments) < 2:
                    self.error("arguments", f"{function} takes two numbers or more, not {len(arguments)}.", node.span,
                               f"Write {function}(a, b), such as {function}({self.text(arguments[0].span)}, 10).")
                    return None
                if any(value is None for value in values):
                    return None
                return e.Call(function, tuple(cast("list[e.Value]", values)))
            case _:
                operand = self.operand(node, context)
                if operand.kind == "unknown":
                    return None
                if operand.kind not in ("number", "name"):
                    self.error("wrong-type", f"{self.is_a(operand)}, and a number belongs here.", operand.span,
                               "Write a number, or a name that holds one.")
                    return None
                declared = operand.declared
                if points and declared is not None and declared.type != "number":
                    self.error(
                        "wrong-type",
                        f"{_written(node)} is declared as {_article(declared.type)}: points need a number.",
                        operand.span,
                        "Take one that is declared as a number, or write the points as a number.",
                    )
                    return None
                return operand.value

    def ref(self, ref: n.Ref, context: Context) -> Operand:
        where = context.where
        if not ref.lead and not ref.quoted:
            entry = self.scope.define(ref.name, self.file)
            if entry is not None:
                return self.substitute(entry, ref, context)
        if where == "formula":
            return self.score_ref(ref)
        if ref.lead:
            return self.field(ref, context)
        if ref.name == "score" and not ref.quoted and where != "define":
            if where == "if":
                return Operand("number", ref.span, e.ScoreValue(None))
            if not (where == "label" and "score" in self.scope.scores):
                self.silent_score(ref, context)
                return Operand("unknown", ref.span)
        match where:
            case "label" if ref.name in self.scope.scores and not ref.quoted:
                return Operand("number", ref.span, e.ScoreValue(ref.name))
            case "where" | "points of on":
                return self.property(ref, context)
            case "define":
                return Operand("name", ref.span, e.Property(ref.name))
            case _:
                return self.field(ref, context)

    def silent_score(self, ref: n.Ref, context: Context) -> None:
        meant = "property" if context.where in ("where", "points of on") else "field"
        help_ = f"Write `score` in backquotes if you mean a {meant} of that name."
        if context.where in ("where", "points of on"):
            help_ += " The score's value is asked after if: on visit if score > 10 add 5."
        elif context.where == "label":
            names = " or ".join(list(self.scope.scores)[:3])
            help_ = f"In a label write the name of the score: {names}. {help_}" if names else help_
        self.error(
            "silent-score",
            f"score stands here as if it were a {meant}: the score's value can be asked after if, in a formula and "
            "in a label.",
            ref.span,
            help_,
        )

    def score_ref(self, ref: n.Ref) -> Operand:
        if ref.lead or ref.quoted:
            self.error("formula-name",
                       f"A formula is made of scores and numbers; {self.text(ref.span)} is a profile field.", ref.span,
                       f"Make a score of it, with the rule when {ref.name} is known add {ref.name}.")
            return Operand("unknown", ref.span)
        if ref.name not in self.scope.scores:
            extra = cast(dict[str, Any], suggestion(ref.name, self.scope.scores, ref.span))
            extra.setdefault("help", listed(self.scope.scores, "There are no scores yet."))
            self.error("unknown-score", f"There is no score {ref.name}.", ref.span, **extra, name=ref.name)
            return Operand("unknown", ref.span)
        return Operand("number", ref.span, e.ScoreValue(ref.name))

    def property(self, ref: n.Ref, context: Context) -> Operand:
        if not context.has_properties:
            self.error(
                "no-property",
                f"An inactivity is no event: it has no property {ref.name}.",
                ref.span,
                f"Write lead.{ref.name} if you mean a profile field.",
            )
            return Operand("unknown", ref.span)
        declared = self.property_name(ref.name, ref.span, context.events)
        return Operand("name", ref.span, e.Property(ref.name), declared=declared)

    def property_name(self, name: str, span: Span, events: frozenset[str] | None) -> PropertyType | None:
        """Notes the use of a property, checks that it is known, and gives its declared type."""
        self.scope.usage.properties.add(name)
        known, declared = self.scope.property_type(name, events)
        if not known:
            candidates = {
                prop
                for event in (self.scope.events if events is None else events)
                if event in self.scope.events
                for prop in self.scope.events[event].properties
            }
            extra = cast(dict[str, Any], suggestion(name, sorted(candidates), span, "`"))
            extra.setdefault("help", f"Declare {name} with the event. {listed(sorted(candidates), '')}".strip())
            of = "any event" if events is None or len(events) != 1 else next(iter(events))
            self.error("unknown-property", f"{name} is not a declared property of {of}.", span, **extra, name=name)
        return declared

    def prop(self, name: n.Name, events: frozenset[str] | None) -> str:
        """PROP of `per`, `with same` and facts."""
        if not name.quoted and name.text == "score":
            self.silent_score(n.Ref("score", span=name.span), Context("where"))
            return name.text
        self.property_name(name.text, name.span, events)
        return name.text

    def field(self, ref: n.Ref, context: Context, days: str | None = None) -> Operand:
        known, declared = self.scope.field_type(ref.name)
        if context.where in FIELD_CONTEXTS:
            if context.where != "if":
                self.scope.usage.fields_in_when.add(ref.name)
            if not ref.lead and not ref.quoted:
                self.pending.append(PendingName(ref.name, ref.span, context.where, self.via, days))
        if not known and not self.is_silent_event(ref, context):
            prefix = "lead." if ref.lead else ""
            extra = cast(dict[str, Any], suggestion(ref.name, self.scope.fields, ref.span, "`", prefix))
            extra.setdefault("help", f"Declare it: profile {self.text(ref.span).removeprefix('lead.')} text.")
            self.error("unknown-field", f"{ref.name} is not a declared profile field.", ref.span, **extra,
                       name=ref.name)
        return Operand("name", ref.span, e.Field(ref.name), declared=declared)

    def is_silent_event(self, ref: n.Ref, context: Context) -> bool:
        """An event's name where a field belongs has a message of its own, given when all uses are known."""
        return (
            not ref.lead
            and not ref.quoted
            and context.where in ("when", "if", "exclude", "points of when")
            and (ref.name in self.scope.events or ref.name in self.scope.sets)
        )

    def substitute(self, entry: DefineEntry, ref: n.Ref, context: Context) -> Operand:
        """The value of a define, as one unit, at the place of the name."""
        self.scope.usage.defines.add(entry.name)
        if entry.node is None:
            return Operand("unknown", ref.span)
        if any(each.name == entry.name for each in self.defines):
            return Operand("unknown", ref.span)  # the cycle is reported once, at the first define of it
        asked_of_the_lead = context.where not in ("where", "if", "points of on", "formula")
        if not asked_of_the_lead and self.uses_facts(entry, context.where == "if"):
            self.error(
                "fact-not-here",
                f"{entry.name} is made of a fact about the lead, which is not possible {_place(context.where)}.",
                ref.span,
                "Facts stand in when, exclude and label.",
                related=(Related(entry.span, f"the define {entry.name}"),),
            )
            return Operand("unknown", ref.span)
        inner = Resolver(self.scope, entry.file, self.pending)
        inner.defines = [*self.defines, entry]
        inner.via = self.via or ref.span
        node = entry.node.value
        if isinstance(node, _CONDITIONS):
            if context.where == "formula":
                self.error("wrong-type", f"{entry.name} is a condition: a formula needs numbers.", ref.span,
                           "Make a score with a when rule of it, and use that score.")
                return Operand("unknown", ref.span)
            return Operand("condition", ref.span, condition=inner.condition(node, context))
        operand = inner.operand(node, context)
        is_name = isinstance(node, n.Ref) and (
            node.lead or node.quoted or self.scope.define(node.name, entry.file) is None
        )
        if is_name and operand.value is not None and not operand.literal:
            return self.lone_name(entry, ref, operand)
        return with_changes(operand, span=ref.span)

    def lone_name(self, entry: DefineEntry, ref: n.Ref, operand: Operand) -> Operand:
        """A define never stands for a name: a name alone is the condition that it is true."""
        if operand.kind == "name":
            return Operand("condition", ref.span, condition=e.IsTrue(operand.value or e.Constant(0.0)))
        self.error(
            "wrong-type",
            f"{entry.name} stands for the name of a score; a define stands for a value or a condition.",
            ref.span,
            "Write the score's own name.",
            related=(Related(entry.span, f"the define {entry.name}"),),
        )
        return Operand("unknown", ref.span)

    def uses_facts(self, entry: DefineEntry, days_allowed: bool, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a define, or one that it uses, holds a fact."""
        if entry.node is None or entry.name in seen:
            return False
        for part in walk(entry.node.value):
            match part:
                case n.Fact() | n.Has() | n.Inactive():
                    return True
                case n.DaysField() if not days_allowed:
                    return True
                case n.Ref(name, lead=False, quoted=False):
                    other = self.scope.define(name, entry.file)
                    if other is not None and self.uses_facts(other, days_allowed, seen | {entry.name}):
                        return True
                case _:
                    pass
        return False

    # ---- facts

    def facts_allowed(self, span: Span, context: Context, days: str = "") -> bool:
        """Reports a fact where it cannot stand; `days` is the field of `days since` and `days until`."""
        if context.where in FACTS_ALLOWED:
            return True
        shown = " ".join(self.text(span).split())
        shown = shown if len(shown) <= 40 and "#" not in shown else shown.split()[0] + " ..."
        help_ = "Facts stand in when, exclude and label."
        if days:
            help_ = "It stands in when, if, exclude and label."
            if context.where == "where":
                direction = "next" if shown.startswith("days until") else "last"
                help_ += f" In where write {days} in {direction} 30d."
        self.error("fact-not-here", f"A fact about the lead, {shown}, is not possible {_place(context.where)}.", span,
                   help_)
        return False

    def fact(self, node: n.Fact, context: Context) -> Operand:
        if not self.facts_allowed(node.span, context):
            return Operand("unknown", node.span)
        pattern, last = self.fact_source(node.source)
        prop: str | None = None
        declared: PropertyType | None = None
        if node.prop is not None:
            events = self.names_of(pattern.matcher)
            prop = self.prop(node.prop, events)
            declared = self.scope.property_type(prop, events)[1]
        fact = e.Fact(node.kind, prop, pattern, last)
        if node.kind in ("latest", "first"):
            return Operand("name", node.span, fact, declared=declared)
        return Operand("number", node.span, fact)

    def fact_source(self, source: n.FactSource) -> tuple[e.Pattern, int | None]:
        step = n.Step(source.events, source.where, source.apart, source.span)
        last = None if source.last is None else micros_of(source.last, self.problems)
        return self.pattern(step), last

    def days_field(self, direction: str, field: n.Ref, span: Span, context: Context) -> Operand:
        if context.where != "if" and not self.facts_allowed(span, context, f"lead.{field.name}"):
            return Operand("unknown", span)
        entry = None if field.lead or field.quoted else self.scope.define(field.name, self.file)
        if entry is not None:
            self.error("wrong-type", f"days {direction} takes a profile field; {field.name} is a define.",
                       field.span, f"Write lead.{field.name} if you mean a field.",
                       related=(Related(entry.span, f"the define {entry.name}"),))
            return Operand("unknown", span)
        if field.name == "score" and not field.quoted and not field.lead:
            self.silent_score(field, context)
            return Operand("unknown", span)
        operand = self.field(field, context, direction)
        if operand.declared is not None and operand.declared.type in ("number", "boolean", "list"):
            self.error(
                "wrong-type",
                f"{field.name} is declared as a {operand.declared.type}, and days {direction} needs a time.",
                field.span,
                f"Ask it of a time, or declare {field.name} as a time.",
            )
            return Operand("unknown", span)
        value = e.DaysSince(field.name) if direction == "since" else e.DaysUntil(field.name)
        return Operand("number", span, value)

    # ---- events

    def pattern(self, step: n.Step) -> e.Pattern:
        matcher = self.matcher(step.events)
        context = Context("where", self.names_of(matcher))
        where = None if step.where is None else self.condition(step.where, context)
        apart = None if step.apart is None else micros_of(step.apart, self.problems)
        return e.Pattern(matcher, where, apart)

    def names_of(self, matcher: e.Matcher) -> frozenset[str] | None:
        """The names of the events that a matcher can match; None: any."""
        names: set[str] = set()
        for alternative in matcher.alternatives:
            if alternative.names is None:
                return None
            names |= alternative.names
        return frozenset(names)

    def matcher(self, events: n.Events) -> e.Matcher:
        alternatives: list[e.Alternative] = []
        if events.any:
            alternatives.append(e.Alternative(None))
            if events.names:
                self.error("any-with-others", "The word any stands for every event, so that it stands alone.",
                           events.span, 'Delete the others, or write "any" in quotes for an event of that name.')
        plain: set[str] = set()
        for name in events.names:
            if isinstance(name, n.Events):
                alternatives.extend(self.matcher(name).alternatives)
            else:
                found = self.event_name(name)
                if found is None:
                    plain.add(name.text)
                else:
                    alternatives.extend(found)
        if plain:
            alternatives.append(e.Alternative(frozenset(plain)))
        if events.where is not None:
            context = Context("where", self.names_of(e.Matcher(tuple(alternatives))))
            condition = self.condition(events.where, context)
            alternatives = [e.Alternative(a.names, (*a.where, condition)) for a in alternatives]
        return e.Matcher(tuple(alternatives))

    def event_name(self, name: n.Name) -> tuple[e.Alternative, ...] | None:
        """The alternatives of a set of events; None for an event, whose name is checked."""
        usage = self.scope.usage
        usage.events.add(name.text)
        entry = None if name.quoted else self.scope.event_set(name.text, self.file)
        if entry is not None:
            usage.sets.add(entry.name)
            if entry.node is None or entry.name in self.sets:
                return ()
            inner = Resolver(self.scope, entry.file, self.pending)
            inner.sets = [*self.sets, entry.name]
            inner.via = self.via or name.span
            step = entry.node.step
            matcher = inner.matcher(step.events)
            if step.where is None:
                return matcher.alternatives
            context = Context("where", inner.names_of(matcher))
            condition = inner.condition(step.where, context)
            return tuple(e.Alternative(a.names, (*a.where, condition)) for a in matcher.alternatives)
        if self.scope.events and name.text not in self.scope.events:
            candidates = [*self.scope.events, *(() if name.quoted else self.scope.sets)]
            extra = cast(dict[str, Any], suggestion(name.text, candidates, name.span, '"'))
            extra.setdefault("help", f"Declare it: event {self.text(name.span)}.")
            self.error("unknown-event", f"{name.text} is not a declared event.", name.span, **extra, name=name.text)
        return None


_CONDITIONS = (
    n.Compare, n.Between, n.InList, n.TextTest, n.InWindow, n.Matches, n.Known, n.Has, n.Inactive, n.IsTrue, n.Not,
    n.And, n.Or,
)


def walk(node: object) -> Any:
    """All nodes inside a node, itself first."""
    yield node
    if isinstance(node, tuple):
        for part in node:
            yield from walk(part)
        return
    for name in getattr(node, "__dataclass_fields__", ()):
        part = getattr(node, name)
        if isinstance(part, tuple) or hasattr(part, "__dataclass_fields__"):
            yield from walk(part)


def _literal_first(left: Operand, right: Operand) -> bool:
    """Whether the sides are to be swapped, so that a literal that is no number stands on the right."""
    special = ("text", "boolean", "date")
    return left.kind in special and right.kind not in special


def _compare_constants(op: str, left: object, right: object) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        left, right = lower(left), lower(right)
    first, second = cast(Any, left), cast(Any, right)
    match op:
        case "=":
            return bool(first == second)
        case "!=":
            return bool(first != second)
        case ">":
            return bool(first > second)
        case ">=":
            return bool(first >= second)
        case "<":
            return bool(first < second)
        case _:
            return bool(first <= second)


def _described(operand: Operand, capital: bool = True) -> str:
    """What an operand is, for a message."""
    match operand.kind:
        case "text":
            text = f'the text "{operand.constant}"'
        case "boolean":
            text = "true" if operand.constant else "false"
            return text if not capital else f"The value {text}"
        case "date":
            text = "a date"
        case "list":
            text = "a list"
        case "number":
            text = "a number"
        case "condition":
            text = "a condition"
        case _:
            text = "a property or field"
    return text[0].upper() + text[1:] if capital else text


def _name_of(operand: Operand) -> str:
    match operand.value:
        case e.Property(name) | e.Field(name):
            return name
        case e.Fact(kind, prop):
            return f"{kind} {prop}"
        case _:
            return "This"


def _written(node: object) -> str:
    match node:
        case n.Ref(name, lead):
            return f"lead.{name}" if lead else name
        case n.Fact(kind, prop):
            return f"{kind} {prop.text}" if prop else kind
        case n.Name(text):
            return text
        case _:
            return "This"


def _place(where: Where) -> str:
    return {
        "where": "in where",
        "if": "in if",
        "points of on": "in the points of an on rule",
        "formula": "in a formula",
    }.get(where, "here")


def _article(type_: str) -> str:
    return type_ if type_ == "text" else f"a {type_}"


def _any_of(op: str, items: str) -> str:
    return f"contains any {'word of' if op == 'contains word' else 'of'} {items}"


def _back(text: str, offset: int) -> int:
    """The offset before the spaces that end at an offset; a line's indentation is left."""
    start = offset
    while start > 0 and text[start - 1] == " ":
        start -= 1
    return offset if start == 0 or text[start - 1] in "\r\n" else start


def _expression_problem(reason: str, pattern: str) -> tuple[str, str]:
    """What is wrong with a regular expression and what to do, from what RE2 says."""
    kind, _, piece = reason.partition(": ")
    if any(sign in pattern for sign in ("(?=", "(?!", "(?<=", "(?<!")):
        return (f"{piece or 'it'} looks ahead or behind, which this syntax (RE2) does not have",
                "Write two conditions, joined with and.")
    match kind:
        case "missing )" | "missing closing )":
            return "a ( is not closed", "Add the ), or write \\( for the character itself."
        case "missing ]" | "missing closing ]":
            return "a [ is not closed", "Add the ], or write \\[ for the character itself."
        case "unexpected )":
            return "a ) has no ( before it", "Add the (, or write \\) for the character itself."
        case "no argument for repetition operator" | "missing argument to repetition operator":
            return f"nothing stands before {piece} that it could repeat", f"Write \\{piece} for the character itself."
        case "bad repetition operator":
            return f"{piece} repeats a repetition", f"Write {piece[:1]} alone."
        case "invalid repetition size" | "bad repetition size":
            return f"{piece} repeats too often (at most 1000 times)", "Write a smaller number."
        case "invalid character class range":
            return f"the range {piece} runs backwards", "Write the smaller sign first, such as [a-z]."
        case "invalid escape sequence" if piece[1:2].isdigit():
            return (f"{piece} refers back to a group, which this syntax (RE2) does not have",
                    "Write what is meant in full.")
        case "invalid escape sequence":
            return f"{piece} has no meaning", f"Write {piece[1:]} without the backslash."
        case "trailing \\":
            return "it ends with a backslash", "Write two backslashes for the character itself."
        case _:
            return reason, "Check brackets and signs; the syntax is RE2's."
