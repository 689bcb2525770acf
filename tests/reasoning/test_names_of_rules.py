"""What a sum calls its parts."""

from __future__ import annotations

import pytest

from scoredsl import api
from scoredsl.reasoning.naming import group_name, rule_name


@pytest.mark.parametrize(("text", "name"), [
    ("on visit add 1", "visit"),
    ('on visit add 1 as "Visits"', "Visits"),
    ("on visit or call add 1", "call or visit"),
    ("on visit or call or demo add 1", "call or demo ..."),
    ("on any where x = 1 add 1", "any"),
    ("on 3 visit within 7d add 1", "3 visit"),
    ("on a then b within 7d add 1", "a then b"),
    ("on a then b then c within 7d add 1", "a then b then c"),
    ("on a then b then c then d within 7d add 1", "a then b then c ..."),
    ("on a or x then b within 7d add 1", "a or x then b"),
    ("on a without b within 7d add 1", "a without b"),
    ("on inactivity of 30d subtract 1", "inactivity"),
    ("on 30d without visit subtract 1", "without visit"),
    ("when size > 5 add 1", "size"),
    ("when size > 5 and country = 1 add 1", "size or country"),
    ("when size > 5 and country = 1 and plan = 2 add 1", "size or country ..."),
    ("when size > 5 and size < 9 add 1", "size"),
    ("when size > 5 add 1, else when plan = 2 add 2, else add 1", "size or plan"),
    ("when days since renewal > 5 add 1", "renewal"),
    ("when days until renewal > 5 add 1", "renewal"),
    ("when has visit add 1", "visit"),
    ("when not has visit and plan = 1 add 1", "visit or plan"),
    ("when count of (visit or call) > 3 add 1", "call or visit"),
    ("when inactive for 3d add 1", "inactive"),
    ("when inactive for 3d and plan = 1 add 1", "inactive or plan"),
    ("when 5 > 4 add 1", "line 1"),
])  # fmt: skip
def test_rule_name(text: str, name: str) -> None:
    program, said = api.check_text(text + "\n")
    assert program is not None, said
    assert rule_name(program.scores[0].rules[0]) == name


def test_group_name() -> None:
    program, _ = api.check_text('score s\n  group a "Email"\n    on x add 1\n  group b\n    on y add 1\n')
    assert program is not None
    assert [group_name(group) for group in program.scores[0].groups] == ["Email", "b"]
