"""Whether somebody in a file was erased since it was read, whatever waited for whom."""

import zlib
from array import array
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from contacts.models import Erasure, Export

# An erasure bears the instant at which it began: no transaction takes longer than this.
SLACK = timedelta(minutes=5)
# Said in the language of whoever reads it.
WHY = gettext_noop("Somebody in this file was erased since, so the file is gone. Export again.")


def packed(contacts: "array[int]") -> bytes:
    """Return numbers of contacts as they are kept with an export."""
    return zlib.compress(contacts.tobytes(), 1)


def seen_before(now: datetime) -> int:
    """Count the erasures of the last moments that are known of, right before rows are read."""
    return Erasure.objects.filter(at__gte=now - SLACK, at__lt=now).count()


def forgotten_since(row: Export) -> bool:
    """Say whether somebody in the file was erased since its rows were read.

    Whoever was erased before is not in it, and nobody gets their number again: so those whose
    erasure began earlier need no telling apart. Of files from before that was kept, anybody counts.
    """
    since = row.read_at or row.created_at
    if row.people is None:
        return Erasure.objects.filter(at__gte=since).exists() or (
            seen_before(since) > row.erasures_seen
        )
    lately = Erasure.objects.filter(at__gte=since - SLACK)
    gone: set[int] = set()
    for contact, merged in lately.values_list("contact_id", "merged"):
        # Whom they had been before may stand in the file, too.
        gone.update((contact, *(merged or ())))
    if not gone:
        return False
    held: array[int] = array("q")
    held.frombytes(zlib.decompress(row.people))
    return not gone.isdisjoint(held)
