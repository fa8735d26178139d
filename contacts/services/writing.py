"""From values as clients send them to rows as the writer takes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue, catalogue
from contacts.values import ValueProblem, clean
from kernel.ids import read_id
from kernel.registry import Problem


def cleaned(
    values: Mapping[str, Any], fields: Catalogue | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """Check every value; return what can be written, and what was refused by alias.

    `fields` are those whoever reads now sees, unless they are given.
    """
    return Cleaner(fields or catalogue()).row(values)


class Cleaner:
    """Checks the values of many rows; who their owners are is looked up once each."""

    def __init__(self, fields: Catalogue) -> None:
        self.fields = fields
        self._users: dict[str, int | None] = {}

    def row(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
        """Check a row; return what can be written, and what was refused by alias."""
        row, problems = dict[str, Any](), list[Problem]()
        for alias, raw in values.items():
            try:
                row[alias] = self._owner(raw) if alias == "owner" else self._value(alias, raw)
            except ValueProblem as problem:
                problems.append(
                    {"field": str(alias), "code": problem.code, "message": problem.message}
                )
        return row, problems

    def _value(self, alias: str, raw: Any) -> Any:
        spec = self.fields.get(alias)
        if spec is None:
            raise ValueProblem("unknown_field", _("This field is not known."))
        if not spec.writable:
            raise ValueProblem("read_only", _("This field cannot be written."))
        return clean(spec, raw)

    def _owner(self, raw: Any) -> int | None:
        """Return the user an owner is given by: id, email, or full name."""
        if isinstance(raw, Mapping):
            raw = raw.get("id")
        if raw is None or raw == "":
            return None
        word = str(raw).strip()
        if isinstance(raw, str | int) and word not in self._users:
            self._users[word] = find_users([word]).get(word)
        number = self._users.get(word)
        if number is None:
            raise ValueProblem("not_found", _("There is no such user."))
        return number


def find_users(given: Iterable[str]) -> dict[str, int]:
    """Return the users that ids, emails or full names stand for; no name that two share."""
    users = get_user_model().objects.filter(is_active=True)
    found = {}
    for word in set(given):
        if number := read_id(word):
            matching = users.filter(pk=number)
        else:
            first, _space, last = word.partition(" ")
            named = Q(first_name__iexact=first, last_name__iexact=last.strip())
            matching = users.filter(Q(email__iexact=word) | named)
        ids = list(matching.values_list("pk", flat=True)[:2])
        if len(ids) == 1:
            found[word] = ids[0]
    return found
