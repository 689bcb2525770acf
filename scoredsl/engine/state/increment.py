"""One run on a state: what it goes on from, what is new, and what the state holds afterwards."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from scoredsl import __version__
from scoredsl.engine.kernel.kept import EVENTS, GIVEN, VERSIONS, DamagedError
from scoredsl.engine.kernel.partition import PartitionStore
from scoredsl.engine.kernel.walker import Walker
from scoredsl.engine.matching import filled_batches, readings_sql
from scoredsl.engine.scan import ProfileScan
from scoredsl.engine.state import manifest as m
from scoredsl.engine.state import profiles as rows_of_profiles
from scoredsl.engine.state.basis import require_same
from scoredsl.engine.state.folder import State
from scoredsl.engine.state.keeping import RowsKeeping
from scoredsl.engine.state.manifest import Basis, Kept, Manifest, Source
from scoredsl.engine.state.segment import SegmentFile, SegmentWriter, merged_from
from scoredsl.engine.state.sources import KnownSources
from scoredsl.plan.channels import ChannelSet
from scoredsl.semantics.zones import Zone

_STREAMS = {EVENTS: "events", VERSIONS: "versions", GIVEN: "alerts"}


class Increment:
    """A run that goes on from a state. The methods are called in their order; nothing changes before `commit`."""

    def __init__(self, state: State, basis: Basis, *, only_new: bool = False, replace_profiles: bool = False) -> None:
        """`only_new`: alerts are made that no run gave before, and remembered as given. `replace_profiles`: the profile
        rows of this run are all there are.

        Raises StateError where the state has another basis.
        """
        if state.held is not None:
            require_same(state.folder, state.held.basis, basis)
        self.state = state
        self.held = state.held or Manifest(basis)
        self.only_new = only_new
        self.new_events = self.late_events = self.new_profile_rows = 0
        known = self.held.sources
        self.events = KnownSources("events", [each for each in known if each.what == "events"])
        self.profiles = KnownSources(
            "profiles", [each for each in known if each.what == "profiles" and not replace_profiles]
        )
        self._replace_profiles = replace_profiles
        self._earliest, self._newest = self.held.earliest, self.held.newest
        self._open = ExitStack()
        self._segments: dict[int, list[SegmentFile]] = {}
        self._writers: dict[int, SegmentWriter] = {}
        self._merged: dict[int, Sequence[SegmentFile]] = {}
        self._next = self.held
        self._profiles: Kept | None = None
        self._sources: list[Source] = []
        self._open.callback(self.events.close)
        self._open.callback(self.profiles.close)

    @property
    def has_ids(self) -> bool:
        return self.held.has_ids

    @property
    def newest(self) -> int | None:
        """The newest event or profile row of earlier runs."""
        return self.held.newest

    @property
    def earliest(self) -> int | None:
        """The earliest event there is."""
        return self._earliest

    def close(self) -> None:
        """Gives up what was not committed."""
        self._open.close()
        for writer in self._writers.values():
            writer.drop()

    # ---- before the walk

    def open(self, store: PartitionStore, has_new_profiles: bool) -> None:
        """Hands the rows of earlier runs to the store. Raises StateError, OSError and MemoryError."""
        wanted = [EVENTS, *([] if has_new_profiles else [VERSIONS]), *([GIVEN] if self.only_new else [])]
        for stream in wanted:
            for kept in self.held.files(_STREAMS[stream]):
                path = self.state.folder / kept.file
                try:
                    segment = SegmentFile(path, stream, kept.checksum)
                except (DamagedError, FileNotFoundError, ValueError, KeyError, TypeError):
                    raise m.damaged(self.state.folder, kept.file) from None
                self._open.callback(segment.close)
                self._segments.setdefault(stream, []).append(segment)
        try:
            store.keep([segment for each in self._segments.values() for segment in each])
        except DamagedError:
            raise self.damaged() from None

    def damaged(self) -> m.StateError:
        """The error of rows that are not what was kept."""
        return m.damaged(self.state.folder, "its rows")

    def saw(self, batch: Any) -> None:
        """Told of each batch of new events."""
        import pyarrow.compute as pc

        if not batch.num_rows:
            return
        times = batch.column("time")
        found = pc.min_max(times)
        low, high = found["min"].as_py(), found["max"].as_py()
        self._earliest = low if self._earliest is None else min(low, self._earliest)
        self._newest = high if self._newest is None else max(high, self._newest)
        self.new_events += batch.num_rows
        if self.held.as_of is not None and low <= self.held.as_of:
            self.late_events += pc.sum(pc.less_equal(times, self.held.as_of)).as_py()

    def versions(self, scan: ProfileScan, channels: ChannelSet, zone: Zone) -> Iterator[Any]:
        """All profile rows, as batches for the store. Raises StateError and OSError."""
        before = None
        for kept in self.held.files("profiles") if not self._replace_profiles else ():
            before = self.state.folder / kept.file
            if not before.is_file() or _checksum(before) != kept.checksum:
                raise m.damaged(self.state.folder, kept.file)
        into = self.state.file("profiles")
        readings, columns = readings_sql(scan, channels, zone)
        count = rows_of_profiles.merge(scan.db, before, readings, columns, into)
        with into.open("rb") as file:
            os.fsync(file.fileno())
        self._profiles = Kept("profiles", into.name, count, _checksum(into))
        self.new_profile_rows = scan.usable
        newest = scan.newest()
        if newest is not None:
            self._newest = newest if self._newest is None else max(newest, self._newest)
        yield from filled_batches(scan, channels, rows_of_profiles.source(into), zone)

    def keeping(self, store: PartitionStore, walkers: Sequence[Walker], have_ids: bool) -> RowsKeeping:
        """Who keeps the new rows while they are walked. `have_ids`: new events may have one.

        Raises StateError for a file of events that would count twice, and OSError.
        """
        self._sources = [*self.events.taken(may_repeat=have_ids), *self.profiles.taken(may_repeat=True)]
        if self.new_events:
            self._write(EVENTS, self.new_events)
        if self._profiles is not None:
            self._write(VERSIONS, None)
        if self.only_new:
            # How many are given shows only later: about as many as the last time.
            given = self._segments.get(GIVEN, [])
            self._write(GIVEN, given[-1].rows if given else 0)
            for walker in walkers:
                walker.only_new()
        keeping = RowsKeeping(store, walkers, self._writers, self._merged)
        self._open.callback(keeping.close)
        return keeping

    def _write(self, stream: int, new: int | None) -> None:
        """Begins a file of a stream, which takes the place of those that it merges; new None: of all."""
        there = self._segments.get(stream, [])
        begin = 0 if new is None else merged_from([segment.rows for segment in there], new)
        self._merged[stream] = there[begin:]
        self._writers[stream] = SegmentWriter(self.state.file(_STREAMS[stream]))

    # ---- after the walk

    def finish(self, store: PartitionStore, until: int) -> None:
        """Ends the files, and says what the state holds then. The store is still there. Raises OSError."""
        lead, identity, _ = store.layout()
        known = [each for each in self.held.sources if each.what == "events" or not self._replace_profiles]
        held = replace(self.held, as_of=until, has_ids=store.ids, sources=(*known, *self._sources))
        for stream, writer in self._writers.items():
            what = _STREAMS[stream]
            if not writer.rows:
                writer.drop()
                if stream == VERSIONS:
                    held = held.with_files(what, [])
                continue
            words = (lead, identity if stream == EVENTS else 0)
            checksum = writer.finish(store.columns(stream), words, store.long_text)
            merged = {segment.path.name for segment in self._merged[stream]}
            kept = [] if stream == VERSIONS else [each for each in held.files(what) if each.file not in merged]
            held = held.with_files(what, [*kept, Kept(what, writer.path.name, writer.rows, checksum)])
        if self._profiles is not None:
            held = replace(held.with_files("profiles", [self._profiles]), profile_rows=self._profiles.rows)
        self._next = replace(
            held,
            generation=self.state.generation,
            events=held.events + self.new_events,
            earliest=self._earliest,
            newest=self._newest,
            alerts_as_of=until if self.only_new else held.alerts_as_of,
            made_with=_versions(),
        )

    def commit(self) -> None:
        """The state holds what was new. Raises OSError."""
        self._open.close()
        self.state.put(self._next)
        self._writers = {}


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def _versions() -> dict[str, str]:
    import duckdb

    return {"scoredsl": __version__, "duckdb": duckdb.__version__}
