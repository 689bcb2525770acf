"""Tables on a terminal: numbers, times and names are whole where there is room; headers are folded first."""

from __future__ import annotations

import pytest

from scoredsl.cli.tables import _widths, show_table
from scoredsl.engine.results import Column


@pytest.mark.parametrize(("longest", "headers", "room", "widths"), [
    ([5, 3], [4, 10], 20, [None, None]),
    ([5, 3], [4, 10], 15, [None, None]),
    ([5, 3], [4, 10], 14, [5, 9]),
    ([5, 3], [4, 10], 8, [5, 3]),
    ([5, 3], [4, 10], 7, [None, None]),
    ([60, 3], [5, 10], 40, [37, 3]),
    ([0, 0], [4, 4], 4, [2, 2]),
])  # fmt: skip
def test_widths(longest, headers, room, widths):
    assert list(_widths(longest, headers, room)) == widths


def test_numbers_are_not_folded(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    columns = [Column("lead", "text"), Column("engagement_of_leads", "points"), Column("engagement_tier", "text")]
    show_table("Leads", columns, [["eva", 113_219_014, "sales_ready"]])
    assert "113.219014" in capsys.readouterr().out
