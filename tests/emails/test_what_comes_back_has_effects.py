"""REL-43 to REL-45: bounces, complaints and replies do what follows from them, once each."""

from datetime import timedelta

import pytest

from contacts.models import Contact, DoNotContact
from emails.models import Delivery, MailOutcome, ReturnedMail
from emails.services import intake, returned_mail
from kernel import preferences
from notices.models import Notice
from tests.emails.people import NOW, make_contact
from tests.emails.returned import (
    DOMAIN,
    came,
    complaint,
    message_id,
    one_sent,
    reply,
    report,
    sent_to,
    told,
    verp,
)
from tests.settle import settle

pytestmark = pytest.mark.django_db
FULL = {"words": "452 4.2.2 Mailbox full", "status": "4.2.2"}


def within(count: int, days: int) -> None:
    preferences.put("emails.soft_bounce_count", count)
    preferences.put("emails.soft_bounce_days", days)


def closed() -> list[tuple[int, str]]:
    rows = DoNotContact.objects.filter(channel="email").order_by("contact_id", "reason")
    return list(rows.values_list("contact_id", "reason"))


def held() -> list[str]:
    return list(ReturnedMail.objects.filter(state="held").values_list("why", flat=True))


def test_a_hard_bounce_closes_the_address_once():
    delivery = one_sent()
    came(report(verp(delivery)), report(verp(delivery)), report(verp(delivery), name="again"))
    assert closed() == [(delivery.contact_id, "hard_bounce")]
    (event,) = told("emails.bounced")
    assert event.data | {"kind": "hard", "status": "5.1.1"} == event.data
    assert (event.subject_id, event.data["delivery"]) == (delivery.email_id, str(delivery.pk))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.bounced_at) == (3, NOW)
    rows = ReturnedMail.objects.all()
    assert {(row.state, bytes(row.raw), row.sender) for row in rows} == {("done", b"", "")}


def test_the_mail_that_was_sent_back_names_itself():
    delivery = one_sent()
    back = f"\nMessage-ID: {message_id(delivery)}\nTo: zoe@example.com\n\nHello\n--b--\n"
    raw = report("postmaster@example.com").replace(
        b"\n--b--\n", f"\n--b\nContent-Type: message/rfc822\n{back}".encode()
    )
    came(raw)
    assert closed() == [(delivery.contact_id, "hard_bounce")]


def test_whoever_saw_a_message_id_closes_nothing_with_it():
    """It is in every answer and every archive; an address of return is in neither."""
    delivery = one_sent()
    name = message_id(delivery)
    code = name.split(".")[2].partition("@")[0]
    came(report(f"b-{delivery.pk}-{code}@{DOMAIN}"))
    came(report("x@example.com").replace(b"MIME", f"In-Reply-To: {name}\nMIME".encode(), 1))
    came(complaint(delivery, to="mallory@example.net"))
    came(reply(delivery, address="mallory@example.net", more="X-Apple-Unsubscribe: yes"))
    assert sorted(held()) == ["forged", "stranger", "unproven", "unproven"]
    assert not closed()
    assert not MailOutcome.objects.exists()


@pytest.mark.parametrize("state", [0, 1, 2])
def test_what_comes_before_our_own_ledger_knows_that_the_mail_left_waits_for_it(state: int):
    delivery = one_sent()
    rows = Delivery.objects.filter(pk=delivery.pk)
    rows.update(state=state, sent_at=None)
    came(report(verp(delivery)))
    row = ReturnedMail.objects.get()
    assert (row.state, row.attempts, bool(row.raw)) == ("waiting", 0, True)
    assert not told("emails.bounced")
    rows.update(state=3, sent_at=NOW)
    settle(NOW + timedelta(minutes=2))
    assert closed() == [(delivery.contact_id, "hard_bounce")]


def test_what_never_leaves_is_not_waited_for_for_ever():
    delivery = one_sent()
    Delivery.objects.filter(pk=delivery.pk).update(state=1)
    intake.store(report(verp(delivery)), NOW)
    returned_mail.work(NOW + timedelta(days=2))
    assert held() == ["nobody"]


def test_what_comes_years_later_closes_nothing_and_is_handed_to_nobody(alice):
    delivery = one_sent(owner=alice)
    late = NOW + timedelta(days=61)
    came(report(verp(delivery)), reply(delivery), now=late)
    assert len(told("emails.bounced")) == 1
    assert not closed()
    assert not Notice.objects.filter(key="emails.replied").exists()


