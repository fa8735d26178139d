"""Unpublishing keeps whoever is not erased yet; what is slow stops nobody; the trail tells."""

import pytest
from django.db import connection

from accounts.models import AuditEntry
from campaigns.services import advancing
from contacts.models import Contact, Departure
from contacts.services import departing
from kernel import clock
from kernel.dispatcher import Dispatcher
from tests.journey import bring, graph, node, ok, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
ALONE = graph([node("gone", "action", "contacts.delete")], "start>gone")


def there():
    return sorted(Contact.objects.values_list("pk", flat=True))


def noted(contacts, api):
    """Let contacts come to the step, and no queue do anything yet."""
    campaign = run(api, ALONE)
    bring(api, campaign, contacts)
    Dispatcher().round(clock.now())
    advancing.advance(clock.now())
    assert set(contacts) <= set(Departure.objects.values_list("pk", flat=True))
    return campaign


def hinder(when, body):
    """Have the server refuse deletions of contacts in this way."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;"
            f" CREATE TRIGGER stay {when} EXECUTE FUNCTION stay()"
        )


def test_unpublishing_keeps_those_who_are_not_erased_yet(api):
    mine, others = people(2), people(1, 2)
    campaign = noted(mine, api)
    noted(others, api)
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    settle()
    assert there() == mine
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    settle()
    assert there() == mine
    assert not Departure.objects.exists()


def test_whoever_was_taken_back_after_the_queue_read_it_stays(api):
    zoe, max_ = people(2)
    noted([zoe, max_], api)
    Departure.objects.filter(pk=zoe).delete()
    departing._let_go([zoe, max_], clock.now())
    assert there() == [zoe]


def test_the_page_of_what_waits_says_how_many_are_to_be_deleted(api, client, alice):
    client.force_login(alice)
    campaign = noted(people(3), api)
    for address in ("/campaigns/parked", f"/campaigns/parked?campaign={campaign}"):
        page = client.get(address).content.decode()
        assert "3 people wait to be deleted" in page
    settle()
    assert "to be deleted" not in client.get("/campaigns/parked").content.decode()


def test_the_trail_says_which_campaign_deleted_how_many(api):
    campaign = noted(people(3), api)
    settle()
    entries = AuditEntry.objects.filter(kind="campaigns", verb="erase contacts")
    assert {entry.object_id for entry in entries} == {int(campaign)}
    assert sum(entry.after["contacts"] for entry in entries) == 3


def test_whose_erasure_takes_too_long_holds_nobody_up(api):
    contacts = people(33)
    unlucky = contacts[16]
    noted(contacts, api)
    slow = "RAISE 'slow' USING ERRCODE = '57014';"
    hinder(
        "BEFORE DELETE ON contact FOR EACH ROW",
        f"IF OLD.id = {unlucky} THEN {slow} END IF; RETURN OLD;",
    )
    now = clock.now()
    for _turn in range(4):
        settle(now)
        now += departing.SOONEST
    assert there() == [unlucky]
    assert Departure.objects.get().due_at > clock.now()


def test_many_that_take_too_long_together_go_in_smaller_parts(api):
    # Of one lane, as those erased at once are.
    contacts = [contact for contact in people(64) if contact % 16 == 3]
    noted(contacts, api)
    slow = "RAISE 'slow' USING ERRCODE = '57014';"
    hinder(
        "AFTER DELETE ON contact REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
        f"IF (SELECT count(*) FROM gone) > 2 THEN {slow} END IF; RETURN NULL;",
    )
    now = clock.now()
    for _turn in range(4):
        settle(now)
        now += departing.SOONEST
    assert not set(there()) & set(contacts)
