"""Where a column can go: the entries of the picker, and how they are called."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.backoffice.imports.choosing import BOUNCE, NEW, OPT_IN, SKIP
from contacts.catalogue import Catalogue, FieldSpec

_ICONS: Mapping[str, str] = {
    "email": "mail",
    "phone": "phone",
    "number": "hash",
    "date": "calendar",
    "datetime": "calendar-time",
    "time": "clock",
    "boolean": "toggle-left",
    "url": "link",
    "country": "world",
    "region": "map-pin",
    "locale": "language",
    "timezone": "clock",
    "select": "list",
    "multiselect": "list-check",
}


def icon_of(kind: str) -> str:
    """Return the icon of a type of field."""
    return _ICONS.get(kind, "text-size")


def label_of(spec: FieldSpec) -> str:
    """Return what a field is called in the language of who reads."""
    return str(spec.labels.get((get_language() or "en")[:2]) or spec.label)


def targets(known: Catalogue, *, may_create: bool) -> list[dict[str, Any]]:
    """Return the groups of the picker: first what is no field, then fields by kind."""
    custom = {spec.alias for spec in known.custom}
    specs = [spec for spec in known.fields.values() if spec.writable and spec.id is None]
    core = [spec for spec in specs if spec.kept != "attrs"]
    first = [_entry(SKIP, _("Do not import"), "circle-x")]
    if may_create:
        first.append(_entry(NEW, _("Create a new field"), "sparkles"))
    mine = sorted(
        (known.fields[alias] for alias in custom), key=lambda spec: label_of(spec).casefold()
    )
    groups = [
        {"label": "", "entries": first},
        {"label": _("Contact"), "entries": [_of(spec) for spec in core]},
        {"label": _("Your fields"), "entries": [_of(spec) for spec in mine]},
        {"label": _("Beside the fields"), "entries": beside()},
    ]
    return [group for group in groups if group["entries"]]


def beside() -> list[dict[str, str]]:
    """Return what a column can hold that is no field."""
    return [
        _entry("tags", _("Tags"), "tags"),
        _entry("owner", _("Owner"), "user-circle"),
        _entry("id", _("Id in Relais"), "id-badge-2"),
        _entry(OPT_IN, _("Who wants mail (opt-in)"), "shield-check"),
        _entry(BOUNCE, _("State of the address (bounces)"), "mail-x"),
    ]


def _of(spec: FieldSpec) -> dict[str, str]:
    return _entry(spec.alias, label_of(spec), icon_of(spec.type))


def _entry(value: str, label: str, icon: str) -> dict[str, str]:
    return {"value": value, "label": label, "icon": icon}
