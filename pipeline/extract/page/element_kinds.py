"""An element's kind: its tag and names under the kind of its parent.

Whatever follows from the kind is worked out once a page: tag path, depth, places, what its names
say. A page repeats few kinds many times, so that entering an element is one look into a table.
"""

from pipeline.extract.page.class_names import BOX, MOST_READ, WAY, Names, read_names
from pipeline.extract.page.forms import Form
from pipeline.extract.page.page_blocks import (
    BIT,
    FIRST_SENSE,
    INHERITED,
    ROLE_PLACES,
    TAG_PLACES,
    PageBlocks,
)

HIDDEN = BIT["hidden"]
Attributes = dict[str, str | None]
_WRAPPERS = frozenset(("html", "body", "article", "main"))  # named after states, not uses
_BODY_SENSE = BIT["body"] >> FIRST_SENSE
_HANDED = INHERITED & ~HIDDEN
NAMELESS = Names()


class Kind:
    """What elements of one kind share."""

    __slots__ = ("bits", "chain", "depth", "number", "path")

    def __init__(self, number: int, path: int, depth: int, bits: int, chain: int) -> None:
        self.number = number
        self.path = path
        self.depth = depth
        self.bits = bits
        self.chain = chain


class Kinds:
    """The kinds of one page."""

    def __init__(self, page: PageBlocks) -> None:
        self.page = page
        self.deepest = 0
        self.paths: dict[tuple[int, str], int] = {}
        self.met: dict[tuple[Kind, str, str], Kind] = {}  # by kind above, tag and plain names
        page.known.append((0, 0, 0))
        self.root = Kind(0, 0, 0, 0, -1)

    def add(self, key: tuple[Kind, str, str], names: Names, role: str) -> Kind:
        """A kind not met before."""
        above, tag, _ = key
        bits = above.bits & _HANDED
        if tag in TAG_PLACES:
            bits |= BIT[TAG_PLACES[tag]]
        if role in ROLE_PLACES:
            bits |= BIT[ROLE_PLACES[role]]
        if senses := names.senses:
            bits |= (senses & _BODY_SENSE if tag in _WRAPPERS else senses) << FIRST_SENSE
        path = self.paths.setdefault((above.path, tag), len(self.paths) + 1)
        depth = above.depth + 1
        if depth > self.deepest:
            self.deepest = depth
        chain, page = above.chain, self.page
        if names.plain:
            page.chains.append((chain, names.plain))
            chain = len(page.chains) - 1
            if names.uses & BOX:
                page.boxes.append(chain)
            elif names.uses & WAY:
                page.ways.append(chain)
        page.known.append((path, depth, bits))
        kind = self.met[key] = Kind(len(page.known) - 1, path, depth, bits, chain)
        return kind


def names_of(attributes: Attributes) -> Names:
    """What class, id, itemprop and role say together."""
    get = attributes.get
    names = get("class") or ""
    if len(attributes) > 1 or not names:
        given, use, role = get("id"), get("itemprop"), get("role")
        if given or use or role:
            names = f"{names} {given or ''} {use or ''} {role or ''}"
    return read_names(names[:MOST_READ]) if names else NAMELESS


def is_hidden(attributes: Attributes) -> bool:
    """Whether the element says itself that it is not shown."""
    style = attributes.get("style")
    if style and ("none" in style or "hidden" in style):
        style = style.replace(" ", "").lower()
        if "display:none" in style or "visibility:hidden" in style:
            return True
    return "hidden" in attributes or attributes.get("aria-hidden") == "true"


class Frame:
    """What an element hands to its children.

    `asked` counts the elements around, itself among them, of which all was looked through.
    """

    __slots__ = ("asked", "bits", "element", "form", "kind", "link")

    def __init__(
        self, element: int, kind: Kind, bits: int, link: bool, form: Form, asked: int = 0
    ) -> None:
        self.element = element
        self.kind = kind
        self.bits = bits
        self.link = link
        self.asked = asked
        self.form = form
