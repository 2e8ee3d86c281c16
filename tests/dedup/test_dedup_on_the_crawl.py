"""The rules on a real crawl: copies found, removals justified, boilerplate cut and content kept.

The documents are those of the `extract` job, by each of two extractors. The label files hold lines
of 25 sites and more, by record, number among the lines that are not blank, and hash of the line's
form, so that a line is found again when an extractor leaves out another: pages of each site drawn
by hash, of a page the first and last lines and some between. Boilerplate is what a site's template
puts on its pages: headers, footers, menus, navigation, notices, teasers of other pages. What stands
on one page of the crawl alone cannot be known to recur and is left out of recall. `set` tells when
a line was labelled: "first" lines were in view when the first rules were set, "second", "third" and
"fifth" ones were labelled before anything was measured on them, and measured before the rules were
mended. No point was set with the "fourth" in view, and but for one, of titles, with the "sixth",
which another labelled; the guard of verses was set with lines of both in view. The "fifth"
are lines that recur, of sites of two pages.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support import gristmill, job_folder
from support_crawl import manifest
from support_dedup import curated_table
from support_in_memory import exact_decisions, near_decisions

from pipeline.arrow import documents
from pipeline.dedup.decisions import Applied, apply_decisions
from pipeline.dedup.keys import keys_table, site_hash
from pipeline.dedup.lines.boilerplate_points import boilerplate
from pipeline.dedup.lines.cutting import leaves_a_stump
from pipeline.dedup.lines.line_forms import line_form
from pipeline.dedup.near.minhash import jaccard, shingles
from pipeline.dedup.rows import Words, hash64
from pipeline.document import Document
from pipeline.recipe import DedupConfig, MinhashConfig
from pipeline.text import words

pytestmark = [pytest.mark.shared, pytest.mark.slow, pytest.mark.timeout(900)]

CONFIG, MINHASH = DedupConfig(), MinhashConfig()
LABELS = Path(__file__).parents[1] / "cases" / "boilerplate"


@dataclass
class Crawl:
    """The documents of the crawl by record, what `exact` decides on them, and what is left."""

    extractor: str
    documents: dict[str, Document]
    decisions: list[pa.Table]
    applied: list[Applied]

    @cached_property
    def dropped(self) -> dict[str, str]:
        """Reasons by record."""
        return {row.record_id: row.reason for each in self.applied for row in each.dropped}

    @cached_property
    def recurring(self) -> dict[str, set[int]]:
        """The keys of lines that recur on their site, by document."""
        rows = (row for table in self.decisions for row in table.to_pylist())
        return {row["id"]: set(row["cut_lines"]) for row in rows}

    @cached_property
    def pages(self) -> Counter[tuple[int, str]]:
        """On how many of the pages that are left each line of a site stands."""
        reasons = self.dropped  # a page that is too short once lines are cut is a page of its site
        left = [r for name, r in self.documents.items() if not is_copy(reasons.get(name, ""))]
        return Counter(
            (site_hash(row), form)
            for row in left
            for form in {line_form(line) for line in row.text.split("\n") if line.strip()}
        )


@pytest.fixture(scope="module", params=["gristmill", "trafilatura"])
def crawl(
    data: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Crawl:
    folder = tmp_path_factory.mktemp("crawl")
    (folder / "recipe.toml").write_text(
        f'[[sources]]\nname = "crawl"\npaths = ["{data}/crawl/*.warc.gz"]\n'
        f'[extract]\nextractor = "{request.param}"\n[screen]\nlanguages = []\n'
    )
    gristmill("run", folder / "recipe.toml", "--out", folder / "run", "--until", "extract")
    written = sorted((job_folder(folder / "run", "extract") / "documents").glob("*.parquet"))
    parts = [documents(pq.read_table(path)) for path in written]
    decisions = exact_decisions([keys_table(part) for part in parts], CONFIG)
    applied = [
        apply_decisions(part, table, "dedup", CONFIG.min_characters)
        for part, table in zip(parts, decisions, strict=True)
    ]
    by_record = {row.record_id: row for part in parts for row in part}
    return Crawl(request.param, by_record, decisions, applied)


def test_every_copy_under_a_second_address_is_found(crawl: Crawl, data: Path) -> None:
    copies = [row for row in manifest(data).values() if row.get("dup_of")]
    pairs = [(row["record_id"], row["dup_of"]) for row in copies]
    met = [pair for pair in pairs if crawl.documents.keys() >= set(pair)]
    missed = [pair for pair in met if not crawl.dropped.keys() & set(pair)]
    print(f"{crawl.extractor}: {len(met)} of {len(copies)} copies were extracted")
    assert len(copies) == 110
    assert len(met) >= 100
    assert not [
        pair for pair in pairs if (pair[0] in crawl.documents) != (pair[1] in crawl.documents)
    ]
    assert not missed


def test_no_cluster_of_copies_leaves_whole(crawl: Crawl) -> None:
    gone = {"duplicate_record", "duplicate_url", "duplicate_text"}
    rows = [row for table in crawl.decisions for row in table.to_pylist() if row["reason"] in gone]
    keeper = {row["id"]: row["detail"] for row in rows}
    assert len(keeper) > 100
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
    with (LABELS / f"{crawl.extractor}.tsv").open() as file:
        labels = list(csv.DictReader(file, delimiter="\t"))
    assert len(labels) >= 600
    found = {name: outcomes(crawl, [row for row in labels if row["set"] == name]) for name in SETS}
    for name, counts in found.items():
        print(f"{crawl.extractor}, {name}: {told(counts)}")
    every = sum(found.values(), Counter())
    print(f"{crawl.extractor}, all: {told(every)}")
    assert sum(every.values()) >= 600
    assert every["right"] >= 100
    # The extractor leaves out menus, notices and boxes of links itself: those reach no reader.
    gone = every["right"] + every["left out"]
    assert gone >= 0.98 * (gone + every["wrong"])
    assert gone >= LEAST_RECALL[crawl.extractor] * (gone + every["missed"])


SETS = ("first", "second", "third", "fourth", "fifth", "sixth")
LEAST_RECALL = {"gristmill": 0.7, "trafilatura": 0.7}


def test_long_lines_that_are_cut_are_boilerplate(crawl: Crawl) -> None:
    """Every line of ten words that recurred, by either extractor, was labelled (`long_lines.tsv`):
    content, which the crawl would lose if it went from all pages, or boilerplate.
    """
    with (LABELS / "long_lines.tsv").open() as file:
        rows = [
            r for r in csv.DictReader(file, delimiter="\t") if r["extractor"] == crawl.extractor
        ]
    labels = {(row["site"], row["language"], row["form"]): row["label"] for row in rows}
    stays, goes = dict.fromkeys(labels, 0), dict.fromkeys(labels, 0)
    for document in crawl.documents.values():
        if crawl.recurring.get(document.id) and document.record_id not in crawl.dropped:
            for line, is_cut in zip(*cut_lines(crawl, document), strict=True):
                key = (document.site, document.language, form_mark(line))
                if key in labels:
                    (goes if is_cut else stays)[key] += 1
    cut = Counter((labels[key], key[0]) for key, times in goes.items() if times)
    by_label = Counter(label for label, _ in cut.elements())
    print(f"{crawl.extractor}, long lines cut: {by_label}, by site: {dict(cut)}")
    assert by_label.total() >= 25
    assert by_label["boilerplate"] >= 0.97 * by_label.total()
    lost = [key for key in goes if labels[key] == "content" and goes[key] and not stays[key]]
    assert not lost


def told(counts: Counter[str]) -> str:
    right, wrong, missed = (counts[name] for name in ("right", "wrong", "missed"))
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    whole = right / max(1, right + missed + counts["alone"])
    return (
        f"{sum(counts.values())} lines ({counts['left out']} of boilerplate left out before), "
        f"precision {precision:.3f}, recall {recall:.3f}, "
        f"with lines of one page {whole:.3f}"
    )


def outcomes(crawl: Crawl, labels: list[dict[str, str]]) -> Counter[str]:
    """How cutting agrees with the labels of lines whose documents are left."""
    counts: Counter[str] = Counter()
    for label in labels:
        document = crawl.documents.get(label["record_id"])
        if document is None or is_copy(crawl.dropped.get(document.record_id, "")):
            continue
        lines, cut = cut_lines(crawl, document)
        place = place_of(lines, label)
        if place is None:  # a line of content may be there in another form, as a title is
            counts["left out"] += label["label"] == "boilerplate"
            continue
        alone = crawl.pages[site_hash(document), line_form(lines[place])] < 2
        counts[judged(cut[place], label["label"] == "boilerplate", alone)] += 1
    return counts


def cut_lines(crawl: Crawl, document: Document) -> tuple[list[str], list[bool]]:
    """The lines of a document, and which of them are cut."""
    lines = [line for line in document.text.split("\n") if line.strip()]
    recurring = crawl.recurring.get(document.id, set())
    cut = boilerplate(lines, recurring, document.title, document.site)
    gone = [line for line, is_cut in zip(lines, cut, strict=True) if is_cut]
    return lines, cut if not leaves_a_stump(gone, document.text) else [False] * len(lines)


def judged(cut: bool, boilerplate: bool, alone: bool) -> str:
    if cut:
        return "right" if boilerplate else "wrong"
    return ("alone" if alone else "missed") if boilerplate else "content"


def is_copy(reason: str) -> bool:
    return reason.startswith("duplicate")


def place_of(lines: list[str], label: dict[str, str]) -> int | None:
    """Where a labelled line stands: the nearest line of its form to where it stood."""
    same = [at for at, line in enumerate(lines) if form_mark(line) == label["form"]]
    return min(same, key=lambda at: abs(at - int(label["line"])), default=None)


def form_mark(line: str) -> str:
    return f"{hash64(line_form(line)) & 0xFFFFFFFFFFFF:012x}"


def test_removed_near_duplicates_are_like_their_survivors(crawl: Crawl) -> None:
    tables = [curated_table(each.kept, lower_words) for each in crawl.applied]
    texts = {row.id: row.text for each in crawl.applied for row in each.kept}
    config = CONFIG.model_copy(update={"containment": False})
    near = near_decisions(tables, config)
    rows = [row for table in near.decisions for row in table.to_pylist()]
    found = [
        jaccard(shingles_of(texts[row["id"]]), shingles_of(texts[row["detail"]])) for row in rows
    ]
    print(f"{len(rows)} near-duplicates, least similarity {min(found):.3f}, {near.counts}")
    assert rows
    assert min(found) >= MINHASH.threshold - 0.1


def shingles_of(text: str) -> Words:
    return shingles(lower_words(text))


def lower_words(text: str) -> list[str]:
    return [word.lower() for word in words(text)]
