"""Texts drawn for the tokenizer and for counting, and the rates that counting gives."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_parts import UNASKED, curated, document, unit_of

from pipeline.classify.score import SCORES_SCHEMA
from pipeline.document import Unit, digest
from pipeline.mix.decision import Decision, decide
from pipeline.mix.inventory import merge, summarise_part
from pipeline.mix.text_sample import (
    MOST_PIECE,
    STRIDE,
    TextSample,
    counted_pieces,
    piece_of,
    piece_rates,
    training_texts,
    write_texts,
)
from pipeline.mix.token_rates import ASSUMED, Piece, TokenRates, measured_rates
from pipeline.recipe import ClassifyConfig
from pipeline.recipe_types import MixConfig

DOMAINS = {"one": "web", "two": "code", "three": "web"}


def part(folder: Path, hit: str = "") -> Unit:
    rows = [
        {
            "id": digest(name),
            "referenced_score": None,
            "domain": domain,
            "domain_score": 1.0,
            "hits": int(name == hit),
            "hit": "",
            **UNASKED,
        }
        for name, domain in DOMAINS.items()
    ]
    documents = [document(name, f"the words of {name}") for name in DOMAINS]
    return unit_of(folder, curated(*documents), pa.Table.from_pylist(rows, SCORES_SCHEMA))


def decided(unit: Unit) -> Decision:
    summary = merge(list(summarise_part(unit, "domain", {})))
    return decide(summary, TokenRates(), MixConfig(), ClassifyConfig(), seed=1)


def drawn(
    folder: Path,
    training: dict[str, float],
    counting: dict[str, float],
    hit: str = "",
    most: int = 99,
) -> str:
    """The folder of what is drawn of `part`."""
    unit = part(folder, hit)
    sample = TextSample(f"{folder}/texts", training, counting, most)
    list(write_texts(unit, sample, decided(unit)))
    return sample.folder


def test_texts_are_drawn_at_the_rate_of_their_component(tmp_path: Path) -> None:
    found = training_texts(drawn(tmp_path, {"web": 1.0}, {}))
    assert sorted(found) == ["the words of one", "the words of three"]


def test_drawn_texts_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    unit = part(tmp_path)
    sample = TextSample(f"{tmp_path}/texts", {"web": 1.0, "code": 1.0}, {}, 99)
    for name in ("z", "a"):
        list(write_texts(replace(unit, name=name), sample, decided(unit)))
    found = list(training_texts(sample.folder))
    assert found == sorted(found, key=lambda text: digest(text.rpartition(" ")[2]))
    assert len(found) == 6


def test_no_sample_gives_no_texts(tmp_path: Path) -> None:
    assert list(training_texts(drawn(tmp_path, {}, {}))) == []
    assert not (tmp_path / "texts").exists()


def test_long_texts_are_drawn_cut(tmp_path: Path) -> None:
    assert list(training_texts(drawn(tmp_path, {"code": 1.0}, {}, most=9))) == ["the words"]


def test_what_the_mixture_leaves_out_is_not_drawn(tmp_path: Path) -> None:
    folder = drawn(tmp_path, {"web": 1.0}, {"web": 1.0}, hit="one")
    assert list(training_texts(folder)) == ["the words of three"]
    assert [piece.text for piece in counted_pieces(folder)] == ["the words of three"]


def test_a_piece_is_told_with_its_component_and_the_length_of_its_text(tmp_path: Path) -> None:
    (piece,) = counted_pieces(drawn(tmp_path, {}, {"code": 1.0}))
    assert piece == Piece("code", 0, 16, "the words of two")


def test_so_many_documents_of_a_component_give_a_piece() -> None:
    assert piece_rates({"few": 10, "none": 0, "many": 20_000}) == {"few": 1.0, "many": 0.1}


def test_a_short_text_is_counted_whole() -> None:
    assert piece_of("word " * 200, 0.7) == "word " * 200


WORDS = st.lists(st.text("abc", min_size=1, max_size=9), min_size=400, max_size=900)


@given(WORDS, st.floats(0, 1, exclude_max=True))
def test_a_piece_is_made_of_whole_words_a_fifth_of_the_text(words: list[str], at: float) -> None:
    text = " ".join(words)
    piece = piece_of(text, at)
    assert set(piece.split()) <= set(words)
    if len(text) > STRIDE:
        assert len(piece) == pytest.approx(len(text) / 5, abs=220)


def test_no_place_of_a_text_is_in_pieces_more_often_than_another() -> None:
    text = "".join(chr(0x4E00 + at) for at in range(5_000))
    seen = np.zeros(len(text))
    for start in np.arange(600) / 600:
        for character in piece_of(text, float(start)):
            seen[ord(character) - 0x4E00] += 1
    assert seen == pytest.approx(seen.mean(), rel=0.02)


def test_a_piece_of_a_long_book_has_a_bound() -> None:
    assert len(piece_of("word " * 200_000, 0.3)) < MOST_PIECE * 1.1


def count(text: str) -> int:
    return len(text.split())


def test_rates_speak_for_whole_documents() -> None:
    pieces = [Piece("web", 3, 100_000, "ab " * 100), Piece("web", 3, 300_000, "abcdefghi " * 10)]
    rates = measured_rates(pieces, count)
    assert rates.of(("web",))[0] == pytest.approx((1 / 3 + 3 / 10) / 4, rel=0.01)


def test_a_component_of_which_nothing_is_counted_has_the_rate_of_all() -> None:
    rates = measured_rates([Piece("web", 0, 10**6, "a b c d e f")], count)
    assert rates.of(("web", "books")) == pytest.approx([6 / 11, 6 / 11], rel=0.01)
    assert TokenRates().of(("web",)).tolist() == [ASSUMED]


def test_bins_have_rates_of_their_own_where_enough_is_counted() -> None:
    rates = measured_rates(
        [Piece("web", 1, 10**6, "a b c d e f"), Piece("web", 900, 10**6, "abcde abcde")], count
    )
    parts = np.zeros((2, 1_000))
    parts[0, :500], parts[1, 500:] = 1, 1
    assert rates.of(("web", "web"), parts) == pytest.approx([6 / 11, 2 / 11], rel=0.01)


@given(st.permutations(range(6)))
def test_rates_are_the_same_in_any_order(order: list[int]) -> None:
    names = ("web", "code")
    pieces = [Piece(names[at % 2], at, 1_000 * at + 7, "x " * at + "y") for at in range(6)]
    first, again = (measured_rates([pieces[at] for at in way], count) for way in (range(6), order))
    assert first.names == again.names
    assert (first.tokens == again.tokens).all()
