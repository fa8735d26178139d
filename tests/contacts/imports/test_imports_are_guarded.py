"""Who may import, whom they may touch, and what stays of a person who is forgotten."""

import pytest
from django.db import connection
from rest_framework.test import APIClient

from contacts.models import Contact
from contacts.services import erase
from contacts.services.imports import traces
from kernel import clock
from tests.contacts.imports.sending import counts, post, take

TWO = "email,city\nana@x.example,Lyon\nbo@x.example,Pau\n"


@pytest.mark.django_db
def test_who_may_touch_only_their_own_cannot_touch_others(
    api: APIClient, api_dora: APIClient, dora
):
    take(api, "email,city\nana@x.example,Nice\n")
    assert counts(take(api_dora, TWO)) == (2, 1, 0, 0, 1)
    assert Contact.objects.get(email="ana@x.example").city == "Nice"
    assert Contact.objects.get(email="bo@x.example").owner_id == dora.pk


@pytest.mark.django_db
def test_imports_are_behind_the_gate(
    api: APIClient, api_bob: APIClient, api_charlie: APIClient, api_dora: APIClient, stranger
):
    done = take(api, TWO)
    at = f"/api/v1/imports/{done['id']}"
    assert [
        client.get(at).status_code for client in (api_bob, api_dora, api_charlie, stranger)
    ] == [
        200,
        404,
        403,
        401,
    ]
    for client, status in ((api_bob, 403), (api_charlie, 403), (stranger, 401)):
        assert post(client, TWO).status_code == status
        assert post(client, TWO, path="/preview").status_code == status
        assert client.post(f"{at}/cancel").status_code == status
    assert api_dora.get(f"{at}/rejects").status_code == 404
    assert [
        row["id"] for row in api.get("/api/v1/imports", {"state": "done"}).json()["results"]
    ] == [done["id"]]
    assert api_dora.get("/api/v1/imports").json()["results"] == []


@pytest.mark.django_db
def test_prv_07_an_erased_person_is_in_no_rejects_and_no_file(api: APIClient):
    done = take(api, "email,country\nANA@x.example,Erewhon\nana@x.example,FR\n")
    assert done["rejected"] == 1
    assert erase.erase(Contact.objects.get().pk, clock.now())
    assert len(api.get(f"/api/v1/imports/{done['id']}/rejects").getvalue().splitlines()) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM import_contact")
        assert cursor.fetchone()[0] == 0
    traces.clean(clock.now())
