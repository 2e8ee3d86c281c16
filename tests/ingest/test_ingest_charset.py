"""Bytes to text: labels in their order, wrong ones noticed, mojibake put right."""

import gzip
import html
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_archives import Read
from support_encodings import reencoded

from pipeline.ingest.charset.binary_bodies import is_binary
from pipeline.ingest.charset.decoding import decode
from pipeline.ingest.charset.mojibake import repaired
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
            "text/html; CHARSET=Windows-1251",
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
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8-sig")),
    st.sampled_from(["", "utf-8", "gbk", "utf-16le", "replacement", "x"]),
)
def test_any_bytes_become_text_that_can_be_written(body: bytes, label: str) -> None:
    made = decode(body, f"text/html; charset={label}")
    assert "\x00" not in made.text
    assert made.encoded() == made.text.encode()


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
    by_record = {page.record_id: html.unescape(page.html.decode()) for page in read.pages}
    with gzip.open(folder / "chinese-web-dev.gold.jsonl.gz", "rt") as lines:
        gold = [json.loads(line) for line in lines]
    words = [
        word in by_record[entry["record_id"]]
        for entry in gold
        for word in re.findall(r"[\u4e00-\u9fff]{2,}", entry["gold_text"])
    ]
    assert len(words) > 10_000
    assert sum(words) / len(words) >= 0.9946


@pytest.mark.shared
def test_crawl_pages_decode_without_a_replacement_character(data: Path) -> None:
    read = Read(Source(name="crawl", paths=("crawl/*.warc.gz",)), data)
    assert len(read.pages) == 3_427
    legacy = [
        page for page in read.pages if page.charset != "utf-8" or page.charset_source == "repaired"
    ]
    assert len(legacy) >= 37
    assert not [page.url for page in legacy if "\ufffd" in page.html.decode()]


@pytest.mark.parametrize(
    "label", ["iso-2022-jp", "utf-16", "utf-16be", "hz-gb-2312", "iso-2022-kr", "gbk", "koi8-r"]
)
@pytest.mark.parametrize("declares", ["http", "meta"])
def test_valid_utf8_beats_every_label(label: str, declares: str) -> None:
    body = page(JAPANESE, "utf-8", label if declares == "meta" else "")
    header = f"text/html; charset={label}" if declares == "http" else "text/html"
    made = decode(body, header)
    assert JAPANESE in made.text
    assert made.charset == "utf-8"


@pytest.mark.parametrize("label", ["", "utf-8", "iso-8859-1", "gbk"])
@pytest.mark.parametrize(
    ("text", "codec", "charset"),
    [
        (GERMAN, "utf-16-le", "utf-16le"),
        (GERMAN, "utf-16-be", "utf-16be"),
        (CHINESE, "utf-16-le", "utf-16le"),
        (JAPANESE, "utf-16-be", "utf-16be"),
        (GERMAN, "utf-32-le", "utf-32le"),
        (RUSSIAN, "utf-32-be", "utf-32be"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        ("ﾊﾝｶｸ " + JAPANESE, "iso2022_jp_ext", "iso-2022-jp"),
        (KOREAN, "iso2022_kr", "iso-2022-kr"),
        (KOREAN, "utf-16-le", "utf-16le"),
        (KOREAN, "utf-16-be", "utf-16be"),
        ("long " * 20_000 + JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (CHINESE, "hz", "hz-gb-2312"),
    ],
)
def test_encodings_that_their_bytes_show_need_no_label(
    text: str, codec: str, charset: str, label: str
) -> None:
    made = decode(page(text, codec), f"text/html; charset={label}" if label else "text/html")
    assert text in made.text
    assert made.charset == charset


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("plain words ~ only", "hz", "hz-gb-2312"),
        (CHINESE, "utf-16-le", "utf-16"),
        ("①㈱Ⅳ".join(JAPANESE), "cp932", "shift_jis"),
        (GERMAN, "cp850", "cp850"),
        (RUSSIAN, "cp866", "ibm866"),
        (KOREAN, "johab", "johab"),
    ],
)
def test_labels_beyond_the_common_ones_are_known(text: str, codec: str, label: str) -> None:
    assert text in decode(page(text, codec, label), "").text


