"""The Creative Commons licences that speak for a page, and where each was found.

A link speaks for the page if it says so (`rel=license`), as does metadata (JSON-LD, RDFa,
microdata, Dublin Core), a statement about the page or the site, or the notice in a footer. What
stands in a figure, a comment or a quotation, or is said of a picture, speaks for that alone.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

HOST = b"creativecommons.org"
_MOST_LINKS = 200  # of a page that are looked at
_MOST_BEFORE = 300  # characters of a sentence before a link
_MOST_ABOVE = 4  # elements around a link whose names may call it a notice
_MOST_NODES = 5_000  # of a JSON-LD script

_LICENCE = re.compile(
    r"creativecommons\.org/(?:licenses/((?:by|nc|nd|sa)(?:-(?:by|nc|nd|sa))*)(?![a-z+-])"
    r"|publicdomain/(zero|mark))",
    re.IGNORECASE,
)
_CODES = {"zero": "cc-zero", "mark": "cc-pdm"}
_LINKS = "a[href*='creativecommons.org' i], area[href*='creativecommons.org' i]"
_HEAD_LINKS = "link[href*='creativecommons.org' i]"
_NOT_OF_PAGE = ("figure", "figcaption", "blockquote", "picture", "video", "audio")
_BLOCKS = frozenset(
    ("p", "div", "li", "td", "th", "dd", "dt", "footer", "section", "article", "aside", "body",
     "main", "address", "center", "h1", "h2", "h3", "h4", "h5", "h6", "html", "details")
)  # fmt: skip

_APART = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|respond|repl(?:y|ies)|disqus|caption|credits?)(?=$|[\s_-])",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:^|[\s_-])(?:footer|colophon|copyright|licen[sc]e|legal|rights|imprint)", re.I
)
_OF_MEDIA = (
    r"photo\w*|foto\w*|images?|imagen\w*|immagin\w*|bild\w*|pictures?|figures?|illustrations?|graphics?"
    r"|videos?|audio|music|tracks?|sounds?|icons?|maps?|screenshots?|thumbnails?|logos?|fonts?"
    r"|flickr|wikimedia commons|unsplash|courtesy|credits?|фото\w*|изображени\w*"
)
_MEDIA = re.compile(rf"\b(?:{_OF_MEDIA})\b|图片|照片|写真|画像|사진", re.IGNORECASE)
_NOUNS = (
    r"text|content|article|site|website|page|blog|wiki|book|work|post|document|documentation|essay|"
    r"material|publication|paper|chapter|course|journal|inhalt|beitrag|artikel|werk|webseite|"
    r"contenu|texte|livre|œuvre|contenido|texto|artículo|obra|sitio|libro|contenut|testo|articol|"
    r"opera|sito|conteúdo|artigo|livro|teksten?|inhoud|treść|artykuł|strona|текст|материал|книга|"
    r"содержание|контент|сайт|сторінк"
)
_SUBJECT = re.compile(
    rf"(?<!\ba )(?<!\ban )(?<!\bany )(?<!\byour )(?<!\btheir )(?<!\bhis )(?<!\bher )(?<!\bmy )"
    rf"\b(?:{_NOUNS})(?:s|e|en|i|o|a|y|ы|и)?\b|本书|本文|本站|本作品|本网站|文章|内容|記事|コンテンツ|サイト|作品|저작물"
    r"|quyển sách|except where|unless otherwise|where otherwise|use of ",
    re.IGNORECASE,
)
_LICENSED = re.compile(
    r"licen[sc]|lizen[zs]|licenz|licencj|лиценз|ліценз|available|verfügbar|disponib|published|released"
    r"|distribu|shared|covered|subject to|许可|授權|授权|ライセンス|提供|라이선스|giấy phép",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])[.!?]\s+(?=\S)|[。！？]")  # J. Carter is no end
_BOTH = re.compile(
    rf"(?:{_NOUNS})s?\s*(?:,|and|&|und|et|y|e|и)\s|\b(?:and|&|und|et|y|e|и)\s+(?:{_NOUNS})"
    "|except where|unless otherwise",
    re.IGNORECASE,
)

# Types of schema.org that are a page or the text on it.
_PAGE_TYPE = re.compile(r"(?:page|article|posting|site|blog|book|chapter|creativework|report|course"
                        r"|learningresource|recipe|howto|thesis|collection)$", re.I)  # fmt: skip
_META_NAMES = frozenset(
    ("dc.rights", "dc.rights.license", "dc.license", "dcterms.rights", "dcterms.license",
     "dcterms:license", "dcterms:rights", "dct:license", "cc:license", "schema:license", "license",
     "licence", "xhv:license", "copyright", "rights")
)  # fmt: skip
_MEDIA_TYPE = re.compile(r"image|photo|video|audio|media|comment|dataset|software", re.IGNORECASE)


def licences(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """(licence, where): rel_license, metadata or statement; one may be found more than once."""
    for node in tree.css(_HEAD_LINKS)[:_MOST_LINKS]:
        if name := licence_of(node.attributes.get("href") or ""):
            if _is_rel_license(node):
                yield name, "rel_license"
            elif _names_licence(node):
                yield name, "metadata"
    for node in tree.css(_LINKS)[:_MOST_LINKS]:
        name = licence_of(node.attributes.get("href") or "")
        if name and (where := _speaks(node)):
            yield name, where
    yield from _in_metadata(tree)


def licence_of(text: str) -> str:
    """The first licence whose address is in `text`: "cc-by-sa"; "" for none."""
    found = _LICENCE.search(text)
    if found is None:
        return ""
    code = (found[1] or found[2]).lower()
    return _CODES.get(code, f"cc-{code}")


def _is_rel_license(node: Any) -> bool:
    rel = (node.attributes.get("rel") or "").lower().split()
    return "license" in rel or "licence" in rel


def _names_licence(node: Any) -> bool:
    attributes = node.attributes
    names = f"{attributes.get('property') or ''} {attributes.get('itemprop') or ''}"
    return any(name in _META_NAMES for name in names.lower().split())


def _speaks(node: Any) -> str:
    """Where a link was found that speaks for the page; "" where it speaks for less, or not."""
    above = list(_above(node))
    if any(_is_apart(element) for element in above):
        return ""
    if _names_licence(node):
        return "" if any(_is_media_item(element) for element in above) else "metadata"
    sentence = _sentence_before(node)
    if _MEDIA.search(sentence) and not _BOTH.search(sentence):
        return ""
    if _is_rel_license(node):
        return "rel_license"
    if _SUBJECT.search(sentence) and _LICENSED.search(sentence):
        return "statement"
    near = (element for element in above[:_MOST_ABOVE])
    return "statement" if any(_is_notice(element) for element in near) else ""


def _above(node: Any) -> Iterator[Any]:
    """The elements around a link, inner ones first, itself among them."""
    while node is not None and node.tag not in ("body", "html"):
        yield node
        node = node.parent


def _names(element: Any) -> str:
    attributes = element.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}"


def _is_apart(element: Any) -> bool:
    return element.tag in _NOT_OF_PAGE or bool(_APART.search(_names(element)))


def _is_media_item(element: Any) -> bool:
    return bool(_MEDIA_TYPE.search(element.attributes.get("itemtype") or ""))


def _is_notice(element: Any) -> bool:
    names = _names(element)
    if element.tag == "footer" or element.attributes.get("role") == "contentinfo":
        return True
    return bool(_NOTICE.search(names)) and not _MEDIA.search(re.sub(r"[_-]", " ", names))


def _sentence_before(node: Any) -> str:
    """The sentence that a link stands in, as far as its end."""
    parts, size = [node.text()], 0
    while node is not None and node.tag not in _BLOCKS:
        before = node.prev
        while before is not None and size < _MOST_BEFORE and before.tag not in _BLOCKS:
            text = before.text_content if before.tag == "-text" else before.text()
            parts.append(text or "")
            size += len(parts[-1])
            before = before.prev
        node = node.parent
    text = " ".join("".join(reversed(parts)).split())[-_MOST_BEFORE:]
    return _SENTENCE_END.split(text)[-1]


def _in_metadata(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for node in tree.css("meta[content*='creativecommons.org' i]")[:_MOST_LINKS]:
        attributes = node.attributes
        called = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
        name = licence_of(attributes.get("content") or "")
        if name and (called or "").lower() in _META_NAMES:
            yield name, "metadata"
    for node in tree.css("script[type*='ld+json' i]")[:_MOST_LINKS]:
        for licence in _in_json(node.text()):
            yield licence, "metadata"


def _in_json(text: str) -> Iterator[str]:
    """The licences of the pages and articles that a JSON-LD script describes."""
    try:
        left: list[Any] = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return
    for _ in range(_MOST_NODES):
        if not left:
            return
        node = left.pop()
        if isinstance(node, list):
            left += node
        elif isinstance(node, dict):
            kinds = node.get("@type", "")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(_PAGE_TYPE.search(str(kind)) for kind in kinds):
                licence = node.get("license")
                licence = licence.get("@id", "") if isinstance(licence, dict) else licence
                if name := licence_of(str(licence)):
                    yield name
            left += [
                node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node
            ]
