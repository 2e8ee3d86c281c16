"""What the pipelines of `exact` do with one unit: from the files of a part to rows, and back.

A unit of this run names its parts of keys, documents and policies; one of an earlier run
(`against`) its part of keys, the curated part, and the decisions of `near` that tell what it has
kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from pipeline import files
from pipeline.dedup import paragraphs
from pipeline.dedup.comparisons import Comparison, part_decisions
from pipeline.dedup.keys import kept_before, survivors
from pipeline.dedup.lines import recurring
from pipeline.dedup.opt_outs import POLICY_ROW, host_rows, opted_out, policy_rows
from pipeline.dedup.rows import DROP, Rows
from pipeline.document import Unit
from pipeline.frame.range_files import RangeFiles
from pipeline.jobs.earlier_runs import kept_rows
from pipeline.recipe import DedupConfig


def host_policies(unit: Unit) -> Iterator[Rows]:
    """The site policies that a part has met, and the hosts whose policies it asks for."""
    _, found, met = unit.paths
    urls = files.read_table(found, ["url"])["url"].to_pylist()
    yield host_rows(urls, unit.number)
    yield policy_rows(files.read_table(met))


def opt_outs(store: RangeFiles, unit: Unit) -> Iterator[Rows]:
    """The documents of a part that the policies of their hosts forbid."""
    rules = store.of_part(("policies",), unit.number, POLICY_ROW)
    if len(rules):
        found = files.read_table(unit.paths[1], ["id", "url"])
        yield opted_out(found["id"].to_pylist(), found["url"].to_pylist(), rules, unit.number)


def comparing(
    store: RangeFiles, comparison: Comparison, done: tuple[str, ...]
) -> Callable[[Unit], Iterator[Rows]]:
    """What turns a part into what it brings to a comparison, after those that are `done`."""
    rows = comparison.start()

    def of_part(unit: Unit) -> Iterator[Rows]:
        yield rows(keys_left(store, done, unit), unit.number)

    return of_part


def keys_left(store: RangeFiles, done: tuple[str, ...], unit: Unit) -> pa.Table:
    """The keys of a part without the documents that have left."""
    keys = files.read_table(unit.paths[0])
    if unit.number >= store.own:
        return kept_before(keys, kept_rows(unit, ["id"])["id"].to_pylist())
    return survivors(keys, store.of_part(done, unit.number, DROP))


def site_pages(store: RangeFiles, done: tuple[str, ...], unit: Unit) -> Iterator[Rows]:
    """The pages of every site in a part."""
    yield recurring.site_rows(keys_left(store, done, unit))


@dataclass(frozen=True)
class Decider:
    """Turns a unit into its decisions, from what the comparisons have left."""

    store: RangeFiles
    done: tuple[str, ...]
    config: DedupConfig

    def __call__(self, unit: Unit) -> pa.Table:
        part, config = unit.number, self.config
        lines = ("lines",) if config.site_lines else ()
        shared = ("paragraphs",) if config.paragraphs else ()
        rules = ("policies",) if "opt_outs" in self.done else ()
        return part_decisions(
            files.read_table(unit.paths[0]),
            self.store.of_part(self.done, part, DROP),
            self.store.of_part(lines, part, recurring.PART_LINE),
            self.store.of_part(shared, part, paragraphs.PART_PARAGRAPH),
            config,
            self.store.of_part(rules, part, POLICY_ROW),
        )