def test_tilde_of_an_address_in_a_page_of_hz_stays() -> None:
    body = page(CHINESE, "hz").replace(b"<p>", b"<p><a href=/~lin/>")
    assert "/~lin/" in decode(body, "").text


def test_circled_digits_of_japanese_makers_are_read_in_every_encoding() -> None:
    kanji = b"\x1b$B\x2d\x21\x2d\x6a%F%9%H\x1b(B"
    assert "①㈱テスト" in decode(b"<p>" + kanji, "").text
    pairs = b"\xad\xa1\xad\xea\xa5\xc6\xa5\xb9\xa5\xc8"
    assert "①㈱テスト" in decode(b"<p>" + pairs, "text/html; charset=euc-jp").text


def test_shifted_chinese_is_read() -> None:
    body = b"<p>\x1b$)A\x0eVPND\x0f words"
    made = decode(body, "")
    assert (made.text, made.charset) == ("<p>中文 words", "iso-2022-cn")


@pytest.mark.parametrize(
    ("body", "label", "charset"),
    [
        (b"<p>One two\0three\0 four five six seven</p>", "utf-8", "utf-8"),
        (b"<p>" + b"abcdefghi\0" * 200 + b"</p>", "", "utf-8"),
        (page(RUSSIAN, "cp1251"), "utf-16", "windows-1251"),
        (page(CHINESE, "gbk", "iso-2022-jp"), "", "gb18030"),
        ("<p>café \x1b$B x".encode() + b"word " * 99, "", "utf-8"),
        (b"(defun x ~{0123456789ABCDEF~})", "", "utf-8"),
        (b"<p>abc", "cp037", "utf-8"),
        (page(GERMAN, "cp1252"), "windows_1252", "windows-1252"),
        (b"\xef\xbb\xbf" + page(JAPANESE, "utf-16-le"), "", "utf-16le"),
    ],
)
def test_what_only_resembles_an_encoding_is_not_read_so(
    body: bytes, label: str, charset: str
) -> None:
    assert decode(body, f"text/html; charset={label}" if label else "").charset == charset


@pytest.mark.parametrize(
    "code",
    [
        "<p>print('\x1b[31mred\x1b[0m')",
        "<p>x ~{ y ~} z, a~{b",
        "<p>a\x00b and more text, as it stands here",
    ],
)
def test_control_characters_of_other_text_show_no_encoding(code: str) -> None:
    assert decode(code.encode(), "").charset == "utf-8"


@pytest.mark.parametrize(
    "markup",
    [
        '<meta name="description" content="how to set charset=iso-8859-5">',
        '<!-- <meta charset="iso-8859-5"> -->',
        "<script>var a = '<meta charset=\"iso-8859-5\">'</script>",
        "<title>&lt;meta charset=iso-8859-5></title>",
        '<xmp><meta charset="iso-8859-5"></xmp>',
        '<meta property="og:title" content="text/html; charset=iso-8859-5">',
        '<a charset="iso-8859-5" href="/">link</a>',
    ],
)
def test_charset_that_nobody_declares_does_not_count(markup: str) -> None:
    body = f'<html><head>{markup}<meta charset="windows-1251"></head><p>{RUSSIAN}'.encode("cp1251")
    made = decode(body, "text/html")
    assert RUSSIAN in made.text
    assert (made.charset, made.how) == ("windows-1251", "meta")


@pytest.mark.parametrize(
    "declaration",
    [
        "<META HTTP-EQUIV=Content-Type CONTENT='text/html;charset=windows-1251'>",
        '<meta content="text/html; charset=windows-1251" http-equiv="content-type" />',
        "<meta charset=windows-1251>",
        '<meta data-a="x>y" charset="windows-1251">',
        '<?xml version="1.0" encoding="windows-1251"?>',
        "<script>" + "x" * 3_000 + '</script><meta charset="windows-1251">',
    ],
)
def test_every_way_of_declaring_counts(declaration: str) -> None:
    made = decode(f"{declaration}<p>{RUSSIAN}".encode("cp1251"), "text/html")
    assert (RUSSIAN in made.text, made.charset, made.how) == (True, "windows-1251", "meta")


