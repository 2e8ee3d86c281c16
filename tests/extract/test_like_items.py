"""Lists of like items: what they tell of their blocks, and that they are decided as a whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_extract import page_of

from pipeline.extract.judge.characters import character_classes
from pipeline.extract.judge.features import FEATURES, block_features
from pipeline.extract.judge.kept_blocks import settle
from pipeline.extract.page.class_names import NameWeights

CLASSES = character_classes()
CARD = "<div class=card><h3><a href=/>Mill {}</a></h3><p>Grinds rye and wheat, open daily</p></div>"
DIRECTORY = "<h1>Mills of the north</h1><div>" + "".join(map(CARD.format, range(9))) + "</div>"
THREAD = "".join(f"<div class=post id=p{n}><p>Post {n} says so.</p></div>" for n in range(4))
SHOP = f"<table>{'<tr><td>Flour</td><td>2.10</td></tr>' * 5}</table>"


def column(html: str, name: str) -> list[float]:
    return [
        float(value)
        for value in block_features(page_of(html), NameWeights({}), CLASSES)[_row(name)]
    ]


def _row(name: str) -> int:
    return FEATURES.index(name)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (DIRECTORY, [0] + [9] * 18),
        (THREAD, [4] * 4),
        (SHOP, [5] * 10),
        ("<ul><li>Rye<li>Wheat</ul>", [0, 0]),
        ("<ul><li>Rye<li>Wheat<li>Oats<li></ul>", [3, 3, 3]),
        ("<div><p>Rye</p></div><div><p>Wheat</p></div><section><p>Oats</p></section>", [0, 0, 0]),
    ],
    ids=["directory", "thread", "shop", "two", "empty item", "other elements"],
)
def test_longest_list_of_like_items_is_counted(html: str, expected: list[int]) -> None:
    assert column(html, "items") == expected


def test_list_tells_its_share_its_links_and_its_headings() -> None:
    named = {name: column(DIRECTORY, name)[1] for name in FEATURES if name.startswith("items")}
    assert named["items_share"] == pytest.approx(72 / 76)
    assert named["items_words"] == 8
    assert named["items_blocks"] == 2
    assert named["items_headings"] == 1
    assert named["items_links"] == pytest.approx(6 / 38)
    assert named["items_start"] == pytest.approx(1 / 19)


def test_list_in_a_list_counts_by_the_longer_and_by_the_outer() -> None:
    shelf = "<li>Shelf<ol>" + "<li>Loaf" * 6 + "</ol>"
    html = f"<ul>{shelf * 3}</ul>"
    assert column(html, "items") == [3, 6, 6, 6, 6, 6, 6] * 3
    assert column(html, "outer_items") == [3] * 21


def test_page_of_one_list_knows_how_far_its_title_is() -> None:
    head = "<head><title>Mills of the north</title></head><body>"
    assert column(head + DIRECTORY, "items_from_title")[1:] == [1] * 18


def settled(html: str, chances: list[int]) -> list[int]:
    page = page_of(html)
    matrix = block_features(page, NameWeights({}), CLASSES)
    return [int(chance) for chance in settle(page, np.array(chances), matrix, set())["items"]]


def test_parts_of_one_kind_in_a_long_list_stay_or_go_together() -> None:
    found = settled(DIRECTORY, [950, *[900, 200, 300, 200, 900, 500] * 3])
    assert found[0] == 950
    assert all(640 < chance < 760 for chance in found[1::2])
    assert all(270 < chance < 330 for chance in found[2::2])


@pytest.mark.parametrize("html", [THREAD, SHOP], ids=["thread", "shop"])
def test_short_list_is_left_to_the_model(html: str) -> None:
    chances = list(range(100, 100 + 100 * len(page_of(html).texts), 100))
    assert settled(html, chances) == chances


@given(st.lists(st.integers(0, 1000), min_size=19, max_size=19))
def test_no_item_becomes_likelier_than_the_likeliest_or_less_than_the_least(
    chances: list[int],
) -> None:
    found = settled(DIRECTORY, chances)
    assert min(chances) - 1 <= min(found)
    assert max(found) <= max(chances)
