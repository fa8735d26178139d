"""The start page: figures beside those before, narrowed to one's own; what needs attention."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact, ContactState, Import
from dashboard.models import DayFigure
from dashboard.services import counting, own, readers
from emails.models import Email
from kernel import clock
from kernel.events import Fact, record
from kernel.models import Job
from segments.models import Segment
from tests.accounts.world import persona
from tests.journey import people

pytestmark = pytest.mark.django_db


def page(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def numbers(client: Client) -> list[tuple[int | None, int | None]]:
    return [
        (f["figure"].number, f["figure"].difference) for f in client.get("/").context["figures"]
    ]


def test_figures_stand_beside_those_before(alice: User):
    now, ids = clock.now(), people(3)
    Contact.objects.filter(pk=ids[0]).update(created_at=now - timedelta(days=9))
    email = Email.objects.create(name="m", subject="s", html="<p>x</p>").pk
    for key, days in (("emails.sent", 40), ("emails.sent", 2), ("emails.opened", 1)):
        record(key, [Fact(c, now - timedelta(days=days), email) for c in ids], now=now)
    machine = [Fact(ids[0], now, email, verdict=3)]
    record("emails.clicked", [*machine, Fact(ids[1], now, email, verdict=1)], now=now)
    assert numbers(page(alice))[1:3] == [(None, None), (None, None)]
    counting.refresh(now)
    counting.refresh(now)
    # Contacts, new in 7 days, sent, opened, clicked, in campaigns.
    expected = [(3, None), (2, 1), (3, 0), (3, 3), (1, 1), (0, None)]
    assert numbers(page(alice)) == expected
    assert "<svg" in page(alice).get("/").content.decode()


def test_who_sees_their_own_sees_figures_of_their_own(alice: User):
    now, mine = clock.now(), persona("view own")
    for owner in (mine, alice, alice):
        contact = Contact.objects.create(owner=owner)
        ContactState.objects.create(contact=contact)
    counting.refresh(now)
    assert numbers(page(mine))[:2] == [(1, None), (1, 1)]
    assert numbers(page(alice))[:2] == [(3, None), (3, 3)]


def test_each_figure_is_that_of_the_list_behind_it(alice: User):
    now, ids = clock.now(), people(4)
    Contact.objects.filter(pk=ids[0]).update(created_at=now - timedelta(days=9))
    emails = [Email.objects.create(name=n, subject="s", html="<p>x</p>").pk for n in "ab"]
    # One person opens two mails on three days, and is one person.
    for email in emails:
        for days in (1, 2, 29):
            opened = [Fact(c, now - timedelta(days=days), email) for c in ids[:2]]
            record("emails.opened", opened, now=now)
    record("emails.opened", [Fact(ids[3], now - timedelta(days=31), emails[0])], now=now)
    record("emails.clicked", [Fact(ids[0], now, emails[0], verdict=3)], now=now)
    record("emails.clicked", [Fact(ids[1], now, emails[0])], now=now)
    counting.refresh(now)
    client, compared = page(alice), 0
    for each in client.get("/").context["figures"]:
        if each["url"].startswith("/contacts"):
            assert client.get(each["url"]).context["total"] == each["figure"].number, each["label"]
            compared += 1
    assert compared == 4
    assert numbers(client)[3:5] == [(2, 1), (1, 1)]


def test_zeros_of_an_empty_beginning_are_no_figures(alice: User):
    counting.refresh(clock.now())
    contact = Contact.objects.create(created_at=clock.now() + timedelta(seconds=1))
    ContactState.objects.create(contact=contact)
    shown = page(alice).get("/")
    assert shown.context["counted_at"] is None
    assert "being counted" in shown.content.decode()
    counting.refresh(clock.now() + timedelta(seconds=2))
    assert numbers(page(alice))[1] == (1, 1)


def test_what_needs_attention_is_named_once_to_whom_it_concerns(alice: User, charlie: User):
    now = clock.now()
    people(1)
    Segment.objects.create(name="Slow", state=Segment.State.FAILED, error="takes too long")
    Import.objects.create(name="club.csv", rejected=4, owner=alice, state=Import.State.DONE)
    failed = {"state": Job.State.FAILED, "finished_at": now, "due_at": now}
    Job.objects.create(
        kind="contacts.bulk_action", user=alice, args={"key": "tags.change"}, **failed
    )
    titles = [notice.title for notice in page(alice).get("/").context["notices"]]
    assert len(titles) == 3
    assert "Slow" in titles[0]
    assert "4 rows refused: club.csv" in titles[2]
    assert page(charlie).get("/").context["notices"] == []


def test_old_days_are_forgotten_and_others_counted_though_one_question_takes_too_long(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    now, ids = clock.now(), people(2)
    email = Email.objects.create(name="m", subject="s", html="<p>x</p>").pk
    record("emails.clicked", [Fact(ids[0], now, email)], now=now)
    old = now.date() - timedelta(days=90)
    DayFigure.objects.create(day=old, what="mails", owner_id=0, number=5, counted_at=now)
    monkeypatch.setattr(readers, "PATIENCE_MS", 200)
    # The questions about the month before take longer than anybody waits.
    monkeypatch.setattr(readers, "EARLIER", "pg_sleep(5)::text = concat(%s, %s, %s)")
    counting.refresh(now)
    assert not DayFigure.objects.filter(day=old).exists()
    assert "openers_before took longer" in caplog.text
    assert numbers(page(alice))[3:5] == [(0, 0), (1, 1)]


def test_figures_of_own_contacts_are_all_of_this_moment():
    """SEC-15: mails to others are not counted, and who is given away counts elsewhere at once."""
    now, ids = clock.now(), people(4)
    mine, email = persona("view own"), Email.objects.create(name="m", subject="s", html="<p>x</p>")
    Email.objects.filter(pk=email.pk).update(owner=mine)
    Contact.objects.filter(pk=ids[0]).update(created_at=now - timedelta(days=5))
    for key in ("emails.sent", "emails.opened", "emails.clicked"):
        record(key, [Fact(c, now - timedelta(days=3), email.pk) for c in ids], now=now)
    counting.refresh(now)
    client = page(mine)
    assert [number for number, _difference in numbers(client)[:5]] == [0, 0, 0, 0, 0]
    Contact.objects.filter(pk__in=ids[:3]).update(owner=mine)
    assert [number for number, _difference in numbers(client)[:5]] == [3, 3, 3, 3, 3]
    shown = client.get("/")
    assert "counted now" in shown.content.decode()
    assert "4 new contacts" not in shown.content.decode()
    assert "3 mails, 3 new contacts" in shown.content.decode()


def test_what_takes_too_long_to_count_of_own_contacts_is_not_nought(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(own, "CREATED", f"{own.CREATED} AND pg_sleep(0.3) IS NOT NULL")
    monkeypatch.setattr(own, "WHO_DID", f"{own.WHO_DID} AND pg_sleep(0.3) IS NOT NULL")
    monkeypatch.setattr(own, "PATIENCE_MS", 40)
    mine = persona("view own")
    Contact.objects.filter(pk__in=people(1)).update(owner=mine)
    found = [number for number, _difference in numbers(page(mine))[:5]]
    assert (found[0], found[1], found[2]) == (1, None, None)
