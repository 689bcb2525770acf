"""What tells one program from another: the same for whatever computes the same, however it is written down."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from scoredsl.plan.channels import ChannelSet
from scoredsl.plan.logical import LogicalPlan
from scoredsl.plan.serial import as_data

_FOR_PEOPLE = frozenset({"path", "place", "title"})
"""Where something stands in the rules, and what it is called in reports: comments, layout and titles change nothing."""


def fingerprint(plan: LogicalPlan) -> str:
    """The fingerprint of a program: of its logical plan, as hexadecimal digits."""
    return _digest(as_data(plan, _FOR_PEOPLE))


def channels_fingerprint(events: ChannelSet, profiles: ChannelSet) -> str:
    """The fingerprint of what the matching stage computes of each row, and in which order."""
    return _digest([as_data(events), as_data(profiles)])


def _digest(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
