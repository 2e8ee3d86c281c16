"""An input of every format, larger than what its mark is of, and edits that keep its size."""

import bz2
import gzip
import io
import json
import os
import random
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from support_archives import html, http, pages, warc

from pipeline.document import Unit
from pipeline.ingest.planning.input_plans import InputPlans
from pipeline.ingest.sources import plan_units
from pipeline.recipe import ExtractConfig, Source

LONG_AGO = 1_700_000_000  # seconds
STEP = 400_000  # bytes of a range, where tests make the recipe's megabytes that small
CONFIG = ExtractConfig(range_megabytes=1)


def archive() -> bytes:
    """Members that hold their records as they are: 1.6 MB."""
    records = [warc(http(html(i, 3_000)), f"http://example.org/{i}") for i in range(80)]
    return b"".join(gzip.compress(record, 0, mtime=0) for record in records)


def _noise(number: int, size: int) -> str:
    return random.Random(number).randbytes(size // 2).hex()


def table(**columns: list[object]) -> bytes:
    """A Parquet file of small row groups, with its values as they are."""
    packed = io.BytesIO()
    pq.write_table(
        pa.table(columns), packed, row_group_size=50, use_dictionary=False, compression="none"
    )
    return packed.getvalue()


def _texts() -> bytes:
    rows = range(400)
    return table(
        before=[_noise(-i, 500) for i in rows],
        text=[f"Sack {i}. {_noise(i, 2_000)}" for i in rows],
        after=[_noise(i + 9_999, 500) for i in rows],
        url=[f"http://example.org/{i}" for i in rows],
    )


def _index() -> bytes:
    rows = range(400)
    return table(
        url=[f"http://example.org/{i:03d}/{_noise(i, 1_000)}" for i in rows],
        warc_filename=["no.warc.gz" for _ in rows],
        warc_record_offset=[-1 for _ in rows],
        warc_record_length=[9 for _ in rows],
    )


def _dump() -> bytes:
    pages_of = (
        "".join(
            f"<page><title>Kvern {i}</title><ns>0</ns><id>{i}</id><revision>"
            f"<text>Mel {_noise(i, 9_000)}</text></revision></page>"
            for i in range(first, first + 10)
        )
        for first in range(0, 200, 10)
    )
    parts = ('<mediawiki xml:lang="nn">', *pages_of, "</mediawiki>")
    return b"".join(bz2.compress(part.encode()) for part in parts)


def _wacz() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("archive/b.warc", b"".join(pages(60, 2_000)))
        pack.writestr("archive/a.warc.gz", archive(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _lines() -> bytes:
    rows = ({"text": f"Sack {i}. {_noise(i, 2_000)}", "id": str(i)} for i in range(400))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


# format, name and content by the name of a kind
KINDS = {
    "archive": ("warc", "a.warc.gz", archive),
    "wacz": ("warc", "a.wacz", _wacz),
    "lines": ("jsonl", "a.jsonl", _lines),
    "texts": ("parquet", "a.parquet", _texts),
    "index": ("index", "a.parquet", _index),
    "dump": ("wikipedia", "a.xml.bz2", _dump),
}

UNITS = {"archive": 5, "dump": 3, "index": 4}  # of inputs with more than one under `small_ranges`


def source_at(folder: Path | str, *kinds: str) -> list[Source]:
    """Sources that find what `write_input` writes into a folder, or what a server shows of it."""
    return [
        Source.model_validate(
            {"name": kind, "format": format, "paths": [f"{folder}/{kind}/{name}"], "base": "/no"}
        )
        for kind in kinds
        for format, name, _ in [KINDS[kind]]
    ]


def write_input(folder: Path, kind: str) -> Path:
    """Writes the input of a kind, as old as a file is whose time is a proof."""
    _, name, content = KINDS[kind]
    path = folder / kind / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content())
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def edit(path: Path, at: int, later: int = 60) -> None:
    """Changes one byte of a file, `later` seconds after it was written."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    touch(path, later)


def touch(path: Path, later: int = 60) -> None:
    os.utime(path, (LONG_AGO + later, LONG_AGO + later))


def plan(source: Source, out: Path | None = None, config: ExtractConfig = CONFIG) -> list[Unit]:
    """The units of a source, planned by a run that keeps its plans in `out`, if in any folder."""
    plans = InputPlans.read(str(out)) if out else InputPlans()
    units = plan_units(source, config, "", plans)
    plans.save()
    return units
