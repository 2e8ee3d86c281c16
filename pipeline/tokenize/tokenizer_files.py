"""What a tokenizer.json must be, so that tiktoken gives the ids that its own library gives.

A plain byte-level BPE: one split into words that leaves nothing out and looks at nothing before it,
merges in the order of their ids, every word made by merges, control ids above all words. Files of
other libraries come in several forms (merges as pairs or as strings, `ignore_merges`, an end of
text by other names); what does not touch a text's own ids (truncation, padding, what is put around
a text) is taken out.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.document import digest
from pipeline.errors import CheckError, UsageError

EOS = "<|endoftext|>"
# What others call the end of a document; the first that a file has is taken.
ENDS = (EOS, "<|end_of_text|>", "</s>", "<eos>", "<|end▁of▁sentence|>")
CONFIG = "tokenizer_config.json"
_GPT2_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_ODD_KEYS = ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback")


@dataclass(frozen=True, slots=True)
class TokenizerCard:
    """What has to be known of a tokenizer without loading it.

    `vocabulary` counts all ids, control ids too; control ids are [first_control, vocabulary).
    `digest` is that of the bytes of tokenizer.json.
    """

    vocabulary: int
    eos: int
    first_control: int
    digest: str

    @property
    def dtype(self) -> str:
        """The narrowest unsigned integer that holds every id."""
        return "uint16" if self.vocabulary <= 1 << 16 else "uint32"


@dataclass(frozen=True)
class TokenizerSpec:
    """A tokenizer.json that was looked at; `name` stands for it in messages."""

    text: str
    plain: Mapping[str, Any]  # as `tokenizers` reads it, without what is put around a text
    pattern: str  # of the split into words

    @cached_property
    def controls(self) -> dict[str, int]:
        """Control tokens and their ids."""
        return {token["content"]: int(token["id"]) for token in self.plain["added_tokens"]}

    @cached_property
    def words(self) -> dict[str, int]:
        """All other tokens, in the byte-level alphabet, and their ids."""
        vocab = self.plain["model"]["vocab"]
        return {token: int(rank) for token, rank in vocab.items() if token not in self.controls}

    @cached_property
    def ranks(self) -> dict[bytes, int]:
        """The words as bytes, and their ids."""
        characters = byte_of_character()
        return {bytes(characters[c] for c in word): rank for word, rank in self.words.items()}

    @property
    def merges(self) -> list[tuple[str, str]]:
        return [tuple(pair) for pair in self.plain["model"]["merges"]]

    @property
    def end(self) -> str:
        """The token that ends a text."""
        return next(name for name in ENDS if name in self.controls)

    @property
    def card(self) -> TokenizerCard:
        return TokenizerCard(
            vocabulary=max(self.controls.values()) + 1,
            eos=self.controls[self.end],
            first_control=min(self.controls.values()),
            digest=digest(self.text),
        )


def read_spec(text: str, name: str) -> TokenizerSpec:
    """What a tokenizer.json says. Raises UsageError, one sentence, for one that is not as above."""
    try:
        spec = _plain(json.loads(text), name)
    except json.JSONDecodeError as error:
        raise UsageError(f"{name!r} is not a tokenizer.json: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(
            f"{name!r} lacks a part of a tokenizer.json ({error}); save it again with tokenizers"
        ) from error
    pattern = _split(spec["pre_tokenizer"])
    assert pattern is not None
    found = TokenizerSpec(text, spec, pattern)
    _check_ids(found, name)
    try:
        check_merges(found.words, found.merges)
    except CheckError as error:
        raise UsageError(f"{name!r}: {error}; train it again") from error
    _check_words(found, name)
    return found


def _plain(value: Any, name: str) -> dict[str, Any]:
    """The file without what is put around a text, its merges as pairs."""
    model = value.get("model", {}) if isinstance(value, dict) else {}
    is_plain = (
        isinstance(value, dict)
        and isinstance(model, dict)
        and model.get("type", "BPE") == "BPE"
        and {"vocab", "merges"} <= set(model)
        and not any(model.get(key) for key in _ODD_KEYS)
    )
    if not is_plain or _split(value.get("pre_tokenizer")) is None:
        raise UsageError(f"{name!r} is no byte-level BPE with one split; give one that is")
    if value.get("normalizer"):
        raise UsageError(f"{name!r} normalises text, which loses bytes; give one that does not")
    merges = [merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"]]
    if any(len(merge) != 2 for merge in merges):
        raise UsageError(f"{name!r} has a merge that is not of two tokens; save it again")
    around = {"truncation": None, "padding": None, "post_processor": None}
    return {**value, **around, "model": {**model, "merges": merges}}


def _split(spec: Any) -> str | None:
    """The split pattern of a pre-tokenizer, None for one that tiktoken cannot follow."""
    steps = (
        [spec] if (spec or {}).get("type") == "ByteLevel" else (spec or {}).get("pretokenizers", [])
    )
    if not steps or steps[-1].get("type") != "ByteLevel" or steps[-1].get("add_prefix_space"):
        return None
    if len(steps) == 1:
        return _GPT2_SPLIT if steps[0].get("use_regex", True) else None
    split = steps[0]
    if len(steps) != 2 or split.get("type") != "Split" or steps[1].get("use_regex", True):
        return None
    if split.get("behavior") != "Isolated" or split.get("invert"):
        return None
    pattern: str | None = split.get("pattern", {}).get("Regex")
    return pattern


def _check_ids(spec: TokenizerSpec, name: str) -> None:
    """Each id is of one token, control ids are the highest, one of them ends a text."""
    ids = [*spec.words.values(), *spec.controls.values()]
    if len(set(ids)) < len(ids):
        twice = next(one for one in ids if ids.count(one) > 1)
        raise UsageError(f"{name!r} gives id {twice} to two tokens; number them anew")
    if not any(end in spec.controls for end in ENDS):
        raise UsageError(f"{name!r} has no {EOS} token; add it as a special token")
    if min(spec.controls.values()) <= max(spec.words.values()):
        raise UsageError(f"{name!r} has control ids that are not its highest; renumber them")
    try:
        ranks = spec.ranks
    except KeyError as error:
        raise UsageError(f"{name!r} has a token that is not byte-level: {error}") from error
    if any(bytes([byte]) not in ranks for byte in range(256)):
        raise UsageError(
            f"{name!r} lacks some of the 256 bytes; train with the whole byte alphabet"
        )


def _check_words(spec: TokenizerSpec, name: str) -> None:
    """Every word is made by merges: tiktoken makes each word that two others make, and takes a
    piece of text that is a word whole, which `tokenizers` does where merges are ignored alone.
    """
    made = {left + right for left, right in spec.merges}
    whole = bool(spec.plain["model"].get("ignore_merges"))
    for word in spec.words:
        if len(word) == 1 or word in made:
            continue
        splits = ((word[:at], word[at:]) for at in range(1, len(word)))
        if not whole or any(a in spec.words and b in spec.words for a, b in splits):
            raise UsageError(f"{name!r} has no merge that makes {word!r}; save it whole")


def check_merges(vocab: Mapping[str, int], merges: Iterable[tuple[str, str]]) -> None:
    """Every token is made of two older ones, in the order of ids.

    Raises CheckError where that fails: it is what an overflowed trainer leaves, and what an
    encoder that takes ids for merge ranks relies on. One token may be made by several merges;
    llama3's file has them all, also of parts that are newer.
    """
    newest = -1
    early: dict[int, tuple[str, str]] = {}  # tokens that were made of no older parts yet
    done: set[int] = set()
    for left, right in merges:
        made = vocab.get(left + right, -1)
        if made < newest and made not in done:
            raise CheckError(f"merge {left!r} + {right!r} makes token {made} out of order")
        if max(vocab.get(left, made), vocab.get(right, made)) < made:
            early.pop(made, None)
            done.add(made)
        elif made not in done:
            early[made] = (left, right)
        newest = max(newest, made)
    for made, (left, right) in early.items():
        raise CheckError(f"merge {left!r} + {right!r} makes token {made} before its parts")


def auto_config(spec: TokenizerSpec) -> dict[str, Any]:
    """tokenizer_config.json, by which `transformers.AutoTokenizer` finds the end of text."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": spec.end,
        "clean_up_tokenization_spaces": False,
    }


def byte_of_character() -> dict[str, int]:
    """GPT-2's alphabet: printable Latin-1 stands for itself, the rest follows from U+0100."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = (byte for byte in range(256) if byte not in printable)
    moved = {chr(256 + place): byte for place, byte in enumerate(others)}
    return {chr(byte): byte for byte in printable} | moved
