from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pytest
from support_dedup import curated_table
from support_in_memory import Near, near_decisions

from pipeline.dedup.decisions import CLUSTER_SCHEMA
from pipeline.dedup.near import component_blocks, pairs, survivors
from pipeline.dedup.near.minhash import jaccard, shingles
from pipeline.document import Document, digest
from pipeline.errors import UsageError
from pipeline.recipe import DedupConfig, MinhashConfig

CONFIG = DedupConfig(containment=False)
MINHASH = MinhashConfig()


@dataclass(frozen=True)
class Signed:
    words: list[str]
    source: str = "crawl"
    date: str = ""
    quality: float = 0.0
    url: str = ""
    id: str = field(default="")

    @property
    def name(self) -> str:
        return self.id or digest(self.source, self.date, *self.words)


def table(documents: list[Signed]) -> pa.Table:
    quality = {row.name: row.quality for row in documents}
    rows = [
        Document(row.name, row.url, row.source, " ".join(row.words), date=row.date, language="en")
        for row in documents
    ]
    return curated_table(rows, quality=lambda row: quality[row.id])


def random_words(count: int, seed: int) -> list[str]:
    chance = np.random.Generator(np.random.PCG64(seed))
    return [f"w{number}" for number in chance.integers(0, 50_000, count)]


def edited(words: list[str], replaced: int, seed: int) -> list[str]:
    """`words` with `replaced` of them, evenly spread, made new: each costs five shingles."""
    places = np.linspace(2, len(words) - 3, replaced).astype(int)
    out = list(words)
    for at in places:
        out[at] = f"new{seed}-{at}"
    return out


def run(documents: list[Signed], config: DedupConfig = CONFIG, **more: list[pa.Table]) -> Near:
    return near_decisions([table(documents)], config, **more)


def left(near: Near) -> dict[str, str]:
    """Who leaves for whom."""
    rows = [row for part in near.decisions for row in part.to_pylist()]
    assert {row["reason"] for row in rows} <= {"near_duplicate"}
    return {row["id"]: row["detail"] for row in rows}


def test_of_two_like_documents_the_longer_stays() -> None:
    text = random_words(300, seed=1)
    short, long = Signed(text), Signed([*text, "and", "some", "more"])
    assert left(run([short, long])) == {short.name: long.name}


def test_of_two_equally_long_documents_the_newer_stays() -> None:
    text = random_words(300, seed=2)
    old, new = Signed(text, date="2019-01-01"), Signed(text, date="2020-01-01T00:00:00Z")
    assert left(run([old, new])) == {old.name: new.name}


def test_quality_comes_first_where_the_recipe_says_so() -> None:
    text = random_words(300, seed=3)
    good, long = Signed(text, quality=0.9), Signed([*text, "more"], quality=0.1)
    config = CONFIG.model_copy(update={"survivor": ("quality", "longest")})
    assert left(run([good, long], config)) == {long.name: good.name}


def test_documents_below_the_threshold_both_stay() -> None:
    text = random_words(300, seed=4)
    assert not left(run([Signed(text), Signed(edited(text, 12, seed=1))]))


def test_very_short_documents_stay() -> None:
    assert not left(run([Signed(["log", "in"]), Signed(["log", "in"], date="2020-01-01")]))


def test_pages_of_one_sentence_with_another_name_stay() -> None:
    sentence = ["the", "node", "you", "are", "looking", "for", "is", "at"]
    assert not left(run([Signed([*sentence, f"name{at}"]) for at in range(400)]))


def test_a_part_without_signatures_has_no_decisions() -> None:
    assert left(run([Signed(["short"])])) == {}
    assert left(near_decisions([table([])], CONFIG)) == {}


def test_sources_apart_do_not_meet() -> None:
    text = random_words(300, seed=5)
    documents = [Signed(text, source="one"), Signed(text, source="two")]
    assert len(left(run(documents))) == 1
    assert not left(run(documents, CONFIG.model_copy(update={"scope": "per_source"})))


def test_an_earlier_run_removes_a_longer_document_and_is_named() -> None:
    text = random_words(300, seed=6)
    before, new = Signed(text), Signed([*text, "and", "more"])
    near = run([new], earlier=[table([before])])
    assert left(near) == {new.name: before.name}
    assert near.clusters[0].to_pylist()[0]["size"] == 2


