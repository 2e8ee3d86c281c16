"""Text to ids and back, at tiktoken's speed, from a tokenizer.json.

tiktoken encodes with the same merges several times faster than `tokenizers`, with equal ids (a
test holds it). It is given no control tokens, so a control string in a web page becomes ordinary
ids; every document's ids are checked against the first control id anyway, and the end of text is
appended as an integer.

tiktoken's regex gives up on a run of white space of about a million characters (it panics, which no
`except Exception` sees), so long runs go to `tokenizers`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from os import PathLike, fspath
from typing import Any

import numpy as np
import numpy.typing as npt
import tiktoken
import tokenizers

from pipeline import files
from pipeline.errors import UsageError
from pipeline.tokenize.train import TokenizerCard, read_card

Ids = npt.NDArray[Any]  # unsigned integers, uint16 or uint32

PIECE_CHARACTERS = 200_000  # of text encoded in one call
LONG_RUN = 50_000  # characters of white space; tiktoken was seen to cope with 100,000
_LONG_RUN = re.compile(rf"\s{{{LONG_RUN}}}")
# Every known split ends a token between a letter or digit and white space, and none looks back, so
# text cut here encodes as if it had not been cut.
_BORDER = re.compile(r"(?<=[A-Za-z0-9])(?=[ \n])")

_GPT2_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


@dataclass(frozen=True)
class Encoder:
    """Encodes with the merges of one tokenizer.json.

    `dtype` of the ids is the card's: uint16 for up to 65,536 ids, else uint32.
    """

    card: TokenizerCard
    text: str  # of tokenizer.json
    fast: tiktoken.Encoding

    @cached_property
    def slow(self) -> tokenizers.Tokenizer:
        """The same tokenizer in its own library, without control tokens."""
        spec = json.loads(self.text)
        controls = {token["content"] for token in spec["added_tokens"]}
        vocab = spec["model"]["vocab"]
        spec["model"]["vocab"] = {t: i for t, i in vocab.items() if t not in controls}
        spec["added_tokens"], spec["post_processor"] = [], None
        return tokenizers.Tokenizer.from_str(json.dumps(spec))

    def encode(self, text: str) -> Ids:
        """Ordinary ids of `text`; a lone surrogate counts as U+FFFD. Never a control id."""
        parts = [self._encode_piece(piece) for piece in pieces(_scalar(text))]
        ids: Ids = np.concatenate(parts) if len(parts) != 1 else parts[0]
        if ids.size and int(ids.max()) >= self.card.first_control:
            raise AssertionError(f"text was encoded to control id {int(ids.max())}")
        return ids.astype(self.card.dtype)

    def count(self, text: str) -> int:
        """How many ids `text` has, without them."""
        if len(text) > PIECE_CHARACTERS or _LONG_RUN.search(text):
            return len(self.encode(text))
        return len(self.fast.encode_ordinary(_scalar(text)))

    def encode_document(self, text: str) -> Ids:
        """The ids of one document and the end of text behind them."""
        ids = self.encode(text)
        return np.append(ids, ids.dtype.type(self.card.eos))

    def decode(self, ids: Ids) -> str:
        """The text of ordinary ids; control ids are left out, broken UTF-8 becomes U+FFFD."""
        return self.decode_bytes(ids).decode("utf-8", "replace")

    def decode_bytes(self, ids: Ids) -> bytes:
        """The bytes of ordinary ids; control ids are left out."""
        ids = np.asarray(ids)
        data: bytes = self.fast.decode_bytes(ids[ids < self.card.first_control].tolist())
        return data

    def _encode_piece(self, text: str) -> Ids:
        if len(text) >= LONG_RUN and _LONG_RUN.search(text):
            return np.array(self.slow.encode(text, add_special_tokens=False).ids, dtype=np.uint32)
        # In tiktoken 0.14 this is 1.5 times as fast as encode_to_numpy, which looks for control
        # tokens even where there are none.
        return np.array(self.fast.encode_ordinary(text), dtype=np.uint32)


def utf8_size(text: str) -> int:
    """Bytes of `text` as it is encoded."""
    return len(text) if text.isascii() else len(_scalar(text).encode())


def pieces(text: str) -> Iterator[str]:
    """`text` in pieces of about PIECE_CHARACTERS, cut only where a token ends anyway."""
    start = 0
    while len(text) - start > PIECE_CHARACTERS:
        border = _BORDER.search(text, start + PIECE_CHARACTERS)
        stop = border.start() if border else len(text)
        yield text[start:stop]
        start = stop
    yield text[start:]


def _scalar(text: str) -> str:
    """`text` with surrogate pairs joined and lone surrogates replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def load_tokenizer(path: str | PathLike[str]) -> Encoder:
    """The encoder of a folder with tokenizer.json, or of that file.

    Raises UsageError for anything that is not a plain byte-level BPE with control ids above its
    words.
    """
    path = fspath(path)
    file = files.join(path, "tokenizer.json") if files.is_folder(path) else path
    if not files.exists(file):
        raise UsageError(f"no tokenizer at {path!r}; give a folder with tokenizer.json or the file")
    try:
        return _built(files.read_bytes(file).decode(), file)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file!r} is not a tokenizer.json: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{file!r} lacks a part of a tokenizer.json ({error}); save it again with tokenizers"
        ) from error


