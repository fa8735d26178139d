"""Every field of a contact, core and custom, with the one SQL spelling of its value.

Indexes and extended statistics match only the very expression the filters use, so that
expression is made here and nowhere else. Aliases: `c` = contact, `s` = contact_state,
`co` = company.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contacts import once_sensitive
from contacts.models.field import Field, FieldType
from contacts.words import Channel
from kernel import preferences, secrecy
from kernel.locks import FIELDS_LOCK, OF_CONTACTS

TEXTS = frozenset(
    {"text", "long_text", "html", "email", "phone", "url", "lookup", "select"}
    | {"country", "region", "locale", "timezone"}
)


@dataclass(frozen=True)
class FieldSpec:
    """One field: what it is called, what it holds, where its value is."""

    alias: str
    type: str
    label: Any
    # SQL of the value: text for texts, dates (ISO) and instants kept in attrs; numeric; boolean;
    # jsonb for several choices; timestamptz for instants kept in columns.
    sql: str
    # Where it is kept: `column`, `attrs`, `state`, or `related` (company, stage, owner, tags).
    kept: str = "column"
    writable: bool = True
    id: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Mapping[str, Any], ...] = ()
    required: bool = False
    unique: bool = False
    indexed: bool = False
    public: bool = False
    # Whether lists show it to whoever chose no columns.
    listed: bool = False
    # Whether only those see it whose role allows it.
    sensitive: bool = False
    group: str = ""
    help_text: str = ""
    default: Any = None
    decimals: int = 0
    # The smallest number there can be.
    least: int | None = None

    @property
    def name(self) -> str:
        """Return the label in the language in force."""
        return str(self.labels.get((get_language() or "")[:2]) or self.label)

    @property
    def read(self) -> str:
        """Return the name under which a change of this field is announced."""
        return f"state:{self.alias}" if self.kept == "state" else f"field:{self.alias}"

    @property
    def compared(self) -> str:
        """Return the expression that filters compare: what is indexed and has statistics."""
        return f"lower({self.sql})" if self.type in TEXTS else self.sql


def _core(alias: str, kind: str, label: Any, **more: Any) -> FieldSpec:
    return FieldSpec(alias=alias, type=kind, label=label, sql=f"c.{alias}", **more)


CORE: tuple[FieldSpec, ...] = (
    _core("email", "email", _("Email")),
    _core("title", "text", _("Title")),
    _core("first_name", "text", _("First name")),
    _core("last_name", "text", _("Last name")),
    _core("phone", "phone", _("Phone")),
    _core("mobile", "phone", _("Mobile")),
    _core("position", "text", _("Position")),
    FieldSpec("company", "text", _("Company"), "co.name", kept="related"),
    _core("address", "text", _("Address")),
    _core("city", "text", _("City")),
    _core("region", "region", _("Region")),
    _core("postcode", "text", _("Postcode")),
    _core("country", "country", _("Country")),
    _core("locale", "locale", _("Language")),
    _core("timezone", "timezone", _("Time zone")),
    _core("website", "url", _("Website")),
    _core("linkedin", "text", "LinkedIn"),
    _core("facebook", "text", "Facebook"),
    _core("x", "text", "X"),
    _core("instagram", "text", "Instagram"),
    _core("attribution", "number", _("Attribution"), decimals=2),
    _core(
        "preferred_channel",
        "select",
        _("Preferred channel"),
        options=tuple({"value": value, "label": label} for value, label in Channel.choices),
    ),
    FieldSpec("points", "number", _("Points"), "s.points", kept="state", writable=False),
    FieldSpec(
        "activity_rank", "number", _("Activity rank"), "s.activity_rank", "state", writable=False
    ),
    FieldSpec(
        "last_active_at", "datetime", _("Last active"), "s.last_active_at", "state", writable=False
    ),
    _core("created_at", "datetime", _("Created"), writable=False),
    _core("updated_at", "datetime", _("Updated"), writable=False),
)
# Words that no custom field may take: they mean something else in a flat contact.
RESERVED = frozenset(
    {spec.alias for spec in CORE}
    | {"id", "version", "owner", "stage", "tags", "do_not_contact", "consents", "scores"}
    | {"companies", "bounce", "attrs", "email_key", "merged_from", "state", "and", "or", "not"}
    | {"suppressed", "restriction", "restricted"}
    # Columns of files of rejected rows.
    | {"import_line", "import_reason"}
    # A way to look for duplicates, what is typed into the search box, and what filters ask
    # beside fields, up to the point. A test compares them with what these know.
    | {"name", "tag", "segment", "import", "is"}
    | {"consent", "interest", "pause", "tasks", "topic", "wishes"}
    # What stands for a value somebody may not see.
    | {"hidden"}
    | {"none", "true", "false", "all", "any", "filter", "sort", "limit", "cursor", "segments"}
)


def expression(alias: str, kind: str) -> str:
    """Return the SQL of a custom field's value; the alias is checked to be `[a-z][a-z0-9_]*`."""
    if kind == FieldType.NUMBER:
        return f"((c.attrs ->> '{alias}')::numeric)"
    if kind == FieldType.BOOLEAN:
        return f"((c.attrs ->> '{alias}')::boolean)"
    if kind == FieldType.MULTISELECT:
        return f"(c.attrs -> '{alias}')"
    return f"(c.attrs ->> '{alias}')"


