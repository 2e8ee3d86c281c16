"""What the pipelines of deduplication do with one unit or one range: from files to rows and back.

Unit by unit and range by range, without Beam; `transform` says in which order and what is brought
together. A unit of this run names one file; one of an earlier run (`against`) names after it the
curated part and the decisions of `near` that tell what it has kept.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline import files
from pipeline.dedup import opt_outs, paragraphs
from pipeline.dedup.comparisons import Pass, part_decisions
from pipeline.dedup.decisions import TOO_SHORT, apply_decisions, clusters_table, decisions_table
from pipeline.dedup.desk import Desk
from pipeline.dedup.keys import kept_before
from pipeline.dedup.keys import survivors as left_of
from pipeline.dedup.lines import recurring
from pipeline.dedup.near import clusters, pairs, survivors
from pipeline.dedup.near.minhash import signature
from pipeline.dedup.rows import DROP, Rows, column, hash_names
from pipeline.document import Batch, Measured, Unit, documents
from pipeline.recipe import DedupConfig, MinhashConfig

QUALITY = ("punctuated_line_share", "duplicate_line_character_share")  # statistics of `curate`

Group = tuple[int, dict[str, Rows]]
"""A range and its rows by name."""


def read_decided(config: DedupConfig, unit: Unit) -> Iterator[Batch]:
    rows = documents(files.read_table(unit.paths[0]))
    decisions = files.read_table(unit.paths[1])
    done = apply_decisions(rows, decisions, "dedup", config.min_characters)
    short = tuple(row for row in done.dropped if row.reason == TOO_SHORT)
    seen = {
        "document": len(done.kept) + len(short),
        "apart:cut_lines": done.lines,
        "apart:cut_paragraphs": done.paragraphs,
        "apart:cut_characters": done.characters,
    }
    yield Batch(unit, 0, True, tuple(done.kept), short, tuple(seen.items()))


def sign(config: MinhashConfig, record: Measured) -> Measured:
    data = signature(record.words, config)
    return replace(record, columns={**record.columns, "signature": data})


def pass_rows(desk: Desk, step: Pass, done: tuple[str, ...], unit: Unit) -> Iterator[Rows]:
    yield step.rows(keys_left(desk, done, unit), desk.numbers[unit.name])


def keys_left(desk: Desk, done: tuple[str, ...], unit: Unit) -> pa.Table:
    keys = files.read_table(unit.paths[0])
    if len(unit.paths) > 1:
        return kept_before(keys, kept(unit, ["id"])["id"].to_pylist())
    return left_of(keys, desk.of_part(done, desk.numbers[unit.name], DROP))


def kept(unit: Unit, columns: list[str]) -> pa.Table:
    """The rows of an earlier run's curated part that its near-duplicate decisions have left."""
    curated, decisions = unit.paths[-2:]
    gone = set(files.read_table(decisions, ["id"])["id"].to_pylist())
    table = files.read_table(curated, columns)
    return table.filter(
        pa.array([name not in gone for name in table["id"].to_pylist()], pa.bool_())
    )


def site_rows(desk: Desk, done: tuple[str, ...], unit: Unit) -> Iterator[Rows]:
    yield recurring.site_rows(keys_left(desk, done, unit))


def policy_rows(desk: Desk, unit: Unit) -> Iterator[Rows]:
    """The site policies that a part has met, and the hosts whose policies it asks for.

    The unit names a part's policies and its documents, of which the addresses are read.
    """
    policies, found = unit.paths
    urls = files.read_table(found, ["url"])["url"].to_pylist()
    yield opt_outs.host_rows(urls, desk.numbers[unit.name])
    yield opt_outs.policy_rows(files.read_table(policies))


def opt_out_rows(desk: Desk, unit: Unit) -> Iterator[Rows]:
    part = desk.numbers[unit.name]
    rules = desk.of_part(("policies",), part, opt_outs.POLICY_ROW)
    if len(rules):
        found = files.read_table(unit.paths[1], ["id", "url"])
        yield opt_outs.opted_out(found["id"].to_pylist(), found["url"].to_pylist(), rules, part)


