"""Dates of every kind become ISO text, and what is no date becomes none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.rows import date_number
from pipeline.ingest.texts.dates import iso_date, iso_day, iso_time


@pytest.mark.parametrize(
    ("given", "date"),
    [
        ("1899", "1899"),
        ("1899-05", "1899-05"),
        (" 1899-05-06 ", "1899-05-06"),
        ("1899/05/06", "1899-05-06"),
        ("2020-05-06T01:02:03Z", "2020-05-06T01:02:03Z"),
        ("2020-05-06 01:02", "2020-05-06T01:02:00"),
        ("2020-05-06T01:02:03.123456789+02:00", "2020-05-05T23:02:03Z"),
        ("2020-05-06T01:02:03-0130", "2020-05-06T02:32:03Z"),
        ("20200506010203", "2020-05-06T01:02:03"),
        ("Thu, 01 Jan 2020 00:00:00 GMT", "2020-01-01T00:00:00Z"),
        ("5 January 2020", "2020-01-05"),
        ("Jan 5, 2020", "2020-01-05"),
        ("1577836800", "2020-01-01T00:00:00Z"),
    ],
)
def test_a_text_that_is_a_date_becomes_iso(given: str, date: str) -> None:
    assert iso_date(given) == date


@pytest.mark.parametrize(
    "given",
    ["", "N/A", "unknown", "1999-2000", "2020-02-30", "2020-13", "0000", "05/06/2020", "٢٠٢٠"],
)
def test_a_text_that_is_no_date_becomes_none(given: str) -> None:
    assert iso_date(given) == ""


@pytest.mark.parametrize(
    ("given", "date"),
    [
        (1899, "1899"),
        (2020.0, "2020"),
        (Decimal(2020), "2020"),
        (18990506, "1899-05-06"),
        (1577836800, "2020-01-01T00:00:00Z"),
        (1577836800_000, "2020-01-01T00:00:00Z"),
        (1577836800_000_000, "2020-01-01T00:00:00Z"),
        (1577836800_000_000_000, "2020-01-01T00:00:00Z"),
        (-1577836800, "1920-01-02T00:00:00Z"),
    ],
)
def test_a_number_is_a_year_a_day_or_the_time_since_1970(given: float, date: str) -> None:
    assert iso_date(given) == date


@pytest.mark.parametrize(
    "given", [0, -1, 77, True, None, float("nan"), float("inf"), 1e300, 10**400, [2020], {"a": 1}]
)
def test_a_value_that_is_no_date_becomes_none(given: object) -> None:
    assert iso_date(given) == ""


def test_time_before_1970_is_rounded_down_to_the_second() -> None:
    assert iso_time(-1, 1_000) == "1969-12-31T23:59:59"


def test_days_far_from_any_calendar_have_no_date() -> None:
    assert (iso_day(-1), iso_day(2**31 - 1), iso_time(2**63 - 1, 1)) == ("1969-12-31", "", "")


@given(st.text(max_size=30) | st.integers() | st.floats() | st.decimals())
def test_whatever_is_given_the_date_is_one_and_a_fixed_point(value: object) -> None:
    made = iso_date(value)
    assert iso_date(made) == made
    assert date_number(made) >= 0


@given(st.datetimes())
def test_iso_texts_are_kept_as_they_are(value: object) -> None:
    text = str(value)[:19].replace(" ", "T")
    assert iso_date(text) == text
