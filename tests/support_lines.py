"""Pages whose lines recur, and what is left of them."""

import numpy as np
from support_in_memory import exact_decisions

from pipeline.dedup.decisions import apply_decisions
from pipeline.dedup.keys import keys_table
from pipeline.dedup.lines.cutting import apply_cuts
from pipeline.dedup.lines.line_forms import line_form
from pipeline.dedup.packed_keys import key_of, recurrence_keys
from pipeline.document import Document, digest
from pipeline.recipe import DedupConfig

LINES_ALONE = DedupConfig(paragraphs=False)

CONTENT = "The words of the page itself, which are longer than all that stands around them"


def page(
    text: str, name: str, site: str = "shop.org", language: str = "en", date: str = ""
) -> Document:
    url = f"http://{site}/{name}"
    return Document(
        id=digest(url), url=url, source="crawl", text=text, site=site, language=language, date=date
    )


def marks(*recurring: str, share: float = 0.9, pages: int = 5, edge: bool = True) -> set[int]:
    """The keys of lines that recur on a share of their site's pages, and on how many."""
    keys = np.array([key_of(line_form(line)) for line in recurring], dtype=np.uint64)
    every = np.ones(len(keys))
    found = recurrence_keys(
        keys, share * every, (pages * every).astype(np.uint64), every * edge > 0
    )
    return set(found.tolist())


def cut(text: str, *recurring: str, share: float = 0.9, pages: int = 5, edge: bool = True) -> str:
    """`text` without what is cut when `recurring` recur; on nearly all pages if nothing is said."""
    keys = marks(*recurring, share=share, pages=pages, edge=edge)
    return apply_cuts(page(text, "x"), keys, set()).document.text


def seldom(text: str, *recurring: str) -> str:
    """What is left where `recurring` stand on three pages of many."""
    return cut(text, *recurring, share=0.2, pages=3)


def texts(documents: list[Document], config: DedupConfig = LINES_ALONE) -> list[str]:
    """What deduplication leaves of documents."""
    decisions = exact_decisions([keys_table(documents)], config)[0]
    return [row.text for row in apply_decisions(documents, decisions, "exact").kept]
