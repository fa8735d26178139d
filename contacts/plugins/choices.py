"""What values of conditions on contacts are chosen from."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import get_language

from contacts.models import Tag
from contacts.values.places import country_codes
from contacts.words import Channel, ConsentState, Purpose, Reason
from kernel.filters.choices import MOST, Choice, Question, among, offers


@offers("country")
def _countries(question: Question) -> list[Choice]:
    return among(_names(_language(), "territories"), question)


@offers("locale")
def _locales(question: Question) -> list[Choice]:
    return among(_names(_language(), "languages"), question)


@offers("timezone")
def _zones(question: Question) -> list[Choice]:
    return among(((zone, zone.replace("_", " ")) for zone in available_timezones()), question)


@offers("tag_name")
def _tags(question: Question) -> Iterable[Choice]:
    if question.values is not None:
        return [Choice(value, value) for value in question.values]
    names = Tag.objects.filter(name__icontains=question.text).order_by("name_key")
    return [Choice(name, name) for name in names.values_list("name", flat=True)[:MOST]]


@offers("tag")
def _tags_by_id(question: Question) -> list[Choice]:
    rows = Tag.objects.order_by("name_key")
    if question.values is not None:
        rows = rows.filter(pk__in=question.numbers())
    else:
        rows = rows.filter(name__icontains=question.text)[:MOST]
    return [Choice(str(pk), name) for pk, name in rows.values_list("pk", "name")]


@offers("user")
def _users(question: Question) -> Iterator[Choice]:
    rows = get_user_model().objects.order_by("first_name", "last_name", "email")
    if question.values is not None:
        rows = rows.filter(pk__in=question.numbers())
    else:
        named = Q(first_name__icontains=question.text) | Q(last_name__icontains=question.text)
        rows = rows.filter(named | Q(email__icontains=question.text), is_active=True)[:MOST]
    return (Choice(str(user.pk), str(user)) for user in rows)


@offers("channel")
def _channels(question: Question) -> list[Choice]:
    return among(Channel.choices, question)


@offers("purpose")
def _purposes(question: Question) -> list[Choice]:
    return among(Purpose.choices, question)


@offers("consent_state")
def _states(question: Question) -> list[Choice]:
    return among(ConsentState.choices, question)


@offers("closing_reason")
def _reasons(question: Question) -> list[Choice]:
    return among(Reason.choices, question)


def _language() -> str:
    return (get_language() or "en")[:2]


@lru_cache(maxsize=8)
def _names(language: str, kind: str) -> tuple[tuple[str, str], ...]:
    names = getattr(Locale(language), kind)
    if kind == "territories":
        return tuple((code, names[code]) for code in country_codes() if code in names)
    return tuple((code.replace("_", "-"), name) for code, name in names.items())
