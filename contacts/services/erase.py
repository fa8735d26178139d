"""Forgets people: figures stay, nothing that names them does."""

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from contacts.models import Merge
from contacts.services import forgotten_words
from contacts.services.erasure_ledger import noted
from contacts.services.known_by import Person, people
from contacts.services.leftovers import traces
from contacts.services.staying_closed import keep_closed
from kernel import clock, mentions
from kernel.contactdata import contact_data, forget, hand_over
from kernel.documents import dumps
from kernel.locks import LANES, lock_contacts, wait_lanes

REMEMBER = """
INSERT INTO erasure (contact_id, at, leftovers, words, merged, unwritten)
SELECT id, %s, nullif(leftovers, '')::jsonb, nullif(words, '')::jsonb,
       nullif(merged, '')::jsonb, unwritten::jsonb
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS gone(id, leftovers, words, merged, unwritten)
ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at, leftovers = excluded.leftovers,
  words = excluded.words, merged = excluded.merged, unwritten = excluded.unwritten"""

# Every file came later.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

logger = logging.getLogger(__name__)


def erase(contact: int, now: datetime) -> bool:
    """Erase a contact everywhere, in one transaction; False when there is none."""
    return bool(drop([contact], now))


def hold(contacts: Iterable[int]) -> list[int]:
    """Lock people who may go, as merges do: lanes, then contacts; return those there are.

    Whoever locks people before having them dropped locks them so.
    """
    wanted = sorted(set(contacts))
    # What is still under way for whom these people were before is theirs, too.
    wait_lanes({contact % LANES for contact in (*wanted, *_followed(wanted))})
    return lock_contacts(wanted)


@transaction.atomic
def drop(contacts: Iterable[int], now: datetime, *, may_return: bool = False) -> list[int]:
    """Erase contacts everywhere, in one transaction; return those there were.

    Where a channel was closed, a keyed hash of the address stays, so that it stays closed. Where
    people wrote an address into a filter or a draft, the erasure says so (`leftovers`); in the
    trail it is blotted out. Files that wait bring them back only where they `may_return`.
    """
    known = hold(contacts)
    if not known:
        return []
    gone = people(known)
    closed = keep_closed(gone, now)
    ledger = [dumps(noted(one, closed.get(one.contact, ()))) for one in gone]
    hand_over([(winner, loser) for loser, winner in _followed(known).items()], now)
    forget(known, now)
    mentions.blot(word for one in gone for word in one.words)
    left = _leftovers(gone)
    named = {one.contact for one, at in zip(gone, left, strict=True) if at}
    sought = [dumps(traces(one)) if at else "" for one, at in zip(gone, left, strict=True)]
    merged = [dumps(list(one.merged)) if one.merged else "" for one in gone]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE id = ANY(%s)", [known])
        cursor.execute(REMEMBER, [now, known, left, sought, merged, ledger])
    # The hour of its end: what came while others were waited for is older than the erasure.
    forgotten_words.remember(gone, named, LONG_AGO if may_return else clock.now())
    if len(known) == 1:
        logger.info("Contact %s was erased.", known[0])
    else:
        logger.info("%s contacts were erased.", len(known))
    return known


def _followed(contacts: Sequence[int]) -> dict[int, int]:
    """Return the merged whom it is still looked for, with the survivors among these."""
    rows = Merge.objects.filter(winner_id__in=contacts, echo_at__isnull=False)
    return dict(rows.order_by("pk").values_list("loser_id", "winner_id"))


def _leftovers(gone: Sequence[Person]) -> list[str]:
    """Return, person by person, where their own words still stand, as JSON; nowhere is empty."""
    found = mentions.of(word for person in gone for word in person.words)
    places = [
        sorted({(m.kind, m.number) for m in found if m.word in person.words}) for person in gone
    ]
    return [dumps(theirs) if theirs else "" for theirs in places]


def everything(contact: int) -> dict[str, Any]:
    """Return all that is known of a person, by the app that knows it."""
    return {kind.key: kind().export(contact) for kind in contact_data}
