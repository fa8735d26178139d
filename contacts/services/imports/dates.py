"""Dates and times as people write them, in the order of the file and in two languages."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from contacts.values.times import impossible

ORDERS = ("dmy", "mdy", "ymd")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_DAY_NAME = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?[-/. ]+([^\W\d]+)\.?,?[-/. ]+(\d{4})")
_NAME_DAY = re.compile(r"([^\W\d]+)\.?[-/. ]+(\d{1,2})(?:st|nd|rd|th)?,?[-/. ]+(\d{4})")
_TIME = re.compile(
    r"(\d{1,2})[:hH](\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([aApP]\.?[mM]\.?)?"
    r"\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_SPLIT = re.compile(r"(?:\s+|(?<=\d)[Tt])(?=\d{1,2}[:hH]\d)")
_MONTHS = (
    ("jan", "january", "janv", "janvier"),
    ("feb", "february", "fév", "févr", "fevr", "février", "fevrier"),
    ("mar", "march", "mars"),
    ("apr", "april", "avr", "avril"),
    ("may", "mai"),
    ("jun", "june", "juin"),
    ("jul", "july", "juil", "juillet"),
    ("aug", "august", "août", "aout"),
    ("sep", "sept", "september", "septembre"),
    ("oct", "october", "octobre"),
    ("nov", "november", "novembre"),
    ("dec", "december", "déc", "décembre", "decembre"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}


def read_date(text: str, order: str, today: date) -> date:
    """Read a date; a time behind it is left out.

    `ValueError` if it is none, `ValueProblem` if its month has no such day.
    """
    return _date(_SPLIT.split(text.strip(), maxsplit=1)[0], order, today)


def read_datetime(text: str, order: str, zone: ZoneInfo, today: date) -> datetime:
    """Read an instant; without an offset of its own it is one of the workspace's zone."""
    day, *rest = _SPLIT.split(text.strip(), maxsplit=1)
    moment, offset = _time(rest[0]) if rest else (time(), None)
    return datetime.combine(_date(day, order, today), moment, tzinfo=offset or zone)


def read_time(text: str) -> time:
    """Read a time of day: `14:30`, `14h30`, `2:30 PM`."""
    return _time(text.strip())[0]


def sniff_order(values: Iterable[str]) -> str:
    """Tell day-month from month-day by the values that can be read in one way only."""
    seen = {"dmy": 0, "mdy": 0}
    for value in values:
        found = _YEAR_LAST.match(value.strip())
        if not found:
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            seen["dmy"] += 1
        elif second > 12 >= first:
            seen["mdy"] += 1
    # Most of the world puts the day first.
    return "mdy" if seen["mdy"] > seen["dmy"] else "dmy"


def is_ambiguous(values: Iterable[str]) -> bool:
    """Say whether day and month could be exchanged in every one of these dates."""
    days = (_SPLIT.split(value.strip(), maxsplit=1)[0] for value in values)
    found = [found for day in days if (found := _YEAR_LAST.fullmatch(day))]
    pairs = {(int(one[1]), int(one[2])) for one in found if one[3] != "0000"}
    # What is no date in either way tells nothing of the others.
    pairs = {pair for pair in pairs if 1 <= min(pair) <= 12}
    return any(one != two for one, two in pairs) and all(max(pair) <= 12 for pair in pairs)


def _date(text: str, order: str, today: date) -> date:
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.fullmatch(text):
        return _numeric((found[1], found[2], found[3]), order, today)
    if found := _DAY_NAME.fullmatch(text):
        return _day(int(found[3]), _month(found[2]), int(found[1]))
    if found := _NAME_DAY.fullmatch(text):
        return _day(int(found[3]), _month(found[1]), int(found[2]))
    raise ValueError(text)


def _day(year: int, month: int, day: int) -> date:
    """Make a date; `ValueProblem` says which day a month lacks, where the month is sure."""
    if 1 <= month <= 12 and (problem := impossible(year, month, day)):
        raise problem
    return date(year, month, day)


def _numeric(parts: tuple[str, str, str], order: str, today: date) -> date:
    one, two, three = parts
    if order == "ymd" and len(three) == 2:
        return _day(_year(one.zfill(2), today), int(two), int(three))
    first, second, year = int(one), int(two), _year(three, today)
    month_first = second > 12 or (order == "mdy" and first <= 12)
    return _day(year, first, second) if month_first else _day(year, second, first)


def _year(text: str, today: date) -> int:
    """Two digits mean the century in which they lie no more than ten years ahead."""
    year = int(text)
    if len(text) == 4:
        return year
    year += today.year // 100 * 100
    return year if year <= today.year + 10 else year - 100


def _month(name: str) -> int:
    month = _MONTH.get(name.lower())
    if month is None:
        raise ValueError(name)
    return month


def _time(text: str) -> tuple[time, timezone | None]:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[5] or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    micro = int((found[4] or "0")[:6].ljust(6, "0"))
    return time(hour, minute, second, micro), _offset(found[6])


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return timezone(timedelta())
    hours, minutes = int(text[1:3]), int(text[-2:])
    moved = timedelta(hours=hours, minutes=minutes)
    return timezone(-moved if text[0] == "-" else moved)
