"""The partition store gives each lead its rows in canonical order, whatever the texts, batches and budgets are."""

from __future__ import annotations

import _thread
import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl.engine.kernel.library import kernel
from scoredsl.engine.kernel.partition import MIB, WALK_FUNCTION, PartitionStore
from scoredsl.engine.kernel.walk import Cancelled, WalkError

NO_TIME = -(2**63)
Event = tuple[str, int, str | None, int, float]
Version = tuple[str, int, int, int]
EVENTS = pa.schema(
    [("lead", pa.string()), ("time", pa.int64()), ("id", pa.string()), ("m0", pa.uint64()), ("n0", pa.float64())]
)
VERSIONS = pa.schema([("lead", pa.string()), ("time", pa.int64()), ("m0", pa.uint64())])
TYPES = [pa.string(), pa.large_string(), pa.string_view()]

TEXTS = st.one_of(
    st.text(alphabet="ab\0é😀", max_size=12),
    st.sampled_from(["a" * n for n in (6, 7, 8, 9, 15, 16, 23, 126, 127, 128, 129, 300)]),
    st.builds(lambda n, end: "x" * n + end, st.integers(110, 140), st.text(alphabet="ab\0", max_size=2)),
    st.integers(0, 10**9).map(str),
)


@dataclass(slots=True)
class Seen:
    """What was told of each lead."""

    events: dict[str, list[tuple[int, int, float]]] = field(default_factory=dict)
    versions: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)


def double(word: int) -> float:
    return ctypes.c_double.from_buffer(ctypes.c_int64(word)).value


def walked(store: PartitionStore, threads: int = 2, keeping: Any = None) -> Seen:
    """Walks over all leads with a function of Python that writes down what it is given."""
    seen = Seen()
    lock = threading.Lock()
    rows: dict[int, list[tuple[Any, Any]]] = {1: [], 2: []}

    @WALK_FUNCTION
    def write_down(walker: int, given: Any) -> int:
        lead = given.contents
        events = [(lead.event[i][0], lead.event[i][1], double(lead.event[i][2])) for i in range(lead.events)]
        versions = [tuple(lead.version[i][k] for k in range(3)) for i in range(lead.versions)]
        assert lead.index == len(rows[walker])
        rows[walker].append((events, versions))
        return 0

    def finished(number: int, leads: Any) -> None:
        with lock:
            for name, (events, versions) in zip(leads.to_pylist(), rows[number + 1], strict=True):
                assert name not in seen.events
                seen.events[name] = events
                seen.versions[name] = versions
            rows[number + 1] = []

    store.walk(write_down, list(range(1, threads + 1)), finished, keeping)
    return seen


def expected(events: list[Event], versions: list[Version], ids: bool) -> Seen:
    """The same by plain sorting."""
    seen = Seen()
    for name in [event[0] for event in events] + [version[0] for version in versions]:
        seen.events[name], seen.versions[name] = [], []
    key = (lambda e: (e[1], e[2] is None, (e[2] or "").encode())) if ids else (lambda e: e[1])
    for event in sorted(events, key=key):
        seen.events[event[0]].append((event[1], event[3], event[4]))
    for version in sorted(versions, key=lambda v: (v[1], v[2])):
        seen.versions[version[0]].append((version[1], version[2], version[3]))
    return seen


def batch_of(schema: Any, rows: list[Any], type_: Any, before: int = 0) -> Any:
    """A record batch with texts of a type, sliced out of a longer one that has `before` other rows."""
    rows = [rows[0]] * before + rows
    columns = []
    for values, (name, kind) in zip(zip(*rows, strict=True), [(f.name, f.type) for f in schema], strict=True):
        del name
        columns.append(pa.array(values, type_ if kind == pa.string() else kind))
    return pa.RecordBatch.from_arrays(columns, schema.names).slice(before)


