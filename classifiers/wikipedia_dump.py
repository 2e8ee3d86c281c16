"""The two files of a Wikipedia dump that name outside pages, as streams of (page id, URL, cited).

`pages-articles` XML holds wikitext: links inside reference tags and citation templates are cited,
the others linked. The `externallinks` table holds every link after templates were expanded, without
context. SQL is parsed, never executed, and its columns are read from the file, because they changed
with MediaWiki 1.41 (https://www.mediawiki.org/wiki/Manual:Externallinks_table).
"""

import bz2
import gzip
import re
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple, cast

from pipeline import files
from pipeline.errors import UsageError


class Link(NamedTuple):
    """An outside link of an article; `cited` when it stands in a reference or a citation."""

    page: int
    url: str
    cited: bool


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<nowiki>.*?(?:</nowiki>|\Z)", re.DOTALL)
_MARK = re.compile(r"<ref\b([^<>]*)>|(</ref\s*>)|(\{\{)|(\}\})", re.IGNORECASE)
_CITATION = re.compile(
    r"\s*(?:cite|citation|vcite|vancite|harvc|sfnref)\b(?!\s+needed)", re.IGNORECASE
)
# A link runs to a space, a bracket, a bar or a quote: in wikitext none of them may stand in it.
_LINK = re.compile(r"(?:\bhttps?:|(?<=\[))//[^\s\[\]{}|<>\"]+", re.IGNORECASE)
_ARCHIVE = re.compile(
    r"(?:https?:)?//(?:(?:web|wayback|www|liveweb)\.)?(?:archive\.org/(?:web/)?"
    r"|archive\.(?:today|is|ph|li|md|vn|fo)/(?:o/\w+/)?)(?:\d{4,14}(?:\w\w_)?|\*)/(?P<inner>.+)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def unwrapped(url: str) -> str:
    """The page that a web archive's address stands for; other addresses as they are."""
    match = _ARCHIVE.match(url)
    if match is None:
        return url
    inner = match["inner"]
    # Servers fold the second slash, so the inner address may read http:/example.com.
    inner = re.sub(r"^(https?):/(?=[^/])", r"\1://", inner, flags=re.IGNORECASE)
    return inner if _SCHEME.match(inner) else "http://" + inner.lstrip("/")


def wikitext_links(text: str) -> Iterator[tuple[str, bool]]:
    """(URL, cited) of every link in wikitext, archives unwrapped, in linear time.

    Named references, references of many lines and citation templates outside of references count;
    links in comments do not.
    """
    text = _COMMENT.sub(" ", text)
    spans = _cited_spans(text)
    at = 0
    for match in _LINK.finditer(text):
        while at < len(spans) and spans[at][1] <= match.start():
            at += 1
        cited = at < len(spans) and spans[at][0] <= match.start()
        url = match.group().rstrip(".,;:!?'")
        yield unwrapped(url if url[:2] != "//" else "http:" + url), cited


def _cited_spans(text: str) -> list[tuple[int, int]]:
    """Disjoint spans of references and of outermost citation templates, in order."""
    found: list[tuple[int, int]] = []
    reference = -1  # where the open reference began
    templates: list[int] = []  # where open templates began, -1 for those that cite nothing
    for mark in _MARK.finditer(text):
        attributes, closing, opening, ending = mark.groups()
        if attributes is not None and not attributes.rstrip().endswith("/"):
            reference = mark.end()
        elif closing and reference >= 0:
            found.append((reference, mark.start()))
            reference = -1
        elif opening:
            templates.append(mark.end() if _CITATION.match(text, mark.end()) else -1)
        elif ending and templates and (start := templates.pop()) >= 0:
            found.append((start, mark.start()))
    return _merged(sorted(found))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def article_links(path: str) -> Iterator[Link]:
    """The links of all articles in a pages-articles XML file; UsageError where it is ill-formed."""
    try:
        with _opened(path) as file:
            for page, text in _articles(file):
                for url, cited in wikitext_links(text):
                    yield Link(page, url, cited)
    except (ET.ParseError, OSError, EOFError, zlib.error) as error:
        raise UsageError(
            f"{path} is no whole dump of articles ({error}); fetch it again"
        ) from error


def _articles(file: IO[bytes]) -> Iterator[tuple[int, str]]:
    """(page id, wikitext) of every page of namespace 0 that is no redirect."""
    steps = ET.iterparse(file, events=("start", "end"))  # nosec B314 # expat bounds entities
    root = next(steps)[1]
    for event, element in steps:
        if event == "end" and element.tag.endswith("}page"):
            inside = element.tag.removesuffix("page")
            if element.findtext(inside + "ns") == "0" and element.find(inside + "redirect") is None:
                page = int(element.findtext(inside + "id") or 0)
                yield page, element.findtext(f"{inside}revision/{inside}text") or ""
            root.clear()


_COLUMN = re.compile(rb"\s*`(\w+)`\s")
_INSERT = re.compile(rb"INSERT INTO `externallinks`\s*(?:\(([^)]*)\)\s*)?VALUES\s*", re.IGNORECASE)
_VALUE = rb"(-?\d+|NULL|'(?:[^'\\]++|\\.|'')*+')"
_ESCAPE = re.compile(rb"\\(.)|''", re.DOTALL)
_SPECIAL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"Z": b"\x1a"}


