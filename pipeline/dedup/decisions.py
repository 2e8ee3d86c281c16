"""Decisions: what a job writes beside a part for the next one to obey, joined by id.

A row names a document that leaves (reason and the id of the one that stays) or whose text is cut
(the keys of its recurring lines and shared paragraphs). Documents without a row stay as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from pipeline import files
from pipeline.arrow import columns_table, documents
from pipeline.dedup.lines.cutting import Cut, apply_cuts
from pipeline.dedup.lines.kept_cuts import read_cuts, write_cuts
from pipeline.dedup.opt_outs import POLICY_ROW, described
from pipeline.dedup.rows import REASONS, RECORD, RIGHTS, Places, Rows, Words, column, id_strings
from pipeline.document import Batch, Document, Dropped, Unit, drop
from pipeline.recipe import DedupConfig

TOO_SHORT = "too_short_after_cuts"

DECISION_SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (
            ("id", pa.string()),
            ("reason", pa.string()),  # "" where only the text is cut
            ("detail", pa.string()),  # the id of the document that stays, or the rule of an opt-out
            ("copies", pa.int64()),  # rows with this id that leave; 0 where only the text is cut
            ("cut_lines", pa.list_(pa.uint64())),
            ("cut_paragraphs", pa.list_(pa.uint64())),
        )
    ]
)
CLUSTER_SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (
            ("id", pa.string()),
            ("cluster", pa.string()),
            ("size", pa.int64()),
            ("survivor", pa.string()),
        )
    ]
)

DecisionRow = tuple[str, str, str, int, list[int], list[int]]
Cuts = tuple[Places, Words]  # (row of the document, key of what is cut)
NO_RULES: Rows = np.zeros(0, dtype=POLICY_ROW)
NO_CUTS: Cuts = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64))


def decisions_table(
    drops: Rows,
    keys: pa.Table | None = None,
    lines: Cuts = NO_CUTS,
    paragraphs: Cuts = NO_CUTS,
    rules: Rows = NO_RULES,
) -> pa.Table:
    """The decisions on one part: its DROP rows, and cuts in the documents of `keys` that stay.

    `rules` are the policies that the part has asked for, which opt-outs are told by.
    """
    names = id_strings(drops["id_hi"], drops["id_lo"])
    reasons = [REASONS[number] for number in drops["reason"].tolist()]
    kept = id_strings(drops["keep_hi"], drops["keep_lo"])
    details = [
        described(rules, number) if reason in RIGHTS else name
        for reason, name, number in zip(reasons, kept, drops["keep_lo"].tolist(), strict=True)
    ]
    rows: list[DecisionRow] = [
        (name, reason, detail, copies, [], [])
        for name, reason, detail, copies in zip(
            names, reasons, details, drops["copies"].tolist(), strict=True
        )
    ]
    if keys is not None:
        rows += _cut_rows(keys, _by_row(lines), _by_row(paragraphs))
    rows.sort(key=lambda row: row[:4])
    columns = list(zip(*rows, strict=True)) or [()] * len(DECISION_SCHEMA)
    return columns_table(columns, DECISION_SCHEMA)


def _by_row(cuts: Cuts) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for at, key in sorted(zip(cuts[0].tolist(), cuts[1].tolist(), strict=True)):
        found.setdefault(at, []).append(key)
    return found


def _cut_rows(
    keys: pa.Table, lines: dict[int, list[int]], paragraphs: dict[int, list[int]]
) -> list[DecisionRow]:
    places = sorted({*lines, *paragraphs})
    high, low = column(keys, "id_hi")[places], column(keys, "id_lo")[places]
    return [
        (name, "", "", 0, lines.get(at, []), paragraphs.get(at, []))
        for at, name in zip(places, id_strings(high, low), strict=True)
    ]


def clusters_table(rows: Rows) -> pa.Table:
    """The CLUSTER rows of one part, sorted by id; a document in no row is a cluster of its own."""
    rows = rows[np.lexsort([rows["id_lo"], rows["id_hi"]])]
    names = [
        id_strings(rows[f"{name}_hi"], rows[f"{name}_lo"]) for name in ("id", "cluster", "keep")
    ]
    columns = [names[0], names[1], rows["size"].astype(np.int64), names[2]]
    return columns_table(columns, CLUSTER_SCHEMA)


@dataclass(frozen=True)
class Applied:
    """Documents after decisions, those that leave, and what was cut from those that stay."""

    kept: list[Document]
    dropped: list[Dropped]
    cuts: list[Cut]


def apply_decisions(
    documents: Sequence[Document],
    decisions: pa.Table,
    stage: str,
    min_characters: int = 0,
    known: Mapping[str, Cut] = MappingProxyType({}),
) -> Applied:
    """The documents of a part after its decisions.

    Of rows with one id the last leave as copies of the same record, in the order given. A text
    that cuts have brought under `min_characters` leaves too; one that was short before is not
    judged. `known` are cuts made before, by id.
    """
    leaving = departures(decisions)
    dropped, staying = [], []
    for document in reversed(documents):
        if leaving.get(document.id):
            dropped.append(drop(document, stage, *leaving[document.id].pop(0)))
        else:
            staying.append(document)
    cuts = cuts_by_id(decisions)
    return _cut(staying[::-1], dropped[::-1], cuts, known, stage, min_characters)


def _cut(
    documents: Iterable[Document],
    dropped: list[Dropped],
    cuts: Mapping[str, tuple[set[int], set[int]]],
    known: Mapping[str, Cut],
    stage: str,
    min_characters: int,
) -> Applied:
    kept, made = list[Document](), list[Cut]()
    for document in documents:
        if document.id not in cuts:
            kept.append(document)
            continue
        cut = known.get(document.id) or apply_cuts(document, *cuts[document.id])
        length = cut.document.characters
        if cut.characters and length < min_characters:
            dropped.append(drop(document, stage, TOO_SHORT, str(length)))
        else:
            kept.append(cut.document)
            made.append(cut)
    return Applied(kept, dropped, made)


def departures(decisions: pa.Table) -> dict[str, list[tuple[str, str]]]:
    """(reason, detail) of every row that leaves, by id; the last row of an id takes the first.

    Copies of a record leave before the record itself does, so they come first.
    """
    leaving: dict[str, list[tuple[str, str]]] = {}
    for row in decisions.select(["id", "reason", "detail", "copies"]).to_pylist():
        if row["reason"]:
            entries = leaving.setdefault(row["id"], [])
            entries.extend([(row["reason"], row["detail"])] * row["copies"])
    for entries in leaving.values():
        entries.sort(key=lambda entry: entry[0] != REASONS[RECORD])
    return leaving


def cuts_by_id(decisions: pa.Table) -> dict[str, tuple[set[int], set[int]]]:
    """The keys of the lines and paragraphs that are cut, by id."""
    rows = decisions.select(["id", "reason", "cut_lines", "cut_paragraphs"]).to_pylist()
    return {
        row["id"]: (set(row["cut_lines"]), set(row["cut_paragraphs"]))
        for row in rows
        if not row["reason"]
    }


def read_decided(
    config: DedupConfig,
    unit: Unit,
    folder: str = "",
    drawn: Callable[[str], bool] | None = None,
) -> Iterator[Batch]:
    """Documents of a unit of (documents, decisions) that stay, cut; those too short since leave.

    Documents that the decisions drop are in the drops of the job that made them. With `drawn` there
    are but documents of such ids, and their cuts are kept in `folder`; without it those that are
    kept there are not made again.
    """
    rows = documents(files.read_table(unit.files[0]))
    decisions = files.read_table(unit.files[1])
    if drawn:
        rows = [row for row in rows if drawn(row.id)]
    known = {} if drawn else read_cuts(folder, unit, rows)
    done = apply_decisions(rows, decisions, "dedup", config.min_characters, known)
    if drawn:
        write_cuts(folder, unit, done.cuts)
    short = tuple(row for row in done.dropped if row.reason == TOO_SHORT)
    seen = {
        "document": len(done.kept) + len(short),
        "apart:cut_lines": sum(cut.lines for cut in done.cuts),
        "apart:cut_paragraphs": sum(cut.paragraphs for cut in done.cuts),
        "apart:cut_characters": sum(cut.characters for cut in done.cuts),
    }
    yield Batch(unit, 0, True, tuple(done.kept), short, tuple(seen.items()))
