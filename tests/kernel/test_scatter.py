"""Rows by the bucket of their lead: all are there, in order, and a lead has one bucket whatever its column's type."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl.engine.kernel.scatter import scattered

TYPES = [pa.string(), pa.large_string()]


def batch_of(leads: list[str], type_: Any) -> Any:
    return pa.RecordBatch.from_arrays(
        [pa.array(range(len(leads)), pa.int64()), pa.array(leads, type_)], ["place", "lead"]
    )


@given(st.lists(st.text(alphabet="ab\0é", max_size=20), max_size=40), st.integers(1, 9), st.sampled_from(TYPES))
def test_rows_are_set_apart_by_lead(leads: list[str], buckets: int, type_: Any) -> None:
    found = list(scattered(batch_of(leads, type_), buckets))
    assert [bucket for bucket, _ in found] == sorted({bucket for bucket, _ in found})
    bucket_of: dict[str, int] = {}
    places: list[int] = []
    for bucket, rows in found:
        assert 0 <= bucket < buckets and rows.num_rows
        held = rows.column("place").to_pylist()
        assert held == sorted(held)
        places += held
        for lead, place in zip(rows.column("lead").to_pylist(), held, strict=True):
            assert lead == leads[place]
            assert bucket_of.setdefault(lead, bucket) == bucket
    assert sorted(places) == list(range(len(leads)))
    # The same lead of another machine, whose Arrow has another type for texts.
    other = {lead: bucket for bucket, rows in scattered(batch_of(leads, TYPES[0]), buckets)
             for lead in rows.column("lead").to_pylist()}  # fmt: skip
    assert other == bucket_of


@pytest.mark.parametrize("buckets", [2, 16, 100])
def test_many_leads_fill_the_buckets_evenly(buckets: int) -> None:
    batch = batch_of([f"lead_{i:08}" for i in range(50_000)], pa.string())
    sizes = [rows.num_rows for _, rows in scattered(batch, buckets)]
    assert len(sizes) == buckets
    assert max(sizes) < 1.3 * min(sizes) + 100
