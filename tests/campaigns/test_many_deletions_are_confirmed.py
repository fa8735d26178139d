"""A campaign that is to delete very many contacts waits until somebody confirms it."""

import re
from datetime import timedelta

import pytest

from accounts.models import AuditEntry, Role
from campaigns.services import advancing, confirming, watching
from contacts.models import Contact, Departure
from contacts.services import braking, departing
from kernel import clock
from kernel.dispatcher import Dispatcher
from notices.models import Notice
from segments.models import Segment
from tests.cast import client_of, make_user
from tests.journey import bring, graph, node, ok, people, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
ALONE = graph([node("gone", "action", "contacts.delete")], "start>gone")
OTHER = graph([points("other")], "start>other")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(braking, "MOST", 3)


def there():
    return sorted(Contact.objects.values_list("pk", flat=True))


def deletions(api, campaign, count=None, status=200, until=None):
    """Ask how many wait, or confirm so many: of those seen now, or at `until`."""
    path = f"/api/v1/campaigns/{campaign}/deletions"
    seen = ok(api.get(path))
    if count is None:
        return {name: seen[name] for name in ("waiting", "held")}
    until = until or seen["until"] or clock.now().isoformat()
    return ok(api.post(path, {"count": count, "until": until}), status)


def typed(client, campaign, number):
    """Type a number into the question as it is asked now."""
    path = f"/campaigns/{campaign}/deletions"
    page = client.get(path).content.decode()
    until = re.search(r'name="until" value="([^"]*)"', page)[1]
    return client.post(path, {"typed": number, "until": until}, follow=True).content.decode()


def test_too_many_within_an_hour_wait_for_a_word(api, alice):
    contacts = people(5)
    campaign = run(api, ALONE)
    bring(api, campaign, contacts)
    settle()
    assert there() == contacts
    assert deletions(api, campaign) == {"waiting": 5, "held": 5}
    for _minute in range(2):
        confirming.tell_held(clock.now())
    [told] = Notice.objects.filter(user=alice, key="campaigns.deletions")
    assert "5 contacts" in told.text
    for wrong in (4, 6, 10**9):
        assert deletions(api, campaign, wrong, 409)["errors"][0]["code"] == "other_number"
    assert deletions(api, campaign, 5) == {"confirmed": 5}
    settle()
    assert there() == []
    assert deletions(api, campaign) == {"waiting": 0, "held": 0}


def test_few_go_and_who_comes_while_others_are_held_is_held_too(api, shift):
    campaign = run(api, ALONE)
    bring(api, campaign, people(3))
    settle()
    assert there() == []
    held = people(1, 10)
    bring(api, campaign, held)
    settle()
    assert there() == held
    shift(timedelta(hours=2))
    held += people(1, 20)
    bring(api, campaign, held[1:])
    settle()
    assert there() == held
    deletions(api, campaign, 2)
    bring(api, campaign, people(3, 30))
    settle()
    assert there() == []


def come(campaign, contacts):
    """Let them come to the step of a campaign, and no queue do anything yet."""
    departing.note(contacts, int(campaign), clock.now())


def test_who_is_confirmed_goes_whoever_comes_before_the_queue_turns(api):
    campaign = run(api, ALONE)
    come(campaign, people(5))
    deletions(api, campaign, 5)
    later = people(4, 10)
    come(campaign, later)
    assert deletions(api, campaign) == {"waiting": 9, "held": 4}
    settle()
    assert there() == later


def test_a_word_is_for_those_who_were_seen(api):
    campaign = run(api, ALONE)
    come(campaign, people(5))
    seen = ok(api.get(f"/api/v1/campaigns/{campaign}/deletions"))["until"]
    later = people(4, 10)
    come(campaign, later)
    assert deletions(api, campaign, 9, 409, seen)["errors"][0]["code"] == "other_number"
    assert deletions(api, campaign, 5, until=seen) == {"confirmed": 5}
    settle()
    assert there() == later
    # Published anew it holds others, were they as many.
    for transition in ("unpublish", "publish"):
        ok(api.post(f"/api/v1/campaigns/{campaign}/{transition}"))
    come(campaign, later)
    assert deletions(api, campaign, 4, 409, seen)["errors"][0]["code"] == "other_number"
    settle()
    assert there() == later


def test_whom_one_campaign_holds_another_deletes(api):
    first, other = run(api, ALONE), run(api, ALONE)
    contacts = people(5)
    come(first, contacts)
    come(other, contacts[:2])
    assert deletions(api, first) == {"waiting": 3, "held": 3}
    ok(api.post(f"/api/v1/campaigns/{first}/unpublish"))
    settle()
    assert there() == contacts[2:]


def test_whose_erasure_was_rolled_back_is_held_with_the_others(api):
    campaign = run(api, ALONE)
    contacts = people(5)
    come(campaign, contacts)
    # As the queue leaves whom it had in hands while the others were held, when it is killed.
    Departure.objects.filter(pk=contacts[0]).update(due_at=clock.now())
    settle()
    assert there() == contacts
    assert deletions(api, campaign) == {"waiting": 5, "held": 5}


def test_who_is_held_after_others_vanished_is_told_of_too(api, alice):
    campaign = run(api, ALONE)
    come(campaign, people(5))
    confirming.tell_held(clock.now())
    Departure.objects.all().delete()
    come(campaign, people(5, 10))
    confirming.tell_held(clock.now())
    assert Notice.objects.filter(user=alice, key="campaigns.deletions").count() == 2


