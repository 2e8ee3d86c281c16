"""Rights: what a page says of its own use, and whether that lets it into a corpus.

Signals are opt-outs (`directives`) and Creative Commons licences (`licences`), from header and
markup together. `noindex` is about search, not training; it is recorded and never drops. What a
whole host says of its use (robots.txt, TDM files) is read in `ingest.policies` and obeyed in
`dedup.opt_outs`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from pipeline.document import Dropped, Page, drop
from pipeline.recipe import ScreenConfig
from pipeline.screen import STAGE
from pipeline.screen.directives import OPT_OUTS, meta_signals, said
from pipeline.screen.licences import HOST, licence_of, licences
from pipeline.tags.limits import Limits, excess, parser_bytes

_LINK = re.compile(r"<([^>]*)>([^<]*)")
_REL_LICENSE = re.compile(r"rel\s*=\s*(?:\"[^\"]*\blicense\b|license\b)", re.IGNORECASE)
_OPEN = frozenset(("cc-by", "cc-by-sa", "cc-zero", "cc-pdm"))


def read_rights(page: Page, limits: Limits) -> Page:
    """The page with its signals, sorted and joined by commas ("cc-by-sa,noai"), and with where each
    was found ("cc-by-sa:rel_license,noai:header+meta").
    """
    found: dict[str, set[str]] = {}
    for signal, where in _signals(page, limits):
        found.setdefault(signal, set()).add(where)
    if not found:
        return page
    sources = (f"{signal}:{'+'.join(sorted(found[signal]))}" for signal in sorted(found))
    return replace(page, rights=",".join(sorted(found)), rights_source=",".join(sources))


def _signals(page: Page, limits: Limits) -> Iterator[tuple[str, str]]:
    for name, value in page.headers:
        yield from ((signal, "header") for signal in said(name, value))
        if name == "link":
            yield from ((licence, "header") for licence in _linked(value))
    html = parser_bytes(page.html)
    lower = html.lower()
    yield from ((signal, "meta") for signal in meta_signals(html, lower, limits))
    if HOST in lower and not excess(html, limits):
        yield from licences(LexborHTMLParser(html))


def _linked(value: str) -> Iterator[str]:
    """The licences of a Link header (RFC 8288)."""
    for address, parameters in _LINK.findall(value):
        if _REL_LICENSE.search(parameters) and (name := licence_of(address)):
            yield name


def rights_reason(signals: str, config: ScreenConfig) -> tuple[str, str] | None:
    """("opt_out", signals) or ("no_open_licence", signals) where the recipe's rule says no.

    Of several licences all must be open: the page does not say which part of it is which.
    """
    if config.rights == "ignore":
        return None
    names = set(signals.split(","))
    if names & set(OPT_OUTS):
        return "opt_out", signals
    stated = {name for name in names if name.startswith("cc-")}
    if config.rights == "open_licence_only" and not (stated and stated <= _OPEN):
        return "no_open_licence", signals
    return None


def respect_rights(page: Page, config: ScreenConfig) -> Page | Dropped:
    """The page, or its drop row where its signals and the recipe's rule say no."""
    reason = rights_reason(page.rights, config)
    return drop(page, STAGE, *reason) if reason else page
