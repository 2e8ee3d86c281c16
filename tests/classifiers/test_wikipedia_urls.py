"""A Wikipedia dump read: wikitext, link tables of both schemas, tiers."""

import bz2
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.wikipedia import dump_files
from classifiers.wikipedia.dump_files import _Unpack, dump_units, read_links, unit_links
from classifiers.wikipedia.link_table import domain_url
from classifiers.wikipedia.summary import Link, distinct_rows
from classifiers.wikipedia.tiers import (
    ReferencedUrls,
    load_links,
    load_referenced_urls,
    merge,
    referenced_urls,
    save_links,
)
from classifiers.wikipedia.wikitext_links import wikitext_links
from pipeline.errors import UsageError
from pipeline.keys.page_keys import page_key, unwrapped
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


def links(path: Path) -> list[Link]:
    """The links of a file of a dump."""
    units = [unit for unit in dump_units(str(path.parent)) if unit.paths == (str(path),)]
    return [link for unit in units for link in unit_links(unit)]


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
        ("(see http://a.org/x).", [("http://a.org/x", False)]),
        ("http://a.org/x_(y), z", [("http://a.org/x_(y)", False)]),
        ("[http://a.org/x. T]", [("http://a.org/x.", False)]),
        ("[//a.org/x) T]", [("http://a.org/x)", False)]),
        ("''http://a.org/x'' y", [("http://a.org/x", False)]),
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
    assert [link[:2] for link in links(path)] == [
        (12, "https://www.example.org/a?b='c'\\d"),
        (13, "http://example.org"),
    ]


def test_table_links_take_columns_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "xx-externallinks.sql"
    path.write_bytes(OLD + b"INSERT INTO `externallinks` VALUES ('//a.org/(x),y',1,12,'z');\n")
    assert [link[:2] for link in links(path)] == [(12, "http://a.org/(x),y")]


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
        links(path)


def test_table_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "xx-externallinks.sql.gz"
    rows = b",".join(b"(%d,2,'http://org.a%d.','/')" % (i, i) for i in range(5_000))
    packed = gzip.compress(NEW + b"INSERT INTO `externallinks` VALUES " + rows + b";\n")
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UsageError, match="is no whole dump"):
        links(path)


def test_article_links_leave_out_redirects_and_other_namespaces(tmp_path: Path) -> None:
    path = tmp_path / "xx-pages-articles.xml"
    pages = [
        PAGE.format(id=1, ns=0, redirect="", text="http://a.org/1"),
        PAGE.format(id=2, ns=1, redirect="", text="http://a.org/2"),
        PAGE.format(id=3, ns=0, redirect='<redirect title="T1" />', text="http://a.org/3"),
    ]
    path.write_text(OPEN + "".join(pages) + "</mediawiki>")
    assert [link[:2] for link in links(path)] == [(1, "http://a.org/1")]


@pytest.mark.parametrize("cut", [0.5, 0.9])
def test_articles_cut_short_are_refused(tmp_path: Path, cut: float) -> None:
    whole = write_articles(tmp_path, *["http://a.org/ " * 50] * 20).read_bytes()
    path = tmp_path / "xx-pages-articles2.xml.bz2"
    path.write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(UsageError, match="is no whole dump"):
        links(path)


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
        {url_key(url) for _, url, _ in links(path)}
        for path in sorted((data / "wikipedia").glob("externallinks-*.sql.gz"))
    ]
    assert len(found[0]) > 4_000
    assert found[0] == found[1]


@pytest.mark.shared
def test_real_articles_of_two_encodings_give_links(data: Path) -> None:
    urls = referenced_urls(str(data / "wikipedia"))
    assert len(urls.cited) > 3_500
    assert urls.tier("http://www.britannica.com/eb/article-9117285") == "cited"


