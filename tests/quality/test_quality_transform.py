"""Documents judged in a pipeline: programs pass, dropped prose leaves its columns."""

from support_graph import here

from pipeline.document import Batch, Document, Measured, Unit
from pipeline.quality.measured_tables import statistics_table
from pipeline.quality.transform import JudgeQuality
from pipeline.recipe import QualityConfig

PROGRAM = "fn main() {\n    let total = rows[0];\n}\n\n" * 40
CONFIG = QualityConfig(reading="published", rules=("gopher_quality", "c4"))


def judged(*documents: Document) -> Batch:
    batch = Batch(Unit("one", ("one",)), 0, True, documents)
    (result,) = here(JudgeQuality(CONFIG), batch)
    assert isinstance(result, Batch)
    return result


def document(text: str, domain: str = "") -> Document:
    return Document("0" * 32, "", "source", text, language="en", domain=domain)


def test_a_declared_program_passes_every_rule_and_keeps_every_line() -> None:
    (measured,) = judged(document(PROGRAM, "code")).records
    assert isinstance(measured, Measured)
    assert measured.document.text == PROGRAM


def test_a_dropped_document_leaves_its_reason_and_its_statistics() -> None:
    batch = judged(document("Too short to say anything."))
    assert batch.records == ()
    assert [row.reason for row in batch.dropped] == ["too_few_words"]
    (row,) = statistics_table(batch).to_pylist()
    assert (row["id"], row["kept"], row["words"]) == ("0" * 32, False, 5)


def test_all_reasons_but_the_first_stand_in_the_detail() -> None:
    (row,) = judged(document("## ## ## ##")).dropped
    assert row.reason == "too_few_words"
    assert row.detail.split() == [
        "mean_word_too_short",
        "too_many_hashes",
        "too_few_alphabetic_words",
        "too_few_stop_words",
        "too_few_sentences",
    ]