def test_clusters_name_their_least_member_size_and_survivor() -> None:
    text = random_words(300, seed=7)
    documents = [Signed(text, date=f"202{at}-01-01") for at in range(4)]
    rows = run([*documents, Signed(random_words(300, seed=8))]).clusters[0]
    assert rows.schema == CLUSTER_SCHEMA
    assert [row["id"] for row in rows.to_pylist()] == sorted(row.name for row in documents)
    assert {row["cluster"] for row in rows.to_pylist()} == {min(row.name for row in documents)}
    assert {row["survivor"] for row in rows.to_pylist()} == {documents[3].name}
    assert {row["size"] for row in rows.to_pylist()} == {4}


def chain(length: int) -> list[Signed]:
    """Documents of 400 words, each with Jaccard 0.9 to the one before."""
    stream = random_words(400 + 21 * length, seed=9)
    return [
        Signed(stream[21 * at : 21 * at + 400], date=f"2020-01-01T00:{at // 60:02}:{at % 60:02}Z")
        for at in range(length)
    ]


def test_a_chain_of_500_is_thinned_and_not_erased() -> None:
    documents = chain(500)
    sets = {row.name: shingles(row.words) for row in documents}
    neighbour = jaccard(sets[documents[0].name], sets[documents[1].name])
    assert neighbour == pytest.approx(0.9, abs=0.005)
    removed = left(run(documents))
    # A document is like the next two on either side (0.9, 0.81), so about every third one stays.
    assert 500 / 3.5 < 500 - len(removed) < 500 / 1.9
    assert min(jaccard(sets[a], sets[b]) for a, b in removed.items()) > 0.7
    assert not set(removed.values()) & set(removed)


def test_what_leaders_leave_over_is_judged_by_candidate_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    documents = chain(120)
    by_leaders = left(run(documents))
    monkeypatch.setattr(survivors, "LEADERS", 3)
    by_pairs = left(run(documents))
    assert len(by_leaders) > 60
    assert not set(by_pairs.values()) & set(by_pairs)
    assert len(by_pairs) == pytest.approx(len(by_leaders), abs=6)


def test_a_hot_bucket_is_counted_and_its_copies_still_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = random_words(300, seed=10)
    documents = [Signed(edited(text, 1, seed=at)) for at in range(100)]
    near = run(documents)
    assert near.counts["hot_buckets"] >= 10
    assert near.counts["pairs"] < 100 * 99 / 2
    assert len(left(near)) == 99


def test_a_component_too_large_for_a_worker_is_split_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(component_blocks, "BLOCK", 10)
    text = random_words(300, seed=11)
    near = run([Signed(text, date=f"2020-01-{at:02}") for at in range(1, 29)])
    assert near.counts["split_components"] == 1
    assert 28 - len(left(near)) <= 3


def test_of_copies_one_whose_address_names_its_language_stays() -> None:
    words = random_words(300, 77)
    urls = ("https://a.org/ja-JP/x", "https://a.org/en/x")
    japanese, english = (
        Signed([*words, *more], url=url) for more, url in zip(("", "z"), urls, strict=True)
    )
    longer = Signed([*words, "one", "two"], url=urls[0])
    for copies in ([japanese, english], [longer, english]):
        assert left(near_decisions([table(copies)], CONFIG)) == {copies[0].name: english.name}


def test_near_decisions_do_not_depend_on_parts() -> None:
    documents = [*chain(60), *(Signed(random_words(200, seed=at)) for at in range(40, 60))]
    whole = left(run(documents))
    assert len(whole) > 30
    for count in (2, 5):
        split = near_decisions([table(documents[at::count]) for at in range(count)], CONFIG)
        assert left(split) == whole


def test_near_without_minhash_is_refused_with_the_remedy() -> None:
    with pytest.raises(UsageError, match=r"dedup\.minhash"):
        run([Signed(["a"] * 9)], CONFIG.model_copy(update={"minhash": False}))


def test_signatures_of_another_recipe_are_refused() -> None:
    with pytest.raises(UsageError, match="do not fit"):
        pairs.signatures(table([Signed(random_words(50, seed=1))]), MinhashConfig(bands=20))
