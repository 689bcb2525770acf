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
    if before is None and not named:
        named.extend(first_causes(score, after))
    named.sort(key=lambda entry: entry[0])
    return "; ".join(dict.fromkeys(words for _, words in named))


def first_causes(score: p.Score, after: ScoreState) -> list[tuple[int, str]]:
    """Why a first value is there although no rule gave anything: where the score starts, or a bound."""
    if score.start:
        return [(score.place.span.start, "start at")]
    return [
        (bound.place.span.start, key[1])
        for key, (bound, effect) in bound_effects(after).items()
        if bound is not None and effect
    ]


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
    """The conditional bounds that began or ceased to hold and so gave or took another amount than before."""
    causes: list[tuple[int, str]] = []
    then = {} if before is None else bound_effects(before)
    for key, (bound, effect) in bound_effects(after).items():
        was, effect_before = then.get(key, (None, 0))
        conditional = any(each is not None and each.when is not None for each in (was, bound))
        place = bound or was
        if was is not bound and conditional and effect != effect_before and place is not None:
            causes.append((place.place.span.start, key[1]))
    return causes


def bound_effects(state: ScoreState) -> dict[tuple[int, str], tuple[p.Bound | None, int]]:
    """By (group, or -1 for the score; minimum or maximum): the bound that holds and what it gave or took."""
    parts = [(-1, state.unbounded, state.minimum, state.maximum)]
    for i, ((low, high), (total, _)) in enumerate(zip(state.group_bounds, state.groups, strict=True)):
        parts.append((i, total, low, high))
    effects: dict[tuple[int, str], tuple[p.Bound | None, int]] = {}
    for group, total, low, high in parts:
        raised = total if low is None else max(total, low.number)
        lowered = raised if high is None else min(raised, high.number)
        effects[group, "minimum"] = (low, raised - total)
        effects[group, "maximum"] = (high, lowered - raised)
    return effects


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
