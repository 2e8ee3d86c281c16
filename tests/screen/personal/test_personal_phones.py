"""Numbers of telephones: what is asked of the model, what it is made of, what it is worth."""

import gzip
import json
from pathlib import Path
from random import Random

import pytest

from classifiers import PERSONAL_DATA
from classifiers.fasttext_model import MODEL, FasttextModel, read_card
from classifiers.personal.phone_examples import (
    OTHER,
    PHONE,
    TEMPLATES,
    examples,
    train_personal_data,
)
from classifiers.personal.span_evaluation import (
    Labelled,
    Span,
    evaluate_personal_data,
    figures,
    read_labels,
)
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.screen.personal.clues import clues
from pipeline.screen.personal.phone_notation import candidates
from pipeline.screen.personal.phones import features, phones


def asked(text: str) -> list[str]:
    return [text[start:end] for start, end in candidates(text, clues(text))]


@pytest.mark.parametrize(
    "number",
    ["(212) 736-5000", "+49 (0)30 12 34 56 78", "01.42.68.53.00", "736-5000", "345-899-3560x4587"],
)
def test_numbers_in_the_notation_of_telephones_are_asked_for(number: str) -> None:
    assert asked(f"Phone: {number}, or write.") == [number]


@pytest.mark.parametrize(
    "text",
    ["2014-05-12 10", "12/05/2014", "1998-2004", "3.14159265", "978-3-16-148410-0",
     "$123 456 789", "x=1234567", "1234567890123456", "555-0123"],
)  # fmt: skip
def test_what_is_no_telephone_by_its_notation_is_not(text: str) -> None:
    assert asked(f"see {text} there") == []


def test_the_model_sees_notation_first_digits_and_words() -> None:
    text = "Please call Ann on (212) 736-5000 or 212-111-2222 now"
    start = text.index("(")
    (line,) = features(text, [(start, start + 14)])
    words = line.split()
    assert {"shape(ddd)_ddd-dddd", "groups3-3-4", "digits10", "b0on", "bcall", "aor", "a0"} <= set(
        words
    )
    assert "first21" in words
    assert "736" not in line


@pytest.mark.parametrize("token", ["[phone]", "(212) 555-0123", "[ip]"])
def test_what_was_replaced_looks_like_what_stood_there(token: str) -> None:
    before, after = "Mail joe or 212-111-2222, call 736-5000", f"Mail joe or {token}, call 736-5000"
    first, second = (features(t, [(t.index("736"), len(t))]) for t in (before, after))
    assert first == second


def test_a_long_row_of_numbers_is_judged_by_its_first() -> None:
    judged: list[str] = []

    def judge(lines: list[str]) -> list[float]:
        judged.extend(lines)
        return [1.0] * len(lines)

    row = ", ".join(f"(212) 736-{at}" for at in range(5000, 5020))
    found = list(phones(f"Call {row} now", clues(f"Call {row} now"), judge))
    assert len(found) == 20
    assert len(judged) < 10


def test_what_looks_like_telephones_among_digits_at_random_is_not_asked_for() -> None:
    digits = "".join(Random(4).choices("0123456789 -", k=3_000))
    assert not asked(digits)
    assert asked(f"{digits}\nor call 212-736-5000 today") == ["212-736-5000"]


@pytest.mark.parametrize("between", [" ", "\n", ", "])
def test_a_list_of_telephones_without_a_word_is_asked_for(between: str) -> None:
    draw = Random(5)
    numbers = [
        f"{draw.randrange(201, 989)}-{draw.randrange(211, 989)}-7{n}" for n in range(100, 300)
    ]
    assert set(asked(between.join(numbers))) == {one for one in numbers if asked(one)}


def test_telephones_behind_a_table_are_asked_for() -> None:
    draw = Random(7)
    figures = "".join(draw.choices("0123456789 -", k=1_250))
    numbers = "\n".join(f"+49 30 {draw.randrange(1_000_000, 9_999_999)}" for _ in range(90))
    assert len(asked(f"{figures}\n{numbers}")) > 60


