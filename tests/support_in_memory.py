"""The jobs `exact` and `near` in one process: for corpora that fit, and what the pipelines must
equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.dedup import paragraphs
from pipeline.dedup.comparisons import (
    Comparison,
    drop_comparisons,
    paragraph_comparison,
    part_decisions,
)
from pipeline.dedup.decisions import clusters_table, decisions_table
from pipeline.dedup.keys import survivors
from pipeline.dedup.lines import recurring
from pipeline.dedup.near import containers, containment
from pipeline.dedup.near.clusters import components
from pipeline.dedup.near.component_blocks import (
    by_a,
    giants,
    pair_rows,
    root_rows,
    size_rows,
    summed_sizes,
)
from pipeline.dedup.near.minhash import shingles
from pipeline.dedup.near.pairs import band_rows, candidates, signatures
from pipeline.dedup.near.survivors import Verdict, judge, member_rows
from pipeline.dedup.rows import (
    DROP,
    Rows,
    Words,
    column,
    concatenate,
    hash_names,
    id_strings,
    id_words,
)
from pipeline.errors import UsageError
from pipeline.recipe import DedupConfig
from pipeline.text import Split


def exact_decisions(
    parts: Sequence[pa.Table],
    config: DedupConfig,
    earlier: Sequence[pa.Table] = (),
) -> list[pa.Table]:
    """Decisions for every part of keys; `earlier` are keys that runs before this one have kept."""
    own, keys = len(parts), [*parts, *earlier]
    drops = [np.zeros(0, dtype=DROP)] * len(keys)
    for step in drop_comparisons(config, own):
        left = [survivors(table, gone) for table, gone in zip(keys, drops, strict=True)]
        more = compared(step, left)
        drops = [np.concatenate([gone, _of_part(more, at)]) for at, gone in enumerate(drops)]
    left = [survivors(table, gone) for table, gone in zip(keys, drops, strict=True)]
    lines, shared = _lines(left, own, config), np.zeros(0, dtype=paragraphs.PART_PARAGRAPH)
    if config.paragraphs:
        shared = compared(paragraph_comparison(config, config.paragraphs, own), left)
    return [
        part_decisions(keys[at], drops[at], lines[at], _of_part(shared, at), config)
        for at in range(own)
    ]


def _lines(left: Sequence[pa.Table], own: int, config: DedupConfig) -> list[Rows]:
    """The recurring lines that each own part hears of."""
    if not config.site_lines:
        return [np.zeros(0, dtype=recurring.PART_LINE)] * own
    sites = concatenate([recurring.site_rows(table) for table in left[:own]], recurring.SITE_ROW)
    crowded = recurring.crowded_sites(recurring.summed_sites(sites))
    rows = [
        recurring.line_rows(table, crowded, config.site_lines, config.survivor, at >= own)
        for at, table in enumerate(left)
    ]
    found = recurring.recurring_lines(
        recurring.summed(concatenate(rows, recurring.LINE_ROW)), config.site_lines
    )
    return [found[np.isin(found["site"], column(table, "site"))] for table in left[:own]]


def compared(step: Comparison, parts: Sequence[pa.Table]) -> Rows:
    """All rows of a comparison in one range."""
    rows = [step.rows(table, at) for at, table in enumerate(parts)]
    return concatenate([*step.reduce([concatenate(rows, step.row_type)])], step.result_type)


def _of_part(rows: Rows, part: int) -> Rows:
    mine: Rows = rows[rows["part"] == part]
    return mine


@dataclass(frozen=True)
class Near:
    """Decisions and clusters for every part, and what was counted on the way."""

    decisions: list[pa.Table]
    clusters: list[pa.Table]
    counts: dict[str, int]


def near_decisions(
    parts: Sequence[pa.Table], config: DedupConfig, earlier: Sequence[pa.Table] = ()
) -> Near:
    """Near-duplicates of curated parts (columns id, source, signature, characters, date,
    quality).
    """
    if not config.minhash:
        raise UsageError("near needs dedup.minhash; give it bands, rows and a threshold")
    own, tables = len(parts), [*parts, *earlier]
    signed = [signatures(table, config.minhash) for table in tables]
    bands = [
        band_rows(
            each, at, hash_names(table["source"].take(pa.array(each.places)).to_pylist()), config
        )
        for at, (each, table) in enumerate(zip(signed, tables, strict=True))
    ]
    found = [*candidates(np.concatenate(bands))]
    linked = np.concatenate([one.pairs for one in found])
    stars, rounds = components(linked)
    roots, split = root_rows(stars), giants(summed_sizes(size_rows(stars)))
    members = [
        member_rows(each, table, at, _of_part(roots, at), config, split)
        for at, (each, table) in enumerate(zip(signed, tables, strict=True))
    ]
    together = pair_rows(linked, by_a(stars), split)
    verdict = judge(np.concatenate(members), together, own, config.minhash.threshold)
    contained = np.zeros(0, dtype=DROP)
    if config.containment:
        contained = _contained(tables, verdict, own, config, config.containment)
    gone = np.concatenate([verdict.drops, contained])
    counts = {
        "pairs": len(linked),
        "hot_buckets": sum(one.hot_buckets for one in found),
        "hot_documents": sum(one.hot_documents for one in found),
        "rounds": rounds,
        "split_components": len(split),
    }
    return Near(
        [decisions_table(_of_part(gone, at)) for at in range(own)],
        [clusters_table(_of_part(verdict.clusters, at)) for at in range(own)],
        counts,
    )


def _contained(
    tables: Sequence[pa.Table],
    verdict: Verdict,
    own: int,
    config: DedupConfig,
    limit: float,
) -> Rows:
    """DROP rows of documents that stand in longer ones, among those that are not gone."""
    gone = verdict.drops
    names = set(id_strings(gone["id_hi"], gone["id_lo"]))
    keys = []
    for at, table in enumerate(tables):
        each = containment.read_least(table)
        chosen = table.take(pa.array(each.places))
        stays = np.array([name not in names for name in chosen["id"].to_pylist()], dtype=np.bool_)
        sources = hash_names(chosen["source"].to_pylist())
        keys.append(containment.key_rows(each, at, sources, stays, config))
    pairs = [*containment.pairs_of_keys(np.concatenate(keys), own)]
    asked = containment.bounded(containment.candidates(concatenate(pairs, containment.PAIR_ROW)))
    samples = [containers.sample_rows(_of_part(asked, at), *_read(tables[at])) for at in range(own)]
    told = concatenate(samples, containers.SAMPLE_ROW)
    found = [
        containers.containers(_of_part(told, at), *_read(table), limit)
        for at, table in enumerate(tables)
    ]
    return containers.drops(containers.settled(concatenate(found, containers.CONTAINER)))


def _read(table: pa.Table) -> tuple[dict[int, tuple[int, int]], dict[int, Words]]:
    words = id_words(table["id"].to_pylist()).tolist() if len(table) else []
    ids = {at: (high, low) for at, (high, low) in enumerate(words)}
    texts = enumerate(table["text"].to_pylist())
    return ids, {at: np.unique(shingles(Split(text).lower_words)) for at, text in texts}
