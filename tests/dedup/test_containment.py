"""Texts that stand in longer ones: found where they do, never where they do not, and for whom."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from support_dedup import curated_table
from support_in_memory import near_decisions

from pipeline.dedup.near.containment import (
    ASKED,
    ASKERS,
    SHINGLE_ROW,
    bounded,
    pairs_of_keys,
)
from pipeline.dedup.near.minhash import shingles
from pipeline.dedup.near.pairs import HOT
from pipeline.dedup.rows import make
from pipeline.document import Document, digest
from pipeline.recipe import DedupConfig

CONFIG = DedupConfig()
PLANTED = 500


@dataclass(frozen=True)
class Text:
    words: list[str]
    source: str = "crawl"

    @property
    def id(self) -> str:
        return digest(self.source, *self.words)

    @property
    def shingles(self) -> set[int]:
        return set(shingles(self.words).tolist())


def table(texts: list[Text]) -> pa.Table:
    return curated_table([Document(t.id, "", t.source, " ".join(t.words)) for t in texts])


def fresh(count: int, seed: int) -> list[str]:
    chance = np.random.Generator(np.random.PCG64(seed))
    return [f"w{number}" for number in chance.integers(0, 50_000, count)]


def left(texts: list[Text], config: DedupConfig = CONFIG, parts: int = 1) -> dict[str, str]:
    """Who leaves as contained, for whom."""
    tables = [table(texts[at::parts]) for at in range(parts)]
    rows = [row for each in near_decisions(tables, config).decisions for row in each.to_pylist()]
    return {row["id"]: row["detail"] for row in rows if row["reason"] == "contained_text"}


def excerpt(longer: list[str], ratio: float, share: float, seed: int) -> list[str]:
    """A text shorter by `ratio` of which a share is a piece of `longer`."""
    count = round(len(longer) / ratio)
    piece = round(share * count)
    start = seed % (len(longer) - piece + 1)
    return longer[start : start + piece] + fresh(count - piece, seed + 10**6)


def containment_of(shorter: Text, longer: Text) -> float:
    return len(shorter.shingles & longer.shingles) / len(shorter.shingles)


def test_planted_containments_are_found_and_what_is_less_stays() -> None:
    chance = np.random.Generator(np.random.PCG64(22))
    pairs = []
    for seed in range(PLANTED):
        longer = fresh(int(chance.integers(150, 1_500)), seed)
        ratio, share = chance.uniform(1.2, 5), chance.uniform(0.5, 1)
        share = 1.0 if seed % 3 == 0 else share  # so that enough lie above the limit
        pairs.append((Text(excerpt(longer, ratio, share, seed)), Text(longer)))
    gone = left([text for pair in pairs for text in pair], parts=3)
    above, below = list[bool](), list[bool]()
    for shorter, longer_one in pairs:
        found = gone.get(shorter.id) == longer_one.id
        share = containment_of(shorter, longer_one)
        if share >= 0.95:
            above.append(found)
        elif share < 0.8:
            below.append(found)
    print(f"{np.mean(above):.3f} of {len(above)} at .95 and more, {sum(below)} of {len(below)}")
    assert min(len(above), len(below)) > 150
    assert np.mean(above) >= 0.95
    assert not any(below)
    assert set(gone) <= {shorter.id for shorter, _ in pairs}


def test_pieces_from_all_over_a_text_stand_in_it_too() -> None:
    longer = fresh(1_000, 1)
    pieces = [word for start in range(0, 1_000, 200) for word in longer[start : start + 80]]
    text = Text(pieces)
    assert left([text, Text(longer)], CONFIG.model_copy(update={"containment": 0.9})) == {
        text.id: Text(longer).id
    }


def test_a_chain_leaves_for_the_longest() -> None:
    words = fresh(900, 2)
    chain = [Text(words[:count]) for count in (900, 600, 400, 270)]
    assert left(chain) == {each.id: chain[0].id for each in chain[1:]}


@pytest.mark.parametrize("seed", range(6))
def test_a_long_chain_leaves_for_the_longest(seed: int) -> None:
    words = fresh(1_430, 100 + seed)
    chain = [Text(words[:count]) for count in (1_430, 1_045, 765, 560, 410, 300)]
    assert left(chain) == {each.id: chain[0].id for each in chain[1:]}


def test_a_text_in_two_others_leaves_for_the_longest() -> None:
    words = fresh(300, 3)
    others = [Text(words + fresh(count, 4 + count)) for count in (150, 300)]
    assert left([Text(words), *others]) == {Text(words).id: others[1].id}


def test_what_a_near_duplicate_has_taken_along_is_not_met_again() -> None:
    words = fresh(400, 5)
    twin = Text([*words, "more"])
    assert left([Text(words), twin]) == {}  # near-duplicates: the shorter one has left as that


def test_who_stays_for_near_duplicates_leaves_for_a_longer_text() -> None:
    words = fresh(1_000, 51)
    survivor = words[:300]
    twin = Text([*survivor[:290], *fresh(8, 52)])
    assert left([Text(words), Text(survivor), twin]) == {Text(survivor).id: Text(words).id}


def test_sources_apart_hold_an_excerpt_each() -> None:
    words = fresh(400, 6)
    texts = [Text(words[:200], "a"), Text(words, "b")]
    assert len(left(texts)) == 1
    assert left(texts, CONFIG.model_copy(update={"scope": "per_source"})) == {}


def test_an_earlier_run_takes_excerpts_and_loses_none() -> None:
    words = fresh(400, 7)
    short, long = Text(words[:200]), Text(words)
    for own, earlier, count in ((short, long, 1), (long, short, 0)):
        found = near_decisions([table([own])], CONFIG, [table([earlier])])
        assert found.decisions[0].num_rows == count


@pytest.mark.parametrize("seed", range(10))
def test_equal_containers_are_told_apart_by_their_ids(seed: int) -> None:
    words = fresh(150, 60 + seed)
    texts = [Text([*words, *fresh(400, 1_000 * seed + at)]) for at in range(12)]
    texts.append(Text(words))
    found = [left(order, parts=parts) for parts in (1, 2, 5) for order in (texts, texts[::-1])]
    assert len(found[0]) == 1
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_parts_and_order_change_nothing(parts: int) -> None:
    texts = [Text(fresh(600, seed)[: 600 // cut]) for seed in range(8, 20) for cut in (1, 2, 4)]
    assert left(texts, parts=parts) == left(texts[::-1])
    assert len(left(texts)) == 24


def test_a_switch_turns_it_off() -> None:
    words = fresh(400, 21)
    texts = [Text(words[:200]), Text(words)]
    assert left(texts, CONFIG.model_copy(update={"containment": False})) == {}


def test_a_shingle_of_very_many_texts_makes_few_pairs() -> None:
    count = 50 * HOT
    rows = make(SHINGLE_ROW, count, key=1, place=np.arange(count), shingles=np.arange(count) + 5)
    found = sum(len(pairs) for pairs in pairs_of_keys(rows, own=1))
    assert 0 < found < 6 * count


def test_a_text_is_asked_for_few_of_very_many() -> None:
    asked = make(ASKED, 3 * ASKERS, b_place=np.arange(3 * ASKERS) % 2, mark=np.arange(3 * ASKERS))
    found = bounded(asked)
    assert len(found) == 2 * ASKERS
    assert (bounded(asked[::-1]) == found).all()
    assert len(bounded(asked[:10])) == 10
