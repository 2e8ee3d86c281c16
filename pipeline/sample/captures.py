"""From a spec to what the crawler got: bytes, headers, and the truth about them."""

import gzip
from dataclasses import replace
from html import escape
from uuid import UUID

from pipeline.document import digest
from pipeline.sample.authors import typographic
from pipeline.sample.binary import json_body, pdf_body, png_body, robots_body
from pipeline.sample.chance import Chance
from pipeline.sample.crawl_plan import Spec, is_listing, is_policy
from pipeline.sample.markup import Content
from pipeline.sample.page_html import content, date, html, is_curly, url
from pipeline.sample.sites import CHARSETS
from pipeline.sample.truth import Capture, Truth, dropped

SOURCE = "crawl"
# Which pages lie far from the rest, and what a model makes of one page, nobody can say beforehand.
_UNFORESEEN = ("curate:*outlier*", "mix:low_score")
_REFUSED = {
    "blocked": "blocked_site",
    "opt_out": "opt_out",
    "robots": "robots_opt_out",
    "foreign": "wrong_language",
}
_COPIES = ("url_copy", "text_copy", "near_copy")
_KEPT_TWISTS = ("", "personal", "chunked", "misdeclared")
_TWIST_REASONS = {
    "url_original": "duplicate_url",
    "text_original": "duplicate_text",
    "near_original": "near_duplicate",
    "blocked_host": "blocked_site",
    "damaged": "damaged_archive",
    "no_ai": "opt_out",
}


def record_id(*parts: str | int) -> str:
    """A WARC-Record-ID made from what the record is."""
    return f"<urn:uuid:{UUID(hex=digest('record', *map(str, parts)))}>"


def capture(spec: Spec) -> Capture:
    """What the crawler got for `spec`."""
    page = content(spec)
    made = _capture(spec, page)
    if is_policy(spec):
        return _robots(made)
    return _event(spec, made) if spec.event != "page" else _twist(spec, made)


def _capture(spec: Spec, page: Content) -> Capture:
    """The page as it is served when nothing goes wrong, and its fate."""
    site = spec.host if spec.event == "near_copy" and spec.host else spec.site
    codec, header, _ = site.encoding
    address = url(spec, page.title)
    charset = f"; charset={header}" if header else ""
    has = tuple(typographic(text) for text in page.has) if is_curly(spec.site) else page.has
    if spec.event == "near_copy":
        has = has[:1]  # a changed word may stand in the last paragraph
    truth = Truth(
        record_id=record_id("response", address, date(spec)),
        url=address,
        source=SOURCE,
        kind=page.kind,
        language=site.language,
        charset=CHARSETS[codec],
        cited=is_cited(spec),
        redactions=page.redactions,
        text_has=has,
        text_lacks=(site.cookie, site.footer, *page.lacks),
        code_has=page.code,
        math_has=page.math,
    )
    return Capture(
        truth=_fated(truth, site.kind),
        title=page.title,
        date=date(spec),
        body=html(spec, page).encode(codec, "xmlcharrefreplace"),
        headers=(("Content-Type", f"text/html{charset}"),),
    )


def is_cited(spec: Spec) -> bool:
    """Whether the encyclopaedia cites the page: nearly all kept articles of cited sites."""
    kept = spec.event in _COPIES or (spec.event == "page" and spec.twist in _KEPT_TWISTS)
    may = spec.site.cited and kept and not is_listing(spec)
    return may and Chance("cited", spec.site.host, spec.page).happens(0.95)


def _fated(truth: Truth, kind: str) -> Truth:
    """The truth with what becomes of a page by the kind of its site alone."""
    if kind in _REFUSED:
        return dropped(truth, _REFUSED[kind])
    if kind == "spam":
        return dropped(truth, "*", ("extract:*", "exact:*"))
    if truth.kind in ("shop", "listing"):
        return replace(truth, fate="any")
    return replace(truth, may_drop=_UNFORESEEN)


def _gone(made: Capture, reason: str, kind: str = "") -> Capture:
    """The capture as one that is dropped for `reason`, as another kind of record if so named."""
    truth = dropped(replace(made.truth, kind=kind or made.truth.kind), reason)
    if truth.stage == "ingest" or reason == "no_text":
        truth = replace(truth, text_has=(), text_lacks=(), code_has=(), math_has=())
    return replace(made, truth=truth)


def _grouped(made: Capture, event: str, number: int) -> Capture:
    return replace(made, truth=replace(made.truth, group=f"{event.split('_')[0]}-{number:04d}"))


def _twist(spec: Spec, made: Capture) -> Capture:
    """What happens to some ordinary pages."""
    if spec.twist in _TWIST_REASONS:
        made = _gone(made, _TWIST_REASONS[spec.twist])
    match spec.twist:
        case "url_original" | "text_original" | "near_original":
            return _grouped(made, spec.twist, spec.number)
        case "leak":
            return replace(made, truth=dropped(made.truth, "benchmark_hit", ("mix:low_score",)))
        case "damaged":
            return replace(made, damaged=True)
        case "misdeclared":
            return _misdeclared(made)
        case "chunked":
            return _chunked(made)
    return _opted_out(spec, made)


