"""Telling users something: behind their bell, or by mail as well.

* tell(users, write, news, now) writes one piece of news in each reader's language
* send(pieces, now) stores what is written already, set-based: for one user or thousands of rows
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.services import mails
from accounts.services.mails import Letter
from kernel.queues import hint_on_commit
from notices.models import LONGEST_TEXT, LONGEST_TITLE, Notice

# Tried for so long: news of yesterday's failure is still news.
USEFUL = timedelta(days=1)
MAILS = "accounts.mails"


@dataclass(frozen=True)
class Words:
    """What is said: one line, and what there is to add."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class News:
    """What is told: who tells it (`app.past`), where it leads, of whom it speaks, on which ways."""

    key: str
    path: str = ""
    contact: int | None = None
    bell: bool = True
    mail: bool = False
    # Something sensitive is named.
    sensitive: bool = False


@dataclass(frozen=True)
class Piece:
    """One piece of news for one user, whom the caller has read."""

    user: Any
    news: News
    words: Words


def tell(users: Collection[int], write: Callable[[], Words], news: News, now: datetime) -> int:
    """Tell active users something; `write` is called once a language, with that language in force.

    Returns how many were told.
    """
    readers = active(users)
    said = {}
    for language in {reader.language for reader in readers}:
        with translation.override(language):
            said[language] = write()
    send([Piece(reader, news, said[reader.language]) for reader in readers], now)
    return len(readers)


def active(users: Iterable[int]) -> list[Any]:
    """Return those of some users who still work here, by number."""
    rows = get_user_model()._default_manager.filter(pk__in=set(users), is_active=True)
    return list(rows.select_related("role").order_by("pk"))


def send(pieces: Sequence[Piece], now: datetime) -> list[Notice]:
    """Store pieces of news, and the mails that carry them; return the notices."""
    written = Notice.objects.bulk_create(
        Notice(
            user=piece.user,
            key=piece.news.key,
            title=line(piece.words.title),
            text=piece.words.text[:LONGEST_TEXT],
            path=piece.news.path,
            contact_id=piece.news.contact,
            sensitive=piece.news.sensitive,
            created_at=now,
        )
        for piece in pieces
        if piece.news.bell
    )
    letters = [_letter(piece, now) for piece in pieces if piece.news.mail]
    if letters:
        mails.post_many(letters, now)
        hint_on_commit(MAILS)
    return written


def _letter(piece: Piece, now: datetime) -> Letter:
    news, words = piece.news, piece.words
    link = settings.SITE_URL + news.path if news.path else ""
    with translation.override(piece.user.language):
        why = _("You get this mail because you work with Relais at %(site)s.")
        foot = why % {"site": settings.SITE_URL}
    parts = [words.text[:LONGEST_TEXT] or words.title, link, foot]
    text = "\n\n".join(part for part in parts if part)
    until = now + USEFUL
    return Letter(piece.user.email, words.title, text, until=until, contact=news.contact)


def line(title: str) -> str:
    """Write a title in one line, as long as there is room."""
    whole = " ".join(title.split())
    return whole if len(whole) <= LONGEST_TITLE else whole[: LONGEST_TITLE - 1] + "…"