@dataclass(frozen=True)
class Catalogue:
    """All fields of an object at one moment, by alias."""

    fields: Mapping[str, FieldSpec]
    custom: tuple[FieldSpec, ...]
    # Core fields that name one contact only in this workspace.
    unique: tuple[str, ...] = ()

    def get(self, alias: str) -> FieldSpec | None:
        """Return the field of this alias, or None."""
        return self.fields.get(alias)

    @cached_property
    def shown(self) -> "Catalogue":
        """Return it without what is sensitive; without any, itself."""
        custom = tuple(spec for spec in self.custom if not spec.sensitive)
        if custom == self.custom:
            return self
        fields = {alias: spec for alias, spec in self.fields.items() if not spec.sensitive}
        return Catalogue(fields, custom, self.unique)

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Return the aliases of custom fields."""
        return tuple(spec.alias for spec in self.custom)

    def called(self, alias: str) -> str:
        """Return what people call the field of an alias; of one that is gone, the alias."""
        spec = self.fields.get(alias)
        return spec.name if spec else str(BESIDE.get(alias, alias))


# What changes with a contact and is no field.
BESIDE = {"owner": _("Owner"), "tags": _("Tags"), "stage": _("Stage")}
_kept: dict[str, tuple[object, Catalogue]] = {}


STAMP = """SELECT count(*), max(updated_at), sum(version),
  (SELECT value::text FROM preference WHERE key = 'contacts.unique_kinds')
FROM field WHERE object = 'contact'"""
# In one round trip, yet each statement with its own snapshot: the second sees what the first
# waited for.
HOLD = f"SELECT pg_advisory_xact_lock_shared({FIELDS_LOCK}, {OF_CONTACTS}); {STAMP}"


def catalogue(*, held: bool = False) -> Catalogue:
    """Return the fields of contacts in force, for whoever reads now: not what is kept from them."""
    known = whole(held=held)
    return known.shown if secrecy.hides() else known


@secrecy.named_by
def hidden() -> frozenset[str]:
    """Return the aliases of what is kept from whoever reads now."""
    if not secrecy.hides():
        return frozenset()
    known = whole()
    # What a deleted field was asked for stands on in the trail, in versions and files.
    gone = once_sensitive.aliases() - known.fields.keys()
    return gone | {spec.alias for spec in known.custom if spec.sensitive}


def whole(*, held: bool = False) -> Catalogue:
    """Return all fields of contacts in force; one cheap query tells whether they changed.

    `held` keeps what identifies contacts as it is until the transaction ends: for their writers.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD if held else STAMP)
        stamp = (str(connection.settings_dict["NAME"]), *cursor.fetchone())
    kept = _kept.get("contact")
    if kept is None or kept[0] != stamp:
        kept = (stamp, _load(stamp[-1]))
        _kept["contact"] = kept
    return kept[1]


def _load(unique: str | None) -> Catalogue:
    custom = tuple(spec_of(row) for row in Field.objects.filter(object=Field.Object.CONTACT))
    chosen = tuple(preferences.of_text("contacts.unique_kinds", unique))
    return Catalogue({spec.alias: spec for spec in (*CORE, *custom)}, custom, chosen)


def spec_of(row: Field) -> FieldSpec:
    """Describe a custom field."""
    return FieldSpec(
        alias=row.alias,
        type=row.type,
        label=row.label,
        sql=expression(row.alias, row.type),
        kept="attrs",
        id=row.pk,
        labels=row.labels,
        options=tuple(row.options),
        required=row.required,
        unique=row.unique,
        indexed=row.indexed,
        public=row.public,
        listed=row.listed,
        sensitive=row.sensitive,
        group=row.group,
        help_text=row.help_text,
        default=row.default,
        decimals=row.decimals,
    )
