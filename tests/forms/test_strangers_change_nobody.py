"""Whoever types somebody's address is not that person: nothing is seen, changed or granted."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from contacts.models import Consent, ConsentRecord, Contact, Field, Topic
from emails.services import confirming
from forms.models import Submission
from forms.plugins.queues import Actions
from forms.services import definition, guarding, publishing, showing
from kernel import clock, preferences
from kernel.models import ActionDone, Event
from tests.forms.written import EMAIL, FIRST, make_form, send, token_in, token_of
from tests.settle import settle
from tracking.models import Visitor

pytestmark = pytest.mark.django_db
AGREED = {
    "id": "k",
    "kind": "consent",
    "name": "ok",
    "purpose": "email_marketing",
    "label": "Yes, write to me",
}
MOBILE = {"id": "m", "kind": "phone", "name": "mobile", "map": "mobile", "label": "Mobile"}


def test_sec_40_an_address_that_is_known_changes_nothing_but_public_fields():
    Field.objects.create(object="contact", label="Size", alias="size", type="text", public=True)
    ana = Contact.objects.create(email="ana@example.com", first_name="Ana")
    from contacts.models import Identifier

    Identifier.objects.create(kind="email", value="ana@example.com", contact=ana)
    size = {"id": "z", "kind": "text", "name": "size", "map": "size", "label": "Size"}
    form = make_form(EMAIL, FIRST, size, AGREED)
    told = {"email": "ANA@example.com", "first": "Mallory", "size": "XL", "ok": "yes"}
    assert send(form, told).status_code == 200
    ana.refresh_from_db()
    assert (ana.first_name, ana.attrs) == ("Ana", {"size": "XL"})
    kept = Submission.objects.get()
    assert (kept.contact_id, kept.proof, kept.answers["n"]) == (ana.pk, "", "Mallory")
    assert Consent.objects.get().state == "pending"


def test_sec_40_nobody_learns_whether_an_identifier_is_known():
    preferences.put("contacts.unique_kinds", ["email", "mobile"])
    form = make_form(EMAIL, MOBILE)
    first = send(form, {"email": "a@example.com", "mobile": "+33612345678"})
    second = send(form, {"email": "b@example.com", "mobile": "+33612345678"})
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert [c.mobile for c in Contact.objects.order_by("pk")] == ["+33612345678", None]


def test_sec_41_only_a_new_contact_was_the_visitor():
    now = clock.now()
    keys = [f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2)]
    for key in keys:
        Visitor.objects.create(key=key, first_at=now, last_at=now, kept=1)
    form = make_form()
    send(form, {"email": "new@example.com", "_visitor": keys[0]})
    send(form, {"email": "new@example.com", "_visitor": keys[1]})
    found = dict(Visitor.objects.values_list("key", "contact_id"))
    assert [found[key] for key in sorted(found)] == [Contact.objects.get().pk, None]


def test_prv_12_a_consent_is_proven_never_ticked_and_waits_for_a_yes_by_mail():
    topic = Topic.objects.create(name="News")
    topics = {"id": "t", "kind": "topics", "name": "t", "label": "About", "topics": [str(topic.pk)]}
    form = make_form(EMAIL, AGREED, {**topics, "default": str(topic.pk)})
    page = Client().get(f"/f/{form.alias}?ok=yes").content.decode()
    assert "checked" not in page
    told = {"email": "a@example.com", "ok": "yes", "t": str(topic.pk)}
    send(form, {**told, "_page": "https://site.example/join?utm_source=fair"})
    assert {*Consent.objects.values_list("topic_id", "state")} == {
        (0, "pending"),
        (topic.pk, "pending"),
    }
    proof = ConsentRecord.objects.get(topic_id=0)
    assert (proof.text, proof.source) == ("Yes, write to me", f"form:{form.pk}")
    assert proof.reference == f"form:{form.pk}@1 https://site.example/join?utm_source=fair"
    assert confirming.waiting()
    event = Event.objects.get(subject_id=form.pk)
    assert event.data["utm_source"] == "fair"
    assert event.data["answers"] == ["ok=yes", f"t={topic.pk}"]


def test_a_form_may_do_without_the_mail_for_people_who_are_new():
    form = make_form(EMAIL, AGREED, guard={"unconfirmed": True})
    send(form, {"email": "a@example.com", "ok": "yes"})
    assert Consent.objects.get().state == "granted"


def test_sec_44_programs_are_told_nothing_and_store_nothing():
    form = make_form(guard={"work": True})
    trap = {"email": "a@example.com", "_more": "spam"}
    token = token_of(form)
    number = next(str(n) for n in range(10**6) if showing.has_worked(token, str(n)))
    assert send(form, {**trap, "_work": number}, token=token).status_code == 200
    assert not Submission.objects.exists()
    lazy = send(form, {"email": "a@example.com", "_work": "1"})
    assert lazy.status_code == 422
    quick = send(form, {"email": "a@example.com", "_work": number}, token=token_of(form, 0))
    assert "very quick" in quick.json()["message"]
    assert not Submission.objects.exists()
    told = {"email": "a@example.com", "_work": number}
    assert send(form, told, token=token).status_code == 200
    assert Submission.objects.count() == 1


def test_sec_44_one_network_signs_up_few_addresses():
    preferences.put(guarding.ADDRESSES, 3)
    form = make_form()
    codes = [
        send(form, {"email": f"v{n}@example.com"}, REMOTE_ADDR="203.0.113.9").status_code
        for n in range(5)
    ]
    assert codes == [200, 200, 200, 429, 429]
    assert Contact.objects.count() == 3


def test_rel_29_the_same_showing_is_one_submission():
    form = make_form()
    token = token_of(form)
    told = {"email": "a@example.com", "first": "Ana"}
    assert [send(form, told, token=token).status_code for _n in range(3)] == [200] * 3
    assert Submission.objects.count() == 1
    assert Event.objects.filter(subject_id=form.pk).count() == 1
    # HTML in somebody's page has no token: the same answers again are the same submission.
    assert [send(form, told, token="").status_code for _n in range(2)] == [200] * 2
    assert Submission.objects.count() == 2


def test_a_token_of_another_form_or_changed_by_a_bit_is_none():
    form, other = make_form(), make_form()
    good = token_of(form)
    for token in (token_of(other), good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]):
        answer = send(form, {"email": "a@example.com"}, token=token)
        assert answer.status_code == 422
        # It is sent once more with what the answer brings.
        assert answer.json()["token"]
    old = token_of(form, timedelta(days=8).total_seconds())
    page = Client().post(f"/f/{form.alias}", {"email": "a@example.com", "_token": old})
    assert "a@example.com" in page.content.decode()
    assert token_in(page.content.decode()) != old
    assert not Submission.objects.exists()


def test_actions_are_done_once_for_each_submission():
    form = make_form()
    form.actions = [{"id": 1, "key": "points.adjust", "config": {"delta": 5}}]
    form.save()
    for name in "aab":
        send(form, {"email": f"{name}@example.com"})
    while Actions().work(clock.now()):
        pass
    settle()
    assert not Actions().due(clock.now())
    points = [c.state.points for c in Contact.objects.select_related("state").order_by("email")]
    assert points == [10, 5]
    assert ActionDone.objects.filter(cause__startswith="form:").count() == 3
    Submission.objects.update(done_at=None)
    while Actions().work(clock.now()):
        pass
    assert ActionDone.objects.filter(cause__startswith="form:").count() == 3


@pytest.mark.django_db(transaction=True)
def test_rel_25_many_at_once_are_one_contact():
    form = make_form()
    tokens = [token_of(form) for _n in range(12)]
    codes: list[int] = []

    def one(token: str) -> None:
        codes.append(send(form, {"email": "same@example.com"}, token=token).status_code)
        connection.close()

    threads = [threading.Thread(target=one, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 12
    assert Contact.objects.count() == 1
    assert Submission.objects.filter(contact_id=Contact.objects.get().pk).count() == 12


def test_sec_63_only_our_sites_read_forms(client):
    preferences.put("tracking.sites", ["https://shop.example"])
    form = make_form()
    for site, allowed in (("https://shop.example", True), ("https://evil.example", False)):
        for answer in (
            client.get(f"/f/{form.alias}/part", HTTP_ORIGIN=site),
            send(form, {"email": "a@example.com"}, HTTP_ORIGIN=site),
        ):
            assert ("Access-Control-Allow-Origin" in answer) is allowed
            assert "Access-Control-Allow-Credentials" not in answer
    assert "frame-ancestors 'none'" in client.get(f"/f/{form.alias}")["Content-Security-Policy"]
    framed = client.get(f"/f/{form.alias}/frame")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed


def test_the_same_form_asks_few_questions(django_assert_max_num_queries, client):
    form = make_form()
    client.get(f"/f/{form.alias}")
    with django_assert_max_num_queries(3):
        client.get(f"/f/{form.alias}")


def test_a_draft_that_is_changed_stays_shown_as_it_was():
    form = make_form()
    form.content = definition.cleaned({"fields": [EMAIL], "title": "New"})
    form.save()
    assert "New" not in Client().get(f"/f/{form.alias}").content.decode()
    publishing.publish(form, None, clock.now())
    publishing.publish(form, None, clock.now())
    assert form.versions.count() == 2
    assert "New" in Client().get(f"/f/{form.alias}").content.decode()
