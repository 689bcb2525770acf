"""The rule sheet: a whole program as a page that sales reads.

It holds nothing but the program - no time, no version, no numbers of lines - so that the change of a sheet shows the
change of the rules, and nothing else.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from scoredsl.prose.examples import steps
from scoredsl.prose.rules import points, sentence
from scoredsl.prose.scores import (
    axis_sentences,
    group_sentences,
    label_sentence,
    left_out,
    score_sentences,
    tier_sentence,
)
from scoredsl.prose.words import Words, capital, counted, listed, spaced
from scoredsl.report.document import Block, Bullets, Document, Heading, Line, Mono, Paragraph, Strong, Table
from scoredsl.semantics import program as p


def sheet(program: p.Program) -> Document:
    """The rule sheet of a program."""
    words = Words.of(program)
    blocks: list[Block] = []
    for score in program.scores:
        blocks += _score(score, words)
    for grid in program.grids:
        blocks += _grid(grid)
    if program.labels:
        blocks.append(Heading(2, "Labels"))
        blocks.append(
            Table(
                ("Label", "Which leads"),
                tuple(((Strong(spaced(label.name)),), label_sentence(label, words)) for label in program.labels),
            )
        )
    out = left_out(program, words)
    if out:
        blocks += [Heading(2, "What is left out"), Bullets(tuple(out))]
    if program.tests:
        blocks.append(Heading(2, "Examples"))
        blocks.append(Paragraph("Each of these is tested: as long as the tests pass, it is so."))
    for test in program.tests:
        blocks += [Heading(3, capital(test.name)), Bullets(tuple(_example(test, words)))]
    return Document(f"Rule sheet: {posixpath.basename(program.path)}", _lead(program), tuple(blocks))


def _lead(program: p.Program) -> str:
    rules = sum(len(score.rules) for score in program.scores)
    tiers = sum(len(score.tiers) for score in program.scores)
    parts = [
        counted(len(program.scores), "score"),
        counted(rules, "rule"),
        counted(tiers, "tier"),
        counted(len(program.tests), "example"),
    ]
    return (
        f"{listed(parts, 'and')}. Days, dates and times are those of {program.timezone}. Texts are compared whatever "
        "their capitals."
    )


def _score(score: p.Score, words: Words) -> Iterable[Block]:
    yield Heading(2, (f"Score: {spaced(score.name)}",))
    if score.title:
        yield Paragraph((Strong(score.title),))
    sentences = score_sentences(score, words)
    if sentences:
        yield Paragraph(" ".join(sentences))
    if score.tiers:
        yield Table(
            ("Tier", "A lead is in it"),
            tuple(
                (
                    (Strong(tier.title), f" ({tier.name})") if tier.title else (Strong(spaced(tier.name)),),
                    tier_sentence(tier),
                )
                for tier in score.tiers
            ),
        )
    yield from _rules([rule for rule in score.rules if rule.group is None], words)
    for i, group in enumerate(score.groups):
        yield Heading(3, (group.title or capital(spaced(group.name)),))
        bounds = group_sentences(group, words)
        if bounds:
            yield Paragraph(" ".join(bounds))
        yield from _rules([rule for rule in score.rules if rule.group == i], words)


def _rules(rules: list[p.Rule], words: Words) -> Iterable[Block]:
    if rules:
        yield Table(("Points", "Rule"), tuple(((Mono(points(rule, words)),), _said(rule, words)) for rule in rules))


def _said(rule: p.Rule, words: Words) -> Line:
    text = sentence(rule, words)
    return text if rule.title is None else (Strong(f"{rule.title}:"), f" {text}")


def _grid(grid: p.Grid) -> Iterable[Block]:
    yield Heading(2, f"Grid: {spaced(grid.name)}")
    if len(grid.axes) > 1:
        yield Paragraph(
            f"It joins what stands here for {listed([spaced(axis.score) for axis in grid.axes], 'and')}: "
            f"for example {grid.cells[0]}."
        )
    for axis in grid.axes:
        yield Table(
            (capital(spaced(axis.score)), "Which leads"),
            tuple(((Strong(band),), capital(f"{said}.")) for band, said in axis_sentences(axis)),
        )


def _example(test: p.TestCase, words: Words) -> Iterable[Line]:
    for step in steps(test, words):
        yield (f"{step.when}: ", Strong(f"{step.what}.")) if step.expected else f"{step.when}: {step.what}."
