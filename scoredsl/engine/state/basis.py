"""What the rows of a state depend on besides the data: the program, its timezone, the database's hashes."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from scoredsl.engine.sources.duck import connection
from scoredsl.engine.state.manifest import ANEW, Basis, StateError
from scoredsl.plan.fingerprint import channels_fingerprint, fingerprint
from scoredsl.plan.logical import LogicalPlan
from scoredsl.plan.physical import PhysicalPlan

_SECONDS, _WEEK = 2**32, 7 * 86_400
"""From 1970 to 2106."""
_PROBES = ("", "a", "twelve bytes", "thirteen byte", "a text that is longer than what stands in a row", "Füße", "😀")


def basis_of(plan: LogicalPlan, physical: PhysicalPlan) -> Basis:
    """What rows of this plan depend on here."""
    return Basis(
        fingerprint(plan),
        channels_fingerprint(physical.events, physical.profiles),
        _zone(plan.timezone),
        _keys() if physical.events.keys or physical.profiles.keys else "",
    )


def require_same(folder: Path, held: Basis, here: Basis) -> None:
    """Raises StateError where a state cannot be gone on from."""
    if held == here:
        return
    if held.rules != here.rules:
        raise StateError(
            f"The state in {folder} was made with other rules: what they see of past events is not kept there. {ANEW}"
        )
    if held.zone != here.zone:
        raise StateError(
            f"The state in {folder} was made with other data about timezones: in that of the rules, clocks changed at "
            f"other times. {ANEW}"
        )
    raise StateError(
        f"The state in {folder} was made with another version of scoredsl or DuckDB, or on another kind of machine: "
        f"it cannot be gone on from here. {ANEW}"
    )


def _zone(name: str) -> str:
    return hashlib.sha256(repr((name, _changes(ZoneInfo(name)))).encode()).hexdigest()[:32]


def _changes(info: ZoneInfo) -> list[tuple[int, timedelta | None]]:
    """When the clocks of a timezone change, and to what; looked at week by week, then to the second."""

    def offset(second: int) -> timedelta | None:
        return datetime.fromtimestamp(second, info).utcoffset()

    found = [(0, offset(0))]
    for begin, end in pairwise(range(0, _SECONDS, _WEEK)):
        before = found[-1][1]
        if offset(end) == before:
            continue
        while end - begin > 1:
            middle = (begin + end) // 2
            begin, end = (middle, end) if offset(middle) == before else (begin, middle)
        found.append((end, offset(end)))
    return found


def _keys() -> str:
    """Values of properties are compared by the hashes that the database makes of them."""
    with connection() as db:
        rows = db.execute(f"SELECT {', '.join(['hash(?::VARCHAR)'] * len(_PROBES))}", list(_PROBES)).fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:32]
