"""Conditions of random programs, as text: over an event, over the profile, over facts, over the score."""

from __future__ import annotations

from scoredsl.semantics.values import instant_text
from tests.strategies.choices import Choices
from tests.strategies.setting import Setting

KINDS = ('"k1"', '"5"', "5")


class Conditions:
    """Writes conditions about the events, properties and fields that `tests.strategies.logs` puts into a log."""

    def __init__(self, choices: Choices, setting: Setting) -> None:
        self.choices = choices
        self.setting = setting

    # ---- words

    def duration(self) -> str:
        return self.choices.pick(self.setting.durations)

    def small(self) -> str:
        """A number that scores come near to."""
        return self.choices.one("10", "0", "5", "10", "12", "20", "-5", "15", "30", "25")

    def date(self) -> str:
        """A date about the log's time: a day, a local time (also one that does not exist), an instant."""
        instant = self.setting.at(self.choices.number(0, self.setting.steps))
        local = self.setting.local(instant)
        return self.choices.one(
            local.strftime("%Y-%m-%d"),
            local.strftime("%Y-%m-%d"),
            local.strftime("%Y-%m-%d %H:%M"),
            instant_text(instant),
            local.strftime("%Y-%m-%d 02:30"),
        )

    def event(self) -> str:
        """The name of an event or of a set of events."""
        if self.setting.sets and self.choices.chance(15):
            return self.choices.pick(self.setting.sets)
        return self.choices.pick(self.setting.names)

    def events(self, in_parentheses: bool = False) -> str:
        """EVENTS: one name, several, or any; several need parentheses in facts."""
        kind = self.choices.weighted(one=72, several=18, any=10)
        if kind == "any":
            return "any"
        first = self.event()
        if kind == "several" and (second := self.event()) != first:
            if not in_parentheses:
                return f"{first} or {second}"
            if self.choices.chance(15):
                return f"({first} or {second} where {self.where(depth=1)})"
            return f"({first} or {second})"
        return first

    def pattern(self, apart: int = 12) -> str:
        """EVENTS with `where` and `D apart`, in either order."""
        where = f" where {self.where()}" if self.choices.chance(12 if self.setting.frequent else 30) else ""
        distance = f" {self.duration()} apart" if self.choices.chance(apart) else ""
        if where and distance and self.choices.chance(50):
            return self.events() + distance + where
        return self.events() + where + distance

    # ---- about an event

    def where(self, depth: int = 0) -> str:
        kind = self.choices.weighted(row=76, negated=8, **({"all": 10, "any": 6} if depth < 2 else {}))
        match kind:
            case "all":
                return f"{self.where(depth + 1)} and {self.where(depth + 1)}"
            case "any":
                return f"({self.where(depth + 1)} or {self.where(depth + 1)})"
            case "negated":
                return "not " + self.row()
        return self.row()

    def row(self) -> str:
        """One row of the table of section 4, about properties."""
        one = self.choices.one
        if self.setting.frequent and self.choices.chance(80):
            return one("amount > 5", "amount >= 10", 'kind = "k1"', "paid", 'kind != "k2"', "amount < 20")
        if self.setting.defines.get("where") and self.choices.chance(12):
            return self.choices.pick(self.setting.defines["where"])
        match self.choices.weighted(number=30, text=25, boolean=9, known=8, time=8, names=8, lead=12):
            case "number":
                return self.number_row("amount" if self.choices.chance(80) else "meta.level")
            case "text":
                return self.text_row(one("kind", "kind", "url", "`order-id`", "tags"))
            case "boolean":
                return self.boolean_row("paid")
            case "known":
                names = ("amount", "kind", "url", "paid", "due", "tags", "meta", "meta.level", "`order-id`")
                return self.choices.pick(names) + one(" is missing", " is known")
            case "time":
                return self.time_row("due")
            case "names":
                return one(
                    "amount > level", "amount = level", "kind = url", "kind != `order-id`", "amount != level",
                    "level between amount and 20", "due < paid_on", "due = paid_on", "amount < kind", "paid = kind",
                    "amount >= lead.seats", "kind = lead.plan", "due <= lead.renewal",
                )
        return self.field_row("lead.")

    def plain_row(self) -> str:
        """A row that a fact takes without parentheses: an `in last` after it would be the fact's."""
        row = self.row()
        return row if " " in row and " in last " not in row and " in next " not in row else 'kind = "k1"'

    def number_row(self, name: str) -> str:
        one, defines = self.choices.one, self.setting.defines.get("number")

        def literal() -> str:
            if defines and self.choices.chance(15):
                return self.choices.pick(defines)
            return one("5", "10", "10", "7", "0", "-3", "12.5")

        return self.choices.made(
            lambda: f"{name} {one('=', '!=', '>', '>=', '<', '<=')} {literal()}",
            lambda: f"{name} {one('>', '>=', '<')} {literal()}",
            lambda: f"{name} between 5 and {one('10', '7')}",
            lambda: f"{name} in [5, 10]",
            lambda: f"{name} not in [{literal()}, 7]",
            lambda: f"{name} * 2 {one('>=', '<', '=')} 20",
            lambda: f"10 / {name} >= 1",
            lambda: f"min({name}, 10) + 1 = 11",
            lambda: f"round({name} / 4) >= {one('2', '3')}",
            lambda: f"-{name} < -5",
            lambda: f"max({name}, 7, 5) - 2 <= 8",
        )

    def text_row(self, name: str) -> str:
        def literal() -> str:
            return self.choices.one('"k1"', '"K1"', '"k2"', '"5"', '"/a"', '"k"', '"true"')

        return self.choices.made(
            lambda: f"{name} = {literal()}",
            lambda: f"{name} {self.choices.one('=', '!=')} {literal()}",
            lambda: f"{name} in [{literal()}, {literal()}]",
            lambda: f"{name} not in [{literal()}, {literal()}]",
            lambda: f"{name} contains {literal()}",
            lambda: f"{name} starts with {literal()}",
            lambda: f"{name} ends with {literal()}",
            lambda: f"{name} contains any of [{literal()}, {literal()}]",
            lambda: f"{name} contains word {literal()}",
            lambda: f'{name} contains any word of [{literal()}, "b"]',
            lambda: f"{name} matches {self.choices.one('/^k/', '/(?i)K1/', '/[0-9]$/', '/a|2/')}",
            lambda: f'{name} in [5, "k1", true]',
        )

    def boolean_row(self, name: str) -> str:
        compared = (f"{name} = true", f"{name} = false", f"{name} != true", f"{name} in [false]")
        return self.choices.one(name, name, *compared)

    def time_row(self, name: str) -> str:
        return self.choices.made(
            lambda: f"{name} {self.choices.one('<', '<=', '>', '>=', '=', '!=')} {self.date()}",
            lambda: f"{name} in next {self.duration()}",
            lambda: f"{name} in last {self.duration()}",
            lambda: f"{name} between {self.date()} and {self.date()}",
        )

    # ---- about the lead

    def field_row(self, prefix: str = "") -> str:
        """One row of the table of section 4, about profile fields."""
        one = self.choices.one
        if not prefix and self.choices.chance(10):
            prefix = "lead."
        match self.choices.weighted(number=25, text=30, boolean=8, known=10, time=18):
            case "number":
                return self.number_row(prefix + "seats")
            case "text":
                if self.setting.defines.get("list") and self.choices.chance(20):
                    name = self.choices.pick(self.setting.defines["list"])
                    return f"{prefix}plan {one('in', 'not in', 'contains any of')} {name}"
                return self.text_row(prefix + one("plan", "plan", "`Job Level`", "langs"))
            case "boolean":
                return self.boolean_row(prefix + "member")
            case "known":
                return prefix + one("plan", "seats", "renewal", "langs", "member") + one(" is missing", " is known")
        return self.time_row(prefix + "renewal")

    def condition(self, depth: int = 0, scores: tuple[str, ...] = ()) -> str:
        """What may stand after `when`, `exclude when`, `maximum N when` and, with scores, in a label."""
        kind = self.choices.weighted(row=72, negated=8, **({"all": 12, "any": 8} if depth < 2 else {}))
        match kind:
            case "all":
                return f"{self.condition(depth + 1, scores)} and {self.condition(depth + 1, scores)}"
            case "any":
                return f"({self.condition(depth + 1, scores)} or {self.condition(depth + 1, scores)})"
            case "negated":
                return "not " + self.choices.made(self.field_row, self.fact_row)
        if scores and self.choices.chance(40):
            return self.score_row(scores)
        if self.setting.defines.get("when") and self.choices.chance(12):
            return self.choices.pick(self.setting.defines["when"])
        return self.fact_row() if self.choices.chance(60) else self.field_row()

    def score_row(self, scores: tuple[str, ...]) -> str:
        name = self.choices.pick(scores)
        return self.choices.made(
            lambda: f"{name} {self.choices.one('>=', '<', '=', '>')} {self.small()}",
            lambda: f"{name} > seats",
            lambda: f"{name} between 5 and 20",
            lambda: f"{name} + {self.choices.pick(scores)} >= {self.small()}",
        )

    # ---- facts

    def of_events(self, last: int = 55) -> str:
        """What follows `count of`: events, `where`, `D apart`, and in so many of a hundred cases `in last D`."""
        text = self.events(in_parentheses=True)
        apart = f" {self.duration()} apart" if self.choices.chance(12) else ""
        where = ""
        if self.choices.chance(30):
            where = " where " + (f"({self.where()})" if self.choices.chance(50) else self.plain_row())
        text += self.choices.one(apart + where, where + apart)
        return text + (f" in last {self.duration()}" if self.choices.chance(last) else "")

    def number_fact(self, as_points: bool = False) -> str:
        days = f"days {self.choices.one('since', 'until')} renewal"
        if as_points and self.setting.from_always:
            days = "count of any"
        return self.choices.made(
            lambda: f"count of {self.of_events()}",
            lambda: f"count of {self.of_events()}",
            lambda: f"sum of amount of {self.of_events()}",
            lambda: f"average of amount of {self.of_events()}",
            lambda: f"lowest of amount of {self.of_events()}",
            lambda: f"highest of amount of {self.of_events()}",
            lambda: f"distinct kind of {self.of_events()}",
            lambda: f"days since last {self.of_events(20)}",
            lambda: days,
        )

    def fact_row(self) -> str:
        one = self.choices.one
        return self.choices.made(
            lambda: f"has {self.of_events()}",
            lambda: f"no {self.of_events()}",
            lambda: f"inactive for {self.duration()}",
            lambda: f"{self.number_fact()} {one('>=', '>', '<', '=', '<=', '!=')} "
                    f"{one('1', '2', '3', '2', '0', '10', '7.5')}",
            lambda: f"{self.number_fact()} {one('>=', '<')} {one('1', '2', '3')}",
            lambda: f"count of {self.of_events(100)} {one('>', '=')} "
                    + self.choices.made(lambda: "seats / 5", lambda: f"count of {self.of_events()}"),
            lambda: f"{one('latest', 'first')} kind of {self.of_events()} = {one(*KINDS)}",
            lambda: f"{one('latest', 'first')} amount of {self.of_events()} {one('>', '<=')} {one('5', '10')}",
            lambda: f"{one('latest', 'first')} due of {self.of_events()} "
                    + self.choices.made(lambda: "is known", lambda: "is missing", lambda: f">= {self.date()}"),
            lambda: f"{one('latest', 'first')} paid of {self.of_events()}",
            lambda: f"days since last {self.of_events(10)} {one('is missing', 'is known', 'between 1 and 2')}",
            self.renewal_row,
        )

    def renewal_row(self) -> str:
        one = self.choices.one
        return f"days {one('since', 'until')} renewal {one('>=', '<', '=', '<=')} {one('0', '1', '-1', '2')}"

    # ---- after `if`

    def state(self) -> str:
        def row() -> str:
            one = self.choices.one
            return self.choices.made(
                lambda: f"score {one('>=', '>', '<', '=', '<=', '!=')} {self.small()}",
                lambda: f"score {one('>=', '<')} {self.small()}",
                lambda: f"score between 0 and {one('10', '20')}",
                lambda: f"score * 2 > {self.small()}",
                lambda: "score > seats",
                self.field_row,
                self.field_row,
                self.renewal_row,
                lambda: f"not score >= {self.small()}",
            )

        return f"{row()} {self.choices.one('and', 'or')} {row()}" if self.choices.chance(25) else row()
