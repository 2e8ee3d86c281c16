"""Wikipedia dumps become articles in plain text."""

import bz2
import random
from pathlib import Path

import pytest
from support_archives import Read

from pipeline.ingest.wikipedia.page_bytes import Unread, page_bytes
from pipeline.ingest.wikipedia.unseen_markup import without_unseen
from pipeline.ingest.wikipedia.wikitext import plain_text
from pipeline.recipe import Source

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="nn">
<siteinfo><base>https://nn.wikipedia.org/wiki/Hovudside</base><namespaces>
<namespace key="6" case="first-letter">Fil</namespace>
<namespace key="14" case="first-letter">Kategori</namespace></namespaces></siteinfo>
"""
UNLINKED = frozenset({"file", "image", "category", "media", "fil", "kategori"})


def article(number: int, text: str = "", ns: int = 0, redirect: str = "") -> str:
    text = text or f"'''Kvern {number}''' mel korn. [[Fil:x.jpg|thumb|Nei]] [[Kategori:Kverner]]"
    extra = f'<redirect title="{redirect}" />' if redirect else ""
    return (
        f"<page><title>Kvern nr. {number}</title><ns>{ns}</ns><id>{number}</id>{extra}"
        f"<revision><timestamp>2026-01-0{number % 9 + 1}T00:00:00Z</timestamp>"
        f"<text>{text}</text></revision></page>\n"
    )


ARTICLES = [article(i) for i in range(40)]
SINGLE = bz2.compress("".join([HEAD, *ARTICLES, "</mediawiki>"]).encode())
MULTI = b"".join(
    bz2.compress(part.encode())
    for part in (HEAD, *("".join(ARTICLES[i : i + 4]) for i in range(0, 40, 4)), "</mediawiki>")
)


def read(folder: Path, data: bytes, **config: int) -> Read:
    (folder / "dump.xml.bz2").write_bytes(data)
    return Read(Source(name="wiki", format="wikipedia", paths=("dump.xml.bz2",)), folder, **config)


def test_articles_become_documents_of_the_encyclopedia(tmp_path: Path) -> None:
    made = read(tmp_path, SINGLE)
    first = made.documents[0]
    assert (first.title, first.text) == ("Kvern nr. 0", "Kvern 0 mel korn.")
    assert first.url == "https://nn.wikipedia.org/wiki/Kvern_nr._0"
    assert (first.site, first.language, first.domain) == ("wikipedia.org", "nn", "encyclopedia")
    assert (first.date, first.rights) == ("2026-01-01T00:00:00Z", "CC-BY-SA-4.0")
    assert made.seen == {"page": 40}


def test_multistream_utf_16_and_split_streams_give_the_same_articles(tmp_path: Path) -> None:
    expected = read(tmp_path, SINGLE).documents
    assert len(expected) == 40
    whole = "".join([HEAD, *ARTICLES, "</mediawiki>"])
    cut = whole.encode()
    blocks = b"".join(bz2.compress(cut[i : i + 900]) for i in range(0, len(cut), 900))
    for data in (MULTI, bz2.compress(whole.encode("utf-16")), blocks):
        assert read(tmp_path, data).documents == expected


@pytest.mark.parametrize("step", [300, 700, 5_000])
def test_ranges_of_a_multistream_dump_equal_the_whole(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read(tmp_path, MULTI).documents
    assert len(expected) == 40
    monkeypatch.setattr("pipeline.ingest.sources.MEGABYTE", 1)
    made = read(tmp_path, MULTI, range_megabytes=step)
    assert len(made.units) == -(-len(MULTI) // step)
    assert made.documents == expected


def test_dump_of_long_streams_is_cut_into_ranges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = [article(i, random.Random(i).randbytes(30_000).hex()) for i in range(8)]
    parts = (HEAD, "".join(noise[:4]), "".join(noise[4:]), "</mediawiki>")
    data = b"".join(bz2.compress(part.encode()) for part in parts)
    expected = read(tmp_path, data).documents
    monkeypatch.setattr("pipeline.ingest.sources.MEGABYTE", 1)
    made = read(tmp_path, data, range_megabytes=100_000)
    assert len(made.units) == -(-len(data) // 100_000) > 1
    assert made.documents == expected
    assert len(expected) == 8


def test_dump_that_is_cut_off_gives_what_came_before(tmp_path: Path) -> None:
    made = read(tmp_path, MULTI[:-500])
    assert 20 < len(made.documents) < 40
    assert made.reasons == {"damaged_archive": 1}


def test_bad_stream_costs_its_pages_alone(tmp_path: Path) -> None:
    data = bytearray(MULTI)
    middle = MULTI.index(b"BZh9", len(MULTI) // 2)
    data[middle + 60] ^= 0xFF
    made = read(tmp_path, bytes(data))
    assert len(made.documents) == 36
    ((row),) = made.dropped
    assert (row.reason, row.warc_offset) == ("damaged_archive", middle)
    assert int(row.detail) == MULTI.index(b"BZh9", middle + 1) - middle


def test_redirects_talk_and_empty_pages_are_dropped_for_their_reason(tmp_path: Path) -> None:
    body = [
        article(1, "#REDIRECT [[Kvern]]", redirect="Kvern"),
        article(2, "hei", ns=1),
        article(3, "{{Infoboks}}"),
        article(4, "x" * 6_000_000),
    ]
    made = read(tmp_path, bz2.compress("".join([HEAD, *body]).encode()))
    assert [(row.reason, row.detail) for row in made.dropped] == [
        ("redirect_page", "Kvern"),
        ("not_an_article", "1"),
        ("empty_text", ""),
        ("too_large", "6000000"),
    ]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("<a/>" * 200_000, "200014 tags"),
        ("<a " + " ".join(f"b{n}='c'" for n in range(200_000)) + "/>", "15 tags"),
        ("<!--" + "x" * 2_000_000 + "-->", "15 tags"),
        ("x" * 9_000_000, ""),
    ],
    ids=["elements", "attributes", "comment", "bytes"],
)
def test_page_that_would_take_much_memory_is_one_drop(
    text: str, detail: str, tmp_path: Path
) -> None:
    body = "".join([HEAD, article(1), article(2, text), article(3)])
    made = read(tmp_path, bz2.compress(body.encode()), max_html_bytes=2_000_000)
    assert [document.record_id for document in made.documents] == ["1", "3"]
    ((row),) = made.dropped
    assert (row.reason, row.record_id) == ("too_large", "2")
    assert row.url == "https://nn.wikipedia.org/wiki/Kvern_nr._2"
    assert row.detail == detail or (not detail and int(row.detail) > 9_000_000)


@pytest.mark.parametrize("size", [1, 7, 100, 5_000])
def test_pages_are_the_same_however_their_bytes_come(size: int) -> None:
    long = article(10, "x" * 900)
    whole = "".join([HEAD, *ARTICLES[:9], long, "</mediawiki>"]).encode()
    pieces = (whole[at : at + size] for at in range(0, len(whole), size))
    *pages, last = page_bytes(pieces, 600)
    assert pages == [each.strip().encode() for each in ARTICLES[:9]]
    assert isinstance(last, Unread)
    assert last.detail == str(len(long.strip()))


def test_entities_that_a_dump_declares_are_not_read(tmp_path: Path) -> None:
    declared = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]>\n' + HEAD
    body = declared + article(1, "a &b; c") + article(2, "&b;" * 200_000) + article(3)
    made = read(tmp_path, bz2.compress(body.encode()))
    assert [document.record_id for document in made.documents] == ["3"]
    assert [row.reason for row in made.dropped] == ["unreadable_markup", "too_large"]


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("'''Bold''' and ''italic''", "Bold and italic"),
        ("A [[mill]] and [[Mill (tool)|tools]]", "A mill and tools"),
        ("[[File:a.jpg|thumb|A [[mill]]]]Text[[Category:Mills]]", "Text"),
        ("See [[:Category:Mills]]", "See Category:Mills"),
        ("Text<ref>Cite {{web}}</ref> goes<ref name=a /> on", "Text goes on"),
        ("A {{small|x}} {{unknown|y}}b", "A x b"),
        ("It is {{convert|5|km|mi}} long", "It is 5 km long"),
        ("Greek ({{lang-el|μύλος}}, {{respell|MEE|los}})", "Greek (μύλος)"),
        ("Mill ({{IPAc-en|m|ɪ|l|pron}} {{respell|mil}}; {{IPA-el|x}})", "Mill (/mɪl/; [x])"),
        ("{{convert|5|to|10|km|mi}} and {{convert|3|by|4|m}}", "5 to 10 km and 3 by 4 m"),
        ("{{As of|2014|5}}, and {{as of|2015|lc=y}}", "As of 2014-5, and as of 2015"),
        ("''Eagle''{{'s}} wing{{mdash}}built {{circa|1900}}", "Eagle’s wing—built c. 1900"),
        ("{{frac|3}} of {{frac|2|1|2}}, {{val|6.2|e=18|u=kg}}", "1/3 of 2 1/2, 6.2×10^18 kg"),
        ("{{chem|C|''n''|H|2''n''+2}} and {{angbr|a}}", "CnH2n+2 and ⟨a⟩"),
        ("{{nihongo|'''Aikido'''|合気道|Aikidō}}", "Aikido (合気道, Aikidō)"),
        ("{{nihongo||気|ki}}", "気, ki"),
        ("He said:\n{{quote|text=No [[mill]].|author=A}}\nThen", "He said:\n\nNo mill.\n\nThen"),
        ("a {{val}} {{convert}} {{frac}} {{chem}} {{IPAc-en}} {{nihongo}} {{lang|el}} b", "a b"),
        ("[[35&nbsp;mm film]]", "35 mm film"),
        ("İ a<REF name='x/y'>no</Ref > b<ref/> c<ref name=x/> d", "İ a b c d"),
        ("Write <nowiki><ref>so</ref></nowiki> here", "Write <ref>so</ref> here"),
        ("<pre>\n{| <!-- kept -->\n</pre>", "```\n{| <!-- kept -->\n```"),
        ("a\n{|\n| b\n{|\n| c\n|}\n| d\n|}\ne", "a\n\ne"),
        ("a <!-- {| --> b", "a b"),
        ("Before\n{| class=x\n|-\n| 1 || 2\n|}\nafter", "Before\n\nafter"),
        ("* one\n* two\n** deep\n# three", "- one\n- two\n  - deep\n- three"),
        ("== Head ==\ntext", "## Head\n\ntext"),
        ("text\n== Empty ==\n== Next ==\nmore", "text\n\n## Next\n\nmore"),
        (
            "text\n== References ==\n<references/>\n* [http://a.b c]\n== More ==\nx",
            "text\n\n## More\n\nx",
        ),
        ("A <!-- hidden --> B", "A B"),
        ("5&nbsp;km &amp; more", "5 km & more"),
        ("[http://a.org the site] and [http://b.org]", "the site and"),
        ("Mass <math>E = mc^2</math> holds", "Mass $E = mc^2$ holds"),
        ("__NOTOC__Text", "Text"),
        (
            '<syntaxhighlight lang="python">\ndef f():\n    return  1\n</syntaxhighlight>',
            "```\ndef f():\n    return  1\n```",
        ),
        ("unclosed [[link and {{template", "unclosed [[link and {{template"),
    ],
)
def test_wikitext_becomes_plain_text(wikitext: str, text: str) -> None:
    assert plain_text(wikitext, UNLINKED).text == text


def test_deeply_nested_wikitext_ends() -> None:
    assert isinstance(plain_text("{{" * 5_000 + "[[" * 5_000 + "'''" * 5_000, UNLINKED).text, str)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("pattern", "articles"), [("enwiki-latest*", 106), ("bgwiki*", 1), ("*table-markup*", 5)]
)
def test_real_dumps_give_their_articles_without_markup(
    pattern: str, articles: int, data: Path
) -> None:
    source = Source(name="wiki", format="wikipedia", paths=(f"wikipedia/{pattern}.bz2",))
    made = Read(source, data)
    assert len(made.documents) == articles
    assert made.came_in == len(made.documents) + len(made.dropped)
    for document in made.documents:
        assert len(document.text) > 200
        for markup in ("{{", "]]", "<ref", "{|") if not document.has_math else ("]]", "<ref"):
            assert document.text.count(markup) <= 2, (document.title, markup)


@pytest.mark.parametrize("opening", ["<ref>", "<pre>", "<!--", "\n{|", "\n|}", "<ref></ref "])
def test_markup_that_is_never_closed_is_left_and_costs_little(opening: str) -> None:
    text = opening * 100_000
    assert without_unseen(text) == text


@pytest.mark.parametrize(
    "opening",
    ["{{a|", "[[a|", "{{{a|", "[http://a ", "<b>", "<b ", '<a b="', "\n{|\n|-\n| a", "{|\n|",
     "<!--", "=a", "\n*", "\n----", "{{a|[[b|"],
)  # fmt: skip
def test_wikitext_that_is_never_closed_is_not_parsed(opening: str) -> None:
    with pytest.raises(ValueError, match="not closed"):
        plain_text(opening * (2_000_000 // len(opening)), UNLINKED)


@pytest.mark.parametrize("run", [" ", "\t", "\u00a0", ";", "; ", "(", "( "])
def test_long_runs_of_spaces_and_signs_end(run: str) -> None:
    text = "a" + run * 500_000 + "b"
    assert plain_text(text, UNLINKED).text[-1] == "b"


def test_long_article_of_closed_markup_is_read() -> None:
    text = "A [[mill]] of {{lang|de|Korn}} and ''bread''.<br>\n* [http://a.org it]\n" * 3_000
    assert plain_text(text, UNLINKED).text.count("mill of Korn") == 3_000
