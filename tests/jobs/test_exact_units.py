"""What the pipelines of `exact` do with one part: who is left, what hosts forbid, what follows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from support_lines import marks
from support_parts import curated, document, gone, unit_of
from support_ranges import group_of, save, told, words_of

from pipeline.arrow import documents_table
from pipeline.dedup.comparisons import drop_comparisons
from pipeline.dedup.keys import keys_table, site_hash
from pipeline.dedup.lines.recurring import PART_LINE
from pipeline.dedup.opt_outs import POLICY_ROW
from pipeline.dedup.rows import DROP, URL, Rows, make
from pipeline.document import Unit, digest
from pipeline.frame.range_files import RangeFiles
from pipeline.jobs.exact_units import (
    Decider,
    host_policies,
    keys_left,
    opt_outs,
    rows_to_compare,
    site_pages,
    told_rules,
)
from pipeline.policy import PolicyRule, SitePolicy, policies_table
from pipeline.recipe import DedupConfig

MENU = "Home and shop and all the rest"
ROWS = [document(name, f"{MENU}\nThe words of {name}.") for name in ("one", "two", "three")]
NAMES = ("one", "two", "three")
BAN = PolicyRule("gptbot", False, "/")


NUMBERS = {"other": 0, "part": 1, "before": 2}


@pytest.fixture
def store(tmp_path: Path) -> RangeFiles:
    """Two parts of this run and one of an earlier one; by its address `two` leaves the second."""
    found = RangeFiles(f"{tmp_path}/rows", 3, 2)
    leaving = [
        make(DROP, 1, part=part, reason=URL, copies=1, **words_of(name))
        for name, part in (("two", 1), ("one", 0))
    ]
    save(found, "url", ("part",), np.concatenate(leaving))
    return found


def keys(folder: Path) -> Unit:
    return numbered(unit_of(folder, keys_table(ROWS)), "part")


def numbered(unit: Unit, name: str) -> Unit:
    return replace(unit, name=name, number=NUMBERS[name])


def addresses(folder: Path, *banned: str, name: str = "part") -> Unit:
    """A unit of (no keys, the documents of the part, the policies that forbid these hosts)."""
    rules = [SitePolicy(digest(host), host, "2026", "robots", (BAN,)) for host in banned]
    documents = ROWS if name == "part" else []
    tables = (keys_table([]), documents_table(documents), policies_table(rules))
    return numbered(unit_of(folder / name, *tables), name)


def ruled(store: RangeFiles, *units: Unit) -> None:
    """The policies of `units` brought to the parts that ask for them."""
    met, asked = zip(*(rows for unit in units for rows in host_policies(unit)), strict=True)
    groups = {"rules": group_of(np.concatenate(met)), "asks": group_of(np.concatenate(asked))}
    save(store, "policies", ("part",), np.concatenate([*told_rules(store, 0, groups)]))


def ids(table: pa.Table) -> Rows:
    columns = {name: table[name].to_numpy() for name in ("id_hi", "id_lo")}
    return make(DROP, len(table), **columns)


def test_those_that_left_before_are_not_compared(tmp_path: Path, store: RangeFiles) -> None:
    left = keys_left(store, ("url",), keys(tmp_path))
    assert told(ids(left), *NAMES) == {"one", "three"}
    assert len(keys_left(store, (), keys(tmp_path))) == 3


def test_of_an_earlier_run_only_what_it_kept_is_compared(tmp_path: Path, store: RangeFiles) -> None:
    later = curated(*ROWS[:2])  # `three` did not reach the curated part
    unit = numbered(unit_of(tmp_path, keys_table(ROWS), later, gone("two")), "before")
    assert told(ids(keys_left(store, ("url",), unit)), *NAMES) == {"one"}


def test_rows_of_a_comparison_name_their_part(tmp_path: Path, store: RangeFiles) -> None:
    record, *_ = drop_comparisons(DedupConfig(), store.own)
    (rows,) = rows_to_compare(store, record, ("url",), keys(tmp_path))
    assert told(rows, *NAMES) == {"one", "three"}
    assert set(rows["part"].tolist()) == {1}


def test_pages_of_a_site_are_counted_among_those_left(tmp_path: Path, store: RangeFiles) -> None:
    (rows,) = site_pages(store, ("url",), keys(tmp_path))
    assert dict(rows.tolist()) == {site_hash(ROWS[0]): 1, site_hash(ROWS[2]): 1}


def test_a_part_asks_for_the_hosts_of_its_documents(tmp_path: Path, store: RangeFiles) -> None:
    ((met, asked),) = host_policies(addresses(tmp_path, "two.org"))
    assert set(asked["part"].tolist()) == {1}
    assert set(met["host"].tolist()) < set(asked["key"].tolist())


@pytest.mark.parametrize("place", ["part", "other"])
def test_documents_of_a_host_that_forbids_it_leave_wherever_the_policy_was_met(
    tmp_path: Path, store: RangeFiles, place: str
) -> None:
    banned = {place: ["two.org"]}
    units = [addresses(tmp_path, *banned.get(at, []), name=at) for at in ("part", "other")]
    ruled(store, *units)
    (rows,) = opt_outs(store, units[0])
    assert told(rows, *NAMES) == {"two"}
    assert set(rows["part"].tolist()) == {1}


def test_documents_of_a_part_without_rules_are_not_read(store: RangeFiles) -> None:
    save(store, "policies", ("part",), make(POLICY_ROW, 1, part=0))
    assert list(opt_outs(store, numbered(Unit("", ("gone", "gone", "gone")), "part"))) == []


def test_a_part_is_decided_by_what_every_comparison_left_for_it(
    tmp_path: Path, store: RangeFiles
) -> None:
    unit = addresses(tmp_path, "three.org")
    ruled(store, unit)
    save(store, "opt_outs", ("part",), next(opt_outs(store, unit)))
    decide = Decider(store, ("opt_outs", "url"), DedupConfig())
    rows = decide(keys(tmp_path)).to_pylist()
    assert {row["id"]: (row["reason"], row["detail"]) for row in rows} == {
        digest("two"): ("duplicate_url", "0" * 32),
        digest("three"): ("robots_opt_out", "gptbot /"),
    }


@pytest.mark.parametrize("on", [True, False])
def test_lines_that_recur_are_cut_where_the_recipe_says_so(
    tmp_path: Path, store: RangeFiles, on: bool
) -> None:
    (line,) = marks(MENU)
    rows = make(PART_LINE, 1, part=1, site=site_hash(ROWS[0]), line=line)
    save(store, "lines", ("part",), rows)
    config = DedupConfig() if on else DedupConfig(site_lines=False)
    found = Decider(store, ("url",), config)(keys(tmp_path)).to_pylist()
    cut = {row["id"]: row["cut_lines"] for row in found if not row["reason"]}
    assert cut == ({digest("one"): [line]} if on else {})
