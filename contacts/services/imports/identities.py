"""Cells that name something of ours: a contact by its id, a user by id, address or name."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_noop as _

from contacts.values import ValueProblem
from kernel.ids import read_id
from kernel.registry import ConfigProblem


def id_reader() -> Callable[[str], int]:
    """Return what reads the id of a contact."""

    def read(raw: str) -> int:
        number = read_id(raw)
        if number is None:
            raise ValueProblem("invalid_id", _("This is not an id."))
        return number

    return read


def owner_reader() -> Callable[[str], int]:
    """Return what finds a user; there are few enough to know them all."""
    users: dict[str, set[int]] = {}
    for user in get_user_model().objects.filter(is_active=True):
        for name in (str(user.pk), user.email, str(user)):
            users.setdefault(name.casefold(), set()).add(user.pk)

    def read(raw: str) -> int:
        found = users.get(raw.strip().casefold(), set())
        if len(found) != 1:
            raise ValueProblem("unknown_owner", _("There is no such user, or more than one."))
        return next(iter(found))

    return read


def find_owner(named: int | str | None) -> int | None:
    """Return the user whom an import's settings name."""
    if named is None:
        return None
    try:
        return owner_reader()(str(named))
    except ValueProblem as problem:
        fault = {"field": "options.owner", "code": problem.code, "message": problem.message}
        raise ConfigProblem([fault]) from problem


IDENTITIES: dict[str, Callable[[], Callable[[str], Any]]] = {
    "id": id_reader,
    "owner": owner_reader,
}
