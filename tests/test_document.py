"""Identity and form of the records: ids that never change, tables that never depend on order."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arrow import (
    DOCUMENT_SCHEMA,
    DROPPED_SCHEMA,
    documents,
    documents_table,
    dropped_table,
)
from pipeline.document import (
    REDACTION_KINDS,
    Batch,
    Document,
    Dropped,
    Measured,
    Page,
    Unit,
    digest,
    drop,
    unit_hash,
)

PARTS = st.lists(st.one_of(st.text(max_size=8), st.binary(max_size=8)), max_size=4)
DOCUMENT = Document(
    id="0" * 32,
    url="https://one.example/",
    source="crawl",
    text="Grüße",
    record_id="<urn:uuid:1>",
    warc_file="one.warc.gz",
    warc_offset=17,
    redactions=(("email", 2), ("ipv4", 1)),
)


def as_bytes(parts: list[str | bytes]) -> list[bytes]:
    return [p if isinstance(p, bytes) else p.encode("utf-8", "surrogatepass") for p in parts]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), "cae66941d9efbd404e4d88758ea67670"),
        (("ab", "c"), "4826ed043ab3cdec576d8541fa5d5a80"),
        (("a", "bc"), "f14abc19c330e936bb9c8506d69bac9b"),
        (("é",), "b44c31f5b735bf217e1d8b92896a12ef"),
    ],
)
def test_digest_of_literal_parts_never_changes(parts: tuple[str, ...], expected: str) -> None:
    assert digest(*parts) == expected


@given(PARTS, PARTS)
def test_digest_is_equal_only_for_equal_parts(
    one: list[str | bytes], other: list[str | bytes]
) -> None:
    assert (digest(*one) == digest(*other)) == (as_bytes(one) == as_bytes(other))


@given(st.binary(max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_digest_tells_where_one_string_was_parted(data: bytes, at: int, to: int) -> None:
    at, to = min(at, len(data)), min(to, len(data))
    same = digest(data[:at], data[at:]) == digest(data[:to], data[to:])
    assert same == (at == to)


def test_digest_of_a_lone_surrogate_is_defined() -> None:
    assert digest("\ud800") != digest("?")


def test_unit_hash_of_a_literal_never_changes() -> None:
    assert unit_hash(1729, "page") == 0.4853319444120965


@given(st.integers(), st.text(max_size=10))
def test_unit_hash_lies_in_the_unit_interval(seed: int, part: str) -> None:
    assert 0 <= unit_hash(seed, part) < 1


def test_unit_hash_spreads_evenly() -> None:
    below = sum(unit_hash(7, str(number)) < 0.25 for number in range(4_000))
    assert 900 < below < 1_100


def test_unit_hash_of_another_seed_differs() -> None:
    assert unit_hash(1, "page") != unit_hash(2, "page")


def test_drop_carries_the_place_of_the_record() -> None:
    assert drop(DOCUMENT, "screen", "wrong_language", "de") == Dropped(
        id="0" * 32,
        url="https://one.example/",
        source="crawl",
        stage="screen",
        reason="wrong_language",
        detail="de",
        record_id="<urn:uuid:1>",
        warc_file="one.warc.gz",
        warc_offset=17,
    )


def test_drop_of_a_measured_document_is_that_of_the_document() -> None:
    measured = Measured(DOCUMENT, words=("grüße",), columns={})
    assert drop(measured, "quality", "few") == drop(DOCUMENT, "quality", "few")


def test_drop_of_a_page_has_no_detail_by_default() -> None:
    assert drop(Page(id="1", url="", source="", html=b""), "extract", "empty").detail == ""


def test_documents_come_back_from_their_table_as_they_were() -> None:
    other = replace(DOCUMENT, id="1" * 32, redactions=(), has_math=True, language_score=0.5)
    assert documents(documents_table([other, DOCUMENT])) == [DOCUMENT, other]


def test_redactions_are_columns_of_integers_one_for_each_kind() -> None:
    table = documents_table([replace(DOCUMENT, id="1" * 32, redactions=()), DOCUMENT])
    names = [f"redacted_{kind}" for kind in REDACTION_KINDS]
    expected = {name: [0, 0] for name in names}
    expected |= {"redacted_email": [2, 0], "redacted_ipv4": [1, 0]}
    assert {name: table[name].to_pylist() for name in names} == expected
    assert {table.schema.field(name).type for name in names} == {pa.int32()}


def test_nothing_was_counted_of_a_kind_that_a_table_does_not_know() -> None:
    table = documents_table([DOCUMENT])
    assert documents(table.drop_columns(["redacted_ipv4"])) == [
        replace(DOCUMENT, redactions=(("email", 2),))
    ]
    none = table.drop_columns([name for name in table.column_names if "redacted" in name])
    assert documents(none) == [replace(DOCUMENT, redactions=())]


def test_no_redaction_is_lost_for_want_of_a_column() -> None:
    with pytest.raises(KeyError, match="name"):
        documents_table([replace(DOCUMENT, redactions=(("name", 1),))])


def test_every_column_is_a_plain_value() -> None:
    types = {field.type for field in [*DOCUMENT_SCHEMA, *DROPPED_SCHEMA]}
    assert types == {pa.string(), pa.int64(), pa.int32(), pa.float64(), pa.bool_()}


@given(st.permutations(range(6)))
def test_documents_table_is_the_same_for_any_order(order: list[int]) -> None:
    rows = [replace(DOCUMENT, id=f"{number:032x}") for number in range(6)]
    assert documents_table([rows[i] for i in order]).equals(documents_table(rows))


@given(st.permutations(range(4)))
def test_dropped_table_is_the_same_for_any_order(order: list[int]) -> None:
    rows = [drop(DOCUMENT, "screen", "blocked_site", str(number)) for number in (1, 1, 2, 3)]
    assert dropped_table([rows[i] for i in order]).equals(dropped_table(rows))


def test_characters_count_code_points() -> None:
    assert documents_table([DOCUMENT])["characters"].to_pylist() == [5]


@pytest.mark.parametrize("table", [documents_table([]), dropped_table([])], ids=["kept", "dropped"])
def test_an_empty_table_has_all_columns(table: pa.Table) -> None:
    assert table.num_rows == 0
    assert table.schema in (DOCUMENT_SCHEMA, DROPPED_SCHEMA)


def test_no_column_may_be_null() -> None:
    assert not any(field.nullable for field in [*DOCUMENT_SCHEMA, *DROPPED_SCHEMA])


def test_part_is_named_by_unit_and_index() -> None:
    batch = Batch(Unit("crawl.one-0123456789ab", ("a",)), 7, last=True, records=())
    assert batch.part == "crawl.one-0123456789ab.007"
