"""The way out: unsubscribing through a mail, coming back, and what may be measured."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from contacts.models import Consent, Contact, DoNotContact, Topic
from contacts.services import consent, suppression
from contacts.services.consent import Proof
from contacts.words import Purpose, Reason
from emails.models import Delivery, Email, EmailVersion
from emails.services import identity
from kernel import events, preferences
from kernel.events import Fact
from kernel.locks import lock_contacts

PURPOSES = ("open_tracking", "click_tracking")


@dataclass(frozen=True)
class Reader:
    """Who holds a mail, as its token says; `delivery` is None when the ledger's row is gone."""

    contact: Contact
    delivery: Delivery | None
    # From where they ask.
    ip: str | None = None

    @property
    def masked(self) -> str:
        """Return the address as its owner recognises it and nobody else can use it."""
        local, _at, domain = (self.contact.email or "").rpartition("@")
        return f"{local[:2]}•••@{domain}" if domain else ""

    @cached_property
    def _version(self) -> EmailVersion | None:
        number = self.delivery.version_id if self.delivery else None
        return EmailVersion.objects.filter(pk=number or 0).first()

    @property
    def language(self) -> str:
        """Return the language of the mail, else of the person; empty when unknown."""
        return self._version.language if self._version else self.contact.locale or ""

    @property
    def brand(self) -> str:
        """Return the sender's name as the mail bore it, else that of the workspace."""
        name = str(self._version.prepared["from_name"]) if self._version else ""
        return name if name and "{" not in name else identity.brand()

    @cached_property
    def topic(self) -> Topic | None:
        """Return what the mail is about, as far as that is still known."""
        email = self.delivery.email_id if self.delivery else 0
        return Topic.objects.filter(pk__in=Email.objects.filter(pk=email).values("topic")).first()

    @property
    def has_left(self) -> bool:
        """Say whether marketing mail is closed for this person, or was for their address."""
        closed = DoNotContact.objects.filter(contact=self.contact, channel="email")
        return closed.exists() or bool(suppression.kept_of([self.contact.pk], "email"))

    @property
    def has_left_topic(self) -> bool:
        """Say whether this person left what the mail is about."""
        said = Consent.objects.filter(contact=self.contact, purpose=Purpose.EMAIL, state="refused")
        return self.topic is not None and said.filter(topic_id=self.topic.pk).exists()

    def measured(self) -> set[str]:
        """Return what may be measured of this person as things stand."""
        rows = Consent.objects.filter(contact=self.contact, purpose__in=PURPOSES, topic_id=0)
        said = dict(rows.values_list("purpose", "state"))
        unasked = bool(preferences.get("tracking.measure_unasked"))
        return {p for p in PURPOSES if (said[p] == "granted" if p in said else unasked)}


def said(purpose: str, state: str, now: datetime, text: str, ip: str | None = None) -> Proof:
    """Return the proof of what somebody said on a page of ours, in the language in force."""
    spoken = (get_language() or "")[:2]
    return Proof(purpose, state, "link", now, text=text, ip=ip, language=spoken)


def reader_of(payload: tuple[Any, ...] | None, ip: str | None = None) -> Reader | None:
    """Find the person of a token; merged people are found through the ledger."""
    if payload is None or len(payload) != 2 or not all(isinstance(n, int) for n in payload):
        return None
    delivery = Delivery.objects.filter(pk=payload[0]).first()
    number = delivery.contact_id if delivery else payload[1]
    contact = Contact.objects.filter(pk=number).first()
    return Reader(contact, delivery, ip) if contact else None


def leave(reader: Reader, now: datetime, *, everything: bool = False) -> None:
    """Unsubscribe the person from what the mail is about, or from all; twice changes nothing."""
    contact = reader.contact.pk
    topic = None if everything else reader.topic
    lock_contacts([contact])
    if topic is not None:
        if reader.has_left_topic:
            return
        proof = said(Purpose.EMAIL, "refused", now, _comment(reader), reader.ip)
        consent.give([contact], replace(proof, topic=topic.pk), now)
    else:
        closed = DoNotContact.objects.filter(contact=contact, channel="email")
        # Other reasons may be lifted one day: what the person said is written beside them.
        if closed.filter(reason=Reason.UNSUBSCRIBED).exists():
            return
        consent.close([contact], "email", Reason.UNSUBSCRIBED, _comment(reader), now)
    _tell(reader, topic, now)


def _tell(reader: Reader, topic: Topic | None, now: datetime) -> None:
    delivery = reader.delivery
    if delivery is None:
        return
    data = {"delivery": str(delivery.pk), "cause": delivery.cause}
    if topic is not None:
        data["topic"] = str(topic.pk)
    fact = Fact(reader.contact.pk, now, subject=delivery.email_id, data=data)
    events.record("emails.unsubscribed", [fact], now=now)
    Delivery.objects.filter(pk=delivery.pk, unsubscribed_at=None).update(unsubscribed_at=now)


def come_back(reader: Reader, now: datetime, *, everything: bool = False) -> None:
    """Take an unsubscription back; bounces and complaints stay."""
    contact, comment = reader.contact, _comment(reader)
    proof = said(Purpose.EMAIL, "granted", now, comment, reader.ip)
    topic = None if everything else reader.topic
    if topic is not None and reader.has_left_topic:
        consent.give([contact.pk], replace(proof, topic=topic.pk), now)
    if consent.reopen([contact.pk], "email", comment, now, [Reason.UNSUBSCRIBED]):
        consent.give([contact.pk], proof, now)


def choose(reader: Reader, now: datetime, *, receives: bool) -> None:
    """Keep whether a person wants mail at all, where that differs from what they were shown."""
    lock_contacts([reader.contact.pk])
    if receives and reader.has_left:
        come_back(reader, now, everything=True)
    elif not receives and not reader.has_left:
        leave(reader, now, everything=True)


def allow(reader: Reader, allowed: set[str], text: str, now: datetime) -> None:
    """Write down what the person lets us measure, where that is new."""
    for purpose in sorted(set(allowed) ^ reader.measured()):
        state = "granted" if purpose in allowed else "refused"
        consent.give([reader.contact.pk], said(purpose, state, now, text, reader.ip), now)


def _comment(reader: Reader) -> str:
    return f"email {reader.delivery.email_id}" if reader.delivery else "email"
