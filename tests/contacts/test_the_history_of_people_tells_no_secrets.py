"""The history of a contact names what bulk actions did: no values, and nothing beyond reach."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from campaigns.models import Campaign
from contacts.backoffice import together
from contacts.plugins.actions import ChangeTags, UpdateContacts
from contacts.services import bulk_actions, fields
from kernel import clock, secrecy
from kernel.actions import Outcomes, contact_actions
from kernel.models import Job
from stages.models import Stage
from tests.cast import make_user
from tests.contacts.test_bulk_actions_on_screen import do, people
from tests.emails.people import make_email, make_segment

pytestmark = pytest.mark.django_db
SECRET = "Rhesus-negative"
BLOOD = {"label": "Blood", "alias": "blood", "type": "text", "sensitive": True}


@pytest.fixture
def erin() -> User:
    """Who may look at people and at nothing else."""
    role = Role.objects.create(name="Looks", rights={"contacts": {"*": "all"}})
    return make_user("Erin", role)


def history(client: Client, user: User, contact: int) -> str:
    client.force_login(user)
    return client.get(f"/contacts/{contact}?tab=history").content.decode()


def note(user: User, contact: int, key: str, **config: Any) -> None:
    action = contact_actions.get(key)
    assert action
    bulk_actions.note(action(config), [contact], Outcomes(), None, user_id=user.pk)


def test_prv_18_values_are_told_to_nobody_and_sensitive_fields_not_by_name(
    client: Client, alice: User, erin: User
):
    fields.create(BLOOD, clock.now())
    [zoe] = people(1)
    client.force_login(alice)
    do(client, "field", [zoe], field="blood", values=SECRET)
    do(client, "field", [zoe], field="city", values="Nice")
    do(client, "owner", [zoe], owner=erin.pk)
    # The news of each is told on the first page after it.
    client.get("/contacts")
    told = history(client, alice, zoe)
    for words in ("Change fields: Blood", "Change fields: City", "Change fields: Owner"):
        assert f"Bulk action: {words}" in told
    assert SECRET not in told
    assert "Nice" not in told
    hers = history(client, erin, zoe)
    assert "Bulk action: Change fields: a sensitive field" in hers
    assert SECRET not in hers
    assert "blood" not in hers.lower()


def test_prv_18_whoever_may_not_see_it_reads_no_value_in_what_an_action_does(erin: User):
    fields.create(BLOOD, clock.now())
    action = UpdateContacts({"values": {"blood": SECRET, "city": "Nice", "gone": SECRET}})
    assert action.describe() == f"Blood = {SECRET}, City = Nice, gone"
    with secrecy.reading_for(erin):
        assert action.describe() == "a sensitive field, City = Nice, gone"


def test_what_is_beyond_reach_is_not_named(client: Client, alice: User, erin: User):
    [zoe] = people(1)
    made = {
        "segments.change": {"add": [make_segment([], "Hush-hush").pk]},
        "campaigns.change": {"add": [Campaign.objects.create(name="Hush-hush").pk]},
        "stages.change": {"stage": Stage.objects.create(name="Hush-hush").pk},
        "emails.send": {"email": make_email(name="Hush-hush").pk},
        "tasks.create": {"title": "Hush-hush"},
    }
    for key, config in made.items():
        note(alice, zoe, key, **config)
    assert history(client, alice, zoe).count("Hush-hush") == len(made)
    told = history(client, erin, zoe)
    assert "Hush-hush" not in told
    for key in made:
        action = contact_actions.get(key)
        assert action
        assert f"Bulk action: {action.label}<" in told


def test_lists_of_the_api_say_nothing_of_whom_they_changed_and_hide_nothing(alice: User):
    [zoe] = people(1)
    note(alice, zoe, "tags.change", add=["vip"])
    for state in (Job.State.QUEUED, Job.State.FAILED, Job.State.CANCELLED, Job.State.DONE):
        action = ChangeTags({"add": ["vip"]})
        job = bulk_actions.start(action, [zoe], clock.now(), user_id=alice.pk)
        Job.objects.filter(pk=job.pk).update(state=state)
    [told] = together.history(zoe, 1, alice)
    assert told.said == "Bulk action: Tags: + vip"
    assert len(together.history(zoe, 10, alice)) == 1