def multistream(folder: Path, count: int, pages_each: int = 5) -> Path:
    """A dump of streams of whole pages, as they are published."""
    texts = [f"<ref>http://cited{i}.org/{i}</ref> http://linked{i}.org/" for i in range(count)]
    pages = [PAGE.format(id=i, ns=0, redirect="", text=escape(t)) for i, t in enumerate(texts, 1)]
    streams = [OPEN, *("".join(pages[at : at + pages_each]) for at in range(0, count, pages_each))]
    path = folder / "xx-pages-articles-multistream.xml.bz2"
    packed = [bz2.compress(stream.encode()) for stream in (*streams, "</mediawiki>")]
    path.write_bytes(b"".join(packed))
    return path


def table(folder: Path, rows: int, name: str = "xx-externallinks.sql.gz") -> Path:
    """A packed table of statements of ten rows, and of a row a line at its end."""
    made = [b"(%d,%d,'https://org.site%d.www.','/%d')" % (i, i % 7, i, i) for i in range(rows)]
    insert = b"INSERT INTO `externallinks` VALUES "
    lines = [insert + b",".join(made[at : at + 10]) + b";\n" for at in range(0, rows // 2, 10)]
    lines += [insert + b"\n", b",\n".join(made[rows // 2 :]) + b";\n", b"UNLOCK TABLES;\n"]
    path = folder / name
    path.write_bytes(gzip.compress(NEW + b"".join(lines)))
    return path


@pytest.mark.parametrize("step", [600, 1_500, 10**9])
def test_a_multistream_cut_anywhere_gives_each_link_once(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    multistream(tmp_path, 60)
    monkeypatch.setattr(dump_files, "ARTICLES_STEP", step)
    units = dump_units(str(tmp_path))
    assert (len(units) > 1) == (step < 10**9)
    found = [link for unit in units for link in unit_links(unit)]
    assert sorted(page for page, _, _ in found) == sorted([*range(1, 61), *range(1, 61)])
    assert len({url for _, url, _ in found}) == 120


@pytest.mark.parametrize("block", [97, 1_000, 1 << 20])
@pytest.mark.parametrize("ranges", [1, 3, 8])
def test_a_table_cut_anywhere_gives_each_row_once(
    block: int, ranges: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(tmp_path, 400)
    for name, value in (("_BLOCK", block), ("TABLE_STEP", block), ("_TABLE_RANGES", ranges)):
        monkeypatch.setattr(dump_files, name, value)
    found = [link[1] for unit in dump_units(str(tmp_path)) for link in unit_links(unit)]
    assert sorted(found) == sorted(f"https://www.site{i}.org/{i}" for i in range(400))


@pytest.mark.parametrize("packed", [bz2.compress, gzip.compress, bytes])
def test_documents_of_the_search_index_give_links(
    packed: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    rows = [
        {"index": {"_type": "page", "_id": "12"}},
        {"namespace": 0, "external_link": ["https://a.org/1", "//b.org/2", "mailto:c@d.org"]},
        {"page_id": 13, "namespace": 0, "external_link": ["http://a.org/3"]},
        {"page_id": 14, "namespace": 4, "external_link": ["http://a.org/4"]},
        {"page_id": 15, "namespace": 0},
    ]
    path = tmp_path / "xxwiki_content-20260101-00000.json"
    path.write_bytes(packed("".join(json.dumps(row) + "\n" for row in rows).encode()))
    assert links(path) == [
        (12, "https://a.org/1", False),
        (12, "http://b.org/2", False),
        (13, "http://a.org/3", False),
    ]


def test_a_search_index_that_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "xxwiki-cirrussearch-content.json.gz"
    path.write_bytes(gzip.compress(b'{"external_link": [\n'))
    with pytest.raises(UsageError, match="a line that is no JSON"):
        links(path)


def test_plain_xml_without_its_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "xx-pages-articles.xml"
    path.write_text(OPEN + PAGE.format(id=1, ns=0, redirect="", text="http://a.org/1"))
    with pytest.raises(UsageError, match="is no whole dump"):
        links(path)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://doi.org/10.1000/ABC.1", "http://dx.doi.org/10.1000/abc.1"),
        ("https://web.archive.org/web/2012/http://dx.doi.org/10.1000/x", "https://doi.org/10.1000/x"),
        ("https://www.jstor.org/stable/123", "http://jstor.org/stable/123?seq=1"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/99", "https://pubmed.ncbi.nlm.nih.gov/99/"),
        ("http://www.ncbi.nlm.nih.gov/pmc/articles/PMC77/", "https://pmc.ncbi.nlm.nih.gov/articles/PMC77"),
        ("https://arxiv.org/abs/2101.00001v2", "http://arxiv.org/pdf/2101.00001.pdf"),
        ("https://youtu.be/abcdefghijk?t=3", "https://www.youtube.com/watch?v=abcdefghijk&list=z"),
        ("https://books.google.com/books?id=AbCdEfGhIjKl&pg=PA3", "http://books.google.de/books?hl=de&id=AbCdEfGhIjKl"),
        ("https://www.worldcat.org/title/book/oclc/5", "https://www.worldcat.org/title/book/oclc/5"),
        ("http://webarchive.nationalarchives.gov.uk/20100101/http://www.a.gov.uk/x", "http://a.gov.uk/x"),
        ("http://www.webcitation.org/query?url=http%3A%2F%2Fa.org%2Fx&date=2010", "https://a.org/x/"),
        ("https://archive.today/2012.01.02-030405/http://a.org/x", "http://a.org/x"),
        ("http://web.archive.org/web/2012/http://archive.is/20130101/http://a.org/x", "http://a.org/x"),
    ],
)  # fmt: skip
def test_one_page_has_one_key_whatever_leads_to_it(one: str, other: str) -> None:
    assert page_key(one) == page_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://doi.org/10.1000/a", "https://doi.org/10.1000/b"),
        ("https://www.jstor.org/stable/1", "https://www.jstor.org/stable/2"),
        ("https://www.google.com/search?q=a", "https://www.google.com/search?q=b"),
        ("shop.org/in?next=https://web.archive.org/web/2012/http://b.org/", "http://b.org/"),
        ("https://www.youtube.com/user/abcdefghijk", "https://www.youtube.com/watch?v=abcdefghijk"),
    ],
)
def test_other_pages_have_other_keys(one: str, other: str) -> None:
    assert page_key(one) != page_key(other)


@given(st.text(max_size=60))
def test_any_text_has_a_key_and_is_unwrapped(text: str) -> None:
    for url in (text, f"https://web.archive.org/web/2012/{text}", f"https://doi.org/{text}"):
        assert isinstance(page_key(url), str)
        assert unwrapped(unwrapped(url)) == unwrapped(url)


def test_units_saved_and_merged_are_the_tiers_of_the_dump(tmp_path: Path) -> None:
    dump, kept = tmp_path / "dump", tmp_path / "kept"
    dump.mkdir()
    multistream(dump, 30)
    table(dump, 50)
    for unit in dump_units(str(dump)):
        save_links(read_links(unit), str(kept), unit.name)
    found, whole = merge(load_links(str(kept))), referenced_urls(str(dump))
    for tier in ("cited", "linked", "host_cited"):
        assert getattr(found, tier).tolist() == getattr(whole, tier).tolist()
    assert len(whole.cited) == 30
    assert len(whole.linked) == 110


@pytest.mark.shared
def test_the_links_of_real_articles_are_found_again(data: Path) -> None:
    """All but one in two hundred of the addresses that others have read from the same articles."""
    urls = referenced_urls(str(data / "wikipedia"))
    listed = gzip.decompress((data / "wikipedia" / "external-urls.txt.gz").read_bytes())
    found = urls.tiers(listed.decode().split("\n")[:-1])
    assert (found <= 1).mean() >= 0.995


@pytest.mark.parametrize("step", range(40, 1_500, 97))
def test_a_range_in_which_no_stream_begins_is_no_damage(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    multistream(tmp_path, 20)
    monkeypatch.setattr(dump_files, "ARTICLES_STEP", step)
    found = [link for unit in dump_units(str(tmp_path)) for link in unit_links(unit)]
    assert len(found) == 40


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("xx-externallinks.sql.gz", b"", "is no whole dump \\(it is empty"),
        ("xx-pages-articles.xml.bz2", b"", "is no whole dump \\(it is empty"),
        ("xx-externallinks.sql", b"<html>404</html>", "holds no table of links"),
        ("xx-externallinks.sql.gz", gzip.compress(NEW)[:-4] + b"abcd", "is no whole dump"),
        (
            "xx-externallinks.sql",
            NEW.replace(b"el_to_path", b"el_from"),
            "does not name its columns",
        ),
        ("xx_content.json", b'["external_link"' * 90_000, "a line that is no JSON"),
    ],
)
def test_files_that_are_no_dumps_are_refused(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    insert = b"INSERT INTO `externallinks` VALUES (1,2,'http://org.a.','/');\n"
    (tmp_path / name).write_bytes(content + (insert if b"CREATE" in content[:20] else b""))
    with pytest.raises(UsageError, match=message):
        links(tmp_path / name)


@pytest.mark.parametrize(
    "line",
    [
        b'["external_link"]',
        b'{"tag": "external_link"}',
        b'{"page_id": ' + b"9" * 4_000 + b', "external_link": []}',
        b'{"external_link": ["http://a.org/\\ud800"]}',
    ],
)
def test_odd_documents_of_the_search_index_pass(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "xx_content.json"
    path.write_bytes(b'{"index":5}\n' + line + b"\n")
    for unit in dump_units(str(tmp_path)):
        read_links(unit)


def test_rows_without_a_number_of_a_page_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "xx-externallinks.sql"
    rows = b"(1,NULL,'http://org.a.','/'),(2,'x','http://org.a.','/'),(3,4,'http://org.a.','/')"
    path.write_bytes(NEW + b"INSERT INTO `externallinks` VALUES " + rows + b";\n")
    assert [page for page, _, _ in links(path)] == [4]


def test_hosts_in_capitals_and_archived_pages_are_of_the_same_tier(tmp_path: Path) -> None:
    assert page_key("http://DX.DOI.org/10.1000/a/?x=1") == page_key("https://doi.org/10.1000/a")
    assert unwrapped("https://Web.Archive.org/web/2012/http://a.org/") == "http://a.org/"
    cite = "<ref>http://www.cited.org/{}</ref>"
    write_articles(tmp_path, *(cite.format(at) for at in range(3)))
    urls = referenced_urls(str(tmp_path))
    assert urls.tier("https://web.archive.org/web/2010/http://cited.org/z") == "host_cited"


def test_long_hosts_are_soon_told() -> None:
    began = time.process_time()
    page_key("http://" + "a." * 100_000 + "archive.org/x")
    assert time.process_time() - began < 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_distinct_rows_are_in_order_and_once(rows: list[tuple[int, int]]) -> None:
    found = distinct_rows(np.array(rows, dtype=np.uint64).reshape(-1, 2))
    assert [tuple(row) for row in found.tolist()] == sorted(set(rows))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, bytes])
@pytest.mark.parametrize("piece", [11, 400])
def test_what_is_packed_is_unpacked_in_pieces(
    pack: Callable[[bytes], bytes], piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gzip.decompress(table(tmp_path, 90).read_bytes())
    monkeypatch.setattr(dump_files, "_PIECE", piece)
    for halves in ((whole,), (whole[:999], whole[999:])):  # packed as one, and as two
        unpack = _Unpack(pack(whole)[:3])
        pieces = [found for half in halves for found in unpack.of(pack(half))]
        assert b"".join(pieces) == whole
        assert unpack.is_whole
        assert max(map(len, pieces)) <= piece or pack is bytes


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump_files, "_MOST_LINE", 1 << 20)
    path = tmp_path / "xx-externallinks.sql.gz"
    path.write_bytes(gzip.compress(NEW + b"(" * (9 << 20)))
    with pytest.raises(UsageError, match="a line has more than 1 MB"):
        links(path)
