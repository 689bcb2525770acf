"""`scoredsl learn`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli import data_options as data
from scoredsl.cli import outcome_options as given
from scoredsl.cli.at_instants import data_at_hand
from scoredsl.cli.computing import engine_options
from scoredsl.cli.outputs import check_outputs
from scoredsl.cli.reporting import Wanted, check_reports, deliver, report_options

if TYPE_CHECKING:
    from scoredsl.learning.learn import TierWish

_FORMATS = ("text", "json", "markdown", "html")
_TIER = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(win:)?([0-9]+(?:\.[0-9]+)?)%")
_RANGE = re.compile(r"(-?[0-9]+)\.\.(-?[0-9]+)")
_TIERS = ("hot=10%", "warm=30%")


class PointRange(click.ParamType[tuple[int, int]]):
    """`-50..50`: the least and the most points of a rule."""

    name = "range"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        found = _RANGE.fullmatch(value.strip())
        if found is None or not int(found[1]) <= 0 <= int(found[2]) or int(found[1]) == int(found[2]):
            self.fail(f"{value} is no range of points. Write, for example, -50..50 or 0..20.", param, ctx)
        return int(found[1]), int(found[2])


class TierShare(click.ParamType["TierWish"]):
    """`hot=10%`: the highest tenth; `hot=win:40%`: those of whom 40% are won."""

    name = "tier"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> TierWish:
        from scoredsl.learning.learn import TierWish

        found = _TIER.fullmatch(value.strip())
        if found is None or not 0 < float(found[3]) < 100:
            self.fail(f"{value} is no tier. Write hot=10% for the highest tenth of the leads, or hot=win:40% for those "
                      "of whom 40% are won.", param, ctx)  # fmt: skip
        return TierWish(found[1], float(found[3]) / 100, "rate" if found[2] else "volume")


@click.command("learn")
@click.argument("arguments", nargs=-1, metavar="[EVENTS]...")
@given.outcome_options
@data.source_options
@given.sample_options("Report on")
@click.option("--max-rules", type=click.IntRange(1, 50), default=15, show_default=True, help="At most so many rules.")
@click.option("--points", type=PointRange(), default="-50..50", show_default=True, help="The points of a rule.")
@click.option("--threshold", type=click.IntRange(1), default=100, show_default=True,
              help="The score at which the first tier begins.")
@click.option("--tier", "tiers", type=TierShare(), multiple=True, default=_TIERS, show_default=True, metavar="NAME=10%",
              help="A tier of the highest so many percent of the leads, or, as NAME=win:40%, of those of whom so many "
              "are won. May be given several times.")
@click.option("--keep", metavar="RULES.score", help="Keep these rules as they are, and learn more beside them.")
@click.option("--score", "score_name", metavar="NAME", help="The score's name; with --keep the one that is added to.")
@click.option("--out", metavar="FILE.score", required=True, help="The rules file that is written.")
@report_options(formats=_FORMATS)
@engine_options
def command(arguments: tuple[str, ...], age: str | None, instant: str | None, test_from_text: str | None,
            max_rules: int, points: tuple[int, int], threshold: int, tiers: tuple[TierWish, ...], keep: str | None,
            score_name: str | None, out: str, format_: str, reports: tuple[Wanted, ...], engine: str,
            memory: int | None, temp_dir: str | None, **options: Any) -> None:
    """Learn rules and points from what became of the leads, as a file that people read, edit and lock.

    Rules are looked for in events (once, counted, lately, with a property), in silence, and in profile fields. They are
    fitted on the early leads, chosen by later ones and reported on the latest; each stands below its evidence, and
    tests pin it. A lead is seen only while it is undecided, with what was known then. Needs scoredsl[learn].

    \b
    Examples:
      scoredsl learn events.csv --outcomes deals.csv --at-age 7d --out learned.score
      scoredsl learn events.csv --outcomes deals.csv --at-age 7d --keep rules.score --out more.score
      scoredsl learn events.csv --profiles crm.csv --outcomes deals.csv --at-age 1d --tier hot=win:40% --out hot.score
    """
    from scoredsl.cli.learning import Learning, learned
    from scoredsl.cli.side_by_side import Working
    from scoredsl.learning.learn import Limits

    given.need_learning()
    if not out.endswith(".score"):
        raise click.UsageError(f"--out {out}: the file's name must end in .score.")
    when = given.one_moment(age, instant)
    outcomes_wanted, wanted = given.requests(arguments, options, None, needs_rules=False)
    read = given.read_files(wanted, outcomes_wanted) + ([] if keep is None else [(keep, "the rules that are kept")])
    check_outputs({"--out": out}, read)
    check_reports(reports, read)
    learning = Learning(when, data.instant(test_from_text), Limits(max_rules, *points), threshold, tiers, keep,
                        score_name, out)  # fmt: skip
    outcomes, rejected = given.read_outcomes(outcomes_wanted)
    with data_at_hand(wanted, Working(engine, memory, temp_dir)) as at_hand:
        deliver(learned(at_hand, learning, outcomes), format_, reports)
        data.leave_for_rejects(wanted, rejected + at_hand.rejected)
