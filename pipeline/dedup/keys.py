"""The keys of documents: what `exact` reads in place of texts.

`keys_table` is made beside every documents part. No threshold of the recipe goes into it, so a
change of thresholds never asks for another extraction: the key of a line or paragraph carries its
length (`packed_keys`), and the bounds are held against that.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from pipeline.arrow import columns_table
from pipeline.dedup.lines.line_forms import LETTERS, form_of
from pipeline.dedup.lines.line_kinds import is_ended
from pipeline.dedup.lines.normal_lines import NormalLines
from pipeline.dedup.packed_keys import as_ended, at_edge, key_of
from pipeline.dedup.rows import (
    Flags,
    Rows,
    Words,
    column,
    date_number,
    groups,
    hash64,
    hash128,
    id_words,
    pairs_of_words,
)
from pipeline.document import Document
from pipeline.language.named_language import is_misplaced
from pipeline.urls import address_key, url_key

EDGE_LINES = 8  # lines at either end that are an edge
MAX_LINES = 2_000  # lines kept of one document, half from each end, where boilerplate stands
PARAGRAPH_FLOOR = (
    50  # characters; shorter paragraphs have no key, so the recipe cannot ask for them
)


KEYS_SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (
            ("id_hi", pa.uint64()),
            ("id_lo", pa.uint64()),
            ("url_hi", pa.uint64()),
            ("url_lo", pa.uint64()),
            ("text_hi", pa.uint64()),
            ("text_lo", pa.uint64()),
            ("site", pa.uint64()),  # in one language
            ("whole_site", pa.uint64()),
            ("misplaced", pa.uint8()),  # its address names another language
            ("source", pa.uint64()),
            ("date", pa.int64()),
            ("characters", pa.int64()),
            ("lines", pa.list_(pa.uint64())),
            ("paragraphs", pa.list_(pa.uint64())),
        )
    ]
)


def keys_table(documents: Iterable[Document]) -> pa.Table:
    """One row of keys per document, sorted by id (KEYS_SCHEMA)."""
    rows = sorted(documents, key=lambda document: document.id)
    ids = id_words(row.id for row in rows)
    urls = pairs_of_words([hash128(page_key(row) or row.id) for row in rows])
    lines = [NormalLines(row.text) for row in rows]
    texts = pairs_of_words([hash128(one.whole()) for one in lines])
    columns = [
        *(ids[:, 0], ids[:, 1], urls[:, 0], urls[:, 1], texts[:, 0], texts[:, 1]),
        [site_hash(row) for row in rows],
        [hash64(row.site or row.id) for row in rows],
        [int(is_misplaced(row.url, row.language)) for row in rows],
        [hash64(row.source) for row in rows],
        [date_number(row.date) for row in rows],
        [row.characters for row in rows],
        list(map(line_hashes, lines)),
        list(map(paragraph_hashes, lines)),
    ]
    return columns_table(columns, KEYS_SCHEMA)


def page_key(document: Document) -> str:
    """What documents of one page share; "" for one whose URL is no address.

    What lies in an archive was fetched from its URL, in whatever network that means a page.
    """
    is_fetched = document.warc_offset >= 0
    return url_key(document.url) if is_fetched else address_key(document.url)


def site_hash(document: Document) -> int:
    """The pages among which a line is boilerplate: those of one site in one language.

    A document without a site, a book say, is a site of its own.
    """
    return hash64(f"{document.site or document.id}\n{document.language}")


def line_hashes(text: NormalLines) -> list[int]:
    """Sorted distinct keys of the lines of `text`, told which stand at an edge, or end as sentences
    do.

    The middle of very long documents is left out, and so are lines without letters.
    """
    lines = list(filter(str.strip, text.written))
    places: Sequence[int] = range(len(lines))
    if len(lines) > MAX_LINES:
        places = [*places[: MAX_LINES // 2], *places[-MAX_LINES // 2 :]]
    found: dict[int, int] = {}
    for at in places:
        if LETTERS.search(lines[at]):
            key = told = key_of(form_of(text.normal(lines[at])))
            if not EDGE_LINES <= at < len(lines) - EDGE_LINES:
                told = at_edge(told)
            if is_ended(lines[at]):
                told = as_ended(told)
            found[key] = found.get(key, 0) | told
    return sorted(found.values())


def paragraph_hashes(text: NormalLines) -> list[int]:
    """Sorted distinct keys of the paragraphs of `text` that are not very short."""
    return sorted(map(key_of, set(text.paragraphs(PARAGRAPH_FLOOR))))


def survivors(keys: pa.Table, drops: Rows) -> pa.Table:
    """The keys of a part without the documents that leave; `drops` are those of this part."""
    return keys.filter(pa.array(stays(keys, drops)))


def kept_before(keys: pa.Table, kept: Sequence[str]) -> pa.Table:
    """The keys of an earlier run's part without the documents that it did not keep to the end."""
    words = id_words(kept)
    known = set(zip(words[:, 0].tolist(), words[:, 1].tolist(), strict=True))
    ids = zip(column(keys, "id_hi").tolist(), column(keys, "id_lo").tolist(), strict=True)
    return keys.filter(pa.array([pair in known for pair in ids], pa.bool_()))


def stays(keys: pa.Table, drops: Rows) -> Flags:
    """Which rows of a part stay: of k rows with one id, the last `copies` leave."""
    high, low = column(keys, "id_hi"), column(keys, "id_lo")
    first, size = groups(high, low)
    leave = _copies_by_id(high[first], low[first], drops)
    place = np.arange(len(high)) - np.repeat(first, size)
    return place < np.repeat(size - leave, size)


def _copies_by_id(high: Words, low: Words, drops: Rows) -> Rows:
    """How many rows of each id leave; (high, low) are sorted and distinct."""
    known = {pair: at for at, pair in enumerate(zip(high.tolist(), low.tolist(), strict=True))}
    leave = np.zeros(len(high), dtype=np.int64)
    pairs = zip(drops["id_hi"].tolist(), drops["id_lo"].tolist(), strict=True)
    for pair, copies in zip(pairs, drops["copies"].tolist(), strict=True):
        leave[known[pair]] += copies
    return leave