def exact_decisions(desk: Desk, done: tuple[str, ...], config: DedupConfig, unit: Unit) -> pa.Table:
    part = desk.numbers[unit.name]
    return part_decisions(
        files.read_table(unit.paths[0]),
        desk.of_part(done, part, DROP),
        desk.of_part(("lines",) if config.site_lines else (), part, recurring.PART_LINE),
        desk.of_part(("paragraphs",) if config.paragraphs else (), part, paragraphs.PART_PARAGRAPH),
        config,
        desk.of_part(("policies",) if "opt_outs" in done else (), part, opt_outs.POLICY_ROW),
    )


def band_rows(
    desk: Desk, config: DedupConfig, minhash: MinhashConfig, unit: Unit
) -> Iterator[Rows]:
    table = curated(unit, ["id", "source", "signature"])
    signed = pairs.signatures(table, minhash)
    sources = hash_names(table["source"].take(pa.array(signed.places)).to_pylist())
    yield pairs.band_rows(signed, desk.numbers[unit.name], sources, config)


def curated(unit: Unit, columns: list[str]) -> pa.Table:
    if len(unit.paths) > 1:
        return kept(unit, columns)
    return files.read_table(unit.paths[0], columns)


def candidates(group: Group, desk: Desk) -> Rows:
    found = pairs.candidates(group[1]["rows"])
    counts = {"hot_buckets": found.hot_buckets, "hot_documents": found.hot_documents}
    files.write_json(desk.path("buckets", group[0]), counts)
    return found.pairs


def edges_of(desk: Desk, name: str, unit: Unit) -> Iterator[Rows]:
    yield desk.load(name, unit.start, clusters.EDGE)


def save_round(group: Group, desk: Desk, name: str) -> str:
    number, rows = group
    stars = clusters.distinct(clusters.small_star(rows["rows"]))
    edges, mark = clusters.fingerprint(stars)
    files.write_json(desk.path(f"{name}-mark", number), {"edges": edges, "sum": mark})
    return desk.save(name, number, stars)


def members(desk: Desk, config: DedupConfig, minhash: MinhashConfig, unit: Unit) -> Iterator[Rows]:
    part = desk.numbers[unit.name]
    roots = desk.of_part(("roots",), part, survivors.ROOT_ROW)
    if len(roots):
        quality = [*QUALITY] if "quality" in config.survivor else []
        table = curated(unit, ["id", "characters", "date", "signature", *quality])
        if quality:
            table = table.append_column("quality", pa.array(prose_share(table)))
        yield survivors.member_rows(pairs.signatures(table, minhash), table, part, roots, config)


def prose_share(table: pa.Table) -> NDArray[np.float64]:
    """What the order of survivors calls quality: the share of lines that end in punctuation, less
    the share of characters in lines that the text repeats. Prose comes before lists and menus.
    """
    punctuated, repeated = (column(table, name) for name in QUALITY)
    share: NDArray[np.float64] = punctuated - repeated
    return share


def judged(group: Group, desk: Desk, threshold: float) -> survivors.Verdict:
    number, rows = group
    linked = desk.load("linked", number, survivors.PAIR)
    verdict = survivors.judge(rows["rows"], linked, desk.own, threshold)
    files.write_json(desk.path("judged", number), {"split_components": verdict.split})
    return verdict


def read_counts(path: str) -> dict[str, int]:
    found: dict[str, int] = files.read_json(path) if files.exists(path) else {}
    return found


def counts_of(desk: Desk) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name in ("buckets", "judged"):
        for number in range(desk.ranges):
            found.update(read_counts(desk.path(name, number)))
    return dict(found)


@dataclass(frozen=True)
class NearFound:
    """What `near` has left on the desk: the tables of every own unit, and the counts."""

    desk: Desk
    counts: dict[str, int]

    def __call__(self, unit: Unit) -> tuple[pa.Table, pa.Table]:
        """The decisions on a unit's part, and its documents' clusters."""
        part = self.desk.numbers[unit.name]
        drops = self.desk.of_part(("drops",), part, DROP)
        groups = self.desk.of_part(("clusters",), part, survivors.CLUSTER)
        return decisions_table(drops), clusters_table(groups)
