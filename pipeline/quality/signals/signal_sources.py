"""What some signals are made from besides the text: word lists, site categories, models, weights.

In: the paths that a recipe names. Out: `SignalSources`; a signal whose source is not named is null.
Models come in as functions from whoever may load them.
"""

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline import files
from pipeline.errors import UsageError
from pipeline.quality.signals.importance import Importance, table_importance
from pipeline.recipe import SignalsConfig
from pipeline.text import words
from pipeline.urls import host

Phrases = Mapping[str, frozenset[tuple[str, ...]]]  # by first word, in lower case
Scores = Callable[[list[str]], Sequence[float]]
Signatures = Callable[[Sequence[str]], Mapping[str, bytes | None]]

ANY = ""  # the key of a word list for all languages


def no_signatures(_: Sequence[str]) -> Mapping[str, bytes | None]:
    return {}


@dataclass(frozen=True)
class SignalSources:
    """Loaded sources; empty ones make null signals."""

    importances: Mapping[str, Importance] = field(default_factory=dict)  # by name of the target
    models: Mapping[str, Scores] = field(default_factory=dict)  # by name of the score
    phrases: Mapping[str, Phrases] = field(default_factory=dict)  # by language, or ANY
    categories: Mapping[str, str] = field(default_factory=dict)  # by host
    signatures: Signatures = no_signatures


NO_SOURCES = SignalSources()


def load_sources(
    config: SignalsConfig, models: Mapping[str, Scores], signatures: Signatures
) -> SignalSources:
    """The sources that a recipe names.

    Raises UsageError for a path that is not there, CheckError for a table that is none.
    """
    named = {
        "books": config.books,
        "openwebtext": config.openwebtext,
        "wikipedia": config.wikipedia,
    }
    importances = {name: _importance(path) for name, path in named.items() if path}
    phrases = load_phrases(config.words) if config.words else {}
    categories = load_categories(config.ut1) if config.ut1 else {}
    return SignalSources(importances, models, phrases, categories, signatures)


def _importance(path: str) -> Importance:
    if not files.exists(path) or files.is_folder(path):
        raise UsageError(f"{path!r} is not a file; make it with: gristmill quality fit --target")
    return table_importance(files.read_table(path))


def load_phrases(path: str) -> dict[str, Phrases]:
    """Phrases by language: a folder holds a file per language, a file is for all.

    One phrase a line, as the lists of LDNOOBW are.
    """
    if files.is_folder(path):
        found = {name: _phrases(files.join(path, name)) for name in files.names(path)}
        return {name: phrases for name, phrases in found.items() if len(name) in (2, 3)}
    if not files.exists(path):
        raise UsageError(f"word list {path!r} is not there; give a file, or a folder of files")
    return {ANY: _phrases(path)}


def _phrases(path: str) -> Phrases:
    found: dict[str, set[tuple[str, ...]]] = {}
    for line in _lines(path):
        if phrase := tuple(words(line.lower())):
            found.setdefault(phrase[0], set()).add(phrase)
    return {first: frozenset(phrases) for first, phrases in found.items()}


def load_categories(folder: str) -> dict[str, str]:
    """Categories by host from a folder in UT1's layout: a folder a category, with `domains`."""
    if not files.is_folder(folder):
        raise UsageError(f"{folder!r} is not a folder of categories, each with a file `domains`")
    found: dict[str, list[str]] = {}
    for category in files.names(folder):
        path = files.join(folder, category, "domains")
        for entry in _lines(path) if files.exists(path) else ():
            found.setdefault(entry.strip().lower(), []).append(category)
    if not found:
        raise UsageError(f"{folder!r} holds no category with a file `domains`; is it UT1's layout?")
    return {entry: " ".join(names) for entry, names in found.items()}


def _lines(path: str) -> list[str]:
    data = files.read_bytes(path)
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    return data.decode("utf-8", "replace").splitlines()


def phrase_count(lower_words: Sequence[str], phrases: Phrases) -> int:
    """How often phrases of a list stand in a text; at every place the longest counts."""
    count = place = 0
    while place < len(lower_words):
        longest = 0
        for phrase in phrases.get(lower_words[place], ()):
            end = place + len(phrase)
            if len(phrase) > longest and tuple(lower_words[place:end]) == phrase:
                longest = len(phrase)
        count += longest > 0
        place += max(longest, 1)
    return count


def site_categories(url: str, categories: Mapping[str, str]) -> str | None:
    """The categories of the page's host or its nearest listed parent; None where none is listed."""
    name = host(url)
    while name:
        if name in categories:
            return categories[name]
        name = name.partition(".")[2]
    return None
