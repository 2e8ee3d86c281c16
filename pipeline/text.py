"""Words, lines, paragraphs, n-grams: the only splitting in the repository.

A text goes in; a `Split` comes out, made once per document and shared by the quality rules, the
statistics and the near-duplicate signature. Splitting looks at scripts, never at a language tag, so
a page of two languages is split rightly in both and a wrong tag changes nothing.

Beside it, which characters of a text show nothing and mean nothing (`visible`).

Caveat: letters, marks and cases are those of the running Python's Unicode tables.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

# Scripts written without spaces between words: a word is one character with its marks. A Chinese or
# Thai word is two to four of them, so limits on counts and lengths of words are set per language.
_UNSPACED = (
    "\u0e00-\u0e3a\u0e40-\u0e4f"  # Thai
    "\u0e80-\u0edf"  # Lao
    "\u1000-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17d3\u17d7\u17dc\u17dd"  # Khmer
    "\u3005-\u3007\u3041-\u309f"  # iteration mark and zero of Han, hiragana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)


def _marks() -> str:
    """The combining marks of the basic plane, which Python's \\w leaves out (Indic vowels)."""
    spans: list[list[int]] = []
    for code in range(0x300, 0x10000):
        if unicodedata.category(chr(code))[0] == "M":
            if spans and spans[-1][1] == code - 1:
                spans[-1][1] = code
            else:
                spans.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)


_MARKS = _marks()
_JOINS = r"(?:['’]|(?<=\d)[.,](?=\d))"
_LETTER = rf"(?:(?![{_UNSPACED}])[\w{_MARKS}])"
# A word is a run of letters, digits and marks. An apostrophe joins (don't, l'eau), and so does a
# point or a comma between digits (3.14); a hyphen parts (state of the art is four words).
_WORD = re.compile(rf"[{_UNSPACED}][{_MARKS}]*|{_LETTER}+(?:{_JOINS}{_LETTER}+)*")
# The same where no mark and no such script occurs; a look behind costs only where a join may be.
_PLAIN_WORD = re.compile(r"\w++(?:['’.,](?:(?<=['’])|(?<=\d[.,])(?=\d))\w++)*+")
_NOT_PLAIN = re.compile(f"[{_UNSPACED}{_MARKS}]")
# Looked for in a text with a space before and after. Bars and hyphens alone are not the author's:
# extractors write tables and list items with them.
_SIGN = rf"[^\s\w{_MARKS}]"
_SYMBOL = re.compile(rf"\s(?:[^\s\w|:\-{_MARKS}]|[|:-]++{_SIGN}){_SIGN}*+(?=\s)")
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
# Sentence-final marks of the world's scripts: Unicode's Sentence_Terminal, the living ones.
TERMINAL_MARKS = tuple(".?!。！？｡．﹖﹗؟۔॥।։።፧፨။၊។៕᠃᠉܀܁܂߹‼‽⁇⁈⁉⸮")
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
# Unicode's default-ignorable characters: they show nothing and split words that look alike.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_MOST_NORMAL = 18  # characters that one becomes in NFKC, U+FDFA

# Characters that format and show nothing, but where they stand for something: shapes of letters in
# Arabic and Indic scripts, emoji and flags, words of scripts without spaces, directions.
_CURSIVE = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1900-\u1cff\ua800-\ua8ff\ua980-\uaaff"
    "\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00010aff\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]"
)
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\uaa60-\uaa7f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_FLAG = "\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f"
_DIRECTIONS = "\u034f\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_ADDRESS = re.compile(r"[A-Za-z0-9@._/:-]")
_SIGNS = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMAT = re.compile(f"{_FLAG}|[\u0080-\u009f]|[{_SIGNS}]+")
# What one of these begins with: most texts hold none, and one class is looked for twice as fast.
_BEGINS_FORMAT = re.compile(f"[\U0001f3f4\u0080-\u009f{_SIGNS}]")


@dataclass(frozen=True)
class Split:
    """A text in its parts; each part is computed when first asked for, once.

    `words` are never empty and never punctuation alone; `symbols` counts the stand-alone runs of
    punctuation (a plus, a dash between spaces) that a split at spaces counts, but for the bars and
    hyphens with which extractors write tables and lists.
    """

    text: str
    symbol_words: frozenset[str] = frozenset()  # given words that are punctuation alone

    @cached_property
    def words(self) -> Sequence[str]:
        """The words in order, as written."""
        return words(self.text)

    @cached_property
    def lower_words(self) -> Sequence[str]:
        """The words in lower case, one for one: what shingles and word counts are made of."""
        return list(map(str.lower, self.words))

    @cached_property
    def symbols(self) -> int:
        """How many stand-alone runs of punctuation there are."""
        return len(_SYMBOL.findall(f" {self.text} "))

    @cached_property
    def lines(self) -> Sequence[str]:
        """The lines that are not blank, without the space around them."""
        return lines(self.text)

    @cached_property
    def paragraphs(self) -> Sequence[str]:
        """What blank lines part, without the space around it."""
        return paragraphs(self.text)


