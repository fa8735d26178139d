"""Match, mode, segment, owner, rights: an import does what it was told, to whom it may."""

import threading

import pytest
from django.db import connection
from rest_framework.test import APIClient

from contacts.models import Contact, ContactState, Field, Identifier, Import
from contacts.services.imports import run
from kernel import clock, filters, preferences
from kernel.jobs import Jobs
from stages.models import Stage
from tests.contacts.imports.sending import counts, post, take
from tests.contacts.merging import people
from tests.settle import settle

TWO = "email,city\nana@x.example,Lyon\nbo@x.example,Pau\n"


@pytest.mark.django_db
def test_create_leaves_the_known_alone_and_update_the_unknown(api: APIClient):
    take(api, "email,city\nana@x.example,Nice\n")
    assert counts(take(api, TWO, mode="update")) == (2, 0, 1, 0, 1)
    assert counts(take(api, TWO, mode="create")) == (2, 1, 0, 0, 1)
    assert dict(Contact.objects.values_list("email", "city")) == {
        "ana@x.example": "Lyon",
        "bo@x.example": "Pau",
    }


@pytest.mark.django_db
def test_rows_find_their_contacts_by_any_unique_field(api: APIClient):
    Field.objects.create(alias="card", type="text", label="Card", unique=True)
    preferences.put("contacts.unique_kinds", ["email", "mobile"])
    take(api, "email,card,mobile\nana@x.example,A 1,+33 6 12 34 56 78\n")
    by_card = take(api, "card,city\na 1,Lyon\n", match="card")
    by_mobile = take(api, "mobile,city\n0033612345678,Lyon\n", match="mobile")
    by_id = take(api, f"id,city\n{Contact.objects.get().pk},Pau\n", match="id")
    assert (by_card["updated"], by_mobile["unchanged"], by_id["updated"]) == (1, 1, 1)
    assert Contact.objects.get().city == "Pau"


@pytest.mark.django_db
def test_people_enter_a_segment_and_dynamic_ones_follow(api: APIClient):
    fair = api.post("/api/v1/segments", {"name": "Fair", "filter": None}).json()["id"]
    lyon = {"field": "city", "op": "is", "value": "Lyon"}
    dynamic = api.post("/api/v1/segments", {"name": "Lyon", "filter": lyon}).json()["id"]
    settle()
    assert take(api, TWO, segment=fair)["warnings"] == []
    assert [api.get(f"/api/v1/segments/{pk}").json()["member_count"] for pk in (fair, dynamic)] == [
        2,
        1,
    ]


@pytest.mark.django_db
def test_members_by_hand_in_a_segment_that_follows_a_filter_are_no_surprise(api: APIClient):
    lyon = {"field": "city", "op": "is", "value": "Lyon"}
    dynamic = api.post("/api/v1/segments", {"name": "Lyon", "filter": lyon}).json()["id"]
    (warning,) = take(api, TWO, segment=dynamic)["warnings"]
    assert "“Lyon” follow a filter" in warning
    assert api.get(f"/api/v1/segments/{dynamic}").json()["member_count"] == 2


@pytest.mark.django_db
def test_people_can_be_found_by_the_import_that_met_them(api: APIClient):
    first = take(api, "email,city\nana@x.example,Lyon\nbo@x.example,Pau\n")["id"]
    second = take(api, "email,city\nana@x.example,Lyon\nbo@x.example,Nice\ncy@x.example,Metz\n")[
        "id"
    ]
    found = {}
    for op in ("in", "added_by", "updated_by", "not_in", "not_added_by", "not_updated_by"):
        condition = {"import": [second], "op": op}
        found[op] = api.post("/api/v1/segments/count", {"filter": condition}).json()["count"]
    assert found == {
        "in": 3,
        "added_by": 1,
        "updated_by": 1,
        "not_in": 0,
        "not_added_by": 2,
        "not_updated_by": 2,
    }
    for bad in ({"import": [first], "op": "is"}, {"import": [first]}, {"import": [99], "op": "in"}):
        assert api.post("/api/v1/segments/count", {"filter": bad}).status_code == 400
    said = filters.sentence({"import": first, "op": "added_by"})
    assert "people.csv" in said


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [2, 100])
def test_who_was_added_and_updated_by_one_file_is_found_by_both(
    api: APIClient, monkeypatch, rows: int
):
    monkeypatch.setattr(run, "ROWS", rows)
    file = "email,city\nana@x.example,Lyon\nbo@x.example,Pau\nana@x.example,Nice\n"
    done = take(api, file)
    assert (done["created"], done["updated"]) == (2, 1)
    found = {}
    for op in ("added_by", "updated_by", "not_updated_by"):
        condition = {"import": [done["id"]], "op": op}
        found[op] = api.post("/api/v1/segments/count", {"filter": condition}).json()["count"]
    assert found == {"added_by": 2, "updated_by": 1, "not_updated_by": 1}


