"""Random programs of what does not depend on the order of events, or hardly: what one SQL query can compute.

They are the programs of `tests.strategies.programs` with plain triggers, one limit a rule, tiers without memory and
facts other than `latest` and `first`; and the same logs, without lists and objects, which a typed column cannot hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from scoredsl.semantics.log import Event, ProfileRow
from tests.strategies.choices import Choices
from tests.strategies.conditions import Conditions
from tests.strategies.logs import Logs
from tests.strategies.programs import Case, Programs
from tests.strategies.rules import Rules
from tests.strategies.setting import Setting, draw_setting

_COMPARED_NAMES = re.compile(
    r"(amount (=|!=|>|<|>=) (level|lead\.\w+)|amount < kind|kind (=|!=) (url|lead\.plan|`order-id`)|paid = kind"
    r"|level between amount and 20)"
)


class OrderFreeConditions(Conditions):
    def pattern(self, apart: int = 0) -> str:
        return super().pattern(0)

    def where(self, depth: int = 0) -> str:
        return self._again(super().where, depth)

    def row(self) -> str:
        return self._again(super().row)

    def _again(self, make: Any, *arguments: Any) -> str:
        for _ in range(5):
            text = str(make(*arguments))
            if "lead." not in text and not _COMPARED_NAMES.search(text):
                return text
        return "amount > 5"

    def of_events(self, last: int = 55) -> str:
        return re.sub(r" [0-9]+[a-z] apart", "", super().of_events(last))

    def fact_row(self) -> str:
        for _ in range(5):
            text = super().fact_row()
            if not text.startswith(("latest", "first")):
                return text
        return "has any"


class OrderFreeRules(Rules):
    def __init__(self, choices: Choices, setting: Setting) -> None:
        super().__init__(choices, setting)
        self.conditions = OrderFreeConditions(choices, setting)

    def trigger(self) -> tuple[str, bool]:
        return self.conditions.pattern(), True

    def points(self, has_properties: bool) -> str:
        text = super().points(has_properties)
        return "amount" if "lead." in text else text

    def limit(self, has_properties: bool) -> str:
        return re.sub(r" every [0-9]+[a-z]", "", super().limit(has_properties))

    def expiry(self) -> str:
        return super().expiry().replace(" unless repeated", "")

    def clauses(self, subtract: bool, has_properties: bool) -> list[str]:
        found = [text for text in super().clauses(subtract, has_properties) if not text.startswith("but not")]
        limits = [text for text in found if text.startswith(("once", "at most"))]
        return [text for text in found if text not in limits[1:]]

    def on_rule(self, resets: bool) -> str:
        return super().on_rule(resets=False)

    def tiers(self) -> list[str]:
        return [re.sub(r" until below -?[0-9]+| for good", "", text) for text in super().tiers()]


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a typed column can hold."""
    return {name: None if isinstance(value, list | dict) else value for name, value in values.items()}


@st.composite
def order_free_cases(draw: st.DrawFn, *, ids: bool | None = None) -> Case:
    """A program and its log; `ids`: every event has an id of its own, or none has."""
    choices = Choices(draw)
    setting = draw_setting(choices, with_if=False)
    programs = Programs(choices, setting)
    programs.rules = OrderFreeRules(choices, setting)
    files = programs.files()
    logs = Logs(choices, setting)
    events, rows = logs.log()
    with_ids = choices.chance(50) if ids is None else ids
    events = [
        Event(e.lead, e.name, e.time, f"{(e.place * 7) % 10}-{e.place}" if with_ids else None, e.place,
              plain(e.properties))
        for e in events
    ]
    if with_ids and choices.chance(30):
        again = choices.pick(events)
        later = again.time + choices.one(0, 1) * setting.step
        events.append(Event(again.lead, again.name, later, again.id, len(events), again.properties))
    rows = [ProfileRow(row.lead, row.time, row.place, plain(row.fields)) for row in rows]
    return Case(files, events, rows, logs.instants(events, "\n".join(files.values())))
