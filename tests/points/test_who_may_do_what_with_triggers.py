"""Triggers in the hands of who may do less: nobody sets off, or counts, what is beyond them."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, User
from contacts.models import Contact
from kernel import clock
from kernel.models import Job
from points.models import Firing, PointTrigger
from points.services.adjust import give
from segments.models import Segment
from tests.cast import client_of
from tests.journey import ok, people, totals
from tests.points.rules import did, rule
from tests.settle import settle

pytestmark = pytest.mark.django_db
MORE = {"key": "points.adjust", "config": {"delta": 5}}
ALL = {"view": "all", "edit": "all"}
AT = "/api/v1/point-triggers"


def limited(dora: User, **rights: Any) -> User:
    Role.objects.filter(pk=dora.role_id).update(rights=rights)
    return User.objects.get(pk=dora.pk)


def made(api: Any, *actions: Any, **more: Any) -> PointTrigger:
    body = {"name": "Warm", "threshold": 10, "actions": actions, **more}
    return PointTrigger.objects.get(pk=ok(api.post(AT, body), 201)["id"])


def above(*contacts: int) -> None:
    give(dict.fromkeys(contacts, 12), clock.now())
    settle()


def test_who_has_no_right_to_contacts_applies_nothing(client: Client, api: Any, dora: User):
    [zoe] = people(1)
    above(zoe)
    row = made(api, MORE)
    dora = limited(dora, point_triggers=ALL)
    client.force_login(dora)
    assert client_of(dora).post(f"{AT}/{row.pk}/apply").status_code == 403
    assert client.post(f"/points/triggers/{row.pk}/apply").status_code == 403
    settle()
    assert totals([zoe]) == [12]
    assert ok(client_of(dora).get(f"{AT}/{row.pk}/above"))["count"] == 0
    assert client.get(f"/points/triggers/{row.pk}").context["above"] == 0


def test_what_an_action_names_is_asked_when_it_is_set_off(client: Client, api: Any, dora: User):
    segment = ok(api.post("/api/v1/segments", {"name": "Hot", "filter": None}), 201)["id"]
    row = made(api, {"key": "segments.change", "config": {"add": [int(segment)]}}, active=False)
    dora = limited(dora, point_triggers=ALL, contacts=ALL)
    client.force_login(dora)
    rest = client_of(dora)
    assert rest.patch(f"{AT}/{row.pk}", {"active": True}).status_code == 403
    sent = {"name": "Warm", "threshold": 10, "colour": 1, "active": "on", "version": row.version}
    assert client.post(f"/points/triggers/{row.pk}/edit", sent).status_code == 422
    assert rest.patch(f"{AT}/{row.pk}", {"name": "Hotter"}).status_code == 200
    assert api.patch(f"{AT}/{row.pk}", {"active": True}).status_code == 200
    assert rest.patch(f"{AT}/{row.pk}", {"threshold": -5}).status_code == 403
    assert rest.post(f"{AT}/{row.pk}/apply").status_code == 403
    row.refresh_from_db()
    assert (row.name, row.threshold, row.active) == ("Hotter", 10, True)


def test_people_are_counted_as_far_as_one_sees_them(client: Client, api: Any, dora: User):
    hers, other = people(2)
    Contact.objects.filter(pk=hers).update(owner=dora)
    given = rule(api, delta=12)
    did(hers, other)
    settle()
    row = made(api, MORE)
    dora = limited(dora, contacts={"view": "own"}, point_triggers=ALL, point_rules=ALL)
    client.force_login(dora)
    page = client.get(f"/points/rules/{given['id']}").context["given"]
    assert (page.times, page.people, page.points) == (1, 1, 12)
    assert client.get(f"/points/triggers/{row.pk}").context["above"] == 1
    assert ok(client_of(dora).get(f"{AT}/{row.pk}/above"))["count"] == 1
    assert ok(api.get(f"{AT}/{row.pk}/above"))["count"] == 2


def test_actions_are_removed_beside_one_that_is_gone(client: Client, api: Any, alice: User):
    row = made(api, MORE, MORE)
    row.actions[0]["key"] = "gone.action"
    row.save()
    client.force_login(alice)
    at = f"/points/triggers/{row.pk}/actions"
    assert client.post(f"{at}/2", {"do": "up"}).status_code == 302
    assert client.post(at, {"key": "points.adjust", "set_delta": 7}).status_code == 302
    assert client.post(f"{at}/2", {"do": "remove"}).status_code == 302
    row.refresh_from_db()
    assert [(step["id"], step["key"]) for step in row.actions] == [
        (1, "gone.action"),
        (3, "points.adjust"),
    ]


def test_an_action_sent_twice_is_added_once(client: Client, api: Any, alice: User):
    row = made(api)
    client.force_login(alice)
    at = f"/points/triggers/{row.pk}/actions"
    assert 'name="sitting"' in client.get(at).content.decode()
    sent = {"key": "points.adjust", "set_delta": 7, "sitting": str(uuid4())}
    for _time in range(2):
        assert client.post(at, sent).status_code == 302
    row.refresh_from_db()
    assert len(row.actions) == 1


@pytest.mark.parametrize("kind", ["triggers", "rules", "groups"])
def test_the_page_tells_what_rest_did(client: Client, api: Any, alice: User, kind: str):
    body = {
        "triggers": {"name": "A", "threshold": 10},
        "rules": {"name": "A", "event": "emails.opened", "delta": 1},
        "groups": {"name": "A"},
    }[kind]
    number = ok(api.post(f"/api/v1/point-{kind}", body), 201)["id"]
    ok(api.patch(f"/api/v1/point-{kind}/{number}", {"name": "B"}))
    client.force_login(alice)
    told = client.get(f"/points/{kind}/{number}?tab=history").context["history"]
    assert [deed.verb for deed, _changes in told] == ["change", "create"]


def test_applying_is_one_deed_by_whichever_door(client: Client, api: Any, alice: User):
    row = made(api, MORE)
    client.force_login(alice)
    client.post(f"/points/triggers/{row.pk}/apply")
    ok(api.post(f"{AT}/{row.pk}/apply"), 202)
    kept = AuditEntry.objects.filter(kind="point_triggers", object_id=row.pk, verb="apply")
    assert kept.count() == 2


def test_it_asks_before_it_fires_and_says_problems_in_words(client: Client, api: Any, alice: User):
    zoe, ann = people(2)
    above(zoe, ann)
    row = made(api, MORE)
    client.force_login(alice)
    page = client.get(f"/points/triggers/{row.pk}").content.decode()
    assert "Fire it for 2 contacts?" in page
    now, why = clock.now(), "points.adjust: profiling_refused"
    Firing.objects.create(trigger=row, contact_id=zoe, fired_at=now, done_at=now, problem=why)
    page = client.get(f"/points/triggers/{row.pk}?tab=fired").content.decode()
    assert "Adjust points: they object to profiling" in page
    assert "profiling_refused" not in page


@pytest.mark.parametrize("rights", [{"view": "own", "edit": "all"}, {"view": "all", "edit": "own"}])
@pytest.mark.parametrize("by_rest", [True, False])
def test_it_is_applied_to_the_contacts_one_sees_and_changes(
    client: Client, api: Any, dora: User, rights: Any, by_rest: bool
):
    hers, other = people(2)
    above(hers, other)
    Contact.objects.filter(pk=hers).update(owner=dora)
    row = made(api, MORE)
    dora = limited(dora, contacts=rights, point_triggers=ALL)
    client.force_login(dora)
    page = client.get(f"/points/triggers/{row.pk}").content.decode()
    assert "Fire it for 1 contact?" in page
    assert "your own contacts" in page
    if by_rest:
        ok(client_of(dora).post(f"{AT}/{row.pk}/apply"), 202)
    else:
        client.post(f"/points/triggers/{row.pk}/apply")
    settle()
    assert totals([hers, other]) == [17, 12]


def test_who_lost_the_right_meanwhile_applies_nothing(api: Any, dora: User):
    [zoe] = people(1)
    above(zoe)
    row = made(api, MORE)
    dora = limited(dora, contacts=ALL, point_triggers=ALL)
    ok(client_of(dora).post(f"{AT}/{row.pk}/apply"), 202)
    limited(dora, point_triggers=ALL)
    settle()
    assert totals([zoe]) == [12]
    job = Job.objects.get(kind="points.apply_trigger")
    assert (job.state, "no longer" in job.error) == (Job.State.FAILED, True)


def test_what_stays_as_it_was_is_not_asked_again(api: Any, dora: User):
    segment = ok(api.post("/api/v1/segments", {"name": "Hot", "filter": None}), 201)["id"]
    row = made(api, {"key": "segments.change", "config": {"add": [int(segment)]}})
    rest = client_of(limited(dora, point_triggers=ALL, contacts=ALL))
    Segment.objects.filter(pk=segment).delete()
    sent = {"name": "Hotter", "actions": row.actions}
    assert ok(rest.patch(f"{AT}/{row.pk}", sent))["name"] == "Hotter"
    changed = [{**row.actions[0], "config": {"add": [int(segment), 999]}}]
    assert rest.patch(f"{AT}/{row.pk}", {"actions": changed}).status_code == 400
    more = [*row.actions, {"key": "segments.change", "config": {"add": [int(segment)]}}]
    assert rest.patch(f"{AT}/{row.pk}", {"actions": more}).status_code == 400
