"""Dates of any kind as ISO 8601 text, "" for what is none.

A point of time whose zone is known is told in UTC, with a Z; of one that is not known nothing is
guessed. A number is a year, a date written without strokes, or the time since 1970 in the unit
that its size suggests.
"""

import math
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

_CLOCK = r"(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s?(z|utc|gmt|[+-]\d\d(?::?\d\d)?)?"
_DIGITS = re.compile(
    rf"(?P<year>\d{{4}})(?:(?P<stroke>[-/.]?)(?P<month>\d\d)(?:(?P=stroke)(?P<day>\d\d)"
    rf"(?:[t ]?{_CLOCK})?)?)?",
    re.ASCII | re.IGNORECASE,
)
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_WORDS = (  # of HTTP and mail, and of American prose
    rf"(?:[a-z]{{3,9}}, ?)?(?P<day>\d\d?)[ -]{_MONTH},?[ -](?P<year>\d{{4}})(?: {_CLOCK})?",
    rf"(?:[a-z]{{3,9}}, ?)?{_MONTH} (?P<day>\d\d?),? (?P<year>\d{{4}})(?:,? {_CLOCK})?",
)
_FORMS = (_DIGITS, *(re.compile(form, re.ASCII | re.IGNORECASE) for form in _WORDS))
_NUMBER = re.compile(r"-?\d{1,20}", re.ASCII)
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_LATEST = 2999  # the last year that bare digits are read as
_EARLIEST = 10**8  # seconds: a smaller number is none since 1970
_UNITS = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (10**21, 10**9))  # below; in a second
_EPOCH = datetime(1970, 1, 1)


def iso_date(value: object) -> str:
    """A date as it stands in a field: a text or a number. "" for anything else."""
    if isinstance(value, str):
        return _of_text(value.strip())
    if isinstance(value, float | Decimal):
        is_finite = value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
        return _of_number(int(value)) if is_finite else ""
    return _of_number(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def iso_time(ticks: int, per_second: int, zone: str = "") -> str:
    """The time since 1970 in ticks, to the second; `zone` is written behind it."""
    try:
        return (_EPOCH + timedelta(seconds=ticks // per_second)).isoformat() + zone
    except OverflowError:
        return ""


def iso_day(days: int) -> str:
    """The day that is so many days after 1970-01-01."""
    return iso_time(days * 86_400, 1)[:10]


def _of_number(number: int) -> str:
    if 1_000 <= number < 10**14:
        text = str(number)
        match = _DIGITS.fullmatch(text) if int(text[:4]) <= _LATEST else None
        found = _written(match) if match else ""
        if found:
            return found
    if abs(number) < _EARLIEST:
        return ""
    per_second = next((per for below, per in _UNITS if abs(number) < below), 0)
    return iso_time(number, per_second, "Z") if per_second else ""


def _of_text(text: str) -> str:
    if _is_written(text):
        return text
    if _NUMBER.fullmatch(text):
        return _of_number(int(text))
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            return _written(match)
    return ""


def _is_written(text: str) -> bool:
    """Whether a text is a point of time as `_written` tells them: what most rows have is cheap."""
    if len(text) != 20 or text[-1] != "Z" or not text.isascii():
        return False
    try:
        return datetime.fromisoformat(text[:-1]).isoformat() == text[:-1]
    except ValueError:
        return False


def _written(match: re.Match[str]) -> str:
    """The ISO form of what a pattern has found, as exact as it was; "" for no day of a calendar."""
    year, month, day = (match[name] for name in ("year", "month", "day"))
    if month and not month.isdigit():
        month = f"{_MONTHS.index(month.lower()) // 3 + 1:02}"
    hour, minute, second, zone = match.groups()[-4:]
    try:
        on = date(int(year), int(month or 1), int(day or 1))
        if hour is None:
            return "-".join(on.isoformat().split("-")[: 1 + bool(month) + bool(day)])
        at = datetime(on.year, on.month, on.day, int(hour), int(minute), int(second or 0))
        return (at - _offset(zone)).isoformat() + ("Z" if zone else "")
    except (ValueError, OverflowError):
        return ""


def _offset(zone: str | None) -> timedelta:
    """How far a zone is ahead of UTC."""
    digits = re.sub(r"\D", "", zone or "", flags=re.ASCII).ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -ahead if zone and zone.startswith("-") else ahead
