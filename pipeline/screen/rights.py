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
from pipeline.screen.directives import OPT_OUTS, last_promising, meta_signals, said
from pipeline.screen.licence_addresses import licence_of
from pipeline.screen.licences import HOST, Licences
from pipeline.tags.limits import Limits, excess

_MOST_SIGNS = 4  # angle brackets for each node that a page may have
_LINK = re.compile(r"<([^>]*)>([^<]*)")
_OTHER_QUOTED = re.compile(r"\b(?!rel\b)[\w*-]+\s*=\s*\"[^\"]*\"", re.IGNORECASE)
_REL = re.compile(r"\brel\s*=\s*\"?([\w\s.:/-]*)", re.IGNORECASE)
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
    yield from _in_markup(page.html, limits)


def _in_markup(html: bytes, limits: Limits) -> Iterator[tuple[str, str]]:
    """What a parser finds, that reads no more of the page than it must, and no page that it should
    not see.
    """
    lower = html.lower()
    names_licence, last = HOST in lower, last_promising(lower)
    head = html if names_licence else html[:last]
    crowded = head.count(b"<") > _MOST_SIGNS * limits.max_nodes  # soon told, unlike `excess`
    if not (names_licence or last) or crowded or excess(head, limits):
        return
    tree = LexborHTMLParser(head)
    yield from ((signal, "meta") for signal in meta_signals(tree))
    if names_licence:
        yield from Licences().found(tree)


def _linked(value: str) -> Iterator[str]:
    """The licences of a Link header (RFC 8288)."""
    for address, parameters in _LINK.findall(value):
        stated = _REL.search(_OTHER_QUOTED.sub("", parameters))
        if stated and "license" in stated[1].split() and (name := licence_of(address)):
            yield name


def rights_reason(signals: str, config: ScreenConfig) -> str | None:
    """ "opt_out" or "no_open_licence" where the recipe's rule says no.

    Of several licences all must be open: the page does not say which part of it is which.
    """
    if config.rights == "ignore":
        return None
    names = set(signals.split(","))
    if names & set(OPT_OUTS):
        return "opt_out"
    stated = {name for name in names if name.startswith("cc-")}
    if config.rights == "open_licence_only" and not (stated and stated <= _OPEN):
        return "no_open_licence"
    return None


def respect_rights(page: Page, config: ScreenConfig) -> Page | Dropped:
    """The page, or its drop row where its signals and the recipe's rule say no."""
    reason = rights_reason(page.rights, config)  # told with where each signal was found
    return drop(page, STAGE, reason, page.rights_source) if reason else page
