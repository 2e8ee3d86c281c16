"""The rules on a real crawl: copies found, removals justified, boilerplate cut and content kept.

labels.tsv holds lines of 25 sites, by record and number among the lines that are not blank: three
pages of each site, the rest drawn from all their pages by hash; of a page the first and last three
lines and two between. Boilerplate is what a site's template puts on its pages (headers, footers,
menus, navigation, notices) and stands on another page of the crawl too; such lines of a single page
are in neither class, for nothing in the crawl tells that they recur. The rules were set with these
labels in view.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from support_crawl import crawl_texts, manifest

from pipeline.dedup.cuts import boilerplate
from pipeline.dedup.decisions import Applied, apply_decisions
from pipeline.dedup.in_memory import exact_decisions, near_decisions
from pipeline.dedup.keys import keys_table
from pipeline.dedup.minhash import jaccard, shingles, signature, signature_bytes
from pipeline.dedup.rows import Words
from pipeline.document import Document, digest
from pipeline.recipe import DedupConfig, MinhashConfig
from pipeline.text import words
from pipeline.urls import canonical_url, site

pytestmark = [pytest.mark.shared, pytest.mark.slow]

CONFIG, MINHASH = DedupConfig(), MinhashConfig()
LABELS = Path(__file__).parents[1] / "cases" / "boilerplate" / "labels.tsv"
PARTS = 4


@dataclass(frozen=True)
class Crawl:
    """The documents of the crawl by record, what `exact` decides on them, and what is left."""

    documents: dict[str, Document]
    decisions: list[pa.Table]
    applied: list[Applied]

    @property
    def dropped(self) -> dict[str, str]:
        """Reasons by record."""
        return {row.record_id: row.reason for each in self.applied for row in each.dropped}


@pytest.fixture(scope="module")
def crawl(data: Path) -> Crawl:
    documents = [
        Document(
            id=digest("crawl", canonical_url(page.url), page.date, page.digest),
            url=page.url,
            source="crawl",
            text=page.text,
            site=site(page.url),
            date=page.date,
            record_id=page.record_id,
            title=page.title,
            language=page.language,
        )
        for page in crawl_texts(data)
    ]
    parts = [sorted(documents[at::PARTS], key=lambda row: row.id) for at in range(PARTS)]
    decisions = exact_decisions([keys_table(part) for part in parts], CONFIG)
    applied = [
        apply_decisions(part, table, "dedup", CONFIG.min_characters)
        for part, table in zip(parts, decisions, strict=True)
    ]
    return Crawl({row.record_id: row for row in documents}, decisions, applied)


def test_every_copy_under_a_second_address_is_found(crawl: Crawl, data: Path) -> None:
    copies = [row for row in manifest(data).values() if row.get("dup_of")]
    missed = [
        row["url"]
        for row in copies
        if row["record_id"] not in crawl.dropped and row["dup_of"] not in crawl.dropped
    ]
    assert len(copies) == 110
    assert not missed


def test_no_cluster_of_copies_leaves_whole(crawl: Crawl) -> None:
    gone = {"duplicate_record", "duplicate_url", "duplicate_text"}
    rows = [row for table in crawl.decisions for row in table.to_pylist() if row["reason"] in gone]
    keeper = {row["id"]: row["detail"] for row in rows}
    for name in keeper:
        seen = {name}
        while name in keeper and keeper[name] not in seen:
            name = keeper[name]
            seen.add(name)
        assert name not in keeper


def test_full_articles_stay_and_their_newer_stubs_leave(crawl: Crawl) -> None:
    by_id = {row.id: row for row in crawl.documents.values()}
    rows = [row for table in crawl.decisions for row in table.to_pylist()]
    pairs = [
        (by_id[row["id"]], by_id[row["detail"]])
        for row in rows
        if row["reason"] == "duplicate_url" and "wikipedia.org" in by_id[row["id"]].url
    ]
    assert len(pairs) >= 30
    assert all(len(stays.text) >= len(leaves.text) / 2 for leaves, stays in pairs)


def test_cutting_agrees_with_labelled_lines(crawl: Crawl) -> None:
    cuts = {
        row["id"]: set(row["cut_lines"]) for table in crawl.decisions for row in table.to_pylist()
    }
    right = wrong = missed = total = 0
    with LABELS.open() as file:
        labels = list(csv.DictReader(file, delimiter="\t"))
    for label in labels:
        document = crawl.documents[label["record_id"]]
        if crawl.dropped.get(document.record_id, "").startswith("duplicate"):
            continue
        lines = [line for line in document.text.split("\n") if line.strip()]
        cut = boilerplate(lines, cuts.get(document.id, set()), document.title)[int(label["line"])]
        right += cut and label["label"] == "boilerplate"
        wrong += cut and label["label"] == "content"
        missed += not cut and label["label"] == "boilerplate"
        total += 1
    print(f"{total} lines, precision {right / (right + wrong):.3f}, {right} of {right + missed}")
    assert len(labels) >= 600
    assert right >= 0.98 * (right + wrong)
    assert right >= 0.7 * (right + missed)


def test_removed_near_duplicates_are_like_their_survivors(crawl: Crawl) -> None:
    tables = [signed(each.kept) for each in crawl.applied]
    texts = {row.id: row.text for each in crawl.applied for row in each.kept}
    near = near_decisions(tables, CONFIG)
    rows = [row for table in near.decisions for row in table.to_pylist()]
    found = [
        jaccard(shingles_of(texts[row["id"]]), shingles_of(texts[row["detail"]])) for row in rows
    ]
    print(f"{len(rows)} near-duplicates, least similarity {min(found):.3f}, {near.counts}")
    assert rows
    assert min(found) >= MINHASH.threshold - 0.1


def shingles_of(text: str) -> Words:
    return shingles([word.lower() for word in words(text)])


def signed(rows: list[Document]) -> pa.Table:
    signatures = [signature([word.lower() for word in words(row.text)], MINHASH) for row in rows]
    return pa.table(
        {
            "id": [row.id for row in rows],
            "source": [row.source for row in rows],
            "date": [row.date for row in rows],
            "characters": pa.array([row.characters for row in rows], pa.int64()),
            "signature": pa.array(signatures, pa.binary(signature_bytes(MINHASH))),
        }
    )
