"""SEC-15: who sees only their own contacts counts and writes to no others."""

import pytest

from contacts.models import Contact
from emails.models import Send
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db
SEGMENTS, EMAILS = "/api/v1/segments", "/api/v1/emails"
EVERYBODY = {"all": [{"field": "email", "op": "is_not_empty"}]}


@pytest.fixture
def hers(api_dora, dora):
    """A segment of Dora's over the whole workspace, of which one contact is hers."""
    mine, *_others = people(3)
    Contact.objects.filter(pk=mine).update(owner=dora)
    made = ok(api_dora.post(SEGMENTS, {"name": "Everybody", "filter": EVERYBODY}), 201)
    settle()
    return made["id"]


def test_the_number_of_members_is_that_of_ones_own(api, api_dora, hers):
    assert ok(api.get(f"{SEGMENTS}/{hers}"))["member_count"] == 3
    assert ok(api_dora.get(f"{SEGMENTS}/{hers}"))["member_count"] == 1
    assert [row["member_count"] for row in ok(api_dora.get(SEGMENTS))["results"]] == [1]
    assert ok(api_dora.post(f"{SEGMENTS}/count", {"filter": EVERYBODY}))["count"] == 1
    assert len(ok(api_dora.get(f"{SEGMENTS}/{hers}/contacts"))["results"]) == 1


def test_a_broadcast_needs_the_sight_of_everybody(api, api_dora, hers):
    letter = {"name": "Letter", "type": "segment", "subject": "Hi", "html": "<p>Hi</p>"}
    body = {**letter, "from_address": "a@x.example", "segments": [hers]}
    made = ok(api_dora.post(EMAILS, body), 201)["id"]
    assert api_dora.post(f"{EMAILS}/{made}/send", {}).status_code == 403
    assert not Send.objects.exists()
    assert api.post(f"{EMAILS}/{made}/send", {}).status_code == 202