@pytest.mark.django_db
def test_contacts_can_be_given_to_a_colleague(api: APIClient, bob):
    take(api, TWO, owner=bob.email)
    take(api, f"email,owner\ncy@x.example,Bob\ndi@x.example,{bob.pk}\n")
    assert set(Contact.objects.values_list("owner", flat=True)) == {bob.pk}


@pytest.mark.django_db
def test_a_repeated_post_under_one_key_is_one_import(api: APIClient):
    for _time in range(2):
        answer = post(api, TWO)
        assert answer.status_code == 201
    api.credentials(**api._credentials, HTTP_IDEMPOTENCY_KEY="one")
    first, second = post(api, TWO), post(api, TWO)
    assert first.json() == second.json()
    assert post(api, TWO + "x@x.example,\n").status_code == 422
    assert Import.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_rel_36_two_imports_of_one_file_at_once_double_nobody(api: APIClient):
    rows = [f"p{n}@x.example,City {n}" for n in range(1_500)]
    forth, back = ("\n".join(["email,city", *part]) + "\n" for part in (rows, rows[::-1]))
    numbers = [post(api, text).json()["id"] for text in (forth, back)]

    def work() -> None:
        while Jobs().work(clock.now()):
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _number in numbers]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    work()
    ends = [api.get(f"/api/v1/imports/{number}").json() for number in numbers]
    assert [(end["state"], end["read"], end["rejected"]) for end in ends] == [("done", 1500, 0)] * 2
    assert sum(end["created"] for end in ends) == Contact.objects.count() == 1_500
    assert Identifier.objects.filter(kind="email").count() == 1_500


@pytest.mark.django_db
def test_stages_by_name_and_points_for_who_is_new(api: APIClient):
    lead = Stage.objects.create(name="Hot lead")
    (known,) = people({"email": "old@x.example"})
    table = (
        "email,Stage,Points\nold@x.example,hot LEAD,50\nnew@x.example,,1 200\n"
        "bad@x.example,Nowhere,1\nworse@x.example,,many\n"
        "python@x.example,,1_000\nhalf@x.example,,1.5\nother@x.example,,٣\n"
        'english@x.example,,"1,300"\n'
    )
    # A column of this name says nothing by itself: in French it may be an internship.
    looked = post(api, table, path="/preview").json()
    assert looked["mapping"] == {"email": "email"}
    chosen = {"mapping": {"Stage": "stage", "Points": "points"}}
    shown = post(api, table, path="/preview", **chosen).json()["rows"]
    assert shown[0]["values"]["stage"] == "Hot lead"
    done = take(api, table, **chosen)
    assert (done["read"], done["created"], done["rejected"]) == (8, 2, 5)
    found = {
        state.contact.email: (state.stage_id, state.points)
        for state in ContactState.objects.select_related("contact")
    }
    assert found == {
        "old@x.example": (lead.pk, 0),
        "new@x.example": (None, 1_200),
        "english@x.example": (None, 1_300),
    }
    assert take(api, table, **chosen)["created"] == 0
    assert ContactState.objects.get(contact__email="new@x.example").points == 1_200
    assert ContactState.objects.get(contact=known).stage_id == lead.pk