def _opted_out(spec: Spec, made: Capture) -> Capture:
    """Opt-outs that stand in the HTTP header; the others stand in the page."""
    if spec.page_opt_out or not (spec.twist == "no_ai" or spec.site.kind == "opt_out"):
        return made
    header = ("X-Robots-Tag", "noai, noimageai") if spec.twist else ("tdm-reservation", "1")
    return replace(made, headers=(*made.headers, header))


def _misdeclared(made: Capture) -> Capture:
    """A UTF-8 page whose server says something else."""
    codec = {"windows-1252": "cp1252"}.get(made.truth.charset, "utf-8")
    body = made.body.decode(codec).replace("<h1", "<!-- ‘—’ --><h1", 1).encode()
    truth = replace(made.truth, charset="utf-8")
    return replace(
        made, truth=truth, body=body, headers=(("Content-Type", "text/html; charset=ISO-8859-1"),)
    )


def _chunked(made: Capture) -> Capture:
    """The body as it went over the wire: compressed, then in chunks."""
    packed = gzip.compress(made.body, mtime=0)
    chunks = [packed[i : i + 1000] for i in range(0, len(packed), 1000)]
    wire = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    coding = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    return replace(made, body=wire, headers=made.headers + coding)


def _event(spec: Spec, made: Capture) -> Capture:
    """Records that are no page of their own."""
    match spec.event:
        case event if event in _COPIES:
            return _grouped(made, spec.event, spec.number)
        case "revisit":
            first = date(replace(spec, event="page"))
            return replace(_gone(made, "revisit", "revisit"), body=b"", revisit_of=first)
        case "truncated":
            gone = _gone(made, "truncated_body")
            return replace(gone, body=made.body[:1500], truncated="length")
        case "not_html":
            return _binary(spec, made)
        case "no_text":
            return _hollow(spec, made)
        case "empty":
            moved = _moved(made, f"/blank/{spec.number}")
            return replace(_gone(moved, "empty_body", "empty"), body=b"")
    return _failed(spec, made)


def _moved(made: Capture, prefix: str) -> Capture:
    """The capture under an address of its own, with a record id to match."""
    scheme, _, rest = made.truth.url.partition("://")
    host, _, path = rest.partition("/")
    address = f"{scheme}://{host}{prefix}/{path}"
    identity = record_id("response", address, made.date)
    return replace(made, truth=replace(made.truth, url=address, record_id=identity))


def _binary(spec: Spec, made: Capture) -> Capture:
    """A PDF, an image, or JSON."""
    name, payload_type, body = (
        ("file.pdf", "application/pdf", pdf_body(spec.site.host)),
        ("picture.png", "image/png", png_body(spec.number)),
        ("data.json", "application/json", json_body(spec.site.host)),
    )[spec.number % 3]
    headers = (("Content-Type", payload_type),)
    made = _gone(_moved(made, f"/{spec.number}/{name}"), "not_html", "binary")
    return replace(made, body=body, headers=headers, payload_type=payload_type)


def _robots(made: Capture) -> Capture:
    """The file that forbids the use of the site's pages."""
    scheme, _, rest = made.truth.url.partition("://")
    address = f"{scheme}://{rest.partition('/')[0]}/robots.txt"
    truth = replace(made.truth, url=address, record_id=record_id("response", address, made.date))
    gone = _gone(replace(made, truth=truth), "not_html", "policy")
    headers = (("Content-Type", "text/plain"),)
    return replace(gone, body=robots_body(), headers=headers, payload_type="text/plain")


def _hollow(spec: Spec, made: Capture) -> Capture:
    """A page that scripts would fill."""
    body = (
        b'<!DOCTYPE html><html lang="en"><head><title>App</title></head><body><div id="app"></div>'
    )
    body += b"<script>document.getElementById('app').textContent = 'ready';</script></body></html>"
    gone = _gone(_moved(made, f"/app/{spec.number}"), "no_text", "hollow")
    truth = replace(gone.truth, charset="utf-8", may_drop=("extract:near_empty",))
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return replace(gone, truth=truth, body=body, headers=headers)


def _failed(spec: Spec, made: Capture) -> Capture:
    """A response with another status than 200."""
    status, note = {
        "not_found": ("404 Not Found", "The page that you are looking for is not here any more."),
        "server_error": ("500 Internal Server Error", "Something went wrong on our side."),
        "redirect": ("301 Moved Permanently", "The page has moved."),
    }[spec.event]
    headers = made.headers
    if spec.event == "redirect":
        headers += (("Location", made.truth.url),)
    made = _moved(made, f"/{spec.event.replace('_', '-')}/{spec.number}")
    gone = _gone(made, "http_status", spec.event)
    text = f"<h1>{status}</h1><p>{escape(note)}</p>"
    body = f"<html><head><title>{status}</title></head><body>{text}</body></html>".encode()
    return replace(gone, body=body, status=status, headers=headers)
