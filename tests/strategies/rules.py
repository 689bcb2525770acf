"""Rules of random programs, as text: every trigger, award, limit and lifetime, `when`, bounds and tiers."""

from __future__ import annotations

from tests.strategies.choices import Choices
from tests.strategies.conditions import Conditions
from tests.strategies.setting import Setting


class Rules:
    """Writes the statements of a score."""

    def __init__(self, choices: Choices, setting: Setting) -> None:
        self.choices = choices
        self.setting = setting
        self.conditions = Conditions(choices, setting)

    # ---- triggers

    def trigger(self) -> tuple[str, bool]:
        """A trigger, and whether its occurrences have properties."""
        choices, conditions = self.choices, self.conditions
        kinds = {"occurs": 30, "count": 18, "nth": 10, "chain": 20, "absence": 18, "inactive": 6, "every": 4,
                 "silence": 8}
        if self.setting.flavour == "resets":
            kinds = {"occurs": 20, "count": 15, "nth": 5, "chain": 10, "absence": 35, "inactive": 15, "every": 8,
                     "silence": 15}
        kind = choices.weighted(**kinds)
        same = f" with same {choices.one('kind', 'kind', '`order-id`', 'amount')}" if choices.chance(35) else ""
        match kind:
            case "occurs":
                return conditions.pattern(), True
            case "count":
                text = f"{choices.one('2', '2', '3')} {conditions.pattern()}{same}"
                return f"{text} within {conditions.duration()}", True
            case "nth":
                return f"{choices.one('2', '2', '3')} {conditions.pattern()}{same}", True
            case "chain":
                steps = " then ".join(conditions.pattern() for _ in range(choices.one(2, 2, 3, 3, 4)))
                return f"{steps}{same} within {conditions.duration()}", True
            case "absence":
                text = f"{conditions.pattern()} without {conditions.pattern()}{same}"
                return f"{text} within {conditions.duration()}", True
            case "inactive":
                return f"inactivity of {conditions.duration()}", False
            case "every":
                return f"every {conditions.duration()} of inactivity", False
        return self.silence(), False

    def silence(self) -> str:
        """`D without EVENTS` and `every D without EVENTS after D`."""
        conditions = self.conditions
        events = conditions.events(in_parentheses=True)
        where = f" where {conditions.where()}" if self.choices.chance(25) else ""
        if self.choices.chance(40):
            return f"{conditions.duration()} without {events}{where}"
        after = f" after {conditions.duration()}" if self.choices.chance(50) else ""
        return f"every {conditions.duration()} without {events}{where}{after}"

    # ---- awards

    def number(self) -> str:
        return self.choices.one("10", "5", "10", "3", "2.5", "1", "20", "0.1", "7", "1_0", "0.333333")

    def points(self, has_properties: bool) -> str:
        """What follows `add`."""
        choices = self.choices
        if not has_properties:
            return choices.made(self.number, self.number, lambda: "lead.seats", lambda: "lead.seats / 2")
        if choices.chance(85 if self.setting.frequent else 60):
            return self.number()
        if self.setting.defines.get("number") and choices.chance(10):
            return choices.pick(self.setting.defines["number"])
        return choices.one(
            "amount", "amount", "amount / 3", "amount * 2 - 1", "min(amount, 10)", "round(amount / 4)", "10 / amount",
            "lead.seats", "amount + lead.seats", "max(amount, 3, level)", "-amount", "amount * amount", "meta.level",
            "(amount - 5) / 7",
        )

    def limit(self, has_properties: bool) -> str:
        choices, duration = self.choices, self.conditions.duration
        per = f" per {choices.one('kind', 'kind', 'amount', 'url')}" if has_properties and choices.chance(40) else ""
        time = choices.one("", "", " per day", " per day", " per week", " per month", " per year", " every", " every")
        if time == " every":
            time = f" every {duration()}"
        if choices.chance(50):
            return f"once{per}{time}"
        return f"at most {choices.one('1 time', '2 times', '2 times', '3 times')}{per}{time}"

    def up_to(self, has_properties: bool) -> str:
        choices = self.choices
        text = f"up to {choices.one('10', '15', '25', '7.5')} points"
        if has_properties and choices.chance(25):
            return text + choices.one(" per kind", " per amount")
        return text + (choices.one(" per day", " per week") if choices.chance(30) else "")

    def expiry(self) -> str:
        repeated = " unless repeated" if self.choices.chance(45) else ""
        return f"expire after {self.conditions.duration()}{repeated}"

    def decay(self) -> str:
        choices = self.choices
        days = choices.pick(self.setting.days)
        return choices.made(
            lambda: f"decay to zero over {days}",
            lambda: f"decay by half every {days}",
            lambda: f"decay {choices.one('20', '50', '12.5', '100')}% every {days}",
            lambda: f"decay to zero over {choices.one('4d', '1w')}",
        )

    def ends_on(self, has_properties: bool) -> str:
        choices = self.choices
        same = ""
        if has_properties and choices.chance(50):
            same = f" with same {choices.one('kind', 'kind', '`order-id`')}"
        return f"ends on {self.conditions.pattern(apart=0)}{same}"

    # ---- rules

    def on_rule(self, resets: bool) -> str:
        """An `on` rule; one that resets or sets where that is allowed."""
        choices = self.choices
        trigger, has_properties = self.trigger()
        state = ""
        if choices.chance(60 if self.setting.flavour == "profile" else 28) and self.setting.with_if:
            state = f" if {self.conditions.state()}"
        if resets and choices.chance(50 if self.setting.flavour == "resets" else 24):
            return f"on {trigger}{state} {self.reset()}"
        subtract = choices.chance(30)
        award = f"{'subtract' if subtract else 'add'} {self.points(has_properties)}"
        separator = choices.one(" ", ", ")
        clauses = choices.shuffled(self.clauses(subtract, has_properties))
        return f"on {trigger}{state} " + separator.join([award, *clauses])

    def reset(self) -> str:
        choices = self.choices
        effect = "reset"
        if choices.chance(80 if self.setting.flavour == "resets" else 45):
            effect = f"set to {choices.one('5', '20', '-10', '50', '12.5')}"
        return effect + (f" from {self.conditions.date()}" if choices.chance(6) else "")

    def clauses(self, subtract: bool, has_properties: bool) -> list[str]:
        """What follows an award, each clause at most once but limits."""
        choices, found = self.choices, []
        if choices.chance(18 if subtract else 8):
            found.append(f"but not {'below' if subtract else 'above'} {self.conditions.small()}")
        if choices.chance(45):
            found += [self.limit(has_properties) for _ in range(choices.one(1, 1, 2))]
        if choices.chance(16):
            found.append(self.up_to(has_properties))
        match choices.weighted(default=56, expiry=38, never=6):
            case "expiry":
                found.append(self.expiry())
            case "never":
                found.append("never expire")
        match choices.weighted(default=75, decay=20, never=5):
            case "decay":
                found.append(self.decay())
            case "never":
                found.append("never decay")
        if choices.chance(20):
            found.append(self.ends_on(has_properties))
        if choices.chance(8):
            found.append(f"from {self.conditions.date()}")
        if choices.chance(8):
            found.append(f"until {self.conditions.date()}")
        if choices.chance(5):
            found.append(f'as "{choices.one("A title", "Café, “x”", "a; b")}"')
        return found

    def when_rule(self) -> str:
        choices, conditions = self.choices, self.conditions

        def branch() -> str:
            points = choices.weighted(number=60, seats=13, half=9, fact=9, least=9)
            match points:
                case "number":
                    text = self.number()
                case "seats":
                    text = "seats"
                case "half":
                    text = "seats / 2"
                case "fact":
                    text = conditions.number_fact(as_points=True)
                case _:
                    text = f"min({conditions.number_fact(as_points=True)}, 10)"
            return f"{choices.one('add', 'add', 'subtract')} {text}"

        text = f"when {conditions.condition()} {branch()}"
        if choices.chance(25):
            text += f", else when {conditions.condition()} {branch()}"
            if choices.chance(30):
                text += f", else when {conditions.condition()} {branch()}"
            if choices.chance(50):
                text += f", else {branch()}"
        return text + (f" up to {choices.one('5', '10')} points" if choices.chance(15) else "")

    def rule(self, resets: bool) -> str:
        return self.when_rule() if self.choices.chance(20) else self.on_rule(resets)

    # ---- bounds and tiers

    def bounds(self) -> list[str]:
        choices, found = self.choices, []
        kind = choices.weighted(none=65, minimum=15, both=10, maximum=10)
        if kind in ("maximum", "both"):
            found.append(f"maximum {choices.one('15', '20', '30', '12.5')}")
        if kind in ("minimum", "both"):
            found.append(f"minimum {choices.one('0', '-10', '5', '0')}")
        if choices.chance(15):
            bound = f"{choices.one('maximum', 'minimum')} {choices.one('10', '15', '3', '25')}"
            found.append(f"{bound} when {self.conditions.condition()}")
        if choices.chance(5):
            bound = f"{choices.one('maximum', 'minimum')} {choices.one('10', '8', '-3')}"
            found.append(f"{bound} when {self.conditions.condition()}")
        return found

    def tiers(self) -> list[str]:
        choices, found = self.choices, []
        for i, least in enumerate(choices.some((10, 5, -5, 12, 15, 20, 30, 0), choices.one(0, 1, 1, 2, 3))):
            lasting = choices.made(
                lambda: "",
                lambda n=least: f" until below {n - choices.one(1, 5, 7)}",
                lambda n=least: f" until below {n - choices.one(2, 5, 10)}",
                lambda: " for good",
            )
            if i == 0 and choices.chance(20):
                found.append(f"threshold {least}{lasting}")
            else:
                name = choices.one(f"t{i}", f'"T+{i}"')
                found.append(f"tier {name} {choices.one('from', 'from', 'above')} {least}{lasting}")
        return found
