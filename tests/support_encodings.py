"""Bodies of a crawl written in other encodings, with right, wrong and missing labels."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from support_archives import Read

from pipeline.ingest.charset.decoding import decode
from pipeline.recipe import Source

# Names of the standard, and Python's where they differ.
ENCODINGS = {
    **{name: name for name in (
        "utf-8", "utf-8-sig", "utf-16le", "utf-16be", "utf-16", "gbk", "gb18030", "big5",
        "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr", "iso-2022-kr", "koi8-r", "koi8-u",
        "ibm866", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9",
        "iso-8859-15", *(f"windows-125{at}" for at in range(8)),
    )},
    "macintosh": "mac_roman",
    "hz-gb-2312": "hz",
}  # fmt: skip
_TOLD = ("utf-8", "utf-16le", "utf-16be", "iso-2022-jp", "iso-2022-kr")
_MARKED = ("utf-8-sig", "utf-16")
_DECLARED = re.compile(r"<meta[^>]*charset[^>]*>|<\?xml[^>]*>", re.IGNORECASE)
_ODD = re.compile("[\x00\x0e\x0f\x1b\x80-\x9f\u200b\ufeff\ufffd]")


def crawl_texts(data: Path) -> list[str]:
    """The crawl's pages that state no encoding any more; those with odd characters are left out."""
    read = Read(Source(name="crawl", paths=("crawl/*.warc.gz",)), data)
    texts = (
        _DECLARED.sub("", page.html.decode()) for page in read.pages if len(page.html) < 100_000
    )
    return [text for text in texts if not _ODD.search(text)]


def reencoded(data: Path, count: int) -> Iterator[tuple[str, bool]]:
    """(kind, whether the body was read as it was written) of `count` responses.

    Of the kind "named" a mark, header or meta names the true encoding; of "told" a label is wrong,
    but the bytes are UTF-8, UTF-16, ISO-2022 or control characters under it; the rest is "other".
    """
    chance, texts = random.Random(20), crawl_texts(data)
    rich = [text for text in texts if len(text.encode("ascii", "ignore")) < len(text) - 20]
    made = 0
    while made < count:
        text = chance.choice(rich if made % 2 else texts)
        name = chance.choice(sorted(ENCODINGS))
        place = chance.choice(("header", "meta", "none"))
        true = name.removesuffix("-sig")
        label = true if chance.random() < 0.5 else chance.choice(sorted(ENCODINGS))
        if place == "meta":
            text = f'<meta charset="{label}">{text}'
        try:
            body = text.encode(ENCODINGS[name])
        except UnicodeEncodeError:
            continue
        if body.decode(ENCODINGS[name]) != text:  # no way back: a yen is a backslash
            continue
        made += 1
        header = f"text/html; charset={label}" if place == "header" else "text/html"
        yield _kind(name, true, label, place, body), decode(body, header).text == text


def _kind(name: str, true: str, label: str, place: str, body: bytes) -> str:
    if name in _MARKED or (place != "none" and label == true):
        return "named"
    if place == "none":
        return "other"
    return "told" if name in _TOLD or _holds_controls(body, label) else "other"


def _holds_controls(body: bytes, label: str) -> bool:
    latin = label.startswith(("iso-8859", "windows-125"))
    return latin and bool(re.search("[\x80-\x9f]", body.decode(ENCODINGS[label], "replace")))
