"""Bytes to text: labels in their order, wrong ones noticed, mojibake put right."""

import gzip
import html
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_archives import Read

from pipeline.ingest.charset import decode, repaired
from pipeline.recipe import Source

RUSSIAN = "Новости сегодня: фильтр по цене, доставка по всей России. Заказать можно по телефону."
CHINESE = "这是一个用于测试的网页，包含足够多的汉字，以便检测器能够识别编码。"
JAPANESE = "日本語のテキストはこのように書かれています。これはテストです。"
KOREAN = "모듈은 서버 관리자에게 서버의 상태를 보여 준다. 이 정보를 보려면 옵션을 사용한다."
GERMAN = "Die Müller mahlen während der größten Hitze überall früh."


def page(text: str, codec: str, meta: str = "") -> bytes:
    head = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(codec)


@pytest.mark.parametrize(
    ("body", "content_type", "text", "charset", "how"),
    [
        (
            page(RUSSIAN, "cp1251"),
            "text/html; charset=Windows-1251",
            RUSSIAN,
            "windows-1251",
            "http",
        ),
        (page(RUSSIAN, "koi8-r", "koi8-r"), "text/html", RUSSIAN, "koi8-r", "meta"),
        (page(CHINESE, "gbk", "gb2312"), "", CHINESE, "gbk", "meta"),
        (page(JAPANESE, "cp932", "x-sjis"), "", JAPANESE, "shift_jis", "meta"),
        (page(KOREAN, "cp949", "ks_c_5601-1987"), "", KOREAN, "euc-kr", "meta"),
        (page(GERMAN, "latin-1"), "text/html; charset=ISO-8859-1", GERMAN, "windows-1252", "http"),
        (page(GERMAN, "utf-8-sig", "latin1"), "text/html; charset=latin1", GERMAN, "utf-8", "bom"),
        (page(GERMAN, "utf-16"), "text/html", GERMAN, "utf-16le", "bom"),
        (page(JAPANESE, "iso2022_jp", "iso-2022-jp"), "", JAPANESE, "iso-2022-jp", "meta"),
        (page("plain", "ascii"), "text/html", "plain", "utf-8", "default"),
        (page("plain", "ascii", "latin1"), "text/html", "plain", "windows-1252", "meta"),
    ],
)
def test_declared_charset_is_used(
    body: bytes, content_type: str, text: str, charset: str, how: str
) -> None:
    made = decode(body, content_type)
    assert text in made.text
    assert (made.charset, made.how) == (charset, how)


@pytest.mark.parametrize(
    ("body", "content_type", "text", "charset"),
    [
        (page(GERMAN, "utf-8"), "text/html; charset=iso-8859-1", GERMAN, "utf-8"),
        (page(CHINESE, "gbk", "utf-8"), "", CHINESE, "gb18030"),
        (page(KOREAN * 3, "cp949", "utf-8"), "", KOREAN, "euc-kr"),
        (page(RUSSIAN, "cp1251", "utf-8"), "", RUSSIAN, "windows-1251"),
        (page(CHINESE * 3, "gbk", "iso-8859-1"), "", CHINESE, "gb18030"),
        (page(GERMAN, "utf-8", "no-such-thing"), "", GERMAN, "utf-8"),
        (page(GERMAN, "utf-8", "utf-16"), "", GERMAN, "utf-8"),
    ],
)
def test_wrong_label_is_noticed_and_repaired(
    body: bytes, content_type: str, text: str, charset: str
) -> None:
    made = decode(body, content_type)
    assert text in made.text
    assert made.charset == charset


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "utf-8"),
        (CHINESE, "gb18030"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "cp949"),
        (GERMAN, "cp1252"),
    ],
)
def test_undeclared_charset_is_detected(text: str, codec: str) -> None:
    made = decode(page(text * 2, codec), "")
    assert text in made.text
    assert made.how == "detected"


