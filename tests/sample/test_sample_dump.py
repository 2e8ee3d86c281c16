"""The mini encyclopaedia and the benchmark: what they cite and where questions leak."""

import bz2
import gzip
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pipeline.sample.benchmark import MIN_WORDS, question
from pipeline.sample.wiki_dump import Entry, links_sql

Rows = list[dict[str, Any]]
_NS = "{http://www.mediawiki.org/xml/export-0.11/}"


def _pages(folder: Path) -> list[tuple[str, str]]:
    """Namespace and wikitext of every page of the dump."""
    tree = ElementTree.fromstring(
        bz2.decompress((folder / "wikipedia/pages-articles.xml.bz2").read_bytes())
    )
    return [
        (page.findtext(f"{_NS}ns") or "", page.findtext(f"{_NS}revision/{_NS}text") or "")
        for page in tree.iter(f"{_NS}page")
    ]


def test_dump_cites_exactly_the_pages_that_truth_calls_cited(
    small_sample: Path, crawl_truth: Rows
) -> None:
    references = " ".join(
        match
        for namespace, text in _pages(small_sample)
        if namespace == "0"
        for match in re.findall(r"<ref.*?</ref>", text)
    )
    cited = set(re.findall(r"(?<!0/)https?://[^\s|\]}]+", references))
    cited = {url for url in cited if "web.archive.org" not in url}
    assert cited
    assert cited == {row["url"] for row in crawl_truth if row["cited"]}


def test_dump_holds_talk_template_and_redirect(small_sample: Path) -> None:
    pages = _pages(small_sample)
    assert {namespace for namespace, _ in pages} == {"0", "1", "10"}
    assert any(text.startswith("#REDIRECT") for _, text in pages)


def test_links_have_reversed_hosts_and_escaped_paths() -> None:
    entry = Entry(7, "A", "", links=("https://www.a-b.example/it's?x=1",))
    assert "(1,7,'https://example.a-b.www.','/it\\'s?x=1')" in links_sql([entry])


def test_links_table_is_gzip_with_the_current_schema(small_sample: Path) -> None:
    sql = gzip.decompress((small_sample / "wikipedia/externallinks.sql.gz").read_bytes()).decode()
    assert "`el_to_domain_index` varbinary(255)" in sql
    assert "INSERT INTO `externallinks` VALUES (1," in sql


def test_questions_are_long_and_all_different(small_sample: Path) -> None:
    lines = (small_sample / "benchmarks/quiz.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    assert len(set(questions)) == len(questions)
    assert min(len(text.split()) for text in questions) >= MIN_WORDS
    assert questions[0] == question(0)
