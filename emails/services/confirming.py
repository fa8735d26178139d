"""Double opt-in: who signed up is asked once by mail, and is a reader only after saying yes.

Until then nothing but that mail is sent to them. It is transactional and never measured, and who
does not answer in time is forgotten.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts.models import Consent, DoNotContact, Topic
from contacts.services import consent
from contacts.services.consent import Proof
from contacts.services.erase import erase, hold
from contacts.words import Purpose, Reason
from emails.models import Email
from emails.services import editing, queueing
from emails.services.leaving import said
from kernel import preferences
from kernel.events import type_id
from kernel.locks import GATE_LOCK, wait_lock

SETTING = "emails.confirmation_email"
MAKING = 3
BATCH = 500
BODY = """<p>{greeting}</p><p><a href="{{{{ confirm_url }}}}">{button}</a></p><p>{otherwise}</p>"""

TAKE = """
UPDATE consent SET asked_at = %s WHERE (contact_id, topic_id, purpose) IN (
  SELECT contact_id, topic_id, purpose FROM consent
  WHERE state = 'pending' AND asked_at IS NULL ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING contact_id"""

# Nothing is known of them but what they signed up with, and nothing happened since.
FORGOTTEN = """
SELECT k.contact_id,
  c.owner_id IS NULL AND c.company_id IS NULL AND c.attrs = '{}'
  AND c.created_at > k.at - interval '1 day'
  AND NOT EXISTS (SELECT 1 FROM contact_tag t WHERE t.contact_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM do_not_contact n WHERE n.contact_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM consent o WHERE o.contact_id = c.id AND o.state <> 'pending')
  AND NOT EXISTS (SELECT 1 FROM contact_activity a
                  WHERE a.contact_id = c.id AND a.type_id <> ALL(%(signs)s))
FROM consent k JOIN contact c ON c.id = k.contact_id
WHERE k.state = 'pending' AND k.at < %(before)s
  AND (%(only)s::bigint IS NULL OR k.contact_id = %(only)s)
ORDER BY k.at LIMIT %(batch)s"""
SIGNS = (
    "forms.submitted",
    "contacts.created",
    "contacts.updated",
    "contacts.consented",
    "emails.sent",
)


def waiting() -> bool:
    """Say whether somebody is to be asked."""
    return Consent.objects.filter(state="pending", asked_at=None).exists()


@transaction.atomic
def ask(now: datetime) -> bool:
    """Queue the mail for whoever signed up, one an hour at most; say whether there may be more."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [now, BATCH])
        contacts = sorted({row[0] for row in cursor.fetchall()})
    if contacts:
        # Written on behalf of others, a form must not fill anybody's mailbox.
        cause = f"confirm:{now:%Y%m%d%H}"
        queueing.queue(mail(now), contacts, [cause] * len(contacts), now)
    return len(contacts) >= BATCH


def mail(now: datetime) -> Email:
    """Return the email that asks, made in two languages where nobody has written one."""
    wait_lock(GATE_LOCK, MAKING)
    chosen = Email.objects.filter(pk=preferences.get(SETTING) or 0).first()
    if chosen is not None:
        return chosen
    first: Email | None = None
    for language, _name in settings.LANGUAGES:
        with override(language):
            values = {**_written(), "language": language}
        made = editing.create({**values, "kind": "transactional", "translation_of": first}, now)
        first = first or made
    assert first is not None  # noqa: S101 - there are texts
    preferences.put(SETTING, str(first.pk))
    return first


def _written() -> dict[str, str]:
    subject = _("Please confirm your subscription")
    greeting = _("Somebody, most likely you, asked us to write to this address. Is that right?")
    button = _("Confirm my subscription")
    otherwise = _("If it was not you, do nothing: you will not hear from us again.")
    html = BODY.format(greeting=greeting, button=button, otherwise=otherwise)
    return {"name": subject, "subject": subject, "html": html}


def asked(contact: int) -> list[Topic]:
    """Return the topics that wait for this person's yes; marketing mail as such is no topic."""
    rows = Consent.objects.filter(contact_id=contact, purpose=Purpose.EMAIL, state="pending")
    return list(Topic.objects.filter(pk__in=rows.values("topic_id")).order_by("name"))


def waits(contact: int) -> bool:
    """Say whether something waits for this person's yes."""
    return _said(contact, "pending")


def agreed(contact: int) -> bool:
    """Say whether marketing mail, or a topic of it, is wanted and not closed since."""
    closed = DoNotContact.objects.filter(contact=contact, channel="email").exists()
    return not closed and _said(contact, "granted")


def _said(contact: int, state: str) -> bool:
    rows = Consent.objects.filter(contact_id=contact, purpose=Purpose.EMAIL, state=state)
    return rows.exists()


def confirm(contact: int, text: str, now: datetime, ip: str | None = None) -> bool:
    """Write down the yes to whatever waits for it; an earlier unsubscription ends."""
    rows = Consent.objects.filter(contact_id=contact, purpose=Purpose.EMAIL, state="pending")
    topics = list(rows.values_list("topic_id", flat=True))
    for topic in sorted(topics):
        given = said(Purpose.EMAIL, "granted", now, text, ip)
        proof = replace(given, source="confirmation", topic=topic)
        consent.give([contact], proof, now)
    if topics:
        consent.reopen([contact], "email", "confirmed", now, [Reason.UNSUBSCRIBED])
    return bool(topics)


def purge(now: datetime) -> int:
    """Forget whoever did not answer in time: the person, or at least what they asked for."""
    before = now - timedelta(days=int(preferences.get("emails.confirm_within_days")))
    found = _unanswered(before)
    for contact in found:
        with transaction.atomic():
            hold([contact])
            # Asked again under the lock: who answers at this moment stays.
            for forgotten in _unanswered(before, contact).values():
                if forgotten:
                    erase(contact, now)
                else:
                    _refuse(contact, now)
    return len(found)


def _unanswered(before: datetime, only: int | None = None) -> dict[int, bool]:
    """Return who did not answer in time, and whether nothing else is known of them."""
    signs = [type_id(key) for key in SIGNS]
    values: dict[str, Any] = {"before": before, "signs": signs, "batch": BATCH, "only": only}
    with connection.cursor() as cursor:
        cursor.execute(FORGOTTEN, values)
        return dict(cursor.fetchall())


def _refuse(contact: int, now: datetime) -> None:
    """Silence is no yes: without this, people who were never asked would get mail."""
    rows = Consent.objects.filter(contact_id=contact, purpose=Purpose.EMAIL, state="pending")
    for topic in list(rows.values_list("topic_id", flat=True)):
        proof = Proof(Purpose.EMAIL, "refused", "confirmation", now, "not confirmed", topic=topic)
        consent.give([contact], proof, now)