@pytest.mark.parametrize("sender", ["carol@example.net", "zoe@example.com.evil.example"])
def test_somebody_elses_answer_is_not_the_contacts(alice, sender: str):
    delivery = one_sent(owner=alice)
    came(reply(delivery, address=sender))
    assert held() == ["stranger"]
    assert not told("emails.replied")
    assert not Notice.objects.filter(key="emails.replied").exists()


def test_whoever_answers_from_the_address_they_had_is_the_contact(alice):
    delivery = one_sent(owner=alice)
    Contact.objects.filter(pk=delivery.contact_id).update(email="new@example.com")
    came(reply(delivery), reply(delivery, address="New@example.com", name="r2"))
    assert len(told("emails.replied")) == 2


def test_of_several_mails_of_ours_an_answer_is_to_the_one_it_names():
    contact = make_contact("zoe@example.com")
    first, second = sent_to(contact)[0], sent_to(contact)[0]
    came(reply(second, more=f"References: {message_id(first)} {message_id(second)}"))
    assert [event.data["delivery"] for event in told("emails.replied")] == [str(second.pk)]


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("b-{pk}-aaaaaaaaaaaaaaaa@bounces.example.com", "forged"),
        ("b-999999-{code}@bounces.example.com", "forged"),
        ("zoe@example.com", "nobody"),
        ("{verp}, {other}", "several"),
    ],
)
def test_what_is_not_signed_changes_nothing(to: str, why: str):
    delivery, other = sent_to(make_contact("zoe@example.com"), make_contact("zac@example.com"))
    code = verp(delivery).split("-")[2].partition("@")[0]
    named = {"verp": verp(delivery), "other": verp(other), "pk": delivery.pk, "code": code}
    came(report(to.format(**named)))
    assert held() == [why]
    assert not closed()
    assert not told("emails.bounced")
    assert not MailOutcome.objects.exists()


def test_the_number_of_another_delivery_is_not_believed():
    """A Message-ID that somebody else made up of what they were sent."""
    zoe, zac = sent_to(make_contact("zoe@example.com"), make_contact("zac@example.com"))
    raw = complaint(zoe).replace(f"<{zoe.pk}.".encode(), f"<{zac.pk}.".encode())
    came(raw)
    assert held() == ["forged"]
    assert not closed()


def test_soft_bounces_close_after_as_many_as_the_setting_says():
    contact = make_contact("zoe@example.com")
    within(2, 7)
    first, second, third = (sent_to(contact)[0] for _ in range(3))
    came(report(verp(first), **FULL), now=NOW - timedelta(days=8))
    came(report(verp(second), **FULL), report(verp(second), **FULL, name="again"))
    assert not closed()
    came(report(verp(third), **FULL))
    assert closed() == [(contact.pk, "soft_bounce")]
    assert [event.data["kind"] for event in told("emails.bounced")] == ["soft"] * 3


def test_soft_bounces_of_a_former_address_do_not_count_against_the_present_one():
    contact = make_contact("zoe@example.com")
    within(2, 7)
    first = sent_to(contact)[0]
    contact.email = "new@example.com"
    contact.save()
    second = sent_to(contact)[0]
    came(report(verp(first), **FULL), report(verp(second), **FULL))
    assert len(told("emails.bounced")) == 2
    assert not closed()


def test_what_is_fetched_late_is_dated_as_it_was_written():
    contact = make_contact("zoe@example.com")
    within(2, 7)
    sent = [sent_to(contact)[0] for _ in range(2)]
    dates = [b"Date: Mon, 01 Jan 2024 00:00:00 +0000\n", b"Date: Sat, 01 Jan 2050 00:00:00 +0000\n"]
    later = NOW + timedelta(days=20)
    raws = [date + report(verp(one), **FULL) for date, one in zip(dates, sent, strict=True)]
    came(*raws, now=later)
    first = Delivery.objects.get(pk=sent[0].pk)
    assert [event.occurred_at for event in told("emails.bounced")] == [first.sent_at, later]
    assert not closed()


def test_a_delay_counts_against_nobody_and_its_end_does():
    contact = make_contact("zoe@example.com")
    within(1, 7)
    delivery = sent_to(contact)[0]
    came(report(verp(delivery), action="delayed", **FULL))
    assert len(told("emails.bounced")) == 1
    assert not closed()
    came(report(verp(delivery), name="final", **FULL))
    assert closed() == [(contact.pk, "soft_bounce")]
    assert len(told("emails.bounced")) == 1


