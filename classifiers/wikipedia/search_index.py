"""Links of CirrusSearch's dumps: JSON lines, a document of each page with its outside links.

Older dumps have a line before each document that says its number; in newer ones the document does.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from classifiers.wikipedia.summary import Link
from pipeline.errors import UsageError

_LINKS = b'"external_link"'
_MOST_DIGITS = 18  # of a number of a page


def index_links(lines: Iterable[bytes], path: str) -> Iterator[Link]:
    """The links of the articles (namespace 0). UsageError where a line of `path` is no JSON."""
    number = 0
    for line in lines:
        is_number = line[:9] == b'{"index":' and _LINKS not in line
        if not is_number and _LINKS not in line:
            continue
        row = _object(line, path)
        if is_number:
            told = row["index"]
            number = _whole(told.get("_id")) if isinstance(told, dict) else 0
        elif row.get("namespace", 0) == 0 and not row.get("redirect_target"):
            page = _whole(row.get("page_id")) or number
            yield from ((page, url, False) for url in _urls(row.get("external_link")))


def _object(line: bytes, path: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        sentence = f"{path} has a line that is no JSON ({error}); fetch it again"
        raise UsageError(sentence) from None
    return row if isinstance(row, dict) else {}


def _whole(value: Any) -> int:
    told = str(value)
    return int(told) if told.isascii() and told.isdecimal() and len(told) < _MOST_DIGITS else 0


def _urls(found: Any) -> Iterator[str]:
    for url in found if isinstance(found, list) else ():
        if isinstance(url, str) and url[:2] == "//":
            url = "http:" + url
        if isinstance(url, str) and url[:4].lower() == "http":
            yield url
