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

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from pipeline import files
from pipeline.errors import UsageError
from pipeline.tokenize.tokenizer_files import (
    CONFIG,
    EOS,
    TokenizerCard,
    auto_config,
    read_spec,
)

CONTROLS = (EOS, *(f"<|reserved_{i}|>" for i in range(7)))
MAX_TOKEN_BYTES = 32  # without a bound the longest token was 66 bytes of licence text
MAX_CHARACTERS = 10_000  # of one text: no single book shapes the vocabulary (nanochat's cap)
# The trainer counts pairs in 32 bits (huggingface/tokenizers#2058) and a pair takes at least one
# byte, so fewer bytes than this cannot overflow it.
MAX_TRAIN_BYTES = 2**31 - 1
# Of what is written beside other scripts most; the mark of a long vowel is of both kana.
SCRIPTS = (
    *(
        r"\p{Latin}",
        r"\p{Cyrillic}",
        r"\p{Greek}",
        r"\p{Han}",
        r"\p{Hiragana}ー",
        r"\p{Katakana}ー",
    ),
    *(r"\p{Hangul}", r"\p{Arabic}", r"\p{Hebrew}", r"\p{Devanagari}", r"\p{Thai}"),
)
FLOOR = 0.02  # least share of the sample of a component, so that code and formulas do not drown


def split_pattern(digits: int) -> str:
    r"""The split into words. No case folding, so that every regex engine reads it alike.

    Marks stay with their letters, or words of half the scripts of the world fall apart; a word is
    of one script.
    """
    others = rf"[\p{{L}}&&[^{''.join(SCRIPTS)}]]"
    kinds = [*SCRIPTS, others]
    letters = "|".join(rf"[{kind}\p{{M}}]+" for kind in kinds)
    return (
        r"'(?:[sdmtSDMT]|[lL][lL]|[vV][eE]|[rR][eE])"
        rf"|[^\r\n\p{{L}}\p{{M}}\p{{N}}]?(?:{letters})"
        rf"|\p{{N}}{{1,{digits}}}"
        r"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+"
        r"|\s+(?!\S)"
        r"|\s+"
    )


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


def save_tokenizer(folder: str, tokenizer: Tokenizer) -> TokenizerCard:
    """Writes `tokenizer.json`, which is checked first, `card.json`, and the configuration by which
    other libraries find it.
    """
    text: str = tokenizer.to_str(pretty=True)
    spec = read_spec(text, "the tokenizer")
    card = spec.card
    files.write_bytes_atomic(files.join(folder, "tokenizer.json"), text.encode())
    files.write_json(files.join(folder, CONFIG), auto_config(spec))
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
    """The card of a tokenizer.json that was trained here, from its text alone."""
    return read_spec(text, "the tokenizer").card
