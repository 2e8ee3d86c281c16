"""Odd archives of other projects: nothing that warcio or fastwarc can read is missed."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from support_archives import good, lost, records_of

from pipeline.document import Unit
from pipeline.ingest.archive.warc import Damage
from pipeline.ingest.sources import read_unit
from pipeline.recipe import ExtractConfig, Source

# warcio takes the body of this file's one record for a second one.
_MISREAD = {"netarchivesuite__jwat/invalid-warcfile-fields-invalidformat.warc": 1}


def _counts(text: str) -> Counter[str]:
    pairs = (pair.split(":") for pair in text.strip().split(",") if ":" in pair)
    return Counter({kind.strip().lower(): int(count) for kind, count in pairs})


@pytest.mark.shared
def test_records_read_are_at_least_those_of_the_better_reader(data: Path) -> None:
    folder = data / "warc-samples"
    with (folder / "INDEX.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) > 80
    short, counted = [], 0
    for row in rows:
        name = row["file"]
        read = Counter(
            record.kind
            for record in records_of((folder / name).read_bytes())
            if not isinstance(record, Damage)
        )
        for column in ("warcio_1.8_records", "fastwarc_2.0_records"):
            theirs = _counts(row[column] or "")
            at_least = theirs.total() - _MISREAD.get(name, 0)
            counted += at_least
            if read.total() < at_least:
                short.append((name, read, theirs))
    assert short == []
    assert counted > 1_000


@pytest.mark.shared
def test_what_no_reader_reads_is_a_page_or_a_named_drop(data: Path) -> None:
    source, config = Source(name="samples", paths=("x",)), ExtractConfig()
    files = [p for p in sorted((data / "warc-samples").rglob("*")) if p.is_file()]
    paths = [path for path in files if path.name != "INDEX.tsv"]
    drops = 0
    for path in paths:
        unit = Unit(path.name, (str(path),), path.stat().st_size, source="samples")
        (batch,) = read_unit(unit, source, config)
        came_in = sum(n for kind, n in batch.seen if not kind.startswith(("apart:", "charset:")))
        assert came_in == len(batch.records) + len(batch.dropped)
        assert batch.seen, path
        assert all(row.reason and row.warc_file for row in batch.dropped)
        drops += len(batch.dropped)
    assert len(paths) > 80
    assert drops > 100


@pytest.mark.shared
def test_sound_samples_have_no_damage(data: Path) -> None:
    folder = data / "warc-samples/chatnoir-eu__chatnoir-resiliparse"
    for name in ("warcfile.warc", "warcfile.warc.gz", "warcfile.warc.lz4", "clueweb-quirk.warc.gz"):
        found = records_of((folder / name).read_bytes())
        assert lost(found) == []
        assert len(good(found)) >= 30
