"""From what someone sent to the value that is kept, type by type."""

from collections.abc import Callable
from typing import Any

import nh3
from django.utils.translation import gettext_noop as _

from contacts.catalogue import FieldSpec
from contacts.values import addresses, choices, numbers, phones, places, text, times
from contacts.values.problem import ValueProblem

Cleaner = Callable[[FieldSpec, Any], Any]
# `contact.attribution` holds fourteen digits, two of them behind the point.
_COLUMN_DIGITS = 12


def clean(spec: FieldSpec, raw: Any) -> Any:
    """Return the value to keep, None for no value; raise `ValueProblem` for what cannot be taken.

    Texts, dates, times and instants are kept as text, numbers as `Decimal`, several choices as a
    list in the order of the options.
    """
    if raw is None or raw == "":
        return None
    value = _CLEANERS[spec.type](spec, raw)
    return None if value == "" else value


def _number(spec: FieldSpec, raw: Any) -> Any:
    if isinstance(raw, str) and not raw.strip():
        return None
    widest = _COLUMN_DIGITS if spec.kept == "column" else numbers.WIDEST
    found = numbers.number(raw, spec.decimals, widest)
    if spec.least is not None and found < spec.least:
        words = _("A number from %(least)s is expected.")
        raise ValueProblem("too_small", words, {"least": spec.least})
    return found


def _unless_blank(check: Callable[[Any], Any]) -> Cleaner:
    return lambda _spec, raw: check(raw) if not isinstance(raw, str) or raw.strip() else None


def _plain(check: Callable[[Any], Any]) -> Cleaner:
    return lambda _spec, raw: check(raw)


_CLEANERS: dict[str, Cleaner] = {
    "text": _plain(text.line),
    "lookup": _plain(text.line),
    "region": _plain(text.line),
    "long_text": _plain(text.lines),
    # Shown as HTML to colleagues: script never gets as far as the table.
    "html": lambda _spec, raw: nh3.clean(text.lines(raw)),
    "email": _unless_blank(addresses.email),
    "url": _plain(addresses.url),
    "phone": _plain(phones.phone),
    "number": _number,
    "boolean": _unless_blank(numbers.boolean),
    "date": _unless_blank(times.day),
    "time": _unless_blank(times.time_of_day),
    "datetime": _unless_blank(times.instant),
    "select": lambda spec, raw: choices.choice(raw, spec.options),
    "multiselect": lambda spec, raw: choices.choices(raw, spec.options),
    "country": _plain(places.country),
    "locale": _plain(places.locale),
    "timezone": _plain(places.timezone),
}
