r"""A tokenizer is trained: byte-level BPE over words, digits and runs of white space.

In: texts, drawn by mixture (`sample_rates`). Out: a folder with `tokenizer.json` (the format of the
`tokenizers` library) and `card.json` (sizes, control ids, digest). The split follows cl100k's
idea: a word takes one character before it, digits stand in groups of at most k, punctuation
swallows line ends, and white space is kept in runs. Equal texts give equal bytes.

Control tokens are the highest ids. They are added after training, so no merge ever makes one, and
the encoder (encode.py) knows none of them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from pipeline import files
from pipeline.document import digest
from pipeline.errors import CheckError, UsageError

EOS = "<|endoftext|>"
CONTROLS = (EOS, *(f"<|reserved_{i}|>" for i in range(7)))
MAX_TOKEN_BYTES = 32  # without a bound the longest token was 66 bytes of licence text
MAX_CHARACTERS = 10_000  # of one text: no single book shapes the vocabulary (nanochat's cap)
# The trainer counts pairs in 32 bits (huggingface/tokenizers#2058) and a pair takes at least one
# byte, so fewer bytes than this cannot overflow it.
MAX_TRAIN_BYTES = 2**31 - 1
FLOOR = 0.02  # least share of the sample of a component, so that code and formulas do not drown


def split_pattern(digits: int) -> str:
    r"""The split into words. No case folding, so that every regex engine reads it alike."""
    return (
        r"'(?:[sdmtSDMT]|[lL][lL]|[vV][eE]|[rR][eE])"
        r"|[^\r\n\p{L}\p{N}]?\p{L}+"
        rf"|\p{{N}}{{1,{digits}}}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+"
        r"|\s+(?!\S)"
        r"|\s+"
    )


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


def sample_rates(
    characters: Mapping[str, float], weights: Mapping[str, float], megabytes: float
) -> dict[str, float]:
    """Share of each component's documents that goes into the training sample, 0 to 1.

    Components weigh as in the mixture, but none less than FLOOR. A document is in the sample when
    a keyed hash of its id is below the rate.
    """
    wanted = {name: max(weights.get(name, 0.0), FLOOR) for name, n in characters.items() if n >= 1}
    scale = megabytes * 1e6 / (sum(wanted.values()) or 1.0)
    return {
        name: min(1.0, weight * scale / characters[name]) for name, weight in sorted(wanted.items())
    }


def train_tokenizer(
    texts: Iterable[str], vocabulary: int, digits: int, megabytes: float
) -> Tokenizer:
    """A byte-level BPE of at most `vocabulary` ids, control ids included.

    Reads texts until `megabytes` (10^6 bytes) are reached, at most MAX_CHARACTERS of each. A small
    sample gives fewer ids than asked for. Raises UsageError for a sample that the trainer cannot
    count, or none.
    """
    limit = int(megabytes * 1e6)
    if limit > MAX_TRAIN_BYTES:
        raise UsageError(
            f"train_megabytes = {megabytes:g} overflows the trainer's 32-bit counts; "
            f"set at most {MAX_TRAIN_BYTES // 10**6}"
        )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(split_pattern(digits)), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(CONTROLS),
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=MAX_TOKEN_BYTES,
        show_progress=False,
    )
    tokenizer.train_from_iterator(_bounded(texts, limit), trainer)
    tokenizer.add_special_tokens([AddedToken(c, special=True, normalized=False) for c in CONTROLS])
    return tokenizer


def _bounded(texts: Iterable[str], limit: int) -> Iterator[str]:
    taken = 0
    for text in texts:
        cut = text[:MAX_CHARACTERS].encode("utf-8", "replace")
        taken += len(cut)
        if taken > limit:
            return
        yield cut.decode()


def check_merges(vocab: Mapping[str, int], merges: Iterable[tuple[str, str]]) -> None:
    """Every merge joins two older tokens into a newer one, in the order of ids.

    Raises CheckError where that fails: it is what an overflowed trainer leaves, and what an
    encoder that takes ids for merge ranks relies on.
    """
    newest = -1
    done: set[str] = set()  # one token may be made by two merges, the second of them later
    for left, right in merges:
        made = vocab.get(left + right, -1)
        if not max(vocab.get(left, made), vocab.get(right, made)) < made:
            raise CheckError(f"merge {left!r} + {right!r} makes token {made} before its parts")
        if made <= newest and left + right not in done:
            raise CheckError(f"merge {left!r} + {right!r} makes token {made} out of order")
        done.add(left + right)
        newest = max(newest, made)


def save_tokenizer(folder: str, tokenizer: Tokenizer) -> TokenizerCard:
    """Writes `tokenizer.json` and `card.json`; the merges are checked first."""
    text: str = tokenizer.to_str(pretty=True)
    card = read_card(text)
    files.write_bytes_atomic(files.join(folder, "tokenizer.json"), text.encode())
    files.write_json(
        files.join(folder, "card.json"),
        {
            "format": 1,
            "vocabulary": card.vocabulary,
            "eos": card.eos,
            "first_control": card.first_control,
            "controls": sorted(token["content"] for token in json.loads(text)["added_tokens"]),
            "digest": card.digest,
        },
    )
    return card


def read_card(text: str) -> TokenizerCard:
    """The card of a tokenizer.json, from its text alone."""
    spec: dict[str, Any] = json.loads(text)
    controls = {token["content"]: int(token["id"]) for token in spec["added_tokens"]}
    words = {t: i for t, i in spec["model"]["vocab"].items() if t not in controls}
    check_merges(words, (tuple(pair) for pair in spec["model"]["merges"]))
    if EOS not in controls:
        raise UsageError(f"the tokenizer has no {EOS} token; add it as a special token")
    if min(controls.values()) <= max(words.values()):
        raise UsageError("the tokenizer's control ids are not its highest; renumber them")
    return TokenizerCard(
        vocabulary=max(controls.values()) + 1,
        eos=controls[EOS],
        first_control=min(controls.values()),
        digest=digest(text),
    )
