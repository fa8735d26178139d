"""From the value that is kept to what a person reads, in their language."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import get_timezone
from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.catalogue import FieldSpec
from contacts.values.addresses import readable
from kernel import clock, moments

Shower = Callable[[FieldSpec, Any, Locale, str], str]


def display(spec: FieldSpec, value: Any, language: str, zone: str = "UTC") -> str:
    """Write a value for a person; no value is an empty text."""
    if value is None or value in ("", []):
        return ""
    show = _SHOWERS.get(spec.type)
    return show(spec, value, moments.locale_of(language), zone) if show else str(value)


def _number(spec: FieldSpec, value: Any, locale: Locale, _zone: str) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return str(format_decimal(exact, locale=locale, decimal_quantization=False))


def _boolean(_spec: FieldSpec, value: Any, locale: Locale, _zone: str) -> str:
    with override(locale.language):
        return _("yes") if value else _("no")


def _day(_spec: FieldSpec, value: Any, locale: Locale, _zone: str) -> str:
    return moments.day(date.fromisoformat(str(value)), str(locale))


def _time(_spec: FieldSpec, value: Any, _locale: Locale, _zone: str) -> str:
    return moments.hour(time.fromisoformat(str(value)))


def _instant(_spec: FieldSpec, value: Any, locale: Locale, zone: str) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    here = clock.there(moment, get_timezone(zone)).replace(tzinfo=None)
    return moments.moment(here, str(locale))


def _country(_spec: FieldSpec, value: Any, locale: Locale, _zone: str) -> str:
    return str(locale.territories.get(str(value), value))


def _language(_spec: FieldSpec, value: Any, locale: Locale, _zone: str) -> str:
    try:
        return Locale.parse(str(value), sep="-").get_display_name(locale) or str(value)
    except (ValueError, UnknownLocaleError):
        return str(value)


def _choice(spec: FieldSpec, value: Any, locale: Locale, _zone: str) -> str:
    for option in spec.options:
        if option["value"] == value:
            labels = option.get("labels") or {}
            return str(labels.get(locale.language) or option.get("label") or value)
    return str(value)


def _choices(spec: FieldSpec, value: Any, locale: Locale, zone: str) -> str:
    return ", ".join(_choice(spec, item, locale, zone) for item in value)


_SHOWERS: dict[str, Shower] = {
    "number": _number,
    "boolean": _boolean,
    "date": _day,
    "time": _time,
    "datetime": _instant,
    "email": lambda _spec, value, _locale, _zone: readable(str(value)),
    "country": _country,
    "locale": _language,
    "select": _choice,
    "multiselect": _choices,
}
