"""fastText behind one door: normal form, training to the same bytes, loading, scoring."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.fasttext_model import (
    CARD,
    MAX_CHARACTERS,
    MODEL,
    TEXT_FORM,
    FasttextModel,
    TrainSettings,
    normal_form,
    train,
)
from pipeline.errors import UsageError

SETTINGS = TrainSettings(buckets=1_000, min_count=1)
EXAMPLES = [
    (label, f"{words} number {i % 7}")
    for i in range(60)
    for label, words in (("good", "plum pear apple"), ("bad", "rust dust ash"))
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("model")
    of_file = train(EXAMPLES, str(target / MODEL), SETTINGS)
    card = {"hash": of_file, "text_form": TEXT_FORM, "positive": "good"}
    (target / CARD).write_text(json.dumps(card))
    return target


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two\nlines\u2028and\ttabs\x00here", "two lines and tabs here"),
        ("see https://Example.org/x?y or www.example.org.", "see url or url"),
        ("a __label__good word", "a good word"),
        ("before </s> after", "before after"),
        ("CAFE\u0301", "caf\u00e9"),
        ("lone \ud800 half", "lone ? half"),
        (" \n\t ", ""),
    ],
)
def test_normal_form_of_a_trap_is_one_plain_line(text: str, expected: str) -> None:
    assert normal_form(text) == expected


@given(st.text(st.characters(), max_size=400))
def test_normal_form_of_any_text_is_a_fixed_point_on_one_line(text: str) -> None:
    once = normal_form(text)
    assert normal_form(once) == once
    assert len(once.splitlines()) <= 1
    assert len(once) <= MAX_CHARACTERS


def test_train_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(EXAMPLES, str(tmp_path / name), SETTINGS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_train_on_few_words_is_stable(tmp_path: Path) -> None:
    """Uninitialised memory shows in small models: as NaN or as a model of its own in every run."""
    few = [("good", "plum pear"), ("bad", "rust dust")] * 15
    assert len({train(few, str(tmp_path / MODEL), SETTINGS) for _ in range(5)}) == 1


def test_score_tells_the_classes_apart_whatever_the_order(folder: Path) -> None:
    model = FasttextModel(str(folder))
    high, low = model.score(["Plum\npear", "Rust dust ash"])
    assert high > 0.9
    assert low < 0.1
    assert model.score(["Rust dust ash", "Plum\npear"]).tolist() == [low, high]


def test_score_of_hostile_texts_stays_a_chance(folder: Path) -> None:
    texts = ["</s> plum", "__label__bad plum", "\ud800", "plum\x00pear", "x" * 50_000]
    scores = FasttextModel(str(folder)).score(texts)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_score_of_a_text_without_words_is_missing(folder: Path) -> None:
    scores = FasttextModel(str(folder)).score(["", "plum", " \n"])
    assert [score != score for score in scores.tolist()] == [True, False, True]


def test_score_of_no_text_is_empty(folder: Path) -> None:
    assert FasttextModel(str(folder)).score([]).tolist() == []


def test_load_says_nothing_on_stderr(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    FasttextModel(str(folder)).score(["plum"])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hash": "0" * 32}, "is not the file its card describes"),
        ({"text_form": 0}, "was trained on text form 0"),
        ({"positive": "other"}, "does not tell two labels apart"),
    ],
)
def test_load_of_a_model_beside_another_card_is_refused(
    folder: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    card = json.loads((folder / CARD).read_text())
    (tmp_path / CARD).write_text(json.dumps(card | change))
    (tmp_path / MODEL).write_bytes((folder / MODEL).read_bytes())
    with pytest.raises(UsageError, match=message):
        FasttextModel(str(tmp_path))


def test_load_of_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name the folder of a trained model"):
        FasttextModel(str(tmp_path))
