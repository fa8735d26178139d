"""Rows about people who were erased after their file came: nobody takes them in, or sees them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contacts.catalogue import catalogue
from contacts.models import Import
from contacts.services import forgotten_words
from contacts.services.identity import Identity, identity
from contacts.services.imports.ending import OPEN
from contacts.services.imports.objects import CONTACT, of
from contacts.services.imports.reading import Row
from contacts.services.known_by import SHORTEST
from contacts.values import ValueProblem, addresses
from contacts.values.phones import spellings
from kernel import preferences
from kernel.formulas import without_guard

# A file may be on its way up while somebody is erased.
KEPT = timedelta(days=1)
_ADDRESS = re.compile(r"[^\s,;:<>\"'()\[\]|]+@[^\s,;:<>\"'()\[\]|]+")
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_LONGEST_NUMBER = 60
# As rows of our own exports name somebody.
_ID = "id"


@dataclass(frozen=True)
class Erased:
    """Knows the rows of one import whose people were erased since its file came."""

    since: datetime
    # Whether the rows are people at all.
    people: bool
    identity: Identity
    region: str
    # Where a row has the address, and what else names one person only.
    email: int | None
    keys: Sequence[tuple[str, int]]

    @classmethod
    def of(cls, imported: Import, columns: Sequence[str], fields: Mapping[str, str]) -> "Erased":
        """Return who knows them where these columns become these fields."""
        place = {column: number for number, column in enumerate(columns)}
        mapped = {alias: place[column] for column, alias in fields.items() if column in place}
        who = identity(catalogue(held=True))
        keys = [(kind, mapped[kind]) for kind in (*who.kinds, _ID) if kind in mapped]
        return cls(
            imported.created_at,
            of(imported).key == CONTACT,
            who,
            preferences.get("contacts.phone_region"),
            mapped.get("email"),
            [one for one in keys if one[0] != "email"],
        )

    def anywhere(self) -> "Erased":
        """Return the same for rows of which nobody said what their columns are."""
        return replace(self, email=None, keys=())

    def there_are(self) -> bool:
        """Say whether anybody was erased since; mostly nobody was."""
        return self.people and forgotten_words.any_since(self.since)

    def among(self, rows: Sequence[Row]) -> list[int]:
        """Return the places of the rows that are about them."""
        if not self.there_are():
            return []
        words = [set(self._words(row)) for row in rows]
        gone = forgotten_words.among(set().union(*words), self.since)
        return [place for place, theirs in enumerate(words) if not gone.isdisjoint(theirs)]

    def without(self, rows: Sequence[Row]) -> list[Row]:
        """Return the other rows."""
        gone = set(self.among(rows))
        return [row for place, row in enumerate(rows) if place not in gone]

    def _words(self, row: Row) -> Iterator[str]:
        """Tell by what a row names its person.

        Its address decides: a number is shared by families. Where no column is said to hold it,
        or the row has none there, whatever address stands in it does.
        """
        for alias, place in self.keys:
            if cell := self._cell(row, place):
                yield f"{alias}:{self.identity.key(alias, cell)}"
        mail = "" if self.email is None else self._cell(row, self.email)
        found = _addresses(mail) or _addresses(" ".join(row.cells))
        yield from found
        if not found:
            for cell in row.cells:
                yield from self._numbers(cell)

    def _cell(self, row: Row, place: int) -> str:
        # A row that cannot be read has its text in one cell, whosever that is.
        whole = not row.problem and place < len(row.cells)
        return without_guard(row.cells[place].strip()) if whole else ""

    def _numbers(self, cell: str) -> Iterator[str]:
        if len(cell) <= _LONGEST_NUMBER and len(_NOT_A_DIGIT.sub("", cell)) >= SHORTEST:
            yield from map(forgotten_words.number, spellings(cell, self.region))


def _addresses(text: str) -> list[str]:
    """Return the address that a cell is, or those that stand in it, as they are compared."""
    if "@" not in text:
        return []
    try:
        return [addresses.email(text).lower()]
    except ValueProblem:
        return [_key(found.strip(".")) for found in _ADDRESS.findall(text)]


def _key(address: str) -> str:
    try:
        return addresses.email(address).lower()
    except ValueProblem:
        return address.lower()


def of_import(imported: Import) -> Erased:
    """Return who knows them, by the plan of an import."""
    return Erased.of(imported, imported.plan["columns"], imported.plan["fields"])


def clean(now: datetime) -> None:
    """Forget by what people are known who were erased before every file that is still here."""
    waiting = Import.objects.filter(state__in=(*OPEN, Import.State.DRAFT)).order_by("created_at")
    oldest = waiting.values_list("created_at", flat=True).first()
    before = now - KEPT
    forgotten_words.clean(min(before, oldest) if oldest else before)
