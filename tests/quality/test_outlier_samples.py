"""The sample of the outlier reference: the same texts, whatever parts they come in."""

from pathlib import Path

import pytest

from pipeline import files
from pipeline.document import Batch, Document, Unit, digest, unit_hash
from pipeline.quality import outlier_samples
from pipeline.quality.outlier_reference import Sample
from pipeline.quality.outlier_samples import read_samples, write_samples
from pipeline.recipe import QualityConfig

CONFIG = QualityConfig(reading="published", rules=("outliers",))
NAMES = [f"text {at}" for at in range(12)]
SEED = 7


def document(name: str, language: str = "en", domain: str = "", code: bool = False) -> Document:
    return Document(
        digest(name), "", "crawl", name, language=language, domain=domain, has_code=code
    )


def write(folder: Path, part: str, *rows: Document, rate: float = 1.0) -> list[str]:
    batch = Batch(Unit(part, ("x",)), 0, True, rows)
    return list(write_samples(batch, CONFIG, SEED, rate, str(folder)))


def order(name: str) -> float:
    return unit_hash(SEED, "outliers", digest(name))


def test_a_part_gives_its_share_by_keyed_hashes(tmp_path: Path) -> None:
    (path,) = write(tmp_path, "one", *map(document, NAMES), rate=0.5)
    assert path == f"{tmp_path}/one.000.parquet"
    drawn = {row["text"]: row["order"] for row in files.read_table(path).to_pylist()}
    assert drawn == {name: order(name) for name in NAMES if order(name) < 0.5}
    assert 0 < len(drawn) < len(NAMES)


def test_documents_whose_source_declares_a_domain_are_not_drawn(tmp_path: Path) -> None:
    write(tmp_path, "one", document("web"), document("book", domain="books"))
    assert read_samples(str(tmp_path)) == [Sample("en", "web")]


def test_documents_that_another_rule_drops_are_not_drawn(tmp_path: Path) -> None:
    strict = QualityConfig(reading="published", rules=("gopher_quality", "outliers"))
    batch = Batch(Unit("one", ("x",)), 0, True, (document("Too short."),))
    assert list(write_samples(batch, strict, SEED, 1.0, str(tmp_path))) == []
    assert read_samples(str(tmp_path)) == []


def test_samples_come_in_the_order_of_their_hashes_whatever_their_parts(tmp_path: Path) -> None:
    for folder, parts in (("a", [NAMES]), ("b", [NAMES[7:], NAMES[:7][::-1]])):
        for at, names in enumerate(parts):
            write(tmp_path / folder, f"part{at}", *map(document, names))
    expected = [Sample("en", name) for name in sorted(NAMES, key=order)]
    assert [read_samples(str(tmp_path / folder)) for folder in "ab"] == [expected] * 2


def test_the_smallest_hashes_of_every_language_and_kind_are_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlier_samples, "SAMPLE_DOCUMENTS", 2)
    prose, code, german = NAMES[:4], NAMES[4:8], NAMES[8:]
    write(tmp_path, "one", *map(document, prose), *(document(name, code=True) for name in code))
    write(tmp_path, "two", *(document(name, "de") for name in german))
    found = {(one.language, one.structured, one.text) for one in read_samples(str(tmp_path))}
    kinds = {("en", False): prose, ("en", True): code, ("de", False): german}
    assert found == {
        (*kind, name) for kind, names in kinds.items() for name in sorted(names, key=order)[:2]
    }


def test_no_parts_give_no_samples(tmp_path: Path) -> None:
    assert read_samples(str(tmp_path / "none")) == []
