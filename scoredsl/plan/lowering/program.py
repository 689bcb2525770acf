"""Rules, scores, grids and labels of the physical plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoredsl.plan import physical as ph
from scoredsl.plan.lowering.builder import Builder, Numbers, Scope
from scoredsl.plan.lowering.conditions import Lowering
from scoredsl.plan.lowering.tickers import tickers_of
from scoredsl.semantics import expressions as e
from scoredsl.semantics import inspect
from scoredsl.semantics import program as p

_ANY = e.Pattern(e.Matcher((e.Alternative(None),)))


def lower(program: p.Program) -> ph.PhysicalPlan:
    """The physical plan of a checked program."""
    numbers = {score.name: i for i, score in enumerate(program.scores)}
    builder = Builder(numbers)
    about = Lowering(builder, None)
    everything = Scope()
    of_lead = Lowering(builder, everything)
    ignores = tuple(about.pattern(pattern) for pattern in program.ignores)
    excludes = tuple(of_lead.condition(condition) for condition in program.excludes)
    labels = tuple(of_lead.condition(label.condition) for label in program.labels)
    remembering = _remembering(program)
    scores = tuple(_score(builder, program, score, score.name in remembering) for score in program.scores)
    grids = tuple(
        ph.GridNode(tuple((numbers[axis.score], tuple(number or 0 for _, number in axis.bands)) for axis in grid.axes))
        for grid in program.grids
    )
    return ph.PhysicalPlan(
        program.timezone, builder.events.done(), builder.profiles.done(), tuple(builder.values),
        tuple(builder.conditions), tuple(builder.patterns), ignores, excludes, labels, tuple(everything.facts), scores,
        tuple(numbers[score.name] for score in inspect.in_order(program)), grids,
    )  # fmt: skip


def _remembering(program: p.Program) -> frozenset[str]:
    """The scores whose course is needed for their own tiers or for those of a formula over them."""
    found: set[str] = set()

    def add(score: p.Score) -> None:
        if score.name in found:
            return
        found.add(score.name)
        for name in inspect.scores_in(score.formula) if score.formula is not None else ():
            add(program.score(name))

    for score in program.scores:
        if any(tier.follows_the_course for tier in score.tiers):
            add(score)
    return frozenset(found)


def _score(builder: Builder, program: p.Program, score: p.Score, remembers: bool) -> ph.ScoreNode:
    scope = Scope()
    lowering = Lowering(builder, scope)
    queues: Numbers[int] = Numbers()
    ons: list[ph.OnNode] = []
    whens: list[ph.WhenNode] = []
    rules: list[tuple[str, int, int | None]] = []
    watched: list[e.Condition | e.Value] = []
    for number, rule in enumerate(score.rules):
        if isinstance(rule, p.OnRule):
            rules.append(("on", len(ons), rule.group))
            ons.append(_on(Lowering(builder, None), number, rule, queues))
        else:
            rules.append(("when", len(whens), rule.group))
            whens.append(_when(lowering, number, rule))
            for branch in rule.branches:
                watched += [] if branch.condition is None else [branch.condition]
                watched.append(branch.points.amount)
    bounds = _bounds(lowering, score.bounds)
    groups = tuple(_bounds(lowering, group.bounds) for group in score.groups)
    all_bounds = (*score.bounds, *(bound for group in score.groups for bound in group.bounds))
    watched += [bound.when for bound in all_bounds if bound.when is not None]
    tickers = dict.fromkeys(ticker for node in watched for ticker in tickers_of(node, lowering))
    formula = None if score.formula is None else lowering.value(score.formula)
    components = [] if score.formula is None else [builder.score_numbers[n] for n in inspect.scores_in(score.formula)]
    return ph.ScoreNode(
        score.start or 0, formula, tuple(sorted(components)), remembers, tuple(rules),  # type: ignore[arg-type]
        tuple(ons), tuple(whens), bounds, groups,
        tuple(ph.TierNode(tier.number, tier.above, tier.until_below, tier.for_good) for tier in score.tiers),
        tuple(scope.facts), tuple(tickers), tuple(queues),
    )  # fmt: skip


def _bounds(lowering: Lowering, bounds: Sequence[p.Bound]) -> tuple[ph.BoundNode, ...]:
    return tuple(
        ph.BoundNode(
            bound.kind == "maximum", bound.number, None if bound.when is None else lowering.condition(bound.when)
        )
        for bound in bounds
    )


def _when(lowering: Lowering, number: int, rule: p.WhenRule) -> ph.WhenNode:
    branches = tuple(
        (
            None if branch.condition is None else lowering.condition(branch.condition),
            lowering.value(branch.points.amount),
            branch.points.sign,
        )
        for branch in rule.branches
    )
    return ph.WhenNode(number, branches, rule.up_to)


def _on(lowering: Lowering, number: int, rule: p.OnRule, queues: Numbers[int]) -> ph.OnNode:
    trigger = rule.trigger
    keys = lowering.b.events.keys
    has_event = not isinstance(trigger, p.Inactivity)

    def key(prop: str | None) -> int | None:
        """A key channel; -2 where the occurrence has no properties."""
        if prop is None:
            return None
        return keys.of(prop) if has_event else -2

    same: str | None = None
    within: int | None = None
    count, duration, every, after = 1, 0, False, 0
    steps: Iterable[e.Pattern]
    match trigger:
        case p.Occurs(pattern):
            kind, steps = "occurs", (pattern,)
        case p.Count(count, pattern, same, within):
            kind, steps = "count", (pattern,)
        case p.Chain(steps, same, within):
            kind = "chain"
        case p.Absence(opening, missing, same, within):
            kind, steps = "absence", (opening, missing)
        case p.Inactivity(watched, duration, every, after):
            kind, steps = "inactivity", (watched or _ANY,)
    effect = rule.effect
    sign, amount, constant = 1, None, None
    if isinstance(effect, p.Points):
        sign = effect.sign
        constant = inspect.constant_points(effect)
        if constant is None:
            amount = lowering.value(effect.amount)
    cap = rule.up_to
    tracked = (
        rule.decay is not None
        or rule.ends_on is not None
        or (cap is not None and (cap.per is not None or cap.period is not None))
        or (rule.expiry is not None and rule.expiry.unless_repeated)
    )
    expiry = None if rule.expiry is None else rule.expiry.duration
    return ph.OnNode(
        rule=number,
        trigger=kind,  # type: ignore[arg-type]
        steps=tuple(lowering.pattern(pattern) for pattern in steps),
        same=None if same is None else keys.of(same),
        within=within,
        count=count,
        duration=duration,
        every=every,
        after=after,
        start=rule.start,
        stop=rule.stop,
        state=None if rule.state is None else lowering.condition(rule.state),
        reset=isinstance(effect, p.Reset),
        set_to=effect.points if isinstance(effect, p.Reset) else None,
        sign=sign,
        amount=amount,
        constant=constant,
        but_not=None if rule.but_not is None else rule.but_not.direction,
        but_not_number=0 if rule.but_not is None else rule.but_not.number,
        limits=tuple(ph.LimitNode(x.count, key(x.per), x.period, x.every) for x in rule.limits),
        cap=None if cap is None else "key" if cap.per is not None else "period" if cap.period is not None else "plain",
        cap_number=0 if cap is None else cap.number,
        cap_key=None if cap is None else key(cap.per),
        cap_period=None if cap is None else cap.period,
        expiry=expiry,
        unless_repeated=rule.expiry is not None and rule.expiry.unless_repeated,
        decay=None if rule.decay is None else (rule.decay.kind, rule.decay.days, rule.decay.percent),
        ends_on=None if rule.ends_on is None else lowering.pattern(rule.ends_on.pattern),
        ends_same=None if rule.ends_on is None else key(rule.ends_on.same),
        needs_before=rule.but_not is not None or (rule.state is not None and inspect.uses_before(rule.state)),
        tracked=tracked,
        expiry_queue=None if expiry is None or tracked else queues.of(expiry),
    )
