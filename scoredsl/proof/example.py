"""A lead for whom two programs differ: what it did, what each program makes of it, and both ledgers."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scoredsl.impact.figures import LedgerRow
from scoredsl.impact.ledgers import ledger_rows, named_lines
from scoredsl.impact.pairing import paired
from scoredsl.plan.logical import written
from scoredsl.reference import LeadRun, Log
from scoredsl.reference.ledger import Ledger, explain_lead
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow, Value
from scoredsl.semantics.values import instant_text, millionths_text, shortest
from scoredsl.testing.telling import Givens

NAME = "eva"
"""What the lead of an example is called."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a column is in both programs, as in the results; "" for no tier, `excluded` for a lead without scores."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Side:
    """The two ledgers of a score as one table, and their sums (None: no score)."""

    score: str
    rows: tuple[LedgerRow, ...]
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Example:
    """A lead and an instant, in microseconds; `outcomes` are the columns that differ then.

    `events` and `profile` are files, as text: CSV, or NDJSON where CSV cannot say it (a list, say); "" for none.
    """

    at: int
    givens: Givens
    outcomes: tuple[Outcome, ...]
    ledgers: tuple[Side, ...]
    format: str
    events: str
    profile: str


def example(old: p.Program, new: p.Program, columns: Sequence[str], givens: Givens, at: int) -> Example | None:
    """The example, scored by both programs; None where they do not differ then."""
    named = Givens(
        tuple(replace(event, lead=NAME) for event in givens.events),
        tuple(replace(row, lead=NAME) for row in givens.rows),
    )
    plain = _as_text(named)
    format_, shown = ("csv", plain) if plain is not None and _outcomes(old, new, columns, plain, at) else (
        "ndjson", named)  # fmt: skip
    outcomes = _outcomes(old, new, columns, shown, at)
    if not outcomes:
        return None
    return Example(
        at, shown, outcomes, _ledgers(old, new, {each.column for each in outcomes}, shown, at), format_,
        _events(shown.events, format_), _profile(shown.rows, format_),
    )  # fmt: skip


def _run(program: p.Program, givens: Givens, at: int) -> LeadRun:
    return Log.of(program, givens.events, givens.rows).run(NAME, at)


def _outcomes(
    old: p.Program, new: p.Program, columns: Sequence[str], givens: Givens, at: int
) -> tuple[Outcome, ...]:
    one, other = (_columns(_run(program, givens, at)) for program in (old, new))
    names = [each for name in columns for each in (name, f"{name}_tier") if each in {**one, **other}]
    names = ["lead", *names] if "lead" in {**one, **other} else names
    lone = one.get("lead") or other.get("lead")
    if lone is not None:
        return () if one == other else (
            Outcome("lead", one.get("lead", "scored"), other.get("lead", "scored")),)  # fmt: skip
    return tuple(
        Outcome(name, one.get(name, "no such column"), other.get(name, "no such column"))
        for name in names
        if one.get(name) != other.get(name)
    )


def _columns(run: LeadRun) -> dict[str, str]:
    """The results of a lead by column; `lead` alone for one that has none."""
    if not run.exists:
        return {"lead": "not listed"}
    if run.excluded:
        return {"lead": "excluded"}
    scores = run.scores()
    return {
        **{name: millionths_text(value) for name, value in scores.values.items()},
        **{f"{name}_tier": tier or "" for name, tier in scores.tiers.items()},
        **scores.grids,
        **{name: "true" if so else "false" for name, so in scores.labels.items()},
    }


def _ledgers(old: p.Program, new: p.Program, columns: set[str], givens: Givens, at: int) -> tuple[Side, ...]:
    runs = [_run(program, givens, at) for program in (old, new)]
    names = named_lines(old), named_lines(new)
    found = []
    for pair in paired(written(old), written(new)).scores:
        if pair.old_name != pair.name or not {pair.name, f"{pair.name}_tier"} & columns:
            continue
        one, other = (_ledger(run, pair.name) for run in runs)
        rows = ledger_rows(pair, one, other, *names)
        found.append(Side(pair.name, rows, one.value if one else None, other.value if other else None))
    return tuple(found)


def _ledger(run: LeadRun, score: str) -> Ledger | None:
    if not run.exists or run.excluded:
        return None
    return next((each for each in explain_lead(run, ahead=False).ledgers if each.score.name == score), None)


# ---- as files


def _as_text(givens: Givens) -> Givens | None:
    """The lead as a CSV file would have it: every value a text; None where there is none for a value."""
    values = [value for event in givens.events for value in event.properties.values()]
    values += [value for row in givens.rows for value in row.fields.values()]
    if any(isinstance(value, list | dict) for value in values):
        return None
    return Givens(
        tuple(replace(each, properties=_cells(each.properties)) for each in givens.events),
        tuple(replace(each, fields=_cells(each.fields)) for each in givens.rows),
    )


def _cells(values: Mapping[str, Value]) -> dict[str, str | None]:
    return {name: _cell(value) for name, value in values.items()}


def _cell(value: Value) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case _:
            return shortest(float(value))


def _events(events: Sequence[Event], format_: str) -> str:
    return _file([{"lead": each.lead, "event": each.name, "time": instant_text(each.time), **each.properties}
                  for each in events], format_)  # fmt: skip


def _profile(rows: Sequence[ProfileRow], format_: str) -> str:
    timed = any(row.time is not None for row in rows)
    return _file(
        [
            {"lead": row.lead}
            | ({"time": "" if row.time is None else instant_text(row.time)} if timed else {})
            | dict(row.fields)
            for row in rows
        ],
        format_,
    )


def _file(rows: Sequence[dict[str, Value]], format_: str) -> str:
    if not rows:
        return ""
    if format_ == "ndjson":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    text = _Text()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return "".join(text.parts)


class _Text:
    """What a writer of files writes to, when it is no file."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, part: str) -> None:
        self.parts.append(part)
