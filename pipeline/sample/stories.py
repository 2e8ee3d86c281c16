"""Articles, pages in other languages, and listings of teasers."""

from pipeline.sample.authors import Author, Foreigner
from pipeline.sample.chance import Chance
from pipeline.sample.markup import (
    Content,
    bullets,
    heading,
    marked,
    paragraph,
    quotation,
    slugify,
    snippet,
    table,
)
from pipeline.sample.sites import Site

# Values that look like anybody's and are nobody's; they must be redacted. "home.arpa" is of homes
# (RFC 8375); 192.88.99.0/24 is the withdrawn 6to4 relay range (RFC 7526) and 3ffe::/16 the returned
# 6bone range (RFC 3701), both global to Python's ipaddress; Ofcom keeps 07700 900 for fiction.
_PERSONAL = {
    "email": "{given}.{family}@{name}.home.arpa",
    "ipv4": "192.88.99.{n}",
    "ipv6": "3ffe:{n}::{m}",
    "phone": "07700 900{n:03}",
}
_ANSWERS = "The old server answered at {value} until it was moved to {town}."
_RINGS = "You can also call {value} on weekdays, when somebody from {town} answers the telephone."
# Documentation, private and loopback addresses belong to nobody and stay (RFC 5737, 3849, 1918).
_HARMLESS = ["192.0.2.{n}", "2001:db8::{m}", "10.0.0.{n}", "127.0.0.1", "198.51.100.{n}"]


def article(site: Site, chance: Chance, least: int = 150, extra: tuple[str, ...] = ()) -> Content:
    """An article of `least` to about 850 words; `extra` paragraphs are worked into it verbatim."""
    author = Author(site.topic, site.register, chance)
    words = least + int((750 - least) * chance.unit() ** 1.6)
    texts = author.paragraphs(words)
    has = snippet(texts[0]), snippet(texts[-1])
    blocks = [marked(text, chance) for text in texts]
    blocks[0], blocks[-1] = paragraph(texts[0]), paragraph(texts[-1])
    if len(blocks) > 3:
        blocks = _furnish(blocks, author)
    for text in extra:
        blocks.insert(chance.between(1, len(blocks) - 1), paragraph(text))
    if site.refrain:
        blocks.append(paragraph(site.refrain))
    lacks = (site.refrain,) if site.refrain else ()
    return Content("article", author.title(), "\n".join(blocks), has, lacks=lacks)


def _furnish(blocks: list[str], author: Author) -> list[str]:
    """Headings between the paragraphs, and at most one list, table or quotation."""
    chance = author.chance
    out = blocks[:1]
    for i, block in enumerate(blocks[1:], start=1):
        if i % 3 == 2:
            out.append(heading(author.line("titles", "heading"), chance.between(2, 3)))
        out.append(block)
    form = chance.pick(["list", "table", "quotation", "figure", "none", "none"])
    piece = {"list": _list, "table": _years, "quotation": _quotation, "figure": _figure}.get(form)
    if piece and len(blocks) > 4:
        out.insert(len(out) - 1, piece(author))
    return out


def _list(author: Author) -> str:
    items = [author.grammar.say("[stuff] for the [trait] [thing], [how]") for _ in range(4)]
    return bullets(items, author.chance.pick(["ul", "ol"]))


def _years(author: Author) -> str:
    years = range(int(author.grammar.entities["Year"]), 2000, 17)
    rows = [
        [str(y), author.grammar.say("[trait] [thing+s]"), str(author.chance.between(3, 900))]
        for y in list(years)[:4]
    ]
    return table(["Year", "What was counted", "Number"], rows)


def _quotation(author: Author) -> str:
    return quotation(author.grammar.say("[quote], and [claim]."))


def _figure(author: Author) -> str:
    caption = author.grammar.say("The [trait] [thing] at [Town], drawn in [Year].")
    image = f'<img src="/img/{slugify(caption)[:20]}.jpg" alt="">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def personal(
    site: Site, chance: Chance
) -> tuple[str, tuple[tuple[str, int], ...], tuple[str, ...]]:
    """A paragraph with contact data, what must be redacted of it, and the strings that must go."""
    names = Author(site.topic, 0.5, chance).grammar.entities
    fields = {
        "given": names["Given"].lower(),
        "family": names["Sur"].lower().replace("ö", "o"),
        "name": site.host.removesuffix(".example"),
        "n": chance.between(2, 250),
        "m": chance.between(2, 99),
    }
    planted = {"email": _PERSONAL["email"].format(**fields)}
    lines = [
        f"Letters about this page go to {planted['email']}, where {names['Given']} reads them.",
        f"In the handbook {chance.pick(_HARMLESS).format(**fields)} stands for any machine at all.",
    ]
    if chance.happens(0.6):
        kind = chance.pick(["ipv4", "ipv4", "ipv6", "phone"])
        planted[kind] = _PERSONAL[kind].format(**fields)
        said = _RINGS if kind == "phone" else _ANSWERS
        lines.append(said.format(value=planted[kind], town=names["Town"]))
    return " ".join(lines), tuple((kind, 1) for kind in sorted(planted)), tuple(planted.values())


def foreign(site: Site, chance: Chance) -> Content:
    """A page in the language of the site."""
    writer = Foreigner(site.language, chance)
    texts = writer.paragraphs(chance.between(16, 32))
    blocks = [paragraph(text) for text in texts]
    has = () if site.language in ("ja", "zh") else (snippet(texts[0]),)
    return Content("article", writer.title(), "\n".join(blocks), has)


def listing(site: Site, chance: Chance) -> Content:
    """A front page: many headlines, each with the beginning of a text."""
    blocks = []
    for number in range(chance.between(8, 18)):
        author = Author(site.topic, site.register, Chance("teaser", site.host, chance.below(10**9)))
        title = author.title()
        teaser = " ".join(author.sentence().split()[:14])
        blocks.append(
            f'<div class="teaser">{heading(title, 3)}<p>{teaser} … '
            f'<a href="/{number}/{slugify(title)}">Read more</a></p></div>'
        )
    return Content("listing", f"News from {site.host}", "\n".join(blocks), ())
