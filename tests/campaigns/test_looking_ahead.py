"""Before publishing: who would come in, and whom mails would not reach."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry, User
from contacts.models import Contact, DoNotContact
from emails.models import Email
from kernel import clock, preferences
from segments.models import Segment
from segments.services import members
from tests.cast import client_of
from tests.emails.people import make_email
from tests.journey import bring, graph, node, ok, people, points, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAIT = graph([node("rest", "wait", **{"for": "1d"})], "start>rest")


def outlook(api, campaign, **query):
    return ok(api.get(f"/api/v1/campaigns/{campaign}/outlook", query))


def segment_of(contacts, name="Clients"):
    segment = Segment.objects.create(name=name)
    members.change(segment, add=contacts, now=clock.now())
    settle()
    return segment


def test_who_would_come_in_comes_in_and_the_mail_reaches_whom_it_would(api):
    crowd = people(6)
    one, left, bounced = crowd[:3]
    Contact.objects.filter(pk=crowd[3]).update(email=None)
    for contact, reason in ((left, "unsubscribed"), (bounced, "hard_bounce")):
        DoNotContact.objects.create(
            contact_id=contact, channel="email", reason=reason, at=clock.now()
        )
    email = make_email()
    mail = graph([node("mail", "action", "emails.send", email=email.pk)], "start>mail")
    clients, late = segment_of(crowd[:5]), segment_of(crowd[4:], "Late")
    campaign = run(api, mail)
    bring(api, campaign, [one])
    settle()
    sources = [{"segment": clients.pk}, {"segment": late.pk}, {"manual": True}]
    ok(api.patch(f"/api/v1/campaigns/{campaign}", {"sources": sources}))
    told = outlook(api, campaign)
    assert told["enters"] == 5
    assert [(out["code"], out["count"]) for out in told["out"]] == [("here_before", 1)]
    [step] = told["steps"]
    assert (step["step"], step["reached"]) == ("mail", 2)
    hindered = {why["code"]: why["count"] for why in step["hindered"]}
    assert hindered == {"unsubscribed": 1, "hard_bounce": 1, "no_address": 1}
    before = statistics(api, campaign)["contacts"]
    assert outlook(api, campaign) == told
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    settle()
    assert statistics(api, campaign)["contacts"] - before == told["enters"]


@pytest.mark.parametrize("reentry", ["once", "after_leaving", "always"])
def test_the_outlook_follows_the_rules_of_entry(api, reentry):
    gone, waiting, fresh = people(3)
    campaign = run(api, WAIT)
    bring(api, campaign, [gone, waiting])
    settle()
    ok(api.post(f"/api/v1/campaigns/{campaign}/contacts", {"remove": [gone]}))
    clients = segment_of([gone, waiting, fresh])
    change = {"sources": [{"segment": clients.pk}], "reentry": reentry}
    ok(api.patch(f"/api/v1/campaigns/{campaign}", change))
    told = outlook(api, campaign)
    assert told["enters"] == {"once": 1, "after_leaving": 2, "always": 3}[reentry]
    visits = statistics(api, campaign)["visits"]
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    settle()
    assert statistics(api, campaign)["visits"] - visits == told["enters"]


def test_frequency_and_an_unpublished_email_are_told_too(api):
    crowd = people(2)
    often, email = make_email(), make_email(name="Next", state="unpublished")
    ok(api.post(f"/api/v1/emails/{often.pk}/send", {"contact": crowd[0]}), 202)
    settle()
    preferences.put("emails.frequency_caps", [{"max": 1, "per": "week"}])
    mail = graph([node("mail", "action", "emails.send", email=email.pk)], "start>mail")
    body = {"name": "x", "graph": mail, "sources": [{"segment": segment_of(crowd).pk}]}
    campaign = ok(api.post("/api/v1/campaigns", body), 201)["id"]
    [step] = outlook(api, campaign)["steps"]
    assert [why["code"] for why in step["hindered"]] == ["email_unpublished"]
    Email.objects.filter(pk=email.pk).update(state="published")
    [step] = outlook(api, campaign)["steps"]
    assert [(why["code"], why["count"]) for why in step["hindered"]] == [("frequency_cap", 1)]


def test_a_sitting_at_the_canvas_is_one_entry_of_the_trail(api, api_dora, shift):
    campaign = ok(api.post("/api/v1/campaigns", {"name": "Kept"}), 201)["id"]

    def save(version):
        path = f"/api/v1/campaigns/{campaign}/draft"
        ok(api.put(path, {"version": version, "name": f"Kept {version}"}))
        return AuditEntry.objects.filter(verb="set draft", object_id=campaign).count()

    assert [save(version) for version in (1, 2, 3)] == [1, 1, 1]
    entry = AuditEntry.objects.get(verb="set draft", object_id=campaign)
    assert "Kept 3" in str(entry.after)
    other = client_of(User.objects.get(pk=entry.user_id))
    ok(other.put(f"/api/v1/campaigns/{campaign}/draft", {"version": 4, "name": "By token"}))
    assert AuditEntry.objects.filter(verb="set draft", object_id=campaign).count() == 2


@pytest.mark.parametrize("catch_up", [False, True])
@pytest.mark.parametrize("reentry", ["once", "after_leaving", "always"])
def test_after_a_pause_the_outlook_tells_who_goes_on_and_who_comes_in(
    api, shift, reentry, catch_up
):
    """Gone, waiting, due: nobody comes a second time because of a pause; late ones were missed."""
    gone, waiting, due, late = people(4)
    clients = segment_of([gone, waiting, due])
    drawing = graph([node("rest", "wait", **{"for": "1d"}), points("then")],
                    "start>rest", "rest>then")  # fmt: skip
    campaign = run(api, drawing, sources=[{"segment": clients.pk}], reentry=reentry)
    settle()
    path = f"/api/v1/campaigns/{campaign}"
    ok(api.post(f"{path}/contacts", {"remove": [gone, waiting]}))
    shift(timedelta(hours=20))
    bring(api, campaign, [waiting])
    shift(timedelta(hours=5))
    ok(api.post(f"{path}/unpublish"))
    assert outlook(api, campaign)["resumes"] is not None
    members.change(clients, add=[late], now=clock.now())
    settle()
    shift(timedelta(days=9))
    told = outlook(api, campaign, catch_up=str(catch_up).lower())
    on_the_way = 1 if reentry == "once" else 2
    assert told["resumes"] == {"people": on_the_way, "at_once": 1}
    assert (told["enters"], told["out"]) == (int(catch_up), [])
    visits = statistics(api, campaign)["visits"]
    ok(api.post(f"{path}/publish", {"catch_up": catch_up}))
    settle()
    assert statistics(api, campaign)["visits"] - visits == told["enters"]
    assert sum(totals([gone, waiting, due, late])) == told["resumes"]["at_once"]
