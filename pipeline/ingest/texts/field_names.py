"""Which columns or fields hold text, id, URL and date, and what is said where they do not.

A name with dots leads into structs and objects, unless a column or field has it as it stands.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, get_args

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.ingest.texts.column_values import holds_text, holds_values
from pipeline.recipe_types import Part

_SHOWN, _LONGEST = 20, 60  # names in a sentence, and characters of them
_KINDS = {dict: "objects", list: "lists", bool: "booleans", int: "numbers", float: "numbers"}


class Place(NamedTuple):
    """Where a column lies: its name, or those of the structs around it before."""

    path: tuple[str, ...]
    kind: pa.DataType


def names(fields: Mapping[Part, str]) -> dict[str, str]:
    """The name of each column or field that is read, by what it holds."""
    return {part: fields.get(part, part) for part in get_args(Part)}


def required(fields: Mapping[Part, str]) -> list[str]:
    """What has to be there: the text, and whatever the recipe names."""
    return list(dict.fromkeys(("text", *fields)))


def places(path: str, schema: pa.Schema, fields: Mapping[Part, str]) -> dict[str, Place]:
    """The columns of a table that are read, by what they hold.

    Raises UsageError for one that is needed and not there, for one that is there twice, and for
    one of a type that cannot be read. Columns that nobody has named are passed over instead, where
    they are of such a type.
    """
    found: dict[str, Place] = {}
    needed = required(fields)
    for part, name in names(fields).items():
        places = _places(schema, name)
        if len(places) > 1:
            raise UsageError(f"{path} has {len(places)} columns `{name}`; rename all but one")
        if not places and part in needed:
            raise absent(path, "column", part, name, schema.names, _likely_text(schema))
        fits = bool(places) and (holds_text if part == "text" else holds_values)(places[0].kind)
        if places and not fits and part in needed:
            instead = "write it as strings" if part == "text" else "name another in `fields`"
            raise UsageError(f"{path} has {places[0].kind} in column `{name}`; {instead}")
        if fits:
            found[part] = places[0]
    return found


def _places(fields: Iterable[pa.Field], name: str) -> list[Place]:
    held = list(fields)
    exact = [Place((name,), field.type) for field in held if field.name == name]
    outer, dot, inner = name.partition(".")
    if exact or not dot:
        return exact
    return [
        Place((outer, *place.path), place.kind)
        for field in held
        if field.name == outer and pa.types.is_struct(field.type)
        for place in _places(field.type, inner)
    ]


def _likely_text(schema: pa.Schema) -> str:
    """The first column that may be the text."""
    kinds = ((field.name, field.type) for field in schema if not pa.types.is_null(field.type))
    return next((name for name, kind in kinds if holds_text(kind)), "")


def field_of(record: Mapping[str, Any], name: str) -> tuple[bool, Any]:
    """Whether a record has a field, and its value."""
    if name in record:
        return True, record[name]
    outer, dot, inner = name.partition(".")
    below = record.get(outer) if dot else None
    return field_of(below, inner) if isinstance(below, dict) else (False, None)


class Seen:
    """What the first records of a file hold of the fields that have to be there."""

    def __init__(self, path: str, fields: Mapping[Part, str]) -> None:
        self._path = path
        self._names = names(fields)
        self._missing = dict.fromkeys(required(fields), "")  # with the kind that was met instead
        self._there: dict[str, int] = {}  # names, with the length of their longest string
        self._count = 0

    def add(self, record: dict[str, Any]) -> bool:
        """Takes a record; whether all has been seen."""
        self._count += 1
        for name, value in record.items():
            size = len(value) if isinstance(value, str) else 0
            self._there[name] = max(size, self._there.get(name, 0))
        for part in list(self._missing):
            met, value = field_of(record, self._names[part])
            if met and (part != "text" or value is None or isinstance(value, str)):
                del self._missing[part]
            elif met:
                self._missing[part] = _KINDS.get(type(value), "something else")
        return not self._missing

    def check(self) -> None:
        """Raises UsageError where records were seen, and a field in none of them."""
        if not self._count or not self._missing:
            return
        part, kind = next(iter(self._missing.items()))
        name = self._names[part]
        if kind:
            raise UsageError(f"{self._path} has {kind} in field `{name}`; write it as strings")
        longest = max(self._there, key=self._there.__getitem__, default="")
        raise absent(self._path, "field", part, name, list(self._there), longest)


def absent(path: str, kind: str, part: str, name: str, there: list[str], likely: str) -> UsageError:
    """The sentence on a column or field that is not there; `likely` may be the text instead."""
    shown = ", ".join(one[:_LONGEST] for one in there[:_SHOWN])
    shown += ", ..." if len(there) > _SHOWN else ""
    if part == "text":
        example = json.dumps(likely[:_LONGEST])
        remedy = f"name the one with the text, as in fields = {{ text = {example} }}"
    else:
        remedy = f"name another in `fields`, or take `{part}` out of them"
    return UsageError(f"{path} has no {kind} `{name}` but {shown or 'none at all'}; {remedy}")
