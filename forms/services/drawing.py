"""Prepares a form to be drawn: its pages and fields in the language in force, with what was sent.

The same for the hosted page, for other sites, and for the preview of the builder.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from contacts.models import Topic
from contacts.values.places import country_codes, folded
from forms.kinds import FIELD_WORDS, FORM_WORDS, kind_of, option_word, word
from forms.models import Form
from forms.services.judging import SEVERAL, Sent, missing

Json = dict[str, Any]
# What browsers fill in by themselves, by the field of contacts it goes to.
AUTOCOMPLETE = {
    "email": "email",
    "title": "honorific-prefix",
    "first_name": "given-name",
    "last_name": "family-name",
    "phone": "tel",
    "mobile": "tel",
    "position": "organization-title",
    "company": "organization",
    "address": "street-address",
    "city": "address-level2",
    "region": "address-level1",
    "postcode": "postal-code",
    "country": "country",
    "website": "url",
}
ACCENT, BACK = "#2657d9", "#f4f5f7"
DARK, LIGHT = "#161a22", "#ffffff"
ROUNDINGS = {"soft": "10px", "round": "22px", "square": "2px"}
FONTS = {
    "sans": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
    "serif": 'Charter, "Bitstream Charter", Cambria, Georgia, serif',
}


def languages(form: Form, content: Mapping[str, Any]) -> list[str]:
    """Return the languages a form is written in; its own first."""
    known = [code for code, _name in settings.LANGUAGES]
    found = {form.language, *_written(content, FORM_WORDS)}
    for one in content["fields"]:
        found |= {*_written(one, FIELD_WORDS)}
    return sorted(found & {*known}, key=lambda code: (code != form.language, known.index(code)))


def _written(thing: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    return {code for name in names for code in thing.get(f"{name}s", {})}


def drawn(
    content: Mapping[str, Any],
    sent: Sent | None = None,
    problems: Mapping[str, str] | None = None,
    asked: Mapping[str, str] | None = None,
) -> Json:
    """Return what templates draw: pages of fields, texts, and where the mistakes are.

    `sent` are answers to be shown again; `asked` what the address of the page says.
    """
    problems = problems or {}
    topics = _topics(content["fields"])
    pages: list[Json] = [{"fields": [], "title": ""}]
    for one in content["fields"]:
        if one["kind"] == "page":
            pages.append({"fields": [], "title": word(one, "label")})
            continue
        field = _field(one, sent, asked or {}, topics)
        field["problem"] = problems.get(one["id"], "")
        pages[-1]["fields"].append(field)
    fields = [field for page in pages for field in page["fields"]]
    return {
        "pages": [page for page in pages if page["fields"]] or pages[:1],
        "wrong": [field for field in fields if field["problem"]],
        "title": word(content, "title"),
        "intro": word(content, "intro"),
        "button": word(content, "button") or _("Send"),
        "plain": content["look"].get("frame") == "plain",
        "work": content["guard"].get("work", False),
    }


def _topics(fields: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    wanted = {topic for one in fields for topic in one.get("topics", [])}
    rows = Topic.objects.filter(pk__in=wanted) if wanted else ()
    return {str(topic.pk): topic.label for topic in rows}


def _field(
    one: Mapping[str, Any], sent: Sent | None, asked: Mapping[str, str], topics: Mapping[str, str]
) -> Json:
    kind = kind_of(one)
    name = one.get("name", "")
    values = _values(one, sent, asked)
    return {
        "id": one["id"],
        "kind": one["kind"],
        "name": name,
        "input": kind.input or "text",
        "label": word(one, "label"),
        "help": word(one, "help"),
        "placeholder": word(one, "placeholder"),
        "text": word(one, "text"),
        "required": bool(one.get("required")),
        "half": bool(one.get("half")) and kind.group not in {"agree", "layout"},
        "value": values[0] if values else "",
        "options": _choices(one, topics, values),
        "attributes": _attributes(one),
        "condition": json.dumps(one["show_if"]) if one.get("show_if") else "",
        "missing": word(one, "message") or missing(kind),
    }


def _values(one: Mapping[str, Any], sent: Sent | None, asked: Mapping[str, str]) -> list[str]:
    """Return what stands in a field: what was sent, else the address, else the default.

    Consent is never given beforehand.
    """
    kind = kind_of(one)
    if not kind.asks:
        return []
    name = one["name"]
    if sent is not None:
        return [str(value) for value in sent.getlist(name)]
    if kind.group == "agree":
        return []
    if one.get("from_address") and asked.get(name):
        given = asked[name][:500]
        return [part.strip() for part in given.split(",")] if one["kind"] in SEVERAL else [given]
    default = one.get("default", "")
    if one["kind"] in SEVERAL:
        return [part.strip() for part in default.split(",") if part.strip()]
    return [default] if default else []


def _choices(
    one: Mapping[str, Any], topics: Mapping[str, str], values: Sequence[str]
) -> list[tuple[str, str, bool]]:
    if one["kind"] == "country":
        pairs = _countries((get_language() or "en")[:2])
    elif one["kind"] == "topics":
        pairs = tuple((pk, topics[pk]) for pk in one.get("topics", []) if pk in topics)
    else:
        pairs = tuple((each["value"], option_word(each)) for each in one.get("options", []))
    chosen = set(values)
    return [(value, label, value in chosen) for value, label in pairs]


@lru_cache(maxsize=8)
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale(language).territories
    pairs = [(code, str(names[code])) for code in country_codes() if code in names]
    return tuple(sorted(pairs, key=lambda pair: folded(pair[1])))


def _attributes(one: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return limits and hints for browsers; the server checks all of it again."""
    kind = kind_of(one)
    found = {}
    names = {"length": ("minlength", "maxlength"), "size": ("min", "max"), "date": ("min", "max")}
    if kind.limits:
        for limit, name in zip(("least", "most"), names[kind.limits], strict=True):
            if one.get(limit):
                found[name] = one[limit]
    if one["kind"] == "number":
        found["step"] = "any"
    if hint := AUTOCOMPLETE.get(one.get("map", "")):
        found["autocomplete"] = hint
    return list(found.items())


def sheet(content: Mapping[str, Any]) -> str:
    """Return the colours and shapes of a form as a style sheet, of checked values."""
    look = content["look"]
    accent, back = look.get("colour", ACCENT), look.get("back", BACK)
    values = {
        "accent": accent,
        "on": LIGHT if contrast(accent, LIGHT) >= contrast(accent, DARK) else DARK,
        # Words in the accent's colour must be read on white.
        "ink": accent if contrast(accent, LIGHT) >= 4.5 else DARK,
        "back": back,
        "around": DARK if contrast(back, DARK) >= contrast(back, LIGHT) else LIGHT,
        "round": ROUNDINGS[look.get("corners", "soft")],
        "font": FONTS[look.get("font", "sans")],
    }
    return ":root,:host{" + ";".join(f"--rf-{name}:{value}" for name, value in values.items()) + "}"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(part * share for part, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def thanks(content: Mapping[str, Any], language: str) -> str:
    """Return what is said to who sent it."""
    with override(language):
        return word(content, "thanks") or _("Thank you! We have received your message.")
