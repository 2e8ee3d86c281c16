"""How many sentences a text has, as C4 counts them: each line ends one too.

One search counts the ends, for a page may be nothing but full stops.

Caveat: small letters are those of the running Python's Unicode tables.
"""

import re
import sys
from functools import cache

from pipeline.text import Split

# Where a sentence ends inside a line: at the first mark of a run with space after it, or without in
# scripts that write none.
_ENDS, _CLOSED = ".!?…؟۔।॥።", "\"'”’»)\\]"
_UNSPACED_ENDS, _UNSPACED_CLOSED = "。！？｡．", "”’」』）"
# What a full stop after it does not end, by its width, as a look behind has one.
_ABBREVIATIONS = (
    r"[^\W\d_]",
    "[mM][rs]|[dD]r|[sS]t|[jJsS]r|vs|[nN][or]|[eE]d|pp|cf|al|ca|[aA]v|Co",
    r"\w\.\w|[mM]rs|[dD]rs|[fF]ig|[vV]ol|bzw|usw|Abb|[sS]ra|[mM]me|[eE]tc|Inc|Ltd|Jan|Feb|Mar|Apr|Aug"
    "|Sep|Oct|Nov|Dec",
    "[pP]rof|Sept",
)
_UNABBREVIATED = "".join(
    rf"(?<![\s(\"'“‘](?:{names}){line}\.)" for names in _ABBREVIATIONS for line in ("", r"\n")
)


def sentence_count(split: Split) -> int:
    """How many stretches there are that end in terminal punctuation, or with their line."""
    return len(split.lines) + _count_inner_ends(split.text)


def _count_inner_ends(text: str) -> int:
    ends = _inner_ends("a-z") if text.isascii() else _inner_ends(_small_letters())
    return len(ends.findall(f"\n{text}"))  # space before the first word


@cache
def _inner_ends(small: str) -> re.Pattern[str]:
    """Ends of sentences; a full stop is none before a small letter or after `Dr`."""
    closed = rf"[{_ENDS}]*+[{_CLOSED}]*+"
    return re.compile(
        rf"[{_ENDS}{_UNSPACED_ENDS}](?:"
        rf"(?<![{_ENDS}][{_ENDS}])(?<=[{_ENDS}])(?={closed}[^\S\n]++\S)"
        rf"(?:(?<!\.)|(?!{closed}[^\S\n]{{1,7}}[{small}])"
        rf"(?:(?<![\w\n]\.)|{_UNABBREVIATED}))"
        rf"|(?<![{_UNSPACED_ENDS}][{_UNSPACED_ENDS}])(?<=[{_UNSPACED_ENDS}])"
        rf"(?=[{_UNSPACED_ENDS}]*+[{_UNSPACED_CLOSED}]*+[^\S\n]*+\S))"
    )


@cache
def _small_letters() -> str:
    return "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.islower())
