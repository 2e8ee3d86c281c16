"""What the lines of templates say: the words of menus, the phrases of notices, links between pages.

Nothing here makes a line boilerplate; it tells what a line that recurs is. Words are in
`navigation.toml`.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

import re2

TURNS = 2  # different words of turning pages that make a line a row of links between pages
TURN_WORDS = 24  # of such a line at most
MAX_CHARACTERS = 200  # of a line that is looked at

_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_DIGITS = re.compile(r"\d+")
_ADDRESS = re.compile(r"https?://\S+")
_SEPARATORS = re.compile(r"(?<=\s)[|·•»«›‹>/](?=\s)|\|")
_SENTENCE_END = re.compile(r"[.!?。！？]\s*$")


def is_notice(line: str, normal: str) -> bool:
    """Whether a line, normalised beside it, says what templates say: a notice, a row of links, the
    words of menus.
    """
    if not normal:
        return False
    if len(_SEPARATORS.findall(line)) >= 2 and not line.lstrip().startswith("|"):
        return True
    if "©" in line or _is_of_menus(normal):
        return True
    signs = _signs(normal)
    return _says_phrase(signs) or _are_turns(normal, signs)


def _is_of_menus(normal: str) -> bool:
    """Whether a line has words, and all of them stand in menus."""
    found = _WORD.findall(normal)
    return bool(found) and all(word in _words() for word in found)


def skeleton(normal: str) -> str:
    """A normalised line without what differs from page to page, where it is plainly a template's.

    "next: fractals, previous: f90 [contents]" keeps the words of turning pages and the marks alone;
    a notice loses its numbers and addresses. Any other line stays as it is.
    """
    signs = _signs(normal) if len(normal) <= MAX_CHARACTERS else []
    if not signs:
        return normal
    if _says_phrase(signs):
        return _DIGITS.sub("0", _ADDRESS.sub("", normal))
    if not _are_turns(normal, signs):
        return normal
    kept = [
        token if token in _turns() or not token.isalnum() else "*"
        for token in _TOKEN.findall(normal)
    ]
    return " ".join(token for at, token in enumerate(kept) if token != "*" or kept[at - 1] != "*")


def _signs(normal: str) -> list[int]:
    """Which words of turning pages (first) and phrases stand in a line, be it within a word."""
    return _told().Match(normal.encode("utf-8", "replace")) or []


def _says_phrase(signs: list[int]) -> bool:
    """Whether a phrase of notices is among the signs of a line."""
    return any(sign >= len(_turns()) for sign in signs)


def _are_turns(normal: str, signs: list[int]) -> bool:
    """Whether a line looks like a row of links to the pages before and after."""
    if sum(sign < len(_turns()) for sign in signs) < TURNS:
        return False
    tokens = _TOKEN.findall(normal)
    turns = {token for token in tokens if token in _turns()}
    return len(turns) >= TURNS and len(tokens) <= TURN_WORDS and not _SENTENCE_END.search(normal)


@lru_cache(maxsize=1)
def _lists() -> dict[str, str | list[str]]:
    return tomllib.loads(Path(__file__).with_name("navigation.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(str(_lists()["words"]).split()) | _turns()


@lru_cache(maxsize=1)
def _turns() -> frozenset[str]:
    return frozenset(str(_lists()["turns"]).split())


@lru_cache(maxsize=1)
def _told() -> re2.Set:
    """One automaton for all that is looked for in lines, as each is read once."""
    told = re2.Set.SearchSet()
    for text in (*sorted(_turns()), *_lists()["phrases"]):
        told.Add(re2.escape(text))
    told.Compile()
    return told
