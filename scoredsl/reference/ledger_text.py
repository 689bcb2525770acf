"""A ledger as text for people."""

from __future__ import annotations

from scoredsl.reference.ledger import HORIZON, Explanation, Ledger, Line
from scoredsl.semantics.values import instant_text, millionths_text

_BOLD, _FAINT, _END = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def ledger_text(explanation: Explanation, *, colour: bool = False, ahead: bool = True) -> str:
    """All ledgers of a lead: one line an award, the sum below, what comes next."""
    events = f"{explanation.events:,} event{'s' if explanation.events != 1 else ''}"
    blocks = [f"{explanation.lead} at {instant_text(explanation.instant)} ({events} seen)"]
    within = _within(explanation.horizon) if ahead else ""
    blocks += [_ledger(ledger, colour, within) for ledger in explanation.ledgers]
    rest = [f"{name}: {cell}" for name, cell in explanation.grids.items()]
    rest += [f"{name}: {'true' if holds else 'false'}" for name, holds in explanation.labels.items()]
    if rest:
        blocks.append("\n".join(rest))
    return "\n\n".join(blocks)


def _within(horizon: int) -> str:
    """How far ahead was looked, in words."""
    if horizon == HORIZON:
        return "three years"
    days = horizon // 86_400_000_000
    return f"{days:,} days" if days > 1 else f"{horizon // 3_600_000_000:,} hours"


def _ledger(ledger: Ledger, colour: bool, within: str) -> str:
    title = f" - {ledger.score.title}" if ledger.score.title else ""
    tier = f", tier {ledger.tier}" if ledger.tier else (", in no tier" if ledger.score.tiers else "")
    head = f"{ledger.score.name} = {millionths_text(ledger.value)}{tier}{title}"
    lines = [f"{_BOLD}{head}{_END}" if colour else head]
    cells = [_cells(line) for line in ledger.lines]
    if not cells:
        lines.append("  nothing has been awarded")
    total = millionths_text(ledger.value)
    width = max([len(total), *(len(worth) for worth, _, _ in cells)])
    what_width = min(max((len(what) for _, what, _ in cells), default=0), 60)
    for (worth, what, why), line in zip(cells, ledger.lines, strict=True):
        text = f"  {worth:>{width}}  {what:<{what_width}}  {why}".rstrip()
        lines.append(f"{_FAINT}{text}{_END}" if colour and line.worth == 0 else text)
    lines.append(f"  {'-' * width}")
    lines.append(f"  {total:>{width}}  {ledger.score.name}")
    if within:
        lines.append(f"  {_next(ledger, within)}")
    return "\n".join(lines)


def _cells(line: Line) -> tuple[str, str, str]:
    """(worth, what, the rest) of a line."""
    sign = "+" if line.worth > 0 else ""
    what = line.what
    place = str(line.place) if line.place is not None else ""
    details: list[str] = []
    if line.event is not None:
        details.append(line.event)
    if line.time is not None:
        details.append(f"at {instant_text(line.time)}")
    if place and place != what:
        details.append(f"({place})")
    if line.points is not None and line.points != line.worth:
        details.append(f"{millionths_text(line.points)} points, {line.why}")
    elif line.why:
        details.append(line.why)
    return f"{sign}{millionths_text(line.worth)}", what, " ".join(details)


def _next(ledger: Ledger, within: str) -> str:
    change, leaves = ledger.next_change, ledger.leaves_tier
    if change is None:
        return f"Without a new event nothing changes within {within}."
    text = f"Without a new event it changes next at {instant_text(change.time)}, to {millionths_text(change.value)}"
    if leaves is None:
        return text + (f", and stays in {ledger.tier} for {within}." if ledger.tier else ".")
    to = leaves.tier or "no tier"
    if leaves.time == change.time:
        return f"{text}, and leaves {ledger.tier} for {to} then."
    return f"{text}; it leaves {ledger.tier} for {to} at {instant_text(leaves.time)}."
