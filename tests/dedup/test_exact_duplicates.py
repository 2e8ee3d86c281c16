from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_in_memory import exact_decisions

from pipeline.dedup.decisions import apply_decisions
from pipeline.dedup.keys import keys_table
from pipeline.document import Document, Dropped, digest
from pipeline.recipe import DedupConfig

CONFIG = DedupConfig(site_lines=False, paragraphs=False)


def document(url: str, text: str, date: str = "", source: str = "crawl") -> Document:
    name = digest(source, url, date, text)
    return Document(id=name, url=url, source=source, text=text, date=date, site=url)


def decide(
    parts: list[list[Document]],
    config: DedupConfig = CONFIG,
    earlier: list[list[Document]] | None = None,
) -> list[Dropped]:
    tables = [keys_table(part) for part in parts]
    decisions = exact_decisions(tables, config, [keys_table(part) for part in earlier or []])
    dropped = []
    for part, table in zip(parts, decisions, strict=True):
        rows = sorted(part, key=lambda row: row.id)
        dropped += apply_decisions(rows, table, "exact").dropped
    return dropped


def test_the_same_record_in_two_parts_stays_in_the_first() -> None:
    page = document("http://a.org/", "one text")
    tables = [keys_table([page]), keys_table([page])]
    first, second = exact_decisions(tables, CONFIG)
    assert first.num_rows == 0
    assert second.to_pylist()[0]["reason"] == "duplicate_record"


def test_the_same_record_three_times_in_a_part_leaves_twice() -> None:
    page = document("http://a.org/", "one text")
    dropped = decide([[page, page, page]])
    assert [(row.reason, row.detail) for row in dropped] == [("duplicate_record", page.id)] * 2


def test_a_copied_record_that_is_a_duplicate_too_leaves_whole() -> None:
    page = document("http://a.org/", "one text", date="2020-01-01T00:00:00Z")
    newer = document("http://a.org/", "one newer text", date="2021-01-01T00:00:00Z")
    dropped = decide([[page, page, newer]])
    assert sorted(row.reason for row in dropped) == ["duplicate_record", "duplicate_url"]


def test_the_newest_capture_of_an_address_stays() -> None:
    old = document("http://www.a.org/x?utm_source=feed", "an old text", "2019-05-01T00:00:00Z")
    new = document("https://a.org/x/", "a new text", "2020-05-01T00:00:00Z")
    dropped = decide([[old], [new]])
    assert [(row.id, row.reason, row.detail) for row in dropped] == [
        (old.id, "duplicate_url", new.id)
    ]


def test_a_newer_stub_does_not_replace_an_article() -> None:
    article = document("http://a.org/x", "the whole long article " * 20, "2015-01-01T00:00:00Z")
    stub = document("http://a.org/x", "subscribe to read on", "2020-01-01T00:00:00Z")
    assert [row.id for row in decide([[article, stub]])] == [stub.id]


def test_one_text_at_two_addresses_stays_once() -> None:
    first = document("http://a.org/1", "The  Same\ntext")
    second = document("http://b.org/2", "the same text")
    dropped = decide([[first], [second]])
    assert [(row.id, row.reason, row.detail) for row in dropped] == [
        (second.id, "duplicate_text", first.id)
    ]


def test_documents_without_an_address_are_no_captures_of_one() -> None:
    books = [Document(digest(text), "", "books", text) for text in ("one book", "another book")]
    assert not decide([books])


def test_texts_that_differ_in_a_digit_both_stay() -> None:
    assert not decide(
        [[document("http://a.org/1", "room 1"), document("http://a.org/2", "room 2")]]
    )


def test_sources_apart_keep_a_copy_each() -> None:
    pages = [document("http://a.org/", "text", source=name) for name in ("one", "two")]
    assert len(decide([pages])) == 1
    assert not decide([pages], CONFIG.model_copy(update={"scope": "per_source"}))


def test_what_an_earlier_run_has_kept_removes_even_newer_captures() -> None:
    before = document("http://a.org/x", "an old text", "2019-05-01T00:00:00Z")
    new = document("http://a.org/x", "a new text", "2020-05-01T00:00:00Z")
    dropped = decide([[new]], earlier=[[before]])
    assert [(row.id, row.detail) for row in dropped] == [(new.id, before.id)]


@pytest.mark.parametrize(("key", "reason"), [("url", "duplicate_url"), ("exact", "duplicate_text")])
def test_a_pass_switched_off_drops_nothing(key: str, reason: str) -> None:
    pages = [
        document("http://a.org/", "text", "2020-01-01T00:00:00Z"),
        document("http://a.org/", "other text", "2021-01-01T00:00:00Z"),
        document("http://b.org/", "text"),
    ]
    reasons = {row.reason for row in decide([pages], CONFIG.model_copy(update={key: False}))}
    assert reasons == {"duplicate_url", "duplicate_text"} - {reason}


