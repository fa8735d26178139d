"""Tags, consent with proof, closed channels: rows, events and change sets."""

from datetime import timedelta

import pytest
from django.db import connection

from contacts.models import Consent, ConsentRecord, ContactTag, DoNotContact, Tag
from contacts.services.consent import Proof, close, give, reopen
from contacts.services.tags import change_tags
from contacts.services.upsert import upsert
from kernel import clock
from kernel.actions import Batch, contact_actions, run_action
from kernel.registry import ConfigProblem

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    result = upsert([{"email": f"p{n}@x.example"} for n in range(3)], now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM change")
        cursor.execute("DELETE FROM event")
    return result.created


def events():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.key, contact_id, data FROM event e JOIN event_type t ON t.id = e.type_id"
            " ORDER BY e.id"
        )
        return cursor.fetchall()


def reads():
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_ids, reads FROM change ORDER BY id")
        return sorted((ids, sorted(read)) for ids, read in cursor.fetchall())


def test_tags_are_made_once_and_only_changes_are_told(people):
    assert change_tags(people, ["VIP", "vip ", "New"], [], clock.now()) == set(people)
    assert sorted(Tag.objects.values_list("name_key", flat=True)) == ["new", "vip"]
    assert len(events()) == 6
    assert change_tags(people, ["vip"], ["never seen"], clock.now()) == set()
    assert len(events()) == 6
    assert change_tags([people[0]], [], ["NEW"], clock.now()) == {people[0]}
    assert events()[-1][:2] == ("contacts.untagged", people[0])
    assert ([people[0]], ["event:contacts.untagged", "tags"]) in reads()
    assert ContactTag.objects.count() == 5


def test_tags_of_contacts_that_are_gone_are_not_written():
    assert change_tags([999_999], ["x"], [], clock.now()) == set()


def test_the_action_changes_tags_once_for_a_cause(people):
    action = contact_actions.get("tags.change")(
        contact_actions.get("tags.change").clean({"add": ["a"], "remove": []})
    )
    batch = Batch(people, [f"bulk:1:{n}" for n in people])
    assert run_action(action, batch, clock.now()).repeated == set()
    change_tags(people, [], ["a"], clock.now())
    assert run_action(action, batch, clock.now()).repeated == set(people)
    assert ContactTag.objects.count() == 0


@pytest.mark.parametrize(
    "config", [{}, {"add": "x"}, {"add": [""]}, {"add": ["a\nb"]}, {"add": ["x" * 121]}, {"y": 1}]
)
def test_settings_of_the_tag_action_are_checked(config):
    with pytest.raises(ConfigProblem):
        contact_actions.get("tags.change").clean(config)


def test_the_update_action_writes_cleaned_values_and_refuses_wrong_ones(people):
    kind = contact_actions.get("contacts.update")
    action = kind(kind.clean({"values": {"country": "Allemagne", "city": ""}}))
    run_action(action, Batch(people, ["c"] * 3, depth=2), clock.now(), claimed=True)
    assert {key for key, *_rest in events()} == {"contacts.updated"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contact WHERE country = 'DE'")
        assert cursor.fetchone() == (3,)
        cursor.execute("SELECT DISTINCT depth FROM change")
        assert cursor.fetchall() == [(2,)]
    for wrong in ({"values": {"points": 5}}, {"values": {"nope": 1}}, {"values": {}}, {}):
        with pytest.raises(ConfigProblem):
            kind.clean(wrong)


def test_prv_01_every_consent_leaves_proof_and_the_latest_is_in_force(people):
    now, ana = clock.now(), people[0]
    granted = Proof("email_marketing", "granted", "form:3", now, text="Yes, write to me")
    give([ana], granted, now)
    late = Proof("email_marketing", "refused", "import:1", now - timedelta(days=40))
    give([ana], late, now)
    assert Consent.objects.get().state == "granted"
    assert sorted(ConsentRecord.objects.values_list("state", flat=True)) == ["granted", "refused"]
    assert ConsentRecord.objects.get(state="granted").text == "Yes, write to me"
    assert [key for key, *_rest in events()] == ["contacts.consented"] * 2
    assert reads()[0] == ([ana], ["consent", "event:contacts.consented"])


def test_a_closed_channel_is_told_once_and_can_be_opened(people):
    now = clock.now()
    assert close(people, "email", "unsubscribed", "", now) == people
    assert close(people, "email", "unsubscribed", "", now) == []
    assert close(people[:1], "email", "complaint", "FBL", now) == people[:1]
    assert reopen(people, "email", "asked again", now, reasons=["unsubscribed"]) == people
    assert DoNotContact.objects.get().reason == "complaint"
    assert [key for key, *_rest in events()].count("contacts.reopened") == 3
    assert (people[:1], ["dnc", "event:contacts.closed"]) in reads()


def test_lifting_a_bounce_leaves_what_the_person_said(people):
    now, reasons = clock.now(), DoNotContact.objects.order_by("reason").values_list
    close(people[:1], "email", "unsubscribed", "", now)
    close(people[:1], "email", "soft_bounce", "", now)
    close(people[:1], "email", "hard_bounce", "550", now)
    assert list(reasons("reason", flat=True)) == ["hard_bounce", "unsubscribed"]
    reopen(people, "email", "valid again", now, reasons=["hard_bounce"])
    assert list(reasons("reason", flat=True)) == ["unsubscribed"]
