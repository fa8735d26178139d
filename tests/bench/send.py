"""A broadcast, unsigned and signed: 12 KB of HTML, ten counted links, to a server that counts.

The limit of sending is the same client, in as many processes, pushing mails made beforehand; of
signed mails, one that puts a name in and signs by hand, with a key of the same size;
that of queueing is one plain INSERT of the same rows into the same table.
"""

import pickle
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db import connection

from emails.models import Delivery, Send, State
from emails.services import editing, preparing, runs, signing
from emails.services.claims import Claimed
from emails.services.messages import compose
from emails.services.recipients import KEY
from emails.services.slices import Recipient, Slice
from emails.services.transports import Mail
from emails.services.versions import load as load_version
from emails.services.workspace import Workspace
from kernel import clock
from kernel.sealing import unseal
from segments.models import Segment
from tests.bench import senders
from tests.bench.bench import Bench
from tests.bench.by_hand.send import counting_server

LINKS = 10
READY = 500
WORDS = "The snow has come early this year, and the huts open their doors a week before. "
STYLE = (
    'style="font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:22px;color:#161a22;'
    "padding:12px 24px;border-bottom:1px solid #e4e7ec;text-decoration:none;mso-line-height-rule:"
    'exactly;-webkit-text-size-adjust:100%;word-break:break-word;background-color:#ffffff"'
)
BY_HAND = f"""
INSERT INTO delivery (email_id, run_id, contact_id, recipient, due_at, created_at, cause)
SELECT %(email)s, 1, c.id, {KEY}, %(now)s, %(now)s, 'broadcast:1' FROM member m
JOIN contact c ON c.id = m.contact_id WHERE m.segment_id = %(segment)s ORDER BY c.id"""


def run(bench: Bench) -> None:
    bench.on("send", load)
    now, segment = clock.now(), Segment.objects.get()
    by_hand = bench.measure(lambda: _insert_by_hand(segment, now))
    for name, task, at_least in (("sending", "push", 0.5), ("signed", "sign", 0.7)):
        bench.on("send", load)
        pem = _sign() if task == "sign" else ""
        queued, size, limit, rate = _broadcast(bench, task, pem)
        if not pem:
            bench.metric("queueing", queued, "rows/s", limit=bench.size / by_hand)
        bench.metric(name, rate, "mails/s", limit=limit, at_least=at_least)
        bench.metric("one mail", size / 1000, "kB")


def _broadcast(bench: Bench, task: str, pem: str) -> tuple[float, int, float, float]:
    """Queue and send one; return the rate of queueing, a mail's size, the limit and the rate."""
    now = clock.now()
    values = {"name": "Bench", "type": "segment", "segments": [Segment.objects.get()]}
    email = editing.create(values | _content(), now)
    broadcast = runs.begin(email, None, now, new_only=False, owner_id=None)
    queued = bench.measure(_prepare)
    assert Delivery.objects.filter(state=State.QUEUED).count() == bench.size
    ready = _ready(email.current_id or 0, now)
    with counting_server() as port, NamedTemporaryFile() as file:
        Path(file.name).write_bytes(pickle.dumps((ready, pem)))
        limit = bench.size / _time(bench, task, file.name, bench.size, port)
        rate = bench.size / _time(bench, "send", file.name, bench.size, port)
    broadcast.refresh_from_db()
    assert broadcast.state == Send.State.DONE, broadcast.state
    assert Delivery.objects.filter(state=State.SENT).count() == bench.size
    return bench.size / queued, len(ready[0].raw), limit, rate


def _sign() -> str:
    """Sign the sender's domain; return the key."""
    return unseal(signing.create("example.com", "bench").keys.get().sealed, signing.PURPOSE)


def load(size: int) -> None:
    """Fill in contacts and one segment with all of them."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contact (email, first_name, last_name, city, attrs, version, created_at,"
            " updated_at) SELECT 'p' || n || '@example.com', 'Name' || n, 'Family' || n %% 977,"
            " 'City' || n %% 50, '{}', 1, now(), now() FROM generate_series(1, %s) n",
            [size],
        )
        cursor.execute("INSERT INTO contact_state (contact_id, points) SELECT id, 0 FROM contact")
        segment = Segment.objects.create(name="All", created_at=now, updated_at=now)
        cursor.execute(
            "INSERT INTO member (segment_id, contact_id, added_at, manual)"
            " SELECT %s, id, now(), 1 FROM contact ORDER BY id",
            [segment.pk],
        )


def _content() -> dict[str, str]:
    links = "".join(
        f'<table role="presentation" width="100%"><tr><td {STYLE}>{WORDS * 3}'
        f'<a {STYLE} href="https://example.com/offers/{n}?utm_source=news&item={n}">'
        f"Offer {n} for {{{{ contact.city }}}}</a></td></tr></table>"
        for n in range(LINKS)
    )
    hello = "<h1>Hello {{ contact.first_name }} {{ contact.last_name|upper }}</h1>"
    return {
        "subject": "News for {{ contact.first_name }}",
        "html": f"<html><body>{hello}{links}</body></html>",
        "from_address": "news@example.com",
    }


def _insert_by_hand(segment: Segment, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"email": 1, "segment": segment.pk, "now": now})


def _prepare() -> None:
    while preparing.work(clock.now()):
        pass


def _time(bench: Bench, task: str, file: str, count: int, port: int) -> float:
    """Time as many processes as the product starts, once all are ready."""
    words = (task, file, str(count // senders.PROCESSES))
    started = senders.run(*words, email_url=f"smtp://127.0.0.1:{port}")
    return bench.measure(lambda: senders.go(started))


def _ready(version_id: int, now: datetime) -> list[Mail]:
    """Make some mails as the product makes them."""
    workspace = replace(Workspace.read(), signers={})
    version = load_version(version_id, workspace.zone)
    part = Slice(version, workspace, [], now, now)
    mails = []
    for row in Delivery.objects.order_by("id")[:READY]:
        claimed = Claimed(
            *(row.pk, 1, row.email_id, row.contact_id, row.run_id, row.cause, 0, 0),
            *(row.created_at, None),
        )
        contact = {"first_name": "Name", "last_name": "Family", "city": "City"}
        values = {"contact": contact, "event": {}}
        reader = Recipient(claimed, f"p{row.pk}@example.com", values, opens=True, clicks=True)
        mails.append(compose(part, reader))
    return mails
