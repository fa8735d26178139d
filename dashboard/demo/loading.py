"""Brings the sample: everything in one transaction, or nothing."""

from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db import transaction

from contacts.models import Contact
from dashboard.demo import files, history, journeys, letters, people, scores
from dashboard.demo.marking import OFFERED, guard, is_there, mark
from emails.models import Email
from points.services import when

# The same people at every load.
SEED = 20_261_122


def load(now: datetime, *, owner_id: int | None = None) -> bool:
    """Bring the sample, once; False where it is there already."""
    with transaction.atomic():
        if is_there():
            return False
        mark(OFFERED, [], now)
        chance = Random(SEED)  # noqa: S311 - made-up people
        everybody = people.bring(now, chance)
        segments = journeys.draw_segments(now, owner_id)
        emails = letters.write(now, owner_id, [segments["readers"]])
        _past(everybody, emails, now, chance)
        files.take_in(everybody, now, owner_id, chance)
        guard(now, mails_leave=bool(settings.EMAIL_URL))
        journeys.publish(now, owner_id, segments, emails)
        scores.keep_score(now, owner_id)
        scores.file_letters(emails, now)
        # Nobody looks at a week of dashes first.
        when.begin(now, owner_id)
    return True


def _past(
    everybody: list[Contact], emails: dict[str, Email], now: datetime, chance: Random
) -> None:
    """Tell what happened in six months."""
    history.came_in(everybody)
    history.welcomed(emails["welcome"], everybody, now, chance)
    for email, back in ((emails["summer"], 38), (emails["letter"], 9)):
        at = now - timedelta(days=back, hours=1)
        readers = [c for c in everybody if c.email and c.created_at < at - timedelta(days=1)]
        sent = history.broadcast(email, readers, at, now, chance)
    history.left(sent, now, chance)
    history.browsed(everybody, now, chance)
    history.rose(everybody, now)
    history.sum_up(everybody)
