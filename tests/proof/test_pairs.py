"""Pairs of random programs and examples, one of each kind of rewrite and of small change: no verdict is wrong.

`benchmarks/prove.py` is the same for hundreds of pairs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.proof.prove import proved
from tests.proof.verdicts import refuted
from tests.strategies.pairs import pair
from tests.strategies.same_rules import REWRITES
from tests.strategies.small_edits import EDITS


@pytest.mark.parametrize("seed", range(len(REWRITES)))
def test_a_rewritten_program(seed: int) -> None:
    """All of these are proven; of hundreds some are not."""
    rewritten = pair(seed, "rewrite")
    proof = proved(*rewritten.programs)
    assert refuted(rewritten, proof, 4) is None
    assert proof.verdict == "equal"


@pytest.mark.parametrize("seed", range(len(EDITS)))
def test_a_program_with_one_small_change(seed: int) -> None:
    changed = pair(seed, "edit")
    assert refuted(changed, proved(*changed.programs), 4) is None
