"""What goes out, on the start page: now with its progress, next by its hour, then what is over."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from contacts.models import Contact
from dashboard.services import going
from emails.models import Delivery, Email, Send, State
from kernel import clock
from sms.models import TextDelivery, TextRun
from tests.accounts.world import persona
from tests.cast import make_user
from tests.journey import people
from tests.sms.people import make_text

pytestmark = pytest.mark.django_db
NOW = clock.now()


def run(name: str, state: str, owner: User | None = None, **values: object) -> Send:
    email = Email.objects.create(name=name, subject="s", html="<p>x</p>", owner=owner)
    return Send.objects.create(email=email, state=state, **{"at": NOW, **values})


def reached(send: Send, contact: int, state: State) -> None:
    Delivery.objects.create(
        email_id=send.email_id,
        contact_id=contact,
        run_id=send.pk,
        cause=f"run:{send.pk}",
        state=state,
        due_at=NOW,
        created_at=NOW,
    )


def page(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_what_goes_out_now_stands_first_with_its_progress(alice: User):
    now = clock.now()
    ended = {"started_at": now, "finished_at": now - timedelta(hours=1)}
    run("Over", "done", counts={"selected": 9}, **ended)
    run("Later", "queued", at=now + timedelta(days=2))
    run("Sooner", "queued", at=now + timedelta(days=1))
    halfway = run("Going", "sending", started_at=now - timedelta(minutes=1))
    run("Halted", "paused", paused_from="sending", started_at=now)
    ids = people(4)
    for contact, state in zip(
        ids, (State.SENT, State.SENT, State.SKIPPED, State.QUEUED), strict=True
    ):
        reached(halfway, contact, state)
    answer = page(alice).get("/")
    sends = answer.context["sends"]
    assert sorted(line.name for line in sends.now) == ["Going", "Halted"]
    assert [line.name for line in sends.later] == ["Sooner", "Later"]
    assert [line.name for line in sends.over] == ["Over"]
    shown = answer.content.decode()
    assert "3 / 4" in shown
    assert shown.index(">Going<") < shown.index(">Sooner<") < shown.index(">Over<")


def test_many_at_work_leave_room_for_what_comes_next(alice: User):
    people(1)
    for number in range(7):
        run(f"Now {number}", "sending", started_at=NOW)
        run(f"Next {number}", "queued", at=clock.now() + timedelta(days=number + 1))
    sends = page(alice).get("/").context["sends"]
    assert (len(sends.now), [line.name for line in sends.later]) == (6, ["Next 0", "Next 1"])


def test_who_sees_their_own_sees_what_they_send(alice: User):
    people(1)
    mine = persona("view own")
    run("Mine", "sending", mine, started_at=NOW)
    run("Hers", "sending", alice, started_at=NOW)
    sends = page(mine).get("/").context["sends"]
    assert [line.name for line in sends.now] == ["Mine"]
    assert "Hers" not in page(mine).get("/").content.decode()


def test_texts_go_out_among_emails(alice: User):
    now = clock.now()
    text = make_text("Offer", type="segment", name="Texts")
    sending = TextRun.objects.create(sms=text, state="sending", at=now, started_at=now)
    for contact, state in zip(people(2), (State.SENT, State.QUEUED), strict=True):
        TextDelivery.objects.create(
            sms_id=text.pk,
            contact_id=contact,
            run_id=sending.pk,
            cause=f"broadcast:{sending.pk}",
            state=state,
            due_at=now,
        )
    run("Mails", "sending", started_at=now - timedelta(minutes=1))
    TextRun.objects.create(
        sms=make_text("Old", type="segment", name="Old"), state="done", at=now, finished_at=now
    )
    answer = page(alice).get("/")
    sends = answer.context["sends"]
    assert sorted((line.name, line.done, line.total) for line in sends.now) == [
        ("Mails", 0, 0),
        ("Texts", 1, 2),
    ]
    assert [(line.name, line.url) for line in sends.over] == [("Old", f"/sms/{text.pk + 1}")]


def test_who_sees_no_texts_is_told_of_none(alice: User):
    TextRun.objects.create(sms=make_text("Offer", name="Texts"), state="sending", at=NOW)
    rights = {"emails": {"view": "all"}, "contacts": {"view": "all"}}
    reader = make_user("reader", Role.objects.create(name="Reader", rights=rights))
    assert page(reader).get("/").context["sends"].now == []


def test_what_is_over_is_counted_at_once_for_who_sees_their_own(dora: User):
    def ended(number: int) -> None:
        over = {"state": "done", "at": NOW, "finished_at": NOW, "counts": {"sent": 9}}
        reached(run(f"Mail {number}", owner=dora, **over), own, State.SENT)
        text = make_text("Offer", type="segment", name=f"Text {number}", owner=dora)
        TextRun.objects.create(sms=text, **over)

    own = people(1)[0]
    Contact.objects.filter(pk=own).update(owner=dora)
    ended(0)
    user = User.objects.get(pk=dora.pk)
    going.sends(user, NOW)
    with CaptureQueriesContext(connection) as few:
        assert sorted(line.total for line in going.sends(user, NOW).over) == [0, 1]
    for number in (1, 2):
        ended(number)
    with CaptureQueriesContext(connection) as many:
        assert sorted(line.total for line in going.sends(user, NOW).over) == [0, 0, 0, 1, 1, 1]
    assert len(many) == len(few)
