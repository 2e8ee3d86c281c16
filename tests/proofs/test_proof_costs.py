"""No page and no article costs a minute: a search over repeated constructs.

All constructs are tried at a small size, in children that are cut off; the dearest of them are
tried at full size too, and so are some known to have been dear. Each is compared with ordinary
prose of the same size, as machines differ in speed; `bench_dear_pages.py` tells seconds.
"""

from collections.abc import Callable, Iterable
from functools import cache, partial

import pytest
from support_constructs import Construct, page_constructs, page_texts, wikitext_constructs
from support_costs import Timed, article_stages, cost, ordinary, page_stages, total, warm

from pipeline.recipe import ExtractConfig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MOST_PAGES = 4  # ordinary ones that a page up to the recipe's limits may cost, in all stages
MOST_ARTICLES = 12  # the same of an article of 2 MB
MOST_SECONDS = 60  # after which a page is cut off
TRIES = 3  # others use the machine too: what was dear once is tried again
PAGE, ARTICLE = ExtractConfig().max_html_bytes, 2_000_000  # bytes
SMALL, EVERY = 40_000, 40  # bytes; one construct of so many is tried
DEAREST = 8  # tried at full size


def dearest(
    constructs: Iterable[Construct], stages: Callable[[str], Timed], size: int
) -> list[Construct]:
    """Those of `constructs` that take longest at a small size."""
    warm()
    costs = [(total(cost(partial(stages, each.page(size)), 9)), each) for each in constructs]
    return [each for _, each in sorted(costs, key=lambda pair: -pair[0])[:DEAREST]]


def price(stages: Callable[[str], Timed], text: str) -> float:
    """CPU seconds of a text in all stages."""
    return total(cost(partial(stages, text), MOST_SECONDS))


@cache
def yardstick(stages: Callable[[str], Timed], size: int) -> float:
    """CPU seconds of ordinary prose of that size, here and now."""
    warm()
    return min(price(stages, ordinary(size)) for _ in range(TRIES))


def is_within(stages: Callable[[str], Timed], text: str, most: float) -> bool:
    """Whether a text costs at most `most` seconds in one of the tries."""
    return any(price(stages, text) < most for _ in range(TRIES))


def bound(construct: Construct, stages: Callable[[str], Timed], size: int, most: int) -> float:
    """Seconds that a page may cost: those of `most` of prose, and hardly over twice its half's.

    Below a limit the cost of what it bounds may grow with the square; a third of what prose costs
    is left for that.
    """
    prose = yardstick(stages, size)
    return min(most * prose, 4 * price(stages, construct.page(size // 2)) + prose / 3)


def test_no_page_takes_longer_than_the_limit() -> None:
    for construct in dearest(list(page_constructs())[::EVERY], page_stages, SMALL):
        most = bound(construct, page_stages, PAGE, MOST_PAGES)
        assert is_within(page_stages, construct.page(PAGE - 100), most), construct.name


def test_no_article_takes_longer_than_the_limit() -> None:
    for construct in dearest(list(wikitext_constructs())[::EVERY], article_stages, SMALL):
        most = bound(construct, article_stages, ARTICLE, MOST_ARTICLES)
        assert is_within(article_stages, construct.page(ARTICLE), most), construct.name


KNOWN = (
    "<select>" + "<option>" * 95_000,
    "".join(f"<p><b id={n}>a" for n in range(3_000)),
    "<svg><title>" + "<b></font>" * 90_000,
    ("<div " + " ".join(f"a{n}" for n in range(3_000)) + ">") * 250,
    "".join(f"<body a{n}=1>" for n in range(90_000)),
)


TEXTS = {construct.name: construct for construct in page_texts()}


@pytest.mark.parametrize("name", TEXTS)
def test_text_known_to_be_dear_takes_no_longer_than_the_limit(name: str) -> None:
    most = MOST_PAGES * yardstick(page_stages, PAGE)
    assert is_within(page_stages, TEXTS[name].page(PAGE), most)


@pytest.mark.parametrize("page", KNOWN, ids=["options", "remade", "svg", "attributes", "bodies"])
def test_page_known_to_be_dear_is_dropped_soon(page: str) -> None:
    most = MOST_PAGES * yardstick(page_stages, PAGE)
    assert str(cost(partial(page_stages, page), MOST_SECONDS)["reason"]).startswith("extract:too_")
    assert is_within(page_stages, page, most)
