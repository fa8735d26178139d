"""Six months of what people did: mails in the ledger, opens, clicks, page views, orders."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from contacts.models import Contact, ContactState, DoNotContact
from dashboard.demo.letters import SHOP_URL
from dashboard.demo.marking import mark
from dashboard.demo.words import LATER, PAGES
from emails.models import Delivery, Email, Send, State
from emails.services import figures
from kernel.events import kind_of, type_id
from kernel.locks import lock_contacts
from kernel.partitions import ensure_partitions
from stages.models import Stage

INSERT = """
INSERT INTO event (retention, contact_id, type_id, subject_id, occurred_at, verdict, data)
SELECT %s, c, %s, s, t, v, nullif(d, '')::jsonb
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::smallint[], %s::text[])
     f(c, s, t, v, d)"""
# First, last and number of each type, as the subscriber would have kept them.
SUM_UP = """
INSERT INTO contact_activity (contact_id, type_id, count, first_at, last_at)
SELECT contact_id, type_id, count(*), min(occurred_at), max(occurred_at) FROM event
WHERE contact_id = ANY(%s) AND occurred_at >= %s AND (verdict IS NULL OR verdict < 3)
GROUP BY 1, 2 ON CONFLICT DO NOTHING"""
SEEN_LAST = """
UPDATE contact_state s SET last_active_at = a.at
FROM (SELECT contact_id, max(last_at) at FROM contact_activity
      WHERE contact_id = ANY(%s) AND type_id = ANY(%s) GROUP BY 1) a
WHERE s.contact_id = a.contact_id"""
# What became of mails, all of them in one statement.
MOMENTS = """
UPDATE delivery d SET opened_at = f.o, clicked_at = f.c, machine_at = f.m, unsubscribed_at = f.u
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
            %s::timestamptz[]) f(id, o, c, m, u)
