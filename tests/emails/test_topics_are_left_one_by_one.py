"""One topic is left and the others stay (PRV-05, SEC-42); what people choose is obeyed."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from contacts.models import ChannelWish, Consent, Contact, DoNotContact, Topic
from emails.models import CapturedMail, Delivery
from kernel.models import Event
from tests.emails.people import NOW, begin, make_contact
from tests.settle import settle

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def news() -> Topic:
    return Topic.objects.create(name="News", labels={"fr": "Actualités", "en": "News of ours"})


def path_of(contact: Contact, kind: str, topic: Topic | None = None, **values) -> str:
    html = "<p>{{ unsubscribe_url }} {{ preferences_url }}</p>"
    begin([contact], topic=topic, html=html, **values)
    settle(NOW)
    raw = bytes(CapturedMail.objects.latest("pk").raw).decode().replace("=\r\n", "")
    return re.search(rf"http://testserver(/e/{kind}/[\w.-]+)", raw)[1]


def refused() -> list[int]:
    return list(Consent.objects.filter(state="refused").values_list("topic_id", flat=True))


def test_one_click_leaves_the_topic_of_the_mail_and_nothing_else(browser: Client, news: Topic):
    person = make_contact()
    path = path_of(person, "u", news)
    for _look in (browser.get(path), browser.head(path)):
        assert (refused(), DoNotContact.objects.count()) == ([], 0)
    for _time in range(2):
        assert browser.post(path, ONE_CLICK).status_code == 200
    assert (refused(), DoNotContact.objects.count()) == ([news.pk], 0)
    assert Delivery.objects.get().unsubscribed_at is not None
    told = Event.objects.filter(data__topic=str(news.pk)).count()
    # The consent and the unsubscription, once each.
    assert told == 2
    begin([person], topic=news)
    begin([person], topic=Topic.objects.create(name="Sales"))
    begin([person])
    settle(NOW)
    # Which run is prepared first is nobody's promise.
    reasons = Delivery.objects.order_by("run_id").values_list("state", "reason")
    assert list(reasons)[1:] == [(6, "topic_refused"), (3, None), (3, None)]


def test_the_page_offers_the_topic_or_everything(browser: Client, news: Topic):
    path = path_of(make_contact(), "u", news, language="fr")
    assert "Actualités" in browser.get(path).content.decode()
    left = browser.post(path + "?lang=en").content.decode()
    assert "You are unsubscribed from News of ours" in left
    assert "News of ours" in browser.get(path + "?lang=en").content.decode()
    browser.post(path, {"undo": "1"})
    assert (refused(), DoNotContact.objects.count()) == ([], 0)
    assert "You are unsubscribed" in browser.post(path + "?lang=en", {"all": "1"}).content.decode()
    assert (refused(), DoNotContact.objects.get().reason) == ([], "unsubscribed")
    browser.post(path, {"undo": "1"})
    assert DoNotContact.objects.count() == 0


def test_a_mail_without_a_topic_leaves_everything(browser: Client, news: Topic):
    browser.post(path_of(make_contact(), "u"), ONE_CLICK)
    assert (refused(), DoNotContact.objects.get().reason) == ([], "unsubscribed")


def test_topics_frequency_and_pause_are_chosen_on_the_page(browser: Client, news: Topic):
    sales = Topic.objects.create(name="Sales")
    Topic.objects.create(name="Internal", public=False)
    person = make_contact()
    path = path_of(person, "p")
    page = browser.get(path).content.decode()
    assert page.count('name="topic"') == 2
    assert Consent.objects.count() + ChannelWish.objects.count() == 0
    until = date.today() + timedelta(days=30)  # noqa: DTZ011 - any day to come
    form = {
        "receives": "on",
        "open_tracking": "on",
        "click_tracking": "on",
        "shown": [news.pk, sales.pk],
        "topic": [sales.pk],
        "frequency": "1 week",
        "pause_until": until.isoformat(),
    }
    page = browser.post(path, form).content.decode()
    assert refused() == [news.pk]
    assert f'value="{until}"' in page
    assert re.search(r'value="1 week"\s+selected', page)
    wish = ChannelWish.objects.get()
    assert (wish.most, wish.per, wish.pause_until) == (1, "week", until)
    form |= {"topic": [news.pk, sales.pk], "frequency": "", "pause_until": "never"}
    browser.post(path, form)
    assert (refused(), ChannelWish.objects.count()) == ([], 0)


def test_rules_set_elsewhere_survive_the_page(browser: Client):
    person = make_contact()
    ChannelWish.objects.create(contact=person, channel="email", most=3, per="day")
    path = path_of(person, "p")
    assert re.search(r'value="3 day"\s+selected', browser.get(path).content.decode())
    browser.post(path, {"receives": "on", "frequency": "3 day", "pause_until": ""})
    assert ChannelWish.objects.get().most == 3
    browser.post(path, {"receives": "on"})
    assert ChannelWish.objects.get().most == 3


def test_topics_that_the_page_did_not_show_stay(browser: Client, news: Topic):
    path = path_of(make_contact(), "p")
    browser.post(path, {"receives": "on", "shown": ["x", "999999999999999999999"]})
    assert Consent.objects.filter(purpose="email_marketing").count() == 0
