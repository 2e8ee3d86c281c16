"""The sites of the sample: what each is about, how it writes, how its pages look and are served."""

from collections import Counter
from dataclasses import dataclass

from pipeline.sample import authors
from pipeline.sample.chance import Chance
from pipeline.sample.grammar import Grammar
from pipeline.sample.markup import LAYOUTS
from pipeline.sample.words import load

# Share of the sites by kind; every kind gets one site at least.
SHARES = {
    "article": 0.36,
    "template": 0.06,
    "documentation": 0.09,
    "math": 0.07,
    "forum": 0.08,
    "shop": 0.05,
    "news": 0.06,
    "spam": 0.05,
    "foreign": 0.12,
    "blocked": 0.04,
    "opt_out": 0.02,
    "robots": 0.02,  # its robots.txt forbids the use
}
MIN_SITES = 24
_REFRAIN = "This page belongs to {}; the next one will be written when it is time for it."

# How often the encyclopaedia cites a site of that kind. Cited sites are more encyclopaedic on the
# whole, but the two ranges of register overlap.
_CITED = {"article": 0.7, "template": 0.6, "news": 0.6, "math": 0.4}

# (codec, label in the HTTP header, label in <meta>); "" declares nothing there.
Encoding = tuple[str, str, str]
_UTF8_HEADER: Encoding = ("utf-8", "utf-8", "utf-8")
_ENCODINGS: dict[str, tuple[Encoding, ...]] = {
    "en": (
        _UTF8_HEADER,
        _UTF8_HEADER,
        _UTF8_HEADER,
        ("utf-8", "UTF-8", ""),
        ("utf-8", "", "utf-8"),
        ("cp1252", "ISO-8859-1", ""),
        ("cp1252", "", "windows-1252"),
        ("utf-8", "", ""),
    ),
    "de": (("cp1252", "iso-8859-1", ""), _UTF8_HEADER),
    "fr": (("cp1252", "", "iso-8859-1"), _UTF8_HEADER),
    "it": (("cp1252", "windows-1252", "windows-1252"), _UTF8_HEADER),
    "ru": (("cp1251", "windows-1251", ""), ("cp1251", "", "windows-1251"), _UTF8_HEADER),
    "ja": (("shift_jis", "", "Shift_JIS"), ("shift_jis", "Shift_JIS", ""), _UTF8_HEADER),
    "zh": (("gb18030", "gb18030", ""), ("gb18030", "", "gb18030"), _UTF8_HEADER),
}
CHARSETS = {
    "utf-8": "utf-8",
    "cp1252": "windows-1252",
    "cp1251": "windows-1251",
    "shift_jis": "shift_jis",
    "gb18030": "gb18030",
}


@dataclass(frozen=True, slots=True)
class Site:
    """One registered domain."""

    host: str
    kind: str
    topic: str
    language: str
    register: float  # 0 chatty .. 1 encyclopaedic
    cited: bool  # articles of the encyclopaedia refer to it
    layout: str
    encoding: Encoding
    scheme: str
    menu: tuple[str, ...]
    footer: str
    cookie: str
    refrain: str  # a line under every text, on sites made from a heavy template


def _kinds(sites: int) -> list[str]:
    """The kind of each site: one of each, languages all present, the rest by share."""
    counts = {kind: max(1, round(share * sites)) for kind, share in SHARES.items()}
    counts["foreign"] = max(counts["foreign"], len(authors.LANGUAGES))
    counts["article"] += sites - sum(counts.values())
    return [kind for kind, count in counts.items() for _ in range(count)]


def _host(chance: Chance, taken: set[str]) -> str:
    suffixes = load("english")["site"]["suffix"]
    while True:
        if chance.happens(0.5):
            first = authors.town(chance).lower()
        else:
            things = load("topics")[chance.pick(authors.TOPICS)]["thing"]
            first = chance.pick(things).split("|")[0].split()[-1].replace("-", "")
        host = f"{first}-{chance.pick(suffixes)}.example"
        if host not in taken and host.isascii():
            taken.add(host)
            return host


def _layout(kind: str, chance: Chance) -> str:
    if kind == "documentation":
        return chance.pick(["manual", "semantic", "wiki", "soup"])
    taken = ("manual", "plain", "table") if kind == "forum" else ("manual",)
    return chance.pick([name for name in LAYOUTS if name not in taken])


def _chrome(host: str, language: str, heavy: bool, chance: Chance) -> tuple[list[str], str, str]:
    """Menu, footer and cookie notice of a site."""
    if language != "en":
        words = load("languages")[language]
        return words["menu"], f"© 2025 {host}", words["cookie"][0]
    words = load("english")["site"]
    names = {**authors.entities(chance), "host": host}
    say = Grammar({}, names, chance).expand
    menu = chance.sample(words["menu"], chance.between(4, 9))
    footers = chance.sample(words["footer"], 4 if heavy else chance.between(1, 2))
    if heavy:
        topics = [load("topics")[topic] for topic in authors.TOPICS]
        menu += [f"{t['trait'][i]} {t['thing'][i]}" for t in topics for i in range(4)]
    return menu, " ".join(map(say, footers)), say(chance.pick(words["cookie"]))


def _site(number: int, kind: str, language: str, turn: int, taken: set[str]) -> Site:
    chance = Chance("site", number)
    host = _host(chance, taken)
    cited = chance.happens(_CITED.get(kind, 0.0))
    swing = (chance.unit() + chance.unit()) / 2
    menu, footer, cookie = _chrome(host, language, kind == "template", chance)
    encodings = _ENCODINGS.get(language, (_UTF8_HEADER,))
    return Site(
        host=host,
        kind=kind,
        topic=chance.pick(authors.TOPICS),
        language=language,
        register=0.45 + 0.5 * swing if cited else 0.6 * swing,
        cited=cited,
        layout=_layout(kind, chance),
        encoding=encodings[turn % len(encodings)],
        scheme="https" if chance.happens(0.8) else "http",
        menu=tuple(menu),
        footer=footer,
        cookie=cookie,
        refrain=_REFRAIN.format(host) if kind == "template" else "",
    )


def make_sites(sites: int) -> list[Site]:
    """`sites` sites on different registered domains; declarations of charsets take turns."""
    taken: set[str] = set()
    seen: Counter[str] = Counter()
    out: list[Site] = []
    for number, kind in enumerate(_kinds(sites)):
        languages = authors.LANGUAGES
        language = languages[seen[kind] % len(languages)] if kind == "foreign" else "en"
        out.append(_site(number, kind, language, seen[language], taken))
        seen.update([kind, language])
    return out
