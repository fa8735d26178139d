"""A step, a trigger or a bulk action tells the owner and colleagues, filled in for each contact."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import AccountMail, Role, User
from contacts.models import Contact
from kernel import clock
from kernel.actions import Batch, contact_actions, run_action
from notices.models import Notice
from tests.cast import client_of, make_user
from tests.contacts.merging import people
from tests.journey import bring, figures, graph, node, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


def notify(**more: object) -> dict:
    return {"title": "{{ contact.first_name }} asks", "to": ["owner"], "ways": ["bell"], **more}


def told() -> list[tuple[int, str]]:
    return list(Notice.objects.order_by("pk").values_list("user_id", "title"))


def test_a_campaign_tells_the_owner_of_each_and_goes_on(api: APIClient, alice, dora: User):
    contacts = people({"first_name": "Anna"}, {"first_name": "Ben"}, {"first_name": "Cleo"})
    Contact.objects.filter(pk=contacts[0]).update(owner=alice)
    Contact.objects.filter(pk=contacts[1]).update(owner=dora)
    settings = notify(text="{{ contact.email }}{{ owner.first_name }}", ways=["bell", "email"])
    step = node("tell", "action", "users.notify", **settings)
    campaign = run(api, graph([step, points("then")], "start>tell", "tell>then"))
    bring(api, campaign, contacts)
    settle()
    assert told() == [(alice.pk, "Anna asks"), (dora.pk, "Ben asks")]
    assert figures(api, campaign)["then"] == {"done": 3}
    assert sorted((sent.to[0], sent.subject) for sent in mail.outbox) == [
        (alice.email, "Anna asks"),
        (dora.email, "Ben asks"),
    ]
    row = Notice.objects.get(user=dora)
    assert (row.text, row.path, row.contact_id) == (
        "Dora",
        f"/contacts/{contacts[1]}",
        contacts[1],
    )


def test_chosen_colleagues_are_told_of_whom_they_may_see(alice: User, dora: User):
    """Dora sees her own contacts alone; who left is told nothing."""
    gone = make_user("Gone", alice.role, is_active=False)
    contacts = people({"first_name": "Anna"}, {"first_name": "Ben"})
    Contact.objects.filter(pk=contacts[1]).update(owner=dora)
    kind = contact_actions.get("users.notify")
    action = kind(kind.clean(notify(to=["owner", str(dora.pk)])))
    batch = Batch(contacts, [f"api:{contact}" for contact in contacts])
    outcomes = run_action(action, batch, clock.now())
    assert told() == [(dora.pk, "Ben asks")]
    assert list(outcomes.skipped) == [contacts[0]]
    assert run_action(action, batch, clock.now()).repeated == set(contacts)
    assert len(told()) == 1
    action.config["to"] = [gone.pk]
    fresh = Batch(contacts, ["api:x", "api:y"])
    assert sorted(run_action(action, fresh, clock.now()).skipped) == contacts


def test_what_is_sensitive_is_told_only_to_who_may_see_it(api: APIClient, alice: User):
    body = {"label": "Blood", "alias": "blood", "type": "text", "sensitive": True}
    assert api.post("/api/v1/fields", body).status_code == 201
    blind = make_user("Blind", Role.objects.create(name="b", rights={"contacts": {"view": "all"}}))
    (anna,) = people({"first_name": "Anna", "blood": "AB"})
    to = [str(alice.pk), str(blind.pk)]
    config = notify(title="Blood: {{ contact.blood }}", to=to)
    sent = {"key": "users.notify", "config": config, "contacts": [anna]}
    assert api.post("/api/v1/actions", sent).status_code == 202
    settle()
    assert sorted(told()) == [(alice.pk, "Blood: AB"), (blind.pk, "Blood:")]


def action(**more: object):
    kind = contact_actions.get("users.notify")
    return kind(kind.clean(notify(**more)))


def told_of(contacts: list[int], cause: str, action, now) -> None:
    run_action(action, Batch(contacts, [f"api:{cause}{one}" for one in contacts]), now)


def test_of_many_within_an_hour_most_are_told_in_one(alice: User, dora: User):
    """The first 20 singly; a notice counts the others, and one mail says that they are."""
    User.objects.filter(pk=dora.pk).update(language="fr")
    contacts = people(*({"first_name": f"P{number}"} for number in range(30)))
    Contact.objects.filter(pk__in=contacts).update(owner=dora)
    step = action(to=["owner", str(alice.pk)], ways=["bell", "email"])
    start = clock.now().replace(minute=5)
    told_of(contacts[:15], "a", step, start)
    told_of(contacts[15:25], "b", step, start)
    assert AccountMail.objects.count() == Notice.objects.count() == 42
    summed = {row.user_id: row.title for row in Notice.objects.filter(contact_id=None)}
    assert summed == {alice.pk: "5 more: … asks", dora.pk: "5 de plus : … asks"}
    Notice.objects.update(read_at=start)
    told_of(contacts[25:], "c", step, start)
    assert AccountMail.objects.count() == Notice.objects.count() == 42
    row = Notice.objects.get(user=alice, read_at=None)
    assert row.title == "10 more: … asks"
    # Another step, and another hour, begin anew.
    told_of(contacts[:1], "d", action(title="{{ contact.first_name }} called"), start)
    told_of(contacts[:1], "e", step, start + timedelta(hours=1))
    assert Notice.objects.count() == 45


def test_many_readers_and_contacts_cost_as_many_statements(alice: User, dora: User):
    contacts = people(*({"first_name": f"P{number}"} for number in range(6)))
    counts = []
    for mine, users in ((contacts[:1], [alice]), (contacts[1:], [alice, dora])):
        step = action(to=[str(user.pk) for user in users])
        with CaptureQueriesContext(connection) as captured:
            told_of(mine, "n", step, clock.now())
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_copy_tells_the_owner_where_no_colleague_has_that_name():
    kind = contact_actions.get("users.notify")
    config = notify(to=["owner", 7, 8])
    known = {7: 70}
    assert kind.exchanged(config, lambda _kind, one: known.get(one))["to"] == ["owner", 70]
    nobody = kind.exchanged(notify(to=[8]), lambda _kind, _one: None)
    assert nobody["to"] == ["owner"]


def test_who_may_not_give_others_something_to_do_tells_nobody(alice: User):
    rights = {"contacts": {"view": "all", "edit": "all"}}
    api = client_of(make_user("Quiet", Role.objects.create(name="q", rights=rights)))
    sent = {"key": "users.notify", "config": notify(), "contacts": people({})}
    assert api.post("/api/v1/actions", sent).json()["errors"][0]["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"title": "{{ contact.nothing }}"}, "title", "unknown_token"),
        ({"text": "{% if %}"}, "text", "unknown_token"),
        ({"to": []}, "to", "required"),
        ({"to": ["999999"]}, "to", "invalid_choice"),
        ({"ways": ["sms"]}, "ways", "invalid_choice"),
    ],
)
def test_wrong_settings_are_told(api: APIClient, wrong: dict, field: str, code: str):
    sent = {"key": "users.notify", "config": notify(**wrong), "contacts": people({})}
    (problem,) = api.post("/api/v1/actions", sent).json()["errors"]
    assert problem["field"].endswith(field)
    assert problem["code"] == code


def test_a_point_trigger_tells_too(api: APIClient, alice: User):
    (anna,) = people({"first_name": "Anna"})
    Contact.objects.filter(pk=anna).update(owner=alice)
    actions = [{"key": "users.notify", "config": notify()}]
    body = {"name": "Hot", "threshold": 5, "actions": actions}
    assert api.post("/api/v1/point-triggers", body).status_code == 201
    sent = {"key": "points.adjust", "config": {"delta": 5}, "contacts": [anna]}
    api.post("/api/v1/actions", sent)
    settle()
    assert told() == [(alice.pk, "Anna asks")]
