"""Who may say where contacts go, and what is never shown or called."""

import pytest
from django.test import Client

from accounts.models import Role
from contacts.models import Company, Contact, Field
from integrations.models import Push
from tests.cast import client_of, make_user
from tests.integrations.crm import KEY, MAPPING
from tests.integrations.pushed import body
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1/connections"


def test_addresses_of_our_own_network_are_never_called(api, settings, crm, connect):
    row, [zoe] = connect(), people(1)
    settings.OUTBOUND_ALLOW = []
    assert ok(api.post(f"{V1}/{row.pk}/test"))["works"] is False
    ok(api.post(f"{V1}/{row.pk}/push", {"contacts": [zoe]}), 202)
    settle()
    assert crm.calls == []


def test_a_test_says_what_came_back_and_fields_are_read(api, crm, connect):
    row = connect()
    crm.records["1"] = {"id": "1", "name": {"last": "Zobel"}, "emailAddress": "z@x.example"}
    told = ok(api.post(f"{V1}/{row.pk}/test"))
    assert (told["works"], told["status"], "200" in told["words"]) == (True, 200, True)
    found = ok(api.post(f"{V1}/{row.pk}/fields"))["fields_there"]
    assert found == ["id", "name.last", "emailAddress"]
    crm.faults = [401]
    told = ok(api.post(f"{V1}/{row.pk}/test"))
    assert (told["works"], "401" in told["words"]) == (False, True)
    assert KEY not in told["answer"]
    assert [method for method, _path, _body in crm.calls] == ["GET"] * 3


def test_a_preview_shows_what_would_be_sent(api, crm, connect):
    row, [zoe] = connect(), people(1)
    Contact.objects.filter(pk=zoe).update(city="Ulm")
    told = ok(api.post(f"{V1}/{row.pk}/preview", {"contact": zoe}))["body"]
    assert told["address"] == {"city": "Ulm"}
    assert api.post(f"{V1}/{row.pk}/preview", {"contact": 10**9}).status_code == 400
    assert crm.calls == []


def test_sensitive_fields_are_veiled_and_kept_from_being_redirected(api, alice, crm, connect):
    Field.objects.create(alias="iban", label="IBAN", type="text", sensitive=True)
    row = connect(mapping=[*MAPPING, {"remote": "bank", "source": "contact.iban"}])
    [zoe] = people(1)
    Contact.objects.filter(pk=zoe).update(attrs={"iban": "FR76"})
    rights = {"connections": {"*": "all"}, "contacts": {"*": "all"}}
    user = make_user("Bob", Role.objects.create(name="Nearly all", rights=rights))
    bob = client_of(user)
    assert ok(bob.post(f"{V1}/{row.pk}/preview", {"contact": zoe}))["body"]["bank"] == "•••"
    assert "contact.iban" not in bob.get(f"{V1}/{row.pk}").content.decode()
    assert bob.patch(f"{V1}/{row.pk}", {"name": "Mine"}).status_code == 400
    screen = Client()
    screen.force_login(user)
    assert screen.get(f"/settings/connections/{row.pk}/edit").status_code == 403
    assert "iban" not in screen.get(f"/settings/connections/{row.pk}").content.decode().lower()
    ok(bob.post(f"{V1}/{row.pk}/push", {"contacts": [zoe]}), 202)
    settle()
    assert next(iter(crm.records.values()))["bank"] == "FR76"


def test_who_may_not_export_neither_redirects_nor_pushes(api, alice, crm, connect):
    row, [zoe] = connect(), people(1)
    rights = {"connections": {"*": "all"}, "contacts": {"view": "all", "edit": "all"}}
    user = make_user("Bob", Role.objects.create(name="No export", rights=rights))
    bob, screen = client_of(user), Client()
    screen.force_login(user)
    at = f"/settings/connections/{row.pk}"
    assert bob.post(V1, body()).status_code == 400
    assert bob.patch(f"{V1}/{row.pk}", {"name": "Mine"}).status_code == 400
    assert bob.post(f"{V1}/{row.pk}/push", {"contacts": [zoe]}).status_code == 403
    assert bob.post(f"{V1}/{row.pk}/test").status_code == 403
    assert screen.post(f"{at}/test").status_code == 403
    assert screen.post(f"{at}/retry", {"all": "yes"}).status_code == 403
    assert screen.post(f"/contacts/{zoe}/push", {"connection": row.pk}).status_code == 403
    action = {"key": "integrations.push", "config": {"connection": row.pk}, "contacts": [zoe]}
    assert bob.post("/api/v1/actions", action).status_code in {400, 403}
    assert not Push.objects.exists()


def test_others_contacts_are_neither_previewed_nor_pushed_nor_listed(api, crm, connect):
    row, [zoe] = connect(), people(1)
    rights = {"connections": {"*": "all"}, "contacts": {"view": "own", "export": "all"}}
    bob = client_of(make_user("Bob", Role.objects.create(name="Own", rights=rights)))
    ok(api.post(f"{V1}/{row.pk}/push", {"contacts": [zoe]}), 202)
    assert ok(bob.get(f"{V1}/{row.pk}/pushes"))["results"] == []
    for path, asked in (("preview", {"contact": zoe}), ("push", {"contacts": [zoe]})):
        assert bob.post(f"{V1}/{row.pk}/{path}", asked).status_code == 400


def test_figures_of_companies_are_for_those_who_may_see_companies(api, crm, connect):
    lines = [
        {"remote": "firm", "source": "company.name"},
        {"remote": "revenue", "source": "company.revenue"},
    ]
    row, [zoe] = connect(mapping=lines), people(1)
    firm = Company.objects.create(name="Nord", attrs={"revenue": 7})
    Contact.objects.filter(pk=zoe).update(company=firm)
    mine = {"firm": "Nord", "revenue": 7}
    assert ok(api.post(f"{V1}/{row.pk}/preview", {"contact": zoe}))["body"] == mine
    rights = {"connections": {"*": "all"}, "contacts": {"*": "all"}, "sensitive": {"view": "all"}}
    user = make_user("Bob", Role.objects.create(name="No companies", rights=rights))
    bob = client_of(user)
    told = ok(bob.post(f"{V1}/{row.pk}/preview", {"contact": zoe}))["body"]
    assert told == {"firm": "Nord", "revenue": "•••"}
    assert "company.revenue" not in bob.get(f"{V1}/{row.pk}").content.decode()
    assert bob.patch(f"{V1}/{row.pk}", {"name": "Mine"}).status_code == 400
    assert bob.post(V1, {**body(), "mapping": lines}).status_code == 400
    ok(bob.post(V1, {**body(), "mapping": lines[:1]}), 201)


def test_hostile_samples_name_no_field_and_break_nothing(api, crm, connect):
    row, odd = connect(), ["a\0b", "x.y", "", " ", "{id}", "\ud800", "l" * 201]
    inner = {key: {"z": 1} for key in odd}
    # With a fraction in it, it is read by the exact reader, which takes half a sign.
    crm.records["1"] = {"id": "1", "rate": 1.5, **inner, "well": {**inner, "in": 1}}
    assert ok(api.post(f"{V1}/{row.pk}/fields"))["fields_there"] == ["id", "rate", "well.in"]


@pytest.mark.parametrize(
    ("rights", "status"), [({"view": "all", "edit": "own"}, 200), ({"*": "all"}, 200), ({}, 403)]
)
def test_who_changes_connections_adds_lines(client, rights, status):
    rights = {"connections": rights, "contacts": {"*": "all"}}
    client.force_login(make_user("Bob", Role.objects.create(name="Some", rights=rights)))
    assert client.get("/settings/connections/line").status_code == status
