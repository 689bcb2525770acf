"""Rows set apart by the hash of their lead, which is the same on every machine with this kernel."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from scoredsl.engine.kernel.columns import TextColumn, Texts
from scoredsl.engine.kernel.library import kernel


@lru_cache(maxsize=1)
def _scatter() -> Any:
    function = kernel().scatter
    function.restype = ctypes.c_int
    function.argtypes = [
        ctypes.POINTER(TextColumn), ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.POINTER(ctypes.c_int64),
    ]  # fmt: skip
    return function


def scattered(batch: Any, buckets: int) -> Iterator[tuple[int, Any]]:
    """The rows of an Arrow record batch by the bucket of their column `lead`, each bucket's in their order.

    Buckets are 0 to `buckets` - 1; those without rows are left out. Raises MemoryError.
    """
    import pyarrow as pa

    rows = batch.num_rows
    leads = Texts(batch.column("lead"))
    order = pa.allocate_buffer(8 * rows)
    starts = (ctypes.c_int64 * (buckets + 1))()
    if _scatter()(ctypes.byref(leads.column), rows, buckets, order.address, starts) != 0:
        raise MemoryError
    sorted_ = batch.take(pa.Array.from_buffers(pa.int64(), rows, [None, order]))
    for bucket in range(buckets):
        if starts[bucket] < starts[bucket + 1]:
            yield bucket, sorted_.slice(starts[bucket], starts[bucket + 1] - starts[bucket])
