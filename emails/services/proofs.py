"""Says whether a message proves what it tells: who knows a code may not know another one.

The address of return is known to mail servers on the way and to the reader alone, and proves a
bounce. A Message-ID is in every answer and every archive: it proves an answer of whom we wrote to,
and a report that knows their address as well.
"""

from contacts.models import Contact, FormerIdentifier
from emails.models import Delivery, ReturnedMail
from emails.returned.automatic import leaves_by_itself
from emails.returned.reading import BOUNCES, Kind, Reading, address_in
from emails.services.aftermath import recipient_of

Why = ReturnedMail.Why


def doubt(delivery: int, reading: Reading, *, by_id: bool) -> str:
    """Return why a message is not believed of a delivery that it names; empty where it is.

    `by_id` says that it was named by its Message-ID alone.
    """
    if reading.kind == Kind.UNKNOWN:
        return Why.UNKNOWN
    if is_of_person(reading):
        sender = address_in(reading.message.headers.get("from"))
        return "" if _is_theirs(delivery, {sender}) else Why.STRANGER
    if by_id and (reading.kind in BOUNCES or reading.kind == Kind.COMPLAINT):
        told = {one.address for one in reading.reports}
        told |= {address_in(one.get("to")) for one in reading.original}
        known = bool(reading.original) and _is_theirs(delivery, told)
        return "" if known else Why.UNPROVEN
    return ""


def is_of_person(reading: Reading) -> bool:
    """Say whether it comes of a person, or of their mail program at their wish."""
    headers = reading.message.headers
    leaves = leaves_by_itself(headers) and headers.type != "multipart/report"
    return reading.kind == Kind.REPLY or (reading.kind == Kind.COMPLAINT and leaves)


def _is_theirs(delivery: int, addresses: set[str]) -> bool:
    """Say whether one of the addresses is what a mail went to, or is or was its contact's."""
    row = Delivery.objects.filter(pk=delivery).first()
    addresses = {one for one in addresses if one}
    if row is None or not addresses:
        # Whoever is gone has no addresses; nothing is recorded of them either.
        return row is None
    if row.recipient and row.recipient in {recipient_of(one) for one in addresses}:
        return True
    former = FormerIdentifier.objects.filter(contact=row.contact_id, kind="email")
    contact = Contact.objects.filter(pk=row.contact_id)
    return (
        not contact.exists()
        or contact.filter(email_key__in=addresses).exists()
        or former.filter(value__in=addresses).exists()
    )
