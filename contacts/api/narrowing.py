"""Which contacts a request is about: query parameters and filters, as querysets."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from contacts.catalogue import Catalogue
from contacts.models import Contact
from contacts.services.finding import matching
from kernel.filters.problems import FilterProblem
from kernel.permissions import Actor, Reach, narrow

# Parameters beside the fields.
BESIDE = ("tags", "owner", "stage")
_OPERATORS = {"number": "eq", "time": "eq", "boolean": "is", "date": "on", "datetime": "on"}


def by_query(
    rows: QuerySet[Contact], query: Mapping[str, str], fields: Catalogue, caller: Actor
) -> QuerySet[Contact]:
    """Keep the contacts whose fields have the values of the query."""
    tree = {"all": [_condition(alias, text, fields) for alias, text in query.items()]}
    try:
        return matching(rows, tree, caller)
    except FilterProblem as problem:
        names = list(query)
        raise FilterProblem(
            [{**fault, "field": _parameter(fault["field"], names)} for fault in problem.problems]
        ) from problem


def _condition(alias: str, text: str, fields: Catalogue) -> dict[str, Any]:
    spec = fields.get(alias)
    kind = spec.type if spec else alias
    value: Any = text
    if kind == "boolean":
        value = {"true": True, "false": False}.get(text, text)
    if kind in {"tags", "multiselect"}:
        return {"field": alias, "op": "has_any", "value": [text]}
    return {"field": alias, "op": _OPERATORS.get(kind, "is"), "value": value}


def _parameter(place: str, names: list[str]) -> str:
    """Return the parameter that `filter.all.2.value` came from."""
    parts = place.split(".")
    return names[int(parts[2])] if len(parts) > 2 and parts[2].isdigit() else place


def reachable(caller: Actor, verb: str) -> Callable[[Iterable[int]], set[int]] | None:
    """Return what keeps the contacts the caller may change; None when that is all."""
    if caller.reach("contacts", verb) is Reach.ALL:
        return None

    def allowed(contacts: Iterable[int]) -> set[int]:
        rows = narrow(Contact.objects.filter(pk__in=list(contacts)), caller, "contacts", verb)
        return set(rows.values_list("pk", flat=True))

    return allowed
