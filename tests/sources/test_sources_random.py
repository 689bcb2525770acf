"""Random CSV and NDJSON files against what Python's own writers put into them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from source_files import T, rejects, written

from scoredsl.engine.sources import read_events

RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CELL = st.text(st.sampled_from("ab,;\"|\n\t '\\#1é🙂"), max_size=6)
ROW = st.tuples(st.sampled_from(["a", "b c", "", 'x"y', "p,q", "l\nm"]), CELL, CELL, st.integers(0, 2))


@RELAXED
@given(
    st.lists(ROW, min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)
def test_csv(tmp_path: Path, rows: list[tuple[str, str, str, int]], end: str, quoting: int, bom: bool) -> None:
    """Every cell comes back, blank lines are nothing, and what is rejected is said with its line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["lead", "event", "time", "x", "y"])
    lines = []
    for lead, x, y, blank in [("first", "", "", 0), *rows]:
        text.write(end * blank)
        lines.append(text.getvalue().count("\n") + 1)
        writer.writerow([lead, "v", T, x, y])
    path = written(tmp_path, "e.csv", ("\ufeff" if bom else "") + text.getvalue())
    found = read_events([path])
    wanted = [("first", "", ""), *((lead, x, y) for lead, x, y, _ in rows)]
    assert [(e.lead, e.properties.get("x", ""), e.properties.get("y", "")) for e in found.events] == [
        row for row in wanted if row[0]
    ]
    assert rejects(found) == [
        (line, "The lead is missing") for line, row in zip(lines, wanted, strict=True) if not row[0]
    ]


@RELAXED
@given(st.text(st.sampled_from('a,;"\n\r 1\té'), max_size=40))
def test_csv_that_is_no_good(tmp_path: Path, text: str) -> None:
    """No text is an exception of ours, and no line below the header vanishes."""
    path = written(tmp_path, "e.csv", f"lead,event,time\nfirst,v,{T}\n{text}\n")
    found = read_events([path])
    assert found.events[0].lead == "first"
    assert len(found.events) + len(found.rejected) == found.row_count
    if any(line.strip() for line in text.split("\n")):
        assert found.row_count > 1
    assert [row for row, _ in rejects(found)] == sorted({row for row, _ in rejects(found)})


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@RELAXED
@given(
    st.lists(st.dictionaries(st.sampled_from(["x", "y z", "'; drop", "é"]), VALUE), min_size=1, max_size=6),
    st.booleans(),
)
def test_json_values(tmp_path: Path, objects: list[dict[str, object]], ascii_only: bool) -> None:
    rows = [{"lead": "a", "event": "v", "time": T, **one} for one in objects]
    lines = "\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows)
    array = json.dumps(rows, ensure_ascii=ascii_only, indent=1)
    for path in (written(tmp_path, "e.ndjson", lines), written(tmp_path, "e.json", array)):
        found = read_events([path])
        assert [dict(e.properties) for e in found.events] == objects
        assert found.rejected == []


@pytest.mark.parametrize("cut", range(0, 70, 3))
def test_a_file_that_ends_anywhere(tmp_path: Path, cut: int) -> None:
    text = f'lead,event,time,"t"\r\na,v,{T},"x, ""y"""\r\nb,v,{T},"z"\r\n'
    head = text.index("\n") + 1
    found = read_events([written(tmp_path, "e.csv", f"{text[:head]}first,v,{T},\r\n{text[head:][:cut]}")])
    assert len(found.events) + len(found.rejected) == found.row_count
