"""Over SMTP: refusals, silence, cut connections, a dead server (REL-02, 03, 04, 11, 15)."""

import email
from datetime import timedelta

import pytest

from emails.models import Delivery, State
from emails.services import attempts, hands, transports
from emails.smtp import Server
from kernel.actions import Batch, contact_actions, run_action
from tests.emails.people import NOW, begin, make_contact, make_contacts, make_email, states
from tests.settle import settle
from tests.smtp_sink import Rule, Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings, monkeypatch):
    """A mail server of ours; a mail may take it a second at most."""
    monkeypatch.setattr(transports, "MAIL_SECONDS", 1.0)
    with Sink() as server:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
        yield server
        transports.transport().mailer.close()


def reached(sink: Sink) -> list[str]:
    return sorted(recipient for mail in sink.mails for recipient in mail.recipients)


def row(number: int) -> Delivery:
    return Delivery.objects.get(contact_id__in=_contact(number))


def _contact(number: int):
    from contacts.models import Contact

    return Contact.objects.filter(email=f"p{number}@example.com").values("pk")


def test_each_answer_has_its_own_end_and_nobody_gets_two(sink: Sink):
    sink.rules += [
        Rule("p1@", "reject", "550 5.1.1 no such user"),
        Rule("p2@", "reject", "450 4.2.1 try later"),
        Rule("p3@", "hang"),
        Rule("p4@", "cut_late"),
        Rule("p5@", "cut_early", every=1),
        Rule("p6@", "fail", "554 5.7.1 spam"),
        Rule("p7@", "reject", "421 4.3.2 closing"),
    ]
    begin(make_contacts(60))
    settle(NOW)
    assert {row(3).state, row(4).state} == {State.UNCERTAIN}
    assert {row(2).state, row(7).state} == {State.QUEUED}
    assert row(2).due_at > NOW
    # It broke before the dot, so that it can go again, and soon.
    assert row(5).state in {State.QUEUED, State.UNCERTAIN}
    assert row(5).state == State.UNCERTAIN or row(5).due_at < row(2).due_at
    # Whom another's cut took along on a busy machine is tried again by now.
    settle(NOW + timedelta(seconds=20))
    assert (row(1).state, row(1).reason) == (State.FAILED, "550 5.1.1 no such user")
    assert (row(6).state, row(6).reason) == (State.FAILED, "554 5.7.1 spam")
    sink.rules.clear()
    settle(NOW + timedelta(minutes=5))
    assert {row(2).state, row(7).state} == {State.SENT}
    everybody = reached(sink)
    assert len(everybody) == len(set(everybody))
    assert {"p3@example.com", "p4@example.com"} & set(everybody) == {"p4@example.com"}
    assert states().get("queued", 0) == 0


def test_a_server_that_is_away_costs_nothing_but_time(sink: Sink, monkeypatch, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    monkeypatch.setattr(hands, "REST_SECONDS", 0.0)
    monkeypatch.setattr(attempts, "AWAY", timedelta(seconds=1))
    run = begin(make_contacts(30))
    settle(NOW)
    assert (states(), Delivery.objects.filter(attempts__gt=0).count()) == ({"queued": 30}, 0)
    assert "refused" in (Delivery.objects.exclude(reason=None).first() or row(0)).reason.lower()
    run.refresh_from_db()
    assert run.state == "sending"
    settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}"
    settle(NOW + timedelta(minutes=2))
    run.refresh_from_db()
    assert (states(), run.state, len(reached(sink))) == ({"sent": 30}, "done", 30)


def test_a_transactional_mail_in_doubt_goes_again_under_the_same_message_id(sink: Sink):
    sink.rules.append(Rule("zoe@", "cut_late"))
    contact, message = make_contact(), make_email(kind="transactional")
    action = contact_actions.get("emails.send")({"email": message.pk})
    assert run_action(action, Batch([contact.pk], ["form:1:1"]), NOW).wake == {
        "emails.transactional"
    }
    settle(NOW)
    sink.rules.clear()
    settle(NOW + timedelta(minutes=5))
    ids = [email.message_from_bytes(mail.raw)["Message-ID"] for mail in sink.mails]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert states() == {"sent": 1}


def test_hopeless_mail_fails_in_the_end_with_the_servers_words(sink: Sink):
    sink.rules.append(Rule("zoe@", "reject", "451 4.7.1 greylisted"))
    begin([make_contact()])
    moment = NOW
    for _try in range(24):
        settle(moment)
        moment += timedelta(hours=6)
    found = Delivery.objects.get()
    assert (found.state, found.reason) == (State.FAILED, "451 4.7.1 greylisted")
    assert found.attempts > 10


def test_login_and_sender_come_from_the_address_of_the_server():
    server = Server.of_url("smtp://me%40x.de:p%3Aw@mail.example.com:587")
    assert (server.user, server.password, server.tls) == ("me@x.de", "p:w", "required")
