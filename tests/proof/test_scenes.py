"""A scene of a rule makes it fire; values that tell two conditions apart are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.proof.draft import Draft
from scoredsl.proof.hunt import Hunt
from scoredsl.proof.scenes import Scenes
from scoredsl.reference import Log
from scoredsl.semantics.program import Program
from scoredsl.testing.material import START
from scoredsl.testing.run import LEAD


def program(text: str) -> Program:
    found, diagnostics = api.check_text(text + "\n")
    assert found is not None, diagnostics
    return found


@pytest.mark.parametrize("rule", [
    "on a add 7",
    'on a where x > 5 and kind ends with "k1" add 7',
    "on 3 a where x > 5 with same kind within 2d add 7",
    "on 2 a 3d apart add 7",
    "on a then b where x = y then a with same cart within 1h add 7",
    "on a without b with same cart within 3d add 7",
    "on inactivity of 2d add 7",
    "on every 2d without (a or b) after 1d add 7",
    "on a where due in next 6h if plan contains word \"k\" and days until renewal >= 2 add 7",
    "on a where not max(x, 7) - 2 <= 9 add x / x * 7",
    "when seats between 5 and 7 and renewal in last 1d add 7",
    "when count of a where x > 5 in last 3d >= 3 and no b add 7",
    "when highest of x of a = 40 and lead.plan != \"free\" add 7",
    "when distinct page of a >= 3 add 7",
    "when latest kind of a = \"k1\" add 7, else when days since last b = 2 add 7",
])
def test_a_scene_makes_a_rule_fire(rule: str) -> None:
    """At its instant, with `ignore` observed."""
    checked = program(f"{rule}\nignore a where x = 6")
    score = checked.scores[0]
    values = []
    for scene in Scenes((checked,)).of_rule(score.rules[0]):
        givens = Draft().with_scene(scene, START).givens()
        run = Log.of(checked, givens.events, givens.rows).run(LEAD, START)
        values.append(run.state(score, START).value if run.exists else 0)
    assert 7_000_000 in values


@pytest.mark.parametrize(("old", "new"), [
    ("on a where x - 3 > 40 add 1", "on a where x - 3 > 41 add 1"),
    ('on a where kind in ["p", "q", "r"] add 1', 'on a where kind in ["p", "q"] add 1'),
    ("on a then b where x > 40 and paid within 1d add 1", "on a then b where x > 40 within 1d add 1"),
    ("when seats + 3 >= 41 and has a add 1", "when seats + 3 >= 42 and has a add 1"),
    ("when has a where x < 40 add 1", "when has a where x < 40.5 add 1"),
])
def test_values_that_tell_two_conditions_apart_come_first(old: str, new: str) -> None:
    hunt = Hunt(program(old), program(new), frozenset({"score"}))
    scenes = [*hunt.scenes.told(), *hunt.scenes.first()]
    assert any(hunt.tells(Draft().with_scene(scene, START).givens()) is not None for scene in scenes[:40])
