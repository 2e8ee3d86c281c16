"""A column of a table as the texts and numbers that it holds, whatever its type."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from pipeline.ingest.texts.dates import iso_day, iso_time

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY = 86_400_000  # milliseconds


def holds_text(kind: pa.DataType) -> bool:
    """Whether a column of this type may hold texts: strings, their dictionaries, bare bytes, or
    nothing at all, as writers type a column whose rows all lack it.
    """
    if pa.types.is_dictionary(kind):
        return holds_text(kind.value_type)
    is_bytes = _is_bytes(kind) and not pa.types.is_fixed_size_binary(kind)
    return _is_string(kind) or is_bytes or bool(pa.types.is_null(kind))


def holds_values(kind: pa.DataType) -> bool:
    """Whether `values` reads more than nothing of a column of this type."""
    if pa.types.is_dictionary(kind):
        return holds_values(kind.value_type)
    return any(fits(kind) for fits in (_is_string, _is_bytes, _is_time, _is_plain))


def values(column: pa.Array, strict: bool = False) -> list[Any]:
    """The value of each row: a string, number or ISO date; None for none.

    Bytes that are no UTF-8 are none where `strict`; else those of strings are replaced, and other
    bytes, as ids may be, are told in hex.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return values(column.dictionary_decode(), strict)
    if _is_string(kind) or _is_bytes(kind):
        instead = _nothing if strict else _replaced if _is_string(kind) else bytes.hex
        packed = column.cast(pa.large_binary()).to_pylist()
        return [None if data is None else _text(data, instead) for data in packed]
    if _is_time(kind):
        return _times(column)
    return list(column.to_pylist()) if _is_plain(kind) else [None] * len(column)


def _text(data: bytes, instead: Callable[[bytes], str | None]) -> str | None:
    """UTF-8 as text. Surrogates stay, as JSON has them, for who repairs texts."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return instead(data)


def _nothing(_: bytes) -> None:
    return None


def _replaced(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _times(column: pa.Array) -> list[str | None]:
    """Points of time, by their numbers: Python has no nanoseconds and no year 10000."""
    kind = column.type
    if pa.types.is_date32(kind):
        days = column.cast(pa.int32()).to_pylist()
        return [None if day is None else iso_day(day) for day in days]
    ticks = column.cast(pa.int64()).to_pylist()
    if pa.types.is_date64(kind):
        return [None if tick is None else iso_day(tick // _DAY) for tick in ticks]
    per_second, zone = _PER_SECOND[kind.unit], "Z" if kind.tz else ""
    return [None if tick is None else iso_time(tick, per_second, zone) for tick in ticks]


def _is_string(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def _is_bytes(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return pa.types.is_fixed_size_binary(kind) or any(test(kind) for test in tests)


def _is_time(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def _is_plain(kind: pa.DataType) -> bool:
    """Types whose values Python has: numbers, UUIDs, none at all."""
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    tests = (*numbers, pa.types.is_boolean, pa.types.is_null)
    return any(test(kind) for test in tests) or str(kind) == "extension<arrow.uuid>"