WHERE d.id = f.id"""
ACTIVE = ("emails.opened", "emails.clicked", "pages.viewed", "orders.placed")
HUMAN, LIKELY, MACHINE = 1, 2, 3


class Happened(NamedTuple):
    """One event of the past."""

    contact: int
    at: datetime
    subject: int | None = None
    data: dict[str, Any] | None = None
    verdict: int | None = None


def write(key: str, rows: Iterable[Happened]) -> None:
    """Write events without change sets: nothing reacts to what is long over."""
    facts = list(rows)
    ensure_partitions({fact.at for fact in facts})
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            [
                kind_of(key).retention,
                type_id(key),
                [fact.contact for fact in facts],
                [fact.subject for fact in facts],
                [fact.at for fact in facts],
                [fact.verdict for fact in facts],
                [json.dumps(fact.data) if fact.data else "" for fact in facts],
            ],
        )


def sum_up(people: Sequence[Contact]) -> None:
    """Keep what the subscribers would have kept."""
    ids = [contact.pk for contact in people]
    lock_contacts(ids)
    with connection.cursor() as cursor:
        cursor.execute(SUM_UP, [ids, people[0].created_at])
        cursor.execute(SEEN_LAST, [ids, [type_id(key) for key in ACTIVE]])


def came_in(people: Sequence[Contact]) -> None:
    """Each of them came in once."""
    source = {"source": "sample"}
    write("contacts.created", (Happened(c.pk, c.created_at, data=source) for c in people))


def rose(people: Sequence[Contact], now: datetime) -> None:
    """Everybody came to their stage through those before it, step by step since they came in."""
    stages = list(Stage.objects.order_by("weight", "pk").values_list("pk", "name"))
    at = {stage: place for place, (stage, _name) in enumerate(stages)}
    states = ContactState.objects.filter(contact__in=people).exclude(stage_id=None)
    reached = dict(states.values_list("contact_id", "stage_id"))
    moves = []
    for contact in people:
        if stage := reached.get(contact.pk):
            climbed = stages[: at[stage] + 1]
            # Each step takes longer than the one before; the last was some time ago.
            pace = (now - contact.created_at) / (len(climbed) + 1) ** 2
            moves += [
                Happened(contact.pk, contact.created_at + pace * place**2, each, {"name": name})
                for place, (each, name) in enumerate(climbed)
            ]
    write("stages.changed", moves)


def broadcast(
    email: Email, people: Sequence[Contact], at: datetime, now: datetime, chance: Random
) -> list[Delivery]:
    """Send an email of the past, in one run."""
    run = Send.objects.create(email=email, at=at, owner_id=email.owner_id, created_at=at)
    mark("run", [run.pk], now)
    versions = {
        row.language: row.current_id
        for row in Email.objects.filter(translation_of=email).exclude(current=None)
    }
    rows = []
    for place, contact in enumerate(people):
        left_out = "unsubscribed" if chance.random() < 0.03 else ""
        sent = at + timedelta(milliseconds=180 * place)
        rows.append(
            Delivery(
                email_id=email.pk,
                run_id=run.pk,
                contact_id=contact.pk,
                recipient=_recipient(contact),
                version_id=versions.get(contact.locale or "", email.current_id),
                due_at=at,
                created_at=at,
                sent_at=None if left_out else sent,
                state=State.SKIPPED if left_out else State.SENT,
                reason=left_out or None,
                attempts=0 if left_out else 1,
                cause=f"broadcast:{run.pk}",
            )
        )
    made = Delivery.objects.bulk_create(rows)
    _tell(made, now, chance)
    run.state, run.started_at, run.finished_at = Send.State.DONE, at, made[-1].sent_at or at
    run.prepared_to = people[-1].pk
    run.save()
    figures.keep([run], now)
    return [row for row in made if row.state == State.SENT]


def _recipient(contact: Contact) -> UUID:
    """Return the key of an address as the ledger writes it (`emails.services.recipients.KEY`)."""
    return UUID(bytes=sha256((contact.email or "").lower().encode()).digest()[:16])


def welcomed(
    email: Email, people: Sequence[Contact], now: datetime, chance: Random
) -> list[Delivery]:
    """Everybody with an address was welcomed by a mail, ten minutes after coming."""
    rows = [
        Delivery(
            email_id=email.pk,
            contact_id=contact.pk,
            recipient=_recipient(contact),
            version_id=email.current_id,
            due_at=contact.created_at,
            created_at=contact.created_at,
            sent_at=contact.created_at + timedelta(minutes=10),
            state=State.SENT,
            attempts=1,
            cause="sample:welcome",
        )
        for contact in people
        if contact.email and contact.created_at < now - timedelta(hours=2)
    ]
    made = Delivery.objects.bulk_create(rows)
    _tell(made, now, chance)
    return made


def _tell(rows: Sequence[Delivery], now: datetime, chance: Random) -> None:
    """Write the events of mails: who opened and clicked, and which machines looked first."""
    sent, opens, clicks = [], [], []
    for row in rows:
        if row.sent_at is None:
            continue
        about = {"delivery": str(row.pk), "cause": row.cause}
        sent.append(Happened(row.contact_id, row.sent_at, row.email_id, about))
        if chance.random() < 0.12:
            row.machine_at = row.sent_at + timedelta(seconds=chance.randint(1, 20))
            fact = Happened(row.contact_id, row.machine_at, row.email_id, about, MACHINE)
            opens.append(fact)
        opened = row.sent_at + timedelta(minutes=chance.lognormvariate(4.2, 1.5))
        if chance.random() > 0.41 or opened >= now:
            continue
        row.opened_at = opened
        verdict = chance.choices((HUMAN, LIKELY), (70, 30))[0]
        opens.append(Happened(row.contact_id, opened, row.email_id, about, verdict))
        clicked = opened + timedelta(seconds=chance.randint(8, 240))
        if chance.random() < 0.27 and clicked < now:
            row.clicked_at = clicked
            link = {"url": f"{SHOP_URL}{chance.choice(PAGES)[0]}", "link": "1"}
            clicks.append(Happened(row.contact_id, clicked, row.email_id, {**about, **link}, HUMAN))
    write("emails.sent", sent)
    write("emails.opened", opens)
    write("emails.clicked", clicks)
    _keep_moments(rows)


def _keep_moments(rows: Sequence[Delivery]) -> None:
    names = ("pk", "opened_at", "clicked_at", "machine_at", "unsubscribed_at")
    with connection.cursor() as cursor:
        cursor.execute(MOMENTS, [[getattr(row, name) for row in rows] for name in names])


def browsed(people: Sequence[Contact], now: datetime, chance: Random) -> None:
    """Some look around on the site, and some of them buy."""
    views: list[Happened] = []
    orders: list[Happened] = []
    for contact in people:
        if chance.random() > 0.55:
            continue
        for _visit in range(1 + int(chance.expovariate(0.6))):
            at = contact.created_at + (now - contact.created_at) * chance.random()
            for step in range(chance.randint(1, 4)):
                path, title = chance.choice(PAGES)
                page = {"url": f"{SHOP_URL}{path}", "host": "brevent.example", "path": path}
                seen = at + timedelta(seconds=40 * step)
                if seen < now:
                    data = {**page, "title": title, "device": "mobile" if step % 2 else "desktop"}
                    views.append(Happened(contact.pk, seen, data=data, verdict=HUMAN))
            bought = at + timedelta(minutes=9)
            if chance.random() < 0.09 and bought < now:
                amount = f"{chance.choice((39, 89, 129, 249, 429, 549))}.00"
                order = {"order": f"B{len(orders) + 10_001}", "amount": amount, "currency": "EUR"}
                orders.append(Happened(contact.pk, bought, data={**order, "items": []}))
    write("pages.viewed", views)
    write("orders.placed", orders)


def left(rows: Sequence[Delivery], now: datetime, chance: Random) -> None:
    """After a letter some leave, and some addresses turn out to be gone."""
    closed, gone = [], []
    for row in chance.sample(list(rows), len(rows) // 40):
        at = (row.opened_at or row.sent_at or now) + LATER
        reason = "hard_bounce" if chance.random() < 0.3 else "unsubscribed"
        closed.append(
            DoNotContact(contact_id=row.contact_id, channel="email", reason=reason, at=min(at, now))
        )
        if reason == "unsubscribed":
            row.unsubscribed_at = min(at, now)
            about = {"delivery": str(row.pk), "cause": row.cause}
            gone.append(Happened(row.contact_id, min(at, now), row.email_id, about))
    DoNotContact.objects.bulk_create(closed, ignore_conflicts=True)
    _keep_moments(rows)
    write("emails.unsubscribed", gone)
