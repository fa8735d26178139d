"""Changes which core fields name one contact only."""

from collections.abc import Sequence

from contacts.catalogue import catalogue
from contacts.services.fields import uniqueness
from contacts.services.identity import Identity, identity
from contacts.values import ValueProblem
from kernel import preferences


def change_kinds(before: Sequence[str], after: Sequence[str]) -> None:
    """Build the identifiers of new kinds, forget those of old ones; `ValueError` on duplicates."""
    fields = catalogue().fields
    region = preferences.get("contacts.phone_region")
    for kind in set(before) - set(after):
        uniqueness.end(kind)
    for kind in sorted(set(after) - set(before)):
        _begin(Identity({kind: fields[kind]}, region))


def change_region(_before: str, after: str) -> None:
    """Read the phone numbers that identify anew; `ValueError` when two become one."""
    for alias, spec in identity().kinds.items():
        if spec.type == "phone":
            _begin(Identity({alias: spec}, after))


def _begin(who: Identity) -> None:
    for alias, spec in who.kinds.items():
        try:
            uniqueness.begin(alias, spec.sql, who)
        except ValueProblem as problem:
            raise ValueError(problem.message) from problem
