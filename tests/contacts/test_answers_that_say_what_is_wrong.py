"""Small faults: each is refused once, with a reason that helps."""

from typing import Any

import pytest

from contacts.models import Contact, Field
from kernel.models import Job
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db
API = "/api/v1"


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_a_required_field_that_is_empty_is_named_when_tracking_makes_people(api: Any):
    Field.objects.create(alias="f_ref", type="text", label="Reference", required=True)
    sent = {"email": "new@x.example", "type": "shop.visited", "create": True}
    answer = api.post(f"{API}/tracking/events", sent)
    assert "f_ref" in answer.content.decode()
    assert "required" in answer.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize("alias", ["import_line", "import_reason"])
def test_columns_of_rejected_rows_are_no_aliases(api: Any, alias: str):
    answer = api.post(f"{API}/fields", {"label": "L", "alias": alias, "type": "text"})
    assert faults(answer) == [("alias", "reserved")]


def test_each_fault_of_a_field_is_said_once(api: Any):
    answer = api.post(f"{API}/fields", {"label": "x" * 121, "type": "text"})
    assert faults(answer) == [("label", "too_long")]
    answer = api.post(f"{API}/fields", {"label": "L", "alias": "a" * 200, "type": "text"})
    assert faults(answer) == [("alias", "too_long")]


def test_a_region_without_numbers_is_none(api: Any):
    for region, status in (("XX", 400), ("FR", 200), ("", 200)):
        answer = api.patch(f"{API}/preferences", {"contacts.phone_region": region})
        assert answer.status_code == status, answer.content


def test_a_company_employs_nobody_or_more(api: Any):
    answer = api.post(f"{API}/companies", {"name": "A", "employees": -5})
    assert faults(answer) == [("employees", "too_small")]
    assert api.post(f"{API}/companies", {"name": "A", "employees": 0}).status_code == 201


def test_what_was_said_of_a_restriction_is_not_wiped_by_silence(api: Any):
    (number,) = people({"email": "a@x.example"})
    path = f"{API}/contacts/{number}/restriction"
    for sent in ({"ground": "other", "comment": "Letter of May"}, {"ground": "other"}):
        assert api.put(path, sent).status_code in {200, 201, 204}
    assert api.get(f"{API}/contacts/{number}").json()["restriction"]["comment"] == "Letter of May"
    api.put(path, {"ground": "other", "comment": "Letter of June"})
    assert api.get(f"{API}/contacts/{number}").json()["restriction"]["comment"] == "Letter of June"


def test_who_is_restricted_is_told_apart_where_they_are_put_in_by_hand(api: Any):
    number, other = people({"email": "a@x.example"}, {"email": "b@x.example"})
    api.put(f"{API}/contacts/{number}/restriction", {"ground": "other"})
    tree = {"field": "city", "op": "is", "value": "Lyon"}
    segment = api.post(f"{API}/segments", {"name": "S", "filter": tree}).json()["id"]
    answer = api.post(f"{API}/segments/{segment}/contacts", {"add": [number, other]})
    assert answer.json() == {"added": 1, "removed": 0, "restricted": 1}


def test_two_jobs_do_not_merge_duplicates_at_once(api: Any, client: Any, alice: Any):
    oldest, newest = ({"by": "email", "keep": keep} for keep in ("oldest", "newest"))
    assert api.post(f"{API}/duplicates/merge", oldest).status_code == 202
    answer = api.post(f"{API}/duplicates/merge", newest)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "in_progress")
    # To count changes nobody.
    assert api.post(f"{API}/duplicates/merge", {**newest, "dry": True}).status_code == 202
    client.force_login(alice)
    sent = {"by": "email", "act": "merge", "keep": "newest"}
    page = client.post("/contacts/duplicates", sent, follow=True).content.decode()
    assert "Duplicates are being merged already" in page
    assert Job.objects.filter(args__dry=False).count() == 1


def test_a_name_cannot_turn_round_what_follows(api: Any):
    sent = {"first_name": "\u202eevil", "last_name": "a\u2066b\u2069", "tags": ["\u202dvip"]}
    made = api.post(f"{API}/contacts", sent).json()
    assert (made["first_name"], made["last_name"], made["tags"]) == ("evil", "ab", ["vip"])
    company = api.post(f"{API}/companies", {"name": "\u202eAcme"}).json()
    assert company["name"] == "Acme"
