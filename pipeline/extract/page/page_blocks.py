"""What the walk (`walk.read_blocks`) makes of a page: blocks of text with their places.

A block is a run of text under the same block element (`p`, `li`, `td`, `h1`, a `div` with text of
its own). An element's *kind* is its tag with its class, id and role, under the kind of its parent:
elements of one kind share a path, so whatever follows from the path is kept once per kind.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.page.class_names import SENSES
from pipeline.extract.page.metadata import Metadata

Ints = NDArray[np.int64]
TEXT, CODE, FORMULA = 0, 1, 2  # Place.form

# Bits of a block's place: what its ancestors, itself among them, are.
PLACES = (
    "nav", "header", "footer", "aside", "article", "main", "form", "table", "list", "figure",
    "quote", "dl", "heading", "section", "item", "label", "details", "hidden", "address",
    "noscript", *SENSES, "cell", "head_cell", "paragraph", "division", "pre", "definition",
    "caption",
)  # fmt: skip
BIT = {name: 1 << at for at, name in enumerate(PLACES)}
FIRST_SENSE = PLACES.index(SENSES[0])  # the bits of senses stand in a row
INHERITED = BIT["cell"] - 1  # the places named before "cell" hold for everything inside
TAG_PLACES = {
    "nav": "nav", "menu": "list", "header": "header", "footer": "footer", "aside": "aside",
    "article": "article", "main": "main", "form": "form", "table": "table", "ul": "list",
    "ol": "list", "figure": "figure", "blockquote": "quote", "dl": "dl", "section": "section",
    "li": "item", "td": "cell", "th": "head_cell", "p": "paragraph", "div": "division",
    "pre": "pre", "label": "label", "details": "details", "dd": "definition", "dt": "definition",
    "caption": "caption", "figcaption": "caption", "address": "address", "noscript": "noscript",
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading",
    "h6": "heading", "code": "pre",
}  # fmt: skip
ROLE_PLACES = {
    "navigation": "nav", "banner": "header", "contentinfo": "footer", "complementary": "aside",
    "main": "main", "article": "article", "search": "form", "dialog": "hidden",
    "heading": "heading",
}  # fmt: skip


Chain = tuple[int, str]  # parent chain; class, id and role names
Kind = tuple[int, int, int]  # number of the tag path, depth, bits of PLACES


class Place(NamedTuple):
    """Where a block stands, all integers."""

    element: int  # index of the block element, -1 outside all
    chain: int  # index into `chains`: the nearest element with a class, id or role, or -1
    bits: int  # of PLACES
    linked: int  # characters under links
    form: int  # TEXT, CODE or FORMULA
    level: int  # heading level, else 0
    lists: int  # depth of lists
    quotes: int  # depth of quotes
    table: int  # index of the innermost table, -1 outside
    row: int
    column: int
    images: int  # met since the block before
    breaks: int  # 1 where only a `br` or `hr` parts it from the block before


PLACE = {name: at for at, name in enumerate(Place._fields)}


@dataclass(slots=True)
class Table:
    """A table as the walk met it; `nested` counts tables inside, `bulky` its headings and lists.

    `spans` tells how many columns and rows a cell takes, by row and place in it, where that is not
    one; `groups` how many rows stand before each `thead`, `tbody` and `tfoot`, `ranks` in which
    order these are drawn.
    """

    outer: int
    role: str
    rows: int = 0
    column: int = 0
    columns: int = 0
    head_cells: int = 0
    captions: int = 0
    nested: int = 0
    bulky: int = 0
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)


class Arrays(NamedTuple):
    """A page's lists as arrays, made once. The extra last element stands for being outside all."""

    places: Ints  # (fields of Place, blocks)
    sizes: Ints  # characters of each block
    parents: Ints  # of each element
    kinds: Ints  # of each element
    known: Ints  # (kinds, 3), as Kind


@dataclass(slots=True)
class PageBlocks:
    """A parsed page: `texts[i]`, `markers[i]` and `place(i)` belong to block i."""

    texts: list[str] = field(default_factory=list)
    markers: list[str] = field(default_factory=list)  # "- ", "3. ", a code's language, or nothing
    flat_places: list[int] = field(default_factory=list)  # the fields of all places in a row
    parents: list[int] = field(default_factory=list)  # of each element: index of its parent, or -1
    kinds: list[int] = field(default_factory=list)  # of each element: index into `known`
    known: list[Kind] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    ways: list[int] = field(default_factory=list)  # chains named as the way to the page
    boxes: list[int] = field(default_factory=list)  # chains named as no part of any text
    guides: set[int] = field(default_factory=set)  # blocks with links to the page before or after
    tables: list[Table] = field(default_factory=list)
    metadata: Metadata = field(default_factory=Metadata)
    made: Arrays | None = field(default=None, repr=False)

    def place(self, at: int) -> Place:
        """The place of block `at`."""
        return Place(*self.flat_places[at * len(PLACE) : (at + 1) * len(PLACE)])

    def arrays(self) -> Arrays:
        """All lists as arrays; to be asked for when the walk is over, and not to be changed."""
        if self.made is None:
            flat = np.fromiter(self.flat_places, np.int64, len(self.flat_places))
            places = flat.reshape(-1, len(PLACE))
            self.made = Arrays(
                np.ascontiguousarray(places.T),
                np.fromiter(map(len, self.texts), dtype=np.int64, count=len(self.texts)),
                np.array([*self.parents, -1], dtype=np.int64),
                np.array([*self.kinds, 0], dtype=np.int64),
                np.array(self.known, dtype=np.int64),
            )
        return self.made

    def place_rows(self) -> Ints:
        """All places as an array of shape (fields, blocks)."""
        return self.arrays().places

    def sizes(self) -> Ints:
        """Characters of each block."""
        return self.arrays().sizes
