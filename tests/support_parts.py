"""Units whose files are small tables, for functions that go through one part."""

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
from support_inputs import LONG_AGO

from pipeline import files
from pipeline.arrow import documents_table
from pipeline.dedup.decisions import DECISION_SCHEMA
from pipeline.document import Document, Unit, digest

# What the table of scores holds of a document that nothing else was asked of.
UNASKED: dict[str, Any] = {
    "referenced_seen": False,
    "harm_score": None,
    "harm_evidence": "",
    "harmful": False,
    "topic": "",
    "topic_score": 0.0,
}


def unit_of(folder: Path, *tables: pa.Table) -> Unit:
    """A unit that names the files of `tables`, in order."""
    paths = tuple(str(folder / f"{place}.parquet") for place in range(len(tables)))
    for path, table in zip(paths, tables, strict=True):
        files.write_table(path, table)
    return Unit("part", paths)


def document(name: str, text: str = "", domain: str = "") -> Document:
    """A document whose id is that of its name."""
    url = f"https://{name}.org/"
    return Document(
        digest(name), url, "crawl", text or name, f"{name}.org", language="en", domain=domain
    )


def curated(*rows: Document) -> pa.Table:
    """What stands in a curated part of these documents, without statistics."""
    return documents_table(list(rows))


def gone(*names: str) -> pa.Table:
    """Decisions by which these documents leave."""
    return pa.table({"id": pa.array([digest(name) for name in names], pa.string())})


def decision(name: str, reason: str = "", copies: int = 1, **cuts: list[int]) -> dict[str, Any]:
    """That a document leaves, or, without a reason, that its text is cut."""
    lists = {"cut_lines": [], "cut_paragraphs": [], **cuts}
    copies = copies if reason else 0
    return {"id": digest(name), "reason": reason, "detail": "why", "copies": copies, **lists}


def decisions(*rows: dict[str, Any]) -> pa.Table:
    """A table of `decision` rows, in the order given."""
    return pa.Table.from_pylist(list(rows), schema=DECISION_SCHEMA)


def aged(folder: Path) -> None:
    """Gives all files of a folder a time that is a proof."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))


def flipped(data: bytes, at: int = -1) -> bytes:
    """The bytes with one of them changed: that in the middle, or at a place."""
    at = len(data) // 2 if at < 0 else at
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
