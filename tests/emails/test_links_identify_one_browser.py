"""SEC-40, SEC-41: a link of a mail files one browser's visits under its reader, and no more."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from kernel import clock, preferences
from tests.emails.following import HUMAN, Mail
from tests.emails.people import make_contact
from tests.settle import settle
from tests.tracking.site import SITE, Visit, arrive, events_of
from tracking import terms
from tracking.models import Visitor
from tracking.visits import VALID, identity, introduced

pytestmark = pytest.mark.django_db
HTML = f'<p><a href="{SITE}/offer?a=1#top">see</a> <a href="https://other.example/">x</a></p>'


@pytest.fixture(autouse=True)
def site():
    preferences.put("tracking.sites", [SITE])


def make_mail(address: str = "zoe@example.com") -> Mail:
    return Mail(make_contact(address), html=HTML)


def come_by(mail: Mail, visit: Visit, agent: str = HUMAN) -> str:
    """Follow the link in this browser, and let the script of the site do its part."""
    place = mail.follow(agent=agent)["Location"]
    token = parse_qs(urlsplit(place).query)["rl_visit"][0]
    visit.post({"n": "view", "u": place.partition("#")[0]}, t=token)
    return token


def judged() -> None:
    arrive()
    settle(clock.now() + timedelta(seconds=13))
    settle(clock.now() + timedelta(seconds=13))


def test_the_browser_that_came_by_the_mail_becomes_its_readers():
    mail, visit = make_mail(), Visit()
    visit.view("/before")
    come_by(mail, visit)
    judged()
    paths = [event.data["path"] for event in events_of(contact=mail.delivery.contact_id)]
    assert paths == ["/before", "/offer"]
    assert Visitor.objects.get().proof == "link"
    # The token that introduced them is kept nowhere.
    assert "rl_visit" not in str([event.data for event in events_of()])


def test_sec_41_whoever_gets_it_forwarded_stays_unknown():
    mail, reader, friend = make_mail(), Visit(), Visit()
    come_by(mail, reader)
    judged()
    come_by(mail, friend)
    friend.view("/private")
    judged()
    paths = [event.data["path"] for event in events_of(contact=mail.delivery.contact_id)]
    assert paths == ["/offer"]
    assert Visitor.objects.get(key=friend.key).contact_id is None


def test_sec_41_a_known_browser_stays_its_owners():
    mine, theirs, visit = make_mail(), make_mail("yves@example.com"), Visit()
    come_by(mine, visit)
    judged()
    come_by(theirs, visit)
    judged()
    assert Visitor.objects.get().contact_id == mine.delivery.contact_id
    # Their link is not used up by somebody else's browser.
    own = Visit()
    come_by(theirs, own)
    judged()
    assert Visitor.objects.get(key=own.key).contact_id == theirs.delivery.contact_id


def test_a_scanner_takes_nobodys_place():
    mail, scanner, reader = make_mail(), Visit(agent="HeadlessChrome/140"), Visit()
    come_by(mail, scanner, agent="HeadlessChrome/140")
    judged()
    assert Visitor.objects.get().contact_id is None
    settle(clock.now() + timedelta(minutes=3))
    come_by(mail, reader)
    judged()
    assert Visitor.objects.get(key=reader.key).contact_id == mail.delivery.contact_id


def test_sec_40_nobody_becomes_a_contact_by_saying_so():
    """Not by an address, a number, another token, a changed one, or one that is too old."""
    contact = make_contact()
    token = identity(contact.pk, clock.now())
    mail = Mail(contact, html=HTML)
    click = mail.paths("c")[0].removeprefix("/e/c/")
    turned = token[:-1] + ("A" if token[-1] != "A" else "B")
    old = identity(contact.pk, clock.now() - timedelta(days=2))
    wrong = (
        {"email": contact.email},
        {"contact": contact.pk},
        {"t": click},
        {"t": turned},
        {"t": old},
        {"t": str(contact.pk)},
        {"t": {"contact": contact.pk}},
    )
    for more in wrong:
        visit = Visit()
        visit.view(**{"email": contact.email, **more})
        answer = visit.post({"n": "event", "k": "a.b", "d": {"email": contact.email}}, **more)
        assert (answer.status_code, answer.content) == (204, b""), more
    judged()
    assert events_of(contact=contact.pk) == []
    assert not Visitor.objects.exclude(contact_id=None).exists()
    contact.refresh_from_db()
    assert contact.email == "zoe@example.com"


def test_a_token_leads_in_for_minutes_only_and_to_sites_of_ours_only():
    mail = make_mail()
    place = mail.follow()["Location"]
    assert place.startswith(f"{SITE}/offer?a=1&rl_visit=")
    assert place.endswith("#top")
    token = parse_qs(urlsplit(place).query)["rl_visit"][0]
    assert introduced(token, clock.now()) == ("email", mail.delivery.pk)
    assert introduced(token, clock.now() + VALID + timedelta(seconds=2)) is None
    assert mail.follow(1)["Location"] == "https://other.example/"
    preferences.put("tracking.sites", [])
    terms.forget()
    assert mail.follow()["Location"] == f"{SITE}/offer?a=1#top"
