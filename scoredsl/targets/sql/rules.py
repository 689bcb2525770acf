"""What an `on` rule awards, in SQL: a sum, a first time, or a step of its own; and why some rules depend on order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoredsl.engine.onepass.plan import constant_points
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.targets.sql.dialects import UnwritableError, render
from scoredsl.targets.sql.dialects import whole as whole_sum
from scoredsl.targets.sql.expressions import ago, literal, rounded, whole

if TYPE_CHECKING:
    from scoredsl.targets.sql.query import Compiler


@dataclass(frozen=True, slots=True)
class Award:
    """One of: `sum` over the events; `first`, the time of the first event, with `worth` of it; `step`, lines of a query
    that gives lead and points."""

    sum: str = ""
    first: str | None = None
    worth: str = ""
    step: list[str] | None = None


def unordered(rule: p.OnRule) -> str | None:
    """Why a rule depends on the order of events, or on what the score was; None where it does not."""
    match rule.trigger:
        case p.Occurs():
            pass
        case p.Count(within=None):
            return "every N-th event is counted in the order of the log"
        case p.Count():
            return "it counts events that are used up in the order of the log"
        case p.Chain():
            return "a chain takes its steps in the order of the log"
        case p.Absence():
            return "an absence depends on which events come after"
        case _:
            return "inactivity depends on the gaps between events"
    if isinstance(rule.effect, p.Reset):
        return "a reset forgets what came before it"
    if rule.state is not None:
        return "`if` asks what was so at the time of each event"
    if rule.but_not is not None:
        return f"`but not {rule.but_not.direction}` asks what the score was at the time of each event"
    if rule.expiry is not None and rule.expiry.unless_repeated:
        return "`unless repeated` depends on which events follow"
    if any(limit.every is not None for limit in rule.limits):
        return "`every D` depends on which awards were made before"
    if len(rule.limits) > 1:
        return "several limits together depend on which awards were made before"
    return None


def award_of(rule: p.OnRule, takes: str, compiler: Compiler) -> Award:
    """The award of a rule that `unordered` lets pass. Raises UnwritableError."""
    tests = [takes] if takes else []
    if rule.start is not None:
        tests.append(f"time >= X_INSTANT({rule.start})")
    if rule.stop is not None:
        tests.append(f"time < X_INSTANT({rule.stop})")
    constant = constant_points(rule)
    if constant is None:
        assert isinstance(rule.effect, p.Points)
        points = compiler.amount(rule)
    else:
        points = whole(constant)
    living = [] if rule.expiry is None else [f"time > {ago(rule.expiry.duration)}"]
    limit = rule.limits[0] if rule.limits else None
    capped = rule.up_to is not None and (rule.up_to.per is not None or rule.up_to.period is not None)
    if limit is not None and not compiler.tables.ids:
        if constant is None:
            raise UnwritableError(
                "which of several events of one instant comes first decides the points; "
                "with --ids (a column id, each event its own) it can be written"
            )
        if rule.up_to is not None and rule.up_to.per is not None and rule.up_to.per != limit.per:
            raise UnwritableError(
                f"which of several events of one instant comes first decides the {rule.up_to.per}; "
                "with --ids (a column id, each event its own) it can be written"
            )
    if rule.ends_on is not None and not compiler.tables.ids:
        raise UnwritableError(
            "which of several events of one instant comes later decides what `ends on` ends; "
            "with --ids (a column id, each event its own) it can be written"
        )
    if limit == p.Limit(1) and constant is not None and not capped and rule.ends_on is None:
        first = f"MIN(CASE WHEN {' AND '.join(tests)} THEN time END)" if tests else "MIN(time)"
        alive = f"$first > {ago(rule.expiry.duration)}" if rule.expiry is not None else "$first IS NOT NULL"
        value = decayed(rule, points, "$first", compiler)
        return Award(first=first, worth=f"CASE WHEN {alive} THEN {value} ELSE 0 END")
    value = decayed(rule, points, "time", compiler)
    if limit is None and not capped and rule.ends_on is None:
        when = " AND ".join([*tests, *living])
        if constant is not None:
            return Award(sum=f"SUM(CASE WHEN {when} THEN {value} ELSE 0 END)" if when else f"SUM({value})")
        return Award(sum=f"SUM(CASE WHEN {when} THEN {value} END)" if when else f"SUM({value})")
    return Award(step=_step(rule, tests, living, value, limit, capped, constant is None, points, compiler))


def decayed(rule: p.OnRule, points: str, time: str, compiler: Compiler) -> str:
    """What an award is worth at its age in days."""
    decay = rule.decay
    if decay is None:
        return points
    zone = literal(compiler.program.timezone)
    age = f"CAST(X_DAYS(X_LOCAL_DATE(as_of, {zone}), X_LOCAL_DATE({time}, {zone})) AS DOUBLE)"
    match decay.kind:
        case "zero":
            factor = f"GREATEST(X_DOUBLE('0.0'), 1 - {age} / {decay.days})"
        case "half":
            factor = f"POWER(X_DOUBLE('0.5'), {age} / {decay.days})"
        case _:
            factor = f"POWER(X_DOUBLE('{1 - decay.percent / 100!r}'), FLOOR({age} / {decay.days}))"
    fixed = constant_points(rule)
    base = f"X_DOUBLE('{fixed / 1_000_000!r}')" if fixed is not None else f"CAST({points} AS DOUBLE) / 1000000"
    worth = f"({base} * {factor})"
    return f"CAST({rounded(compiler.faded(rule, worth) if time == 'time' else worth)} AS BIGINT)"


def _key(prop: str, compiler: Compiler) -> str:
    """The value of a property as `distinct` compares it; NULL is one value."""
    compiler.state.properties.add(prop)
    column, kind, _ = compiler.event.named(e.Property(prop))
    return f"LOWER({column})" if kind == "text" else column


def _period(unit: p.Period, compiler: Compiler) -> str:
    date = f"X_LOCAL_DATE(time, {literal(compiler.program.timezone)})"
    return date if unit == "day" else f"X_PERIOD('{unit}', {date})"


def _step(
    rule: p.OnRule,
    tests: list[str],
    living: list[str],
    value: str,
    limit: p.Limit | None,
    capped: bool,
    computed: bool,
    points: str,
    compiler: Compiler,
) -> list[str]:
    """The awards within their limit, then those that live, then what they are worth together."""
    ids = compiler.tables.ids

    def put(text: str) -> str:
        return render(text, compiler.dialect)

    def total_of(text: str) -> str:
        return whole_sum(text, compiler.dialect)

    source = "seen"
    if computed:
        tests = [*tests, f"({points}) IS NOT NULL"]
    columns = ["seen.*"]
    if rule.ends_on is not None:
        ending = compiler.takes(rule.ends_on.pattern) or "TRUE"
        same = None if rule.ends_on.same is None else _key(rule.ends_on.same, compiler)
        key = "" if same is None else f", {same}"
        compiler.check(ending)
        last = [
            "SELECT lead AS ended_lead"
            + ("" if same is None else f", {put(same)} AS ended_key")
            + ", time AS ended_time, id AS ended_id, "
            f"{put(f'ROW_NUMBER() OVER (PARTITION BY lead{key} ORDER BY time DESC, id DESC)')} AS back",
            f"FROM seen WHERE {put(ending)}",
        ]
        on = "ended_lead = seen.lead AND back = 1" + ("" if same is None else f" AND ended_key = {put(same)}")
        columns += ["ended_time", "ended_id"]
        source = f"seen LEFT JOIN ({' '.join(last)}) AS ending ON {on}"
        living = [*living, "(ended_time IS NULL OR time > ended_time OR (time = ended_time AND id >= ended_id))"]
    if limit is not None:
        within = ["seen.lead"]
        if limit.per is not None:
            within.append(_key(limit.per, compiler))
        if limit.period is not None:
            within.append(_period(limit.period, compiler))
        order = "seen.time, seen.id" if ids else "seen.time"
        columns.append(f"ROW_NUMBER() OVER (PARTITION BY {', '.join(within)} ORDER BY {order}) AS nth")
        living = [f"nth <= {limit.count}" if limit.count > 1 else "nth = 1", *living]
    inner = f"SELECT {', '.join(put(column) for column in columns)} FROM {source}"
    if tests:
        inner += f" WHERE {put(' AND '.join(tests))}"
    where = f"WHERE {put(' AND '.join(living))}" if living else ""
    group = "lead"
    if capped:
        assert rule.up_to is not None
        if rule.up_to.per is not None:
            key = _key(rule.up_to.per, compiler)
        else:
            assert rule.up_to.period is not None
            key = _period(rule.up_to.period, compiler)
        group = f"lead, {key}"
        low, high = put(whole(-rule.up_to.number)), put(whole(rule.up_to.number))
        total = f"GREATEST({low}, LEAST({high}, {total_of(f'SUM({value})')}))"
        return [
            "SELECT lead, " + total_of("SUM(points)") + " AS points",
            "FROM (",
            f"  SELECT lead, {total} AS points",
            f"  FROM ({inner}) AS award",
            *([f"  {where}"] if where else []),
            f"  GROUP BY {put_list(group, compiler)}",
            ") AS capped",
            "GROUP BY lead",
        ]
    return [
        f"SELECT lead, {total_of(f'SUM({value})')} AS points",
        f"FROM ({inner}) AS award",
        *([where] if where else []),
        "GROUP BY lead",
    ]


def put_list(text: str, compiler: Compiler) -> str:
    """A list of expressions, each in the dialect."""
    first, _, rest = text.partition(", ")
    return first if not rest else f"{first}, {render(rest, compiler.dialect)}"