@pytest.mark.parametrize(
    ("text", "codec", "label", "charset"),
    [
        ("Příliš žluťoučký kůň úpěl ďábelské ódy, šišlá ťuhýk. " * 3, "cp1250", "iso-8859-2",
         "windows-1250"),
        ("„Мельница“ — построена в 1742 году, цена № 5. " * 3, "cp1251", "iso-8859-5",
         "windows-1251"),
        ("The “mill” – don’t – costs € 5 in a café. " * 3, "cp1252", "iso-8859-15",
         "windows-1252"),
        ("Ο “μύλος” – χτίστηκε το 1742. " * 3, "cp1253", "iso-8859-7", "windows-1253"),
        ("Değirmen “eski” – güneşli ışık. " * 3, "cp1254", "iso-8859-9", "windows-1254"),
        ("The café’s “naïve” façade — the élan of Ångström. " * 9, "mac_roman", "iso-8859-1",
         "macintosh"),
    ],
)  # fmt: skip
def test_control_characters_betray_a_wrong_latin_label(
    text: str, codec: str, label: str, charset: str
) -> None:
    made = decode(page(text, codec, label), "")
    assert text in made.text
    assert made.charset == charset


def test_signs_pasted_into_a_page_of_its_label_leave_the_letters_right() -> None:
    body = page("Wąż pożarł gęś, źdźbło, ślimak. " * 3, "iso-8859-2", "iso-8859-2")
    made = decode(body.replace(b"<p>", b"<p>\x93mill\x94 "), "")
    assert "“mill” Wąż pożarł gęś, źdźbło, ślimak." in made.text


@pytest.mark.parametrize(
    "body",
    [
        bytes(range(256)) * 40,
        b"<html><p>" + bytes(range(1, 32)) * 100,
        b"<p>" + "水車小屋では朝から".encode("shift_jis")[::2] * 60,
        b"<p>" + b"\xef\xbf\xbd" * 2_000,
        b"tar" + b"\0" * 900,
        b"<p>\x1b$)G\x0e" + b"VPND" * 20 + b"\x0f",
        b"\x7fELF\x02\x01\x01" + b"\x00\x01\x02\x03" * 500,
    ],
)  # fmt: skip
def test_body_that_is_no_text_is_told(body: bytes) -> None:
    made = decode(body, "text/html; charset=utf-8")
    assert is_binary(body, made)


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-16-le"),
        (JAPANESE, "iso2022_jp"),
        (KOREAN, "iso2022_kr"),
        (f"a log:\x1b[31m red \x1b[0m {GERMAN * 5}\x0b", "utf-8"),
        (f"{GERMAN * 20} one \ufffd two \ufffd", "utf-8"),
        (f"NUL\x00 {GERMAN * 5}", "utf-8"),
    ],
)
def test_text_with_odd_signs_is_text(text: str, codec: str) -> None:
    body = page(text, codec)
    assert not is_binary(body, decode(body, ""))


def test_byte_order_mark_before_text_of_another_kind_is_not_believed() -> None:
    assert decode(b"\xff\xfe" + page(GERMAN, "utf-8"), "").text.endswith("</html>")


@pytest.mark.shared
@pytest.mark.slow
def test_bodies_of_the_crawl_are_read_in_thirty_encodings(data: Path) -> None:
    found = Counter[tuple[str, bool]]()
    for kind, right in reencoded(data, 20_000):
        found[kind, right] += 1
    named, told = (
        found[kind, True] / (found[kind, True] + found[kind, False]) for kind in ("named", "told")
    )
    assert found["named", True] > 5_000
    assert found["told", True] > 1_500
    assert named >= 0.99
    assert told >= 0.90
