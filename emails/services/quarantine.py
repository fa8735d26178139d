"""Messages nobody could make sense of: filed by hand, deleted, forgotten with who is in them."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from contacts.models import Contact, FormerIdentifier
from emails.models import Delivery, MailOutcome, ReturnedMail
from emails.returned.reading import Kind, read
from emails.returned.structure import Headers, Message, Part, clean
from emails.services import aftermath, returned_mail
from emails.services.aftermath import OUT, Recorded, Told
from kernel.clock import iso
from kernel.contactdata import PAIRS, Pairs, columns

logger = logging.getLogger(__name__)
State = ReturnedMail.State
# What a person may say that a message is.
FILED_AS = (Kind.HARD, Kind.SOFT, Kind.COMPLAINT, Kind.REPLY)
SLICE = 2_000


def right_for(kind: Kind) -> str:
    """Return what one must be allowed to do with a contact to file this of them."""
    return "view" if kind == Kind.REPLY else "edit"


class FilingRefused(Exception):  # noqa: N818 - an answer to a person
    """Why a message is not filed, as a sentence; `field` says where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def file(number: int, kind: Kind, contact: Contact, now: datetime) -> None:
    """Take a message for a bounce, a complaint or a reply to the last mail somebody got."""
    sent = Delivery.objects.filter(contact_id=contact.pk, state__in=OUT)
    delivery = sent.order_by("-sent_at", "-pk").first()
    if delivery is None:
        raise FilingRefused("contact", _("This contact was sent no email."))
    # The contact before the message, as erasing takes them.
    if aftermath.hold(delivery.pk) is None:
        raise FilingRefused("contact", _("This contact was sent no email."))
    row = _held(number)
    message = _message(row)
    told = Told(
        name=f"filed:{row.digest}:{kind}",
        delivery=delivery.pk,
        kind=kind,
        at=row.received_at,
        cause=aftermath.FILED,
        words=" ".join(message.text.split()) if kind != Kind.REPLY else message.text.strip(),
        subject=row.subject,
    )
    if kind == Kind.HARD and not aftermath.is_still_theirs(delivery):
        raise FilingRefused("contact", _("Their address has changed since the last email."))
    came, row.contact_id = aftermath.record(told, now)
    if came != Recorded.NEW:
        raise FilingRefused("kind", _("This is already known of the last email they were sent."))
    row.kind = kind
    returned_mail.settle(row)


@transaction.atomic
def dismiss(number: int) -> None:
    """Say that a message is nothing to us: of it remains that it came."""
    returned_mail.settle(_held(number))


def _held(number: int) -> ReturnedMail:
    rows = ReturnedMail.objects.select_for_update(no_key=True).filter(state=State.HELD)
    row = rows.filter(pk=number).first()
    if row is None:
        raise FilingRefused("", _("This message is no longer in quarantine."))
    return row


def text_of(row: ReturnedMail) -> str:
    """Return what a message says, as plain text: no picture, no link, nothing from elsewhere."""
    message = _message(row)
    parts = [part.text for part in message.parts if part.original or part.type != "text/html"]
    text = message.text if not parts else "\n\n".join(dict.fromkeys([message.text, *parts]))
    return text.strip()[:50_000]


def _message(row: ReturnedMail) -> Message:
    """Read a message, or take its bytes for text: whoever sorts it sees what there is."""
    try:
        return read(bytes(row.raw)).message
    except Exception:
        logger.exception("Returned mail %s cannot be read", row.pk)
        text = clean(bytes(row.raw).decode("utf-8", "replace"))
        return Message(Headers([]), [Part(Headers([]), text, original=False)])


# By number and by address: what was not read has no addresses, so its bytes are looked through.
FORGET = """
UPDATE returned_mail SET raw = '', sender = '', subject = '', recipient = '', addresses = '{}',
  contact_id = NULL, state = 'done', why = ''
WHERE contact_id = ANY(%(contacts)s) OR addresses && %(addresses)s
  OR (state = 'waiting' OR state = 'held' AND why = 'broken') AND EXISTS (
    SELECT 1 FROM unnest(%(addresses)s::text[]) a
    WHERE position(a IN lower(encode(raw, 'escape'))) > 0)"""
MERGE = (
    f"UPDATE returned_mail r SET contact_id = p.winner FROM {PAIRS} WHERE r.contact_id = p.loser",  # noqa: S608 - a constant
    f"UPDATE email_outcome r SET contact_id = p.winner FROM {PAIRS} WHERE r.contact_id = p.loser",  # noqa: S608 - a constant
)


def merge(pairs: Pairs) -> None:
    """Hand over what is known of the losers; repeating it is harmless."""
    values = columns(pairs)
    with connection.cursor() as cursor:
        for statement in MERGE:
            cursor.execute(statement, values)


def erase(contacts: Sequence[int]) -> None:
    """Leave of messages in which somebody is named that they came, and of outcomes nothing."""
    rows = Contact.objects.filter(pk__in=contacts).exclude(email_key=None)
    former = FormerIdentifier.objects.filter(contact__in=contacts, kind="email")
    keys = {*rows.values_list("email_key", flat=True), *former.values_list("value", flat=True)}
    addresses = sorted(key for key in keys if key)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"contacts": list(contacts), "addresses": addresses})
    MailOutcome.objects.filter(contact_id__in=contacts).delete()


def export(contact: int) -> list[dict[str, str | None]]:
    """Return what became known of somebody's mails, oldest first."""
    rows = MailOutcome.objects.filter(contact_id=contact).order_by("pk")
    return [
        {"at": iso(row.at), "kind": row.kind, "reason": row.cause, "words": row.words}
        for row in rows
    ]


def count_held(before: datetime) -> int:
    """Count what is in quarantine since before an instant."""
    return ReturnedMail.objects.filter(state=State.HELD, received_at__lt=before).count()


def forget_held(before: datetime, _now: datetime) -> int:
    """Empty one slice of them."""
    rows = ReturnedMail.objects.filter(state=State.HELD, received_at__lt=before)
    numbers = list(rows.order_by("received_at").values_list("pk", flat=True)[:SLICE])
    fresh = ReturnedMail.objects.filter(pk__in=numbers)
    return fresh.update(
        raw=b"", sender="", subject="", recipient="", addresses=[], state=State.DONE, why=""
    )


def count_old(before: datetime) -> int:
    """Count digests and outcomes of before an instant."""
    done = ReturnedMail.objects.filter(state=State.DONE, received_at__lt=before)
    return done.count() + MailOutcome.objects.filter(at__lt=before).count()


def forget_old(before: datetime, _now: datetime) -> int:
    """Delete one slice of them: what comes so late a second time is taken for new."""
    gone = 0
    for rows in (
        ReturnedMail.objects.filter(state=State.DONE, received_at__lt=before),
        MailOutcome.objects.filter(at__lt=before),
    ):
        numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:SLICE])
        gone += rows.model.objects.filter(pk__in=numbers).delete()[0]
    return gone
