"""A Wikipedia dump read: wikitext, link tables of both schemas, tiers."""

import bz2
import gzip
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest

from classifiers.wikipedia_dump import (
    article_links,
    domain_url,
    table_links,
    unwrapped,
    wikitext_links,
)
from classifiers.wikipedia_links import ReferencedUrls, load_referenced_urls, referenced_urls
from pipeline.errors import UsageError
from pipeline.urls import url_key

PAGE = """  <page><title>T{id}</title><ns>{ns}</ns><id>{id}</id>{redirect}<revision><id>9{id}</id>
  <text xml:space="preserve">{text}</text></revision></page>
"""
OPEN = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="en">\n'
NEW = b"""CREATE TABLE `externallinks` (
  `el_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `el_from` int(10) unsigned NOT NULL DEFAULT 0,
  `el_to_domain_index` varbinary(255) NOT NULL DEFAULT '',
  `el_to_path` blob DEFAULT NULL,
  PRIMARY KEY (`el_id`)
) ENGINE=InnoDB;
"""
OLD = b"""CREATE TABLE `externallinks` (
  `el_to` blob NOT NULL,
  `el_id` int(10) unsigned NOT NULL,
  `el_from` int(10) unsigned NOT NULL,
  `el_index` blob NOT NULL
);
"""


def write_articles(folder: Path, *texts: str, name: str = "xx-pages-articles1.xml.bz2") -> Path:
    pages = [
        PAGE.format(id=i, ns=0, redirect="", text=escape(text)) for i, text in enumerate(texts, 1)
    ]
    path = folder / name
    path.write_bytes(bz2.compress((OPEN + "".join(pages) + "</mediawiki>").encode()))
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<ref>[http://a.org/x Title]</ref>", [("http://a.org/x", True)]),
        ('a<ref name="n" group=g>http://a.org/x.</ref>', [("http://a.org/x", True)]),
        ('a<ref name="n" />[http://a.org/x T]', [("http://a.org/x", False)]),
        ("{{Cite web\n| url = http://a.org/x\n| title = T\n}}", [("http://a.org/x", True)]),
        ("{{citation|title={{lang|fr|T}}|url=http://a.org/x}}", [("http://a.org/x", True)]),
        ("{{citation needed|reason=http://a.org/x}}", [("http://a.org/x", False)]),
        ("<REF>\n{{cite web\n|url=http://a.org/x}}\n</REF >", [("http://a.org/x", True)]),
        ("{{reflist|refs=<ref name=a>http://a.org/x</ref>}}", [("http://a.org/x", True)]),
        ("* [http://a.org/x Home page]", [("http://a.org/x", False)]),
        ("[//a.org/x T]", [("http://a.org/x", False)]),
        ("<!-- <ref>http://a.org/x</ref> -->", []),
        ("<ref>open http://a.org/x <ref>http://b.org/y</ref>", [
            ("http://a.org/x", False), ("http://b.org/y", True)]),
        ("<references /> http://a.org/x", [("http://a.org/x", False)]),
        ("}} {{cite web|url=http://a.org/x", [("http://a.org/x", False)]),
    ],
)  # fmt: skip
def test_wikitext_links_tell_what_is_cited(text: str, expected: list[tuple[str, bool]]) -> None:
    assert list(wikitext_links(text)) == expected


def test_wikitext_links_of_a_million_open_marks_are_read_in_linear_time() -> None:
    assert list(wikitext_links("<ref>{{cite web|" * 100_000)) == []


@pytest.mark.parametrize(
    ("url", "inner"),
    [
        ("https://web.archive.org/web/20121107221404/http://a.org/x?y=1", "http://a.org/x?y=1"),
        ("http://web.archive.org/web/2012id_/http:/a.org/x", "http://a.org/x"),
        ("https://www.archive.org/web/20121107/www.a.org/", "http://www.a.org/"),
        ("https://archive.is/20121107/https://a.org/", "https://a.org/"),
        ("https://archive.org/details/book", "https://archive.org/details/book"),
        ("http://a.org/web/2012/http://b.org/", "http://a.org/web/2012/http://b.org/"),
    ],
)
def test_unwrapped_gives_the_archived_page(url: str, inner: str) -> None:
    assert unwrapped(url) == inner


@pytest.mark.parametrize(
    ("index", "url"),
    [
        ("https://com.nytimes.www.", "https://www.nytimes.com"),
        ("http://org.example.:8080", "http://example.org:8080"),
        ("http://V4.192.0.2.7.", "http://192.0.2.7"),
        ("http://V6.2001.db8.0.0.0.0.0.1.", "http://[2001:db8:0:0:0:0:0:1]"),
        ("https://de.müller.", "https://müller.de"),
        ("mailto:org.example.@me", ""),
        ("ftp://org.example.", ""),
    ],
)
def test_domain_url_turns_labels_back(index: str, url: str) -> None:
    assert domain_url(index) == url


