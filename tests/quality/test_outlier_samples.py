"""The sample of the outlier reference: the same texts, whatever parts they come in."""

from dataclasses import replace
from pathlib import Path

import pytest
from quality.quality_corpus import draw, made_reference

from pipeline import files
from pipeline.document import Batch, Document, Unit, digest, unit_hash
from pipeline.quality import outlier_samples
from pipeline.quality.judge import judge_document
from pipeline.quality.outlier_reference import Sample
from pipeline.quality.outlier_samples import is_drawn, measured_before, read_samples, write_samples
from pipeline.quality.signals.signal_sources import NO_SOURCES
from pipeline.recipe import QualityConfig

CONFIG = QualityConfig(reading="published", rules=("outliers",))
NAMES = [f"text {at}" for at in range(12)]
SEED = 7


def document(name: str, language: str = "en", domain: str = "", code: bool = False) -> Document:
    return Document(
        digest(name), "", "crawl", name, language=language, domain=domain, has_code=code
    )


def write(folder: Path, part: str, *rows: Document, rate: float = 1.0) -> list[str]:
    batch = Batch(Unit(part, (part,)), 0, True, rows)
    return list(write_samples(batch, CONFIG, SEED, rate, str(folder)))


def order(name: str) -> float:
    return unit_hash(SEED, "outliers", digest(name))


def test_a_part_gives_its_share_by_keyed_hashes(tmp_path: Path) -> None:
    (path,) = write(tmp_path, "one", *map(document, NAMES), rate=0.5)
    drawn = {row["compared"]: row["order"] for row in files.read_table(path).to_pylist()}
    assert drawn == {name: order(name) for name in NAMES if order(name) < 0.5}
    assert 0 < len(drawn) < len(NAMES)


def test_what_is_drawn_before_it_is_cut_is_what_is_drawn_of_all() -> None:
    drawn = {name for name in NAMES if is_drawn(SEED, 0.5, digest(name))}
    assert drawn == {name for name in NAMES if order(name) < 0.5}


def test_documents_whose_source_declares_a_domain_are_not_drawn(tmp_path: Path) -> None:
    write(tmp_path, "one", document("web"), document("book", domain="books"))
    assert read_samples(str(tmp_path)) == [Sample("en", "web")]


def test_documents_that_another_rule_drops_are_not_drawn(tmp_path: Path) -> None:
    strict = QualityConfig(reading="published", rules=("gopher_quality", "outliers"))
    batch = Batch(Unit("one", ("x",)), 0, True, (document("Too short."),))
    assert list(write_samples(batch, strict, SEED, 1.0, str(tmp_path)))
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


def test_no_document_gives_no_file(tmp_path: Path) -> None:
    assert write(tmp_path, "one", *map(document, NAMES), rate=0.0) == []


@pytest.mark.parametrize("reading", ["structure", "published"])
def test_what_the_sample_has_measured_is_what_would_be_measured_again(
    tmp_path: Path, reading: str
) -> None:
    config = QualityConfig.model_validate({"reading": reading})
    article = draw(3, 400)
    texts = [
        article,
        f"{article}\n\nShare on\n\nFollow us on",
        f"# Mill\n\n{article[:80]}",
        "",
        "a\u2028b",
        draw(4, 8_000),  # more than the window
    ]
    rows = tuple(document(text, code=at == 0) for at, text in enumerate(texts))
    batch = Batch(Unit("one", ("x",)), 0, True, rows)
    list(write_samples(batch, config, SEED, 1.0, str(tmp_path)))
    before = measured_before(replace(batch, unit=Unit("again", ("x",))), str(tmp_path))
    assert set(before) == {row.id for row in rows}
    for row in rows:
        known = (row, config, made_reference(), NO_SOURCES)
        assert judge_document(*known, before[row.id]) == judge_document(*known)


def test_a_part_of_which_nothing_was_drawn_has_nothing_measured_before(tmp_path: Path) -> None:
    write(tmp_path, "one", document("web"))
    batch = Batch(Unit("other", ("other",)), 0, True, (document("web"),))
    assert measured_before(batch, str(tmp_path)) == measured_before(batch, "") == {}


def test_of_documents_with_one_id_nothing_is_known(tmp_path: Path) -> None:
    one, other = document("web"), replace(document("web"), text="Another text.")
    batch = Batch(Unit("one", ("x",)), 0, True, (one, other, document("alone")))
    list(write_samples(batch, CONFIG, SEED, 1.0, str(tmp_path)))
    assert set(measured_before(batch, str(tmp_path))) == {digest("alone")}
