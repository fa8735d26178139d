"""How the rows about contacts that live here, or in the kernel, merge, are shown and forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from contacts.models import ConsentRecord, FormerIdentifier, Identifier, Merge, Suppression
from contacts.services import handed_log, owndata, suppression
from contacts.services.merge import shown
from contacts.services.reading import flat
from kernel import clock
from kernel.changes import GONE
from kernel.contactdata import ContactData, Pairs, columns, contact_data
from kernel.locks import LANES


@contact_data.register
class Own(ContactData):
    """Values, identifiers, tags, consent with its proof, closed channels."""

    key = "contacts.own"
    label = _("Contact")
    tables: ClassVar[Sequence[str]] = (
        "identifier",
        "contact_state",
        "contact_tag",
        "consent",
        "consent_record",
        "do_not_contact",
        "channel_wish",
        "restriction",
        "company_person",
        "departure",
        "erasure",
        "merge",
        "former_identifier",
        "not_duplicate",
    )

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Add points, join tags, keep the latest consent and every closed channel."""
        owndata.run(owndata.MERGE, columns(pairs))

    def export(self, contact: int) -> dict[str, Any]:
        """Return the contact as the API shows it, with the proof of every consent."""
        proof = ConsentRecord.objects.filter(contact_id=contact).order_by("at", "id")
        return {
            "contact": next(iter(flat([contact])), None),
            "identifiers": [
                f"{kind}:{value}"
                for kind, value in Identifier.objects.filter(contact_id=contact).values_list(
                    "kind", "value"
                )
            ],
            "merged": [
                {"id": str(row.loser_id), "at": clock.iso(row.at), "lost": shown(row.lost)}
                for row in Merge.objects.filter(winner_id=contact).order_by("at")
            ],
            "former_identifiers": [
                f"{row.kind}:{row.value}"
                for row in FormerIdentifier.objects.filter(contact_id=contact).order_by("pk")
            ],
            "consent_records": [
                {
                    "purpose": row.purpose,
                    "topic": str(row.topic_id) if row.topic_id else None,
                    "state": row.state,
                    "at": clock.iso(row.at),
                    "source": row.source,
                    "reference": row.reference,
                    "text": row.text,
                    "language": row.language,
                    "ip": row.ip,
                }
                for row in proof
            ],
            "suppressions": [
                {
                    "channel": row.channel,
                    "kind": row.kind,
                    # A hash tells nobody anything.
                    "value": None if row.kind == Suppression.Kind.HASH else row.value,
                    "reason": row.reason,
                    "comment": row.comment,
                    "since": clock.iso(row.since),
                }
                for row in suppression.about(contact)
            ],
        }

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Delete all of it."""
        owndata.run(owndata.ERASE, {"contacts": list(contacts)})


@contact_data.register
class Log(ContactData):
    """What happened to the contact, and what was done for it."""

    key = "contacts.log"
    label = _("Events")
    counted = "event"
    tables: ClassVar[Sequence[str]] = (
        "event",
        "contact_activity",
        "action_done",
        "change",
        "parked_change",
    )

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Give the events to the winners."""
        owndata.run(owndata.MERGE_LOG, columns(pairs))

    def export(self, contact: int) -> dict[str, Any]:
        """List every event."""
        return {"events": handed_log.export(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Keep that something happened, to nobody in particular."""
        types, keys = owndata.figures()
        nobodies = [owndata.nobody() for _contact in contacts]
        values = {
            "contacts": list(contacts),
            "lanes": sorted({contact % LANES for contact in contacts}),
            "nobodies": nobodies,
            # What tells that a contact went goes on naming it, until everybody has heard.
            "gone": GONE,
            "types": types,
            "keys": keys,
        }
        owndata.run(owndata.ERASE_LOG, values)
