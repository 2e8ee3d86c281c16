from dataclasses import replace

import numpy as np
import pytest

from pipeline.dedup import boilerplate
from pipeline.dedup.boilerplate import (
    crowded_sites,
    line_rows,
    recurring_lines,
    site_rows,
    sure_share,
)
from pipeline.dedup.decisions import apply_decisions
from pipeline.dedup.in_memory import exact_decisions
from pipeline.dedup.keys import (
    EDGE,
    LEVEL_BIT,
    base_key,
    key_of,
    keys_table,
    line_form,
)
from pipeline.document import Document, digest
from pipeline.recipe import DedupConfig, LinesConfig

HEADER = "Welcome to our shop"


FOOTER = "All rights reserved by the shop"


CONFIG = DedupConfig(paragraphs=False)


def page(text: str, name: str, site: str = "shop.org", language: str = "en") -> Document:
    url = f"http://{site}/{name}"
    return Document(
        id=digest(url), url=url, source="crawl", text=text, site=site, language=language
    )


def pages(count: int, site: str = "shop.org") -> list[Document]:
    words = ("alpha", "beta", "gamma", "delta", "omega", "sigma", "kappa", "theta", "zeta", "iota")
    return [
        page(f"{HEADER}\nOn {words[at]}\nA text about {words[at]} alone.\n{FOOTER}", f"{at}", site)
        for at in range(count)
    ]


def texts(documents: list[Document], config: DedupConfig = CONFIG) -> list[str]:
    decisions = exact_decisions([keys_table(documents)], config)[0]
    return [row.text for row in apply_decisions(documents, decisions, "exact").kept]


def test_header_and_footer_of_a_site_are_cut() -> None:
    assert texts(pages(10))[0] == "On alpha\nA text about alpha alone."


def test_lines_on_fewer_pages_than_the_minimum_stay() -> None:
    assert HEADER in texts(pages(2))[0]


def test_lines_on_too_small_a_share_of_the_pages_stay() -> None:
    others = [page(f"Nothing in common with {at * 'x'}", f"other{at}") for at in range(1, 40)]
    assert HEADER in texts(pages(4) + others)[0]


def test_pages_of_other_sites_do_not_count() -> None:
    assert HEADER in texts(pages(2) + pages(2, "other.org"))[0]


def test_pages_of_another_language_do_not_count() -> None:
    shop = pages(2) + [page(f"{HEADER}\nText {at}", f"de{at}", language="de") for at in range(2)]
    assert HEADER in texts(shop)[0]


def test_documents_without_a_site_have_no_boilerplate() -> None:
    books = [replace(row, site="") for row in pages(10)]
    assert HEADER in texts(books)[0]


def test_longer_lines_than_the_recipe_says_stay() -> None:
    limits = LinesConfig(max_characters=10)
    assert HEADER in texts(pages(10), CONFIG.model_copy(update={"site_lines": limits}))[0]


def test_duplicates_that_leave_do_not_count_as_pages() -> None:
    shop = pages(2)
    copies = [page(shop[0].text, f"copy{at}") for at in range(6)]
    assert HEADER in texts(shop + copies)[0]


def test_a_page_of_notices_alone_is_dropped_for_its_length() -> None:
    shop = [*pages(9), page(f"{HEADER}\nRest\n{FOOTER}", "empty")]
    decisions = exact_decisions([keys_table(shop)], CONFIG)[0]
    applied = apply_decisions(shop, decisions, "exact", min_characters=10)
    assert [(row.id, row.reason) for row in applied.dropped] == [
        (shop[-1].id, "too_short_after_cuts")
    ]


@pytest.mark.parametrize(("pages", "levels"), [(2, {3}), (3, {3}), (6, {2}), (40, {2})])
def test_levels_tell_how_many_pages_agree(pages: int, levels: set[int]) -> None:
    shop = [page(f"{HEADER}\nText {'x' * at}", str(at)) for at in range(pages)]
    rows = line_rows(keys_table(shop), 0, crowded_sites(site_rows(keys_table(shop))), LinesConfig())
    found = recurring_lines(rows, LinesConfig())["line"].tolist()
    edges = [line for line in found if line & EDGE]
    assert {base_key(line) for line in edges} == {key_of(line_form(HEADER))}
    assert {(line >> LEVEL_BIT) & 3 for line in edges} == levels


@pytest.mark.parametrize(
    ("pages", "others", "levels"), [(2, 0, {1}), (2, 3, {3}), (4, 1, {0, 1}), (6, 0, {0})]
)
def test_lines_of_few_pages_are_told_apart(pages: int, others: int, levels: set[int]) -> None:
    shop = [page(f"{HEADER}\nText {'x' * at}", str(at)) for at in range(pages)]
    shop += [page(f"More {'y' * at}", f"other{at}") for at in range(others)]
    rows = line_rows(keys_table(shop), 0, crowded_sites(site_rows(keys_table(shop))), LinesConfig())
    found = recurring_lines(rows, LinesConfig())["line"].tolist()
    assert {(line >> LEVEL_BIT) & 3 for line in found if not line & EDGE} == levels


def test_few_pages_must_agree_more_than_many() -> None:
    few, many = (float(sure_share(np.array([3 * n]), np.array([9 * n]))[0]) for n in (1, 100))
    assert few == pytest.approx(0.20, abs=0.01)
    assert many == pytest.approx(0.32, abs=0.01)


def test_a_crowded_site_is_counted_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "SAMPLE", 100)
    shop = [page(f"{HEADER}\nText {'x' * at}\n{FOOTER}", str(at)) for at in range(1_000)]
    parts = [keys_table(shop[at::4]) for at in range(4)]
    crowded = crowded_sites(np.concatenate([site_rows(part) for part in parts]))
    limits = LinesConfig()
    rows = [line_rows(part, at, crowded, limits) for at, part in enumerate(parts)]
    counted = sum(int(r["pages"][r["line"] == 0].sum()) for r in rows)
    found = recurring_lines(np.concatenate(rows), limits)
    assert 60 < counted < 150
    assert len(found) == 4 * len(parts)  # two lines, at edges and inside
