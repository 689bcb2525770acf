"""All checks, in the order in which they are asked: what comes first says what the others then leave unsaid."""

from __future__ import annotations

from scoredsl.diagnostics import Diagnostic
from scoredsl.lint import (
    always_holds,
    campaign_empty,
    campaign_over,
    default_beside_rules,
    empty_band,
    empty_group,
    lifetime_never_matters,
    limit_never_matters,
    never_fired,
    never_holds,
    never_sent,
    once_expires,
    owed_points,
    paid_twice,
    points_of_zero,
    repeated_rule,
    subtract_expires,
    swallowed_branch,
    swallowed_rule,
    tier_of_everyone,
    unreachable_tier,
    unseen_event,
    unseen_property,
    unused_define,
)
from scoredsl.lint.context import Context
from scoredsl.lint.log import LogNames
from scoredsl.semantics.check import Checked

CHECKS = (
    never_holds,  # x > 5 and x < 3
    always_holds,  # x is known or x is missing
    campaign_empty,  # from 2026-06-01 until 2026-03-31
    campaign_over,  # until 2020-12-31
    points_of_zero,  # add 0
    repeated_rule,  # the same rule again
    swallowed_rule,  # page_view where url starts with "/pricing" beside page_view where url contains "pricing"
    swallowed_branch,  # when size >= 50 ..., else when size >= 500 ...
    paid_twice,  # when size between 50 and 500 ..., when size >= 500 ...
    unreachable_tier,  # threshold 100, and 85 is the most
    tier_of_everyone,  # tier cold from 0
    empty_band,  # grid grade = fit (A from 75, ...), and 60 is the most
    limit_never_matters,  # once, at most 3 times
    lifetime_never_matters,  # decay to zero over 30d, expire after 90d
    once_expires,  # once, expire after 30d
    default_beside_rules,  # on a add 5; expire after 30d
    subtract_expires,  # expire after 30d for all, a subtract too
    owed_points,  # minimum 0, and a subtract that goes on below it
    never_sent,  # when no email_opened subtract 5
    unused_define,
    empty_group,
    unseen_event,  # a name that the log does not have
    unseen_property,
    never_fired,  # what nothing in the log sets off
)


def warnings(checked: Checked, now: int | None = None, log: LogNames | None = None) -> list[Diagnostic]:
    """What there is to warn of in a program without errors.

    `now` is the clock that campaigns are compared with, `log` what is known of the log; without them nothing is said
    about either.
    """
    context = Context(checked, now, log)
    found: list[Diagnostic] = []
    for check in CHECKS:
        said = list(check.check(context))
        found += said
        for each in said:
            context.blame(each)
    return found
