"""What the pipelines of `near` do with one part or one range, and all of it on one small corpus."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from support_parts import gone, unit_of
from support_ranges import save, told, words_of

from pipeline.dedup.near import clusters, survivors
from pipeline.dedup.near.minhash import signature
from pipeline.dedup.near.pairs import BAND_ROW, candidates
from pipeline.dedup.rows import make
from pipeline.document import Unit, digest
from pipeline.frame.range_files import RangeFiles
from pipeline.jobs.near_units import (
    NearFound,
    band_rows,
    bucket_counts,
    component_counts,
    counts_bytes,
    curated_rows,
    edges,
    judged,
    linked_pairs,
    members,
    read_counts,
    save_round,
    summed,
)
from pipeline.recipe import DedupConfig, MinhashConfig

MINHASH = MinhashConfig(bands=20, rows=4)
WORDS = [f"word{at}" for at in range(80)]
TEXTS = {
    "brief": WORDS[:3],  # too short to be signed
    "long": [*WORDS, "and", "more"],
    "short": WORDS,
    "other": [f"else{at}" for at in range(80)],
}
SOURCES = {"brief": "books", "long": "crawl", "short": "crawl", "other": "crawl"}


def curated(*names: str) -> pa.Table:
    """What a curated part says of these texts, in the order given."""
    return pa.table(
        {
            "id": [digest(name) for name in names],
            "source": [SOURCES[name] for name in names],
            "date": ["2026"] * len(names),
            "characters": [len(" ".join(TEXTS[name])) for name in names],
            "signature": pa.array([signature(TEXTS[n], MINHASH) for n in names], pa.binary()),
            "punctuated_line_share": [float(name == "short") for name in names],
            "duplicate_line_character_share": [0.25 * (name == "long") for name in names],
        }
    )


@pytest.fixture
def store(tmp_path: Path) -> RangeFiles:
    return RangeFiles(f"{tmp_path}/rows", 3, 2)


def part(folder: Path, *names: str) -> Unit:
    return replace(unit_of(folder, curated(*names or TEXTS)), number=1)


def bands(unit: Unit, config: DedupConfig | None = None) -> dict[str, set[int]]:
    """The band keys of every document that has some."""
    (rows,) = band_rows(config or DedupConfig(), MINHASH, unit)
    assert set(rows["part"].tolist()) <= {1}
    mine = {name: rows[rows["id_lo"] == words_of(name)["id_lo"]] for name in TEXTS}
    return {name: set(one["band"].tolist()) for name, one in mine.items() if len(one)}


def rooted(store: RangeFiles, **parts: int) -> None:
    """Brings one component of these documents to their parts."""
    root = {"root_hi": 1, "root_lo": 2}
    rows = [
        make(survivors.ROOT_ROW, 1, part=number, **words_of(name), **root)
        for name, number in parts.items()
    ]
    save(store, "roots", ("part",), np.concatenate(rows))


def test_own_parts_are_compared_whole_and_earlier_ones_without_what_left(tmp_path: Path) -> None:
    earlier = unit_of(tmp_path / "b", pa.table({"keys": [1]}), curated(*TEXTS), gone("long"))
    found = [curated_rows(unit, ["id"])["id"].to_pylist() for unit in (part(tmp_path), earlier)]
    expected = [digest(name) for name in TEXTS]
    assert found == [expected, [one for one in expected if one != digest("long")]]


def test_documents_that_are_alike_share_bands_and_others_none(tmp_path: Path) -> None:
    found = bands(part(tmp_path))
    assert set(found) == {"long", "short", "other"}
    assert {len(keys) for keys in found.values()} == {20}
    assert found["long"] & found["short"]
    assert not found["other"] & (found["long"] | found["short"])


def test_sources_apart_are_salted_with_their_own_document_s_source(tmp_path: Path) -> None:
    apart = DedupConfig(scope="per_source")
    found = bands(part(tmp_path), apart)
    assert found["long"] & found["short"]  # though a book stands before them
    assert found["long"].isdisjoint(bands(part(tmp_path))["long"])


def test_candidates_of_a_range_are_pairs_and_hot_buckets_are_counted() -> None:
    rows = make(BAND_ROW, 40, band=7, id_lo=np.arange(40))
    few, many = candidates(rows[:3]), candidates(rows)
    assert len(few.pairs) == 3
    assert len(many.pairs) > 40
    assert bucket_counts(few) == {"hot_buckets": 0, "hot_documents": 0}
    assert bucket_counts(many) == {"hot_buckets": 1, "hot_documents": 40}


def test_counts_are_those_of_all_ranges(tmp_path: Path, store: RangeFiles) -> None:
    buckets = bucket_counts(candidates(make(BAND_ROW, 40, band=7, id_lo=np.arange(40))))
    components = component_counts(judged(store, 0.8, 1, make(survivors.MEMBER, 0)))
    path = tmp_path / "counts.json"
    path.write_bytes(counts_bytes(summed([buckets, components, buckets])))
    expected = {"hot_buckets": 2, "hot_documents": 80, "split_components": 0}
    assert read_counts(str(path)) == expected


def test_nothing_was_counted_where_no_counts_are(tmp_path: Path) -> None:
    assert read_counts(str(tmp_path / "none.json")) == {}


def test_members_of_a_component_are_the_signed_documents_that_have_a_root(
    tmp_path: Path, store: RangeFiles
) -> None:
    rooted(store, short=1, long=1, other=0)
    (rows,) = members(store, DedupConfig(survivor=("longest",)), MINHASH, part(tmp_path))
    assert told(rows, *TEXTS) == {"short", "long"}
    lengths = {len(" ".join(TEXTS[name])) for name in ("short", "long")}
    assert {-order for order in rows["order_0"].tolist()} == lengths


def test_documents_of_a_part_without_candidates_are_not_read(store: RangeFiles) -> None:
    assert list(members(store, DedupConfig(), MINHASH, Unit("part", ("gone",), number=1))) == []


def test_members_are_ordered_by_the_quality_of_their_own_document(
    tmp_path: Path, store: RangeFiles
) -> None:
    rooted(store, short=1, long=1)
    (rows,) = members(store, DedupConfig(survivor=("quality",)), MINHASH, part(tmp_path))
    found = {row["id_lo"]: -row["order_0"] for row in rows}
    assert found == {words_of("short")["id_lo"]: 1.0, words_of("long")["id_lo"]: -0.25}


def test_a_round_is_read_back_by_its_range(store: RangeFiles) -> None:
    pair = make(clusters.EDGE, 1, a_lo=9, b_lo=4)
    save_round(store, "stars1", 2, pair)
    (rows,) = edges(store, "stars1", Unit("range", (), start=2))
    assert {(row["a_lo"], row["b_lo"]) for row in rows} == {(9, 4)}
    assert [len(each) for each in edges(store, "stars1", Unit("range", (), start=1))] == [0]


def test_a_round_that_changes_an_edge_has_another_mark(store: RangeFiles) -> None:
    rounds = {"same": (9, 4), "again": (9, 4), "changed": (9, 3)}
    same, again, changed = (
        save_round(store, name, 0, make(clusters.EDGE, 1, a_lo=a, b_lo=b))
        for name, (a, b) in rounds.items()
    )
    assert same == again != changed
    assert same["edges"] == len(store.load("same", 0, clusters.EDGE))


def decided(folder: Path, store: RangeFiles, *names: str) -> list[pa.Table]:
    """Decisions and clusters of one part, all ranges in one."""
    unit = part(folder, *names)
    (rows,) = band_rows(DedupConfig(), MINHASH, unit)
    found = candidates(rows).pairs
    stars, _ = clusters.components(found)
    save(store, "roots", ("part",), survivors.root_rows(stars))
    store.save("linked", 0, linked_pairs({"pairs": found, "stars": stars}))
    (component,) = members(store, DedupConfig(), MINHASH, unit)
    verdict = judged(store, MINHASH.threshold, 0, component)
    save(store, "drops", ("part",), verdict.drops)
    save(store, "clusters", ("part",), verdict.clusters)
    return list(NearFound(store, {})(unit))


@pytest.mark.parametrize("names", [(), ("short", "other", "long", "brief")])
def test_the_shorter_of_two_alike_leaves_for_the_longer_whatever_their_order(
    tmp_path: Path, store: RangeFiles, names: tuple[str, ...]
) -> None:
    decisions, groups = (table.to_pylist() for table in decided(tmp_path, store, *names))
    assert [(row["id"], row["reason"], row["detail"]) for row in decisions] == [
        (digest("short"), "near_duplicate", digest("long"))
    ]
    assert {row["id"] for row in groups} == {digest("short"), digest("long")}
    assert {(row["size"], row["survivor"]) for row in groups} == {(2, digest("long"))}


def test_another_part_has_no_share_in_these_decisions(tmp_path: Path, store: RangeFiles) -> None:
    decided(tmp_path, store)
    other = NearFound(store, {})(Unit("other", (), number=0))
    assert [table.num_rows for table in other] == [0, 0]
