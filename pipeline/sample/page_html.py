"""From a spec to a page: its address, its date, its HTML."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape

from pipeline.sample import community, stories, technical
from pipeline.sample.authors import Author, Foreigner, typographic
from pipeline.sample.benchmark import question
from pipeline.sample.chance import Chance
from pipeline.sample.crawl_plan import NEAR_WORDS, Spec, is_listing
from pipeline.sample.markup import Content, fill, links, paragraph, slugify
from pipeline.sample.sites import Site

_KINDS: dict[str, Callable[[Site, Chance], Content]] = {
    "documentation": technical.documentation,
    "math": technical.mathematics,
    "forum": community.forum,
    "shop": community.shop,
    "spam": community.spam,
    "foreign": stories.foreign,
}
_FIRST_DAY = datetime(2025, 3, 1, tzinfo=UTC)
_DAYS = 150


def content(spec: Spec) -> Content:
    """The main text of the spec's page; the same for an original and its copies."""
    site, chance = spec.site, Chance("page", spec.site.host, spec.page)
    if is_listing(spec):
        return stories.listing(site, chance)
    if site.kind in _KINDS:
        return _KINDS[site.kind](site, chance)
    if spec.twist == "leak":
        return stories.article(site, chance, extra=(f"Somebody asked: {question(spec.number)}",))
    if spec.twist == "personal":
        text, redactions, gone = stories.personal(site, Chance("personal", site.host, spec.page))
        made = stories.article(site, chance, extra=(text,))
        return replace(made, redactions=redactions, lacks=(*made.lacks, *gone))
    return stories.article(site, chance, least=NEAR_WORDS if spec.twist == "near_original" else 150)


def url(spec: Spec, title: str) -> str:
    """The address of the spec's page; a copy's is a variant of it or stands elsewhere."""
    site, chance = spec.site, Chance("url", spec.site.host, spec.page)
    slug = slugify(title)[:60]
    forms = (  # the number keeps two pages of one title apart
        "/{n}/{s}",
        "/{s}-{n}.html",
        "/articles/{n}-{s}",
        "/{s}/{n}/",
        "/view?id={n}&name={s}",
        "/2025/{n}/{s}",
    )
    path = chance.pick(forms).format(n=spec.page + 1, s=slug)
    host = site.host
    if spec.twist == "blocked_host":
        host = f"promo.{host}"
    base = f"{site.scheme}://{host}{path}"
    join = "&" if "?" in base else "?"
    if spec.event == "url_copy":
        variants = (
            f"{base}{join}utm_source=letter&utm_medium=email",
            base.replace("://", "://www."),
            f"{base}#comments",
            f"{base}{join}fbclid=IwAR{spec.number:06d}",
        )
        return variants[spec.number % len(variants)]
    if spec.event == "text_copy":
        return f"{site.scheme}://{host}/print/{spec.page}/{slug}"
    if spec.event == "near_copy" and spec.host:
        return f"{spec.host.scheme}://{spec.host.host}/reprints/{slug}"
    return base


def date(spec: Spec) -> str:
    """The WARC-Date: copies and revisits are some days younger than their originals."""
    chance = Chance("date", spec.site.host, spec.page)
    moment = _FIRST_DAY + timedelta(seconds=chance.below(_DAYS * 86_400))
    if spec.event != "page":
        later = Chance("later", spec.event, spec.number).between(3_600, 20 * 86_400)
        moment += timedelta(seconds=later)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def reprinted(body: str, host: str) -> str:
    """A near copy: a line put before the text, and two words of it changed."""
    first, _, rest = body.partition("</p>")
    line = paragraph(
        f"First published by our friends at {host}; reprinted here with their kind leave."
    )
    rest = rest.replace(" the ", " that very ", 1)
    head, _, tail = rest.rpartition(" a ")
    return f"{line}\n{first}</p>{head} yet another {tail}" if head else f"{line}\n{first}</p>{rest}"


def html(spec: Spec, page: Content) -> str:
    """The whole page in the dress of the site that carries it; a reprint keeps its layout."""
    site = spec.host if spec.event == "near_copy" and spec.host else spec.site
    body = reprinted(page.body, spec.site.host) if spec.event == "near_copy" else page.body
    chance = Chance("dress", site.host, spec.site.host, spec.page)
    text = fill(
        spec.site.layout,
        lang=site.language,
        charset=_meta_charset(site),
        site=site.host,
        title=escape(page.title, quote=False),
        head=_head(spec),
        menu=links(site.menu),
        body=body,
        aside=chance.pick(["Most read this week", "You may also like", "Elsewhere on this site"]),
        related=_related(site, chance),
        footer=f"<p>{escape(site.footer)}</p>",
        cookie=f'<div class="cookie-notice" id="cookies"><p>{escape(site.cookie)}</p></div>',
        author=_author(site, chance),
        date=date(replace(spec, event="page"))[:10],  # a copy is the same to the byte
    )
    return _curly(text) if is_curly(spec.site) else text


def is_curly(site: Site) -> bool:
    """Whether the site sets typographic quotes; pages with code or formulas never do."""
    plain = site.language == "en" and site.kind not in ("documentation", "math")
    return plain and Chance("curly", site.host).happens(0.6)


def _curly(text: str) -> str:
    """Typographic quotes in the text of a page, never in its tags and scripts."""
    pieces = text.split("<")
    for i, piece in enumerate(pieces):
        tag, closing, shown = piece.partition(">")
        if closing and not tag.startswith(("script", "style")):
            pieces[i] = tag + closing + typographic(shown)
    return "<".join(pieces)


def _meta_charset(site: Site) -> str:
    label = site.encoding[2]
    if not label:
        return ""
    if Chance("meta", site.host).happens(0.5):
        return f'<meta charset="{label}">\n'
    return f'<meta http-equiv="Content-Type" content="text/html; charset={label}">\n'


def _head(spec: Spec) -> str:
    """Opt-outs that stand in the page."""
    if not spec.page_opt_out:
        return ""
    if spec.twist == "no_ai":
        return '<meta name="robots" content="index, noai, noimageai">\n'
    if spec.site.kind == "opt_out":
        return '<meta name="tdm-reservation" content="1">\n'
    return ""


def _related(site: Site, chance: Chance) -> str:
    if site.language == "en":
        author = Author(site.topic, 0.5, chance)
        return links([author.title() for _ in range(chance.between(3, 6))])
    writer = Foreigner(site.language, chance)
    return links([writer.title() for _ in range(3)])


def _author(site: Site, chance: Chance) -> str:
    if site.language == "en":
        return Author(site.topic, 0.5, chance).grammar.entities["Person"]
    return Foreigner(site.language, chance).grammar.entities["name"]
