"""Training: same bytes, single digits, control ids on top, bounds kept."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training_texts import texts

from pipeline.errors import CheckError, UsageError
from pipeline.tokenize.encode import Encoder, load_tokenizer
from pipeline.tokenize.tokenizer_files import check_merges
from pipeline.tokenize.train import (
    CONTROLS,
    MAX_TOKEN_BYTES,
    read_card,
    sample_rates,
    save_tokenizer,
    train_tokenizer,
)


def test_training_is_the_same_bytes_in_any_order_of_texts() -> None:
    forwards = train_tokenizer(texts(200), 1_000, 1, 10).to_str()
    backwards = train_tokenizer(reversed(texts(200)), 1_000, 1, 10).to_str()
    assert forwards == backwards


def test_vocabulary_counts_control_ids_and_they_are_the_highest(encoder: Encoder) -> None:
    tokens = json.loads(encoder.spec.text)["model"]["vocab"]
    card = encoder.card
    assert card.vocabulary <= 2_000
    assert card.first_control == card.vocabulary - len(CONTROLS) == len(tokens)
    assert card.eos == card.first_control


def test_trained_tokenizer_fills_the_vocabulary_asked_for() -> None:
    card = read_card(train_tokenizer(texts(400), 500, 1, 10).to_str())
    assert card.vocabulary == 500


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_digits_stand_in_groups_of_at_most_so_many(digits: int) -> None:
    numbers = [f"in {n} and {n * 7919}" for n in range(1_000, 3_000)]
    tokenizer = train_tokenizer(numbers, 3_000, digits, 10)
    longest = max(len(token) for token in tokenizer.get_vocab() if re.fullmatch(r"\d+", token))
    assert longest == digits


def test_tokens_are_bounded_in_length() -> None:
    tokenizer = train_tokenizer(["=" * 500 + " " + "word" * 100] * 5, 2_000, 1, 10)
    words = tokenizer.get_vocab(with_added_tokens=False)
    assert max(len(token) for token in words) <= MAX_TOKEN_BYTES


def test_sample_past_the_trainers_counts_is_refused() -> None:
    with pytest.raises(UsageError, match="set at most 2147"):
        train_tokenizer([], 1_000, 1, 2_148)


def test_training_stops_at_its_megabytes() -> None:
    taken = []

    def read() -> Iterator[str]:
        for text in texts(400):
            taken.append(len(text.encode()))
            yield text

    train_tokenizer(read(), 1_000, 1, 0.01)
    assert sum(taken[:-1]) <= 10_000 < sum(taken)


def test_saved_folder_has_a_card_that_agrees(tokenizer_folder: Path) -> None:
    card = json.loads((tokenizer_folder / "card.json").read_text())
    loaded = load_tokenizer(str(tokenizer_folder)).card
    assert {key: card[key] for key in ("vocabulary", "eos", "first_control", "digest")} == {
        "vocabulary": loaded.vocabulary,
        "eos": loaded.eos,
        "first_control": loaded.first_control,
        "digest": loaded.digest,
    }
    assert card["controls"] == sorted(CONTROLS)


def test_save_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_tokenizer(str(tmp_path / name), train_tokenizer(texts(100), 600, 1, 10))
    files = ("tokenizer.json", "card.json")
    one, two = ([(tmp_path / n / f).read_bytes() for f in files] for n in ("a", "b"))
    assert one == two


def test_merges_of_a_trained_tokenizer_are_in_order(encoder: Encoder) -> None:
    model = json.loads(encoder.spec.text)["model"]
    assert len(model["merges"]) == encoder.card.first_control - 256 > 400
    check_merges(model["vocab"], (tuple(pair) for pair in model["merges"]))


@pytest.mark.parametrize(
    "merges",
    [[("ab", "c"), ("a", "b")], [("a", "b"), ("ab", "x")], [("b", "c"), ("a", "b")]],
)
def test_merges_out_of_order_are_found(merges: list[tuple[str, str]]) -> None:
    vocab = {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "bc": 5}
    with pytest.raises(CheckError, match="merge"):
        check_merges(vocab, merges)


def test_merge_made_twice_is_no_error() -> None:
    vocab = {"a": 0, "aa": 1, "aaa": 2, "aaaa": 3}
    check_merges(vocab, [("a", "a"), ("aa", "a"), ("aa", "aa"), ("a", "aa")])


def test_card_without_an_end_of_text_is_refused() -> None:
    spec = json.loads(train_tokenizer(texts(50), 500, 1, 10).to_str())
    spec["added_tokens"] = spec["added_tokens"][1:]
    with pytest.raises(UsageError, match="endoftext"):
        read_card(json.dumps(spec))


def test_sample_rates_follow_weights_with_a_floor() -> None:
    rates = sample_rates({"web": 10**9, "code": 10**6, "none": 0}, {"web": 1.0, "code": 0.001}, 10)
    assert rates["web"] == pytest.approx(0.01 / 1.02)
    assert rates["code"] == pytest.approx(0.2 / 1.02, rel=0.01)
    assert set(rates) == {"web", "code"}


@given(
    st.dictionaries(st.text(max_size=3), st.integers(0, 10**12), max_size=8),
    st.floats(0.01, 1_000),
)
def test_sample_rates_are_shares(characters: dict[str, int], megabytes: float) -> None:
    rates = sample_rates(characters, {}, megabytes)
    assert set(rates) == {name for name, count in characters.items() if count}
    assert all(0 < rate <= 1 for rate in rates.values())
