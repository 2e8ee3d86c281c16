"""The records that flow: pages, documents, drops, the units they come in; and their identity.

Every id is 32 hex digits of BLAKE2b-128 over the parts that make a record what it is, so it is the
same on every machine and in every run, and joins never depend on a row number.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import zip_longest
from typing import Any, NamedTuple

from pipeline.policy import SitePolicy

ID = re.compile("[0-9a-f]{32}")  # what `digest` gives


def digest(*parts: str | bytes) -> str:
    """32 hex digits over `parts`, length-prefixed so that ("ab", "c") differs from ("a", "bc")."""
    pieces: list[bytes] = []
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        pieces += (len(data).to_bytes(8, "little"), data)
    return blake2b(b"".join(pieces), digest_size=16).hexdigest()


def unit_hash(seed: int, *parts: str | bytes) -> float:
    """A keyed hash as a number in [0, 1): the only form of chance in the project."""
    return int(digest(str(seed), *parts)[:13], 16) / 16**13


# Response headers that say something of rights; the others are not needed after reading.
KEPT_HEADERS = ("x-robots-tag", "tdm-reservation", "content-signal", "link")

# Sorted; each is a column of the tables of documents.
REDACTION_KINDS = (
    "card", "crypto", "email", "iban", "ipv4", "ipv6", "national_id", "phone", "secret", "ssn",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML response, decoded, with the headers and the place it came from."""

    id: str
    url: str
    source: str
    html: bytes  # UTF-8, as parsers read it
    date: str = ""  # WARC-Date, ISO 8601
    record_id: str = ""
    warc_file: str = ""  # archive name without its folder
    warc_offset: int = -1
    warc_length: int = -1
    status: int = 200
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()  # those of KEPT_HEADERS, names in lower case
    charset: str = ""  # the WHATWG label that was used
    charset_source: str = ""  # bom | http | meta | detected | repaired | default
    rights: str = ""  # signals of licence and opt-out, once they have been read
    rights_source: str = ""  # where each was found: "cc-by:rel_license,noai:header+meta"


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a page, or of a line of a text source, and what has been found out about it."""

    id: str
    url: str
    source: str
    text: str
    site: str = ""  # registered domain (eTLD+1)
    date: str = ""
    record_id: str = ""
    warc_file: str = ""
    warc_offset: int = -1
    warc_length: int = -1
    status: int = 200
    charset: str = ""
    charset_source: str = ""
    title: str = ""
    page_type: str = ""  # article, forum, product, documentation, ... as far as the markup says
    language: str = ""  # ISO 639-1 where there is one
    language_score: float = 0.0
    has_math: bool = False
    has_code: bool = False
    has_table: bool = False
    page_share: float = 1.0  # of the page's words; 1 where but menus are left out, or unknown
    link_share: float = 0.0  # of the text's characters, under links
    rights: str = ""  # licence or opt-out signals
    rights_source: str = ""  # where each was found; "source" where the recipe declares it
    domain: str = ""  # topic; declared by the source until `classify` tags it
    redactions: tuple[tuple[str, int], ...] = ()  # (kind, count), sorted by kind

    @property
    def characters(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Dropped:
    """One record that leaves, at one stage, for one reason."""

    id: str
    url: str
    source: str
    stage: str
    reason: str  # snake_case name of the defect
    detail: str = ""  # a number, or another document's id
    record_id: str = ""
    warc_file: str = ""
    warc_offset: int = -1


@dataclass(frozen=True, slots=True)
class Measured:
    """A document with its words split once, and the columns that stages have put beside it."""

    document: Document
    words: Sequence[str]  # in lower case, in order
    columns: Mapping[str, Any]


SIGNED = ("signature", "least_shingles")  # columns that near-duplicates are found by


@dataclass(frozen=True, slots=True)
class Lost:
    """A measured document that leaves: its drop row, and the columns that stay."""

    row: Dropped
    measured: Measured


Record = Page | Document | Measured


def drop(record: Record, stage: str, reason: str, detail: str = "") -> Dropped:
    """The drop row of `record`."""
    record = record.document if isinstance(record, Measured) else record
    return Dropped(
        id=record.id,
        url=record.url,
        source=record.source,
        stage=stage,
        reason=reason,
        detail=detail,
        record_id=record.record_id,
        warc_file=record.warc_file,
        warc_offset=record.warc_offset,
    )


def by_single_id(documents: Iterable[Document]) -> dict[str, Document]:
    """The documents whose id no other of them has, by id."""
    found = list(documents)
    copies = Counter(document.id for document in found)
    return {document.id: document for document in found if copies[document.id] == 1}


class Checked(NamedTuple):
    """A file and the checksum of its bytes, "" where nobody has told it."""

    path: str
    checksum: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """What one worker does in one go: an archive, a range of it, or a part of the job before."""

    name: str  # the name of the parts that it makes: the same on every machine
    paths: tuple[str, ...]  # what it reads, in the order its job states
    bytes: int = 0  # its weight when units are dealt to workers
    start: int = 0  # byte range [start, stop) of the first path; stop None reads to the end
    stop: int | None = None
    source: str = ""  # name of the recipe's source
    number: int = 0  # its place among the units of its job, by which rows tell their part
    # Checksums of its paths; of an input its mark and its stamp, which names no unit.
    marks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def files(self) -> tuple[Checked, ...]:
        """The parts of jobs that it reads, with their checksums."""
        return tuple(map(Checked._make, zip_longest(self.paths, self.marks, fillvalue="")))

    @property
    def part(self) -> str:
        """The name of the only part of a unit that makes one."""
        return f"{self.name}.000"


@dataclass(frozen=True, slots=True)
class Batch:
    """The element of every per-document pipeline: some of a unit's records, and its drops.

    A unit makes one batch or more (index 0, 1, ...; the last one says so); each becomes one part.
    `seen` counts what the reader met, apart from what became of it.
    """

    unit: Unit
    index: int
    last: bool
    records: tuple[Record, ...]
    dropped: tuple[Dropped, ...] = ()
    seen: tuple[tuple[str, int], ...] = ()
    lost: tuple[Measured, ...] = ()  # dropped ones whose columns are kept
    policies: tuple[SitePolicy, ...] = ()  # met among the records
    read: str = ""  # in a unit's last batch: 32 hex digits of the bytes, or rows, that it has read

    @property
    def part(self) -> str:
        """The name of the part this batch becomes."""
        return f"{self.unit.name}.{self.index:03d}"
