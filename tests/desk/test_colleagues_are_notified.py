"""A step, a trigger or a bulk action tells the owner and colleagues, filled in for each contact."""

import pytest
from django.core import mail
from rest_framework.test import APIClient

from accounts.models import Role, User
from contacts.models import Contact
from kernel import clock
from kernel.actions import Batch, contact_actions, run_action
from notices.models import Notice
from tests.cast import make_user
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
