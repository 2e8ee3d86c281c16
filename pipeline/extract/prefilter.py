"""Cheap before dear: pages that leave before the extractor sees them.

A strip of the tags costs a sixth of an extraction. Its text tells near-empty pages and the pages
that are confidently in a language nobody asked for; in doubt a page goes on. What stands first
between the tags costs a tenth of that, and mostly tells that a page will go on.
"""

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser

from pipeline.document import Dropped, Page, drop
from pipeline.extract import STAGE
from pipeline.language.detection import CLD2, Identifier, detect_language, language_share
from pipeline.language.natural import sampled
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.tags.limits import excess
from pipeline.tags.shadow_roots import with_shadow_roots

MIN_CHARACTERS = 50  # letters of a page without its tags; less is no text in any language
SURE_SCORE = 0.85  # share of the text in the other language that makes the exit safe
# So is less, where what is seen first is in the other too and at most so much of the text in wanted
# languages; it is more than an answer scores that may as well be a close language.
AGREED_SCORE, MOST_WANTED = 0.65, 0.2
SURE_CHARACTERS = 200  # of text: shorter pages are judged after extraction
_PIECES, _PIECE = 16, 250  # characters that the language is told by: many pieces, of all parts
# Bytes between tags, without white space, that tell that a page goes on; the least of short pages.
_FIRST, _LEAST = 400, 200
_MOST_TAGS = 1_000  # among which they must stand
_BODY = re.compile(rb"<body\b", re.IGNORECASE)
_TAG = re.compile(rb"<(?:!--|(/?)([a-zA-Z][a-zA-Z0-9-]*+)[^<>]*+>([^<]*+))")
_REFERENCE = re.compile(rb"&#?\w{1,32};")
_NEVER_SHOWN = ("script", "style", "template", "svg")
_INVISIBLE = (*_NEVER_SHOWN, "noscript")
_UNSEEN = frozenset(name.encode() for name in _INVISIBLE)


def stripped_text(html: bytes, invisible: Sequence[str] = _INVISIBLE) -> str:
    """All visible text of a page, boilerplate included, white space squeezed."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(list(invisible))
    body = tree.body
    return " ".join(body.text(separator=" ").split()) if body is not None else ""


def prefilter_reason(
    page: Page,
    config: ExtractConfig,
    screen: ScreenConfig,
    identifier: Identifier = CLD2,
) -> tuple[str, str] | None:
    """Why a page can safely leave, with a detail; None in doubt.

    Reasons: near_empty, wrong_language, and those of `excess`, before the first parser.
    """
    if not config.prefilter:
        return None
    html = page.html
    if reason := excess(html, config):
        return reason, str(len(html))
    first = detect_language(_first_seen(html).decode("utf-8", "replace"), identifier)
    if first.score >= SURE_SCORE and _is_wanted(first.code, screen.languages):
        return None
    text = stripped_text(html)
    if len(text) < MIN_CHARACTERS:
        return None if _tells_others(html) else ("near_empty", str(len(text)))
    if not screen.languages or len(text) < SURE_CHARACTERS:
        return None
    pieces = sampled(text, _PIECES, _PIECE)
    found = detect_language(pieces, identifier)
    if not found.code or found.code in screen.languages:
        return None
    is_sure = found.score >= SURE_SCORE or (
        identifier is CLD2
        and found.code == first.code
        and found.score >= AGREED_SCORE
        and language_share(pieces, screen.languages) <= MOST_WANTED
    )
    return ("wrong_language", found.code) if is_sure else None


def _is_wanted(code: str, languages: Sequence[str]) -> bool:
    """Whether a language is one of `languages`; any is if these are none."""
    return code in languages if languages else bool(code)


def _first_seen(html: bytes) -> bytes:
    """The first of what stands between the tags of a page's body, as far as it is told without a
    parser; nothing where that is too little.
    """
    body = _BODY.search(html)
    at, parts, size = body.start() if body else 0, list[bytes](), 0
    for _ in range(_MOST_TAGS):
        match = _TAG.search(html, at)
        if match is None:
            break
        closes, name, text = match.groups()
        if name is None or (not closes and name.lower() in _UNSEEN):
            at = html.find(b"-->" if name is None else b"</" + name, match.end())
            if at < 0:
                break
            continue
        at = match.end()
        if b"&" in text:
            text = _REFERENCE.sub(b" ", text)
        if text := text.strip():
            parts.append(text)
            size += len(text) - text.count(b" ")
            if size >= _FIRST:
                break
    return b" ".join(parts) if size >= _LEAST else b""


def _tells_others(html: bytes) -> bool:
    """Whether a page says enough to those who run no scripts, or in shadow roots."""
    whole = stripped_text(with_shadow_roots(html), _NEVER_SHOWN)
    return len(whole) >= SURE_CHARACTERS


def prefilter(
    page: Page,
    config: ExtractConfig,
    screen: ScreenConfig,
    identifier: Identifier = CLD2,
) -> Page | Dropped:
    """The page, or its drop row where it can safely leave."""
    reason = prefilter_reason(page, config, screen, identifier)
    return drop(page, STAGE, *reason) if reason else page
