"""Which blocks stay, given their chances."""

import numpy as np
import pytest
from support_extract import fixed_model, page_of

from pipeline.extract.judge.characters import character_classes
from pipeline.extract.judge.features import FEATURES, block_features
from pipeline.extract.judge.kept_blocks import (
    choose,
    displayed_formulas,
    main_flow,
    main_list,
    page_threshold,
    settle,
)
from pipeline.extract.judge.repeats import without_copies, without_repeats
from pipeline.extract.page.class_names import NameWeights
from pipeline.extract.page.page_blocks import PageBlocks

PARTS = [f"Paragraph {at} tells something about bread that no other one tells." for at in range(9)]
FORMULA = '<script type="math/tex; mode=display">x_1</script>'


def threshold(chances: list[int], sizes: list[int], least: int = 380) -> int:
    return page_threshold(np.array(chances), np.array(sizes), least)


def with_formulas(page: PageBlocks, chances: list[int]) -> list[int]:
    """Chances after the rule for displayed formulas, of a page without tables and comments."""
    matrix = np.zeros((len(FEATURES), len(chances)), dtype=np.float32)
    return list(map(int, settle(page, np.array(chances), matrix, set())["formula"]))


def test_threshold_is_high_where_the_page_is_sure() -> None:
    assert threshold([990] * 20 + [10] * 20, [300] * 40) > 550


def test_threshold_is_lower_where_the_whole_page_is_in_doubt() -> None:
    assert threshold([500] * 20 + [100] * 40, [300] * 60) < 450


def test_threshold_does_not_fall_below_the_least_one_on_a_long_page() -> None:
    assert threshold([600] * 2 + [300] * 60, [300] * 62) == 380


def test_threshold_lets_the_best_of_a_hopeless_page_through() -> None:
    assert threshold([100, 50, 50], [300, 300, 300]) == 70


def test_half_of_a_short_page_is_enough_to_convince() -> None:
    assert threshold([900, 20, 20], [60, 20, 20]) >= 380


BESIDE = ("menu", "sidebar", "comments", "dropdown-x", "share-list", "newsletter")
MILLS = "".join(f"<li>Mill {at} grinds rye and oats, open on weekdays</li>" for at in range(12))


@pytest.mark.parametrize(
    ("html", "listed"),
    [
        (f"<h1>Mills</h1><ul>{MILLS}</ul>", 12),
        (f"<h1>Mills</h1><ul>{MILLS}</ul><ul id=b>{MILLS[: len(MILLS) // 3 * 2]}</ul>", 12),
        *((f"<h1>Mills</h1><div class={name}><ul>{MILLS}</ul></div>", 0) for name in BESIDE),
        *((f"<h1>Mills</h1><{tag}><ul>{MILLS}</ul></{tag}>", 0) for tag in ("footer", "aside")),
        (f"<h1>Mills</h1><nav><ul>{MILLS}</ul></nav>", 0),
        (f"<h1>Mills</h1><ul class=related>{MILLS}</ul>", 0),
        (f"<h1>Mills</h1><ul>{MILLS[: len(MILLS) // 2]}</ul>", 0),  # too few
        (f"<h1>{'Mills of the north and their ways. ' * 9}</h1><ul>{MILLS}</ul>", 0),
        (f"<h1>Mills</h1><ul>{MILLS}</ul>" + f"<p>{'Of no list. ' * 60}</p>", 0),
    ],
)
def test_list_is_the_page_where_hardly_anything_else_is(html: str, listed: int) -> None:
    page = page_of(html)
    matrix = block_features(page, NameWeights({}), character_classes())
    stays = np.array([at == 0 for at in range(len(page.texts))])
    assert main_list(page, matrix, stays).sum() == listed


def test_paragraphs_below_the_element_of_the_text_are_its_flow() -> None:
    flow = "".join(f"<p>{part}</p>" for part in PARTS)
    beside = f"<div><p>{PARTS[0]} Elsewhere.</p></div>"
    page = page_of(
        f"<div>{flow}<p>Short one.</p><p><a href=/x>{PARTS[1]} More</a></p></div>{beside}"
    )
    matrix = block_features(page, NameWeights({}), character_classes())
    stays = np.array([at < 5 for at in range(len(page.texts))])
    assert main_flow(page, matrix, stays).tolist() == [True] * 9 + [False] * 3


def test_text_of_many_elements_has_no_flow() -> None:
    page = page_of("".join(f"<div><p>{part}</p></div>" for part in PARTS))
    matrix = block_features(page, NameWeights({}), character_classes())
    assert not main_flow(page, matrix, np.ones(len(PARTS), dtype=np.bool_)).any()


@pytest.mark.parametrize("chances", [[0, 0], [1000, 1000], [7]])
def test_some_block_passes_any_page(chances: list[int]) -> None:
    assert max(chances) >= threshold(chances, [100] * len(chances))


@pytest.mark.parametrize(
    "teaser",
    [f"<a href=/x>{PARTS[0]}</a>", f"<div>{PARTS[0]}</div>", f"<p class=teaser>{PARTS[0]}</p>"],
)
def test_repeated_teaser_goes_and_the_first_stays(teaser: str) -> None:
    page = page_of("".join(f"<p>{part}</p>" for part in PARTS) + teaser)
    assert without_repeats(page, list(range(10))) == list(range(9))


def test_refrain_stays_where_it_is_sung() -> None:
    page = page_of("".join(f"<p>{part}</p>" for part in [*PARTS, PARTS[0]]))
    assert without_repeats(page, list(range(10))) == list(range(10))


