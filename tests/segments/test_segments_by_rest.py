"""Segments by REST: contract, members, questions, and what is refused."""

from contacts.models import Contact, ContactState
from segments.models import Member, Segment
from tests.api_contract import ApiContract
from tests.settle import settle

FRENCH = {"field": "country", "op": "is", "value": "FR"}
SEGMENTS = "/api/v1/segments"


class TestSegments(ApiContract):
    path = SEGMENTS

    def body(self, number):
        return {"name": f"Segment {number}", "filter": None if number % 2 else {"all": [FRENCH]}}


def person(**values):
    contact = Contact.objects.create(**values)
    ContactState.objects.create(contact=contact)
    return str(contact.pk)


def made(api, **body):
    answer = api.post(SEGMENTS, {"name": "Some", **body})
    assert answer.status_code == 201, answer.content
    return answer.json()


def errors(answer, status=400):
    assert answer.status_code == status, answer.content
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def inside(segment):
    rows = Member.objects.filter(segment_id=segment["id"]).exclude(manual=2)
    return {str(number) for number in rows.values_list("contact_id", flat=True)}


def test_a_dynamic_segment_is_built_and_lists_its_members(api):
    ann, _bob = person(country="FR"), person(country="DE")
    segment = made(api, filter={"all": [FRENCH]})
    assert (segment["state"], segment["member_count"], segment["built_at"]) == ("building", 0, None)
    settle()
    at = f"{SEGMENTS}/{segment['id']}"
    built = api.get(at).json()
    assert (built["state"], built["member_count"]) == ("ready", 1)
    assert built["built_at"]
    assert inside(segment) == {ann}
    assert api.post(f"{at}/rebuild").status_code == 202
    settle()
    assert api.get(at).json()["corrected"] == 0


def test_members_by_hand(api):
    ann, bob = person(), person()
    segment = made(api)
    assert segment["filter"] is None
    at = f"{SEGMENTS}/{segment['id']}/contacts"
    answer = api.post(at, {"add": [ann, int(bob)]})
    assert (answer.status_code, answer.json()) == (200, {"added": 2, "removed": 0})
    assert api.post(at, {"add": [ann], "remove": [bob]}).json() == {"added": 0, "removed": 1}
    assert inside(segment) == {ann}
    assert errors(api.post(at, {"add": [ann, "999999"]})) == [("add.1", "not_found")]
    assert errors(api.post(at, {"add": [ann], "remove": [ann]})) == [("remove.0", "invalid")]
    assert errors(api.post(at, {"add": "x"})) == [("add", "not_a_list")]
    assert errors(api.post(at, {"ad": []})) == [("ad", "unknown_field")]
    assert errors(api.post(f"{SEGMENTS}/{segment['id']}/rebuild"), 409) == [(None, "static")]


def test_a_bad_filter_is_refused_with_its_place_and_leaves_nothing(api):
    answer = api.post(SEGMENTS, {"name": "x", "filter": {"any": [{"field": "country", "op": "x"}]}})
    assert errors(answer) == [("filter.any.0.op", "invalid_operator")]
    assert errors(api.post(SEGMENTS, {"name": "x", "filter": {"all": []}})) == [
        ("filter.all", "empty_group")
    ]
    assert errors(api.post(SEGMENTS, {"name": "x", "filter": 5})) == [("filter", "invalid")]
    assert not Segment.objects.exists()


def test_exact_numbers_come_back_as_they_went(api):
    tree = {"any": [{"field": "points", "op": "between", "value": [0.1, 12.25]}]}
    assert made(api, filter=tree)["filter"] == tree


def test_cycles_and_deleting_what_is_in_use_are_refused(api):
    first = made(api, filter={"all": [FRENCH]})
    inside = {"segment": [first["id"]], "op": "in"}
    second = made(api, name="Second", filter={"all": [inside]})
    at = f"{SEGMENTS}/{first['id']}"
    circle = {"filter": {"any": [{"segment": second["id"], "op": "not_in"}]}}
    assert errors(api.patch(at, circle)) == [("filter", "cycle")]
    own = {"filter": {"any": [{"segment": first["id"], "op": "in"}]}}
    assert errors(api.patch(at, own)) == [("filter", "cycle")]
    answer = api.delete(at)
    assert errors(answer, 409) == [(None, "in_use")]
    assert "Second" in answer.json()["errors"][0]["message"]
    assert api.delete(f"{SEGMENTS}/{second['id']}").status_code == 204
    assert api.delete(at).status_code == 204
    settle()


def test_count_and_explain(api):
    ann = person(country="FR")
    person(country="DE")
    tree = {"none": [FRENCH]}
    counted = api.post(f"{SEGMENTS}/count", {"filter": tree}).json()
    assert (counted["count"], counted["exact"]) == (1, True)
    assert counted["milliseconds"] >= 0
    answer = api.post(f"{SEGMENTS}/explain", {"filter": tree, "contact": ann}).json()
    assert answer["matches"] is False
    assert answer["tree"]["none"][0]["matches"] is True
    assert answer["tree"]["none"][0]["sentence"] == "Country is France"
    assert errors(api.post(f"{SEGMENTS}/explain", {"filter": tree, "contact": "999999"})) == [
        ("contact", "not_found")
    ]
    assert errors(api.post(f"{SEGMENTS}/count", {"filter": {}})) == [("filter", "empty_group")]
    assert errors(api.post(f"{SEGMENTS}/count", {})) == [("filter", "required")]


def test_nobody_learns_of_segments_or_contacts_they_may_not_see(api, api_dora, dora):
    hers = person(country="FR", owner=dora)
    theirs = person(country="FR")
    secret = made(api, name="Secret", filter={"all": [FRENCH]})
    settle()
    naming = {"all": [{"segment": [secret["id"]], "op": "in"}]}
    assert errors(api_dora.post(f"{SEGMENTS}/count", {"filter": naming})) == [
        ("filter.all.0.segment.0", "not_found")
    ]
    assert errors(api_dora.post(SEGMENTS, {"name": "x", "filter": naming})) == [
        ("filter.all.0.segment.0", "not_found")
    ]
    assert api_dora.post(f"{SEGMENTS}/count", {"filter": FRENCH}).json()["count"] == 1
    own = made(api_dora, filter={"all": [FRENCH]})
    settle()
    assert inside(own) == {hers, theirs}
    asked = api_dora.post(f"{SEGMENTS}/explain", {"filter": FRENCH, "contact": theirs})
    assert errors(asked) == [("contact", "not_found")]
    added = api_dora.post(f"{SEGMENTS}/{own['id']}/contacts", {"add": [theirs]})
    assert errors(added) == [("add.0", "not_found")]
