"""Mails that came back, for the tests of what follows from them."""

from contacts.models import Contact
from emails.models import Delivery
from emails.services import identity, intake, returns
from kernel.events import type_id
from kernel.models import Event
from tests.emails.people import NOW, begin, make_contact
from tests.settle import settle

DOMAIN = "bounces.example.com"
REPORT = """\
Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@mx.example.net
Subject: Undelivered Mail Returned to Sender
Message-ID: <{name}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b--
"""
COMPLAINT = """\
From: feedback@isp.example
Subject: complaint
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: {sort}
Version: 1

--b
Content-Type: message/rfc822

Message-ID: {message_id}
To: {to}
Subject: News

Hello
--b--
"""
REPLY = """\
From: Zoe <{address}>
To: news@example.com
Subject: Re: News
Message-ID: <{name}@example.net>
In-Reply-To: {message_id}
{more}
{text}
"""


def sent_to(*contacts: Contact) -> list[Delivery]:
    """Send everybody a mail, which is captured, and return the ledger's rows."""
    begin(list(contacts))
    settle(NOW)
    numbers = [contact.pk for contact in contacts]
    return list(Delivery.objects.filter(contact_id__in=numbers, state=3).order_by("-pk"))


def one_sent(email: str = "zoe@example.com", **values) -> Delivery:
    return sent_to(make_contact(email, **values))[0]


def verp(delivery: Delivery) -> str:
    return returns.address_of(delivery.pk, DOMAIN)


def message_id(delivery: Delivery) -> str:
    return identity.message_id(delivery.pk, delivery.created_at)


def report(to: str, words: str = "550 5.1.1 User unknown", **values: str) -> bytes:
    shape = {"address": "zoe@example.com", "action": "failed", "status": "5.1.1", "name": "n1"}
    return REPORT.format(to=to, words=words, **{**shape, **values}).encode()


def complaint(delivery: Delivery, sort: str = "abuse", to: str = "zoe@example.com") -> bytes:
    return COMPLAINT.format(sort=sort, message_id=message_id(delivery), to=to).encode()


def reply(
    delivery: Delivery, text: str = "Yes, please!", *, more: str = "", **values: str
) -> bytes:
    given = {"address": "zoe@example.com", "name": "r1", "more": more and more + "\n", **values}
    return REPLY.format(message_id=message_id(delivery), text=text, **given).encode()


def came(*raws: bytes, now=NOW) -> None:
    """Take messages in, and do what follows."""
    for raw in raws:
        intake.store(raw, now)
    settle(now)


def told(key: str) -> list[Event]:
    return list(Event.objects.filter(type_id=type_id(key)).order_by("id"))
