"""Bounds, tiers, grids, labels, and what is left out, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from scoredsl.prose.conditions import Conditions
from scoredsl.prose.words import Words, capital, spaced
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text


def score_sentences(score: p.Score, words: Words) -> list[str]:
    """What a score is made of besides its rules: its formula or its first points, its bounds."""
    conditions = Conditions(words)
    said = []
    if score.formula is not None:
        said.append(f"It is computed from other scores: {conditions.value(score.formula)}.")
    if score.start is not None:
        said.append(f"Every lead begins with {millionths_text(score.start)} points.")
    return said + [bound_sentence(bound, "The score", words) for bound in score.bounds]


def group_sentences(group: p.Group, words: Words) -> list[str]:
    return [bound_sentence(bound, "Together these rules", words) for bound in group.bounds]


def bound_sentence(bound: p.Bound, what: str, words: Words) -> str:
    """`The score is never more than 100.`"""
    verb = "is never" if what == "The score" else "are never worth"
    text = f"{what} {verb} {'more' if bound.kind == 'maximum' else 'less'} than {millionths_text(bound.number)}"
    if bound.when is not None:
        text += f" as long as {Conditions(words).condition(bound.when)}"
    return f"{text}."


def tier_sentence(tier: p.Tier) -> str:
    """When a lead is in a tier: `From 40 points on, and until it has less than 30.`"""
    number = millionths_text(tier.number)
    text = f"above {number} points" if tier.above else f"from {number} points on"
    if tier.until_below is not None:
        text += f", and until it has less than {millionths_text(tier.until_below)}"
    if tier.for_good:
        text += ", and then for good"
    return f"{capital(text)}."


def axis_sentences(axis: p.Axis) -> list[tuple[str, str]]:
    """(band, `fit is 50 or more, and less than 75`), highest first."""
    said: list[tuple[str, str]] = []
    above: int | None = None
    for name, number in axis.bands:
        parts = [] if number is None else [f"{millionths_text(number)} or more"]
        parts += [] if above is None else [f"less than {millionths_text(above)}"]
        said.append((name, f"{spaced(axis.score)} is {' and '.join(parts)}" if parts else f"any {spaced(axis.score)}"))
        above = number
    return said


def label_sentence(label: p.Label, words: Words) -> str:
    return f"Yes as long as {Conditions(words).condition(label.condition)}, else no."


def left_out(program: p.Program, words: Words) -> Sequence[str]:
    """The events that do not exist for the rules, and the leads that get no score."""
    conditions = Conditions(words)
    ignored = [f"No rule sees: {conditions.pattern(pattern, many=True)}." for pattern in program.ignores]
    excluded = [f"A lead gets no score as long as {conditions.condition(each)}." for each in program.excludes]
    return [*ignored, *excluded]
