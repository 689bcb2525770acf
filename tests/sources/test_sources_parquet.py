"""Parquet: typed values become plain ones, timestamps of every unit."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from source_files import T, log, micros, parquet

from scoredsl.engine.sources import ReadOptions, SourceError, read_events, read_profiles

MOMENT = datetime(2026, 3, 1, 9, 30, 15, 123456)


def one(folder: Path, **columns: Any) -> dict[str, Any]:
    base = {"lead": ["a"], "event": ["v"], "time": [T]}
    found = read_events([parquet(folder, "e.parquet", **base, **columns)])
    return dict(found.events[0].properties)


def test_values_become_plain(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        i=pa.array([5], pa.int32()),
        u=pa.array([2**64 - 1], pa.uint64()),
        f=[1.5],
        whole=[2.0],
        nan=[float("nan")],
        inf=pa.array([float("-inf")], pa.float32()),
        b=[True],
        dec=[Decimal("1.50")],
        dec_whole=[Decimal("7.00")],
        big=pa.array([Decimal(10**30)], pa.decimal128(38, 0)),
        s=["x"],
        none=pa.nulls(1),
        l=[[1.0, float("nan"), None]],
        st=[{"t": MOMENT, "d": date(2026, 3, 1), "deep": {"x": [b"y"]}}],
        m=pa.array([[("k", MOMENT.replace(tzinfo=UTC))]], pa.map_(pa.string(), pa.timestamp("us", "UTC"))),
        d=[date(2026, 3, 1)],
        tod=[time(9, 30, 15, 5)],
        blob=[b"text"],
        bad=[b"\xff"],
        uid=pa.array([uuid.UUID(int=1).bytes], pa.binary(16)),
        dic=pa.array(["x"]).dictionary_encode(),
    )
    assert found == {
        "i": 5,
        "u": 2**64 - 1,
        "f": 1.5,
        "whole": 2.0,
        "nan": None,
        "inf": None,
        "b": True,
        "dec": 1.5,
        "dec_whole": 7,
        "big": 10**30,
        "s": "x",
        "none": None,
        "l": [1.0, None, None],
        "st": {"t": "2026-03-01T09:30:15.123456Z", "d": "2026-03-01", "deep": {"x": ["y"]}},
        "m": {"k": "2026-03-01T09:30:15.123456Z"},
        "d": "2026-03-01",
        "tod": "09:30:15.000005",
        "blob": "text",
        "bad": None,
        "uid": "\0" * 15 + "\1",
        "dic": "x",
    }
    assert isinstance(found["whole"], float) and found["b"] is True


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_timestamps(tmp_path: Path, unit: str, zone: str | None) -> None:
    digits = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    number = 1_700_000_000 * digits + (digits // 2)
    stamp = pa.array([number], pa.timestamp(unit, zone))
    found = read_events([parquet(tmp_path, "e.parquet", lead=["a"], event=["v"], time=stamp, copy=stamp)])
    fraction = ".5" if digits > 1 else ""
    assert found.events[0].time == micros(f"2023-11-14T22:13:20{fraction}Z")
    assert found.events[0].properties == {"copy": f"2023-11-14T22:13:20{fraction}Z"}


def test_further_digits_are_cut(tmp_path: Path) -> None:
    stamp = pa.array([1_700_000_000_123_456_999], pa.timestamp("ns"))
    found = read_events([parquet(tmp_path, "e.parquet", lead=["a"], event=["v"], time=stamp)])
    assert found.events[0].time == 1_700_000_000_123_456


def test_timezone_of_data_is_for_times_without_an_offset(tmp_path: Path) -> None:
    options = ReadOptions(timezone="Europe/Berlin")
    for zone, utc in ((None, "2026-03-01T08:30:15.123456Z"), ("UTC", "2026-03-01T09:30:15.123456Z")):
        stamp = pa.array([MOMENT], pa.timestamp("us", zone))
        found = read_events([parquet(tmp_path, "e.parquet", lead=["a"], event=["v"], time=stamp)], options)
        assert found.events[0].time == micros(utc)


def test_dates_and_epoch_numbers(tmp_path: Path) -> None:
    for value, utc in ((date(2026, 3, 1), "2026-03-01"), (1_700_000_000, "2023-11-14T22:13:20Z")):
        found = read_events([parquet(tmp_path, "e.parquet", lead=["a"], event=["v"], time=[value])])
        assert found.events[0].time == micros(utc)


def test_times_beyond_year_9999_are_rejected(tmp_path: Path) -> None:
    stamp = pa.array([0, 253402300800 * 10**6], pa.timestamp("us"))
    found = read_events([parquet(tmp_path, "e.parquet", lead=["a", "b"], event=["v", "v"], time=stamp)])
    assert [e.lead for e in found.events] == ["a"]
    assert [one.row for one in found.rejected] == [2]


@pytest.mark.parametrize(
    ("values", "lead"),
    [([5], "5"), ([5.0], "5"), ([2.5], "2.5"), ([Decimal("5.00")], "5"), ([10**18], str(10**18)), (["5.0"], "5.0")],
)
def test_numbers_as_leads(tmp_path: Path, values: list[Any], lead: str) -> None:
    found = read_events([parquet(tmp_path, "e.parquet", lead=values, event=values, time=[T], id=values)])
    event = found.events[0]
    assert (event.lead, event.name, event.id) == (lead, lead, lead)


def test_rejected_rows(tmp_path: Path) -> None:
    path = parquet(tmp_path, "e.parquet", lead=["a", None, "", "b"], event=["v", "v", "v", None], time=[T] * 4)
    found = read_events([path])
    assert [(r.row, r.reason) for r in found.rejected] == [
        (2, "The lead is missing"),
        (3, "The lead is missing"),
        (4, "The event name is missing"),
    ]
    assert found.rejected[2].text == '{"lead": "b", "event": null, "time": "2026-03-01T00:00:00Z"}'


def test_properties_struct_is_opened(tmp_path: Path) -> None:
    assert one(tmp_path, properties=[{"url": "/p", "at": MOMENT}], url=pa.array([None], pa.string())) == {
        "url": "/p",
        "at": "2026-03-01T09:30:15.123456Z",
    }


def test_profiles(tmp_path: Path) -> None:
    stamp = pa.array([None, 1_700_000_000], pa.timestamp("s"))
    found = read_profiles([parquet(tmp_path, "p.parquet", lead=[1, 1], time=stamp, id=["x", "y"])])
    assert [(r.lead, r.time, dict(r.fields)) for r in found.rows] == [
        ("1", None, {"id": "x"}),
        ("1", 1_700_000_000_000_000, {"id": "y"}),
    ]


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"x" * 100, b"no parquet"])
def test_unreadable(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match=r"e\.parquet cannot be read") as caught:
        log(tmp_path, "e.parquet", content)
    assert "\n" not in str(caught.value)


def test_order_of_many_rows(tmp_path: Path) -> None:
    count = 300_500
    leads = pa.array(range(count))
    times = pa.array(range(1_700_000_000, 1_700_000_000 + count))
    path = parquet(tmp_path, "e.parquet", lead=leads, event=["v"] * count, time=times)
    found = read_events([path])
    assert [e.lead for e in found.events] == [str(i) for i in range(count)]
    assert [e.place for e in found.events] == list(range(1, count + 1))
