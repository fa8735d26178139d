"""How values are written in the language of a message: numbers, money, dates, yes and no."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal
from django.utils.translation import gettext, override

from kernel import clock

MAX_PATTERN = 60
STYLES = frozenset({"short", "medium", "long", "full"})
_NAME_START = re.compile(r"(^|[\s\-(/.\"“«])(\w)|(['\u2019])(?=\w\w)(\w)")
# Only figures: %B would be English whatever the language, and %99999d a bomb.
_STRFTIME = re.compile(r"(%[dmYyHMSIjp%]|[^%])+")
_QUOTED = re.compile(r"'[^']*'")
_DAY_LETTERS = frozenset("yMLdE")
_LETTERS = frozenset("yMLdEahHkKms")
_DOTTED = str.maketrans({"i": "İ"})
_DOTLESS = str.maketrans({"İ": "i", "I": "\u0131"})


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """The locale of a language code, English where the code is unknown."""
    for code in (language, language.replace("-", "_").split("_")[0]):
        try:
            return Locale.parse(code.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            continue
    return Locale("en")


class Wording:
    """Writes values in one language and time zone; values a person has not filled are empty."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.locale = locale_of(language)
        self.zone = zone
        self.turkic = self.locale.language in ("tr", "az")
        symbols = self.locale.number_symbols["latn"]
        self._separators = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})
        grouping = self.locale.decimal_formats[None].grouping
        self._pattern = "#,##0" if grouping == (3, 3) else "#,##,##0"
        with override(str(self.locale)):
            self.yes, self.no = gettext("yes"), gettext("no")

    def text(self, value: Any) -> str:
        if type(value) is str:
            return value
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.yes if value else self.no
        if isinstance(value, int | float | Decimal):
            return self._plain_number(value)
        if isinstance(value, date | time):
            return self._moment(value, "medium")
        return self._compound(value)

    def _compound(self, value: Any) -> str:
        if isinstance(value, Mapping):
            return self._money(value)
        if isinstance(value, list | tuple | set | frozenset):
            # A list in a list is nothing a person would read.
            return ", ".join(self.text(item) for item in value if not isinstance(item, list))
        return "".join(str(value))

    def _plain_number(self, value: float | Decimal) -> str:
        if isinstance(value, int):
            return str(value)
        exact = Decimal(str(value))
        return f"{exact:f}".translate(self._separators) if exact.is_finite() else ""

    def _money(self, value: Mapping[str, Any]) -> str:
        amount, currency = self.decimal(value.get("amount")), value.get("currency")
        if amount is None or not isinstance(currency, str):
            return ""
        return format_currency(amount, currency, locale=self.locale)

    @staticmethod
    def decimal(value: Any) -> Decimal | None:
        if isinstance(value, Mapping):
            value = value.get("amount")
        if value is None or isinstance(value, bool):
            return None
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            return None
        return number if number.is_finite() and abs(number) < Decimal(10) ** 30 else None

    def number(self, value: Any, decimals: int = 0) -> str:
        """The number with this many decimals; what is no number stays as it is."""
        exact = self.decimal(value)
        if exact is None:
            return self.text(value)
        rounded = round(exact, decimals)
        if self._pattern == "#,##0":
            return f"{rounded:,.{decimals}f}".translate(self._separators)
        pattern = self._pattern + ("." + "0" * decimals if decimals else "")
        return format_decimal(rounded, pattern, locale=self.locale)

    def dated(self, value: Any, pattern: str = "medium") -> str:
        """The moment in a named style, a CLDR pattern (`d MMMM y`) or a strftime one (`%d/%m`)."""
        moment = _moment_of(value)
        return self.text(value) if moment is None else self._moment(moment, pattern)

    def _moment(self, moment: date | time, pattern: str) -> str:
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            moment = clock.there(moment, self.zone)
        return _written(moment, pattern, str(self.locale))

    def upper(self, value: Any) -> str:
        text = self.text(value)
        return (text.translate(_DOTTED) if self.turkic else text).upper()

    def lower(self, value: Any) -> str:
        text = self.text(value)
        return (text.translate(_DOTLESS) if self.turkic else text).lower()

    def title(self, value: Any) -> str:
        """Each word with a capital: JEAN-LUC d'arc becomes Jean-Luc D'Arc."""
        return _NAME_START.sub(
            lambda found: (found[1] or found[3] or "") + self.upper(found[2] or found[4]),
            self.lower(value),
        )


def _moment_of(value: Any) -> date | time | None:
    if isinstance(value, date | time):
        return value
    if not isinstance(value, str):
        return None
    for kind in (date, datetime, time):
        try:
            return kind.fromisoformat(value.strip())
        except ValueError:
            continue
    return None


@lru_cache(maxsize=4096)
def _written(moment: date | time, pattern: str, locale: str) -> str:
    if isinstance(moment, time) and _names_a_day(pattern):
        pattern = "short"
    if "%" in pattern:
        return moment.strftime(pattern)
    if isinstance(moment, time):
        return format_time(moment, pattern, locale=locale)
    if pattern in STYLES and not isinstance(moment, datetime):
        return format_date(moment, pattern, locale=locale)
    if not isinstance(moment, datetime):
        # A pattern with hours is allowed for a day: it is then midnight.
        moment = datetime.combine(moment, time())
    return format_datetime(moment, pattern, locale=locale, tzinfo=moment.tzinfo)


def _names_a_day(pattern: str) -> bool:
    """A time of day has no months to write."""
    if "%" in pattern:
        return bool(re.search("%[dmYyj]", pattern))
    return pattern not in STYLES and bool(_DAY_LETTERS & set(_QUOTED.sub("", pattern)))


def is_date_pattern(pattern: str) -> bool:
    """Whether `date(pattern)` means a date; `dd/mm/yyyy` (minutes) and `DD` (of year) do not."""
    if pattern in STYLES:
        return True
    if "%" in pattern:
        return len(pattern) <= MAX_PATTERN and bool(_STRFTIME.fullmatch(pattern))
    bare = _QUOTED.sub("", pattern)
    letters = set(re.findall(r"[a-zA-Z']", bare))
    if not letters or len(pattern) > MAX_PATTERN or not letters <= _LETTERS:
        return False
    return "m" not in letters or bool(letters & set("hHkK"))
