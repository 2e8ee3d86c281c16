"""The run agrees with the truth about the sample, page by page."""

import json
from collections import Counter, defaultdict
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from support import dataset

from pipeline.document import REDACTION_KINDS
from pipeline.quality.families import FAMILIES

# The first test of a worker also waits for the whole run.
pytestmark = pytest.mark.timeout(300)

OUTLIERS = {rule.reason for rule in FAMILIES["outliers"]}
JOBS = ("extract", "exact", "curate", "near", "mix")  # those that drop
REDACTED = {f"redacted_{kind}": kind for kind in REDACTION_KINDS}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def truth(sample: Path) -> list[Row]:
    return [json.loads(line) for line in (sample / "truth.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def fates(sample: Path) -> dict[str, tuple[str, str, str]]:
    """(job, stage, reason) of every record that was dropped, ("", "", "") of those kept."""
    found: dict[str, tuple[str, str, str]] = {}
    for job in JOBS:
        for row in dataset(sample / "run", job, "dropped").to_pylist():
            assert not row["record_id"] or row["record_id"] not in found
            found[row["record_id"]] = (job, row["stage"], row["reason"])
    documents = dataset(sample / "run", "extract", "documents", ["id", "record_id"]).to_pylist()
    record = {row["id"]: row["record_id"] for row in documents}
    for one in dataset(sample / "run", "mix", "mixture", ["id"])["id"].to_pylist():
        assert record[one] not in found
        found[record[one]] = ("", "", "")
    return found


@pytest.fixture(scope="module")
def texts(sample: Path) -> dict[str, Row]:
    """The documents as far as they got: curated where they were, else as extracted."""
    found = {}
    for job, name in (("extract", "documents"), ("curate", "curated")):
        columns = ["record_id", "text", *REDACTED, "language", "charset"]
        for row in dataset(sample / "run", job, name, columns).to_pylist():
            found[row["record_id"]] = row
    return found


def agrees(row: Row, fate: tuple[str, str, str]) -> bool:
    """Whether a record ended where the truth says, or where any sound run may end it.

    Outliers are the tails of whatever corpus there is: a few good pages are among them, always, and
    which ones cannot be said without the corpus.
    """
    job, _, reason = fate
    if row["fate"] == "any" or (row["source"] == "crawl" and reason in OUTLIERS):
        return True
    if any(fnmatch(f"{job}:{reason}", pattern) for pattern in row["may_drop"]):
        return True
    if row["fate"] == "kept":
        return not reason
    wanted = (row["job"], row["stage"], row["reason"])
    return all(said in ("*", is_) for said, is_ in zip(wanted, fate, strict=True))


def test_every_record_ends_where_the_truth_says(
    truth: list[Row], fates: dict[str, tuple[str, str, str]]
) -> None:
    crawl = [row for row in truth if row["reason"] != "damaged_archive"]
    wrong = [
        (row["url"], row["kind"], row["fate"], row["reason"], fates.get(row["record_id"]))
        for row in crawl
        if row["record_id"] not in fates or not agrees(row, fates[row["record_id"]])
    ]
    assert wrong == []
    met = {record for record, fate in fates.items() if fate[2] != "damaged_archive"}
    assert {row["record_id"] for row in crawl} == met
    assert len(met) > 600


def test_few_good_pages_are_outliers(
    truth: list[Row], fates: dict[str, tuple[str, str, str]]
) -> None:
    good = [row["record_id"] for row in truth if row["fate"] == "kept"]
    lost = [record for record in good if fates[record][2] in OUTLIERS]
    assert len(good) > 300
    assert len(lost) <= 0.03 * len(good)


def test_records_lost_to_damage_appear_as_damage_alone(
    sample: Path, truth: list[Row], texts: dict[str, Row]
) -> None:
    """The middle of a record is overwritten, so its header names it; garbage names nothing."""
    lost = [row["record_id"] for row in truth if row["reason"] == "damaged_archive"]
    rows = dataset(sample / "run", "extract", "dropped").to_pylist()
    damage = [row for row in rows if row["reason"] == "damaged_archive"]
    assert len(lost) == 1
    assert sorted(row["record_id"] for row in damage) == ["", *lost]
    assert all(int(row["detail"]) > 0 and row["warc_offset"] >= 0 for row in damage)
    others = [row["record_id"] for row in rows if row["reason"] != "damaged_archive"]
    assert not set(lost) & {*others, *texts}


def test_of_every_group_of_duplicates_one_document_stays(
    truth: list[Row], fates: dict[str, tuple[str, str, str]]
) -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in truth:
        if row["group"]:
            groups[row["group"]].append(row["record_id"])
    duplicates = ("duplicate_url", "duplicate_text", "near_duplicate")
    stay = {
        group: sum(fates[record][2] not in duplicates for record in records)
        for group, records in groups.items()
    }
    assert len(stay) > 10
    assert set(stay.values()) == {1}


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def curated(
    truth: list[Row], texts: dict[str, Row], fates: dict[str, tuple[str, str, str]]
) -> list[tuple[Row, str]]:
    """What the truth says of each good document that got through `curate`, and its text."""
    good = [row for row in truth if row["fate"] == "kept" and row["record_id"] in texts]
    through = [row for row in good if fates[row["record_id"]][0] not in ("exact", "curate")]
    return [(row, texts[row["record_id"]]["text"]) for row in through]


def test_main_text_is_kept_and_boilerplate_is_not(curated: list[tuple[Row, str]]) -> None:
    plain = [(row, squeezed(text)) for row, text in curated]
    missing = [
        (row["url"], s) for row, text in plain for s in row["text_has"] if squeezed(s) not in text
    ]
    left = Counter(
        (row["url"].split("/")[2], s)
        for row, text in plain
        for s in row["text_lacks"]
        if squeezed(s) in text
    )
    assert missing == []
    # A sentence that ends the pages of a site stays in one of them; what gives notice in none.
    assert {s.partition(" ")[0] for _, s in left} <= {"This"}
    assert max(left.values()) == 1
    assert sum(len(row["text_has"]) for row, _ in plain) > 400
    assert sum(len(row["text_lacks"]) for row, _ in plain) > 600


def test_lines_of_code_come_through_verbatim(curated: list[tuple[Row, str]]) -> None:
    lost = [(row["url"], s) for row, text in curated for s in row["code_has"] if s not in text]
    assert lost == []
    assert sum(len(row["code_has"]) for row, _ in curated) > 100


def redactions(row: Row) -> dict[str, int]:
    return {kind: row[name] for name, kind in REDACTED.items() if row[name]}


def test_personal_data_is_redacted_as_planted(truth: list[Row], texts: dict[str, Row]) -> None:
    planted = {row["record_id"]: row["redactions"] for row in truth if row["redactions"]}
    found = {record: redactions(texts[record]) for record in planted if record in texts}
    assert found == {record: planted[record] for record in found}
    clean = [row["record_id"] for row in truth if not row["redactions"]]
    others = [redactions(texts[record]) for record in clean if record in texts]
    assert not any(others)
    assert len(found) > 20
    assert len(others) > 400


def test_charsets_are_found(truth: list[Row], texts: dict[str, Row]) -> None:
    """Those of the language that is kept: pages in others leave before they are documents."""
    pairs: Counter[tuple[str, str]] = Counter()
    for row in truth:
        if row["record_id"] in texts and row["charset"]:
            pairs[row["charset"], texts[row["record_id"]]["charset"]] += 1
    assert set(pairs) == {(name, name) for name in ("utf-8", "windows-1252")}
    assert min(pairs.values()) > 50


def test_languages_are_found(sample: Path, truth: list[Row], texts: dict[str, Row]) -> None:
    """Those of good documents, and those for which the pages in other languages were dropped."""
    rows = dataset(sample / "run", "extract", "dropped").to_pylist()
    found = {row["record_id"]: row["detail"] for row in rows if row["reason"] == "wrong_language"}
    found |= {record: row["language"] for record, row in texts.items()}
    sure = [row for row in truth if row["fate"] == "kept" or row["reason"] == "wrong_language"]
    told = {row["record_id"]: row["language"] for row in sure}
    assert {record: found.get(record) for record in told} == told
    assert set(told.values()) == {"en", "de", "fr", "es", "it", "nl", "ru", "ja", "zh"}
