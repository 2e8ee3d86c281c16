"""Pages that teach what harm is, without anybody's labels: those of listed sites against others.

A third of the others, or more where those do not suffice, are hard ones: pages that hold listed
words and stand on no list, of clinics, law, education, fiction. Without them a model learns the
words alone.
"""

from collections.abc import Callable, Iterable

from classifiers.labels.label_file import Labelled
from classifiers.site_caps import capped
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.screen.lists.lookup import Lists

HARMFUL, HARMLESS = "harmful", "harmless"
PER_SITE, MOST, LEAST = 20, 10_000, 50
_HELD = 2 * MOST  # documents of a kind in memory
_HARD = 3  # one of so many harmless pages


def harm_examples(
    documents: Iterable[Document], lists: Lists, listed: Callable[[str], int], seed: int
) -> list[Labelled]:
    """Harmful pages and as many harmless ones, in the order of a keyed hash; at most 20 of a site.

    Raises UsageError where fewer than 50 pages stand on listed sites, or on others.
    """
    kinds: dict[str, list[Document]] = {"harmful": [], "hard": [], "plain": []}
    for document in documents:
        some = kinds[_kind(document, lists, listed)]
        some.append(document)
        if len(some) >= _HELD:
            some[:] = _first(some, seed)
    kinds = {kind: _first(some, seed) for kind, some in kinds.items()}
    harmful = kinds["harmful"]
    hard = kinds["hard"][: max(len(harmful) // _HARD, len(harmful) - len(kinds["plain"]))]
    harmless = [*hard, *kinds["plain"][: len(harmful) - len(hard)]]
    for found, where in ((harmful, "listed"), (harmless, "other")):
        if len(found) < LEAST:
            raise UsageError(
                f"{len(found)} pages stand on {where} sites, a model needs {LEAST}; give a run of "
                "more of a crawl, without these lists among its blocklists"
            )
    return [
        Labelled(one.text, label, one.site)
        for some, label in ((harmful, HARMFUL), (harmless, HARMLESS))
        for one in some
    ]


def _first(documents: list[Document], seed: int) -> list[Document]:
    """The first in the order of a keyed hash, at most so many of a site and in all: what is cut of
    some could not be among the first of all.
    """
    return capped(documents, seed, "harm", PER_SITE)[:MOST]


def _kind(document: Document, lists: Lists, listed: Callable[[str], int]) -> str:
    if lists.find(document.url):
        return "harmful"
    return "hard" if listed(document.text) else "plain"
