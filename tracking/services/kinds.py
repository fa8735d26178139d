"""How many types of events clients may invent: each has a small number, and numbers end."""

from collections.abc import Iterable

from django.db import connection

from kernel import preferences
from kernel.events import event_types
from kernel.locks import KINDS_LOCK, wait_lock

MOST = 20_000


def known(keys: Iterable[str], *, share: float = 1.0) -> set[str]:
    """Return those of the keys that have a number, or may still be given one.

    Browsers get a share only: a stranger who invents types leaves room for systems of ours.
    """
    wanted = sorted(set(keys))
    new = [key for key in wanted if key not in _numbered(wanted)]
    if not new:
        return set(wanted)
    wait_lock(KINDS_LOCK, 1)
    new = [key for key in wanted if key not in _numbered(wanted)]
    room = max(int(preferences.get("tracking.custom_types") * share) - _invented(), 0)
    return set(wanted) - set(new[room:])


def _numbered(keys: list[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM event_type WHERE key = ANY(%s)", [keys])
        return {row[0] for row in cursor.fetchall()} | set(event_types.keys())


def _invented() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM event_type WHERE key <> ALL(%s)", [list(event_types.keys())]
        )
        return int(cursor.fetchone()[0])