def test_empty_parts_give_empty_decisions() -> None:
    assert [table.num_rows for table in exact_decisions([keys_table([])] * 2, CONFIG)] == [0, 0]


@dataclass(frozen=True)
class Shape:
    url: int
    text: int
    date: int


SHAPES = st.lists(
    st.builds(Shape, st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), max_size=25
)


def page_of(shape: Shape) -> Document:
    date = f"202{shape.date}-01-01T00:00:00Z" if shape.date else ""
    return document(f"http://a.org/{shape.url}", "word " * 30 + f"number {shape.text}", date)


def naive(pages: list[Document]) -> set[str]:
    """The ids that stay, by the words of the rules."""
    left = {page.id: page for page in pages}.values()
    for key, order in (
        (lambda p: p.url, lambda p: (_newest(p), -len(p.text), p.id)),
        (lambda p: p.text, lambda p: (-len(p.text), _newest(p), p.id)),
    ):
        ordered = sorted(left, key=lambda p: (key(p), order(p)))  # type: ignore[no-untyped-call]
        left = [next(group) for _, group in groupby(ordered, key=key)]  # type: ignore[assignment]
    return {page.id for page in left}


def _newest(page: Document) -> int:
    return -int(page.date[:4] or 0)


@given(SHAPES, st.integers(1, 4))
def test_exact_decisions_equal_the_naive_ones_for_any_parts(
    shapes: list[Shape], count: int
) -> None:
    pages = [page_of(shape) for shape in shapes]
    parts = [pages[at::count] for at in range(count)]
    dropped = decide(parts)
    assert len(pages) - len(dropped) == len(naive(pages))
    leaving = {row.id for row in dropped if row.reason != "duplicate_record"}
    assert {page.id for page in pages} - leaving == naive(pages)


@given(SHAPES, st.randoms(use_true_random=False))
def test_exact_decisions_of_rows_in_another_order_are_the_same_bytes(
    shapes: list[Shape], chance: object
) -> None:
    pages = [page_of(shape) for shape in shapes]
    shuffled = sorted(pages, key=lambda _: chance.random())  # type: ignore[attr-defined]
    first = exact_decisions([keys_table(pages)], CONFIG)[0]
    second = exact_decisions([keys_table(shuffled)], CONFIG)[0]
    assert _bytes(first) == _bytes(second)


def _bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return bytes(sink.getvalue())


def test_keys_hold_no_threshold_and_sort_by_id() -> None:
    pages = [document(f"http://a.org/{at}", f"text {at}") for at in range(20)]
    table = keys_table(pages)
    high = table["id_hi"].to_numpy()
    assert len(high) == 20
    assert (np.sort(high) == high).all()


@pytest.mark.parametrize("url", ["N/A", "unknown", "#", "about:blank", "http://localhost/"])
def test_texts_that_share_what_is_no_address_are_no_duplicates(url: str) -> None:
    assert decide([[document(url, f"text {at}") for at in range(12)]]) == []


def test_texts_of_one_address_are_duplicates_with_a_scheme_or_without() -> None:
    rows = [document(url, url) for url in ("a.org/x", "http://www.a.org/x/")]
    assert [row.reason for row in decide([rows])] == ["duplicate_url"]


def test_captures_of_a_page_of_a_private_network_are_duplicates() -> None:
    rows = [
        replace(document("http://wiki/x", f"text {at}"), warc_file="a.warc", warc_offset=at)
        for at in range(2)
    ]
    assert [row.reason for row in decide([rows])] == ["duplicate_url"]


def test_of_copies_of_a_text_one_whose_address_names_its_language_stays() -> None:
    urls = ("https://a.org/ja-JP/x", "https://a.org/en/x", "https://a.org/de/x")
    rows = [
        replace(document(url, "Index of all", f"202{at}-01-01T00:00:00Z"), language="en")
        for at, url in enumerate(urls)
    ]
    assert {row.detail for row in decide([rows])} == {rows[1].id}
    same = [replace(row, language="") for row in rows]
    assert {row.detail for row in decide([same])} == {rows[2].id}  # all misplaced: the newest


def test_criteria_that_say_the_opposite_leave_room_for_another() -> None:
    rows = [document(f"http://{at}.org/", "one text" + " " * at) for at in range(3)]
    config = DedupConfig.model_validate(
        {"site_lines": False, "paragraphs": False, "survivor": ["newest", "oldest", "longest"]}
    )
    assert {row.detail for row in decide([rows], config)} == {rows[2].id}
