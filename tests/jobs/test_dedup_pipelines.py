from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from support_dedup import MINHASH, Job, curated_table, units_of
from support_in_memory import exact_decisions, near_decisions

from pipeline.dedup.keys import kept_before, keys_table
from pipeline.document import Document, digest
from pipeline.frame import range_files
from pipeline.frame.engines.engine import Engine
from pipeline.frame.unit_lists import UnitList, unit_list
from pipeline.jobs.exact import compare
from pipeline.jobs.near import find
from pipeline.recipe import DedupConfig, LinesConfig, ParagraphsConfig

CONFIG = DedupConfig(
    site_lines=LinesConfig(min_pages=3), paragraphs=ParagraphsConfig(min_characters=60)
)


def corpus(seed: int) -> list[Document]:
    """Pages of a few sites with copies, near-copies, menus and a licence."""
    chance = np.random.Generator(np.random.PCG64(seed))
    words = np.array([f"{a}{b}{c}" for a in "bdfg" for b in "aeiou" for c in "klmnst"])
    documents: list[Document] = []
    for at in range(120):
        text = " ".join(chance.choice(words, 120))
        if documents and chance.random() < 0.5:
            before = documents[int(chance.integers(len(documents)))].text.split("\n")[1].split()
            before[int(chance.integers(len(before)))] = "changed"
            text = " ".join(
                before if chance.random() < 0.7 else [*before, "and", "more", "of", "it"]
            )
        elif documents and chance.random() < 0.2:
            excerpt = documents[int(chance.integers(len(documents)))].text.split("\n")[1].split()
            text = " ".join(excerpt[: len(excerpt) // 2])
        site = f"site{chance.integers(4)}.org"
        licence = "\nThis text may be copied by all who want to copy it, and by nobody else at all."
        text = f"Menu of {site}\n{text}{licence * int(chance.random() < 0.5)}"
        url = f"http://{site}/{chance.integers(60)}"
        date = f"2020-01-{chance.integers(1, 28):02}T00:00:00Z"
        name = digest(url, date, text)
        documents.append(Document(name, url, f"s{at % 2}", text, site=site, date=date))
    return documents


def curated(documents: list[Document]) -> pa.Table:
    return curated_table(
        documents,
        punctuated_line_share=lambda row: int(row.id[:4], 16) / 65_536,
        duplicate_line_character_share=lambda _: 0.1,
    )


LITTLE = 1 << 20  # more than the units of these tests read


@pytest.mark.parametrize("scope", ["global", "per_source"])
@pytest.mark.parametrize(("rows_of_range", "little"), [(20, 0), (20, LITTLE), (1_000, LITTLE)])
def test_exact_by_pipelines_equals_exact_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scope: str, rows_of_range: int, little: int
) -> None:
    monkeypatch.setattr(range_files, "RANGE_DOCUMENTS", rows_of_range)
    config = CONFIG.model_copy(update={"scope": scope})
    documents = corpus(seed=1)
    tables = [keys_table(documents[at::3]) for at in range(3)]
    units = units_of(tmp_path, "part", [[table] for table in tables])
    turned = UnitList(units.table.take([2, 1, 0]))
    job = Job(tmp_path, Engine(little=little))
    decide = compare(job, turned, unit_list([]), config, 120)
    expected = exact_decisions(tables, config)
    assert sum(table.num_rows for table in expected) > 20
    assert [decide(unit) for unit in units] == expected


def test_exact_against_an_earlier_run_equals_that_in_memory(tmp_path: Path) -> None:
    documents, before = corpus(seed=1), corpus(seed=2)[:60] + corpus(seed=1)[:10]
    keys, late = keys_table(before), curated(before[5:])
    gone = pa.table({"id": [row.id for row in before[5:9]]})
    units = units_of(tmp_path, "part", [[keys_table(documents)]])
    earlier = units_of(tmp_path, "before", [[keys, late, gone]])
    kept = kept_before(keys, [row.id for row in before[9:]])
    decide = compare(Job(tmp_path), units, earlier, CONFIG, 120)
    assert [*map(decide, units)] == exact_decisions([keys_table(documents)], CONFIG, [kept])


@pytest.mark.parametrize(("rows_of_range", "little"), [(20, LITTLE), (1_000, 0)])
def test_near_by_pipelines_equals_near_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_of_range: int, little: int
) -> None:
    monkeypatch.setattr(range_files, "RANGE_DOCUMENTS", rows_of_range)
    documents = corpus(seed=3)
    tables = [curated(documents[at::4]) for at in range(4)]
    units = units_of(tmp_path, "part", [[table] for table in tables[:3]])
    earlier = units_of(tmp_path, "before", [[tables[3], pa.table({"id": ["none"]})]])
    job = Job(tmp_path, Engine(little=little))
    found = find(job, units, earlier, CONFIG, MINHASH, 120)
    expected = near_decisions(tables[:3], CONFIG, tables[3:])
    reasons = Counter(row["reason"] for each in expected.decisions for row in each.to_pylist())
    assert reasons["near_duplicate"] > 10
    assert reasons["contained_text"] > 0
    assert [found(unit)[0] for unit in units] == expected.decisions
    assert [found(unit)[1] for unit in units] == expected.clusters


def test_near_of_parts_without_pairs_decides_nothing(tmp_path: Path) -> None:
    units = units_of(tmp_path, "part", [[curated(corpus(seed=4)[:1])], [curated([])]])
    found = find(Job(tmp_path), units, unit_list([]), CONFIG, MINHASH, 1)
    assert [table.num_rows for unit in units for table in found(unit)] == [0, 0, 0, 0]


def test_near_by_pipelines_prefers_prose_where_the_recipe_says_quality(tmp_path: Path) -> None:
    table = curated(corpus(seed=3))
    units = units_of(tmp_path, "part", [[table]])
    config = CONFIG.model_copy(update={"survivor": ("quality",), "containment": False})
    found = find(Job(tmp_path), units, unit_list([]), config, MINHASH, 120)
    rows = found(next(iter(units)))[0].to_pylist()
    assert rows
    # The share grows with the id in this corpus, so every survivor has the greater id.
    assert all(row["detail"][:4] >= row["id"][:4] for row in rows)
