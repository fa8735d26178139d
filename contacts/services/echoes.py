"""What was being written for a contact while it was merged arrives late, and follows it.

A run of mails, an import's batch or a machine's hit may have read the loser before the merge and
be committed after it. So every app hands its rows over again, thrice within two hours.
"""

from datetime import datetime

from django.db import OperationalError, connection, transaction

from contacts.models import Merge
from contacts.services.merge import ECHOES
from kernel.contactdata import hand_over
from kernel.locks import LANES, collided, lock_contacts, wait_lanes

SLICE = 20
DUE = "SELECT EXISTS (SELECT 1 FROM merge WHERE echo_at <= %s)"
NEXT = "SELECT loser_id, winner_id FROM merge WHERE echo_at <= %s ORDER BY echo_at LIMIT %s"


def due(now: datetime) -> bool:
    """Say whether it is time to look again for somebody."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now])
        return bool(cursor.fetchone()[0])


def follow(now: datetime) -> bool:
    """Look again for some merged contacts, each in a transaction; say whether there were any."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [now, SLICE])
        waiting: list[tuple[int, int]] = cursor.fetchall()
    for loser, winner in waiting:
        try:
            _follow(loser, winner, now)
        except OperationalError as error:
            # Whoever was quicker goes on; its turn comes again.
            if not collided(error):
                raise
    return bool(waiting)


@transaction.atomic
def _follow(loser: int, winner: int, now: datetime) -> None:
    wait_lanes({winner % LANES, loser % LANES})
    mine = Merge.objects.select_for_update(skip_locked=True).filter(
        loser_id=loser, winner_id=winner, echo_at__lte=now
    )
    row = mine.first()
    # Another worker has it, or the survivor was merged in turn meanwhile: its turn comes again.
    if row is None:
        return
    if lock_contacts([winner]):
        hand_over(winner, loser, now)
    later = [row.at + wait for wait in ECHOES if row.at + wait > now]
    Merge.objects.filter(pk=loser).update(echo_at=min(later, default=None))
