"""What the pipelines of `near` do with one unit or one range: from files to rows, and back.

A unit of this run names its curated part; one of an earlier run (`against`) names after it the
decisions of `near` that tell what it has kept.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from pipeline import files
from pipeline.dedup.decisions import clusters_table, decisions_table
from pipeline.dedup.near import clusters, component_blocks, containers, pairs, survivors
from pipeline.dedup.rows import Rows, hash_names, read_rows
from pipeline.document import Unit
from pipeline.frame.range_files import PartRows, RangeFiles
from pipeline.frame.row_groups import Group, Spool
from pipeline.jobs.earlier_runs import kept_rows
from pipeline.recipe import DedupConfig, MinhashConfig


def curated_rows(unit: Unit, columns: list[str]) -> pa.Table:
    """The documents of a unit that are there to compare."""
    if len(unit.paths) > 1:
        return kept_rows(unit, columns)
    return files.read_table(unit.files[0], columns)


def band_rows(config: DedupConfig, minhash: MinhashConfig, unit: Unit) -> Iterator[Rows]:
    """A row for every band of every signature of a part."""
    table = curated_rows(unit, ["id", "source", "signature"])
    signed = pairs.signatures(table, minhash)
    sources = hash_names(table["source"].take(pa.array(signed.places)).to_pylist())
    yield pairs.band_rows(signed, unit.number, sources, config)


def bucket_counts(found: pairs.Candidates) -> dict[str, int]:
    """What is counted of the buckets of a range."""
    return {"hot_buckets": found.hot_buckets, "hot_documents": found.hot_documents}


def candidates(number: int, group: Group) -> Iterator[pairs.Candidates]:
    """The candidate pairs of a range of bands."""
    for found in map(pairs.candidates, group.pieces()):
        yield from found


def edges(store: RangeFiles, name: str, unit: Unit) -> Iterator[Rows]:
    """The edges called `name` of the range that a unit starts at."""
    return store.chunks(name, unit.start, clusters.EDGE)


def save_round(store: RangeFiles, name: str, number: int, group: Group) -> Iterator[dict[str, int]]:
    """Saves the small star of a range; gives a mark that tells whether a round has changed any."""
    marks: list[tuple[int, int]] = []

    def told(rows: Rows) -> Rows:
        stars = clusters.distinct(rows)
        marks.append(clusters.fingerprint(stars))
        return stars

    with Spool(clusters.small_star(group), clusters.EDGE) as chunks:
        store.save(name, number, chunks, clusters.EDGE, told)
    # Modulo, as each mark is: so it adds nothing where pieces were cut, which may differ in rounds.
    total = sum(mark for _, mark in marks) % 2**64
    yield {"edges": sum(count for count, _ in marks), "sum": total}


def linked_pairs(giants: str, number: int, groups: Mapping[str, Group]) -> Iterator[Rows]:
    """The pairs of a range with the roots of their components."""
    stars = component_blocks.by_a(groups["stars"].whole())
    split = read_rows(giants, component_blocks.GIANT)
    for rows in groups["pairs"]:
        yield component_blocks.pair_rows(rows, stars, split)


_ORDERING = ("url", "language", "characters", "date")


@dataclass(frozen=True)
class Members:
    """The documents of a part that stand in a component, with what orders them."""

    store: RangeFiles
    config: DedupConfig
    minhash: MinhashConfig
    giants: str  # path of the components that are split

    def start(self) -> Callable[[Unit], Iterator[Rows]]:
        return partial(self._rows, read_rows(self.giants, component_blocks.GIANT))

    def _rows(self, split: Rows, unit: Unit) -> Iterator[Rows]:
        roots = self.store.of_part(("roots",), unit.number, component_blocks.ROOT_ROW)
        if len(roots):
            quality = [*survivors.QUALITY] if "quality" in self.config.survivor else []
            table = curated_rows(unit, [*_ORDERING, "id", "signature", *quality])
            if quality:
                table = table.append_column("quality", pa.array(survivors.prose_share(table)))
            signed = pairs.signatures(table, self.minhash)
            yield survivors.member_rows(signed, table, unit.number, roots, self.config, split)


def judged(
    store: RangeFiles, threshold: float, number: int, group: Group
) -> Iterator[survivors.Verdict]:
    """The verdict on the components of a range."""
    for rows in group.pieces():
        linked = store.chunks("linked", number, component_blocks.PAIR)
        found = [survivors.pairs_of(rows, some) for some in linked]
        yield survivors.judge(rows, np.concatenate(found), store.own, threshold)


def summed(counts: list[dict[str, int]]) -> dict[str, int]:
    """The sums of counts of one kind."""
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return dict(found)


def counts_bytes(counts: dict[str, int]) -> bytes:
    return json.dumps(counts, sort_keys=True).encode()


def read_counts(path: str) -> dict[str, int]:
    """The counts in a file; nothing where there were none."""
    try:
        found: dict[str, int] = files.read_json(path)
    except FileNotFoundError:
        return {}
    return found


@dataclass(frozen=True)
class NearFound:
    """What `near` has found: the tables of every unit of this run, and the counts."""

    store: RangeFiles
    counts: dict[str, int]
    drops: PartRows
    contained: PartRows  # documents that stand in longer ones

    def __call__(self, unit: Unit) -> tuple[pa.Table, pa.Table]:
        """The decisions on a unit's part, and its documents' clusters."""
        part = unit.number
        groups = self.store.of_part(("clusters",), part, survivors.CLUSTER)
        contained = containers.drops(self.contained(part))
        drops = np.concatenate([self.drops(part), contained])
        return decisions_table(drops), clusters_table(groups)