def test_a_tenfold_number_is_told_again(api, alice):
    campaign = run(api, ALONE)
    come(campaign, people(4))
    for start in (10, 20, 70):
        confirming.tell_held(clock.now())
        come(campaign, people(18, start))
    confirming.tell_held(clock.now())
    told = Notice.objects.filter(user=alice, key="campaigns.deletions").order_by("pk")
    assert [notice.text.split(" contacts")[0] for notice in told] == ["4", "40"]


def test_another_campaign_is_counted_by_itself(api):
    for start in (0, 10):
        bring(api, run(api, ALONE), people(3, start))
    settle()
    assert there() == []


def test_unpublishing_keeps_who_is_held_and_begins_anew(api):
    contacts, campaign = people(5), run(api, ALONE)
    bring(api, campaign, contacts)
    settle()
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    assert deletions(api, campaign, 5, 409)["errors"][0]["code"] == "not_published"
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    bring(api, campaign, people(3, 10))
    settle()
    assert there() == contacts


def test_a_version_without_the_step_keeps_who_is_held_and_the_trail_says_so(api):
    campaign = run(api, ALONE)
    contacts = people(5)
    come(campaign, contacts)
    path = f"/api/v1/campaigns/{campaign}"
    longer = graph([points("other"), *ALONE["nodes"]], "start>other", "other>gone")
    for drawing, held in ((longer, 5), (OTHER, 0)):
        ok(api.patch(path, {"graph": drawing}))
        ok(api.post(f"{path}/publish"))
        settle()
        assert deletions(api, campaign)["held"] == held
    come(campaign, contacts)
    ok(api.post(f"{path}/unpublish"))
    settle()
    assert there() == contacts
    kept = AuditEntry.objects.filter(kind="campaigns", verb="keep contacts")
    assert [entry.after for entry in kept] == [{"contacts": 5}] * 2


def test_who_is_told_that_a_campaign_stopped_hears_how_many_are_kept(api, alice, monkeypatch):
    campaign = run(api, ALONE)
    come(campaign, people(5))
    failing = watching.Failing(int(campaign), 1, "gone", 20, 20, "")
    monkeypatch.setattr(watching, "failing", lambda *_of: [failing])
    assert watching.watch(clock.now()) == [int(campaign)]
    [told] = Notice.objects.filter(user=alice, key="campaigns.paused")
    assert "5 contacts that were to be deleted are kept." in told.text


def test_whoever_is_held_after_the_queue_read_them_stays(api):
    contacts, campaign = people(3), run(api, ALONE)
    bring(api, campaign, contacts)
    Dispatcher().round(clock.now())
    advancing.advance(clock.now())
    departing.note(people(1, 10), int(campaign), clock.now())
    assert departing._let_go(contacts, clock.now())
    assert there()[:3] == contacts
    assert Departure.objects.filter(due_at=None).count() == 4


def test_the_page_asks_for_the_number_and_the_trail_keeps_it(api, client, alice):
    client.force_login(alice)
    campaign = run(api, ALONE)
    bring(api, campaign, people(5))
    settle()
    page = client.get(f"/campaigns/parked?campaign={campaign}").content.decode()
    assert "Confirm the deletion" in page
    path = f"/campaigns/{campaign}/deletions"
    assert "Delete 5 contacts for good?" in client.get(path).content.decode()
    for wrong in ("4", "", "²", "999999999"):
        assert "another number of people" in typed(client, campaign, wrong)
    client.post(path, {"typed": "5"})
    client.post(path, {"typed": "5", "until": "soon"})
    settle()
    assert len(there()) == 5
    typed(client, campaign, "5")
    settle()
    assert there() == []
    [entry] = AuditEntry.objects.filter(kind="campaigns", verb="confirm deletions")
    assert (entry.object_id, entry.after) == (int(campaign), {"contacts": 5})
    assert "Confirm the deletion" not in client.get("/campaigns/parked").content.decode()


@pytest.mark.parametrize(
    ("contacts", "verb"), [({"delete": "own"}, "publish"), ({"delete": "all"}, "edit")]
)
def test_who_may_not_delete_all_contacts_or_not_publish_confirms_nothing(
    api, client, contacts, verb
):
    campaign = run(api, ALONE)
    bring(api, campaign, people(5))
    settle()
    rights = {"campaigns": {"view": "all", verb: "all"}, "contacts": {"view": "all"} | contacts}
    paul = make_user("Paul", Role.objects.create(name="Some", rights=rights))
    client.force_login(paul)
    assert deletions(client_of(paul), campaign)["held"] == 5
    deletions(client_of(paul), campaign, 5, 403)
    path = f"/campaigns/{campaign}/deletions"
    assert client.get(path).status_code == client.post(path, {"typed": "5"}).status_code == 403
    assert "Confirm the deletion" not in client.get("/campaigns/parked").content.decode()
    settle()
    assert len(there()) == 5


def test_who_changes_the_segment_that_feeds_a_deleting_campaign_is_warned(api, client, alice):
    segment, other = (Segment.objects.create(name=name) for name in ("Leavers", "Others"))
    campaign = run(api, ALONE, name="Clean <up>", sources=[{"segment": segment.pk}])
    client.force_login(alice)

    def warned(row):
        page = client.get(f"/segments/{row.pk}/edit").content.decode()
        return "comes into Clean &lt;up&gt;, where a step deletes" in page

    assert (warned(segment), warned(other)) == (True, False)
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    assert not warned(segment)
