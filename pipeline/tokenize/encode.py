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
from pipeline.tokenize.dataset_files import read_beside
from pipeline.tokenize.fast_encoding import fast_encoding
from pipeline.tokenize.manifest import MANIFEST, TOKENIZER, read_manifest
from pipeline.tokenize.tokenizer_files import (
    TokenizerCard,
    TokenizerSpec,
    read_spec,
)

Ids = npt.NDArray[Any]  # unsigned integers, uint16 or uint32

PIECE_CHARACTERS = 200_000  # of text encoded in one call
LONG_RUN = 50_000  # characters of white space; tiktoken was seen to cope with 100,000
# Looked for where a run begins alone: from each place of a shorter one, it would be read again.
_LONG_RUN = re.compile(rf"\s(?<!\s\s)\s{{{LONG_RUN - 1}}}")
# Every known split ends a token between a letter or digit and white space, and none looks back, so
# text cut here encodes as if it had not been cut.
_BORDER = re.compile(r"(?<=[A-Za-z0-9])(?=[ \n])")


@dataclass(frozen=True)
class Encoder:
    """Encodes with the merges of one tokenizer.json.

    `dtype` of the ids is the card's: uint16 for up to 65,536 ids, else uint32.
    """

    card: TokenizerCard
    spec: TokenizerSpec
    fast: tiktoken.Encoding

    @cached_property
    def slow(self) -> tokenizers.Tokenizer:
        """The same tokenizer in its own library, without control tokens."""
        plain = self.spec.plain
        model = {**plain["model"], "vocab": self.spec.words}
        return tokenizers.Tokenizer.from_str(
            json.dumps({**plain, "model": model, "added_tokens": []})
        )

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
    words, and CheckError for one in a dataset that is not the manifest's.
    """
    path = fspath(path)
    file = files.join(path, TOKENIZER) if files.is_folder(path) else path
    if not files.exists(file):
        raise UsageError(f"no tokenizer at {path!r}; give a folder with {TOKENIZER} or the file")
    try:
        text = _bytes_of(path, file).decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{file!r} is not a tokenizer.json: {error}") from error
    kept = _kept(text)
    if not kept:
        kept.append(build_encoder(text, file))
    return kept[0]


def _bytes_of(path: str, file: str) -> bytes:
    """The bytes of a tokenizer.json; that of a dataset is held against its manifest."""
    if file != path and files.exists(files.join(path, MANIFEST)):
        return read_beside(path, TOKENIZER, read_manifest(path))
    return files.read_bytes(file)


@lru_cache(maxsize=2)  # the jobs, their parts and the shards ask for the same, by other names
def _kept(text: str) -> list[Encoder]:
    """Where the encoder of a text is kept once it is built."""
    return []


def build_encoder(text: str, name: str) -> Encoder:
    """The encoder of the text of a tokenizer.json, `name` for messages."""
    spec = read_spec(text, name)
    return Encoder(spec.card, spec, fast_encoding(spec, name))
