"""Extractors that others keep: trafilatura in two modes, resiliparse, and all text of `body`, which
is no extraction and what one is compared with.

trafilatura runs fast, without comments and without metadata: recall + fast is within 0.004 F1 of
FineWeb's setting at 63 % of its cost. No state passes from page to page (its `deduplicate` option
would). Both lose the lines or the indentation of code, so code blocks are taken out before and
put back behind, fenced and verbatim.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from html import unescape
from typing import Any, NamedTuple

from lxml import etree
from lxml import html as elements

from pipeline.document import digest
from pipeline.errors import prove_memory
from pipeline.extract.extractor import Extracted
from pipeline.recipe import ExtractConfig
from pipeline.tags.limits import Html, excess, parser_bytes
from pipeline.text import visible

# What these libraries raise on broken trees; anything else is a defect and propagates.
_BROKEN_PAGE = (etree.LxmlError, ValueError, AssertionError, RecursionError)
_PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<br\s*/?>|<[^>]*>", re.IGNORECASE)
_MAX_CODE_BLOCKS = 2_000  # of one page; the others stay as the library makes them


def extract_with(config: ExtractConfig, html: Html) -> Extracted | str:
    """The main content by the configured library, or why there is none: no_text, broken_page, or
    the reasons of `excess`, which are asked for here where no prefilter has done so.
    """
    if not config.prefilter and (reason := excess(parser_bytes(html), config)):
        return reason
    page_html = html if isinstance(html, str) else html.decode()
    page, codes = without_code(page_html)
    try:
        text = visible(_EXTRACTORS[config.extractor](page))
    except _BROKEN_PAGE:
        prove_memory()
        return "broken_page"
    if not text:
        return "no_text"
    text = with_code(text, codes)
    return Extracted(text, **structure_of(page_html, text)._asdict())


def without_code(page_html: str) -> tuple[str, dict[str, str]]:
    """The page with a paragraph of one word in place of every block of code, and code by word.

    The words are made of the page's own digest, so no page can hold them by itself.
    """
    if "<pre" not in page_html and "<PRE" not in page_html:
        return page_html, {}
    mark, codes = f"code{digest(page_html)[:16]}n", dict[str, str]()

    def taken(match: re.Match[str]) -> str:
        tagless = _TAG.sub(lambda tag: "\n" if tag[0][:3].lower() == "<br" else "", match[1])
        code = unescape(tagless).strip("\r\n").replace("\r\n", "\n").rstrip()
        if "\n" not in code or "```" in code:
            return match[0]
        word = f"{mark}{len(codes)}x"
        codes[word] = code
        return f"<p>{word}</p>"

    return _PRE.sub(taken, page_html, count=_MAX_CODE_BLOCKS), codes


def with_code(text: str, codes: dict[str, str]) -> str:
    """The text with every word of `codes` replaced by its code, fenced, on lines of its own."""
    if not codes:
        return text
    words = re.compile(rf"[^\S\n]*\b({'|'.join(codes)})\b[^\S\n]*")
    fenced = words.sub(lambda word: f"\n```\n{codes[word[1]]}\n```\n", text)
    return re.sub(r"\n{3,}(?=```)|(?<=```)\n{3,}", "\n\n", fenced).strip("\n")


def _trafilatura(page_html: str, precision: bool) -> str:
    text = _library().extract(
        page_html,
        fast=not precision,
        favor_precision=precision,
        favor_recall=not precision,
        include_comments=False,
        include_tables=True,
        with_metadata=False,
    )
    return text or ""


@cache
def _library() -> Any:
    """trafilatura with lxml's class lookup in C: the same output, up to 1.1 times as fast."""
    import trafilatura
    from trafilatura import utils

    lookup = etree.ElementDefaultClassLookup(
        element=elements.HtmlElement,
        comment=elements.HtmlComment,
        pi=elements.HtmlProcessingInstruction,
        entity=elements.HtmlEntity,
    )
    utils.HTML_PARSER.set_element_class_lookup(lookup)
    return trafilatura


def _resiliparse(page_html: str, main_content: bool) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(
        page_html, main_content=main_content, preserve_formatting=True, alt_texts=main_content
    )
    return text


_EXTRACTORS: dict[str, Callable[[str], str]] = {
    "trafilatura": partial(_trafilatura, precision=False),
    "trafilatura_precision": partial(_trafilatura, precision=True),
    "resiliparse": partial(_resiliparse, main_content=True),
    "body": partial(_resiliparse, main_content=False),
}


class Structure(NamedTuple):
    """Whether a text holds math, code or tables: these extractors do not say."""

    has_math: bool
    has_code: bool
    has_table: bool


_MATH_MARKUP = re.compile(
    r"<math[\s>]|class=[\"'][^\"']*\b(?:katex|mathjax)\b|type=[\"']math/tex", re.IGNORECASE
)
_TEX = re.compile(r"\\\([^\n]{1,300}\\\)|\\\[.{1,300}?\\\]|\$\$.{1,300}?\$\$", re.DOTALL)
_CODE_MARKUP = re.compile(
    r"<code[\s>][^<]*\n|class=[\"'](?:source-\w+|mw-geshi|highlight)\b", re.IGNORECASE
)
_TABLE_ROW = re.compile(r"^\|.*\|", re.MULTILINE)


def structure_of(page_html: str, text: str) -> Structure:
    """By the text where it shows, by the page's markup where the library has flattened it."""
    return Structure(
        has_math=bool(_TEX.search(text) or _MATH_MARKUP.search(page_html)),
        has_code="```" in text or bool(_CODE_MARKUP.search(page_html)),
        has_table=bool(_TABLE_ROW.search(text)),
    )
