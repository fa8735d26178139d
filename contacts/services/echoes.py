"""What was being written for a contact while it was merged arrives late, and follows it.

A run of mails, an import's batch or a machine's hit may have read the loser before the merge and
be committed after it. So every app hands its rows over again, thrice within two hours.
"""

import time
from datetime import datetime

from django.db import OperationalError, connection, transaction

from contacts.models import Merge
from contacts.services.merge import ECHOES
from kernel.contactdata import Pairs, hand_over
from kernel.locks import LANES, by_lanes, collided, lock_contacts, wait_lanes

SLICE = 2_000
# Of few lanes, for while they are held nobody reacts to what happens there.
AT_ONCE = 100
# After so long other due work has its turn; what is left stays due.
TURN_SECONDS = 5.0
DUE = "SELECT EXISTS (SELECT 1 FROM merge WHERE echo_at <= %s)"
NEXT = "SELECT winner_id, loser_id FROM merge WHERE echo_at <= %s ORDER BY echo_at LIMIT %s"
LATER = """
UPDATE merge m SET echo_at = (
  SELECT min(m.at + wait) FROM unnest(%(waits)s::interval[]) wait WHERE m.at + wait > %(now)s)
WHERE loser_id = ANY(%(losers)s)"""


def due(now: datetime) -> bool:
    """Say whether it is time to look again for somebody."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [now])
        return bool(cursor.fetchone()[0])


def follow(now: datetime) -> bool:
    """Look again for merged contacts, some in each transaction; say whether there were any."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [now, SLICE])
        waiting: list[tuple[int, int]] = cursor.fetchall()
    end = time.monotonic() + TURN_SECONDS
    for part in by_lanes(waiting, AT_ONCE):
        try:
            _follow(part, now)
        except OperationalError as error:
            # Whoever was quicker goes on; its turn comes again.
            if not collided(error):
                raise
        if time.monotonic() > end:
            break
    return bool(waiting)


@transaction.atomic
def _follow(pairs: Pairs, now: datetime) -> None:
    wait_lanes({contact % LANES for pair in pairs for contact in pair})
    losers = [loser for _winner, loser in pairs]
    mine = Merge.objects.select_for_update(skip_locked=True).filter(
        loser_id__in=losers, echo_at__lte=now
    )
    rows = mine.order_by("loser_id").values_list("winner_id", "loser_id")
    # Others a worker has, or the survivor was merged in turn meanwhile: their turn comes again.
    held = sorted(set(pairs).intersection(rows), key=lambda pair: pair[1])
    there = set(lock_contacts(winner for winner, _loser in held))
    hand_over([pair for pair in held if pair[0] in there], now)
    followed = [loser for _winner, loser in held]
    with connection.cursor() as cursor:
        cursor.execute(LATER, {"waits": list(ECHOES), "now": now, "losers": followed})
