"""What a page says about itself: titles, and markup of articles, forums, shops and documentation.

The vocabulary is that of schema.org (`@type`, `itemtype`), OpenGraph (`og:type`) and of the
generators that name themselves in a `meta` tag.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from pipeline.extract.raw_text import script_text

PAGE_TYPES = ("article", "forum", "product", "documentation", "listing", "collection", "service")
_TYPES = {
    "article": "article", "newsarticle": "article", "blogposting": "article",
    "reportagenewsarticle": "article",
    "techarticle": "article", "scholarlyarticle": "article", "blog": "article",
    "discussionforumposting": "forum", "qapage": "forum",
    "product": "product", "offer": "product", "aggregateoffer": "product",
    "apireference": "documentation", "howto": "documentation",
    "itemlist": "listing", "searchresultspage": "listing",
    "collectionpage": "collection", "imagegallery": "collection",
    "localbusiness": "service", "service": "service", "professionalservice": "service",
}  # fmt: skip
_GENERATORS = re.compile(
    r"(?P<documentation>sphinx|docutils|mkdocs|docusaurus|gitbook|doxygen|javadoc|docbook|asciidoctor"
    r"|texinfo|makeinfo|vuepress|vitepress|docfx|rustdoc|antora|readthedocs)"
    r"|(?P<forum>discourse|phpbb|vbulletin|xenforo|flarum|nodebb|smf|mybb|discuz|invision)"
    r"|(?P<product>shopify|woocommerce|magento|prestashop|opencart)",
    re.IGNORECASE,
)
_DISCUSSION = re.compile(r"https?://schema\.org/(?:DiscussionForumPosting|QAPage)\b")
# Hosts and paths of the usual programs for forums, in the address that a page says is its own.
_FORUM_ADDRESS = re.compile(
    r"//(?:forums?|bbs|discuss|discourse)\.[\w-]+\.\w"
    r"|/(?:viewtopic|showthread)\.php|/index\.php\?topic=\d|/thread-\d"
    r"|/forums?/[^?#]*\d|/threads/[\w%-]+\.\d+/?(?:$|[?#])",
    re.IGNORECASE,
)
_JSON_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"([A-Za-z]{1,40})"')
_MOST_TYPES, _MOST_CHARACTERS = 40, 1000
_JSON_BODY = re.compile(r'"(?:articleBody|reviewBody)"\s*:\s*("(?:[^"\\]|\\.){200,200000}")')
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Titles and the page types that the markup names, in the order met."""

    title: str = ""
    social_title: str = ""
    site_name: str = ""  # OpenGraph's
    description: str = ""
    body: str = ""  # schema.org's articleBody
    types: tuple[str, ...] = ()

    def with_json(self, text: str) -> "Metadata":
        """Add the `@type`s of a JSON-LD script, and its `articleBody` if there was none."""
        names = [match.group(1) for match in _JSON_TYPE.finditer(text)]
        found = self.with_types(names[:_MOST_TYPES])
        return found if found.body else replace(found, body=json_body(text))

    def with_types(self, names: list[str]) -> "Metadata":
        found = [_TYPES[name.lower()] for name in names if name.lower() in _TYPES]
        return replace(self, types=(self.types + tuple(found))[:_MOST_TYPES]) if found else self

    @property
    def is_forum(self) -> bool:
        """Whether the page is a discussion, whose comments are its content."""
        return "forum" in self.types

    @property
    def page_type(self) -> str:
        """The first type named, but an article only where nothing more telling is named."""
        telling = [name for name in self.types if name not in ("article", "listing")]
        return (telling or list(self.types) or [""])[0]


def is_discussion(itemtype: str | None) -> bool:
    """Whether microdata says of an element that it is a discussion."""
    return _DISCUSSION.match(itemtype or "") is not None


def read_metadata(head: Any) -> Metadata:
    """The metadata in a `head` element."""
    title, metas, scripts, address = "", list[tuple[str, str]](), list[str](), ""
    for node in head.iter():
        tag = node.tag
        if tag == "title" and not title:
            title = " ".join(script_text(node).split())[:_MOST_CHARACTERS]
        elif tag == "meta":
            metas.append(_meta(node.attributes))
        elif tag == "link" and "canonical" in (node.attributes.get("rel") or "").lower().split():
            address = node.attributes.get("href") or ""
        elif tag == "script" and "ld+json" in (node.attributes.get("type") or ""):
            scripts.append(script_text(node))
    described = [*_told(metas, "description"), *_told(metas, "og:description")]
    generators = map(_GENERATORS.search, _told(metas, "generator"))
    metadata = Metadata(
        title=title,
        social_title=_last(_told(metas, "og:title")),
        site_name=_last(_told(metas, "og:site_name")),
        description=max(described, key=len, default=""),
        types=tuple(str(found.lastgroup) for found in generators if found),
    )
    types = [told.split(".")[-1] for told in _told(metas, "og:type")]
    metadata = metadata.with_types(types[:_MOST_TYPES])
    for script in scripts:
        metadata = metadata.with_json(script)
    addresses = (address[:_MOST_CHARACTERS], *_told(metas, "og:url"))
    is_forum = any(map(_FORUM_ADDRESS.search, addresses))
    return metadata.with_types(["qapage"]) if is_forum else metadata


def _told(metas: Sequence[tuple[str, str]], wanted: str) -> list[str]:
    """The contents of the metas of that name, on one line each."""
    return [" ".join(told.split())[:_MOST_CHARACTERS] for name, told in metas if name == wanted]


def _last(contents: Sequence[str]) -> str:
    return contents[-1] if contents else ""


def json_body(text: str) -> str:
    """The text of the first `articleBody` in a JSON-LD script, nothing where it does not parse."""
    match = _JSON_BODY.search(text)
    if match is None:
        return ""
    try:
        body = json.loads(match.group(1), strict=False)
    except ValueError:
        return ""
    return _TAG.sub(" ", unescape(body))


def _meta(attributes: dict[str, str | None]) -> tuple[str, str]:
    name = attributes.get("property") or attributes.get("name") or ""
    return name.lower(), attributes.get("content") or ""
