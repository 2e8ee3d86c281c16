"""What the pipelines of `exact` do with one unit: from the files of a part to rows, and back.

A unit of this run names its parts of keys, documents and policies; one of an earlier run
(`against`) its part of keys, the curated part, and the decisions of `near` that tell what it has
kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from pipeline import files
from pipeline.dedup import paragraphs
from pipeline.dedup.comparisons import Comparison, part_decisions
from pipeline.dedup.keys import KEYS_SCHEMA, kept_before, survivors
from pipeline.dedup.lines import recurring
from pipeline.dedup.opt_outs import (
    POLICY_ROW,
    hosts_asked,
    newest,
    opted_out,
    policy_rows,
    rules_of,
)
from pipeline.dedup.rows import DROP, Rows, column, make, read_rows
from pipeline.dedup.told_parts import ASK, ask_rows, told
from pipeline.document import Unit
from pipeline.frame.range_files import RangeFiles, ranges_of_parts
from pipeline.frame.row_groups import Group
from pipeline.jobs.earlier_runs import kept_rows
from pipeline.recipe import DedupConfig, LinesConfig


def host_policies(unit: Unit) -> Iterator[tuple[Rows, Rows]]:
    """The newest site policies that a part has met, and the hosts whose policies it asks for."""
    _, found, met = unit.files
    urls = files.read_table(found, ["url"])["url"].to_pylist()
    yield newest(policy_rows(files.read_table(met))), ask_rows(hosts_asked(urls), unit.number)


def told_rules(store: RangeFiles, number: int, groups: Mapping[str, Group]) -> Iterator[Rows]:
    """The rules of every host of a range, for the parts that ask for them."""
    rules = rules_of(newest(groups["rules"].whole()))
    return told([rules], "host", groups["asks"].whole(), partial(ranges_of_parts, store.ranges))


def opt_outs(store: RangeFiles, unit: Unit) -> Iterator[Rows]:
    """The documents of a part that the policies of their hosts forbid."""
    rules = store.of_part(("policies",), unit.number, POLICY_ROW)
    if len(rules):
        found = files.read_table(unit.files[1], ["id", "url"])
        yield opted_out(found["id"].to_pylist(), found["url"].to_pylist(), rules, unit.number)


def rows_to_compare(
    store: RangeFiles, comparison: Comparison, done: tuple[str, ...], unit: Unit
) -> Iterator[Rows]:
    """What a part brings to a comparison, after those that are `done`."""
    yield comparison.rows(keys_left(store, done, unit), unit.number)


def keys_left(store: RangeFiles, done: tuple[str, ...], unit: Unit) -> pa.Table:
    """The keys of a part without the documents that have left."""
    keys = files.read_table(unit.files[0], KEYS_SCHEMA.names)
    if unit.number >= store.own:
        return kept_before(keys, kept_rows(unit, ["id"])["id"].to_pylist())
    return survivors(keys, store.of_part(done, unit.number, DROP))


def site_pages(store: RangeFiles, done: tuple[str, ...], unit: Unit) -> Iterator[Rows]:
    """The pages of every site in a part."""
    yield recurring.site_rows(keys_left(store, done, unit))


@dataclass(frozen=True)
class CutRows:
    """What a part brings to what is cut: lines of sites, the sites it asks for, paragraphs.

    `crowded` is the path of the sites of which only some pages are counted.
    """

    store: RangeFiles
    done: tuple[str, ...]
    crowded: str
    lines: LinesConfig | None
    paragraphs: Comparison | None
    survivor: tuple[str, ...]

    def start(self) -> Callable[[Unit], Iterator[tuple[Rows, Rows, Rows]]]:
        return partial(self._rows, read_rows(self.crowded, recurring.SITE_ROW))

    def _rows(self, crowded: Rows, unit: Unit) -> Iterator[tuple[Rows, Rows, Rows]]:
        keys = keys_left(self.store, self.done, unit)
        own, compare = unit.number < self.store.own, self.paragraphs
        lines = _NO_LINES
        if self.lines:
            lines = recurring.line_rows(keys, crowded, self.lines, self.survivor, not own)
        yield (
            lines,
            ask_rows(column(keys, "site"), unit.number) if own and self.lines else _NO_ASKS,
            compare.rows(keys, unit.number) if compare else _NO_PARAGRAPHS,
        )


_NO_LINES = make(recurring.LINE_ROW, 0)
_NO_ASKS = make(ASK, 0)
_NO_PARAGRAPHS = make(paragraphs.PARAGRAPH_ROW, 0)


def told_lines(store: RangeFiles, number: int, groups: Mapping[str, Group]) -> Iterator[Rows]:
    """The recurring lines of every site of a range, for the parts with pages of it."""
    asks = groups["asks"].whole()
    return told(groups["lines"], "site", asks, partial(ranges_of_parts, store.ranges))


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
            files.read_table(unit.files[0]),
            self.store.of_part(self.done, part, DROP),
            self.store.of_part(lines, part, recurring.PART_LINE),
            self.store.of_part(shared, part, paragraphs.PART_PARAGRAPH),
            config,
            self.store.of_part(rules, part, POLICY_ROW),
        )