def table_links(path: str) -> Iterator[Link]:
    """The links of an externallinks SQL dump, old or new; UsageError where it is ill-formed."""
    try:
        with _opened(path) as file:
            for row in _rows(file, path):
                url = _row_url(row)
                if url:
                    yield Link(int(row[b"el_from"]), unwrapped(url), False)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path} is no whole SQL dump ({error}); fetch it again") from error


def _rows(file: IO[bytes], path: str) -> Iterator[dict[bytes, bytes]]:
    """The rows of all INSERT statements, values still quoted, by column name."""
    columns: list[bytes] = []
    inside = False  # a statement may put every row on a line of its own
    for line in file:
        at, stripped = 0, line.strip()
        if not inside and (insert := _INSERT.match(line)):
            inside, at = True, insert.end()
            names = re.findall(rb"\w+", insert[1]) if insert[1] else columns
            if b"el_from" not in names:
                raise UsageError(f"{path} does not name its columns; fetch the whole dump again")
            row = re.compile(
                rb"\(" + rb"\s*,\s*".join([_VALUE] * len(names)) + rb"\)\s*([,;]?)\s*", re.DOTALL
            )
        elif not inside:
            if column := _COLUMN.match(line):
                columns.append(column[1])
            continue
        while inside and at < len(line) and stripped:
            match = row.match(line, at)
            if match is None:
                raise UsageError(f"{path} has a row that cannot be read: {line[at : at + 60]!r}")
            yield dict(zip(names, match.groups(), strict=False))
            at, inside = match.end(), match[len(names) + 1] != b";"


def _row_url(row: dict[bytes, bytes]) -> str:
    """The URL of a row, "" for mail addresses and other schemes."""
    if b"el_to_domain_index" in row:
        address = domain_url(_unquoted(row[b"el_to_domain_index"]))
        url = address + _unquoted(row.get(b"el_to_path", b"NULL")) if address else ""
    else:
        url = _unquoted(row.get(b"el_to", b"NULL"))
    url = "http:" + url if url.startswith("//") else url
    return url if url[:7].lower() == "http://" or url[:8].lower() == "https://" else ""


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


def _unquoted(value: bytes) -> str:
    """A quoted SQL string as text; "" for NULL."""
    if value[:1] != b"'":
        return ""
    body = value[1:-1]
    if b"\\" in body or b"''" in body:
        body = _ESCAPE.sub(lambda m: _SPECIAL.get(m[1], m[1]) if m[1] else b"'", body)
    return body.decode("utf-8", "replace")


def _opened(path: str) -> IO[bytes]:
    """An open dump file, unpacked by the ending of its name."""
    file: IO[bytes] = files.open_read(path)
    if path.endswith(".bz2"):
        return bz2.BZ2File(file)
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if path.endswith(".gz") else file
