"""The passes of `exact` over the keys of all parts, in order, as data.

A pass turns the keys of each part (without what earlier passes have dropped) into rows, brings
rows of equal key together, and turns each such range into rows that name the part they are for.
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
class Pass:
    """One shuffle: `rows(keys, part)`, brought together by `key`, reduced to rows with a part."""

    name: str
    rows: Callable[[pa.Table, int], Rows]
    row_type: np.dtype[Any]
    key: tuple[str, ...]
    reduce: Callable[[Rows], Rows]
    result_type: np.dtype[Any]


def drop_passes(config: DedupConfig, own: int) -> list[Pass]:
    """Record, URL, text: each gives DROP rows, and the next sees only who is left."""
    pair = ("key_hi", "key_lo")
    passes = [
        Pass(
            *("record", duplicates.record_rows, duplicates.RECORD_ROW, ("id_hi", "id_lo")),
            *(partial(duplicates.record_drops, own=own), DROP),
        )
    ]
    if config.url:
        rows = partial(duplicates.url_rows, config=config)
        drops = partial(duplicates.url_drops, own=own)
        passes.append(Pass("url", rows, duplicates.KEY_ROW, pair, drops, DROP))
    if config.exact:
        rows = partial(duplicates.text_rows, config=config)
        drops = partial(duplicates.text_drops, own=own)
        passes.append(Pass("text", rows, duplicates.KEY_ROW, pair, drops, DROP))
    return passes


def cut_passes(config: DedupConfig, own: int, crowded: Rows) -> list[Pass]:
    """Recurring lines and shared paragraphs of the documents that the drop passes have left.

    `crowded` comes from `boilerplate.crowded_sites` over the `site_rows` of all own parts.
    """
    passes = []
    if config.site_lines:
        limits = config.site_lines
        rows = partial(recurring.line_rows, crowded=crowded, config=limits)
        lines = partial(recurring.recurring_lines, config=limits)
        passes.append(
            Pass("lines", rows, recurring.LINE_ROW, ("site",), lines, recurring.PART_LINE)
        )
    if config.paragraphs:
        bounds = config.paragraphs
        rows = partial(paragraphs.paragraph_rows, config=config, limits=bounds)
        shared = partial(paragraphs.shared_paragraphs, own=own, limits=bounds)
        kinds = (paragraphs.PARAGRAPH_ROW, ("paragraph",), shared, paragraphs.PART_PARAGRAPH)
        passes.append(Pass("paragraphs", rows, *kinds))
    return passes


def part_decisions(
    keys: pa.Table,
    drops: Rows,
    lines: Rows,
    shared: Rows,
    config: DedupConfig,
    rules: Rows = NO_RULES,
) -> pa.Table:
    """The decisions on a part from the rows that the passes gave for it (DECISION_SCHEMA)."""
    left = survivors(keys, drops)
    return decisions_table(
        drops,
        left,
        recurring.lines_to_cut(left, lines) if len(lines) else NO_CUTS,
        paragraphs.paragraphs_to_cut(left, shared, config) if len(shared) else NO_CUTS,
        rules,
    )
