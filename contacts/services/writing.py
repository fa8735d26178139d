"""From a flat contact as clients send it to a row of cleaned values."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue, catalogue
from contacts.values import ValueProblem, clean
from kernel.registry import Problem


def cleaned(
    values: Mapping[str, Any], fields: Catalogue | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """Check every value; return what can be written and what was refused, by alias."""
    fields = fields or catalogue()
    row, problems = dict[str, Any](), list[Problem]()
    for alias, raw in values.items():
        try:
            row[alias] = _owner(raw) if alias == "owner" else _value(fields, alias, raw)
        except ValueProblem as problem:
            problems.append({"field": str(alias), "code": problem.code, "message": problem.message})
    return row, problems


def _value(fields: Catalogue, alias: str, raw: Any) -> Any:
    spec = fields.get(alias)
    if spec is None:
        raise ValueProblem("unknown_field", _("This field is not known."))
    if not spec.writable:
        raise ValueProblem("read_only", _("This field cannot be written."))
    return clean(spec, raw)


def _owner(raw: Any) -> int | None:
    """Return the user an owner is given by: id, email, or full name."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, Mapping):
        raw = raw.get("id")
    found = find_users([raw])
    if raw is None or str(raw) not in found:
        raise ValueProblem("not_found", _("There is no such user."))
    return found[str(raw)]


def find_users(given: list[Any]) -> dict[str, int]:
    """Return the users that ids, emails or full names stand for; no name that two share."""
    users = get_user_model().objects.filter(is_active=True)
    found = {}
    for word in {str(one).strip() for one in given if isinstance(one, str | int)}:
        if word.isascii() and word.isdigit() and len(word) < 19:
            matching = users.filter(pk=int(word))
        else:
            first, _space, last = word.partition(" ")
            named = Q(first_name__iexact=first, last_name__iexact=last.strip())
            matching = users.filter(Q(email__iexact=word) | named)
        ids = list(matching.values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            found[word] = ids[0]
    return found
