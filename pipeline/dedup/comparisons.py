"""The comparisons of `exact` over the keys of all parts, in order, as data; but lines.

A comparison turns the keys of each part (without what those before it have dropped) into rows,
brings rows of equal key together, and turns them into rows that name the part they are for.
Who brings them together, Beam or one process, does not matter: every `reduce` sorts for itself.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.dedup import duplicates, paragraphs
from pipeline.dedup.decisions import NO_CUTS, NO_RULES, decisions_table
from pipeline.dedup.keys import survivors
from pipeline.dedup.lines import recurring
from pipeline.dedup.rows import DROP, Rows
from pipeline.recipe import DedupConfig, ParagraphsConfig


@dataclass(frozen=True)
class Comparison:
    """`rows(keys, part)`, brought together by `key`, reduced to rows with a part.

    `reduce` takes chunks, which it may read again, and gives arrays.
    """

    name: str
    rows: Callable[[pa.Table, int], Rows]
    row_type: np.dtype[Any]
    key: tuple[str, ...]
    reduce: Callable[[Iterable[Rows]], Iterator[Rows]]
    result_type: np.dtype[Any]


def drop_comparisons(config: DedupConfig, own: int) -> list[Comparison]:
    """Record, URL, text: each gives DROP rows, and the next sees only who is left."""
    pair = ("key_hi", "key_lo")
    found = [
        Comparison(
            *("record", duplicates.record_rows, duplicates.RECORD_ROW, ("id_hi", "id_lo")),
            *(partial(duplicates.record_drops, own=own), DROP),
        )
    ]
    if config.url:
        rows = partial(duplicates.url_rows, config=config)
        drops = partial(duplicates.url_drops, own=own)
        found.append(Comparison("url", rows, duplicates.KEY_ROW, pair, drops, DROP))
    if config.exact:
        rows = partial(duplicates.text_rows, config=config)
        drops = partial(duplicates.text_drops, own=own)
        found.append(Comparison("text", rows, duplicates.KEY_ROW, pair, drops, DROP))
    return found


def paragraph_comparison(config: DedupConfig, limits: ParagraphsConfig, own: int) -> Comparison:
    """Shared paragraphs of the documents that the other comparisons have left."""
    rows = partial(paragraphs.paragraph_rows, config=config, limits=limits)
    shared = partial(paragraphs.shared_paragraphs, own=own, limits=limits)
    kinds = (paragraphs.PARAGRAPH_ROW, ("paragraph",), shared, paragraphs.PART_PARAGRAPH)
    return Comparison("paragraphs", rows, *kinds)


def part_decisions(
    keys: pa.Table,
    drops: Rows,
    lines: Rows,
    shared: Rows,
    config: DedupConfig,
    rules: Rows = NO_RULES,
) -> pa.Table:
    """The decisions on a part from the rows that were found for it (DECISION_SCHEMA)."""
    left = survivors(keys, drops)
    return decisions_table(
        drops,
        left,
        recurring.lines_to_cut(left, lines) if len(lines) else NO_CUTS,
        paragraphs.paragraphs_to_cut(left, shared, config) if len(shared) else NO_CUTS,
        rules,
    )
