"""Rows about people who were erased after their file came: nobody takes them in, or sees them."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from contacts.catalogue import whole
from contacts.models import Import, ImportReject
from contacts.services import forgotten_words
from contacts.services.identity import Identity, identity
from contacts.services.imports.convert import Converted
from contacts.services.imports.ending import OPEN
from contacts.services.imports.objects import CONTACT, of
from contacts.services.imports.resuming import resumable
from contacts.services.known_by import SHORTEST
from contacts.values import ValueProblem, addresses, normal
from contacts.values.phones import digits, international
from kernel import preferences

# A file may be on its way up while somebody is erased; and every night has its turn.
KEPT = timedelta(days=2)
_ADDRESS = re.compile(r"[^\s,;:<>\"()\[\]|@]+@[^\s,;:<>\"'()\[\]|@]+")
_LONGEST_NUMBER = 60
_AT_ONCE = 4_000
# As rows of our own exports name somebody.
_ID = "id"
R = TypeVar("R")


@dataclass(frozen=True)
class Erased:
    """Knows the rows of one import whose people were erased since its file came.

    A row is told by what it would write, as an import reads it: no cell says whose it is that
    nobody mapped, or that names an owner or a friend.
    """

    since: datetime
    # Whether the rows are people at all.
    people: bool
    identity: Identity
    phones: Collection[str]
    region: str

    @classmethod
    def of(cls, imported: Import) -> "Erased":
        """Return who knows the rows of an import."""
        fields = whole()
        return cls(
            imported.created_at,
            of(imported).key == CONTACT,
            identity(fields),
            [alias for alias, spec in fields.fields.items() if spec.type == "phone"],
            preferences.get("contacts.phone_region"),
        )

    def there_are(self) -> bool:
        """Say whether anybody was erased since; mostly nobody was."""
        return self.people and forgotten_words.any_since(self.since)

    def among(self, rows: Sequence[Converted]) -> set[int]:
        """Return the places of the rows that are about them."""
        return self._told(rows, self._words)

    def naming(self, rows: Sequence[Sequence[str]]) -> set[int]:
        """Return the places of the rows that name them in any cell, whoever the rows are about."""
        return self._told(rows, _named)

    def alone(self, rows: Sequence[Sequence[str]], unsaid: Sequence[int]) -> set[int]:
        """Return the places of the rows whose only address is theirs, in one of these cells."""

        def words(cells: Sequence[str]) -> set[str]:
            if len(_addresses(cells)) != 1:
                return set()
            return _addresses([cells[at] for at in unsaid if at < len(cells)])

        return self._told(rows, words)

    def _told(self, rows: Sequence[R], words_of: Callable[[R], Iterable[str]]) -> set[int]:
        if not self.there_are():
            return set()
        words = [set(words_of(row)) for row in rows]
        gone = forgotten_words.among(set().union(*words), self.since)
        return {place for place, theirs in enumerate(words) if not gone.isdisjoint(theirs)}

    def _words(self, row: Converted) -> set[str]:
        """Tell by what a row names its person: a number, which families share, comes last."""
        values = row.values
        found = {f"{kind}:{key}" for kind, key in self._keys(values) if kind != "email"}
        if values.get(_ID) is not None:
            found.add(f"{_ID}:{values[_ID]}")
        if mail := values.get("email"):
            found.add(normal("email", mail))
        return found or set(self._numbers(values))

    def _keys(self, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        given = {alias: value for alias, value in values.items() if value not in (None, "")}
        for kind, key in self.identity.keys(given).items():
            if key:
                yield kind, key

    def _numbers(self, values: Mapping[str, object]) -> Iterator[str]:
        for alias in self.phones:
            if written := values.get(alias):
                text = str(written)
                for number in {digits(text), digits(international(text, self.region))}:
                    yield forgotten_words.number(number)


def _named(cells: Sequence[str]) -> set[str]:
    """Return what names anybody in a row, as forgetting a person looks for it in refused rows."""
    numbers = (digits(cell) for cell in cells if len(cell) <= _LONGEST_NUMBER)
    long = {forgotten_words.number(number) for number in numbers if len(number) >= SHORTEST}
    return _addresses(cells) | long


def _addresses(cells: Sequence[str]) -> set[str]:
    text = " ".join(cells)
    return {_key(found) for found in _ADDRESS.findall(text)} if "@" in text else set()


def _key(written: str) -> str:
    address = written.strip(".'")
    try:
        return normal("email", addresses.email(address))
    except ValueProblem:
        return normal("email", address)


def forget_refused(imported: Import, beat: Callable[[], None]) -> None:
    """Delete the refused rows in which they are named; `beat` often.

    Forgetting a person deletes those there are; this is for those that were written since.
    """
    erased = Erased.of(imported)
    if not erased.there_are():
        return
    refused, last = ImportReject.objects.filter(import_id=imported.pk).order_by("line"), 0
    while part := refused.filter(line__gt=last).values_list("line", "cells")[:_AT_ONCE]:
        lines, cells = zip(*part, strict=True)
        refused.filter(line__in=[lines[place] for place in erased.naming(cells)]).delete()
        last = lines[-1]
        beat()


def clean(now: datetime) -> None:
    """Forget by what people are known who were erased before every file that is still here."""
    # Somebody may have been in the midst of being erased while an import ended.
    for ended in Import.objects.filter(finished_at__gte=now - KEPT):
        forget_refused(ended, lambda: None)
    waiting = Import.objects.filter(state__in=(*OPEN, Import.State.DRAFT))
    files = (waiting | resumable(now)).order_by("created_at")
    oldest = files.values_list("created_at", flat=True).first()
    before = now - KEPT
    forgotten_words.clean(min(before, oldest) if oldest else before)
