"""Contacts side by side, before they become one: where they differ, and how much would move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.catalogue import FieldSpec, catalogue
from contacts.services.merge import values_of
from kernel import contactdata

OWNER = FieldSpec("owner", "user", _("Owner"), "c.owner_id", kept="related")


@dataclass(frozen=True)
class Compared:
    """One field and its values; contacts without a value are left out."""

    spec: FieldSpec
    values: Mapping[int, Any]

    @property
    def differs(self) -> bool:
        """Say whether somebody must choose."""
        first = next(iter(self.values.values()))
        return any(value != first for value in self.values.values())

    @property
    def kept(self) -> int:
        """Return whose value stays where nobody chooses: the survivor's, else the next one's."""
        return int(next(iter(self.values)))


def compared(contacts: Sequence[int]) -> list[Compared]:
    """Return the fields in which any of these contacts, the survivor first, has a value."""
    known = values_of(contacts)
    fields = [spec for spec in catalogue().fields.values() if spec.writable]
    rows = [
        Compared(
            spec, {c: values[spec.alias] for c, values in known.items() if spec.alias in values}
        )
        for spec in (*fields, OWNER)
    ]
    return [row for row in rows if row.values]


def moving(contacts: Sequence[int]) -> list[tuple[str, int]]:
    """Return what these contacts have in other tables, by the name of its kind."""
    counted = [(str(label), number) for label, number in contactdata.counts(contacts)]
    return [(label, number) for label, number in counted if number]
