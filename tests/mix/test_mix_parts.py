"""What one part goes through in mix: scores find their documents by id, everyone has a place."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from support_parts import UNASKED, curated, document, unit_of

from pipeline import files
from pipeline.classify.score import SCORES_SCHEMA
from pipeline.document import Unit, digest
from pipeline.mix.assign import assign_part
from pipeline.mix.columns import part_columns, part_rows
from pipeline.mix.decision import Decision, decide
from pipeline.mix.decision_file import decision_text
from pipeline.mix.inventory import Summary, merge, read_summary, summarise_part, summary_bytes
from pipeline.mix.keep_rates import Kept, alarms, counted_rates
from pipeline.mix.token_rates import TokenRates
from pipeline.recipe import ClassifyConfig
from pipeline.recipe_types import MixConfig

LENGTHS = {"books": 30, "forum": 20, "news": 10}
ROWS = [document(name, "x" * size) for name, size in LENGTHS.items()]
OFF = ClassifyConfig(gate="off")
HARM = {"harm_score": 0.95, "harm_evidence": "address: words", "harmful": True}


def scores(*names: str, hit: str = "", harm: str = "") -> pa.Table:
    """Scores of documents whose domain is their own name, in the order given."""
    rows = [
        {
            "id": digest(name),
            "referenced_score": LENGTHS[name] / 100,
            "domain": name,
            "domain_score": 1.0,
            "hits": int(name == hit),
            "hit": "quiz:1" if name == hit else "",
            **UNASKED,
            **(HARM if name == harm else {}),
        }
        for name in names
    ]
    return pa.Table.from_pylist(rows, schema=SCORES_SCHEMA)


def part(folder: Path, *names: str, hit: str = "") -> Unit:
    return unit_of(folder, curated(*ROWS), scores(*names, hit=hit))


def decided(unit: Unit, config: MixConfig) -> Decision:
    return decide(merge([summary_of(unit)]), TokenRates(), config, OFF, seed=1)


def summary_of(unit: Unit) -> Summary:
    (summary,) = summarise_part(unit, "domain", {})
    return summary


def test_scores_find_their_documents_whatever_their_order(tmp_path: Path) -> None:
    for order in (("news", "books", "forum"), ("forum", "news", "books")):
        rows = part_rows(part(tmp_path, *order)).to_pylist()
        found = {row["id"]: (row["characters"], row["domain"]) for row in rows}
        assert found == {digest(name): (size, name) for name, size in LENGTHS.items()}


def test_documents_that_classify_has_not_seen_are_not_there(tmp_path: Path) -> None:
    columns = part_columns(part_rows(part(tmp_path, "news", "books")))
    assert sorted(columns.characters.tolist()) == [10, 30]


def test_a_domain_that_the_source_states_is_told_from_one_that_was_found(tmp_path: Path) -> None:
    stated = [document("books", "x" * 30, domain="books"), document("news", "x" * 10)]
    columns = part_columns(part_rows(unit_of(tmp_path, curated(*stated), scores("books", "news"))))
    assert dict(zip(columns.characters.tolist(), columns.declared.tolist(), strict=True)) == {
        30: True,
        10: False,
    }


def test_a_summary_is_read_as_it_was_written(tmp_path: Path) -> None:
    summary = summary_of(part(tmp_path, *LENGTHS))
    path = str(tmp_path / "summary.json")
    files.write_bytes_atomic(path, summary_bytes(summary))
    again = read_summary(path)
    assert again.names == summary.names == ("books", "forum", "news")
    assert (again.characters == summary.characters).all()
    assert summary.characters.sum() == 60


def test_a_summary_that_nobody_wrote_is_empty(tmp_path: Path) -> None:
    assert read_summary(str(tmp_path / "none.json")).names == ()


def test_every_document_of_a_part_has_a_group_or_a_reason(tmp_path: Path) -> None:
    unit = part(tmp_path, *LENGTHS, hit="forum")
    (made,) = assign_part(unit, decided(unit, MixConfig(weights={"books": 1.0}, annealing=False)))
    assert (made.part, made.kept, made.seen["document"]) == ("part.000", 1, 3)
    assert made.tables["mixture"]["id"].to_pylist() == [digest("books")]
    drops = {row["id"]: row["reason"] for row in made.tables["dropped"].to_pylist()}
    assert drops == {digest("forum"): "benchmark_hit", digest("news"): "unwanted_domain"}


def test_a_drop_tells_the_hit_or_the_score(tmp_path: Path) -> None:
    unit = part(tmp_path, *LENGTHS, hit="forum")
    (made,) = assign_part(unit, decided(unit, MixConfig(weights={"books": 1.0}, annealing=False)))
    details = {row["reason"]: row["detail"] for row in made.tables["dropped"].to_pylist()}
    assert details == {"benchmark_hit": "quiz:1", "unwanted_domain": "0.100000"}


def test_groups_are_counted_in_documents_and_characters(tmp_path: Path) -> None:
    unit = part(tmp_path, *LENGTHS)
    (made,) = assign_part(unit, decided(unit, MixConfig(annealing=False)))
    counted = {key: n for key, n in made.seen.items() if key.startswith("apart:")}
    assert sum(n for key, n in counted.items() if "documents" in key) == 3
    assert sum(n for key, n in counted.items() if "characters" in key) == 60


def test_another_decision_is_another_text(tmp_path: Path) -> None:
    unit = part(tmp_path, *LENGTHS)
    weights: list[dict[str, float]] = [{}, {}, {"books": 1.0}]
    texts = [decision_text(decided(unit, MixConfig(weights=each))) for each in weights]
    assert texts[0] == texts[1] != texts[2]
    assert json.loads(texts[0])["names"] == ["books", "forum", "news"]


def test_scores_in_another_order_give_the_same_part(tmp_path: Path) -> None:
    decision = decided(part(tmp_path, *LENGTHS), MixConfig(annealing=False))
    made = [
        next(assign_part(part(tmp_path, *order, hit="forum"), decision))
        for order in (("books", "forum", "news"), ("news", "books", "forum"))
    ]
    assert made[0] == made[1]


def test_an_empty_part_gives_empty_tables(tmp_path: Path) -> None:
    unit = unit_of(tmp_path, curated(), scores())
    (made,) = assign_part(unit, decided(unit, MixConfig()))
    assert (made.kept, made.seen) == (0, {"document": 0})
    assert [table.num_rows for table in made.tables.values()] == [0, 0]


def test_a_harmful_document_leaves_with_both_kinds_of_evidence(tmp_path: Path) -> None:
    unit = unit_of(tmp_path, curated(*ROWS), scores(*LENGTHS, harm="news"))
    (made,) = assign_part(unit, decided(unit, MixConfig(annealing=False)))
    (row,) = made.tables["dropped"].to_pylist()
    assert (row["id"], row["reason"], row["detail"]) == (
        digest("news"),
        "harmful",
        "0.950000 address: words",
    )
    summary = summary_of(unit)
    assert summary.documents.sum() == len(ROWS) - 1


def test_what_passes_the_gate_is_counted_by_kind_and_told_where_hardly_any_does(
    tmp_path: Path,
) -> None:
    rows = [
        replace(document(name, "x" * size), language="en" if name == "books" else "de")
        for name, size in LENGTHS.items()
    ]
    unit = unit_of(tmp_path, curated(*rows), scores(*LENGTHS))
    kept = decided(unit, MixConfig(annealing=False))
    gated = replace(kept, kept=kept.kept * (np.array(kept.names) == "books")[:, None, None])
    (made,) = assign_part(unit, gated)
    rates = counted_rates(made.seen)
    assert rates["language"] == {"en": Kept(30, 30), "de": Kept(30, 0)}
    assert rates["length"] == {"short": Kept(60, 30)}
    assert alarms(rates) == ["of language 'de' 0.000 of the characters pass, of all 0.500"]
    (made,) = assign_part(unit, kept)
    assert alarms(counted_rates(made.seen)) == []


@pytest.mark.parametrize("way", ["declared", "hit", "harmful", "unwanted", "reserved"])
def test_who_does_not_come_to_the_gate_is_not_counted_there(way: str, tmp_path: Path) -> None:
    one = document("books", "x" * 30, domain="books" if way == "declared" else "")
    scored = scores(
        "books", hit="books" if way == "hit" else "", harm="books" if way == "harmful" else ""
    )
    unit = unit_of(tmp_path, curated(one), scored)
    decision = decided(unit, MixConfig(annealing=False))
    if way == "unwanted":
        decision = replace(decision, wanted=~decision.wanted)
    if way == "reserved":
        decision = replace(decision, reserved=np.ones_like(decision.reserved))
    (made,) = assign_part(unit, decision)
    assert counted_rates(made.seen) == {}


def test_what_no_model_has_scored_is_not_counted_at_the_gate(tmp_path: Path) -> None:
    scored = scores("books").to_pylist()
    table = pa.Table.from_pylist([{**scored[0], "referenced_score": None}], schema=SCORES_SCHEMA)
    unit = unit_of(tmp_path, curated(document("books", "x" * 30)), table)
    (made,) = assign_part(unit, decided(unit, MixConfig(annealing=False)))
    assert counted_rates(made.seen) == {}
