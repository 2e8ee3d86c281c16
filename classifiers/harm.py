"""What speaks of harm beside a model's score: a listed site, words of the address, listed words.

One kind of evidence drops nothing: word lists alone take away pages of clinics and courts, and 42 %
of texts in African American English (Dodge et al. 2021 on C4's list).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from pipeline import files
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.screen.blocklist import load_lists
from pipeline.screen.lists.lookup import Lists
from pipeline.screen.lists.url_words import said_by
from pipeline.text import encodable, words

LEAST_WORDS, A_THOUSAND = 3, 1_000  # listed words in a text, at least, and in so many words


@dataclass(frozen=True)
class Evidence:
    """What is looked up beside the model."""

    lists: Lists
    listed: Callable[[str], int]  # how many words of lists a text holds

    def of(self, document: Document) -> str:
        """What speaks against a document, the strongest kind first; "" for nothing."""
        if hit := self.lists.find(document.url):
            return f"site: {hit}"
        if said := said_by(document.url):
            return f"address: {said}"
        count = self.listed(document.text)
        if not count:
            return ""
        most = max(LEAST_WORDS, LEAST_WORDS * len(words(document.text)) / A_THOUSAND)
        return f"words: {count}" if count >= most else ""


def load_evidence(lists: tuple[str, ...], words: tuple[str, ...]) -> Evidence:
    """Evidence by lists of sites and of words. UsageError for what is none."""
    return Evidence(load_lists(lists), listed_words(words))


def listed_words(paths: Iterable[str]) -> Callable[[str], int]:
    """Counts whole words and phrases of lists, one a line. UsageError for a list that is none."""
    entries = sorted({entry for path in paths for entry in _entries(path)})
    if not entries:
        return lambda text: 0
    find = AhoCorasick(entries).find_matches_as_indexes

    def count(text: str) -> int:
        lower = encodable(text).lower()
        found = find(lower, overlapping=True)
        return len({start for _, start, end in found if _is_whole(lower, start, end)})

    return count


def _entries(path: str) -> list[str]:
    try:
        lines = files.read_bytes(path).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"words {path!r} cannot be read ({error}); give one a line") from None
    return [line.strip().lower() for line in lines if line.strip() and line[0] != "#"]


def _is_whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not before.isalnum() and not after.isalnum()
