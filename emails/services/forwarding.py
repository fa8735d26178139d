"""Hands what people answer on to the owner of the contact, as a notice and as a mail.

A mail to a user, in no ledger: it is marked as made by a program, quotes the text alone, and of
one contact a few go out in an hour, so that two programs that answer each other end soon.
"""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import Contact
from emails.models import Delivery, MailOutcome
from emails.returned.reading import Kind
from notices.services.telling import News, Words, active, tell

KEY = "emails.replied"
# So many replies of one contact within an hour are handed on; their events tell of the others.
MOST, SPAN = 5, timedelta(hours=1)
LONGEST = 2_000


def forward(delivery: Delivery, subject: str, text: str, now: datetime) -> bool:
    """Tell the contact's owner, if there is one who may see them; say whether somebody was."""
    contact = Contact.objects.filter(pk=delivery.contact_id).first()
    if contact is None or contact.owner_id is None or _is_too_often(contact.pk, now):
        return False
    readers = [one for one in active([contact.owner_id]) if _may_read(one, contact)]
    if not readers:
        return False

    def write() -> Words:
        named = {"who": contact.email or f"#{contact.pk}", "subject": subject}
        title = _("%(who)s answered: %(subject)s") if subject else _("%(who)s answered an email")
        return Words(title % named, text[:LONGEST])

    path = reverse("contacts-item", args=[contact.pk])
    news = News(KEY, path=path, contact=contact.pk, mail=True)
    return bool(tell([readers[0].pk], write, news, now))


def _may_read(reader: object, contact: Contact) -> bool:
    # Their own mail address would have it answered by itself.
    own = getattr(reader, "email", "").lower() == (contact.email or "").lower()
    return not own and bool(reader.can("contacts", "view", contact.owner_id))  # type: ignore[attr-defined]


def _is_too_often(contact: int, now: datetime) -> bool:
    rows = MailOutcome.objects.filter(contact_id=contact, kind=Kind.REPLY, at__gt=now - SPAN)
    return rows.count() > MOST
