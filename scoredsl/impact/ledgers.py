"""Two ledgers of a lead as one table: a row for each rule of either program, with what it gives before and after."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from scoredsl.impact.changes import one_line
from scoredsl.impact.figures import LedgerRow, Ledgers, ScoreImpact
from scoredsl.impact.pairing import ScorePair
from scoredsl.reference import Log
from scoredsl.reference.ledger import Ledger, Line, explain_lead
from scoredsl.semantics import program as p

Name = Callable[[Line], str]
"""What a line of a ledger is called for people."""


def with_ledgers(
    score: ScoreImpact, pair: ScorePair, logs: tuple[Log, Log], names: tuple[Name, Name], as_of: int
) -> ScoreImpact:
    """The score with the ledgers of the leads that moved most; `logs` and `names` are those of the old and new program.

    The logs need to hold these leads alone.
    """
    found = []
    for each in score.moved_most:
        old, new = (
            _ledger(log, each.move.lead, name, as_of)
            for log, name in zip(logs, (score.old_name, score.name), strict=True)
        )
        found.append(Ledgers(each.move, old, new, ledger_rows(pair, old, new, *names)))
    return replace(score, moved_most=tuple(found))


def _ledger(log: Log, lead: str, score: str, as_of: int) -> Ledger | None:
    run = log.run(lead, as_of)
    if not run.exists or run.excluded:
        return None
    return next(each for each in explain_lead(run, ahead=False).ledgers if each.score.name == score)


def named_lines(program: p.Program) -> Name:
    """Calls a line of a ledger by the title of its rule, else by the text of the rule, else by its place."""

    def name(line: Line) -> str:
        if line.place is None or line.kind not in ("award", "when") or line.what != str(line.place):
            return line.what
        source = program.sources.get(line.place.span.file)
        return line.what if source is None else one_line(source.slice(line.place.span))

    return name


def ledger_rows(
    pair: ScorePair, old: Ledger | None, new: Ledger | None, old_name: Name, new_name: Name
) -> tuple[LedgerRow, ...]:
    """The rows; those of either side sum to its value. What is worth nothing on both sides is left out."""
    numbers: dict[tuple[str, p.Place], int] = {}
    for i, rules in enumerate(pair.rules):
        for side, rule in (("old", rules.old), ("new", rules.new)):
            if rule is not None:
                numbers[side, rule.place] = i

    def key(side: str, line: Line) -> Hashable:
        if line.kind == "formula":
            return line.kind
        number = None if line.place is None else numbers.get((side, line.place))
        return (line.kind, line.what) if number is None else (line.kind, number)

    names: dict[Hashable, str] = {}
    sums: dict[str, dict[Hashable, tuple[int, int]]] = {"old": {}, "new": {}}
    for side, ledger, name in (("new", new, new_name), ("old", old, old_name)):
        for line in ledger.lines if ledger is not None else ():
            at = key(side, line)
            names.setdefault(at, name(line))
            worth, count = sums[side].get(at, (0, 0))
            sums[side][at] = worth + line.worth, count + (line.worth != 0)
    order = list(dict.fromkeys([*sums["old"], *sums["new"]]))
    rows = []
    for at in order:
        before, old_lines = sums["old"].get(at, (None, 0))
        after, new_lines = sums["new"].get(at, (None, 0))
        if before or after:
            what = _both(old, new) if at == "formula" else names[at]
            rows.append(LedgerRow(what, before, after, old_lines, new_lines))
    return tuple(rows)


def _both(old: Ledger | None, new: Ledger | None) -> str:
    """The lines of two formulas as one: `total from fit = 20, then from fit = 30`."""
    lines = [ledger.lines[0].what for ledger in (old, new) if ledger is not None and ledger.lines[0].kind == "formula"]
    if len(lines) == 2 and lines[0] != lines[1]:
        return f"{lines[0]}, then {lines[1].removeprefix(new.score.name if new is not None else '').strip()}"
    return lines[-1]
