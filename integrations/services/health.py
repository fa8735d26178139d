"""How a connection goes: paused after failures in a row, and who is told of it."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from integrations.models import Connection
from integrations.services.saying import said
from notices.services.telling import News, Words, tell

# So many failures in a row pause it; then one push at a time finds out whether it goes again.
ENOUGH = 5
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (2, 10, 30, 60, 180, 360))
LONGEST_WAIT = timedelta(days=1)
# Whoever asks to be called later is called no sooner than this, and each time twice as late.
SHORTEST_WAIT = timedelta(seconds=30)
LONGEST_FLOOR = timedelta(hours=1)
# Its owner is told when it has said nothing else for so long.
PATIENCE = timedelta(hours=3)
_draw = random.SystemRandom()
# What comes in during a pause began before it: it neither counts once more nor ends the pause.
FAILED = """
UPDATE integration_connection
SET failures = least(failures, 1000000) + CASE WHEN paused_until > %(now)s THEN 0 ELSE 1 END
WHERE id = %(id)s RETURNING failures"""
PAUSE = """
UPDATE integration_connection SET paused_until = greatest(paused_until, %(until)s)
WHERE id = %(id)s"""
DEFER = """
UPDATE integration_connection SET deferred_since = coalesce(deferred_since, %(now)s),
  deferrals = least(deferrals, 1000000) + CASE WHEN paused_until > %(now)s THEN 0 ELSE 1 END
WHERE id = %(id)s RETURNING deferrals, deferred_since"""
# Told once, whoever of several workers comes first.
TROUBLE = """
UPDATE integration_connection SET trouble = %(problem)s WHERE id = %(id)s AND trouble = ''
RETURNING name, owner_id"""
WELL = """
UPDATE integration_connection c SET failures = 0, paused_until = NULL, trouble = '',
  deferrals = 0, deferred_since = NULL
FROM integration_connection former
WHERE c.id = %(id)s AND former.id = c.id
  AND (c.paused_until IS NULL OR c.paused_until <= %(now)s)
  AND (c.failures > 0 OR c.deferrals > 0 OR c.paused_until IS NOT NULL OR c.trouble <> '')
RETURNING former.trouble, c.name, c.owner_id"""


def jittered(length: timedelta) -> timedelta:
    """Return about so much time, so that not all come back at the same moment."""
    return length * _draw.uniform(0.8, 1.2)


@transaction.atomic
def failed(number: int, problem: str, now: datetime, *, at_once: bool) -> None:
    """Count a failure that was not the contact's; enough of them, or one `at_once`, pause it."""
    with connection.cursor() as cursor:
        cursor.execute(FAILED, {"id": number, "now": now})
        row = cursor.fetchone()
    if row is None:
        return
    over = row[0] - (1 if at_once else ENOUGH)
    if over < 0:
        return
    _pause(number, jittered(PAUSES[min(over, len(PAUSES) - 1)]), now)
    _trouble(number, problem, now)


@transaction.atomic
def deferred(number: int, problem: str, after: float, now: datetime) -> None:
    """Leave a system alone as it asked, and longer each time it asks for nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(DEFER, {"id": number, "now": now})
        row = cursor.fetchone()
    if row is None:
        return
    times, since = row
    floor = min(SHORTEST_WAIT * 2 ** min(max(times - 1, 0), 20), LONGEST_FLOOR)
    _pause(number, max(timedelta(seconds=min(after, 1e6)), floor), now)
    if times >= ENOUGH and now - since >= PATIENCE:
        _trouble(number, problem, now)


def _pause(number: int, length: timedelta, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PAUSE, {"id": number, "until": now + min(length, LONGEST_WAIT)})


def _trouble(number: int, problem: str, now: datetime) -> None:
    """Keep why it is paused, and tell whoever it belongs to, once."""
    with connection.cursor() as cursor:
        cursor.execute(TROUBLE, {"id": number, "problem": problem[:500] or "connection"})
        told = cursor.fetchone()
    if told:
        name, owner = told
        _tell(number, owner, partial(_paused, name, problem), "integrations.paused", now)


@transaction.atomic
def well(number: int, now: datetime) -> None:
    """Note that it works; whoever was told that it did not is told."""
    with connection.cursor() as cursor:
        cursor.execute(WELL, {"id": number, "now": now})
        row = cursor.fetchone()
    if row and row[0]:
        _trouble, name, owner = row
        _tell(number, owner, partial(_works, name), "integrations.resumed", now)


def _paused(name: str, problem: str) -> Words:
    title = _("“%(name)s” is paused") % {"name": name}
    text = _("What is to be pushed waits, and is tried again by itself. %(why)s")
    return Words(title, text % {"why": said(problem)})


def _works(name: str) -> Words:
    return Words(_("“%(name)s” works again") % {"name": name})


def _tell(number: int, owner: int | None, write: partial[Words], key: str, now: datetime) -> None:
    news = News(key, reverse("connections-item", args=[number]))
    tell(_readers(owner), write, news, now)


def _readers(owner: int | None) -> Sequence[int]:
    """Return whose it is, or the administrators where they are gone."""
    users = get_user_model()._default_manager.filter(is_active=True)
    if owner is not None and users.filter(pk=owner).exists():
        return [owner]
    return list(users.filter(role__built_in="administrator").values_list("pk", flat=True))


def is_paused(row: Connection, now: datetime) -> bool:
    """Say whether nothing is tried at this moment."""
    return row.paused_until is not None and row.paused_until > now
