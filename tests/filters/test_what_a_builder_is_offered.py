"""The catalogue of a filter builder: everything there is to ask, as far as one may see it."""

import pytest

from contacts.models import Contact, ContactState, Field, Tag
from emails.models import Email
from kernel.filters import contact_filters
from segments.models import Segment

pytestmark = pytest.mark.django_db
CATALOGUE, CHOICES = "/api/v1/filters/catalogue", "/api/v1/filters/choices"
FRENCH = {"field": "country", "op": "is", "value": "FR"}


def subjects(api):
    return {(s["kind"], s["key"]): s for s in api.get(CATALOGUE).json()["subjects"]}


def person(**values):
    contact = Contact.objects.create(**values)
    ContactState.objects.create(contact=contact)
    return contact


def test_every_kind_of_condition_is_offered_with_operators_it_takes(api):
    Field.objects.create(
        object="contact",
        alias="club",
        type="select",
        label="Club",
        labels={"fr": "Cercle"},
        options=[{"value": "ski", "label": "Ski"}],
    )
    answer = api.get(CATALOGUE).json()
    known = {(s["kind"], s["key"]): s for s in answer["subjects"]}
    assert {kind for kind, _key in known} == {kind.names for kind in contact_filters}
    assert known["field", "club"]["options"] == [{"value": "ski", "label": "Ski"}]
    assert known["field", "country"]["choices"] == "country"
    assert known["event", "emails.clicked"]["where"][1]["name"] == "url"
    assert known["field", "owner"]["choices"] == "user"
    assert known["field", "company.owner"]["label"] == "Owner of the company"
    for subject in answer["subjects"]:
        assert answer["operators"][subject["operators"]]
    words = {op["op"]: op for op in answer["operators"]["date"]}
    assert (words["more_than_ago"]["before"], words["more_than_ago"]["after"]) == (
        "is more than",
        "ago",
    )


def test_the_catalogue_speaks_french(api):
    french = {"headers": {"Accept-Language": "fr"}}
    answer = api.get(CATALOGUE, **french).json()
    assert {g["label"] for g in answer["groups"]} >= {"Champs du contact", "Comportement"}
    words = {op["op"]: op for op in answer["operators"]["text"]}
    assert words["contains"]["before"] == "contient"
    assert api.get(CHOICES, {"of": "country", "text": "allem"}, **french).json()["results"][0] == {
        "value": "DE",
        "label": "Allemagne",
        "beside": "",
    }


def test_values_are_looked_up_and_named(api, alice):
    segment = Segment.objects.create(name="Ski club")
    Tag.objects.create(name="vip", name_key="vip")
    found = api.get(CHOICES, {"of": "segment", "text": "SKI"}).json()["results"]
    assert found == [{"value": str(segment.pk), "label": "Ski club", "beside": ""}]
    named = api.get(CHOICES, {"of": "segment", "values": f"{segment.pk},x"}).json()
    assert named["results"] == found
    assert api.get(CHOICES, {"of": "tag_name", "text": "v"}).json()["results"][0]["label"] == "vip"
    assert api.get(CHOICES, {"of": "user", "values": str(alice.pk)}).json()["results"]
    assert api.get(CHOICES, {"of": "nothing"}).status_code == 400


def test_who_sees_own_things_chooses_among_them(api_dora, dora, alice):
    Segment.objects.create(name="Hers", owner=dora)
    Segment.objects.create(name="His", owner=alice)
    email = Email.objects.create(name="His", owner=alice, subject="Hi")
    found = api_dora.get(CHOICES, {"of": "segment"}).json()["results"]
    assert [one["label"] for one in found] == ["Hers"]
    asked = {"of": "email_link", "about": f"email:{email.pk}"}
    assert api_dora.get(CHOICES, asked).json()["results"] == []


def test_who_may_not_see_contacts_is_told_nothing(api_charlie, stranger):
    body = {"filter": FRENCH}
    for client, status in ((api_charlie, 403), (stranger, 401)):
        assert client.get(CATALOGUE).status_code == status
        assert client.get(CHOICES, {"of": "country"}).status_code == status
        for address in ("filters/describe", "segments/parts", "segments/sample"):
            assert client.post(f"/api/v1/{address}", body).status_code == status


def test_a_filter_is_said_condition_by_condition(api):
    tree = {"all": [FRENCH, {"none": [{"field": "city", "op": "is_empty"}]}]}
    said = api.post("/api/v1/filters/describe", {"filter": tree}).json()
    assert said["conditions"] == {
        "filter.all.0": "Country is France",
        "filter.all.1.none.0": "City is empty",
    }
    assert said["sentence"].startswith("Country is")


def test_parts_reachable_and_a_sample_of_those_one_may_see(api, api_dora, dora):
    ann = person(country="FR", city="Nice", email="ann@example.com", email_key="ann@example.com")
    person(country="FR", owner=dora)
    person(country="DE")
    tree = {"all": [FRENCH, {"any": [{"field": "city", "op": "is", "value": "Nice"}]}]}
    answer = api.post("/api/v1/segments/parts", {"filter": tree}).json()
    counts = {part["place"]: part["count"] for part in answer["parts"]}
    assert counts == {"filter.all.0": 2, "filter.all.1": 1, "filter.all.1.any.0": 1}
    assert answer["reachable"] == 1
    sample = api.post("/api/v1/segments/sample", {"filter": FRENCH}).json()["contacts"]
    assert sample[1]["id"] == str(ann.pk)
    skipped = api.post("/api/v1/segments/sample", {"filter": FRENCH, "skip": 1}).json()["contacts"]
    assert [one["id"] for one in skipped] == [str(ann.pk)]
    seen = api_dora.post("/api/v1/segments/parts", {"filter": FRENCH}).json()
    assert seen == {"parts": [], "reachable": 0}
    assert len(api_dora.post("/api/v1/segments/sample", {"filter": FRENCH}).json()["contacts"]) == 1


def test_the_answer_to_why_names_what_was_found(api):
    ann = person(country="IT", city="Torino")
    tree = {"all": [FRENCH, {"event": "emails.clicked"}]}
    body = {"filter": tree, "contact": str(ann.pk)}
    leaves = api.post("/api/v1/segments/explain", body).json()["tree"]["all"]
    assert [(leaf["matches"], leaf["actual"]) for leaf in leaves] == [
        (False, "Italy"),
        (False, "never"),
    ]
