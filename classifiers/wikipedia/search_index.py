"""Links of CirrusSearch's dumps: JSON lines, a document of each page with its outside links.

Older dumps have a line before each document that says its number; in newer ones the document does.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from classifiers.wikipedia.summary import Link
from pipeline.errors import UsageError
from pipeline.keys.page_keys import unwrapped

_LINKS = b'"external_link"'


def index_links(lines: Iterable[bytes], path: str) -> Iterator[Link]:
    """The links of the articles (namespace 0). UsageError where a line of `path` is no JSON."""
    number = 0
    for line in lines:
        is_number = line[:9] == b'{"index":' and _LINKS not in line
        if not is_number and _LINKS not in line:
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(
                f"{path} has a line that is no JSON ({error}); fetch it again"
            ) from None
        if is_number:
            number = _whole(row["index"].get("_id"))
            continue
        if row.get("namespace", 0) == 0 and not row.get("redirect_target"):
            page = _whole(row.get("page_id")) or number
            yield from ((page, url, False) for url in _urls(row["external_link"]))


def _whole(value: Any) -> int:
    return int(value) if str(value).isdecimal() else 0


def _urls(found: Any) -> Iterator[str]:
    for url in found if isinstance(found, list) else ():
        if isinstance(url, str) and url[:2] == "//":
            url = "http:" + url
        if isinstance(url, str) and url[:4].lower() == "http":
            yield unwrapped(url)