def given_split(text: str, symbol_words: frozenset[str], **parts: object) -> Split:
    """A Split whose `parts` (words, symbols, lines, ...) come from elsewhere, as in comparisons.

    Args:
        text: the whole text.
        symbol_words: those of the given words that are punctuation alone.
        parts: properties of Split by name; the others are computed from `text`.
    """
    split = Split(text, symbol_words)
    vars(split).update(parts)  # where cached properties keep their values
    return split


def words(text: str) -> list[str]:
    """The words of `text`; one per character in Han, hiragana, Thai, Lao, Khmer and Myanmar."""
    plain = text.isascii() or not _NOT_PLAIN.search(text)
    return (_PLAIN_WORD if plain else _WORD).findall(text)


def line_words(line: str) -> list[str]:
    """The words of a line at white space, as rules on lines count; `words` in unspaced scripts."""
    unspaced = not line.isascii() and _HAS_UNSPACED.search(line)
    return words(line) if unspaced else line.split()


def count_line_words(lines: Sequence[str]) -> int:
    """How many words the lines have, counted as `line_words` does."""
    whole = "\n".join(lines)
    if whole.isascii() or not _HAS_UNSPACED.search(whole):
        return len(whole.split())
    return sum(len(line_words(line)) for line in lines)


def lines(text: str) -> list[str]:
    """The lines of `text` that are not blank, without the space around them."""
    return [line for line in map(str.strip, text.split("\n")) if line]


def paragraphs(text: str) -> list[str]:
    """What blank lines part in `text`, without the space around it."""
    return [part for part in map(str.strip, _PARAGRAPH_BREAK.split(text)) if part]


def encodable(text: str) -> str:
    """`text` with a question mark for each lone surrogate, which UTF-8 cannot hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def visible(text: str) -> str:
    """`text` without the format characters that carry no meaning where they stand: soft hyphens and
    joiners of Latin words go, what shapes Persian letters or makes one emoji of several stays.
    """
    if text.isascii() or not _BEGINS_FORMAT.search(text):
        return text
    return "\n".join(_visible_line(line) for line in text.split("\n"))


def _visible_line(line: str) -> str:
    turns = bool(_RIGHT_TO_LEFT.search(line))
    return _FORMAT.sub(lambda found: _meant(found, turns), line)


def _meant(found: re.Match[str], turns: bool) -> str:
    """What means something of a run, each once; `turns` says if the line has letters that do so."""
    run, (start, stop), line = found[0], found.span(), found.string
    before, after = line[max(0, start - 1) : start], line[stop : stop + 1]
    if run[0] <= "\u009f":  # signs of windows-1252, as browsers read them in references
        return run.encode("latin-1").decode("cp1252", "ignore")
    if run[0] == "\U0001f3f4":
        return run  # a flag
    if turns and _ADDRESS.match(before) and _ADDRESS.match(after):
        turns = False
    kept = [sign for sign in dict.fromkeys(run) if _means(sign, before, after, turns)]
    variants = [sign for sign in kept if _VARIANT.match(sign)]
    return "".join(sign for sign in kept if sign not in variants[1:])


def _means(sign: str, before: str, after: str, turns: bool) -> bool:
    """Whether a format character means something between two others."""
    match sign:
        case "\u200b":
            return bool(_SPACELESS.match(before) and _SPACELESS.match(after))
        case "\u200c" | "\u180e":
            return bool(_CURSIVE.match(before))
        case "\u200d":
            return bool(_CURSIVE.match(before) or (_EMOJI.match(before) and _EMOJI.match(after)))
        case "\ufe0e" | "\ufe0f":
            return bool(_EMOJI.match(before) or (after == "\u20e3" and before in "#*0123456789"))
    if _VARIANT.match(sign):
        return before >= "\u1000"  # of Han, Myanmar and mathematical signs
    return turns and sign in _DIRECTIONS


def ngrams(items: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """The n-grams of `items` in order; none where there are fewer than `n`."""
    return list(zip(*(items[i:] for i in range(n)), strict=False))


def normalise(text: str) -> str:
    """The form in which two texts count as the same text: for exact duplicates.

    Unicode NFKC with case folded (the standard's caseless match), invisible characters dropped,
    every run of white space one space. Punctuation and digits stay: another number, another text.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    # Nothing is composed across a line break, so the many lines of plain letters stay cheap.
    return " ".join(" ".join(map(_folded, text.split("\n"))).split())


def _folded(line: str) -> str:
    if line.isascii():
        return line.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", line).casefold())
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", folded).casefold())


def may_reach(text: str, characters: int) -> bool:
    """Whether `normalise` may leave so many characters of a text: a question that costs nothing."""
    return len(text) * (1 if text.isascii() else _MOST_NORMAL) >= characters
