"""Columns of Arrow as the kernel reads them: where their bytes stand, nothing copied."""

from __future__ import annotations

import ctypes
from typing import Any

_KINDS = {"string": 0, "binary": 0, "large_string": 1, "large_binary": 1, "string_view": 2, "binary_view": 2}


class TextColumn(ctypes.Structure):
    """`struct text_column` of texts.h."""

    _fields_ = (
        ("kind", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("items", ctypes.c_void_p),
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_int64),
        ("validity", ctypes.c_void_p),
        ("buffers", ctypes.c_void_p),
        ("sizes", ctypes.c_void_p),
    )


class Texts:
    """An Arrow array of texts, held for as long as the kernel reads it."""

    def __init__(self, array: Any) -> None:
        import pyarrow as pa

        name = str(array.type)
        if name not in _KINDS:
            array = array.cast(pa.string())
            name = "string"
        validity, items, *data = array.buffers()
        self.column = TextColumn(_KINDS[name], array.offset, _address(items))
        self._held = [array, items, *data]
        if array.null_count:
            self.column.validity = _address(validity)
        if _KINDS[name] == 2:
            places = (ctypes.c_void_p * max(1, len(data)))(*[_address(buffer) for buffer in data])
            sizes = (ctypes.c_int64 * max(1, len(data)))(*[buffer.size for buffer in data])
            self.column.buffers = ctypes.addressof(places)
            self.column.sizes = ctypes.addressof(sizes)
            self._held += [places, sizes]
        elif data and data[0] is not None:
            self.column.data = _address(data[0])
            self.column.size = data[0].size


def word_address(array: Any, name: str) -> int:
    """Where an array of 64-bit numbers begins. Raises ValueError where it is none, or a value is not there."""
    if array.type.bit_width != 64:
        raise ValueError(f"the column {name} has no words of 64 bits but {array.type}")
    if array.null_count:
        raise ValueError(f"the column {name} has rows without a value")
    address = _address(array.buffers()[1])
    return (address or 0) + 8 * int(array.offset)


def _address(buffer: Any) -> int | None:
    return None if buffer is None else int(buffer.address)
