"""The report of `diff` as a page that a marketing lead can act on: what changes, who moves, by which rule, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoredsl.impact.changes import Change
from scoredsl.impact.figures import Bar, Impact, Ledgers, Move, ScoreImpact, Spread, TierImpact
from scoredsl.impact.gates import Outcome, percent, rate
from scoredsl.prose.words import counted
from scoredsl.report.document import (
    Badge,
    Block,
    Code,
    Details,
    Document,
    Heading,
    Line,
    Mono,
    Paragraph,
    Strong,
    Table,
)
from scoredsl.semantics.values import MILLION, instant_text, millionths_text

_NO_TIER = "no tier"
_NAMED = 10
"""How many leads are named where a list of them would be long."""
_BAR = 24
"""The longest bar of a distribution, in characters."""


def diff_document(impact: Impact, outcomes: Sequence[Outcome]) -> Document:
    """The page: the verdict, the gates, the changes of the rules, then score by score what they do."""
    blocks: list[Block] = []
    if outcomes:
        blocks.append(_gates(outcomes))
    blocks += _rules(impact.changes)
    if not impact.same:
        blocks.append(Paragraph(_what_was_compared(impact)))
    for score in _ordered(impact.scores):
        blocks += _score(score, impact)
    blocks += _others(impact)
    return Document("What the change of the rules does", _verdict(impact, outcomes), tuple(blocks))


def _verdict(impact: Impact, outcomes: Sequence[Outcome]) -> Line:
    breached = sum(not outcome.passed for outcome in outcomes)
    gates: tuple[Line, ...] = ()
    if outcomes:
        said = f"{counted(breached, 'gate')} breached" if breached else "All gates kept"
        gates = ((Badge(said, "error" if breached else "good"), ". "),)
    head = gates[0] if gates else ()
    assert not isinstance(head, str)
    if impact.same:
        return (*head, "The two programs mean the same: no lead gets another score.")
    if not impact.scores:
        return (*head, "No score of both programs changes.")
    main = [score for score in impact.scores if score.tiers] or list(impact.scores)
    sentences = [_score_sentence(score, impact) for score in main]
    others = [f"{score.name} ({score.moved:,})" for score in impact.scores if score not in main]
    if others:
        sentences.append(f"Leads that move in scores without tiers: {', '.join(others)}.")
    return (*head, " ".join(sentences))


def _ordered(scores: Sequence[ScoreImpact]) -> list[ScoreImpact]:
    """Scores with tiers first: they are acted on."""
    return sorted(scores, key=lambda score: not score.tiers)


def _score_sentence(score: ScoreImpact, impact: Impact) -> str:
    share = percent(100 * score.moved / score.leads) if score.leads else "0%"
    verb = "moves" if score.moved == 1 else "move"
    text = f"{score.name}: {score.moved:,} of {counted(score.leads, 'lead')} {verb} ({share}"
    if score.moved:
        text += f"; {score.up:,} up, {score.down:,} down"
    text += ")"
    if score.tiers:
        text += f", {score.tier_moved:,} to another tier"
        text += f"; alerts go from {_rates(score.alerts_before, score.alerts_after, impact)}"
    return text + "."


def _rates(before: int, after: int, impact: Impact) -> str:
    """`30.2 to 42 a week (+39%)`."""
    weeks = impact.weeks
    if not weeks:
        return f"{before:,} to {after:,}"
    return f"{rate(before / weeks)} to {rate(after / weeks)} a week ({_growth(before, after)})"


def _growth(before: int, after: int) -> str:
    if before == after:
        return "as before"
    if not before:
        return "there were none"
    share = percent(100 * abs(after - before) / before)
    return f"{'+' if after > before else '-'}{share}"


def _what_was_compared(impact: Impact) -> Line:
    assert impact.as_of is not None and impact.since is not None
    weeks = f" ({rate(impact.weeks)} weeks)" if impact.weeks else ""
    return (
        "Compared: ", Mono(impact.old_name), " with ", Mono(impact.new_name), f" for {counted(impact.leads, 'lead')}. ",
        f"Scores as of {instant_text(impact.as_of)}; alerts from {instant_text(impact.since)} to then{weeks}.",
    )  # fmt: skip


def _gates(outcomes: Sequence[Outcome]) -> Table:
    return Table(
        ("Gate", "Kept?", "What came of it"),
        tuple(
            (
                (Mono(each.gate),),
                (Badge("kept" if each.passed else "breached", "good" if each.passed else "error"),),
                each.sentence,
            )
            for each in outcomes
        ),
    )


# ---- the rules


def _rules(changes: Sequence[Change]) -> list[Block]:
    if not changes:
        return []
    lines = [line for change in changes for line in _change_lines(change)]
    return [Heading(2, f"{counted(len(changes), 'change')} of the rules"), Code("\n".join(lines), "diff")]


def _change_lines(change: Change) -> Iterator[str]:
    """A change as a diff shows it, below a line that says what it is."""
    where = f"{change.score}: " if change.score is not None else ""
    named = change.what not in ("rule", "ignore", "exclude") or (change.old is None and change.new is None)
    what = f" {change.name}" if named else f" {change.what}"
    details = f" ({'; '.join(change.details)})" if change.details else ""
    effect = "" if change.keys or change.what in ("grid", "label") else ", which changes no score"
    yield f"# {change.number}. {where}{change.kind}{what}{details}{effect}"
    old = change.old.text if change.old is not None else None
    new = change.new.text if change.new is not None else None
    if old == new and change.what == "rules":
        yield from (f"  {line}" for line in (new or "").splitlines())
        return
    if old == new:
        return
    yield from (f"- {line}" for line in (old or "").splitlines())
    yield from (f"+ {line}" for line in (new or "").splitlines())


# ---- a score


def _score(score: ScoreImpact, impact: Impact) -> Iterator[Block]:
    renamed = f" (was {score.old_name})" if score.old_name != score.name else ""
    yield Heading(2, f"{score.name}{renamed}")
    share = percent(100 * score.moved / score.leads) if score.leads else "0%"
    more = f" {counted(score.appearing, 'lead')} had no score before." if score.appearing else ""
    if score.vanishing:
        more += f" {counted(score.vanishing, 'lead')} {'has' if score.vanishing == 1 else 'have'} none any more."
    yield Paragraph(
        (
            Strong(f"{score.moved:,} of {counted(score.leads, 'lead')} ({share})"),
            f" {'gets' if score.moved == 1 else 'get'} another score or tier; up: {score.up:,}, down: {score.down:,}."
            f"{more}",
        )
    )
    if score.tiers:
        yield _tiers(score, impact)
        yield Heading(3, "Leads by tier, before and after")
        yield _matrix(score)
        yield from _named(score)
    if score.parts:
        yield Heading(3, "Which change moves how many leads")
        yield from _parts(score)
    if impact.not_alone:
        more = counted(impact.not_alone, "change")
        yield Paragraph(f"{more} more not computed alone; --attribution N says how many are.")
    yield Heading(3, "How the score is spread")
    yield _spread(score.before, score.after)
    if score.bars:
        yield Details("As bars", (_bars(score.bars),))
    if score.moved_most:
        many = len(score.moved_most)
        yield Heading(3, f"The {many} leads that move most" if many > 1 else "The lead that moves")
        yield _moves([each.move for each in score.moved_most])
        yield from (_ledgers(each) for each in score.moved_most if each.rows)


def _tiers(score: ScoreImpact, impact: Impact) -> Table:
    weeks = impact.weeks

    def alerts(count: int) -> str:
        return rate(count / weeks) if weeks else f"{count:,}"

    unit = " a week" if weeks else ""
    rows: list[tuple[Line, ...]] = [
        (
            _tier_name(tier), f"{tier.before:,}", f"{tier.after:,}", f"{tier.entering:,}", f"{tier.leaving:,}",
            f"{tier.lost:,}", alerts(tier.alerts_before), alerts(tier.alerts_after),
            _growth(tier.alerts_before, tier.alerts_after),
        )
        for tier in score.tiers
    ]  # fmt: skip
    rows.append(
        ("all alerts", "", "", "", "", "", alerts(score.alerts_before), alerts(score.alerts_after),
         _growth(score.alerts_before, score.alerts_after))
    )  # fmt: skip
    return Table(
        ("Tier", "Leads before", "after", "enter", "leave", "fall lower", f"Alerts{unit} before", "after", "change"),
        tuple(rows), frozenset(range(1, 9)),
    )  # fmt: skip


def _tier_name(tier: TierImpact) -> str:
    if tier.old_name is None:
        return f"{tier.name} (new)"
    if tier.gone:
        return f"{tier.name} (gone)"
    return tier.name if tier.old_name == tier.name else f"{tier.name} (was {tier.old_name})"


def _matrix(score: ScoreImpact) -> Table:
    """Rows: the tier before; columns: the tier after."""
    olds = [*(tier.old_name for tier in score.tiers if tier.old_name is not None), None]
    news = [*(tier.name for tier in score.tiers if not tier.gone), None]
    counts = {(cell.old, cell.new): cell.leads for cell in score.matrix}
    rows = tuple(
        (f"{old or _NO_TIER} before", *(f"{counts[old, new]:,}" if (old, new) in counts else "" for new in news))
        for old in olds
    )
    return Table(("", *(f"{new or _NO_TIER} after" for new in news)), rows, frozenset(range(1, 1 + len(news))))


def _named(score: ScoreImpact) -> Iterator[Block]:
    """Who enters and leaves each tier."""
    for tier in score.tiers:
        for count, moves, verb in (
            (tier.entering, tier.entering_leads, "enter"), (tier.leaving, tier.leaving_leads, "leave"),
        ):  # fmt: skip
            if not count:
                continue
            shown = moves[:_NAMED]
            rest = f", the {len(shown)} highest" if count > len(shown) else ""
            verbs = f"{verb}s" if count == 1 else verb
            yield Details(f"{counted(count, 'lead')} {verbs} {tier.name}{rest}", (_moves(shown),))


def _moves(moves: Sequence[Move]) -> Table:
    tiers = any(move.old_tier or move.new_tier for move in moves)
    header = ("Lead", "Before", "After", "Change", *(("Tier before", "Tier after") if tiers else ()))
    rows = tuple(
        (
            (Mono(move.lead),), shown(move.old), shown(move.new), more((move.new or 0) - (move.old or 0)),
            *((move.old_tier or _NO_TIER, move.new_tier or _NO_TIER) if tiers else ()),
        )
        for move in moves
    )  # fmt: skip
    return Table(header, rows, frozenset({1, 2, 3}))


def shown(points: int | None) -> str:
    """Points with one decimal at most: whole millionths are for programs, and for ledgers, which must sum."""
    if points is None:
        return "no score"
    tenths = round(points / (MILLION // 10))
    return f"{tenths / 10:,.1f}".removesuffix(".0")


def more(points: int) -> str:
    """Points more or less, with one decimal at most."""
    return f"{'+' if points > 0 else ''}{shown(points)}"


def _signed(points: int) -> str:
    """Points more or less, exactly."""
    return f"{'+' if points > 0 else ''}{millionths_text(points)}"


# ---- change by change


def _parts(score: ScoreImpact) -> Iterator[Block]:
    rows: list[tuple[Line, ...]] = [
        (
            f"{part.change.number}. {_short(part.change)}", f"{part.moved:,}", f"{part.up:,}", f"{part.down:,}",
            f"{part.tier_moved:,}", f"{part.only:,}", more(part.points),
        )
        for part in score.parts
    ]  # fmt: skip
    total = sum(part.points for part in score.parts)
    together = score.together
    if together is not None:
        total += together.points
        if together.leads:
            rows.append(("together, beyond each alone", f"{together.leads:,}", "", "", "", "", more(together.points)))
    counts = (score.moved, score.up, score.down, score.tier_moved)
    rows.append(("all changes", *(f"{count:,}" for count in counts), "", more(total)))
    yield Table(
        ("Change, alone", "Leads moved", "up", "down", "to another tier", "by it alone", "Points in all"), tuple(rows),
        frozenset(range(1, 7)),
    )  # fmt: skip
    if together is not None:
        yield Paragraph(
            f"For {counted(together.leads, 'lead')} the changes work on each other: what they do to the score together "
            "is not the sum of what each does alone."
            if together.leads
            else "What the changes do to the score together is, for every lead, the sum of what each does alone."
        )


def _short(change: Change) -> str:
    """A change in a few words."""
    details = "; ".join(change.details)
    if change.kind == "changed" and details:
        name = change.name if len(change.name) <= 40 else f"{change.name[:39]}…"
        return f"{name}: {details}"
    name = change.name if len(change.name) <= 60 else f"{change.name[:59]}…"
    return f"{change.kind}: {name}"


# ---- the distribution


def _spread(before: Spread, after: Spread) -> Table:
    def row(name: str, spread: Spread) -> tuple[Line, ...]:
        return (name, *(shown(value) for value in spread.values), shown(round(spread.total / spread.leads)))

    header = ("", "lowest", "10%", "25%", "half", "75%", "90%", "99%", "highest", "mean")
    rows = tuple(row(name, spread) for name, spread in (("before", before), ("after", after)) if spread.values)
    return Table(header, rows, frozenset(range(1, 10)))


def _bars(bars: Sequence[Bar]) -> Code:
    return Code("\n".join(bar_lines(bars)))


def bar_lines(bars: Sequence[Bar], *, before: bool = True) -> list[str]:
    """A line a bar; with those of before and after, or with those of after alone."""
    sides = [[bar.before for bar in bars], [bar.after for bar in bars]] if before else [[bar.after for bar in bars]]
    most = max([1, *(count for side in sides for count in side)])
    names = [_bar_name(bar) for bar in bars]
    wide = max(len(name) for name in names)
    counts = max(len(f"{count:,}") for side in sides for count in side)
    drawn = [[f"{'█' * round(_BAR * count / most):<{_BAR}} {count:>{counts},}" for count in side] for side in sides]
    head = [f"{'':{wide}}  {'before':<{_BAR + counts + 1}}  after"] if before else []
    return [*head, *(f"{name:>{wide}}  {'  '.join(each)}" for name, *each in zip(names, *drawn, strict=True))]


def _bar_name(bar: Bar) -> str:
    if bar.low is None:
        return f"below {millionths_text(bar.high or 0)}"
    if bar.high is None:
        return f"{millionths_text(bar.low)} and more"
    return f"{millionths_text(bar.low)} to below {millionths_text(bar.high)}"


# ---- ledgers


def _ledgers(each: Ledgers) -> Details:
    move = each.move
    rows: list[tuple[Line, ...]] = [
        (
            row.what, _side(row.old, row.old_lines), _side(row.new, row.new_lines),
            _signed(row.change) if row.change else "",
        )
        for row in each.rows
    ]  # fmt: skip
    sums = ("no score" if points is None else millionths_text(points) for points in (move.old, move.new))
    rows.append(((Strong("score"),), *sums, _signed((move.new or 0) - (move.old or 0))))
    summary: Line = ("Both ledgers of ", Mono(move.lead))
    return Details(summary, (Table(("Rule", "Before", "After", "Change"), tuple(rows), frozenset({1, 2, 3})),))


def _side(points: int | None, awards: int) -> str:
    if points is None:
        return ""
    return f"{_signed(points)}{f' (×{awards:,})' if awards > 1 else ''}"


# ---- what else


def _others(impact: Impact) -> Iterator[Block]:
    for name in impact.added_scores:
        yield Paragraph(f"The score {name} is new: there is nothing to compare it with.")
    for gone in impact.gone_scores:
        held = ", ".join(f"{leads:,} in {tier}" for tier, leads in gone.tiers)
        yield Paragraph(f"The score {gone.name} is gone{f' (leads: {held})' if held else ''}.")
    for each in impact.outputs:
        yield Paragraph(f"The {each.kind} {each.name} says something else for {counted(each.changed, 'lead')}.")
