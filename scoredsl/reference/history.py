"""The history of a lead: every change of its scores, and what caused it (LANGUAGE section 10)."""

from __future__ import annotations

from scoredsl.reference.lead import HistoryRow, LeadRun, RuleWorth, ScoreState, formula_scores
from scoredsl.semantics import program as p


def lead_history(run: LeadRun) -> list[HistoryRow]:
    """The rows of one lead up to T, by time, then by the score's place in the file."""
    rows: list[tuple[tuple[int, int], HistoryRow]] = []
    start = run.beginning()
    from_always = start == 0 and any(row.time is None for row in run.rows)
    for number, score in enumerate(run.program.scores):
        value, tier = 0, None
        for change in run.course(score).states:
            now = change.state.value
            if now != value or change.tier != tier:
                row = HistoryRow(
                    run.lead,
                    None if from_always and change.instant == start else change.instant,
                    score.name,
                    now,
                    now - value,
                    change.tier,
                    tier,
                    cause(run, score, change.before, change.state),
                )
                rows.append(((change.instant, number), row))
            value, tier = now, change.tier
    rows.sort(key=lambda row: row[0])
    return [row for _, row in rows]


def cause(run: LeadRun, score: p.Score, before: ScoreState | None, after: ScoreState) -> str:
    """The rules that changed the value, in file order, joined by `; `: the rule's name and what happened to it."""
    if score.formula is not None:
        return "; ".join(formula_cause(run, score, before, after))
    named: list[tuple[int, str]] = []
    segment = after.segment
    reset = segment.reset if segment is not None and segment.begin == after.instant else None
    for i, now in enumerate(after.rules):
        word = what_happened(now, None if before is None else before.rules[i], after, reset)
        if word is not None:
            named.append((now.rule.place.span.start, f"{now.rule.name} {word}"))
    named.extend(bound_causes(before, after))
    if before is None and not named and score.start:
        return "start at"
    order = sorted(range(len(named)), key=lambda i: (named[i][0], i))
    words: list[str] = []
    for i in order:
        if named[i][1] not in words or " " in named[i][1]:
            words.append(named[i][1])
    return "; ".join(words)


def what_happened(
    now: RuleWorth, was: RuleWorth | None, after: ScoreState, reset: p.OnRule | None
) -> str | None:
    """One word: the first that fits; None where the rule's worth after `up to` did not change by itself."""
    rule = now.rule
    if reset is not None and rule is reset:
        return "reset"
    value_before = 0 if was is None else was.value
    if isinstance(rule, p.WhenRule):
        if now.value == value_before:
            return None
        held = was is not None and was.branch is not None
        holds = now.branch is not None
        if holds and not held:
            return "became true"
        if held and not holds:
            return "became false"
        return "changed"
    if reset is not None:
        value_before = 0  # what a reset has forgotten is not named
    if now.value == value_before:
        return None
    if any(award.instant == after.instant for award, _ in now.awards):
        return "awarded"
    if any(award.end == after.instant for award, _ in now.awards):
        return "expired"
    return "decayed"


def bound_causes(before: ScoreState | None, after: ScoreState) -> list[tuple[int, str]]:
    """A conditional maximum or minimum that begins or ceases to hold."""
    causes: list[tuple[int, str]] = []
    pairs = [((None, None) if before is None else (before.minimum, before.maximum), (after.minimum, after.maximum))]
    for i, now in enumerate(after.group_bounds):
        pairs.append(((None, None) if before is None else before.group_bounds[i], now))
    for was_pair, now_pair in pairs:
        for word, was, now in zip(("minimum", "maximum"), was_pair, now_pair, strict=True):
            changed = was is not now and any(b is not None and b.when is not None for b in (was, now))
            place = now or was
            if changed and place is not None and before is not None:
                causes.append((place.place.span.start, word))
    return causes


def formula_cause(run: LeadRun, score: p.Score, before: ScoreState | None, after: ScoreState) -> list[str]:
    """For a formula: its scores that changed, and its conditional bounds."""
    names: list[str] = []
    order = [each.name for each in run.program.scores]
    for name in sorted(formula_scores(score), key=order.index):
        each = run.program.score(name)
        now = run.value(each, after.instant)
        was = 0 if before is None else run.value(each, before.instant)
        if now != was:
            names.append(name)
    return names + [word for _, word in bound_causes(before, after)]
