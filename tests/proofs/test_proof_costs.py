"""No page and no article costs a minute: a search over repeated constructs.

All constructs are tried at a small size, in children that are cut off; the dearest of them are
tried at full size too, and so are some known to have been dear. How long those take on one
machine tells `bench_dear_pages.py`.
"""

from collections.abc import Callable, Iterable
from functools import partial

import pytest
from support_constructs import Construct, page_constructs, page_texts, wikitext_constructs
from support_costs import Timed, article_stages, cost, page_stages, total, warm

from pipeline.recipe import ExtractConfig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MOST_SECONDS = 3  # of a page up to the recipe's limits, in all stages together
MOST_ARTICLE_SECONDS = 10  # of an article of 2 MB
NOISE = 2  # times as long a slow machine takes, or one that others use too
SMALL, EVERY = 40_000, 40  # bytes; one construct of so many is tried
DEAREST = 8  # tried at full size


def dearest(
    constructs: Iterable[Construct], stages: Callable[[str], Timed], size: int
) -> list[Construct]:
    """Those of `constructs` that take longest at a small size."""
    warm()
    costs = [(total(cost(partial(stages, each.page(size)), 9)), each) for each in constructs]
    return [each for _, each in sorted(costs, key=lambda pair: -pair[0])[:DEAREST]]


def is_within(construct: Construct, stages: Callable[[str], Timed], size: int, most: int) -> bool:
    """Whether a page takes no longer than that, and hardly over twice as long as one half as big.

    Below a limit the cost of what it bounds may grow with the square; a second is left for that.
    """
    half, whole = (
        total(cost(partial(stages, construct.page(part)), 9 * most)) for part in (size // 2, size)
    )
    return whole < NOISE * most and whole < 2 * NOISE * half + 1


def test_no_page_takes_longer_than_the_limit() -> None:
    chosen = list(page_constructs())[::EVERY]
    size = ExtractConfig().max_html_bytes - 100
    for construct in dearest(chosen, page_stages, SMALL):
        assert is_within(construct, page_stages, size, MOST_SECONDS), construct.name


def test_no_article_takes_longer_than_the_limit() -> None:
    chosen = list(wikitext_constructs())[::EVERY]
    for construct in dearest(chosen, article_stages, SMALL):
        assert is_within(construct, article_stages, 2_000_000, MOST_ARTICLE_SECONDS), construct.name


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
    warm()
    page = TEXTS[name].page(ExtractConfig().max_html_bytes)
    assert total(cost(partial(page_stages, page), 60)) < NOISE * MOST_SECONDS


@pytest.mark.parametrize("page", KNOWN, ids=["options", "remade", "svg", "attributes", "bodies"])
def test_page_known_to_be_dear_is_dropped_soon(page: str) -> None:
    warm()
    told = cost(partial(page_stages, page), 60)
    assert str(told["reason"]).startswith("extract:too_")
    assert total(told) < NOISE * MOST_SECONDS
