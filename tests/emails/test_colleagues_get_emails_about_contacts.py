"""A step, a trigger or the API sends an email made here to colleagues about each contact."""

import pytest
from django.core import mail
from rest_framework.test import APIClient

from accounts.models import AccountMail, Role, User
from contacts.models import Contact
from contacts.services import erase
from emails.models import Delivery, Email
from kernel import clock
from kernel.actions import Batch, contact_actions, run_action
from notices.services import limiting
from tests.cast import client_of, make_user
from tests.contacts.merging import people
from tests.emails.people import make_email
from tests.journey import bring, figures, graph, node, ok, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
HTML = '<p>{{ contact.first_name }} <a href="{{ unsubscribe_url }}">out</a></p>'


def act(email: Email, contacts: list[int], *to: object):
    kind = contact_actions.get("emails.send_to_users")
    assert kind is not None
    action = kind(kind.clean({"email": email.pk, "to": [str(one) for one in to]}))
    batch = Batch(contacts, [f"test:{contact}" for contact in contacts])
    return run_action(action, batch, clock.now())


def waiting() -> list[tuple[str, str]]:
    return sorted(AccountMail.objects.values_list("recipient", "subject"))


def test_a_campaign_writes_to_the_owner_of_each_and_goes_on(
    api: APIClient, alice: User, dora: User
):
    contacts = people({"first_name": "Anna"}, {"first_name": "Ben"}, {"first_name": "Cleo"})
    Contact.objects.filter(pk=contacts[0]).update(owner=alice)
    Contact.objects.filter(pk=contacts[1]).update(owner=dora)
    email = make_email(subject="{{ contact.first_name }} asks", html=HTML)
    step = node("tell", "action", "emails.send_to_users", email=email.pk, to=["owner"])
    campaign = run(api, graph([step, points("then")], "start>tell", "tell>then"))
    bring(api, campaign, contacts)
    settle()
    sent = sorted((one.to[0], one.subject) for one in mail.outbox)
    assert sent == [(alice.email, "Anna asks"), (dora.email, "Ben asks")]
    html = str(mail.outbox[0].alternatives[0][0])
    # Nobody unsubscribes a contact by a link in it, and nothing is measured.
    assert 'href="#"' in html
    assert "<img" not in html
    assert figures(api, campaign)["then"] == {"done": 3}
    assert not Delivery.objects.exists()


def test_each_colleague_is_told_of_whom_they_may_see_in_their_language(alice: User, dora: User):
    contacts = people({"first_name": "Anna"}, {"first_name": "Ben"})
    Contact.objects.filter(pk=contacts[1]).update(owner=dora)
    User.objects.filter(pk=dora.pk).update(language="fr")
    email = make_email(subject="News of {{ contact.first_name }}")
    make_email(subject="Des nouvelles", language="fr", translation_of=email)
    act(email, contacts, alice.pk, dora.pk)
    assert waiting() == [
        (alice.email, "News of Anna"),
        (alice.email, "News of Ben"),
        (dora.email, "Des nouvelles"),
    ]


def test_what_is_sensitive_stays_with_who_may_see_it(api: APIClient, alice: User):
    field = {"label": "Illness", "type": "text", "sensitive": True}
    ok(api.post("/api/v1/fields", field), 201)
    [anna] = people({"first_name": "Anna"})
    ok(api.patch(f"/api/v1/contacts/{anna}", {"illness": "flu"}))
    seeing = Role.objects.create(name="Seeing", rights={"contacts": {"view": "all"}})
    paul = make_user("Paul", seeing)
    act(make_email(subject="Ill: {{ contact.illness }}"), [anna], alice.pk, paul.pk)
    assert waiting() == [(alice.email, "Ill: flu"), (paul.email, "Ill:")]


def test_of_many_within_an_hour_most_are_told_in_one(alice: User):
    contacts = people(*({"first_name": f"P{number}"} for number in range(limiting.MOST + 5)))
    email = make_email(subject="{{ contact.first_name }}")
    act(email, contacts[: limiting.MOST + 2], alice.pk)
    act(email, contacts[limiting.MOST + 2 :], alice.pk)
    subjects = [subject for _reader, subject in waiting()]
    assert len(subjects) == limiting.MOST + 1
    assert [subject for subject in subjects if "more" in subject] == ["2 more: News"]


def test_who_is_forgotten_is_mailed_about_no_more(alice: User):
    [anna] = people({"first_name": "Anna"})
    act(make_email(), [anna], alice.pk)
    erase.erase(anna, clock.now())
    assert waiting() == []


def test_an_email_that_is_not_published_tells_nobody_and_says_so(alice: User):
    [anna] = people({"first_name": "Anna"})
    email = make_email()
    Email.objects.update(state=Email.State.UNPUBLISHED)
    came = act(email, [anna], alice.pk)
    assert came.skipped == {anna: "The email is not published."}
    assert waiting() == []


def test_who_may_not_give_colleagues_something_to_do_has_them_told_nothing():
    role = {"campaigns": dict.fromkeys(("view", "edit", "create", "publish"), "all")}
    rights = {**role, "contacts": {"view": "all"}, "emails": {"view": "all", "publish": "all"}}
    paul = client_of(make_user("Paul", Role.objects.create(name="P", rights=rights)))
    step = node("tell", "action", "emails.send_to_users", email=make_email().pk, to=["owner"])
    answer = paul.post("/api/v1/campaigns", {"name": "J", "graph": graph([step], "start>tell")})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "not_allowed"


@pytest.mark.parametrize(
    "wrong", [{"to": []}, {"to": ["nobody"]}, {"email": 2**30}, {"email": None}]
)
def test_wrong_settings_are_told(api: APIClient, wrong: dict):
    config = {"email": make_email().pk, "to": ["owner"], **wrong}
    step = node("tell", "action", "emails.send_to_users", **config)
    answer = api.post("/api/v1/campaigns", {"name": "J", "graph": graph([step], "start>tell")})
    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json()["errors"][0]["field"]


def test_whose_mail_grows_too_large_is_said_to_be_left_out(alice: User):
    anna, ben = people({"first_name": "Anna"}, {"first_name": "Ben"})
    loops = "{% for a in event.x %}{% for b in event.x %}{{ a }}{% endfor %}{% endfor %}"
    email = make_email(subject="{{ contact.first_name }}", html=f"<p>{loops}</p>")
    kind = contact_actions.get("emails.send_to_users")
    assert kind is not None
    action = kind(kind.clean({"email": email.pk, "to": [str(alice.pk)]}))
    large = {anna: {"x": ["y" * 100_000] * 200}}
    came = run_action(action, Batch([anna, ben], ["a:1", "a:2"], context=large), clock.now())
    assert came.skipped.keys() == {anna}
    assert "too large" in came.skipped[anna]
    assert waiting() == [(alice.email, "Ben")]