def fill(
    store: PartitionStore, events: list[Event], versions: list[Version], size: int, type_: Any, before: int = 0
) -> None:
    schema = EVENTS if store.ids else pa.schema([f for f in EVENTS if f.name != "id"])
    for at in range(0, len(events), size):
        rows = [event if store.ids else (event[0], event[1], *event[3:]) for event in events[at : at + size]]
        store.add_events(batch_of(schema, rows, type_, before))
        some = versions[at : at + size]
        if some:
            store.add_versions(batch_of(VERSIONS, [(v[0], v[1], v[3]) for v in some], type_, before))
    for at in range(-(-len(events) // size) * size, len(versions), size):
        rows = [(v[0], v[1], v[3]) for v in versions[at : at + size]]
        store.add_versions(batch_of(VERSIONS, rows, type_, before))


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Event], list[Version]]:
    leads = st.sampled_from(draw(st.lists(TEXTS, min_size=1, max_size=8)))
    ids = st.one_of(st.none(), TEXTS)
    times = st.integers(-3, 3)
    events = draw(st.lists(st.tuples(leads, times, ids), max_size=60))
    versions = draw(st.lists(st.tuples(leads, st.one_of(st.just(NO_TIME), times)), max_size=20))
    return (
        [(lead, time, name, number, number / 4) for number, (lead, time, name) in enumerate(events)],
        [(lead, time, place, 7 * place) for place, (lead, time) in enumerate(versions)],
    )


@given(logs(), st.booleans(), st.integers(1, 60), st.sampled_from(TYPES), st.integers(0, 9))
def test_each_lead_has_its_rows_in_canonical_order(
    log: tuple[list[Event], list[Version]], ids: bool, size: int, type_: Any, before: int
) -> None:
    events, versions = log
    with PartitionStore(ids=ids, bits=2) as store:
        fill(store, events, versions, size, type_, before)
        assert (store.events, store.versions) == (len(events), len(versions))
        assert walked(store) == expected(events, versions, ids)
        assert store.walked == len(events)


@given(logs(), st.booleans(), st.randoms(use_true_random=False))
def test_events_that_know_their_place_come_in_any_order(
    log: tuple[list[Event], list[Version]], ids: bool, random: Random
) -> None:
    events, versions = log
    mixed = random.sample(events, len(events))
    with PartitionStore(ids=ids, places=True, budget=1 << 12, bits=2) as store:
        for event in mixed:
            batch = batch_of(EVENTS, [event], pa.string())
            store.add_events(batch.append_column("place", pa.array([event[3]], pa.int64())))
        for lead, time, _, number in versions:
            store.add_versions(batch_of(VERSIONS, [(lead, time, number)], pa.string()))
        assert walked(store) == expected(events, versions, ids)


@given(
    logs(), st.lists(st.sampled_from([NO_TIME, -2, 0, 2]), max_size=6), st.integers(1, 60), st.sampled_from(TYPES),
    st.booleans(),
)  # fmt: skip
def test_events_that_nothing_needs_are_left_out_but_the_first_of_a_lead(
    log: tuple[list[Event], list[Version]], since: list[int], size: int, type_: Any, little: bool
) -> None:
    events, versions = log
    with PartitionStore(ids=False, budget=1 << 12 if little else MIB, bits=2) as store:
        store.leave_out(since)
        fill(store, events, versions, size, type_)
        assert store.events + store.left_out == len(events)
        found, all_ = walked(store), expected(events, versions, False)
    assert found.versions == all_.versions
    assert found.events.keys() == all_.events.keys()
    for lead, there in all_.events.items():
        kept = found.events[lead]
        # In their order, the first at its time, and all that are needed.
        assert kept == [event for event in there if event in kept]
        assert [event[0] for event in kept[:1]] == [event[0] for event in there[:1]]
        asked = [event for event in there if any(event[1] >> b & 1 and event[0] > t for b, t in enumerate(since))]
        assert [event for event in asked if event not in kept] == []


