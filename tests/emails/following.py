"""Reads a mail that was sent, and follows its links as browsers and scanners do."""

import email
import email.policy
import re
from datetime import datetime, timedelta

from django.test import Client

from contacts.models import Contact
from emails.models import CapturedMail, Delivery
from kernel import clock
from kernel.events import type_id
from kernel.models import Event
from tests.emails.people import begin
from tests.settle import settle
from tracking import spool, spooler

HUMAN = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


class Mail:
    """One mail as its reader holds it."""

    def __init__(self, contact: Contact, **values: str) -> None:
        run = begin([contact], **values)
        run.email.sends.update(at=clock.now() - timedelta(minutes=1))
        settle()
        self.delivery = Delivery.objects.get(run_id=run.pk)
        self.sent(clock.now() - timedelta(minutes=1))
        raw = bytes(CapturedMail.objects.get(delivery_id=self.delivery.pk).raw)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.html: str = message.get_body(("html",)).get_content()

    def sent(self, at: datetime) -> None:
        """Say when it went out."""
        Delivery.objects.filter(pk=self.delivery.pk).update(sent_at=at)

    def paths(self, kind: str) -> list[str]:
        """The addresses of the pixel (o), links (c), way out (u), web view (v)."""
        return re.findall(rf"http://[a-z0-9.:]+(/e/{kind}/[^\"\s]+)", self.html)

    def follow(self, link: int = 0, agent: str = HUMAN, **headers: str):
        """Follow one link and return where it led."""
        browser = Client(headers={"user-agent": agent, **headers})
        return browser.get(self.paths("c")[link])

    def row(self) -> Delivery:
        self.delivery.refresh_from_db()
        return self.delivery


def copied() -> None:
    """Let the spooler do its part, and nobody else."""
    spool.flush()
    spooler.copy_all()


def verdicts(key: str = "emails.clicked") -> list[int | None]:
    rows = Event.objects.filter(type_id=type_id(key)).order_by("occurred_at", "id")
    return list(rows.values_list("verdict", flat=True))
