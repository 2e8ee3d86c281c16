"""tiktoken's encoding of a tokenizer, if it follows the split as `tokenizers` does."""

import tiktoken

from pipeline.errors import UsageError
from pipeline.tokenize.tokenizer_files import TokenizerSpec


def fast_encoding(spec: TokenizerSpec, name: str) -> tiktoken.Encoding:
    """The encoding of tiktoken. Raises UsageError for a split that it does not follow, that looks
    back, or that leaves out what a text may hold.
    """
    if "(?<" in spec.pattern:
        raise UsageError(
            f"{name!r} has a split that looks at what is before it; take one that does not"
        )
    try:
        found = tiktoken.Encoding(
            f"bpe-{spec.card.digest}",
            pat_str=spec.pattern,
            mergeable_ranks=spec.ranks,
            special_tokens={},
        )
        kept = found.decode(found.encode_ordinary(PROBE))
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise UsageError(f"{name!r} has a split that is no pattern ({first}); mend it") from error
    if kept != PROBE:
        at = next(at for at, (a, b) in enumerate(zip(PROBE, kept + "\0", strict=False)) if a != b)
        raise UsageError(
            f"{name!r} has a split that leaves out {PROBE[at]!r}; add what it leaves out"
        )
    return found


def _probe() -> str:
    """Characters of all kinds, alone between letters, digits and spaces, and beside each other."""
    places = [*range(0x250), *range(0x250, 0x3100, 7), *range(0x3100, 0x20000, 97)]
    some = [chr(place) for place in places if not 0xD800 <= place < 0xE000]
    alone = "".join(f"a{one} {one}1{one}\n" for one in some[::3])
    return alone + "".join(some) + " \t\r\n  a\n\n 1"


PROBE = _probe()