@pytest.mark.parametrize(
    "label", ["order:    ", "case -- ", "part no.  ", "order #", "invoice     "]
)
def test_numbers_of_things_are_not_asked_for(label: str) -> None:
    assert not asked(f"call about {label}555 1234567")


def test_telephones_of_a_log_are_asked_for() -> None:
    draw = Random(6)
    rows = [
        f"2021-03-{n:02} 11:{n:02}:40 0{draw.randrange(200, 999)}-{n}7{n}3 {n}"
        for n in range(10, 30)
    ]
    assert len(asked("\n".join(rows * 3))) == 60


def test_examples_are_those_of_their_seed() -> None:
    made = list(examples(3, 40))
    assert made == list(examples(3, 40))
    assert made != list(examples(4, 40))
    assert {label for label, _ in made} == {PHONE, OTHER}


def test_the_shipped_model_is_the_one_of_its_templates() -> None:
    card = read_card(str(PERSONAL_DATA))
    assert card["data"]["templates"] == digest(TEMPLATES.read_text("utf-8"))
    assert (PERSONAL_DATA / MODEL).stat().st_size <= 2_000_000


@pytest.mark.slow
def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    card = train_personal_data(str(tmp_path))
    assert card["hash"] == read_card(str(PERSONAL_DATA))["hash"]


def test_a_span_counts_that_overlaps_by_four_fifths() -> None:
    labels = [Labelled("x" * 30, (Span(0, 10, "phone"), Span(20, 30, "email")))]
    told = figures(labels, [[Span(0, 9, "phone"), Span(11, 15, "phone"), Span(20, 27, "email")]])
    assert told["phone"] == {"labelled": 1, "found": 2, "precision": 0.5, "recall": 1.0}
    assert told["email"]["recall"] == 0.0


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        '{"text": 1}',
        '{"full_text": 5, "spans": []}',
        '{"full_text": "a", "spans": [{"entity_type": "US_SSN", "start_position": "0"}]}',
    ],
)
def test_labels_that_are_none_are_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text(line)
    with pytest.raises(UsageError, match="full_text"):
        read_labels(str(tmp_path / "labels.jsonl"))


def test_a_python_without_peers_is_refused() -> None:
    with pytest.raises(UsageError, match="presidio-analyzer"):
        evaluate_personal_data([Labelled("a", ())], lambda lines: [], "true")


def test_labels_are_read_packed_or_not(tmp_path: Path) -> None:
    span = {"entity_type": "US_SSN", "start_position": 0, "end_position": 3}
    other = {"entity_type": "PERSON", "start_position": 0, "end_position": 3}
    line = json.dumps({"full_text": "abc", "spans": [span, other]}) + "\n"
    (tmp_path / "a.jsonl").write_text(line)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    found = [read_labels(str(tmp_path / name)) for name in ("a.jsonl", "a.jsonl.gz")]
    assert found == [[Labelled("abc", (Span(0, 3, "ssn"),))]] * 2


@pytest.mark.shared
def test_labelled_values_are_found(data: Path) -> None:
    labels = read_labels(str(data / "labels" / "pii-presidio" / "pii-synth-dev.jsonl.gz"))
    told = evaluate_personal_data(labels, FasttextModel(str(PERSONAL_DATA)).score)["gristmill"]
    print(json.dumps(told))
    counts = {kind: told[kind]["labelled"] for kind in ("email", "ssn", "iban", "ip")}
    assert counts == {"email": 28, "ssn": 10, "iban": 10, "ip": 3}
    for kind in counts:
        assert (told[kind]["precision"], told[kind]["recall"]) == (1.0, 1.0)
    assert (told["card"]["precision"] or 0) >= 0.98
    assert (told["card"]["recall"] or 0) >= 0.97
    assert (told["phone"]["precision"] or 0) >= 0.88
    assert (told["phone"]["recall"] or 0) >= 0.70
