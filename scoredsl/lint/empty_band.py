'''# empty-band: a band of a grid that no lead can be in

The scores of a grid are cut into bands. No lead's score can lie in this one: it begins above the most that a lead can
have, or another band begins at the least already.

## Wrong

```score
score fit
  when country = "DE" add 20
  when company_size >= 500 add 30

grid grade = fit (A from 75, B from 30, C)
```

## Right

```score
score fit
  when country = "DE" add 20
  when company_size >= 500 add 30

grid grade = fit (A from 50, B from 30, C)
```
'''

from __future__ import annotations

from scoredsl.diagnostics import Diagnostic
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.words import listed, the_sum
from scoredsl.reasoning.bounds import Bounds
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

CODE = "empty-band"


def check(context: Context) -> Found:
    for grid in context.program.grids:
        node = context.node(grid.place)
        assert isinstance(node, n.Grid)
        for axis, written in zip(grid.axes, node.axes, strict=True):
            if context.is_settled(context.program.score(axis.score)):
                yield from _axis(axis, written, context)


def _axis(axis: p.Axis, written: n.Axis, context: Context) -> Found:
    """The bands above the most, as one, and those below the least, as one."""
    bounds = context.bounds[axis.score]
    named = [(name, number, band) for (name, number), band in zip(axis.bands, written.bands, strict=True)]
    above = [(name, number, band) for name, number, band in named
             if number is not None and bounds.most is not None and number > bounds.most]
    if above:
        yield _too_high(axis, above, the_sum(bounds, context.program.score(axis.score).formula is not None), bounds)
    ends = next((i for i, (_, number, _) in enumerate(named)
                 if number is not None and bounds.least is not None and number <= bounds.least), None)
    if ends is not None:
        yield _too_low(axis, ends, named, bounds)


def _too_high(axis: p.Axis, above: list[tuple[str, int, n.Band]], parts: str, bounds: Bounds) -> Diagnostic:
    assert bounds.most is not None
    most = millionths_text(bounds.most)
    _, lowest, _ = above[-1]
    names = listed([name for name, _, _ in above], "or")
    return warning(
        CODE,
        f"No lead can be in {names}: {axis.score} is at most {most} of the "
        f"{millionths_text(lowest)} points{': ' + parts if parts else ''}.",
        _span([band for _, _, band in above]),
        f"Begin {'it' if len(above) == 1 else 'them'} at {most} or less, or let the rules give more.",
        args={"most": most, "number": millionths_text(lowest), "score": axis.score},
    )


def _too_low(axis: p.Axis, ends: int, named: list[tuple[str, int | None, n.Band]], bounds: Bounds) -> Diagnostic:
    """The bands below one at which every lead is at the least already; the last band, without a number, is one."""
    name, number, _ = named[ends]
    below = named[ends + 1 :]
    names = listed([each for each, _, _ in below], "or")
    assert number is not None and bounds.least is not None
    return warning(
        CODE,
        f"No lead is in {names}: {axis.score} is at least "
        f"{millionths_text(bounds.least)}, and {name} begins at {millionths_text(number)}.",
        _span([band for _, _, band in below]),
        f"Begin {name} higher, or end the grid with {name}.",
    )


def _span(bands: list[n.Band]) -> Span:
    return bands[0].span.to(bands[-1].span)
