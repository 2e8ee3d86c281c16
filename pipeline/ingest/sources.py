"""What a recipe names, as units of work; one unit read, as batches of bounded size."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any

from pipeline.document import Batch, Document, Dropped, Page, Unit, drop
from pipeline.errors import reading
from pipeline.ingest.archives import look_at_archive, read_archive
from pipeline.ingest.index import IndexRows, look_at_index, read_index
from pipeline.ingest.paths import source_files
from pipeline.ingest.planning.input_plans import InputPlans, cuts
from pipeline.ingest.planning.look import Look, plan_files
from pipeline.ingest.remote.hashed_reads import HashedReads
from pipeline.ingest.remote.opening import open_file
from pipeline.ingest.remote.planned_files import open_planned
from pipeline.ingest.text_sources import look_at_lines, look_at_table, read_lines, read_table
from pipeline.ingest.unit_names import unit_names
from pipeline.ingest.wikipedia.articles import look_at_dump, read_dump
from pipeline.policy import SitePolicy
from pipeline.recipe import ExtractConfig, Source
from pipeline.recipe_types import Format

BATCH_RECORDS = 2_000
BATCH_SIZE = 64_000_000  # bytes of pages, characters of texts
MEGABYTE = 1_000_000
_NONE: Mapping[str, str] = MappingProxyType({})

Kept = Page | Document
Items = Iterator[tuple[str, Kept | Dropped | SitePolicy | None]]


_LOOKS: dict[Format, Look] = {
    "warc": look_at_archive,
    "wet": look_at_archive,
    "index": look_at_index,
    "wikipedia": look_at_dump,
}
_LOOKS_FOR_FIELDS = {"jsonl": look_at_lines, "parquet": look_at_table}


def plan_units(
    source: Source, config: ExtractConfig, base: str, plans: InputPlans | None = None
) -> list[Unit]:
    """The units of a source, by name; `base` is the folder that relative paths start from.

    Files whose `plans` hold are not opened; the others' are added. Raises UsageError, with the path
    and the remedy, for a missing path, a pattern without a match and a file that is not of the
    source's format.
    """
    plans = InputPlans() if plans is None else plans
    found, step = source_files(source, base), config.range_megabytes * MEGABYTE
    private = source.private_redirects
    made = plan_files(found, _kind(source), step, _look(source), plans, private)
    names = unit_names({plan.path: plan.mark for plan in made})
    units = [
        Unit(
            name=names[plan.path] + suffix,
            paths=(plan.path,),
            bytes=size,
            start=start,
            stop=stop,
            source=source.name,
            marks=(plan.mark, plan.change),
        )
        for plan in made
        for suffix, size, start, stop in cuts(plan)
    ]
    return sorted(units, key=lambda unit: unit.name)


def _kind(source: Source) -> str:
    """What a plan is kept under: the format, and the fields that a look at the file needs."""
    named = json.dumps(source.fields, sort_keys=True) if source.fields else ""
    return f"{source.format} {named}".rstrip()


def _look(source: Source) -> Look:
    for_fields = _LOOKS_FOR_FIELDS.get(source.format)
    return partial(for_fields, source.fields) if for_fields else _LOOKS[source.format]


@contextmanager
def _opened(unit: Unit, source: Source, addresses: Mapping[str, str]) -> Iterator[Any]:
    """What a unit reads, whose `digest` is of that alone: of its bytes, or its rows of an index."""
    path = addresses.get(unit.paths[0], unit.paths[0])
    with open_file(path, private=source.private_redirects) as file:
        yield _hashed(file, unit, source.format)


def _hashed(file: Any, unit: Unit, format: Format) -> Any:
    if format == "index":
        with reading(unit.paths[0]):
            return IndexRows(file, unit)
    return HashedReads(file, unit.start, unit.stop, unit.paths[0])


def digest_now(unit: Unit, source: Source, addresses: Mapping[str, str] = _NONE) -> str:
    """The digest of what a unit would read now: `Batch.read` where nothing has been edited.

    `addresses` are those of files that units name otherwise, as `InputPlans` has them.
    """
    with _opened(unit, source, addresses) as read:
        found: str = read.digest()
    return found


def _items(read: Any, unit: Unit, source: Source, config: ExtractConfig) -> Items:
    match source.format:
        case "jsonl":
            return read_lines(read, unit, source)
        case "parquet":
            return read_table(read, unit, source)
        case "index":
            return read_index(read, source, config)
        case "wikipedia":
            return read_dump(read, unit, source, config)
        case _:
            return read_archive(read, unit, source, config)


def read_source(
    unit: Unit,
    sources: Mapping[str, Source],
    config: ExtractConfig,
    addresses: Mapping[str, str] = _NONE,
) -> Iterator[Batch]:
    """`read_unit` by the source that the unit names."""
    return read_unit(unit, sources[unit.source], config, addresses)


def read_unit(
    unit: Unit, source: Source, config: ExtractConfig, addresses: Mapping[str, str] = _NONE
) -> Iterator[Batch]:
    """A unit's records in batches of at most BATCH_RECORDS and about BATCH_SIZE.

    `seen` counts what comes in by kind, and apart from it, with a prefix, other records (`apart:`)
    and the charsets of pages with how they were found (`charset:`). The last batch has the digest
    of what was read. Raises CheckError in place of it where the file is no longer what was planned,
    or has changed while it was read: a unit without a last batch is made again.
    """
    making, path = _Making(unit), addresses.get(unit.paths[0], unit.paths[0])
    with open_planned(path, unit.marks, source.private_redirects) as planned:
        read = _hashed(planned.file, unit, source.format)
        for kind, item in _items(read, unit, source, config):
            making.add(kind, item)
            if making.full:
                yield making.batch()
        digest = read.digest()
        planned.check_left_alone(lambda: digest_now(unit, source, addresses) == digest)
    yield making.batch(digest)


class _Making:
    """The batch of a unit that is being filled."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._index = 0
        self._known: set[str] = set()
        self._empty()

    def _empty(self) -> None:
        self._records: list[Kept] = []
        self._dropped: list[Dropped] = []
        self._policies: list[SitePolicy] = []
        self._seen: Counter[str] = Counter()
        self._size = 0

    @property
    def full(self) -> bool:
        rows = len(self._records) + len(self._dropped)
        return rows >= BATCH_RECORDS or self._size >= BATCH_SIZE

    def add(self, kind: str, item: Kept | Dropped | SitePolicy | None) -> None:
        self._seen[kind] += 1
        if isinstance(item, Dropped):
            self._dropped.append(item)
        elif isinstance(item, SitePolicy):
            self._policies.append(item)
        elif item is not None:
            self._keep(item)

    def _keep(self, item: Kept) -> None:
        if item.id in self._known:
            self._dropped.append(drop(item, "ingest", "duplicate_record"))
            return
        self._known.add(item.id)
        self._records.append(item)
        if isinstance(item, Page):
            self._seen[f"charset:{item.charset}:{item.charset_source}"] += 1
            self._size += len(item.html)
        else:
            self._size += len(item.text)

    def batch(self, read: str = "") -> Batch:
        """What has come together; with the digest of all that was read, the last of the unit."""
        seen = tuple(sorted(self._seen.items()))
        made = Batch(
            self._unit,
            self._index,
            bool(read),
            tuple(self._records),
            tuple(self._dropped),
            seen,
            policies=tuple(self._policies),
            read=read,
        )
        self._index += 1
        self._empty()
        return made
