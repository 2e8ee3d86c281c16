"""The Creative Commons licences that speak for a page, and where each was found.

A link speaks for the page if it says so (`rel=license`), as does metadata (JSON-LD, RDFa,
microdata, Dublin Core), a statement about the page or the site, or the notice in a footer. What
stands in a figure, a comment or a quotation, or is said of a picture, speaks for that alone.
"""

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.screen.licence_addresses import in_json, licence_of
from pipeline.screen.licence_words import (
    APART,
    first_sentence,
    is_notice,
    last_sentence,
    of_media,
    of_page,
)

HOST = b"creativecommons"
_MOST_LINKS = 200  # of a page that are looked at
_MOST_NAMES = 200  # characters of an element's names
_MOST_AROUND = 300  # characters of a sentence before a link
_MOST_BESIDE = 20  # nodes beside a link that are looked at
_MOST_ABOVE = 4  # elements around a link whose names may call it a notice

_LINKS = "a[href*='creativecommons' i], area[href*='creativecommons' i]"
_HEAD_LINKS = "link[href*='creativecommons' i], meta[content*='creativecommons' i]"
_NOT_OF_PAGE = ("figure", "figcaption", "blockquote", "picture", "video", "audio")
_BLOCKS = frozenset(
    ("p", "div", "li", "td", "th", "dd", "dt", "footer", "section", "article", "aside", "body",
     "main", "address", "center", "h1", "h2", "h3", "h4", "h5", "h6", "html", "details")
)  # fmt: skip

_META_NAMES = frozenset(
    ("dc.rights", "dc.rights.license", "dc.license", "dcterms.rights", "dcterms.license",
     "dcterms:license", "dcterms:rights", "dct:license", "cc:license", "schema:license", "license",
     "licence", "xhv:license", "copyright", "rights")
)  # fmt: skip
_MEDIA_TYPE = re.compile(r"image|photo|video|audio|media|comment|dataset|software", re.IGNORECASE)


class Licences:
    """The reading of one page: what has been found out about elements is kept, since many links
    share those around them.
    """

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._names: dict[int, str] = {}

    def found(self, tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
        """(licence, where): rel_license, metadata or statement; one may be found more than once."""
        for node in tree.css(_HEAD_LINKS)[:_MOST_LINKS]:
            name = licence_of(node.attributes.get("href") or node.attributes.get("content") or "")
            if name and (where := self._of_head(node)):
                yield name, where
        for node in tree.css(_LINKS)[:_MOST_LINKS]:
            name = licence_of(node.attributes.get("href") or "")
            if name and (where := self._of_body(node)):
                yield name, where
        for node in tree.css("script[type*='ld+json' i]")[:_MOST_LINKS]:
            yield from ((name, "metadata") for name in in_json(node.text()))

    def _of_head(self, node: Any) -> str:
        """Where a `link` or `meta` was found that speaks for the page, "" where it does not."""
        if any(self._is_apart(element) or _is_media_item(element) for element in _above(node)):
            return ""
        if node.tag == "link" and _is_rel_license(node):
            return "rel_license"
        return "metadata" if _names_licence(node) else ""

    def _of_body(self, node: Any) -> str:
        """The same of a link in the text; what is told of a picture does not speak for the page."""
        above = list(_above(node))
        if any(self._is_apart(element) for element in above):
            return ""
        if _names_licence(node):
            return "" if any(_is_media_item(element) for element in above) else "metadata"
        sentence = self._sentence(node)
        if of_media(sentence):
            return ""
        if _is_rel_license(node):
            return "rel_license"
        told = of_page(sentence) or any(map(self._is_notice, above[:_MOST_ABOVE]))
        return "statement" if told else ""

    def _names_of(self, element: Any) -> str:
        """Class and id of an element, cut."""
        found = self._names.get(element.mem_id)
        if found is None:
            given = (element.attributes.get(key) or "" for key in ("class", "id"))
            found = self._names[element.mem_id] = " ".join(" ".join(given).split())[:_MOST_NAMES]
        return found

    def _is_apart(self, element: Any) -> bool:
        return element.tag in _NOT_OF_PAGE or bool(APART.search(self._names_of(element)))

    def _is_notice(self, element: Any) -> bool:
        names = self._names_of(element)
        if element.tag == "footer" or element.attributes.get("role") == "contentinfo":
            return True
        return is_notice(names)

    def _sentence(self, node: Any) -> str:
        """The sentence that a link stands in."""
        before = last_sentence(self._beside(node, forward=False))
        after = first_sentence(self._beside(node, forward=True))
        return f"{before} {self._text(node)} {after}"

    def _beside(self, node: Any, forward: bool) -> str:
        """The text beside a node on one side, within its block."""
        parts, size, left = list[str](), 0, _MOST_BESIDE
        while node is not None and node.tag not in _BLOCKS:
            other = node.next if forward else node.prev
            while other is not None and size < _MOST_AROUND and left and other.tag not in _BLOCKS:
                parts.append(self._text(other))
                size, left = size + len(parts[-1]), left - 1
                other = other.next if forward else other.prev
            node = node.parent
        if forward:
            return " ".join("".join(parts).split())[:_MOST_AROUND]
        return " ".join("".join(reversed(parts)).split())[-_MOST_AROUND:]

    def _text(self, node: Any) -> str:
        """The beginning and the end of a node's text."""
        found = self._texts.get(node.mem_id)
        if found is None:
            text = (node.text_content if node.tag == "-text" else node.text()) or ""
            long = len(text) > 2 * _MOST_AROUND
            found = f"{text[:_MOST_AROUND]} {text[-_MOST_AROUND:]}" if long else text
            self._texts[node.mem_id] = found
        return found


def _is_rel_license(node: Any) -> bool:
    rel = (node.attributes.get("rel") or "").lower().split()
    return "license" in rel or "licence" in rel


def _names_licence(node: Any) -> bool:
    """Whether a property of the element is a licence, or its relation is Dublin Core's."""
    attributes = node.attributes
    keys = ("property", "itemprop", *(("name",) if node.tag == "meta" else ()))
    given = " ".join(attributes.get(key) or "" for key in keys).lower().split()
    relations = (attributes.get("rel") or "").lower().split()
    given += [name for name in relations if name.startswith(("dc", "cc"))]
    return any(name in _META_NAMES for name in given)


def _above(node: Any) -> Iterator[Any]:
    """The elements around a link, inner ones first, itself among them."""
    while node is not None and node.tag not in ("body", "html"):
        yield node
        node = node.parent


def _is_media_item(element: Any) -> bool:
    return bool(_MEDIA_TYPE.search((element.attributes.get("itemtype") or "")[:_MOST_NAMES]))
