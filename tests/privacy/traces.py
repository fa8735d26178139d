"""Looking everywhere for what could name somebody: tables, files, sessions, the broker's memory."""

import re
from collections.abc import Iterable
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing

from tests.contacts.merging import rows
from tracking import spool

_SEALED = re.compile(r"undo:([\w.:-]+)")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
# Binary columns are written in hexadecimal.
SEARCH = """
SELECT count(*) FROM "{table}" t CROSS JOIN (SELECT %s::text AS word) w
WHERE lower(t::text) LIKE '%%' || w.word || '%%'
   OR t::text LIKE '%%' || encode(convert_to(w.word, 'UTF8'), 'hex') || '%%'"""


def found(words: Iterable[str]) -> list[tuple[str, str]]:
    """Return where any of these words stands."""
    wanted = [word.lower() for word in words]
    return [(place, word) for place, text in _texts() for word in wanted if word in text] + [
        (table, word)
        for (table,) in rows(TABLES)
        for word in wanted
        if rows(SEARCH.format(table=table), word) != [(0,)]
    ]


def _texts() -> Iterable[tuple[str, str]]:
    for session in Session.objects.all():
        yield "session", _opened(str(session.get_decoded())).lower()
    for folder in (Path(settings.PRIVATE_ROOT), spool.folder()):
        for path in folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes().decode(errors="ignore")
                yield str(path), f"{path} {content}".lower()
    broker = redis.Redis.from_url(settings.REDIS_URL)
    for key in broker.scan_iter():
        held = broker.get(key) if broker.type(key) == b"string" else broker.type(key)
        yield "broker", (key + b" " + (held or b"")).decode(errors="ignore").lower()


def _opened(text: str) -> str:
    """Return a session's text with what is sealed in it for taking a change back."""
    sealed = [signing.loads(token, salt="backoffice.undo") for token in _SEALED.findall(text)]
    return f"{text} {sealed}"
