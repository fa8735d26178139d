"""Which statement reads the chosen people or companies, with the columns asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.catalogue import FieldSpec, catalogue
from contacts.company_catalogue import SCORE
from contacts.models import Company, Contact
from contacts.services import company_records
from contacts.services.imports import companies_met
from contacts.services.searches import Search
from kernel import secrecy
from kernel.filing import CATEGORY, LABEL, within
from kernel.permissions import narrow, whose
from kernel.registry import ConfigProblem
from kernel.sources import Chosen, Column, Selected
from kernel.withholding import RESTRICTED

PEOPLE = """
FROM contact c
LEFT JOIN contact_state s ON s.contact_id = c.id
LEFT JOIN company co ON co.id = c.company_id
LEFT JOIN {users} u ON u.id = c.owner_id"""
# Whose processing is restricted is not handed on; their own data they get as ever.
ALLOWED = f"c.withheld IS DISTINCT FROM {RESTRICTED}"
COMPANIES = "FROM company c LEFT JOIN {users} u ON u.id = c.owner_id"
# A lone tag that holds a separator is followed by the one that is tried first.
TAGS = """(SELECT string_agg(t.name, ' | ' ORDER BY t.name_key)
  || CASE WHEN count(*) = 1 AND bool_or(t.name ~ '[,;|]') THEN ' |' ELSE '' END
 FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id WHERE ct.contact_id = c.id)"""
SEVERAL = """(SELECT string_agg(v.item, ' | ' ORDER BY v.place)
 FROM jsonb_array_elements_text({sql}) WITH ORDINALITY v(item, place))"""
HEADCOUNT = """((SELECT count(*) FROM contact p WHERE p.company_id = c.id{whose})
 + (SELECT count(*) FROM company_person l JOIN contact p ON p.id = l.contact_id
    WHERE l.company_id = c.id AND p.company_id IS DISTINCT FROM c.id{whose}))"""

ID = Column("id", _lazy("Id"), "number")
OWNER = Column("owner", _lazy("Owner"))
Expressions = Mapping[str, tuple[Column, str]]


def people_columns() -> dict[str, tuple[Column, str]]:
    """Return each column of contacts with its SQL: the id, every field, tags and owner."""
    fields = {spec.alias: (_column(spec), _value(spec)) for spec in catalogue().fields.values()}
    beside = {"tags": (Column("tags", _lazy("Tags")), TAGS), "owner": (OWNER, "u.email")}
    return {"id": (ID, "c.id"), **fields, **beside}


def company_columns(mine: int | None = None) -> dict[str, tuple[Column, str]]:
    """Return each column of companies with its SQL: id, name, their fields, owner, people.

    `mine` is whose people alone are counted.
    """
    specs = company_records.specs().values()
    return {
        "id": (ID, "c.id"),
        "name": (Column("name", _lazy("Name")), "c.name"),
        # A field of this alias wins.
        "people": (Column("people", _lazy("People"), "number"), headcount(mine)),
        **{spec.alias: (_column(spec), _value(spec)) for spec in specs},
        "score": (_column(SCORE), SCORE.sql),
        "owner": (OWNER, "u.email"),
        "created_at": (Column("created_at", _lazy("Created"), "datetime"), "c.created_at"),
        "updated_at": (Column("updated_at", _lazy("Changed"), "datetime"), "c.updated_at"),
    }


def headcount(mine: int | None) -> str:
    """Count the people of a company, of those a reader may see."""
    return HEADCOUNT.format(whose="" if mine is None else f" AND p.owner_id = {mine:d}")


def people(user: Any, chosen: Chosen) -> Selected:
    """Read the contacts that somebody chose, of those they may see, by id."""
    rows: QuerySet[Contact] = narrow(Contact.objects.all(), user, "contacts", "view")
    if chosen.ids is None:
        search = Search(**(chosen.search or {}))
        search.check(user)
        rows = search.over(rows)
    with secrecy.reading_for(user):
        known = people_columns()
    found = _selected(known, PEOPLE, _own(rows, user, chosen), chosen.columns, ALLOWED, ", c.id")
    return replace(found, numbered=True)


def companies(user: Any, chosen: Chosen) -> Selected:
    """Read the companies that somebody chose, of those they may see, by id."""
    rows: QuerySet[Company] = narrow(Company.objects.all(), user, "companies", "view")
    if chosen.ids is None:
        search = Search(**(chosen.search or {}))
        _check(search, user)
        rows = _searched(rows, search)
    known = company_columns(whose(user, "contacts"))
    return _selected(known, COMPANIES, _own(rows, user, chosen), chosen.columns)


def tables(joined: str) -> str:
    """Write the tables that are read, with the users' own."""
    return joined.format(users=get_user_model()._meta.db_table)


def named(rows: QuerySet[Company], text: str) -> QuerySet[Company]:
    """Keep the companies in whose name a text stands."""
    return rows.filter(name_key__contains=text.lower())


def _owned(rows: QuerySet[Company], owner: str) -> QuerySet[Company]:
    whose = {"owner__isnull": True} if owner == "none" else {"owner_id": int(owner)}
    return rows.filter(**whose)


# What a list of companies may ask beside how they are filed.
ASKED = {"owner": _owned, "import": companies_met.narrowed}


def _check(search: Search, user: Any) -> None:
    """Refuse what cannot be said of companies, and imports the user may not see."""
    beyond = set(search.answers) - {*ASKED, CATEGORY, LABEL}
    file = search.answers.get("import")
    if file is not None and companies_met.file_of(user, file) is None:
        beyond.add("import")
    if beyond or search.tree is not None:
        message = _("This list cannot be taken as a whole while it is narrowed so.")
        place = "filter" if search.tree is not None else min(beyond)
        raise ConfigProblem([{"field": place, "code": "unknown_filter", "message": message}])


def _searched(rows: QuerySet[Company], search: Search) -> QuerySet[Company]:
    for key, narrowed in ASKED.items():
        if key in search.answers:
            rows = narrowed(rows, search.answers[key])
    for sort in (CATEGORY, LABEL):
        if folder := search.answers.get(sort):
            rows = within(rows, "company", None if folder == "none" else int(folder), sort)
    return named(rows, search.text) if search.text else rows


def _own(rows: QuerySet[Any], user: Any, chosen: Chosen) -> QuerySet[Any]:
    if chosen.ids is not None:
        rows = rows.filter(pk__in=chosen.ids)
    return rows.filter(owner_id=user.pk) if chosen.only_own else rows


def _selected(
    known: Expressions,
    joined: str,
    rows: QuerySet[Any],
    keys: Sequence[str],
    also: str = "true",
    beside: str = "",
) -> Selected:
    wanted = [key for key in keys if key in known] or list(known)
    values = ", ".join(known[key][1] for key in wanted)
    condition, parameters = _among(rows)
    source = f"{tables(joined)} WHERE {also} AND {condition}"
    statement = f"SELECT {values}{beside} {source} ORDER BY c.id"
    return Selected(statement, parameters, [known[key][0] for key in wanted])


def _among(rows: QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    """Write the rows of a query as a condition on `c`."""
    if not rows.query.has_filters():
        return "true", ()
    try:
        sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "false", ()
    return f"c.id IN ({sql})", parameters


def _column(spec: FieldSpec) -> Column:
    return Column(spec.alias, spec.label, spec.type)


def _value(spec: FieldSpec) -> str:
    return SEVERAL.format(sql=spec.sql) if spec.type == "multiselect" else spec.sql
