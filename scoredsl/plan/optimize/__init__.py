"""The optimizer: passes that keep the meaning. Each is a file; this tuple is the table of contents.

What several rules match is shared by the lowering, which numbers each channel, condition and fact once; events that no
rule can use are dropped by the matching stage, but for their leads and ids.
"""

from __future__ import annotations

from scoredsl.plan.optimize.drop_dead_rules import drop_dead_rules
from scoredsl.plan.optimize.find_contradictions import find_contradictions
from scoredsl.plan.optimize.fold_constants import fold_constants
from scoredsl.plan.optimize.simplify_logic import simplify_logic

PASSES = (
    fold_constants,  # 2 * 3 is 6, 5 > 3 always holds
    simplify_logic,  # what always (never) holds leaves and, or, not; nested ones of a kind become one
    find_contradictions,  # x > 5 and x < 3 never holds
    simplify_logic,  # nor does what that is a part of
    drop_dead_rules,  # rules whose events or conditions can never be
)
