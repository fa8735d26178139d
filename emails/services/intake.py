"""Takes in what comes back, before anybody looks at it: stored once, whole or its beginning.

* store(raw, now, source=0, recipient="") -> bool     whether it is new here
"""

from datetime import datetime
from hashlib import sha256

from emails.models import ReturnedMail
from emails.returned.structure import LONGEST
from kernel.queues import hint_on_commit

QUEUE = "emails.returned"


def store(
    raw: bytes, now: datetime, *, source: int = 0, recipient: str = "", size: int = 0
) -> bool:
    """Store a message; `size` is that of the whole, where only its beginning was fetched."""
    kept = raw[:LONGEST]
    row = ReturnedMail(
        source_id=source,
        digest=sha256(kept).hexdigest(),
        raw=kept,
        size=max(size, len(raw)),
        recipient=recipient.replace("\0", "")[:320],
        received_at=now,
        due_at=now,
    )
    before = ReturnedMail.objects.filter(digest=row.digest).exists()
    if not before:
        # Two at once are told apart by the constraint.
        ReturnedMail.objects.bulk_create([row], ignore_conflicts=True)
        hint_on_commit(QUEUE)
    return not before
