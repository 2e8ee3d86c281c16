"""Rights: what a page says of its own use, and whether that lets it into a corpus.

Signals: `noai` and `noimageai` in robots directives (meta or X-Robots-Tag), a TDM reservation (W3C
TDM Reservation Protocol: header or meta `tdm-reservation: 1`), and a Creative Commons licence link.
`noindex` is about search, not training; it is recorded and never drops. What a whole host says of
its use (robots.txt, TDM files) is read in `ingest.policies` and obeyed in `dedup.opt_outs`.
"""

import re
from dataclasses import replace

from pipeline.document import Dropped, Page, drop
from pipeline.recipe import ScreenConfig
from pipeline.screen import STAGE

HEAD_CHARACTERS = 50_000  # meta elements stand in the head
_META = re.compile(r"<meta\b[^>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_LICENCE = re.compile(
    r"<(?:a|link)\b[^>]{0,500}creativecommons\.org/(?:licenses/([a-z-]+)|(publicdomain))",
    re.IGNORECASE,
)
_OPT_OUTS = ("noai", "tdm-reservation")
_OPEN = re.compile(r"(?:^|,)(?:cc-by(?:-sa)?|cc-zero)(?:,|$)")


def rights_signals(page: Page) -> str:
    """The signals of a page, sorted and joined by commas: "cc-by-sa,noai"; "" where it has none."""
    signals = {signal for name, value in page.headers for signal in _signals(name, value)}
    for meta in _META.findall(page.html[:HEAD_CHARACTERS]):
        attributes = {m[0].lower(): m[1] or m[2] or m[3] for m in _ATTRIBUTE.findall(meta)}
        signals.update(_signals(attributes.get("name", ""), attributes.get("content", "")))
    if licence := _LICENCE.search(page.html):
        signals.add(f"cc-{licence[1].lower()}" if licence[1] else "cc-zero")
    return ",".join(sorted(signals))


def _signals(name: str, value: str) -> list[str]:
    name, value = name.strip().lower(), value.strip().lower()
    if name in ("robots", "x-robots-tag"):
        directives = {part.strip() for part in value.replace(":", ",").split(",")}
        found = ["noindex"] if "noindex" in directives or "none" in directives else []
        return found + (["noai"] if directives & {"noai", "noimageai"} else [])
    return ["tdm-reservation"] if name == "tdm-reservation" and value == "1" else []


def rights_reason(signals: str, config: ScreenConfig) -> tuple[str, str] | None:
    """("opt_out", signals) or ("no_open_licence", signals) where the recipe's rule says no."""
    if config.rights == "ignore":
        return None
    if any(signal in signals.split(",") for signal in _OPT_OUTS):
        return "opt_out", signals
    if config.rights == "open_licence_only" and not _OPEN.search(signals):
        return "no_open_licence", signals
    return None


def read_rights(page: Page) -> Page:
    """The page with its signals."""
    return replace(page, rights=rights_signals(page))


def respect_rights(page: Page, config: ScreenConfig) -> Page | Dropped:
    """The page, or its drop row where its signals and the recipe's rule say no."""
    reason = rights_reason(page.rights, config)
    return drop(page, STAGE, *reason) if reason else page
