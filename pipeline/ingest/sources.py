"""What a recipe names, as units of work; one unit read, as batches."""

import glob
import os
import re
from collections import Counter
from collections.abc import Iterator

from pipeline import files
from pipeline.document import Batch, Document, Dropped, Page, Record, Unit
from pipeline.errors import UsageError
from pipeline.ingest.members import Plain, Window, codec_of
from pipeline.ingest.pages import COUNTED_IN, damage_row, outcome
from pipeline.ingest.warc import Damage, read_records
from pipeline.recipe import ExtractConfig, Source

BATCH_RECORDS = 2_000
BATCH_BYTES = 64_000_000
_UNSAFE = re.compile(r"[^A-Za-z0-9._~-]+")


def plan_units(source: Source, config: ExtractConfig, base: str) -> list[Unit]:
    """The units of a source, in the order of their names; `base` is the folder of the recipe.

    Raises UsageError for a path that is not there, a pattern without a match and a file that is no archive.
    """
    paths = sorted({path for pattern in source.paths for path in _expanded(pattern, base)})
    units = [unit for path in paths for unit in _ranges(path, source, config)]
    return sorted(units, key=lambda unit: unit.name)


def _expanded(pattern: str, base: str) -> list[str]:
    path = pattern if "://" in pattern else os.path.join(base, pattern)
    if not glob.has_magic(path):
        if not files.exists(path):
            raise UsageError(f"{pattern} does not exist; give an archive, a pattern or a list")
        return [path]
    found = sorted(glob.glob(path))
    if not found:
        raise UsageError(f"{pattern} matches no file; check the pattern and the folder {base}")
    return found


def _ranges(path: str, source: Source, config: ExtractConfig) -> list[Unit]:
    name = _UNSAFE.sub("_", path.rsplit("/", 1)[-1])
    size = files.size(path)
    step = config.range_megabytes * 1_000_000
    with files.open_read(path) as file:
        whole = isinstance(codec_of(Window(file)), Plain)
    if whole or size <= step:
        return [Unit(name, (path,), size, source=source.name)]
    count = -(-size // step)
    return [
        Unit(
            f"{name}.{i:05d}",
            (path,),
            min(step, size - i * step),
            i * step,
            None if i == count - 1 else (i + 1) * step,
            source.name,
        )
        for i in range(count)
    ]


def read_unit(unit: Unit, source: Source, config: ExtractConfig) -> Iterator[Batch]:
    """The records of a unit in batches of bounded size; the last one says so."""
    records: list[Record] = []
    dropped: list[Dropped] = []
    seen: Counter[str] = Counter()
    size = index = 0
    known: set[str] = set()
    for kind, item in _read_archive(unit, source, config):
        seen[kind] += 1
        if item is None:
            continue
        if isinstance(item, Dropped):
            dropped.append(item)
        elif item.id in known:
            dropped.append(_duplicate(item))
        else:
            known.add(item.id)
            records.append(item)
            size += len(item.html) if isinstance(item, Page) else len(item.text)
            if isinstance(item, Page):
                seen[f"charset:{item.charset}:{item.charset_source}"] += 1
        if len(records) >= BATCH_RECORDS or size >= BATCH_BYTES:
            yield Batch(unit, index, False, tuple(records), tuple(dropped), _counts(seen))
            records, dropped, size, index = [], [], 0, index + 1
            seen.clear()
    yield Batch(unit, index, True, tuple(records), tuple(dropped), _counts(seen))


def _counts(seen: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(seen.items()))


def _duplicate(item: Record) -> Dropped:
    from pipeline.document import drop

    return drop(item, "ingest", "duplicate_record")


def _read_archive(
    unit: Unit, source: Source, config: ExtractConfig
) -> Iterator[tuple[str, Page | Document | Dropped | None]]:
    path = unit.paths[0]
    archive = path.rsplit("/", 1)[-1]
    limit = config.max_html_bytes
    with files.open_read(path) as file:
        window = Window(file)
        codec = codec_of(window)
        for record in read_records(window, codec, unit.start, unit.stop, 2 * limit + (1 << 20)):
            if isinstance(record, Damage):
                yield "damaged", damage_row(record, archive, source.name)
            elif record.kind in COUNTED_IN:
                yield record.kind, outcome(record, archive, source.name, limit)
            elif record.lost:
                yield (
                    "damaged",
                    damage_row(Damage(record.offset, record.lost), archive, source.name),
                )
            else:
                yield f"apart:{record.kind}", None