def test_rows_of_a_table_may_say_the_same() -> None:
    rows = "".join(f"<tr><td>{name}<td>{PARTS[0]}</tr>" for name in ("rye", "wheat", "oats"))
    page = page_of(f"<p>{PARTS[1]}</p><table>{rows}</table><p>{PARTS[0]}</p>{'<p>Text</p>' * 60}")
    kept = list(range(len(page.texts)))
    assert without_repeats(page, kept) == [*range(7), *range(8, len(kept))]


def test_page_that_is_mostly_repetition_keeps_it() -> None:
    page = page_of(f"<p>{PARTS[0]}</p>" * 6)
    assert without_repeats(page, list(range(6))) == list(range(6))


def test_block_that_holds_the_text_once_more_goes() -> None:
    page = page_of("".join(f"<p>{part}</p>" for part in PARTS) + f"<div>{' '.join(PARTS)}</div>")
    assert without_copies(page, list(range(10))) == list(range(9))


def test_block_that_quotes_a_little_stays() -> None:
    long = f"{PARTS[0]} " + "And here it goes on with what was not told before at all. " * 9
    page = page_of(f"<p>{PARTS[0]}</p><p>{long}</p>")
    assert without_copies(page, [0, 1]) == [0, 1]


@pytest.mark.parametrize(
    ("head", "left"),
    [("", 0), ('<script type="application/ld+json">{"@type": "QAPage"}</script>', 600)],
)
def test_comments_lose_but_not_in_forums(head: str, left: int) -> None:
    page = page_of(f"<head>{head}</head><body><p>{PARTS[0]}</p><p>{PARTS[1]}</p></body>")
    matrix = np.zeros((len(FEATURES), 2), dtype=np.float32)
    matrix[FEATURES.index("is_comments")] = [0, 1]
    assert settle(page, np.array([600, 600]), matrix, set())["table"].tolist() == [600, left]


@pytest.mark.parametrize(
    ("chances", "settled"),
    [
        ([700, 100, 150, 300], [700, 700, 700, 300]),
        ([30, 100, 150, 400], [30, 400, 400, 400]),
        ([30, 100, 150, 20], [30, 100, 150, 20]),
    ],
)
def test_formulas_are_as_likely_as_the_text_around(chances: list[int], settled: list[int]) -> None:
    page = page_of(f"<p>{PARTS[0]}</p><p>{FORMULA}</p><p>{FORMULA}</p><p>{PARTS[1]}</p>")
    assert with_formulas(page, chances) == settled


def test_page_of_formulas_alone_is_judged_by_the_model() -> None:
    page = page_of(f"<p>{FORMULA}</p>")
    assert with_formulas(page, [90]) == [90]


def test_class_of_prices_is_no_formula() -> None:
    page = page_of(f"<p>{PARTS[0]}</p><p>$$ - $$</p><p>$$</p><p>{PARTS[1]}</p>")
    assert with_formulas(page, [900, 10, 20, 900]) == [900, 10, 20, 900]


@pytest.mark.parametrize(
    ("chances", "settled"), [([10, 500, 20], [500, 500, 500]), ([10, 90, 120], [90, 90, 120])]
)
def test_formulas_at_the_ends_take_from_the_text_and_give_it_nothing(
    chances: list[int], settled: list[int]
) -> None:
    page = page_of(f"<p>{FORMULA}</p><p>{PARTS[0]}</p><p>{FORMULA}</p>")
    assert with_formulas(page, chances) == settled


def test_prose_between_two_formulas_is_no_formula() -> None:
    page = page_of(f"<p>$$x_1$$ {PARTS[0]} $$y_1$$</p><p>$$x_1$$</p>")
    assert displayed_formulas(page).tolist() == [False, True]


def kept_of(html: str, chances: list[int]) -> list[int]:
    """Which blocks stay, given the model's chances."""
    return choose(page_of(html), fixed_model(chances)).kept


def test_list_that_is_the_page_stays_with_its_title() -> None:
    assert kept_of(f"<body><h1>Mills</h1><ul>{MILLS}</ul></body>", [900, *[80] * 12]) == [
        *range(13)
    ]


def test_last_paragraphs_of_a_text_stay_and_the_footer_goes() -> None:
    flow = "".join(f"<p>{part}</p>" for part in PARTS)
    notice = "Of the mill company of the north all rights are reserved since 1742."
    html = f"<body>{flow}<p>{notice} And so on.</p><footer>{notice}</footer></body>"
    assert kept_of(html, [*[900] * 9, 300, 300]) == [*range(10)]


def test_heading_goes_with_all_that_stood_below_it() -> None:
    flow = "".join(f"<p>{part}</p>" for part in PARTS)
    html = f"<body>{flow}<h2>Follow us</h2><h3>Social</h3><p>Here</p></body>"
    assert kept_of(html, [*[900] * 9, 900, 900, 10]) == [*range(9)]
    assert kept_of(html, [*[900] * 9, 900, 900, 900]) == [*range(12)]


def test_table_of_data_is_judged_as_a_whole_beside_others() -> None:
    rows = "<tr><th>a<th>b<tr><td>1<td>2"
    page = page_of(f"<table>{rows}</table><p>{PARTS[0]}</p><table>{rows}</table>")
    chances = np.array([100, 300, 500, 700, 5, 0, 0, 0, 800])
    matrix = np.zeros((len(FEATURES), 9), dtype=np.float32)
    after = settle(page, chances, matrix, {0, 1})["table"].tolist()
    assert after == [400, 400, 400, 400, 5, 200, 200, 200, 200]
