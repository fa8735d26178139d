"""A worker that sends texts is killed while Twilio holds its answers: nobody gets two, or none."""

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from contacts.models import Contact
from kernel import clock
from kernel.invariants import broken
from segments.models import Segment
from segments.services import members
from sms.models import State, TextDelivery, TextRun
from sms.services import preparing, runs
from tests.settle import settle
from tests.sms.people import make_contact, make_text, send
from tests.sms.provider import Twilio, set_up

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = """
import django
django.setup()
from kernel import clock
from sms.services.sending import send_batch
send_batch(clock.now(), transactional=False)
"""


@pytest.mark.parametrize("by_broadcast", [False, True])
def test_nobody_gets_two_texts_and_nobody_none(test_clock, settings, by_broadcast):
    server = Twilio()
    set_up(settings, server)
    people = [make_contact(f"+3361234560{digit}") for digit in range(6)]
    if by_broadcast:
        _begin(people)
    else:
        send(make_text(), *people, now=clock.now())
    server.answers = ["hang", "ignore", "hang", "reset"]
    worker = _worker(server)
    try:
        for _held in range(3):
            assert server.hanging.acquire(timeout=60), "The worker asked for nothing."
    finally:
        worker.kill()
        worker.wait(30)
        server.released.set()
    assert not TextDelivery.objects.filter(state=State.SENT).exists()
    for minutes in (5, 5, 20):
        clock.move(timedelta(minutes=minutes))
        settle()
    server.close()
    assert Counter(message["to"] for message in server.messages) == {
        contact.mobile: 1 for contact in people
    }
    assert set(TextDelivery.objects.values_list("state", flat=True)) == {State.SENT}
    assert set(TextRun.objects.values_list("state", flat=True)) <= {"done"}
    assert broken(lambda name: name.startswith("sms.")) == []


def _begin(people: list[Contact]) -> None:
    now = clock.now()
    segment = Segment.objects.create(name="Readers", created_at=now, updated_at=now)
    members.change(segment, [contact.pk for contact in people], now=now)
    text = make_text(type="segment", segments=[segment])
    runs.begin(text, None, now, new_only=False, owner_id=None)
    preparing.work(now)


def _worker(server: Twilio) -> subprocess.Popen[bytes]:
    url = urlsplit(os.environ["DATABASE_URL"])
    database = url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    surroundings = {
        "DATABASE_URL": database,
        "TWILIO_URL": server.url,
        "OUTBOUND_ALLOW": "127.0.0.1",
        "RELAIS_ROLE": "worker",
        "SITE_URL": settings.SITE_URL,
        "DJANGO_SETTINGS_MODULE": "automation.settings",
    }
    command = [sys.executable, "-c", WORKER]
    return subprocess.Popen(command, env=os.environ | surroundings, cwd=settings.BASE_DIR)
