"""The comparisons of `exact` over the keys of all parts, in order, as data.

A comparison turns the keys of each part (without what those before it have dropped) into rows,
brings rows of equal key together, and turns them into rows that name the part they are for.
Who brings them together, Beam or one process, does not matter: every `reduce` sorts for itself.
"""

from collections.abc import Callable
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
from pipeline.recipe import DedupConfig


@dataclass(frozen=True)
class Comparison:
    """`rows(keys, part)`, brought together by `key`, reduced to rows with a part.

    `sites` is the path of rows that a worker reads once, for `rows` to take as `crowded`.
    """

    name: str
    rows: Callable[[pa.Table, int], Rows]
    row_type: np.dtype[Any]
    key: tuple[str, ...]
    reduce: Callable[[Rows], Rows]
    result_type: np.dtype[Any]
    sites: str = ""

    def start(self) -> Callable[[pa.Table, int], Rows]:
        """`rows` with all that it takes."""
        sites = {"crowded": recurring.read_sites(self.sites)} if self.sites else {}
        return partial(self.rows, **sites)


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


def cut_comparisons(config: DedupConfig, own: int, crowded: str) -> list[Comparison]:
    """Recurring lines and shared paragraphs of the documents that the other comparisons have left.

    `crowded` is the path of `recurring.crowded_sites` over the `site_rows` of all own parts.
    """
    found = []
    if config.site_lines:
        limits = config.site_lines
        rows = partial(recurring.line_rows, config=limits)
        lines = partial(recurring.recurring_lines, config=limits)
        found.append(
            Comparison(
                "lines", rows, recurring.LINE_ROW, ("site",), lines, recurring.PART_LINE, crowded
            )
        )
    if config.paragraphs:
        bounds = config.paragraphs
        rows = partial(paragraphs.paragraph_rows, config=config, limits=bounds)
        shared = partial(paragraphs.shared_paragraphs, own=own, limits=bounds)
        kinds = (paragraphs.PARAGRAPH_ROW, ("paragraph",), shared, paragraphs.PART_PARAGRAPH)
        found.append(Comparison("paragraphs", rows, *kinds))
    return found


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
