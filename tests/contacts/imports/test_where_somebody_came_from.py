"""The timeline names the file somebody came with, for who may see it; the check counts rows."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact
from tests.contacts.imports.steps import begun, draft, pick
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_the_file_is_named_to_who_may_see_it(client: Client, alice: User, dora: User):
    client.force_login(alice)
    at = begun(client, "email,ok\nana@x.example,yes\n", "Fair <2026>.csv")
    pick(client, at, "ok", "@opt_in")
    client.post(f"{at}/start")
    settle()
    ana = Contact.objects.get()
    page = client.get(f"/contacts/{ana.pk}").content.decode()
    name = draft(at).name.replace("<", "&lt;").replace(">", "&gt;")
    assert f'Contact created (<a href="{at}">{name}</a>)' in page
    assert "import:" not in page
    consented = client.get(f"/contacts/{ana.pk}?tab=consent").content.decode()
    assert f'<a href="{at}">{name}</a>' in consented
    assert "import:" not in consented
    Contact.objects.update(owner=dora)
    client.force_login(dora)
    assert client.get(at).status_code == 404
    page = client.get(f"/contacts/{ana.pk}").content.decode()
    assert "Contact created (an import)" in page
    assert "2026&gt;" not in page


def test_who_said_so_is_named_to_people_and_kept_raw_for_programs(
    client: Client, alice: User, api: Any
):
    client.force_login(alice)
    at = api.post("/api/v1/contacts", {"email": "bo@x.example"}).json()["id"]
    said = {"purpose": "profiling", "state": "granted", "source": "kiosk"}
    raw = api.post(f"/api/v1/contacts/{at}/consents", said).json()["source"]
    assert (raw.startswith(("api:", "user:")), raw.endswith(" kiosk")) == (True, True)
    page = client.get(f"/contacts/{at}").content.decode()
    consented = client.get(f"/contacts/{at}?tab=consent").content.decode()
    assert "Contact created (the API)" in page
    for shown in (page, consented):
        assert " · kiosk" in shown
        assert raw not in shown


def test_figures_lead_to_the_people_they_count(client: Client, alice: User, api: Any):
    client.force_login(alice)
    at = begun(client, "email\nana@x.example\nnone\n")
    assert "1 of 2 rows would be refused" in client.get(f"{at}/columns").content.decode()
    client.post(f"{at}/start")
    settle()
    figures = client.get(at).context["figures"]
    assert [bool(figure["url"]) for figure in figures] == [False, True, False, False, False]
    assert client.get(figures[1]["url"]).context["total"] == 1
