"""Documents judged without a pipeline, and the tables of what was measured."""

from quality.quality_corpus import draw, made_reference
from quality.quality_junk import junk

from pipeline.document import SIGNED, Batch, Document, Lost, Measured, Unit
from pipeline.quality.judge import judge_document
from pipeline.quality.measured_tables import curated_table, statistics_table
from pipeline.quality.outliers import NO_REFERENCE
from pipeline.quality.signals.redpajama import SIGNALS
from pipeline.quality.signals.signal_sources import NO_SOURCES
from pipeline.recipe import QualityConfig

PROGRAM = "fn main() {\n    let total = rows[0];\n}\n\n" * 40
CONFIG = QualityConfig(reading="published", rules=("gopher_quality", "c4"))
SIGNALLED = QualityConfig(reading="published", rules=(), signals=True)


def document(text: str, domain: str = "", name: str = "0") -> Document:
    return Document(name * 32, "", "source", text, language="en", domain=domain)


def judged(one: Document, config: QualityConfig = CONFIG) -> Measured | Lost:
    return judge_document(one, config, NO_REFERENCE, NO_SOURCES)


def test_a_document_that_leaves_keeps_what_was_measured() -> None:
    lost = judged(document("Too short to say anything."))
    assert isinstance(lost, Lost)
    assert (lost.row.stage, lost.row.reason) == ("quality", "too_few_words")
    assert lost.measured.columns["words"] == 5


def test_the_text_after_line_edits_is_what_stays_and_what_is_measured() -> None:
    text = "The mill stood by the river.\nEnable JavaScript to see this page.\nNobody owned it."
    kept = judged(
        document(text),
        QualityConfig(reading="published", rules=("c4",), limits={"min_sentences": 0}),
    )
    assert isinstance(kept, Measured)
    assert kept.document.text == "The mill stood by the river.\nNobody owned it."
    assert " ".join(kept.words) == "the mill stood by the river nobody owned it"
    assert kept.columns["words"] == 9


def test_no_reference_is_held_against_what_declares_its_domain() -> None:
    config, text = (
        QualityConfig(reading="published", rules=("outliers",)),
        junk("hex_ids", draw(9_998, 200), 1),
    )
    web, book = (
        judge_document(document(text, domain), config, made_reference(), NO_SOURCES)
        for domain in ("", "books")
    )
    assert isinstance(web, Lost)
    assert isinstance(book, Measured)


def test_signals_stand_beside_the_statistics_where_they_are_asked_for() -> None:
    plain, signalled = judged(document(PROGRAM, "code")), judged(document("Words."), SIGNALLED)
    assert isinstance(plain, Measured)
    assert isinstance(signalled, Measured)
    assert SIGNALS[0] in signalled.columns
    assert SIGNALS[0] not in plain.columns


def test_statistics_tell_kept_from_dropped_by_id() -> None:
    kept, lost = judged(document(PROGRAM, "code", "b")), judged(document("Too short.", name="a"))
    assert isinstance(kept, Measured)
    assert isinstance(lost, Lost)
    batch = Batch(Unit("u", ("u",)), 0, True, (kept,), (lost.row,), lost=(lost.measured,))
    rows = statistics_table(batch).to_pylist()
    assert [(row["id"][0], row["kept"]) for row in rows] == [("a", False), ("b", True)]


def test_a_part_without_documents_has_the_columns_of_the_others() -> None:
    kept = judged(document("Words."), SIGNALLED)
    assert isinstance(kept, Measured)
    kept = Measured(kept.document, kept.words, {**kept.columns, **dict.fromkeys(SIGNED)})
    unit = Unit("u", ("u",))
    none, one = (
        [curated_table(list(rows), True), statistics_table(Batch(unit, 0, True, rows), True)]
        for rows in ((), (kept,))
    )
    assert [table.schema for table in none] == [table.schema for table in one]
    assert all(set(SIGNALS) < set(table.column_names) for table in none)


def test_curated_rows_are_sorted_by_id_and_hold_their_statistics() -> None:
    rows = [judged(document(PROGRAM, "code", name)) for name in "cab"]
    signed = [
        Measured(
            row.document,
            row.words,
            {**row.columns, **dict.fromkeys(SIGNED, row.document.id.encode())},
        )
        for row in rows
        if isinstance(row, Measured)
    ]
    table = curated_table(signed).to_pylist()
    assert [row["id"][0] for row in table] == ["a", "b", "c"]
    assert [row["signature"] for row in table] == [row["id"].encode() for row in table]
    assert all(row["words"] > 100 for row in table)
