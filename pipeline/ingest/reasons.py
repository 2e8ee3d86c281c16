"""Why a record becomes nothing, and the row that says so of damaged bytes."""

from typing import Literal, get_args

from pipeline.document import Dropped, digest

Reason = Literal[
    "http_status",  # not 200; detail: the code
    "not_html",  # neither header nor body is HTML; detail: the type
    "revisit",  # no body of its own; detail: the record that has it, where that is known
    "empty_body",  # no byte, or only white space, after decoding
    "truncated_body",  # WARC-Truncated, or fewer bytes than promised; detail: why
    "malformed_http",  # no status line or headers that can be read
    "bad_encoding",  # the content or transfer coding cannot be undone; detail: the coding
    "binary_body",  # declared as text, but the bytes are not
    "too_large",  # over max_html_bytes, or too many tags in a dump's page; detail: how many
    "not_web",  # a record of another scheme (dns, ftp, metadata), or no address
    "duplicate_record",  # the same capture a second time in one unit
    "damaged_archive",  # bytes that no record can be read from; detail: how many, or a table's rows
    "missing_record",  # the index names bytes that are not there; detail: how many
    "broken_line",  # a line or row that is no record; detail: its number
    "empty_text",  # a line, row or article without text
    "unreadable_markup",  # a dump's page that is no XML, or wikitext that no parser makes sense of
    "redirect_page",  # a Wikipedia page that only points to another
    "not_an_article",  # a Wikipedia page outside the article namespace; detail: the namespace
]


REASONS: tuple[str, ...] = get_args(Reason)


def damage_row(offset: int, lost: int, archive: str, source: str) -> Dropped:
    """The drop row of a damaged stretch."""
    return Dropped(
        id=digest(archive, str(offset)),
        url="",
        source=source,
        stage="ingest",
        reason="damaged_archive",
        detail=str(lost),
        warc_file=archive,
        warc_offset=offset,
    )
