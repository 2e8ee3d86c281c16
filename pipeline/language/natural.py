"""What of a text is natural language: prose, without addresses, code and the names of options.

`https://www.muehle.de/lehre` is no German, `--no-install-recommends` no English; in a short text
they outweigh its words.
"""

import re

_FENCE = "```"
# Addresses, mail, tags, paths, names of files, options, identifiers, calls, variables. Of words
# without spaces around them what is not ASCII stays.
_NO_WORD = re.compile(r"[`_@/\\<>$={}#|~^]|[A-Za-z0-9]\.[A-Za-z]|\(\)|::|^-")
_ASCII = re.compile(r"[!-~]+")
_LEAST = 20  # letters that are enough to tell a language by
_ADDRESSES = ("http://", "https://", "www.")
_LONG = 200  # characters: in scripts without spaces prose goes on behind an address
_PIECES, _PIECE = 16, 500  # characters that are looked at of a long text, of all parts of it


def natural_language(text: str) -> str:
    """The words of `text` that belong to a language; of a long one those of pieces. What stands
    between fences counts where hardly anything stands elsewhere.
    """
    left = _words(_unfenced(text))
    is_enough = _FENCE not in text or sum(map(str.isalpha, left[:400])) >= _LEAST
    return left if is_enough else _words(text)


def _words(text: str) -> str:
    words = sampled(text, _PIECES, _PIECE).split()
    return " ".join(filter(None, (word if word.isalpha() else _plain(word) for word in words)))


def _unfenced(text: str) -> str:
    """A text without what stands between fences; one that nothing closes fences nothing."""
    if _FENCE not in text:
        return text
    parts = text.split(_FENCE)
    last = parts[-1:] if len(parts) % 2 == 0 else []
    return " ".join(parts[::2] + last)


def _plain(word: str) -> str:
    if not _NO_WORD.search(word):
        return word
    is_address = word.startswith(_ADDRESSES) and len(word) < _LONG
    return "" if is_address or word.isascii() else _ASCII.sub(" ", word)


def sampled(text: str, pieces: int, size: int) -> str:
    """Pieces of a text from its beginning to its end: they tell its language as surely as all of
    it, menus and all, at a fraction of the cost.
    """
    if len(text) <= pieces * size:
        return text
    starts = (at * (len(text) - size) // (pieces - 1) for at in range(pieces))
    return " ".join(text[start : start + size] for start in starts)
