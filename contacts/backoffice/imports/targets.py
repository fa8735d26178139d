"""Where a column can go: the entries of the picker, and how they are called."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.backoffice.imports.choosing import BOUNCE, NEW, OPT_IN, SKIP
from contacts.catalogue import Catalogue, FieldSpec
from contacts.company_catalogue import CORE
from contacts.services.imports import employers, standing
from contacts.services.imports.objects import COMPANY

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


STANDING = {
    standing.STAGE: (_lazy("Stage"), "stairs-up"),
    standing.POINTS: (_lazy("Points of new contacts"), "target-arrow"),
}
OF_COMPANIES = frozenset(spec.alias for spec in CORE)


def icon_of(kind: str) -> str:
    """Return the icon of a type of field."""
    return _ICONS.get(kind, "text-size")


def targets(known: Catalogue, of: str, *, may_create: bool) -> list[dict[str, Any]]:
    """Return the groups of the picker: first what is no field, then fields by kind."""
    custom, companies = {spec.alias for spec in known.custom}, of == COMPANY
    core = [
        spec
        for spec in known.fields.values()
        # What is to be made has no number yet, and is no core field.
        if spec.writable and spec.id is None
        if spec.kept != "attrs" or (companies and spec.alias in OF_COMPANIES)
    ]
    first = [_entry(SKIP, _("Do not import"), "circle-x")]
    if may_create:
        first.append(_entry(NEW, _("Create a new field"), "sparkles"))
    mine = sorted((known.fields[alias] for alias in custom), key=lambda spec: spec.name.casefold())
    groups = [
        {"label": "", "entries": first},
        {
            "label": _("Company") if companies else _("Contact"),
            "entries": [_of(spec) for spec in core],
        },
        {"label": _("Your fields"), "entries": [_of(spec) for spec in mine]},
        {"label": _("Beside the fields"), "entries": beside(companies=companies)},
    ]
    return [group for group in groups if group["entries"]]


def beside(*, companies: bool = False) -> list[dict[str, str]]:
    """Return what a column can hold that is no field."""
    both = [
        _entry("owner", _("Owner"), "user-circle"),
        _entry("id", _("Id in Relais"), "id-badge-2"),
    ]
    if companies:
        return both
    return [
        _entry("tags", _("Tags"), "tags"),
        *both,
        *(_entry(name, *STANDING[name]) for name in standing.offered()),
        *(
            _entry(name, _("Company by %(field)s") % {"field": spec.name}, "building")
            for name, spec in employers.offered().items()
        ),
        _entry(OPT_IN, _("Who wants mail (opt-in)"), "shield-check"),
        _entry(BOUNCE, _("State of the address (bounces)"), "mail-x"),
    ]


def _of(spec: FieldSpec) -> dict[str, str]:
    return _entry(spec.alias, spec.name, icon_of(spec.type))


def _entry(value: str, label: Any, icon: str) -> dict[str, str]:
    return {"value": value, "label": str(label), "icon": icon}
