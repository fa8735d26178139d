"""The figures of a step: of what runs, not of the draft, and of contacts one may see."""

import pytest

from accounts.models import Role
from campaigns.models import Campaign
from contacts.models import Contact
from tests.campaigns.test_looking_ahead import outlook, segment_of
from tests.cast import client_of, make_user
from tests.emails.people import make_email
from tests.journey import bring, graph, node, ok, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


def mail_to(email):
    return graph([node("mail", "action", "emails.send", email=email.pk)], "start>mail")


def chart(api, campaign, status=200):
    return ok(api.get(f"/api/v1/campaigns/{campaign}/nodes/mail/chart"), status)


def told(api, campaign):
    found = chart(api, campaign)
    effects = {effect["key"]: effect["number"] for effect in found["effects"]}
    return sum(day["passed"] for day in found["days"]), effects["sent"]


@pytest.fixture
def campaign(api):
    crowd = people(3)
    made = run(api, mail_to(make_email()))
    bring(api, made, crowd)
    settle()
    return made


def test_another_email_in_the_draft_leaves_the_figures_of_what_runs(api, campaign):
    assert told(api, campaign) == (3, 3)
    ok(api.patch(f"/api/v1/campaigns/{campaign}", {"graph": mail_to(make_email(name="Next"))}))
    assert told(api, campaign) == (3, 3)


def test_figures_are_of_contacts_one_may_see(api, api_dora, dora, campaign):
    Campaign.objects.filter(pk=campaign).update(owner=dora)
    assert told(api_dora, campaign) == (0, 0)
    Contact.objects.filter(email="p0@example.com").update(owner=dora)
    assert told(api_dora, campaign) == (1, 1)
    assert told(api, campaign) == (3, 3)
    blind = Role.objects.create(name="Campaigns only", rights={"campaigns": {"view": "all"}})
    chart(client_of(make_user("Eve", blind)), campaign, 403)


def test_the_outlook_does_not_count_contacts_of_others(api, api_dora, dora):
    crowd = people(3)
    Contact.objects.filter(pk=crowd[0]).update(owner=dora)
    body = {"name": "x", "graph": mail_to(make_email()), "sources": [{"manual": True}]}
    made = ok(api.post("/api/v1/campaigns", body), 201)["id"]
    Campaign.objects.filter(pk=made).update(owner=dora, sources=[{"segment": segment_of(crowd).pk}])
    found = outlook(api_dora, made)
    assert (found["enters"], found["out"]) == (1, [])
