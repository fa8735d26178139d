"""Every field of a company, built-in and custom: all but the name are kept by alias in `attrs`.

Of the SQL here `c` is the company, as in exports; filters read it as `co`.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from contacts.catalogue import Catalogue, FieldSpec, expression, spec_of
from contacts.models.field import Field

NAME = FieldSpec("name", "text", _("Name"), "c.name", required=True, unique=True)
SCORE = FieldSpec("score", "number", _("Score"), "c.score", writable=False)


def _core(
    alias: str, kind: str, label: object, decimals: int = 0, least: int | None = None
) -> FieldSpec:
    sql = expression(alias, kind)
    return FieldSpec(alias, kind, label, sql, "attrs", decimals=decimals, least=least)


CORE: tuple[FieldSpec, ...] = (
    _core("address", "text", _("Address")),
    _core("city", "text", _("City")),
    _core("region", "region", _("Region")),
    _core("postcode", "text", _("Postcode")),
    _core("country", "country", _("Country")),
    _core("phone", "phone", _("Phone")),
    _core("website", "url", _("Website")),
    _core("email", "email", _("Email")),
    _core("employees", "number", _("Employees"), least=0),
    _core("revenue", "number", _("Annual revenue"), decimals=2),
    _core("industry", "text", _("Industry")),
)


def kept() -> dict[str, FieldSpec]:
    """Return what `attrs` holds by alias; a custom field that has an alias already keeps it."""
    rows = Field.objects.filter(object=Field.Object.COMPANY)
    return {spec.alias: spec for spec in (*CORE, *map(spec_of, rows))}


def companies() -> Catalogue:
    """Return every field of companies."""
    fields: Mapping[str, FieldSpec] = {"name": NAME, **kept(), "score": SCORE}
    return Catalogue(fields, tuple(spec for spec in fields.values() if spec.id is not None))
