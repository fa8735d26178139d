"""What values of conditions on contacts are chosen from."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from babel import Locale
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.catalogue import catalogue
from contacts.models import Tag, Topic
from contacts.services.imports.objects import COMPANY
from contacts.services.origins import PLAIN, origins
from contacts.values.places import country_codes
from contacts.words import Channel, ConsentState, Purpose, Reason
from kernel import zone_names
from kernel.filters.choices import MOST, Choice, Question, among, find, offers
from kernel.subjects import names, visible

# What brings people, besides files and colleagues.
SOURCES = {
    "api": PLAIN["api"],
    "tracking": _lazy("an event that a system reported"),
    "sample": PLAIN["sample"],
}


@offers("country")
def _countries(question: Question) -> list[Choice]:
    return among(_names(_language(), "territories"), question)


@offers("locale")
def _locales(question: Question) -> list[Choice]:
    return among(_names(_language(), "languages"), question)


@offers("timezone")
def _zones(question: Question) -> list[Choice]:
    return among(((zone, zone.replace("_", " ")) for zone in zone_names.names()), question)


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


@offers("topic")
def _topics(question: Question) -> list[Choice]:
    return among(Topic.objects.order_by("name").values_list("pk", "name"), question)


@offers("contact_field")
def _fields(question: Question) -> list[Choice]:
    known = [(spec.alias, spec.name) for spec in catalogue().fields.values() if spec.writable]
    return among([*known, ("owner", _("Owner"))], question)


@offers("contact_source")
def _sources(question: Question) -> list[Choice]:
    """Find systems by name, else the files and colleagues that brought people."""
    told = among(SOURCES.items(), question)
    if question.user is None:
        wanted = [value for value in question.values or () if value not in SOURCES]
        return told + [Choice(key, one.words) for key, one in origins(wanted, None).items()]
    for kind in ("import", "user"):
        ids = {value.removeprefix(f"{kind}:") for value in question.values or ()}
        asked = replace(question, values=None if question.values is None else frozenset(ids))
        told += [replace(one, value=f"{kind}:{one.value}") for one in find(kind, asked)]
    return told


@offers("import")
def _imports(question: Question) -> list[Choice]:
    """Find files of people; those of companies have met nobody."""
    if question.user is None:
        return [Choice(str(pk), name) for pk, name in names("import", question.numbers()).items()]
    rows = visible("import", question.user).exclude(options__contains={"object": COMPANY})
    if question.values is not None:
        rows = rows.filter(pk__in=question.numbers())
    else:
        rows = rows.filter(name__icontains=question.text).order_by("-pk")[:MOST]
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
