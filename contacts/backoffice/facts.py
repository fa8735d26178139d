"""What the page of a contact tells in its left column: fields by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from backoffice.columns import NOTHING
from contacts.backoffice.cells import Flat
from contacts.catalogue import Catalogue, FieldSpec
from contacts.values.addresses import readable
from contacts.values.showing import display
from kernel import clock

# Shown even where nothing is known: what one looks for first.
ALWAYS = ("first_name", "last_name", "email", "mobile", "city", "country", "locale")
# What stands elsewhere on the page.
ELSEWHERE = frozenset(
    {"points", "activity_rank", "last_active_at", "company"} | {"created_at", "updated_at"}
)
SOON = 31
# Beyond so many fields of one's own, those without a value are not even folded.
FEW = 40
OWNER = "owner"
EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Fact:
    """A field as the page tells it; `writable` says that it may be edited where it stands."""

    alias: str
    label: Any
    value: Any
    writable: bool = True


@dataclass(frozen=True)
class Group:
    """Fields under a heading."""

    label: str
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Told:
    """Fields with a value by group, those to be unfolded, and how many are left out."""

    groups: Sequence[Group]
    folded: Sequence[Fact]
    left_out: int


def told(flat: Flat, fields: Catalogue, *, everything: bool) -> Told:
    """Sort the fields by group, the core ones that have a value.

    Those of one's own without a value are folded, and left out where there are many fields.
    """
    core = [
        fact_of(spec, flat)
        for spec in fields.fields.values()
        if spec.kept != "attrs"
        and spec.alias not in ELSEWHERE
        and (flat[spec.alias] or spec.alias in ALWAYS)
    ]
    found = [Group(_("Details"), [*core, owner_of(flat)])]
    shown = [spec for spec in fields.custom if everything or flat[spec.alias] not in EMPTY]
    by_group: dict[str, list[Fact]] = {}
    for spec in shown:
        by_group.setdefault(spec.group, []).append(fact_of(spec, flat))
    found += [Group(name or _("More"), facts) for name, facts in by_group.items()]
    if len(fields.custom) > FEW:
        return Told(found, [], len(fields.custom) - len(shown))
    known = {spec.alias for spec in shown}
    rest = [fact_of(spec, flat) for spec in fields.custom if spec.alias not in known]
    return Told(found, rest, 0)


def fact_of(spec: FieldSpec, flat: Flat) -> Fact:
    """Tell one field."""
    return Fact(spec.alias, spec.name, value_of(spec, flat), spec.writable)


def owner_of(flat: Flat) -> Fact:
    """Tell whose contact it is."""
    return Fact(OWNER, _("Owner"), flat["owner"]["name"] if flat["owner"] else NOTHING)


def value_of(spec: FieldSpec, flat: Flat) -> Any:
    """Write the value of a field, with a link where it leads somewhere."""
    value = flat[spec.alias]
    if value in EMPTY:
        return NOTHING
    zone = timezone.get_current_timezone_name()
    shown = display(spec, value, get_language() or "en", zone)
    if spec.type == "email":
        address = readable(str(value))
        return format_html('<a href="mailto:{}" title="{}">{}</a>', value, address, address)
    if spec.type == "url" and str(value).startswith(("http://", "https://")):
        link = '<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>'
        return format_html(link, value, value)
    if spec.type == "date":
        return format_html('{} <span class="look">{}</span>', shown, _near(str(value)))
    # Authors' HTML stays where a mail shows it; here its words are enough.
    return strip_tags(shown) if spec.type == "html" else shown


def _near(day: str) -> str:
    days = (date.fromisoformat(day) - timezone.localdate(clock.now())).days
    if not 0 <= days <= SOON:
        return ""
    return _("today") if not days else ngettext("in %(n)s d", "in %(n)s d", days) % {"n": days}
