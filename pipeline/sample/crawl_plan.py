"""Which records the sample holds: sites, their pages, and what happens to some of them.

A plan is a list of small specs; every page is written from its spec alone, so a plan of 20,000
pages takes little memory and no page depends on the order of writing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.errors import UsageError
from pipeline.sample.chance import Chance
from pipeline.sample.sites import MIN_SITES, Site, make_sites

MIN_PAGES = 200
NEAR_WORDS = 480  # least words of an article whose near copy keeps a Jaccard index over 0.9

# Records that are no page of their own, as (share of all, least number).
EVENTS = {
    "not_found": (0.025, 3),
    "server_error": (0.008, 2),
    "redirect": (0.02, 3),
    "revisit": (0.015, 3),
    "not_html": (0.01, 3),
    "empty": (0.005, 1),
    "truncated": (0.004, 1),
    "no_text": (0.005, 1),
    "url_copy": (0.03, 4),
    "text_copy": (0.025, 3),
    "near_copy": (0.03, 4),
}
# What happens to some articles, in the same form. A copy's original is a twist as well.
TWISTS = {
    "url_original": EVENTS["url_copy"],
    "text_original": EVENTS["text_copy"],
    "near_original": EVENTS["near_copy"],
    "leak": (0.008, 3),
    "personal": (0.04, 5),
    "no_ai": (0.015, 3),
    "misdeclared": (0.004, 1),
    "chunked": (0.005, 1),
    "blocked_host": (0.004, 1),
    "damaged": (0.0, 1),
}


@dataclass(frozen=True, slots=True)
class Spec:
    """One record to be written: a page of a site, or an event at it."""

    site: Site
    page: int
    event: str = "page"
    twist: str = ""
    number: int = 0  # among its kind of event or twist
    host: Site | None = None  # another site that carries a copy

    @property
    def page_opt_out(self) -> bool:
        """Whether an opt-out stands in the page; else it stands in the HTTP header."""
        return bool((self.number if self.twist else self.page) % 2)


def _counts(table: dict[str, tuple[float, int]], pages: int) -> dict[str, int]:
    return {name: max(least, round(share * pages)) for name, (share, least) in table.items()}


def _sizes(sites: list[Site], pages: int) -> list[int]:
    """Pages of each site: two at least, some sites much larger, `pages` together."""
    least = [8 if site.kind == "template" else 2 for site in sites]
    weights = [0.3 + 4 * Chance("size", site.host).unit() ** 3 for site in sites]
    spare = pages - sum(least)
    sizes = [low + int(spare * w / sum(weights)) for low, w in zip(least, weights, strict=True)]
    for i in range(pages - sum(sizes)):
        sizes[i % len(sizes)] += 1
    return sizes


def _originals(sites: list[Site], pages: int) -> Iterator[Spec]:
    for site, size in zip(sites, _sizes(sites, pages), strict=True):
        yield from (Spec(site, page) for page in range(size))


def is_listing(spec: Spec) -> bool:
    """News sites have a front page, and one more for every six pages."""
    return spec.site.kind == "news" and spec.page % 6 == 0


def is_policy(spec: Spec) -> bool:
    """In the place of its first page, a site that forbids its use has the robots.txt to say so."""
    return spec.site.kind == "robots" and spec.page == 0


def _may_twist(spec: Spec) -> bool:
    return spec.site.kind in ("article", "news") and not is_listing(spec)


def _twisted(specs: list[Spec], pages: int) -> tuple[list[Spec], dict[str, list[Spec]]]:
    """The pages, with twists dealt to some articles; and these by twist."""
    order = Chance("twists").shuffled([i for i, spec in enumerate(specs) if _may_twist(spec)])
    wanted = _counts(TWISTS, pages)
    if len(order) < sum(wanted.values()):
        raise UsageError(
            f"{pages} pages hold {len(order)} articles, too few for the planted cases; ask for "
            "more sites"
        )
    by_twist: dict[str, list[Spec]] = {}
    for twist, count in wanted.items():
        chosen, order = order[:count], order[count:]
        for number, i in enumerate(chosen):
            specs[i] = replace(specs[i], twist=twist, number=number)
        by_twist[twist] = [specs[i] for i in chosen]
    return specs, by_twist


def _events(specs: list[Spec], by_twist: dict[str, list[Spec]], pages: int) -> Iterator[Spec]:
    """Copies of originals, and the other events at any ordinary site."""
    ordinary = [spec for spec in specs if _may_twist(spec) and not spec.twist]
    homes = [spec.site for spec in ordinary]
    for event, count in _counts(EVENTS, pages).items():
        chance = Chance("event", event)
        originals = by_twist.get(event.replace("copy", "original"), [])
        for number in range(count):
            spec = originals[number] if originals else chance.pick(ordinary)
            yield replace(spec, event=event, number=number, host=_host(spec, homes, chance))


def _host(spec: Spec, homes: list[Site], chance: Chance) -> Site:
    """The site that reprints an article: one as well or as little known, now and then the same."""
    alike = [site for site in homes if site.cited == spec.site.cited]
    return chance.pick(alike or homes) if chance.happens(0.7) else spec.site


def make_plan(pages: int, sites: int) -> list[Spec]:
    """Exactly `pages` specs on exactly `sites` registered domains, in the order of writing."""
    if sites < MIN_SITES or pages < max(MIN_PAGES, 4 * sites):
        raise UsageError(
            f"{pages} pages on {sites} sites are too few for all cases of the sample; ask for at "
            f"least {MIN_SITES} sites and {MIN_PAGES} pages, and for four pages a site"
        )
    own = pages - sum(_counts(EVENTS, pages).values())
    specs, by_twist = _twisted(list(_originals(make_sites(sites), own)), pages)
    return Chance("order").shuffled([*specs, *_events(specs, by_twist, pages)])
