"""What the pipelines of `near` do with one part or one range, and all of it on one small corpus."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from support_parts import gone, unit_of
from support_ranges import group_of, save, told, words_of

from pipeline.dedup.near import clusters, component_blocks
from pipeline.dedup.near.minhash import signed
from pipeline.dedup.near.pairs import BAND_ROW
from pipeline.dedup.rows import DROP, Rows, make
from pipeline.document import Unit, digest
from pipeline.frame.range_files import RangeFiles, part_rows
from pipeline.jobs.containment_units import nobody
from pipeline.jobs.near_units import (
    Members,
    NearFound,
    band_rows,
    bucket_counts,
    candidates,
    counts_bytes,
    curated_rows,
    edges,
    judged,
    linked_pairs,
    read_counts,
    save_round,
    summed,
)
from pipeline.recipe import DedupConfig, MinhashConfig

_BY_A = ("a_hi", "a_lo")
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
            "url": [""] * len(names),
            "language": [""] * len(names),
            "date": ["2026"] * len(names),
            "characters": [len(" ".join(TEXTS[name])) for name in names],
            "signature": pa.array(
                [signed(TEXTS[n], MINHASH)["signature"] for n in names], pa.binary()
            ),
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


def members(store: RangeFiles, unit: Unit, config: DedupConfig | None = None) -> Iterator[Rows]:
    """What stands in a component; none is so large that it is split."""
    config = config or DedupConfig()
    return Members(store, config, MINHASH, f"{store.folder}/no-giants").start()(unit)


def rooted(store: RangeFiles, **parts: int) -> None:
    """Brings one component of these documents to their parts."""
    root = {"root_hi": 1, "root_lo": 2}
    rows = [
        make(component_blocks.ROOT_ROW, 1, part=number, **words_of(name), **root)
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
    few, many = ([*candidates(0, group_of(some, "band"))] for some in (rows[:3], rows))
    assert sum(len(one.pairs) for one in few) == 3
    assert sum(len(one.pairs) for one in many) > 40
    assert bucket_counts(few[0]) == {"hot_buckets": 0, "hot_documents": 0}
    assert bucket_counts(many[0]) == {"hot_buckets": 1, "hot_documents": 40}


def test_counts_are_those_of_all_ranges(tmp_path: Path) -> None:
    path = tmp_path / "counts.json"
    path.write_bytes(counts_bytes(summed([{"hot": 1, "cold": 0}, {"hot": 2, "cold": 0}])))
    assert read_counts(str(path)) == {"hot": 3, "cold": 0}


def test_nothing_was_counted_where_no_counts_are(tmp_path: Path) -> None:
    assert read_counts(str(tmp_path / "none.json")) == {}


def test_members_of_a_component_are_the_signed_documents_that_have_a_root(
    tmp_path: Path, store: RangeFiles
) -> None:
    rooted(store, short=1, long=1, other=0)
    (rows,) = members(store, part(tmp_path), DedupConfig(survivor=("longest",)))
    assert told(rows, *TEXTS) == {"short", "long"}
    lengths = {len(" ".join(TEXTS[name])) for name in ("short", "long")}
    assert set(rows["order_0"].tolist()) == {0}  # none names a language
    assert {-order for order in rows["order_1"].tolist()} == lengths


def test_documents_of_a_part_without_candidates_are_not_read(store: RangeFiles) -> None:
    assert list(members(store, Unit("part", ("gone",), number=1))) == []


def test_members_are_ordered_by_the_quality_of_their_own_document(
    tmp_path: Path, store: RangeFiles
) -> None:
    rooted(store, short=1, long=1)
    (rows,) = members(store, part(tmp_path), DedupConfig(survivor=("quality",)))
    found = {row["id_lo"]: -row["order_1"] for row in rows}
    assert found == {words_of("short")["id_lo"]: 1.0, words_of("long")["id_lo"]: -0.25}


def test_a_round_is_read_back_by_its_range(store: RangeFiles) -> None:
    pair = group_of(make(clusters.EDGE, 1, a_lo=9, b_lo=4), *_BY_A)
    assert [told["edges"] for told in save_round(store, "stars1", 2, pair)] == [1]
    (rows,) = edges(store, "stars1", Unit("range", (), start=2))
    assert {(row["a_lo"], row["b_lo"]) for row in rows} == {(9, 4)}
    assert [len(each) for each in edges(store, "stars1", Unit("range", (), start=1))] == [0]


def test_a_round_that_changes_an_edge_has_another_mark(store: RangeFiles) -> None:
    rounds = {"same": (9, 4), "again": (9, 4), "changed": (9, 3)}
    same, again, changed = (
        next(save_round(store, name, 0, group_of(make(clusters.EDGE, 1, a_lo=a, b_lo=b), *_BY_A)))
        for name, (a, b) in rounds.items()
    )
    assert same == again != changed
    assert same["edges"] == len(store.load("same", 0, clusters.EDGE))


def found_by(store: RangeFiles) -> NearFound:
    return NearFound(store, {}, part_rows(store, "drops", DROP), nobody(store))


def decided(folder: Path, store: RangeFiles, *names: str) -> list[pa.Table]:
    """Decisions and clusters of one part, all ranges in one."""
    unit = part(folder, *names)
    (rows,) = band_rows(DedupConfig(), MINHASH, unit)
    found = np.concatenate([one.pairs for one in candidates(0, group_of(rows, "band"))])
    stars, _ = clusters.components(found)
    save(store, "roots", ("part",), component_blocks.root_rows(stars))
    groups = {"pairs": group_of(found, *_BY_A), "stars": group_of(stars, *_BY_A)}
    linked = [*linked_pairs(f"{folder}/no-giants", 0, groups)]
    store.save("linked", 0, linked, component_blocks.PAIR)
    (component,) = members(store, unit)
    key = component_blocks.BLOCK_KEY
    (verdict,) = judged(store, MINHASH.threshold, 0, group_of(component, *key))
    save(store, "drops", ("part",), verdict.drops)
    save(store, "clusters", ("part",), verdict.clusters)
    return list(found_by(store)(unit))


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
    other = found_by(store)(Unit("other", (), number=0))
    assert [table.num_rows for table in other] == [0, 0]


def test_a_round_is_marked_the_same_wherever_pieces_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = make(clusters.EDGE, 500, a_hi=np.arange(500) + 7, b_hi=1)
    marks: list[dict[str, int]] = []
    for size in (1 << 20, 2_000, 700):
        monkeypatch.setattr("pipeline.frame.row_groups.PIECE_BYTES", size)
        store = RangeFiles(str(tmp_path), 1, 1)
        marks += save_round(store, "stars", 0, group_of(rows, *_BY_A))
    assert marks == [marks[0]] * 3
