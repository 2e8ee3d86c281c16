"""No page and no article costs a minute: a search over repeated constructs.

All constructs are tried at a small size, in children that are cut off; the dearest of them are
tried at full size too, and so are some known to have been dear.
"""

from collections.abc import Callable, Iterable
from functools import partial

import pytest
from support_constructs import Construct, page_constructs, wikitext_constructs
from support_costs import Timed, article_stages, cost, page_stages, total, warm

from pipeline.recipe import ExtractConfig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MOST_SECONDS = 3  # of a page up to the recipe's limits, in all stages together
MOST_ARTICLE_SECONDS = 10  # of an article of 2 MB
NOISE = 2  # a machine that others use too takes so much longer
SMALL, EVERY = 40_000, 40  # bytes; every so manieth construct is tried
DEAREST = 8  # tried at full size


def dearest(
    constructs: Iterable[Construct], stages: Callable[[str], Timed], size: int
) -> list[Construct]:
    """Those of `constructs` that take longest at a small size."""
    warm()
    costs = [(total(cost(partial(stages, each.page(size)), 9)), each) for each in constructs]
    return [each for _, each in sorted(costs, key=lambda pair: -pair[0])[:DEAREST]]


def test_no_page_takes_longer_than_the_limit() -> None:
    chosen = list(page_constructs())[::EVERY]
    size = ExtractConfig().max_html_bytes - 100
    for construct in dearest(chosen, page_stages, SMALL):
        told = cost(partial(page_stages, construct.page(size)), 60)
        assert total(told) < NOISE * MOST_SECONDS, (construct.name, told)


def test_no_article_takes_longer_than_the_limit() -> None:
    chosen = list(wikitext_constructs())[::EVERY]
    for construct in dearest(chosen, article_stages, SMALL):
        told = cost(partial(article_stages, construct.page(2_000_000)), 90)
        assert total(told) < NOISE * MOST_ARTICLE_SECONDS, (construct.name, told)
