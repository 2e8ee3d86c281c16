"""Encoding: equal to the tokenizers library, nothing smuggled in, nothing lost."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models
from training_texts import texts

import pipeline.tokenize.encode as encode_module
from pipeline.errors import UsageError
from pipeline.tokenize.encode import (
    LONG_RUN,
    Encoder,
    build_encoder,
    load_tokenizer,
    pieces,
    utf8_size,
)
from pipeline.tokenize.train import CONTROLS

# Blocks of characters that are treated alike somewhere: the hard part of any split.
ALPHABET = (
    " \n\t\r=-_.,'\"019abSsLl\u00e9\u00df\u017f\u212a\u4e2d\u3042\u0301"
    "\u200b\u00a0\u3000\u2028\x85\x1f\ufeff😀\U0001f1e9"
)


def same_ids(encoder: Encoder, text: str) -> bool:
    wanted: list[int] = encoder.slow.encode(text, add_special_tokens=False).ids
    return wanted == list(encoder.encode(text))


def test_ids_equal_those_of_tokenizers_on_documents(encoder: Encoder) -> None:
    assert all(same_ids(encoder, text) for text in texts(300, start=10_000))


@pytest.mark.slow
def test_ids_equal_those_of_tokenizers_on_ten_thousand_documents(encoder: Encoder) -> None:
    assert all(same_ids(encoder, text) for text in texts(10_000, start=10_000))


@given(st.lists(st.tuples(st.sampled_from(ALPHABET), st.integers(1, 40)), max_size=30))
@settings(deadline=None, max_examples=300)
def test_ids_equal_those_of_tokenizers_on_runs(
    encoder: Encoder, runs: list[tuple[str, int]]
) -> None:
    assert same_ids(encoder, "".join(character * count for character, count in runs))


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=300)
def test_text_comes_back_from_its_ids(encoder: Encoder, text: str) -> None:
    assert encoder.decode(encoder.encode(text)) == text
    assert same_ids(encoder, text)


@given(st.text(st.characters(codec=None), max_size=50))
@settings(deadline=None)
def test_lone_surrogates_become_replacement_characters(encoder: Encoder, text: str) -> None:
    wanted = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert encoder.decode(encoder.encode(text)) == wanted
    assert utf8_size(text) == len(wanted.encode())


@pytest.mark.parametrize(
    "control", [*CONTROLS, "<|im_start|>", "</s>", "[INST]", "|||IP_ADDRESS|||"]
)
@pytest.mark.parametrize("around", ["{}", " {} ", "a{}b", "{}{}", "\n{}\n"])
def test_control_string_in_text_is_ordinary_text(
    encoder: Encoder, control: str, around: str
) -> None:
    text = around.replace("{}", control)
    ids = encoder.encode(text)
    assert int(ids.max()) < encoder.card.first_control
    assert encoder.decode(ids) == text


def test_control_strings_in_a_long_run_are_ordinary_text(encoder: Encoder) -> None:
    text = CONTROLS[0] + " " * 60_000 + CONTROLS[1]
    ids = encoder.encode(text)
    assert int(ids.max()) < encoder.card.first_control
    assert encoder.decode(ids) == text


@pytest.mark.parametrize(
    "text",
    [
        " " * 1_000_000,
        "\n" * 300_000,
        " \n" * 200_000,
        "a" * 300_000,
        "中" * 100_000,
        "a b\n" * 150_000,
    ],
    ids=["spaces", "lines", "both", "word", "han", "words"],
)
def test_endless_runs_are_encoded_as_tokenizers_does(encoder: Encoder, text: str) -> None:
    assert same_ids(encoder, text)


@pytest.mark.timeout(30)  # looked for from every place of a run, its end costs a minute
@pytest.mark.parametrize("sign", [" ", "\n", "\t"])
def test_runs_just_short_of_a_long_one_are_read_once(encoder: Encoder, sign: str) -> None:
    assert same_ids(encoder, (sign * (LONG_RUN - 1) + "a") * 20)


def test_long_text_is_cut_where_tokens_end(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [encoder.encode(text).tolist() for text in texts(100)]
    monkeypatch.setattr(encode_module, "PIECE_CHARACTERS", 20)
    assert all(len(list(pieces(text))) > 1 for text in texts(100) if len(text) > 200)
    assert [encoder.encode(text).tolist() for text in texts(100)] == whole


@given(st.text(max_size=300))
@settings(deadline=None)
def test_pieces_together_are_the_text(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode_module, "PIECE_CHARACTERS", 9)
        assert "".join(pieces(text)) == text


def test_document_ends_with_one_end_of_text(encoder: Encoder) -> None:
    ids = encoder.encode_document("a<|endoftext|>b")
    assert np.flatnonzero(ids == encoder.card.eos).tolist() == [len(ids) - 1]
    assert encoder.decode(ids) == "a<|endoftext|>b"


def test_empty_document_is_the_end_of_text_alone(encoder: Encoder) -> None:
    assert encoder.encode_document("").tolist() == [encoder.card.eos]


@pytest.mark.parametrize(
    ("vocabulary", "dtype"), [(65_536, "uint16"), (65_537, "uint32"), (300, "uint16")]
)
def test_dtype_is_the_narrowest_that_holds_every_id(
    encoder: Encoder, vocabulary: int, dtype: str
) -> None:
    card = replace(encoder.card, vocabulary=vocabulary)
    assert card.dtype == dtype
    assert replace(encoder, card=card).encode("water").dtype == dtype


def test_an_id_past_the_control_border_stops_everything(encoder: Encoder) -> None:
    broken = replace(encoder, card=replace(encoder.card, first_control=300))
    with pytest.raises(AssertionError, match="control id"):
        broken.encode(" the mill turns slowly")


def test_every_token_encodes_to_itself(encoder: Encoder) -> None:
    ranks = range(256, encoder.card.first_control)
    words = {rank: encoder.decode_bytes(np.array([rank])) for rank in ranks}
    texts = {rank: word.decode("utf-8", "replace") for rank, word in words.items()}
    whole = {rank: text for rank, text in texts.items() if "\ufffd" not in text}
    assert len(whole) > 400
    for rank, text in whole.items():
        assert encoder.encode(text).tolist() == [rank]
        assert same_ids(encoder, text)


def test_tokenizer_loads_from_its_file_too(tokenizer_folder: Path, encoder: Encoder) -> None:
    loaded = load_tokenizer(str(tokenizer_folder / "tokenizer.json"))
    assert loaded.card == encoder.card


def test_nothing_at_the_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no tokenizer at"):
        load_tokenizer(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"model": []}'])
def test_a_file_that_is_no_tokenizer_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        load_tokenizer(str(path))


def test_a_word_level_tokenizer_is_refused(tmp_path: Path) -> None:
    Tokenizer(models.WordLevel({"a": 0}, unk_token="a")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(UsageError, match="byte-level BPE"):
        load_tokenizer(str(tmp_path))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("normalizer",), {"type": "NFC"}),
        (("pre_tokenizer",), {"type": "Whitespace"}),
        (("pre_tokenizer",), None),
        (("pre_tokenizer", "pretokenizers", 1, "add_prefix_space"), True),
        (("pre_tokenizer", "pretokenizers", 0, "behavior"), "Removed"),
        (("model", "dropout"), 0.1),
        (("model", "byte_fallback"), True),
        (("added_tokens",), []),
    ],
)
def test_a_tokenizer_that_would_encode_otherwise_is_refused(
    encoder: Encoder, path: tuple[Any, ...], value: Any
) -> None:
    spec = json.loads(encoder.spec.text)
    at = spec
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(UsageError):
        build_encoder(json.dumps(spec), "changed")