@pytest.mark.parametrize(
    "rows",
    [
        rb"(1,12,'https://org.example.www.','/a?b=\'c\'\\d'),(2,13,'http://org.example.',NULL),"
        rb"(3,13,'mailto:org.example.@me','');",
        b"\n(1,12,'https://org.example.www.','/a?b=\\'c\\'\\\\d'),\n"
        b"(2,13,'http://org.example.',NULL),\n(3,13,'mailto:org.example.@me','');\nUNLOCK TABLES;",
    ],
    ids=["one line", "a line each"],
)
def test_table_links_of_the_new_schema_are_decoded(tmp_path: Path, rows: bytes) -> None:
    path = tmp_path / "xx-externallinks.sql.gz"
    path.write_bytes(gzip.compress(NEW + b"INSERT INTO `externallinks` VALUES " + rows + b"\n"))
    assert [link[:2] for link in table_links(str(path))] == [
        (12, "https://www.example.org/a?b='c'\\d"),
        (13, "http://example.org"),
    ]


def test_table_links_take_columns_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "xx-externallinks.sql"
    path.write_bytes(OLD + b"INSERT INTO `externallinks` VALUES ('//a.org/(x),y',1,12,'z');\n")
    assert [link[:2] for link in table_links(str(path))] == [(12, "http://a.org/(x),y")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"INSERT INTO `externallinks` VALUES (1,2,'a','b');\n", "does not name its columns"),
        (NEW + b"INSERT INTO `externallinks` VALUES (1,2,'a);\n", "a row that cannot be read"),
        (NEW + b"INSERT INTO `externallinks` VALUES (1,2);\n", "a row that cannot be read"),
    ],
)
def test_table_of_another_form_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "xx-externallinks.sql"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        list(table_links(str(path)))


def test_table_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "xx-externallinks.sql.gz"
    rows = b",".join(b"(%d,2,'http://org.a%d.','/')" % (i, i) for i in range(5_000))
    packed = gzip.compress(NEW + b"INSERT INTO `externallinks` VALUES " + rows + b";\n")
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UsageError, match="is no whole SQL dump"):
        list(table_links(str(path)))


def test_article_links_leave_out_redirects_and_other_namespaces(tmp_path: Path) -> None:
    path = tmp_path / "xx-pages-articles.xml"
    pages = [
        PAGE.format(id=1, ns=0, redirect="", text="http://a.org/1"),
        PAGE.format(id=2, ns=1, redirect="", text="http://a.org/2"),
        PAGE.format(id=3, ns=0, redirect='<redirect title="T1" />', text="http://a.org/3"),
    ]
    path.write_text(OPEN + "".join(pages) + "</mediawiki>")
    assert [(link.page, link.url) for link in article_links(str(path))] == [(1, "http://a.org/1")]


@pytest.mark.parametrize("cut", [0.5, 0.9])
def test_articles_cut_short_are_refused(tmp_path: Path, cut: float) -> None:
    whole = write_articles(tmp_path, *["http://a.org/ " * 50] * 20).read_bytes()
    path = tmp_path / "xx-pages-articles2.xml.bz2"
    path.write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(UsageError, match="is no whole dump of articles"):
        list(article_links(str(path)))


def test_tiers_of_a_dump_are_told_apart(tmp_path: Path) -> None:
    cite = "<ref>http://www.cited.org/{}</ref> <ref>https://doi.org/{}</ref> [http://linked.org/ L]"
    write_articles(tmp_path, *(cite.format(i, i) for i in range(3)))
    urls = referenced_urls(str(tmp_path))
    assert urls.tier("https://cited.org/1/?utm_source=x") == "cited"
    assert urls.tier("https://cited.org/1?page=2") == "linked"
    assert urls.tier("http://linked.org") == "linked"
    assert urls.tier("http://other.cited.org/") == "host_cited"
    assert urls.tier("http://doi.org/other") == ""
    assert urls.tier("http://unknown.org/") == ""


def test_tiers_saved_and_loaded_are_the_same(tmp_path: Path) -> None:
    write_articles(tmp_path, "<ref>http://cited.org/1</ref> http://linked.org/")
    urls = referenced_urls(str(tmp_path))
    urls.save(str(tmp_path / "urls"))
    loaded = load_referenced_urls(str(tmp_path / "urls"))
    assert isinstance(loaded.cited, np.memmap)
    assert loaded.tier("http://cited.org/1") == "cited"
    for name in ("cited", "linked", "host_cited"):
        assert getattr(loaded, name).tolist() == getattr(urls, name).tolist()


def test_tiers_of_no_urls_are_empty() -> None:
    none = np.zeros(0, dtype=np.uint64)
    assert ReferencedUrls(none, none, none).tier("http://a.org/") == ""
    assert ReferencedUrls(none, none, none).tiers([]).tolist() == []


def test_dump_of_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name the folder of a Wikipedia dump"):
        referenced_urls(str(tmp_path))


def test_load_of_other_arrays_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "cited.npy", np.zeros(3))
    with pytest.raises(UsageError, match="holds no URL hashes"):
        load_referenced_urls(str(tmp_path))


@pytest.mark.shared
def test_both_schemas_of_one_real_table_give_the_same_keys(data: Path) -> None:
    found = [
        {url_key(link.url) for link in table_links(str(path))}
        for path in sorted((data / "wikipedia").glob("externallinks-*.sql.gz"))
    ]
    assert len(found[0]) > 4_000
    assert found[0] == found[1]


@pytest.mark.shared
def test_real_articles_of_two_encodings_give_links(data: Path) -> None:
    urls = referenced_urls(str(data / "wikipedia"))
    assert len(urls.cited) > 3_500
    assert urls.tier("http://www.britannica.com/eb/article-9117285") == "cited"
