"""PRV-19: what is stored, why, how long and who receives it is told from the installation."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from kernel import processing, retention
from kernel.contactdata import contact_data
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db


def entries(api: APIClient) -> dict[str, dict]:
    return {one["key"]: one for one in api.get("/api/v1/privacy/register").json()["entries"]}


def test_prv_19_every_table_about_people_and_everything_that_ages_is_told():
    told = list(processing.declared())
    assert {key for one in told for key in one.covers} == set(contact_data.keys())
    assert {key for one in told for key in one.kept} == {one.key for one in retention.kept()}


def test_prv_19_it_follows_what_the_installation_does(api: APIClient, settings):
    found = entries(api)
    assert found["emails.sending"]["recipients"] == ["nobody outside this installation"]
    assert found["contacts.knowing"]["kept"][0] == "People who are inactive: no limit"
    assert "desk.notes" not in found
    settings.EMAIL_URL = "smtp://user:hidden@mail.relay.example:587"
    api.patch("/api/v1/preferences", {"privacy.retention": {"contacts.inactive": 400}})
    api.patch("/api/v1/preferences", {"tracking.sites": ["https://shop.example"]}, format="json")
    body = {"label": "Blood", "alias": "blood", "type": "text", "sensitive": True}
    api.post("/api/v1/fields", body, format="json")
    (ana,) = people({"email": "ana@x.example"})
    api.post("/api/v1/notes", {"contact": str(ana), "kind": "call", "text": "Hello"})
    found = entries(api)
    assert found["emails.sending"]["recipients"] == ["the mail server mail.relay.example"]
    assert "hidden" not in str(found)
    assert found["contacts.knowing"]["kept"][0] == "People who are inactive: 400 days"
    assert "Blood (sensitive)" in found["contacts.knowing"]["data"]
    assert "on these sites: https://shop.example" in found["tracking.visits"]["data"]
    assert "desk.notes" in found


def test_prv_19_it_is_read_on_a_page_and_taken_along(client: Client, alice: User):
    client.force_login(alice)
    assert "/settings/privacy/register" in client.get("/settings/privacy").content.decode()
    page = client.get("/settings/privacy/register").content.decode()
    assert "Measuring visits" in page
    # Of readers of mails and of texts as of visitors.
    assert page.count("device and operating system") == 3
    answer = client.get("/settings/privacy/register.csv")
    assert "attachment" in answer["Content-Disposition"]
    assert "Sending mail" in answer.content.decode()
    assert AuditEntry.objects.filter(kind="privacy", verb="export").exists()