def test_page_of_two_encodings_is_read_as_both() -> None:
    made = decode((GERMAN * 3).encode() + "Grüße".encode("latin-1"), "text/html; charset=utf-8")
    assert made.text == GERMAN * 3 + "Grüße"
    assert made.how == "repaired"


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("Hochgefühl fÃ¼r alle", "Hochgefühl für alle"),
        ("weâ\x80\x99ll go", "we’ll go"),
        ("Iâ€™d known", "I’d known"),
        ("CopyrightÂ© 2026", "Copyright© 2026"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚, Ð¼Ð¸Ñ€", "Привет, мир"),
        ("hello ðŸ‘‹", "hello 👋"),
        ("中文网页".encode().decode("latin-1"), "中文网页"),
    ],
)
def test_mojibake_is_repaired_where_it_stands(broken: str, right: str) -> None:
    made = decode(f"<p>fine ü\n{broken}\n<p>also ö".encode(), "text/html; charset=utf-8")
    assert right.split()[-1] in made.text
    assert "fine ü\n" in made.text
    assert made.how == "repaired"


def test_mojibake_is_repaired_run_by_run_on_a_page_of_one_line() -> None:
    line = "<b>fine: é — Ã</b><i>fÃ¼r</i><p>10Â\xa0kg</p>" * 50
    made = decode(line.encode(), "text/html; charset=utf-8")
    assert made.text == "<b>fine: é — Ã</b><i>für</i><p>10\xa0kg</p>" * 50
    assert made.how == "repaired"


@pytest.mark.parametrize(
    "text",
    [
        "how often I saw “Ã¤” instead of ä",
        "L’âge d’or, château, à Âge",
        "SÃO PAULO; Ângela; MÃE",
        "Größe: 5 Â",
        "naïve café — “quoted” – 20 °C",
    ],
)
def test_right_text_that_looks_like_mojibake_is_kept(text: str) -> None:
    made = decode(text.encode(), "text/html; charset=utf-8")
    assert (made.text, made.how) == (text, "http")


@given(
    st.binary(max_size=400), st.sampled_from(["", "utf-8", "gbk", "utf-16le", "replacement", "x"])
)
def test_any_bytes_become_text_that_can_be_written(body: bytes, label: str) -> None:
    made = decode(body, f"text/html; charset={label}")
    assert "\x00" not in made.text
    made.text.encode()


@given(st.text(st.characters(exclude_categories=())))
def test_repaired_text_can_be_written_and_right_text_is_kept(text: str) -> None:
    made = repaired(text)
    made.encode()
    assert "\x00" not in made
    if "\x00" not in text and not re.search("[\ud800-\udfff]", text):
        assert made == text


@pytest.mark.shared
def test_chinese_pages_decode_to_their_gold_words(data: Path) -> None:
    folder = data / "html-extraction/chinese-web"
    read = Read(Source(name="zh", paths=(str(folder / "chinese-web-dev.warc.gz"),)))
    by_record = {page.record_id: html.unescape(page.html) for page in read.pages}
    with gzip.open(folder / "chinese-web-dev.gold.jsonl.gz", "rt") as lines:
        gold = [json.loads(line) for line in lines]
    words = [
        word in by_record[entry["record_id"]]
        for entry in gold
        for word in re.findall(r"[\u4e00-\u9fff]{2,}", entry["gold_text"])
    ]
    assert len(words) > 10_000
    assert sum(words) / len(words) >= 0.98


@pytest.mark.shared
def test_crawl_pages_decode_without_a_replacement_character(data: Path) -> None:
    read = Read(Source(name="crawl", paths=("crawl/*.warc.gz",)), data)
    assert len(read.pages) == 3_427
    legacy = [
        page for page in read.pages if page.charset != "utf-8" or page.charset_source == "repaired"
    ]
    assert len(legacy) >= 37
    assert not [page.url for page in legacy if "\ufffd" in page.html]
