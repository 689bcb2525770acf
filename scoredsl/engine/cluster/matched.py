"""Rows between the files and the walk: one for each event or profile row, in blocks by the hash of the lead.

Of an event they hold what `matching.event_batches` computes; of a profile row what `matching.reading_batches` does, for
what the fields were before is known only where all rows of the lead are. To the cluster a block is bytes: it moves some
hundreds of them instead of millions of rows, and has no say in what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from scoredsl.engine.cluster.job import InputFile, Job
from scoredsl.engine.cluster.looked import PLACE_BITS
from scoredsl.engine.kernel.partition import places
from scoredsl.engine.kernel.scatter import scattered
from scoredsl.engine.matching import event_batches, reading_batches
from scoredsl.engine.scan import EventScan, ProfileScan, Scan
from scoredsl.plan.lowering import lower
from scoredsl.plan.physical import PhysicalPlan
from scoredsl.plan.serial import from_json
from scoredsl.semantics import expressions as e
from scoredsl.semantics.inspect import leaves
from scoredsl.semantics.program import Program
from scoredsl.semantics.zones import zone

BLOCK_SCHEMA = "bucket int, block binary"
_TOGETHER = 1 << 18
"""So many rows are set apart at once."""
_LONGEST = 1 << 14
"""How many rows a block has at most: a megabyte or so."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan as the workers have it."""

    program: Program
    physical: PhysicalPlan


def prepared(job: Job) -> Prepared:
    program = from_json(job.plan).program()
    return Prepared(program, lower(program))


def names_read(plan: PhysicalPlan) -> set[str]:
    """The properties and fields that the channels read, and the first words of dotted ones."""
    names: set[str] = set()
    for channels in (plan.events, plan.profiles):
        names.update(channels.numbers, channels.instants, channels.keys)
        for bit in channels.bits:
            for leaf in leaves(bit.condition) if bit.condition is not None else ():
                if isinstance(leaf, e.Property | e.Field):
                    names.add(leaf.name)
    return names | {name.split(".")[0] for name in names}


def blocks(job: Job, plan: Prepared, file: InputFile, scan: Scan) -> Iterator[Any]:
    """The rows of a file up to T, as record batches of BLOCK_SCHEMA."""
    for batch in _together(_rows(job, plan, file, scan)):
        for bucket, rows in scattered(batch, job.buckets):
            for at in range(0, rows.num_rows, _LONGEST):
                yield _packed(bucket, rows.slice(at, _LONGEST))


def unpacked(batches: Iterator[Any]) -> Iterator[tuple[bool, Any]]:
    """The rows of blocks, and whether they are profile rows."""
    import pyarrow as pa

    for batch in batches:
        for block in batch.column(1):
            with pa.ipc.open_stream(block.as_buffer()) as reader:
                yield from (("m0" not in rows.schema.names, rows) for rows in reader)


def _rows(job: Job, plan: Prepared, file: InputFile, scan: Scan) -> Iterator[Any]:
    """Record batches with what the store of partitions takes or, of profile rows, `matching.filled_batches`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not scan.files:
        return
    date_zone, place = zone(plan.program.timezone), file.number << PLACE_BITS
    if file.profile:
        profiles = cast(ProfileScan, scan)
        for batch in reading_batches(profiles, plan.physical.profiles, job.until, date_zone):
            moved = pc.add(batch.column("place"), pa.scalar(place, pa.int64()))
            yield batch.set_column(batch.schema.get_field_index("place"), "place", moved)
        return
    for batch in event_batches(cast(EventScan, scan), plan.physical.events, job.until, date_zone):
        numbers = places(place, batch.num_rows)
        place += batch.num_rows
        if job.ids and "id" not in batch.schema.names:
            batch = batch.append_column("id", pa.nulls(batch.num_rows, pa.string()))
        yield batch.append_column("place", numbers)


def _together(batches: Iterator[Any]) -> Iterator[Any]:
    """Fewer and longer batches."""
    import pyarrow as pa

    held: list[Any] = []
    for batch in batches:
        held.append(batch)
        if sum(each.num_rows for each in held) >= _TOGETHER:
            yield pa.concat_batches(held)
            held = []
    if held:
        yield pa.concat_batches(held)


def _packed(bucket: int, rows: Any) -> Any:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_batch(rows)
    columns = [pa.array([bucket], pa.int32()), pa.array([sink.getvalue().to_pybytes()], pa.binary())]
    return pa.RecordBatch.from_arrays(columns, ["bucket", "block"])