def _built(text: str, name: str) -> Encoder:
    kept = _kept(text)
    if not kept:
        kept.append(build_encoder(text, json.loads(text), name))
    return kept[0]


@lru_cache(maxsize=2)  # the jobs, their parts and the shards ask for the same, by other names
def _kept(text: str) -> list[Encoder]:
    """Where the encoder of a text is kept once it is built."""
    return []


def build_encoder(text: str, spec: Any, name: str) -> Encoder:
    """The encoder of the text of a tokenizer.json and what it says, `name` for messages."""
    _refuse_unlike(spec, name)
    card = read_card(text)
    controls = {token["content"] for token in spec["added_tokens"]}
    characters = _byte_of_character()
    try:
        ranks = {
            bytes(characters[character] for character in token): int(rank)
            for token, rank in spec["model"]["vocab"].items()
            if token not in controls
        }
    except KeyError as error:
        raise UsageError(f"{name!r} has a token that is not byte-level: {error}") from error
    if any(bytes([byte]) not in ranks for byte in range(256)):
        raise UsageError(
            f"{name!r} lacks some of the 256 bytes; train with the whole byte alphabet"
        )
    pattern = _split(spec["pre_tokenizer"])
    assert pattern is not None
    fast = tiktoken.Encoding(
        f"bpe-{card.digest}", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}
    )
    return Encoder(card, text, fast)


def _refuse_unlike(spec: Any, name: str) -> None:
    model = spec.get("model") if isinstance(spec, dict) else None
    plain = (
        isinstance(model, dict)
        and model.get("type", "BPE") == "BPE"
        and {"vocab", "merges"} <= set(model)
        and not any(
            model.get(key)
            for key in (
                "dropout",
                "continuing_subword_prefix",
                "end_of_word_suffix",
                "byte_fallback",
            )
        )
    )
    if not plain or _split(spec.get("pre_tokenizer")) is None:
        raise UsageError(f"{name!r} is no byte-level BPE with one split; give one that is")
    if spec.get("normalizer"):
        raise UsageError(f"{name!r} normalises text, which loses bytes; give one that does not")


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


def _byte_of_character() -> dict[str, int]:
    """GPT-2's alphabet: printable Latin-1 stands for itself, the rest follows from U+0100."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = (byte for byte in range(256) if byte not in printable)
    moved = {chr(256 + place): byte for place, byte in enumerate(others)}
    return {chr(byte): byte for byte in printable} | moved
