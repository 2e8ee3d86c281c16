"""What the pipelines of `near` do with one unit or one range: from files to rows, and back.

A unit of this run names its curated part; one of an earlier run (`against`) names after it the
decisions of `near` that tell what it has kept.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from pipeline import files
from pipeline.dedup.decisions import clusters_table, decisions_table
from pipeline.dedup.near import clusters, pairs, survivors
from pipeline.dedup.rows import DROP, Rows, hash_names
from pipeline.document import Unit
from pipeline.frame.range_files import RangeFiles
from pipeline.jobs.earlier_runs import kept_rows
from pipeline.recipe import DedupConfig, MinhashConfig


def curated_rows(unit: Unit, columns: list[str]) -> pa.Table:
    """The documents of a unit that are there to compare."""
    if len(unit.paths) > 1:
        return kept_rows(unit, columns)
    return files.read_table(unit.paths[0], columns)


def band_rows(
    store: RangeFiles, config: DedupConfig, minhash: MinhashConfig, unit: Unit
) -> Iterator[Rows]:
    """A row for every band of every signature of a part."""
    table = curated_rows(unit, ["id", "source", "signature"])
    signed = pairs.signatures(table, minhash)
    sources = hash_names(table["source"].take(pa.array(signed.places)).to_pylist())
    yield pairs.band_rows(signed, store.numbers[unit.name], sources, config)


def candidates(store: RangeFiles, number: int, rows: Rows) -> Rows:
    """The pairs among the bands of a range."""
    found = pairs.candidates(rows)
    counts = {"hot_buckets": found.hot_buckets, "hot_documents": found.hot_documents}
    files.write_json(store.path("buckets", number), counts)
    return found.pairs


def edges(store: RangeFiles, name: str, unit: Unit) -> Iterator[Rows]:
    """The edges called `name` of the range that a unit starts at."""
    yield store.load(name, unit.start, clusters.EDGE)


def save_round(store: RangeFiles, name: str, number: int, rows: Rows) -> str:
    """The small star of a range, saved with a mark that tells whether a round has changed any."""
    stars = clusters.distinct(clusters.small_star(rows))
    count, mark = clusters.fingerprint(stars)
    files.write_json(store.path(f"{name}-mark", number), {"edges": count, "sum": mark})
    return store.save(name, number, stars)


def found_roots(rows: dict[str, Rows]) -> Rows:
    """The components of the documents of a range, for their parts."""
    return survivors.root_rows(rows["stars"])


def linked_pairs(rows: dict[str, Rows]) -> Rows:
    """The pairs of a range with the roots of their components."""
    return survivors.pair_rows(rows["pairs"], rows["stars"])


def members(
    store: RangeFiles, config: DedupConfig, minhash: MinhashConfig, unit: Unit
) -> Iterator[Rows]:
    """The documents of a part that stand in a component, with what orders them."""
    part = store.numbers[unit.name]
    roots = store.of_part(("roots",), part, survivors.ROOT_ROW)
    if len(roots):
        quality = [*survivors.QUALITY] if "quality" in config.survivor else []
        table = curated_rows(unit, ["id", "characters", "date", "signature", *quality])
        if quality:
            table = table.append_column("quality", pa.array(survivors.prose_share(table)))
        yield survivors.member_rows(pairs.signatures(table, minhash), table, part, roots, config)


def judged(store: RangeFiles, threshold: float, number: int, rows: Rows) -> survivors.Verdict:
    """The verdict on the components of a range."""
    linked = store.load("linked", number, survivors.PAIR)
    verdict = survivors.judge(rows, linked, store.own, threshold)
    files.write_json(store.path("judged", number), {"split_components": verdict.split})
    return verdict


def read_counts(path: str) -> dict[str, int]:
    """What a range has counted; nothing where it had no rows."""
    found: dict[str, int] = files.read_json(path) if files.exists(path) else {}
    return found


def counts_of(store: RangeFiles) -> dict[str, int]:
    """The sums over all ranges."""
    found: Counter[str] = Counter()
    for name in ("buckets", "judged"):
        for number in range(store.ranges):
            found.update(read_counts(store.path(name, number)))
    return dict(found)


@dataclass(frozen=True)
class NearFound:
    """What `near` has found: the tables of every unit of this run, and the counts."""

    store: RangeFiles
    counts: dict[str, int]

    def __call__(self, unit: Unit) -> tuple[pa.Table, pa.Table]:
        """The decisions on a unit's part, and its documents' clusters."""
        part = self.store.numbers[unit.name]
        drops = self.store.of_part(("drops",), part, DROP)
        groups = self.store.of_part(("clusters",), part, survivors.CLUSTER)
        return decisions_table(drops), clusters_table(groups)
