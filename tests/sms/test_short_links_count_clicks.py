"""Links in texts are short, lead where the text led, and count people, not machines."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from contacts.services import consent
from contacts.services.consent import Proof
from kernel import clock
from kernel.events import type_id
from kernel.models import Event
from sms.models import CapturedText, TextDelivery
from sms.tasks import trim
from tests.settle import settle
from tests.sms.people import make_contact, make_text, send
from tracking import spool, spooler

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
ROBOT = "facebookexternalhit/1.1 Facebot Twitterbot/1.0"


def link(settings):
    zoe = make_contact()
    body = "See https://shop.example/offers?for={{ contact.first_name|urlencode }}. Or not"
    send(make_text(body), zoe, now=clock.now())
    settle()
    text = CapturedText.objects.get().body
    TextDelivery.objects.update(sent_at=clock.now() - timedelta(minutes=1))
    found = re.fullmatch(rf"See {settings.SITE_URL}(/s/\w{{10}})\. Or not", text)
    return zoe, found[1]


def follow(path, agent, method="get"):
    return getattr(Client(REMOTE_ADDR="8.8.8.8"), method)(path, HTTP_USER_AGENT=agent)


def took():
    spool.flush()
    spooler.copy_all()
    settle()
    return list(
        Event.objects.filter(type_id=type_id("sms.clicked")).values_list("verdict", flat=True)
    )


def test_a_short_link_leads_on_and_counts_people(settings):
    zoe, path = link(settings)
    answer = follow(path, PHONE)
    assert (answer.status_code, answer["Location"]) == (
        302,
        "https://shop.example/offers?for=Zo%C3%AB",
    )
    follow(path, ROBOT)
    follow(path, PHONE, "head")
    assert follow(path, PHONE, "post").status_code == 405
    for strange in ("/s/2222222222", "/s/%00", "/s/%C3%AB", "/s/a.b"):
        assert follow(strange, PHONE).status_code == 404
    verdicts = took()
    assert len(verdicts) == 3
    assert verdicts.count(3) == 2
    row = TextDelivery.objects.get()
    assert row.clicked_at is not None
    event = Event.objects.filter(type_id=type_id("sms.clicked")).exclude(verdict=3).get()
    assert (event.contact_id, event.subject_id, event.data["link"]) == (zoe.pk, row.sms_id, 1)


def test_who_refused_to_be_measured_is_led_on_and_not_counted(settings):
    zoe, path = link(settings)
    consent.give([zoe.pk], Proof("click_tracking", "refused", "api", clock.now()), clock.now())
    assert follow(path, PHONE).status_code == 302
    assert took() == []


def test_a_text_tried_again_has_the_same_links(settings):
    _zoe, path = link(settings)
    row = TextDelivery.objects.get()
    TextDelivery.objects.update(state=0, due_at=clock.now() - timedelta(minutes=1))
    settle()
    assert CapturedText.objects.filter(delivery_id=row.pk, body__contains=path).count() == 2


def test_old_links_lead_nowhere_and_younger_ones_stay(settings):
    _zoe, path = link(settings)
    trim(None)
    assert follow(path, PHONE).status_code == 302
    TextDelivery.objects.update(created_at=clock.now() - timedelta(days=401))
    trim(None)
    assert follow(path, PHONE).status_code == 404
