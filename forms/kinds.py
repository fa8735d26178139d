"""The kinds of fields a form is made of, and the words its authors write in several languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# Texts of a field or a form that visitors read. Each has a twin with an `s`, by language.
FIELD_WORDS = ("label", "help", "placeholder", "message", "text")
FORM_WORDS = ("title", "intro", "button", "thanks")


@dataclass(frozen=True)
class Kind:
    """One kind of field."""

    key: str
    label: Any
    icon: str
    # How its answer is checked: a type of contact fields; empty: it asks nothing.
    type: str = ""
    # Which group of the palette it stands in.
    group: str = "ask"
    # Whether there are options, limits of length or of size, a placeholder.
    options: bool = False
    limits: str = ""
    placeholder: bool = False
    # Which attributes of HTML help to fill it in.
    input: str = ""

    @property
    def asks(self) -> bool:
        """Whether it has an answer."""
        return bool(self.type)


_ALL = (
    Kind("email", _("Email"), "mail", "email", placeholder=True, input="email"),
    Kind("text", _("Short text"), "cursor-text", "text", limits="length", placeholder=True),
    Kind("textarea", _("Long text"), "align-left", "long_text", limits="length", placeholder=True),
    Kind("phone", _("Phone"), "phone", "phone", placeholder=True, input="tel"),
    Kind("number", _("Number"), "hash", "number", limits="size", placeholder=True, input="number"),
    Kind("url", _("Web address"), "link", "url", placeholder=True, input="url"),
    Kind("date", _("Date"), "calendar", "date", limits="date", input="date"),
    Kind("datetime", _("Date and time"), "clock", "datetime", input="datetime-local"),
    Kind("country", _("Country"), "world", "country", "choose"),
    Kind("select", _("Drop-down list"), "chevron-down", "select", "choose", options=True),
    Kind("radio", _("One of several"), "circle-check", "select", "choose", options=True),
    Kind("multiselect", _("Several of many"), "checks", "multiselect", "choose", options=True),
    Kind("checkbox", _("Yes or no"), "check", "boolean", "choose"),
    Kind("consent", _("Consent"), "shield", "boolean", "agree"),
    Kind("topics", _("Topics of emails"), "bell", "multiselect", "agree"),
    Kind("heading", _("Heading"), "heading", group="layout"),
    Kind("paragraph", _("Paragraph"), "align-left", group="layout"),
    Kind("html", _("HTML"), "code", group="layout"),
    Kind("page", _("New page"), "file", group="layout"),
    Kind("hidden", _("Hidden value"), "eye-off", "text", "layout"),
)
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in _ALL}
GROUPS = {
    "ask": _("Answers"),
    "choose": _("Choices"),
    "agree": _("Consent"),
    "layout": _("Layout"),
}


def kind_of(field: Mapping[str, Any]) -> Kind:
    """Return the kind of a field."""
    return KINDS[field["kind"]]


def word(thing: Mapping[str, Any], name: str) -> str:
    """Return a text of a field or form in the language in force, as far as it is written in it."""
    mine = thing.get(f"{name}s") or {}
    return str(mine.get((get_language() or "")[:2]) or thing.get(name) or "")


def option_word(option: Mapping[str, Any]) -> str:
    """Return what visitors read for an option; its value where nothing else is written."""
    return word(option, "label") or str(option["value"])


def label_of(field: Mapping[str, Any]) -> str:
    """Return what a field is called for colleagues and in messages."""
    return word(field, "label") or str(field.get("name") or kind_of(field).label)
