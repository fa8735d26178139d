"""Sending the product's own mails: claimed by lease, tried again, given up in the end."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import connection

from accounts.models import AccountMail

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
# A reset link is good for an hour: later than that there is no use in sending it.
GIVE_UP = timedelta(hours=1)
LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True)
class Letter:
    """A mail as it is written; `until` says when there is no use in it any more.

    `contact` is of whom it speaks: it is forgotten with them.
    """

    recipient: str
    subject: str
    text: str
    html: str = ""
    until: datetime | None = None
    contact: int | None = None


CLAIM = """
UPDATE account_mail SET attempts = attempts + 1, due_at = %(lease)s
WHERE id = coalesce(
  (SELECT id FROM account_mail WHERE due_at <= %(now)s AND contact_id IS NULL
   ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED),
  (SELECT id FROM account_mail WHERE due_at <= %(now)s
   ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED))
RETURNING id"""


def post(letter: Letter, now: datetime) -> AccountMail:
    """Write a mail for sending."""
    return post_many([letter], now)[0]


def post_many(letters: Sequence[Letter], now: datetime) -> list[AccountMail]:
    """Write mails for sending, in one statement."""
    return AccountMail.objects.bulk_create([_written(letter, now) for letter in letters])


def _written(letter: Letter, now: datetime) -> AccountMail:
    return AccountMail(
        recipient=letter.recipient,
        # One line, as mail wants it, and as long as there is room.
        subject=" ".join(letter.subject.split())[:200],
        text=letter.text,
        html=letter.html,
        due_at=now,
        created_at=now,
        until=letter.until or now + GIVE_UP,
        contact_id=letter.contact,
    )


def send_next(now: datetime) -> bool:
    """Send one mail that is due; False when none is.

    A crash after the server took the mail sends it once more: harmless here, unlike losing it.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "lease": now + LEASE})
        row = cursor.fetchone()
    if row is None:
        return False
    mail = AccountMail.objects.filter(pk=row[0]).first()
    if mail is None:  # forgotten meanwhile, with the person it spoke of
        return True
    if now > _end(mail):
        logger.error("A mail to a user was given up: there is no use in it any more")
        mail.delete()
        return True
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.recipient],
        # RFC 3834: no program answers it, and what it quotes goes round no second time.
        headers={"Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except OSError as error:  # whatever smtplib raises is one
        _postpone(mail, error, now)
    else:
        mail.delete()
    return True


def _end(mail: AccountMail) -> datetime:
    return mail.until or mail.created_at + GIVE_UP


def _postpone(mail: AccountMail, error: OSError, now: datetime) -> None:
    logger.warning("A mail to a user was not sent (attempt %s): %s", mail.attempts, error)
    later = now + min(timedelta(seconds=15 * 2 ** min(mail.attempts, 10)), LONGEST_PAUSE)
    AccountMail.objects.filter(pk=mail.pk).update(due_at=later)
