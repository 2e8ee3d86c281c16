"""What truth.jsonl says: every case is there, groups are whole, little is left open."""

import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from pipeline.recipe import Recipe
from pipeline.sample.truth import Truth
from pipeline.urls import url_key

Rows = list[dict[str, Any]]
KINDS = {
    "article", "documentation", "math", "forum", "shop", "listing", "spam", "not_found",
    "server_error", "redirect", "revisit", "binary", "empty", "hollow", "policy",
}  # fmt: skip
REASONS = {
    "http_status", "not_html", "revisit", "empty_body", "truncated_body", "damaged_archive",
    "blocked_site", "wrong_language", "opt_out", "no_text", "duplicate_url", "duplicate_text",
    "near_duplicate", "benchmark_hit", "robots_opt_out", "*",
}  # fmt: skip


def test_truth_names_every_kind_of_page(crawl_truth: Rows) -> None:
    assert {row["kind"] for row in crawl_truth} == KINDS


def test_truth_names_every_planted_reason(crawl_truth: Rows) -> None:
    assert {row["reason"] for row in crawl_truth if row["fate"] == "dropped"} == REASONS


def test_truth_holds_nine_languages_in_five_charsets(crawl_truth: Rows) -> None:
    languages = {row["language"] for row in crawl_truth}
    assert languages == {"en", "de", "fr", "es", "it", "nl", "ru", "ja", "zh"}
    charsets = {row["charset"] for row in crawl_truth}
    assert charsets == {"utf-8", "windows-1252", "windows-1251", "shift_jis", "gb18030"}


def test_truth_leaves_open_less_than_a_tenth(crawl_truth: Rows) -> None:
    fates = Counter(row["fate"] for row in crawl_truth)
    assert fates["any"] < 0.1 * len(crawl_truth)
    assert fates["kept"] > 0.4 * len(crawl_truth)


def test_each_group_of_duplicates_keeps_exactly_one(crawl_truth: Rows) -> None:
    groups = defaultdict(list)
    for row in crawl_truth:
        if row["group"]:
            groups[row["group"]].append(row["fate"])
    assert groups
    assert all(sorted(fates) == ["dropped", "kept"] for fates in groups.values())


def test_only_planted_pages_share_an_address(crawl_truth: Rows) -> None:
    pages = [row for row in crawl_truth if row["stage"] != "ingest"]
    keys = Counter(url_key(row["url"]) for row in pages if not row["group"].startswith("url"))
    assert set(keys.values()) == {1}


def test_cited_pages_are_many_and_all_kept(crawl_truth: Rows) -> None:
    cited = [row for row in crawl_truth if row["cited"]]
    assert len(cited) > 0.1 * len(crawl_truth)
    assert {row["fate"] for row in cited} == {"kept"}


def test_personal_data_of_a_page_stands_among_what_its_text_lacks(crawl_truth: Rows) -> None:
    rows = [row for row in crawl_truth if row["redactions"]]
    assert {kind for row in rows for kind in row["redactions"]} >= {"email", "ipv4", "phone"}
    for row in rows:
        assert sum("@" in text for text in row["text_lacks"]) == row["redactions"]["email"]


def test_text_sources_have_truth_line_by_line(small_truth: Rows) -> None:
    sources = Counter(row["source"] for row in small_truth)
    assert sources["books"] >= 8
    assert sources["code"] >= 12


def test_line_of_truth_reads_back_as_it_was() -> None:
    truth = Truth("id", "https://a.example/", "crawl", "article", redactions=(("email", 2),))
    assert '"redactions": {"email": 2}' in truth.line()


def test_recipe_of_the_sample_is_one_that_a_run_accepts(small_sample: Path) -> None:
    recipe = Recipe.model_validate(tomllib.loads((small_sample / "recipe.toml").read_text("utf-8")))
    assert [source.name for source in recipe.sources] == ["crawl", "books", "code"]
