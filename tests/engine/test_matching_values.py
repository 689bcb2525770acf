"""Every reading and every condition by SQL and by definition, on values that are hard to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoredsl.engine.sources import ReadOptions
from scoredsl.plan.channels import Bit, ChannelSet
from scoredsl.semantics import expressions as e
from tests.engine.matched import assert_events, assert_profiles

TEXTS = [
    "", " ", "5", " 5 ", "+5", "5.", ".5", "+.5e3", "-5e-3", "1e400", "1e-400", "-1e999", "1_000", "1,5", "0x10", "nan",
    "inf", "NaN", "Infinity", "\t7\n", "\x0b7\x0c", "7\xa0", "٣", "0.1", "0.30000000000000004", "123456789012345678",
    "1e15", "1e16", "0.00001", "1e22", "-0", "-0.0", "true", "TRUE", "Yes", "no", "0", "1", "1.0", "false ", "ﬁ", "K",
    "2026-03-01", "2026-02-30", "2026-03-01T10:00:00Z", "2026-03-01 10:00:00", "2026-03-01T10:00:00.1234567Z",
    "2026-03-01T10:00:00,5Z", "2026-03-01T24:00:00Z", "2026-03-01T23:59:60Z", "2026-03-01T10:00:00+02:00", "0000-01-01",
    "2026-03-01T10:00:00 +02:00", "2026-03-01T10:00Z", "2026-03-01T10", " 2026-03-01 ", "20260301",
    "0999-12-31T00:00:00Z",
    "2026-03-01T10:00:00z", "2026-03-01t10:00:00Z", "2026-03-01T10:00:00ZZ", "2026-3-1", "9999-12-31T23:59:59.999999Z",
    "2026-03-29", "2026-03-29T02:30:00", "2025-10-26T00:00:00",
    "İstanbul", "STRASSE", "Straße", "ΣΑΣ", "ǅ", "Ⅷ", "𐐀", "🙂", "a-k1", "k1 b", "K1", "k1", "xk1", "k1x", "_k1",
    "é k1 é", "ék1", "k1é", "a\0b", "\0", "\\", "'", '"', "'; drop table x; --", "a\nb", "a\\nb", "%", "_", "(", "k1²",
    "k1٣", "٣k1", "Ꟊ", "Ƛ", "𐵐", "Ა", "Ꭰ",
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 5, 5.0, 12.5, 0.1, 1e15, 1e16, 123456789012345678, 2**63, 2**64, 10**30, 10**400, 1e22, 1e-7, 5e-324,
    -0.0, 1.7976931348623157e308, 0.30000000000000004, 33.3333333, 999999999999999.9, 0.0001, 0.00012345, 2**53 + 1,
]  # fmt: skip
OTHERS = [
    None, True, False, [], {}, ["k1"], ["K1", 5, None, True, {"a": 1}, ["k1"], 5.0, ""], [""], ["a\0b", "İ"], {"k1": 1},
    {"b": {"c": 5, "0": "k1"}, "0": 7}, {"b": [5]}, {"b": "x"}, {"b": None}, {"b": "2026-03-01"},
]  # fmt: skip
VALUES: list[Any] = [*TEXTS, *NUMBERS, *OTHERS]
LITERALS = [
    "k1", "5", "", "true", "a\0b", "'; drop table x; --", "ß", "i̇", "\\", "é", "_", "%", "istanbul", "2026-03-01", "٣",
]  # fmt: skip
PATTERNS = [
    "^k", "(?i)K1", "[0-9]$", "a|2", "é", r"\pL", r"\d", r"\bk1\b", "^.$", r"a\nb", "(?s)^.$", "'", r"\\", "(k)(1)",
    "k{1,2}",
]  # fmt: skip
TEXT_OPS = ["contains", "contains word", "starts with", "ends with"]


def of_text(value: e.Value) -> list[Any]:
    """Every condition on a text."""
    return [
        *(e.TextTest(op, value, (text,)) for op in TEXT_OPS for text in LITERALS),  # type: ignore[arg-type]
        *(e.Matches(value, pattern) for pattern in PATTERNS),
        *(e.CompareText(equal, value, text) for equal in (True, False) for text in LITERALS),
        *(e.CompareBoolean(True, value, wanted) for wanted in (True, False)),
        *(e.CompareNames(op, value, e.Property("b")) for op in ("=", "<")),  # type: ignore[arg-type]
        e.IsTrue(value),
        e.Known(value, True),
    ]


NAMES = ["a", "b", "a.b", "a.b.c", "a.0", "'; drop table x; --", 'q"q', "back\\slash"]

_name = st.sampled_from(NAMES)
_value: st.SearchStrategy[Any] = st.recursive(
    _name.map(e.Property) | st.sampled_from([0.0, 5.0, 2.5, -1.0, 1e300]).map(e.Constant),
    lambda inner: st.one_of(
        st.builds(e.Negative, inner),
        st.builds(e.Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(e.Call, st.sampled_from(["min", "max"]), st.tuples(inner, inner)),
        st.builds(e.Call, st.just("round"), st.tuples(inner)),
    ),
    max_leaves=4,
)
_op = st.sampled_from(["=", "!=", ">", ">=", "<", "<="])
_text = st.sampled_from(LITERALS)
_prop = _name.map(e.Property)
INSTANT = 1772323200000000
_simple = st.one_of(
    st.builds(e.CompareNumbers, _op, _value, _value),
    st.builds(e.CompareText, st.booleans(), _prop, _text),
    st.builds(e.CompareInstant, _op, _prop, st.sampled_from([INSTANT, INSTANT + 36_000_000_000, 0])),
    st.builds(e.CompareBoolean, st.booleans(), _prop, st.booleans()),
    st.builds(e.CompareNames, _op, _prop, _prop | _value),
    st.builds(
        e.TextTest,
        st.sampled_from(TEXT_OPS),
        _prop,
        st.lists(_text, min_size=1, max_size=2).map(tuple),
    ),
    st.builds(
        e.InWindow, _prop, st.sampled_from(["last", "next"]), st.sampled_from([1, 36_000_000_000, 10**13, 10**20])
    ),
    st.builds(e.Matches, _prop, st.sampled_from(PATTERNS)),
    st.builds(e.Known, _prop, st.booleans()),
    st.builds(e.IsTrue, _prop),
    st.builds(e.Always, st.booleans()),
)
CONDITION: st.SearchStrategy[Any] = st.recursive(
    _simple,
    lambda inner: st.one_of(
        st.builds(e.Not, inner),
        st.builds(e.And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(e.Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(e.NotIn, _prop, st.lists(inner, max_size=2).map(tuple)),
    ),
    max_leaves=4,
)
EVENT_NAMES = ["v", "w", "'; drop table x; --", "İ"]
SOME_NAMES = st.frozensets(st.sampled_from(EVENT_NAMES), min_size=1, max_size=2)
BIT = st.builds(Bit, st.none() | SOME_NAMES, st.none() | CONDITION)
CHANNELS = st.builds(
    ChannelSet,
    st.lists(BIT, max_size=70).map(tuple) | st.lists(BIT, max_size=5).map(tuple),
    st.lists(_name, max_size=2, unique=True).map(tuple),
    st.lists(_name, max_size=2, unique=True).map(tuple),
    st.lists(_name, max_size=2, unique=True).map(tuple),
)
RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
ZONES = st.sampled_from(["UTC", "Europe/Berlin"])


def ndjson(folder: Path, rows: list[dict[str, Any]], name: str = "e.ndjson") -> str:
    path = folder / name
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return str(path)


def head(i: int) -> dict[str, Any]:
    return {"lead": f"l{i % 3}", "event": EVENT_NAMES[i % len(EVENT_NAMES)], "time": f"2026-03-01T0{i % 10}:00:00Z"}


@RELAXED
@given(st.lists(st.dictionaries(_name, st.sampled_from(VALUES)), min_size=1, max_size=12), CHANNELS, ZONES)
def test_json_values(
    tmp_path: Path, found: list[dict[str, Any]], channels: ChannelSet, zone: str
) -> None:
    rows = [{**head(i), **one} for i, one in enumerate(found)]
    assert_events([ndjson(tmp_path, rows)], ReadOptions(), channels, zone)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_all_json_values(tmp_path: Path, zone: str) -> None:
    rows = [{**head(i), "a": value, "b": value} for i, value in enumerate(VALUES)]
    bits = [*of_text(e.Property("a")), *(e.Known(e.Property(name), False) for name in NAMES)]
    channels = ChannelSet(tuple(Bit(None, one) for one in bits), tuple(NAMES), tuple(NAMES), tuple(NAMES))
    assert_events([ndjson(tmp_path, rows)], ReadOptions(), channels, zone)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_all_texts(tmp_path: Path, zone: str) -> None:
    heads = [head(i) for i in range(len(TEXTS))]
    table = pa.table({
        "lead": [one["lead"] for one in heads], "event": [one["event"] for one in heads],
        "time": [one["time"] for one in heads], "a": TEXTS, "b": TEXTS[::-1],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "e.parquet")
    channels = ChannelSet(tuple(Bit(None, one) for one in of_text(e.Property("a"))), ("a",), ("a",), ("a",))
    assert_events([str(tmp_path / "e.parquet")], ReadOptions(), channels, zone)


@RELAXED
@given(
    st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(TEXTS)), min_size=1, max_size=12), CHANNELS, ZONES,
    st.none() | st.integers(INSTANT, INSTANT + 10 * 3_600_000_000),
)  # fmt: skip
def test_parquet_texts(
    tmp_path: Path, found: list[tuple[str, str]], channels: ChannelSet, zone: str, until: int | None
) -> None:
    heads = [head(i) for i in range(len(found))]
    table = pa.table({
        "lead": [one["lead"] for one in heads], "event": [one["event"] for one in heads],
        "time": pa.array([INSTANT + i * 3_600_000_000 for i in range(len(found))], pa.timestamp("us", "UTC")),
        "a": [one[0] for one in found], NAMES[5]: [one[1] for one in found], 'q"q': [one[0] for one in found],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "e.parquet")
    assert_events([str(tmp_path / "e.parquet")], ReadOptions(), channels, zone, until)


def as_fields(value: Any) -> Any:
    """A condition with fields for properties."""
    if isinstance(value, e.Property):
        return e.Field(value.name)
    if isinstance(value, tuple):
        return tuple(as_fields(one) for one in value)
    if hasattr(value, "__dataclass_fields__"):
        return type(value)(*(as_fields(getattr(value, name)) for name in value.__dataclass_fields__))
    return value


def has_window(value: Any) -> bool:
    if isinstance(value, e.InWindow):
        return True
    if isinstance(value, tuple):
        return any(has_window(one) for one in value)
    return hasattr(value, "__dataclass_fields__") and any(
        has_window(getattr(value, name)) for name in value.__dataclass_fields__
    )


@RELAXED
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["l1", "l2"]),
            st.none() | st.integers(0, 3),
            st.dictionaries(_name, st.sampled_from(VALUES)),
        ),
        min_size=1, max_size=8,
    ),
    st.lists(CONDITION.filter(lambda c: not has_window(c)).map(as_fields), max_size=5), ZONES, st.booleans(),
)  # fmt: skip
def test_profiles(
    tmp_path: Path, found: list[tuple[str, int | None, dict[str, Any]]], conditions: list[Any], zone: str, early: bool
) -> None:
    rows = []
    for lead, day, fields in found:
        row = {"lead": lead, **fields}
        if day is not None:
            row["time"] = f"2026-03-0{day + 1}T00:00:00Z"
        rows.append(row)
    channels = ChannelSet(
        tuple(Bit(None, condition) for condition in conditions), tuple(NAMES), tuple(NAMES), tuple(NAMES)
    )
    until = INSTANT + 86_400_000_000 if early else None
    assert_profiles([ndjson(tmp_path, rows, "p.ndjson")], ReadOptions(), channels, zone, until)
