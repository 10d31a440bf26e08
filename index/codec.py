"""Frozen dataclasses to JSON or to a database row, and back: the same value comes out.

A dataclass is written as the list of its fields, so that thousands of cells stay small.  A
`Decimal` is written as its text, never as a float: `0.10` stays `0.10`.  What the lists mean
depends on the fields, so a store keeps `shape(...)` of the classes it holds and refuses others.

>>> to_json(Amount(Decimal("0.10"), "万元"))
'["0.10","万元"]'
>>> from_json(Amount, '["0.10","万元"]')
Amount(value=Decimal('0.10'), unit='万元')
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

__all__ = ["columns", "from_json", "from_row", "shape", "to_json", "to_row"]

T = TypeVar("T")
_Cell = str | int | float | None


def to_json(value: object) -> str:
    """`value` as compact JSON."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_json(cls: type[T], text: str) -> T:
    """The value of class `cls` that `to_json` wrote."""
    value: T = _reader(cast("Any", cls))(json.loads(text))
    return value


def columns(cls: type[Any]) -> tuple[str, ...]:
    """The names of a dataclass's fields, which are the columns of its rows."""
    return tuple(field.name for field in fields(cls))


def to_row(value: Any) -> tuple[_Cell, ...]:
    """One database value a field: texts and whole numbers as they are, tuples and dataclasses as
    JSON text, `Decimal` as text."""
    return tuple(_cell(getattr(value, name)) for name in columns(type(value)))


def from_row(cls: type[T], row: Iterable[_Cell]) -> T:
    """The value of class `cls` that `to_row` wrote."""
    readers = _row_readers(cast("Any", cls))
    return cls(*[read(cell) for read, cell in zip(readers, row, strict=True)])


def shape(*classes: type[Any]) -> str:
    """A short fingerprint of the fields of `classes`, other dataclasses inside them included."""
    seen: dict[str, list[str]] = {}
    waiting = list(classes)
    while waiting:
        cls = waiting.pop()
        if cls.__name__ in seen:
            continue
        hints = get_type_hints(cls)
        seen[cls.__name__] = [f"{name}: {hints[name]}" for name in columns(cls)]
        waiting.extend(inner for hint in hints.values() for inner in _dataclasses_in(hint))
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:12]


def _dataclasses_in(hint: Any) -> list[type[Any]]:
    if isinstance(hint, type) and is_dataclass(hint):
        return [hint]
    return [inner for argument in get_args(hint) for inner in _dataclasses_in(argument)]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return [_plain(getattr(value, name)) for name in columns(type(value))]


def _cell(value: Any) -> _Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value) if isinstance(value, Decimal) else to_json(value)


def _same(value: Any) -> Any:
    return value


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """The function that turns decoded JSON into a value of the type `hint`."""
    if hint is Decimal or hint is bool:
        return cast("Callable[[Any], Any]", hint)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        readers = tuple(_reader(hints[name]) for name in columns(hint))
        return lambda data: hint(*[read(item) for read, item in zip(readers, data, strict=True)])
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (argument for argument in get_args(hint) if argument is not type(None))
        return _optional(_reader(inner))
    if get_origin(hint) is tuple:
        item = _reader(get_args(hint)[0])
        return tuple if item is _same else lambda data: tuple([item(one) for one in data])
    return _same


def _optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda data: None if data is None else read(data)


@cache
def _row_readers(cls: type[Any]) -> tuple[Callable[[Any], Any], ...]:
    hints = get_type_hints(cls)
    return tuple(_cell_reader(hints[name]) for name in columns(cls))


def _cell_reader(hint: Any) -> Callable[[Any], Any]:
    read = _reader(hint)
    if get_origin(hint) is not tuple and not _dataclasses_in(hint):
        return read
    # Paths and sections repeat from row to row; the values are frozen, so they can be shared.
    return lru_cache(maxsize=4096)(lambda text: read(json.loads(text)) if text else None)
