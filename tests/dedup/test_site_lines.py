from dataclasses import replace

import numpy as np
import pytest
from support_in_memory import exact_decisions
from support_lines import LINES_ALONE, page, texts

from pipeline.dedup.decisions import apply_decisions
from pipeline.dedup.keys import keys_table
from pipeline.dedup.lines import recurring
from pipeline.dedup.lines.line_forms import line_form
from pipeline.dedup.lines.recurring import (
    SPLITS,
    crowded_sites,
    line_rows,
    recurring_lines,
    site_rows,
    summed,
    summed_sites,
    sure_share,
)
from pipeline.dedup.packed_keys import Recurrence, base_key, key_of, recurrence
from pipeline.document import Document
from pipeline.recipe import LinesConfig

HEADER = "Welcome to our shop"


FOOTER = "All rights reserved by the shop"


LIMITS = LinesConfig()
ORDER = ("longest", "newest")


def pages(count: int, site: str = "shop.org") -> list[Document]:
    words = ("alpha", "beta", "gamma", "delta", "omega", "sigma", "kappa", "theta", "zeta", "iota")
    return [
        page(f"{HEADER}\nOn {words[at]}\nA text about {words[at]} alone.\n{FOOTER}", f"{at}", site)
        for at in range(count)
    ]


def test_header_and_footer_of_a_site_are_cut() -> None:
    assert texts(pages(10))[0] == "On alpha\nA text about alpha alone."


def test_lines_on_fewer_pages_than_the_minimum_stay() -> None:
    limits = LinesConfig(min_pages=3)
    assert HEADER in texts(pages(2), LINES_ALONE.model_copy(update={"site_lines": limits}))[0]
    assert HEADER not in texts(pages(2))[0]


def test_lines_on_too_small_a_share_of_the_pages_stay() -> None:
    others = [page(f"Nothing in common with {at * 'x'}", f"other{at}") for at in range(1, 40)]
    assert HEADER in texts(pages(4) + others)[0]


def test_pages_of_other_sites_do_not_count() -> None:
    others = [page(f"{HEADER}\nText {at}", f"{at}", "other.org") for at in range(9)]
    assert HEADER in texts(pages(1) + others)[0]


def test_pages_of_another_language_do_not_count() -> None:
    shop = pages(1) + [page(f"{HEADER}\nText {at}", f"de{at}", language="de") for at in range(9)]
    assert HEADER in texts(shop)[0]


def test_documents_without_a_site_have_no_boilerplate() -> None:
    books = [replace(row, site="") for row in pages(10)]
    assert HEADER in texts(books)[0]


def test_longer_lines_than_the_recipe_says_stay() -> None:
    limits = LinesConfig(max_characters=10)
    assert HEADER in texts(pages(10), LINES_ALONE.model_copy(update={"site_lines": limits}))[0]


def test_duplicates_that_leave_do_not_count_as_pages() -> None:
    shop = pages(1)
    copies = [page(shop[0].text, f"copy{at}") for at in range(6)]
    assert HEADER in texts(shop + copies)[0]


def test_a_page_of_notices_alone_is_dropped_for_its_length() -> None:
    shop = [*pages(9), page(f"{HEADER}\nRest\n{FOOTER}", "empty")]
    decisions = exact_decisions([keys_table(shop)], LINES_ALONE)[0]
    applied = apply_decisions(shop, decisions, "exact", min_characters=10)
    assert [(row.id, row.reason) for row in applied.dropped] == [
        (shop[-1].id, "too_short_after_cuts")
    ]


@pytest.mark.parametrize(("count", "told"), [(2, 2), (3, 3), (6, 5), (40, 5)])
def test_what_is_known_of_a_line_goes_with_its_key(count: int, told: int) -> None:
    shop = [page(f"{HEADER}\nText {'x' * at}", str(at)) for at in range(count)]
    rows = line_rows(
        keys_table(shop), crowded_sites(site_rows(keys_table(shop))), LinesConfig(), ORDER
    )
    (found,) = recurring_lines(rows, LinesConfig())["line"].tolist()
    share = float(sure_share(np.array([count]), np.array([count]))[0])
    assert base_key(found) == base_key(key_of(line_form(HEADER)))
    assert recurrence(found) == Recurrence(recurrence(found).share, told, edge=True)
    assert recurrence(found).share == pytest.approx(share, abs=1 / 255)


def test_a_line_inside_texts_is_not_known_as_one_of_edges() -> None:
    around = "\n".join("abcdefgh")
    shop = [page(f"{around}{at}\n{HEADER}\n{at}{around}", str(at)) for at in range(6)]
    decisions = exact_decisions([keys_table(shop)], LINES_ALONE)[0].to_pylist()
    found = {base_key(key): recurrence(key) for row in decisions for key in row["cut_lines"]}
    assert not found[base_key(key_of(line_form(HEADER)))].edge


def test_a_line_on_two_pages_recurs_where_they_are_half_of_the_site() -> None:
    def recurring(others: int) -> int:
        shop = [page(f"{HEADER}\nText {at}", f"{at}") for at in range(2)]
        shop += [page(f"Of another kind {at * 'x'}", f"other{at}") for at in range(1, others + 1)]
        rows = line_rows(
            keys_table(shop), crowded_sites(site_rows(keys_table(shop))), LIMITS, ORDER
        )
        return len(recurring_lines(rows, LIMITS))

    assert [recurring(others) for others in (0, 2, 3)] == [1, 1, 0]


def test_few_pages_must_agree_more_than_many() -> None:
    few, many = (float(sure_share(np.array([3 * n]), np.array([9 * n]))[0]) for n in (1, 100))
    assert few == pytest.approx(0.20, abs=0.01)
    assert many == pytest.approx(0.32, abs=0.01)


def test_a_crowded_site_is_counted_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "SAMPLE", 100)
    shop = [page(f"{HEADER}\nText {'x' * at}\n{FOOTER}", str(at)) for at in range(1_000)]
    parts = [keys_table(shop[at::4]) for at in range(4)]
    crowded = crowded_sites(summed_sites(np.concatenate([site_rows(part) for part in parts])))
    limits = LinesConfig()
    rows = summed(np.concatenate([line_rows(part, crowded, limits, ORDER) for part in parts]))
    counted = rows[rows["line"] == 0]
    assert 60 < counted["pages"][0] < 150
    assert counted["split"].tolist() == list(range(SPLITS))
    assert set(counted["pages"].tolist()) == {counted["pages"][0]}
    assert len(recurring_lines(rows, limits)) == 2  # header and footer


def test_lines_of_a_crowded_site_are_counted_in_one_of_its_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recurring, "SAMPLE", 10)
    shop = keys_table([page(f"{HEADER}\nText {'x' * at}", str(at)) for at in range(50)])
    crowded = crowded_sites(site_rows(shop))
    rows = line_rows(shop, crowded, LIMITS, ORDER)
    lines = rows[rows["line"] != 0]
    assert len(np.unique(lines["line"])) == len(lines)
    assert len(np.unique(lines["split"])) > 1
