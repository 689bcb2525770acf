"""Columns of numbers with a comma: they stay text, and the run says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_files import T, log, written

from scoredsl.engine.sources import ReadOptions, read_profiles


def csv(*cells: str) -> str:
    return "lead;event;time;amount\n" + "".join(f"a;v;{T};{cell}\n" for cell in cells)


@pytest.mark.parametrize(
    ("cells", "shown", "meant"),
    [
        (["1,5"], "1,5 in row 2", "1.5"),
        (["3", "", "-1,25", "2.5"], "-1,25 in row 4", "-1.25"),
        (["1.200,50"], "1.200,50 in row 2", "1200.50"),
        (["1 200,50"], "1 200,50 in row 2", "1200.50"),
        (["1\u00a0200,50"], "1\u00a0200,50 in row 2", "1200.50"),
        (["1'200,50"], "1'200,50 in row 2", "1200.50"),
        (["1,200.50"], "1,200.50 in row 2", "1200.50"),
        (["1,200"], "1,200 in row 2", "1.200 or 1200"),
        (["0,125"], "0,125 in row 2", "0.125"),
        (["12,345,678"], "12,345,678 in row 2", "12345678"),
        (["1,5", *["2"] * 8, "n/a"], "1,5 in row 2", "1.5"),
    ],
)
def test_numbers_with_a_comma_are_said(tmp_path: Path, cells: list[str], shown: str, meant: str) -> None:
    found = log(tmp_path, "e.csv", csv(*cells))
    assert [event.properties.get("amount", "") for event in found.events] == cells, "values stay as they are"
    (note,) = found.notes
    assert f"has numbers with a comma, such as {shown}: to rules they are no numbers." in note
    assert note.endswith(f"no thousands separators: {meant}.")


@pytest.mark.parametrize("cells", [["1.5"], ["x, y"], ["1,5", "red"], ["1,2,3"], ["a,5"], [",5", "5,"], ["Paris, 75"]])
def test_other_commas_are_not(tmp_path: Path, cells: list[str]) -> None:
    assert log(tmp_path, "e.csv", csv(*cells)).notes == []


def test_columns_that_are_no_properties(tmp_path: Path) -> None:
    text = f'lead,event,time,id,tags\n"1,5","2,5",{T},"3,5","[1,5]"\n'
    assert log(tmp_path, "e.csv", text, ReadOptions(list_columns=frozenset({"tags"}))).notes == []


def test_json_and_profiles(tmp_path: Path) -> None:
    found = log(tmp_path, "e.ndjson", f'{{"lead":"a","event":"v","time":"{T}","amount":"1,5","tags":["1,5"],"n":1.5}}')
    assert len(found.notes) == 1 and found.notes[0].startswith("Column amount of ")
    rows = read_profiles([written(tmp_path, "p.csv", "lead;revenue\na;1.200,50\n")])
    assert len(rows.notes) == 1 and "1200.50" in rows.notes[0]
