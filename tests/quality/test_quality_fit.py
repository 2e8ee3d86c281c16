"""`quality fit` writes a reference that a recipe can name, and importance weights."""

import json
from pathlib import Path

import pytest
from quality.quality_corpus import draw
from quality.quality_junk import junk
from support_graph import here

from pipeline import files
from pipeline.commands.fit_reference import fit_file
from pipeline.document import Batch, Document, Measured, Unit
from pipeline.errors import UsageError
from pipeline.jobs.curate import check_quality
from pipeline.quality.measured_tables import statistics_table
from pipeline.quality.outlier_reference import table_reference
from pipeline.quality.signals.importance import table_importance
from pipeline.quality.signals.redpajama import SIGNALS
from pipeline.quality.transform import JudgeQuality
from pipeline.recipe import QualityConfig, SignalsConfig

NO_OTHERS = ("quality.rules=['outliers']",)


def _corpus(path: Path, texts: list[str]) -> str:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return str(path)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("fit")
    corpus = _corpus(folder / "corpus.jsonl", [draw(seed, 60 + seed % 300) for seed in range(260)])
    out = str(folder / "reference.parquet")
    fit_file((corpus,), out, "", (), NO_OTHERS)
    return out


def test_fit_says_what_the_reference_was_fitted_on(reference: str) -> None:
    (known,) = table_reference(files.read_table(reference)).values()
    assert known.documents == 260
    assert known.tail == QualityConfig().outlier_tail
    assert len(known.sample) == 32


def test_fit_of_the_same_texts_in_another_order_is_the_same_file(
    reference: str, tmp_path: Path
) -> None:
    texts = [draw(seed, 60 + seed % 300) for seed in reversed(range(260))]
    corpus = _corpus(tmp_path / "other.jsonl", [*texts, texts[0]])  # a copy counts once
    fit_file((corpus,), str(tmp_path / "other.parquet"), "", (), NO_OTHERS)
    assert files.checksum(str(tmp_path / "other.parquet")) == files.checksum(reference)


def test_a_named_reference_finds_junk_and_fills_the_signals(reference: str) -> None:
    config = QualityConfig(
        reading="published", rules=("outliers",), outlier_reference=reference, signals=True
    )
    texts = {"good": draw(9_999, 200), "junk": junk("hex_ids", draw(9_998, 200), 1)}
    rows = tuple(Document(name, "", "test", text, language="en") for name, text in texts.items())
    batch = Batch(Unit("one", ("one",)), 0, True, rows)
    (result,) = here(JudgeQuality(config, reference), batch)
    assert isinstance(result, Batch)
    assert [record.document.id for record in result.records if isinstance(record, Measured)] == [
        "good"
    ]
    good, _ = statistics_table(result, signals=True).to_pylist()
    assert set(SIGNALS) <= set(good)
    assert good["ccnet_bucket"] in {"head", "middle", "tail"}
    assert good["ccnet_perplexity"] > 1


def test_a_fitted_reference_is_part_of_what_the_job_obeys(reference: str) -> None:
    named = check_quality(QualityConfig(outlier_reference=reference))
    assert named == {"reference": files.checksum(reference)}
    with pytest.raises(UsageError, match="gristmill quality fit"):
        check_quality(QualityConfig(outlier_reference=f"{reference}.not"))


def test_a_signal_source_that_is_not_there_is_refused() -> None:
    for name in ("books", "words", "ut1", "wikiref_model"):
        sources = SignalsConfig.model_validate({name: "/nowhere"})
        with pytest.raises(UsageError, match="/nowhere"):
            check_quality(QualityConfig(signals=True, signal_sources=sources))


def test_fit_with_a_target_writes_importance_weights(tmp_path: Path) -> None:
    corpus = _corpus(tmp_path / "corpus.jsonl", [draw(seed, 80) for seed in range(20)])
    target = _corpus(tmp_path / "target.jsonl", [f"A poem of the sea, {n}." for n in range(12)])
    out = str(tmp_path / "weights.parquet")
    fit_file((corpus,), out, "", (target,), ())
    fitted = table_importance(files.read_table(out))
    assert fitted.documents == (12, 20)
    assert fitted.weight(["poem"]) > 0 > fitted.weight(["mill"])


def test_fit_of_too_few_or_of_no_documents_is_refused(tmp_path: Path) -> None:
    few = _corpus(tmp_path / "few.jsonl", [draw(1, 80)])
    with pytest.raises(UsageError, match="no language has 200 texts"):
        fit_file((few,), str(tmp_path / "out"), "", (), ())
    with pytest.raises(UsageError, match="neither a run's folder"):
        fit_file((str(tmp_path / "a.txt"),), str(tmp_path / "out"), "", (), ())
