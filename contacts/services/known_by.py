"""What some people are known by: the words to look for when they are forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from contacts.values.phones import international
from kernel import preferences

# What they have, had before they were merged, and what nobody has any more since then.
WORDS = """
SELECT c.id, lower(btrim(c.first_name)), lower(btrim(c.last_name)),
  array_remove(c.email_key || ARRAY(
    SELECT f.value FROM former_identifier f WHERE f.contact_id = c.id AND f.kind = 'email'
    UNION SELECT lower(btrim(m.lost ->> 'email')) FROM merge m WHERE m.winner_id = c.id), NULL),
  array_remove(ARRAY[c.mobile] || ARRAY(
    SELECT m.lost ->> 'mobile' FROM merge m WHERE m.winner_id = c.id), NULL),
  array_remove(ARRAY[c.phone] || ARRAY(
    SELECT m.lost ->> 'phone' FROM merge m WHERE m.winner_id = c.id), NULL),
  ARRAY(SELECT m.loser_id FROM merge m WHERE m.winner_id = c.id ORDER BY 1),
  ARRAY(SELECT i.kind || ':' || i.value FROM identifier i
        WHERE i.contact_id = c.id AND i.kind <> 'email'
        UNION SELECT f.kind || ':' || f.value FROM former_identifier f
        WHERE f.contact_id = c.id AND f.kind <> 'email')
FROM contact c WHERE c.id = ANY(%s) ORDER BY c.id"""
# Fewer digits are no number of anybody in particular.
SHORTEST = 6


@dataclass(frozen=True)
class Person:
    """One of them."""

    contact: int
    first_name: str
    last_name: str
    emails: Sequence[str]
    # As they are dialled from abroad; and as anybody may have written them, digits alone.
    mobiles: Sequence[str]
    numbers: Sequence[str] = field(default=())
    # The numbers of the contacts that were merged into theirs.
    merged: Sequence[int] = field(default=())
    # What else is theirs alone in this workspace, or was: `kind:value`.
    keys: Sequence[str] = field(default=())

    @property
    def words(self) -> list[str]:
        """Return what names them alone."""
        return [*self.emails, *(number for number in self.mobiles if len(number) > SHORTEST)]


def people(contacts: Iterable[int]) -> list[Person]:
    """Return what contacts are known by; their rows are still there."""
    region = preferences.get("contacts.phone_region")
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [list(contacts)])
        return [_person(row, region) for row in cursor.fetchall()]


def _person(row: tuple[Any, ...], region: str) -> Person:
    contact, first, last, emails, mobiles, phones, merged, keys = row
    dialled = [international(number, region) for number in mobiles]
    written = [*mobiles, *phones, *dialled, *(international(phone, region) for phone in phones)]
    digits = {"".join(filter(str.isdigit, number)) for number in written}
    numbers = sorted(number for number in digits if len(number) >= SHORTEST)
    return Person(contact, first or "", last or "", emails, dialled, numbers, merged, keys)
