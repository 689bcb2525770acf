"""Which column is the lead, the event, the time, the id.

A column that the user named comes first, then the one with the role's own name (`lead`), then the first of USUAL
that is there, whatever its capitals, spaces, `_` and `-`. All but the first two are said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from scoredsl.engine.sources.options import ColumnNames, Found, SourceError

USUAL: Mapping[str, tuple[str, ...]] = {
    "lead": (
        "lead",
        "leadid",
        "contactid",
        "userid",
        "customerid",
        "personid",
        "profileid",
        "caseid",
        "visitorid",
        "subscriberid",
        "memberid",
        "clientid",
        "anonymousid",
    ),
    "event": ("event", "eventname", "eventtype", "activity", "activityname", "activitytype", "action"),
    "time": (
        "time",
        "timestamp",
        "occurredat",
        "eventtime",
        "eventtimestamp",
        "eventdate",
        "activitydate",
        "activitytime",
        "originaltimestamp",
        "datetime",
        "date",
        "ts",
        "createdat",
        "sentat",
        "receivedat",
    ),
    "id": ("id", "eventid", "messageid"),
    "properties": ("properties",),
}
"""The usual names of each role in the order in which they are preferred, without capitals, spaces, `_` and `-`."""


def normal(name: str) -> str:
    """A column's name without capitals, spaces, `_` and `-`."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def find(
    columns: Sequence[str],
    names: ColumnNames,
    roles: Sequence[str],
    own_name_only: frozenset[str] = frozenset(),
    option: str = "--",
) -> tuple[dict[str, Found], list[str]]:
    """The columns that play the roles, and notes about those that were guessed. A role that is not found is left out.

    For roles of `own_name_only` nothing is guessed. `option` is how the options that name columns begin. Raises
    SourceError for a named column that is not there (its text
    has no file name).
    """
    found: dict[str, Found] = {}
    notes: list[str] = []
    for role in roles:
        named = names.of(role)
        if named is None:
            continue
        if named not in columns:
            near = next((column for column in columns if normal(column) == normal(named)), None)
            hint = f"did you mean {near}?" if near else f"there are {listed(columns)}."
            raise SourceError(f"no column {named} ({option}{role}-column); {hint}")
        found[role] = Found(named, "named")
    for role in roles:
        if role in found:
            continue
        taken = {one.column for one in found.values()}
        free = [column for column in columns if column not in taken]
        if role in free:
            found[role] = Found(role, "own")
            continue
        if role in own_name_only:
            continue
        candidates = [column for usual in USUAL[role] for column in free if normal(column) == usual]
        if candidates:
            chosen, *others = candidates
            found[role] = Found(chosen, "usual")
            also = f" ({listed(others)} could be it, too)" if others else ""
            notes.append(f"Column {chosen} is read as the {role}{also}; name another with {option}{role}-column.")
    return {role: found[role] for role in roles if role in found}, notes


def listed(columns: Sequence[str]) -> str:
    """Names for a sentence: `a, b and 3 more`."""
    shown = list(columns[:12])
    rest = len(columns) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "") if shown else "none"
