"""Files of tokenizers in the forms that there are: read, or refused in a sentence."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from tokenizers import Regex, pre_tokenizers
from training_texts import texts

from pipeline.errors import UsageError
from pipeline.tokenize.encode import Encoder, build_encoder
from pipeline.tokenize.train import CONTROLS, split_pattern

LONG_RUN = "the mill" + " " * 60_000 + "by the river"


def changed(encoder: Encoder, change: Callable[[Any], Any]) -> Encoder:
    """The encoder of a file that differs."""
    spec = json.loads(encoder.spec.text)
    change(spec)
    return build_encoder(json.dumps(spec), "given")


def pattern(regex: str) -> Callable[[Any], None]:
    def change(spec: Any) -> None:
        spec["pre_tokenizer"]["pretokenizers"][0]["pattern"] = {"Regex": regex}

    return change


def merges_as_strings(spec: Any) -> None:
    spec["model"]["merges"] = [" ".join(pair) for pair in spec["model"]["merges"]]


def merges_of_all_parts(spec: Any) -> None:
    """As in llama3's file: every way to make a token, and words taken whole without a merge."""
    vocab = spec["model"]["vocab"]
    words = sorted((rank, word) for word, rank in vocab.items() if word not in CONTROLS)
    spec["model"]["merges"] = [
        [word[:at], word[at:]]
        for _, word in words
        for at in range(1, len(word))
        if word[:at] in vocab and word[at:] in vocab
    ]
    spec["model"]["ignore_merges"] = True


def cut_and_padded(spec: Any) -> None:
    spec["truncation"] = {
        "direction": "Right",
        "max_length": 20,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    spec["padding"] = {
        "strategy": {"Fixed": 100_000},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 5,
        "pad_type_id": 0,
        "pad_token": "x",
    }


def other_end(spec: Any) -> None:
    for token in spec["added_tokens"]:
        token["content"] = token["content"].replace("endoftext", "end_of_text")
    spec["model"]["vocab"] = {
        word: rank for word, rank in spec["model"]["vocab"].items() if word not in CONTROLS
    }


@pytest.mark.parametrize(
    "change", [merges_as_strings, merges_of_all_parts, cut_and_padded, other_end]
)
def test_other_forms_of_the_same_tokenizer_give_the_same_ids(
    encoder: Encoder, change: Callable[[Any], None]
) -> None:
    other = changed(encoder, change)
    for text in [*texts(20), LONG_RUN]:
        assert other.encode(text).tolist() == encoder.encode(text).tolist()
    assert other.card.eos == encoder.card.eos


@pytest.mark.parametrize("change", [merges_of_all_parts, cut_and_padded])
def test_ids_of_other_forms_are_those_of_tokenizers(
    encoder: Encoder, change: Callable[[Any], None]
) -> None:
    other = changed(encoder, change)
    for text in texts(20):
        theirs = other.slow.encode(text, add_special_tokens=False).ids
        assert other.encode(text).tolist() == theirs


def drop_merges(spec: Any) -> None:
    spec["model"]["merges"] = spec["model"]["merges"][:-200]


def drop_merges_and_ignore(spec: Any) -> None:
    drop_merges(spec)
    spec["model"]["ignore_merges"] = True


def same_id(spec: Any) -> None:
    spec["model"]["vocab"]["zz"] = 0


def odd_merge(spec: Any) -> None:
    spec["model"]["merges"][0] = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (drop_merges, "has no merge that makes '"),
        (drop_merges_and_ignore, "has no merge that makes '"),
        (same_id, "gives id 0 to two tokens; number them anew"),
        (odd_merge, "has a merge that is not of two tokens"),
        (pattern("("), "has a split that is no pattern (Parsing error"),
        (pattern(r"\p{L}+|\p{N}"), "has a split that leaves out '\\x00'"),
        (pattern(r"\s+|\S"), None),
        (pattern(r"(?<=\s)\p{L}+|\p{L}|\s+|[^\s\p{L}]+"), "looks at what is before it"),
    ],
)
def test_a_file_that_would_encode_otherwise_is_refused_in_a_sentence(
    encoder: Encoder, change: Callable[[Any], None], told: str | None
) -> None:
    if told is None:
        changed(encoder, change)
        return
    with pytest.raises(UsageError, match=re.escape(told)) as refused:
        changed(encoder, change)
    assert str(refused.value).startswith("'given' ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("नमस्ते दुनिया", ["नमस्ते", " दुनिया"]),
        ("e\u0301tude", ["e\u0301tude"]),
        ("helloмир", ["hello", "мир"]),
        ("東京タワーへ", ["東京", "タワー", "へ"]),
        ("தமிழ்hello", ["தமிழ்", "hello"]),
        ("don't x²", ["don", "'t", " x", "²"]),
    ],
)
def test_marks_stay_with_their_letters_and_words_are_of_one_script(
    text: str, pieces: list[str]
) -> None:
    split = pre_tokenizers.Split(Regex(split_pattern(1)), "isolated")
    assert [piece for piece, _ in split.pre_tokenize_str(text)] == pieces


@pytest.mark.parametrize("plane", range(17))
def test_ids_of_all_planes_are_those_of_tokenizers(encoder: Encoder, plane: int) -> None:
    places = range(plane << 16, (plane + 1) << 16)
    characters = [chr(place) for place in places if not 0xD800 <= place < 0xE000]
    for text in ("".join(characters), " ".join(characters)):
        theirs = encoder.slow.encode(text, add_special_tokens=False).ids
        assert encoder.encode(text).tolist() == theirs
