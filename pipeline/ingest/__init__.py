"""Archives and other sources in, pages and documents out, every byte accounted for.

    window, members, frames   compressed files as a sequence of members, each with its byte range
    damage    where the next whole member or record begins after bad bytes
    warc      WARC, WET and ARC records, as bytes with headers and place
    http, sniff   a response taken apart: status, codings, the type that header and body agree on
    charset   bytes to text: header, BOM, meta, detection; repair of a wrong label
    pages     a record to a `Page`, a `Document` or a drop with its reason
    text_sources, common_crawl, index   the other formats
    wikipedia, dump, wikitext, cuts, templates   articles of Wikipedia
    remote, blocks, web, stores   open files wherever they lie
    sources   what a recipe names, as units of work; one unit read, as batches

The reader counts what it meets (`Batch.seen`) apart from what becomes of it. Responses, resources,
conversions, lines and damaged stretches are counted in, and each ends as exactly one record or one
drop.
"""

from typing import Literal, get_args

Reason = Literal[
    "http_status",  # not 200; detail: the code
    "not_html",  # neither header nor body is HTML; detail: the type
    "revisit",  # no body of its own; detail: the record that has it, where that is known
    "empty_body",  # no byte, or only white space, after decoding
    "truncated_body",  # WARC-Truncated, or fewer bytes than promised; detail: why
    "malformed_http",  # no status line or headers that can be read
    "bad_encoding",  # the content or transfer coding cannot be undone; detail: the coding
    "binary_body",  # declared as text, but the bytes are not
    "too_large",  # over max_html_bytes; detail: bytes
    "not_web",  # a record of another scheme (dns, ftp, metadata), or no address
    "duplicate_record",  # the same capture a second time in one unit
    "damaged_archive",  # bytes that no record can be read from; detail: how many
    "missing_record",  # the index names bytes that are not there; detail: how many
    "broken_line",  # a line or row that is no record; detail: its number
    "empty_text",  # a line, row or article without text
    "unreadable_markup",  # wikitext that its parser gives up on
    "redirect_page",  # a Wikipedia page that only points to another
    "not_an_article",  # a Wikipedia page outside the article namespace; detail: the namespace
]
REASONS: tuple[str, ...] = get_args(Reason)
