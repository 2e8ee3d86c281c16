"""Links of the `externallinks` table of a dump: SQL that is parsed, never executed.

The table holds every link of a page after templates were expanded, without context. Its columns are
read from the file: they changed with MediaWiki 1.41
(https://www.mediawiki.org/wiki/Manual:Externallinks_table).
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from classifiers.wikipedia.summary import Link
from pipeline.errors import UsageError

_COLUMN = re.compile(rb"\s*`(\w+)`\s")
_INSERT = re.compile(rb"INSERT INTO `externallinks`\s*(?:\(([^)]*)\)\s*)?VALUES\s*", re.IGNORECASE)
_ANY = rb"(?:-?\d++|NULL|'(?:[^'\\]++|\\.|'')*+')"
_GAP = rb"\s*+,\s*+"
_ESCAPE = re.compile(rb"\\(.)|''", re.DOTALL)
_SPECIAL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"Z": b"\x1a"}
_MOST_DIGITS = 18  # of a number of a page
_NEW, _OLD = (b"el_from", b"el_to_domain_index", b"el_to_path"), (b"el_from", b"el_to")


class Line(NamedTuple):
    """A line of a dump, and whether its rows are asked for: they may be another reader's."""

    text: bytes
    is_own: bool = True


def table_links(lines: Iterable[Line], path: str) -> Iterator[Link]:
    """The links of the lines of a table that are asked for. Raises UsageError where it is
    ill-formed, naming `path`.
    """
    columns: list[bytes] = []
    rows: _Rows | None = None
    line: Line | None = None
    for line in lines:
        insert = _INSERT.match(line.text)
        if insert:
            names = re.findall(rb"\w+", insert[1]) if insert[1] else columns
            rows = rows or _Rows.of(names, path)
        elif rows is None and (column := _COLUMN.match(line.text)):
            columns.append(column[1])
        if line.is_own and rows and (insert or line.text.lstrip()[:1] == b"("):
            yield from rows.links(line.text, insert.end() if insert else 0)
    if rows is None and not columns:
        raise UsageError(f"{path} holds no table of links; fetch it again")


class _Rows:
    """The rows of a statement: one pattern, made of the columns that the file names."""

    def __init__(self, pattern: re.Pattern[bytes], is_new: bool, path: str) -> None:
        self._pattern, self._is_new, self._path = pattern, is_new, path

    @classmethod
    def of(cls, names: list[bytes], path: str) -> "_Rows":
        wanted = _NEW if _NEW[1] in names else _OLD
        if not set(names).issuperset(wanted) or len(set(names)) < len(names):
            raise UsageError(f"{path} does not name its columns; fetch the whole dump again")
        values = [b"(?P<%s>%s)" % (name, _ANY) if name in wanted else _ANY for name in names]
        row = rb"\s*+\(" + _GAP.join(values) + rb"\)\s*+(?:[,;]\s*+|$)"
        return cls(re.compile(row, re.DOTALL), wanted is _NEW, path)

    def links(self, line: bytes, at: int) -> Iterator[Link]:
        """The links of the rows of a line from `at` on."""
        for match in self._pattern.finditer(line, at):
            if match.start() != at:
                break
            at = match.end()
            url = _new_url(*match.group(*_NEWS)) if self._is_new else _old_url(match["el_to"])
            page = match["el_from"]
            if url and len(page) < _MOST_DIGITS and page.isdigit():
                yield int(page), url, False
        if line[at:].strip():
            raise UsageError(f"{self._path} has a row that cannot be read: {line[at : at + 60]!r}")


_NEWS = ("el_to_domain_index", "el_to_path")


def _new_url(index: bytes, path: bytes) -> str:
    address = _address(index)
    return address + unquoted(path) if address else ""


def _old_url(value: bytes) -> str:
    url = unquoted(value)
    url = "http:" + url if url.startswith("//") else url
    return url if url[:7].lower() == "http://" or url[:8].lower() == "https://" else ""


@lru_cache(maxsize=1 << 16)
def _address(index: bytes) -> str:
    return domain_url(unquoted(index))


def domain_url(index: str) -> str:
    """`https://com.example.www.:8080` as `https://www.example.com:8080`; "" for other schemes.

    The form of the column since MediaWiki 1.41: labels reversed with a dot at the end, a port after
    it; `V4.` before an IPv4 address in its own order, `V6.` before the groups of an IPv6 address.
    """
    scheme, separator, rest = index.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return ""
    name, _, port = rest.partition(":")
    labels = name.rstrip(".").split(".")
    if labels[0] == "V4":
        host = ".".join(labels[1:])
    elif labels[0] == "V6":
        host = f"[{':'.join(labels[1:])}]"
    else:
        host = ".".join(reversed(labels))
    return f"{scheme}://{host}" + (f":{port}" if port else "")


def unquoted(value: bytes) -> str:
    """A quoted SQL string as text; "" for NULL."""
    if value[:1] != b"'":
        return ""
    body = value[1:-1]
    if b"\\" in body or b"''" in body:
        body = _ESCAPE.sub(lambda m: _SPECIAL.get(m[1], m[1]) if m[1] else b"'", body)
    return body.decode("utf-8", "replace")