@pytest.mark.parametrize("sorts", [("abuse", "opt-out"), ("opt-out", "abuse")])
def test_who_left_and_complains_is_one_who_complained(sorts: tuple[str, str]):
    delivery = one_sent()
    for sort in (*sorts, *sorts):
        came(complaint(delivery, sort))
    assert (delivery.contact_id, "complaint") in closed()
    assert [len(told(f"emails.{key}")) for key in ("complained", "unsubscribed")] == [1, 1]


def test_what_comes_late_does_not_weaken_a_hard_bounce():
    contact = make_contact("zoe@example.com")
    within(2, 7)
    sent = [sent_to(contact)[0] for _ in range(3)]
    came(report(verp(sent[0])))
    came(*[report(verp(one), **FULL) for one in sent[1:]])
    assert closed() == [(contact.pk, "hard_bounce")]


def test_a_block_list_says_nothing_of_the_address():
    contact = make_contact("zoe@example.com")
    within(2, 7)
    words = "550 5.7.1 Client host blocked using zen.spamhaus.org"
    for _ in range(3):
        came(report(verp(sent_to(contact)[0]), words=words, status="5.7.1"))
    assert len(told("emails.bounced")) == 3
    assert not closed()


def test_of_whoever_has_another_address_by_now_nothing_is_closed():
    delivery = one_sent()
    person = make_contact("zac@example.com")
    type(person).objects.filter(pk=delivery.contact_id).update(email="new@example.com")
    came(report(verp(delivery)))
    assert len(told("emails.bounced")) == 1
    assert not closed()


def test_a_complaint_closes_and_is_told():
    delivery = one_sent()
    came(complaint(delivery), complaint(delivery).replace(b"complaint", b"Complaint"))
    assert closed() == [(delivery.contact_id, "complaint")]
    assert len(told("emails.complained")) == 1


def test_leaving_by_a_report_is_no_complaint():
    delivery = one_sent()
    came(complaint(delivery, "opt-out"))
    assert closed() == [(delivery.contact_id, "unsubscribed")]
    assert not told("emails.complained")


@pytest.mark.parametrize("sort", ["auth-failure", "not-spam"])
def test_reports_about_signatures_are_no_complaints(sort: str):
    came(complaint(one_sent(), sort))
    assert not closed()
    assert not held()


def test_a_reply_is_told_and_handed_to_the_owner_once(alice, mailoutbox):
    delivery = one_sent(owner=alice)
    came(reply(delivery), reply(delivery).replace(b"To: news", b"To:  news"))
    (event,) = told("emails.replied")
    assert event.data["text"] == "Yes, please!"
    notice = Notice.objects.get(key="emails.replied")
    assert (notice.user_id, notice.text) == (alice.pk, "Yes, please!")
    (mail,) = mailoutbox
    assert mail.to == [alice.email]
    assert "Yes, please!" in mail.body
    # RFC 3834: no program answers it.
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    delivery.refresh_from_db()
    assert delivery.replied_at == NOW


def test_programs_that_answer_are_neither_told_nor_handed_on(alice):
    delivery = one_sent(owner=alice)
    came(reply(delivery, more="Auto-Submitted: auto-replied"))
    assert not told("emails.replied")
    assert not Notice.objects.filter(key="emails.replied").exists()
    assert not closed()
    assert not held()


def test_only_some_replies_an_hour_are_handed_on(alice):
    delivery = one_sent(owner=alice)
    came(*[reply(delivery, name=f"n{number}") for number in range(8)])
    assert len(told("emails.replied")) == 8
    assert Notice.objects.filter(key="emails.replied").count() == 5


def test_of_somebody_erased_nothing_is_done_or_kept():
    delivery = one_sent()
    type(make_contact("zac@example.com")).objects.filter(pk=delivery.contact_id).delete()
    came(report(verp(delivery)), reply(delivery))
    assert not held()
    assert {bytes(row.raw) for row in ReturnedMail.objects.all()} == {b""}


def test_a_worker_that_dies_in_the_middle_leaves_it_to_be_done_once(monkeypatch):
    delivery = one_sent()
    intake.store(report(verp(delivery)), NOW)
    whole = returned_mail.settle

    def dies(*_):
        raise SystemExit

    monkeypatch.setattr(returned_mail, "settle", dies)
    with pytest.raises(SystemExit):
        returned_mail.work(NOW)
    monkeypatch.setattr(returned_mail, "settle", whole)
    assert not told("emails.bounced")
    settle(NOW)
    assert len(told("emails.bounced")) == 1
    assert Delivery.objects.get(pk=delivery.pk).bounced_at