def test_one_event_of_many_that_nothing_needs_is_kept() -> None:
    events: list[Event] = [(f"lead {i % 10}" * (i % 3 + 1), i, None, i % 2, 0.0) for i in range(6000)]
    with PartitionStore(ids=False) as store:
        store.leave_out([5000])
        fill(store, events, [], 1000, pa.string())
        # Of 30 leads the first event, of bit 0 the 500 that are later than 5000.
        assert (store.events, store.left_out) == (30 + 500, 6000 - 530)


def test_where_few_events_can_be_left_out_it_is_given_up() -> None:
    events: list[Event] = [("one", i, None, int(i % 3 != 0), 0.0) for i in range(150_000)]
    with PartitionStore(ids=False) as store:
        store.leave_out([NO_TIME])
        fill(store, events, [], 50_000, pa.string())
        # A third of the first 100,000 but the first: after these it is known.
        assert store.left_out == 33_333
        assert store.events == 150_000 - 33_333


def many(count: int, leads: int) -> tuple[list[Event], list[Version]]:
    """A log whose leads and ids grow longer, so that texts that were short enough no longer are."""
    events: list[Event] = []
    for i in range(count):
        k = i * 7919 % leads
        lead = f"{k}" if i < count // 2 else f"{k}" + "-" * (k % 40)
        name = None if i % 11 == 0 else f"{i * 31 % count:0{1 + 160 * (i % 9 == 0)}d}"
        events.append((lead, i * 104729 % 50, name, i, i / 8))
    versions = [(f"{i % (2 * leads)}", NO_TIME if i % 3 else i % 7, i, i) for i in range(count // 5)]
    return events, versions


@pytest.mark.parametrize("ids", [False, True])
@pytest.mark.parametrize("type_", TYPES)
def test_what_does_not_fit_goes_to_a_file_and_comes_back(tmp_path: Path, ids: bool, type_: Any) -> None:
    events, versions = many(20_000, 700)
    with PartitionStore(ids=ids, budget=MIB // 8, temp_dir=str(tmp_path), bits=2) as store:
        fill(store, events, versions, 997, type_)
        assert store.spilled > 2 * store.memory
        assert store.layout()[2] > 1
        assert walked(store) == expected(events, versions, ids)
    assert not list(tmp_path.iterdir())


def test_a_partition_that_is_too_large_is_split(tmp_path: Path) -> None:
    events, versions = many(30_000, 900)
    with PartitionStore(ids=True, budget=1 << 14, temp_dir=str(tmp_path), bits=1) as store:
        fill(store, events, versions, 5000, pa.string())
        assert walked(store, threads=1) == expected(events, versions, True)
    assert not list(tmp_path.iterdir())


def test_one_lead_can_be_larger_than_the_budget(tmp_path: Path) -> None:
    events: list[Event] = [("one", -i // 3, f"{i}", i, 0.0) for i in range(20_000)]
    with PartitionStore(ids=True, budget=1 << 14, temp_dir=str(tmp_path), bits=1) as store:
        fill(store, events, [], 5000, pa.string_view())
        assert walked(store) == expected(events, [], True)


def test_a_few_long_texts_do_not_widen_all() -> None:
    events: list[Event] = [(f"lead_{i:08d}" if i % 1000 else "l" * 500 + f"{i}", i, None, i, 0.0) for i in range(5000)]
    with PartitionStore(ids=False) as store:
        fill(store, events, [], 5000, pa.string())
        assert store.layout() == (2, 0, 1)
        assert walked(store) == expected(events, [], False)


def test_an_empty_store() -> None:
    with PartitionStore(ids=True) as store:
        assert walked(store) == Seen()
        store.add_events(batch_of(EVENTS, [("a", 1, "b", 1, 1.0)], pa.string()).slice(1))
        assert walked(store) == Seen()


def test_leads_of_profiles_alone_are_walked() -> None:
    with PartitionStore(ids=True) as store:
        store.add_versions(batch_of(VERSIONS, [("b", 1, 2), ("a", NO_TIME, 1), ("b", NO_TIME, 3)], pa.string()))
        seen = walked(store)
    assert seen.events == {"a": [], "b": []}
    assert seen.versions == {"a": [(NO_TIME, 1, 1)], "b": [(NO_TIME, 2, 3), (1, 0, 2)]}


def test_a_place_that_is_given_counts() -> None:
    schema = pa.schema([("lead", pa.string()), ("place", pa.int64()), ("time", pa.int64()), ("m0", pa.uint64())])
    with PartitionStore(ids=False) as store:
        store.add_versions(batch_of(schema, [("a", 9, 1, 1), ("a", 4, 1, 2)], pa.string()))
        assert walked(store).versions == {"a": [(1, 4, 2), (1, 9, 1)]}


def test_a_walk_that_gives_up_is_told() -> None:
    with PartitionStore(ids=False) as store:
        fill(store, [("a", 1, None, 1, 1.0)], [], 1, pa.string())
        with pytest.raises(WalkError) as told:
            store.walk(WALK_FUNCTION(lambda walker, given: 17), [1])
        assert told.value.code == 17


def test_what_finished_raises_comes_out() -> None:
    def finished(number: int, leads: Any) -> None:
        raise KeyError(leads.to_pylist()[0])

    sums = (ctypes.c_int64 * 4)()
    with PartitionStore(ids=False) as store:
        fill(store, [("a", 1, None, 1, 1.0)], [], 1, pa.string())
        with pytest.raises(KeyError):
            store.walk(kernel().count_lead, [ctypes.addressof(sums)], finished)


def test_a_walk_can_be_cancelled() -> None:
    events, versions = many(3000, 100)
    sums = (ctypes.c_int64 * 4)()
    with PartitionStore(ids=False) as store:
        fill(store, events, versions, 1000, pa.string())
        store.cancel()
        with pytest.raises(Cancelled):
            store.walk(kernel().count_lead, [ctypes.addressof(sums)])
        assert store.walked == 0
    with PartitionStore(ids=False) as store:
        fill(store, events, versions, 1000, pa.string())

        @WALK_FUNCTION
        def cancels(walker: int, given: Any) -> int:
            store.cancel()
            return 0

        with pytest.raises(Cancelled):
            store.walk(cancels, [1])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    events, versions = many(5000, 100)
    with PartitionStore(ids=False, budget=1 << 12, temp_dir=str(tmp_path / "none"), bits=1) as store:
        with pytest.raises(FileNotFoundError) as told:
            fill(store, events, versions, 1000, pa.string())
        assert told.value.filename == str(tmp_path / "none")


def test_columns_that_cannot_be_read_are_refused() -> None:
    with PartitionStore(ids=False) as store:
        for lead, time in ((None, 1), ("a", None)):
            with pytest.raises(ValueError, match="without a value"):
                store.add_versions(batch_of(VERSIONS, [(lead, time, 1)], pa.string()))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_run_leaves_no_file(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, pyarrow as pa\n"
        "from scoredsl.engine.kernel.partition import PartitionStore\n"
        "store = PartitionStore(ids=False, budget=1 << 16, temp_dir=sys.argv[1])\n"
        "n = 100_000\n"
        "columns = [pa.array([str(i) for i in range(n)]), pa.array(range(n)), pa.array(range(n), pa.uint64())]\n"
        "store.add_events(pa.RecordBatch.from_arrays(columns, ['lead', 'time', 'm0']))\n"
        "assert store.spilled > 0\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=60, check=False)
    assert done.returncode == -9
    assert not list(tmp_path.iterdir())


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also where the tests run in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_ends_a_walk() -> None:
    events, versions = many(3000, 1000)
    with PartitionStore(ids=False) as store:
        fill(store, events, versions, 1000, pa.string())

        @WALK_FUNCTION
        def slow(walker: int, given: Any) -> int:
            _thread.interrupt_main()  # by each thread: the second as someone who is impatient
            time.sleep(0.05 * walker)
            if walker == 2:
                time.sleep(0.2)
            return 0

        begin = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            store.walk(slow, [1, 2])
        assert time.monotonic() - begin < 5
        assert store.walked < len(events)
