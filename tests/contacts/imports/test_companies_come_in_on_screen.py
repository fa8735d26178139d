"""Files of companies on screen: the steps, the lists that lead on, and who is offered them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role, User
from contacts.models import Company, Export, Import, ImportCompany
from tests.cast import make_user
from tests.settle import settle
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
EXPORT = "/companies/bulk/export"


def test_the_steps_on_screen_know_companies(client: Client, alice: User):
    client.force_login(alice)
    table = shared("csv", "companies", "northwind_customers.csv")
    with table.open("rb") as file:
        led = client.post("/imports/new", {"file": file, "object": "company"})
    at = led["Location"].removesuffix("/columns")
    assert "Field of the company" in client.get(f"{at}/columns").content.decode()
    rules = client.get(f"{at}/rules").content.decode()
    assert "A row means the company with the same" in rules
    assert "Who wants mail" not in rules
    sent = {"match": "name", "mode": "upsert", "empty_clears": "", "owner": ""}
    assert client.post(f"{at}/rules", sent)["Location"] == f"{at}/check"
    assert "93 rows" in client.get(f"{at}/check").content.decode()
    assert client.post(f"{at}/start").status_code == 302
    settle()
    page = client.get(at)
    assert "New companies" in page.content.decode()
    assert Company.objects.count() == 92
    new = page.context["figures"][1]["url"]
    assert client.get(new).context["total"] == 92
    listed = client.get(page.context["following"]["companies"])
    assert listed.context["total"] == 92
    assert table.name in listed.content.decode()
    alfreds = Company.objects.get(name="Alfreds Futterkiste")
    assert f'href="{at}"' in client.get(f"/companies/{alfreds.pk}").content.decode()
    assert client.get(f"{at}/undo").status_code == 200


def test_imports_are_told_apart_by_what_they_bring(client: Client, alice: User):
    client.force_login(alice)
    for name, options in (("companies", {"object": "company"}), ("older", {"match": "email"})):
        Import.objects.create(name=f"{name}.csv", state="done", options=options)
    for kind, name in (("company", "companies.csv"), ("contact", "older.csv")):
        listed = client.get(f"/imports?of={kind}")
        assert len(listed.context["rows"]) == 1
        assert name in listed.content.decode()


def test_companies_of_an_import_are_for_who_may_still_see_it(client: Client):
    sees = {"companies": {"view": "all", "export": "all"}, "imports": {"view": "all"}}
    role = Role.objects.create(name="Reads", rights={**sees, "exports": {"*": "all"}})
    client.force_login(make_user("Eve", role))
    file = Import.objects.create(name="f.csv", state="done", options={"object": "company"})
    for name in ("Aiguille", "Brévent"):
        company = Company.objects.create(name=name)
    ImportCompany.objects.create(import_id=file.pk, company_id=company.pk, what=1)
    body = {"whole": "yes", "confirmed": "yes", "format": "csv", "columns": "all"}
    assert client.post(EXPORT, {**body, "search": "import=x"}).status_code == 409
    asked = {**body, "search": f"import={file.pk}"}
    client.post(EXPORT, asked)
    settle()
    done = Export.objects.latest("pk")
    assert (done.state, done.rows) == ("done", 1)
    client.post(EXPORT, asked)
    role.rights = {kind: verbs for kind, verbs in sees.items() if kind != "imports"}
    role.save()
    settle()
    assert Export.objects.latest("pk").state == "failed"


def test_files_are_offered_where_companies_are(client: Client, alice: User, bob: User):
    client.force_login(alice)
    offered = 'class="btn" href="/imports/new?object=company"'
    # Beside the button in the head: where there is none yet.
    assert client.get("/companies").content.decode().count(offered) == 2
    Company.objects.create(name="Acme")
    assert client.get("/companies").content.decode().count(offered) == 1
    assert "Import companies" in client.get("/find?q=import+comp").content.decode()
    page = client.get("/imports/new?object=company").content.decode()
    assert 'value="company" checked' in page
    client.force_login(bob)
    assert offered not in client.get("/companies").content.decode()
    # Whoever brings in people alone is not led to a form that would take companies for them.
    rights = {"imports": {"create": "all", "view": "all"}, "contacts": {"*": "all"}}
    client.force_login(make_user("Eve", Role.objects.create(name="People", rights=rights)))
    found = client.get("/find?q=import").content.decode()
    assert ("New import" in found, "Import companies" in found) == (True, False)


def test_rows_that_share_a_name_are_counted_before(client: Client, alice: User):
    client.force_login(alice)
    file = "Company,City\nSaint-Denis,Saint-Denis\nAcme,Lyon\nsaint-denis ,La Réunion\n"
    sent = {"file": SimpleUploadedFile("towns.csv", file.encode()), "object": "company"}
    at = client.post("/imports/new", sent)["Location"].removesuffix("/columns")
    told = client.get(f"{at}/check").content.decode()
    assert "2 rows share their name with another row" in told
