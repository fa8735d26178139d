"""Real customer files, in every dialect they are written in, become the same contacts."""

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact, Field, ImportContact
from tests.contacts.imports.sending import DATA, counts, take

pytestmark = pytest.mark.django_db
CUSTOMERS = sorted((DATA / "customers").glob("*.csv"))


@pytest.mark.parametrize("file", CUSTOMERS, ids=lambda file: file.stem)
def test_every_row_of_every_dialect_becomes_a_contact(api: APIClient, file):
    Field.objects.create(alias="customer_id", type="text", label="Customer number", unique=True)
    # ISO-8859-1 cannot write two of the names.
    rows = 57 if "latin1" in file.name else 59
    done = take(api, file)
    assert counts(done) == (rows, rows, 0, 0, 0)
    luis = Contact.objects.get(email="luisg@embraer.com.br")
    assert (luis.first_name, luis.last_name) == ("Luís", "Gonçalves")
    assert luis.company.name == "Embraer - Empresa Brasileira de Aeronáutica S.A."
    assert (luis.city, luis.country, luis.postcode) == ("São José dos Campos", "BR", "12227-000")
    assert luis.attrs == {"customer_id": "1"}
    assert Contact.objects.get(email="bjorn.hansen@yahoo.no").address == "Ullevålsveien 14"
    if rows == 59:
        assert Contact.objects.get(attrs__customer_id="5").first_name == "František"
        assert Contact.objects.get(email="stanisław.wójcik@wp.pl").last_name == "Wójcik"


def test_the_same_file_again_changes_nothing(api: APIClient):
    take(api, CUSTOMERS[1])
    again = take(api, CUSTOMERS[-1])
    assert counts(again) == (59, 0, 0, 59, 0)
    assert Contact.objects.count() == 59


def test_the_automatic_mapping_is_told(api: APIClient):
    done = take(api, CUSTOMERS[0])
    assert done["mapping"] == {
        "FirstName": "first_name",
        "LastName": "last_name",
        "Company": "company",
        "Address": "address",
        "City": "city",
        "State": "region",
        "Country": "country",
        "PostalCode": "postcode",
        "Phone": "phone",
        "Email": "email",
    }
    assert (done["written"]["encoding"], done["written"]["separator"]) == ("cp1252", ";")


def test_an_import_remembers_whom_it_added_updated_and_met(api: APIClient):
    Contact.objects.all().delete()
    take(api, "email,city\nana@x.example,Lyon\nbo@x.example,Nice\n")
    done = take(api, "email,city\nana@x.example,Lyon\nbo@x.example,Pau\ncy@x.example,Metz\n")
    met = ImportContact.objects.filter(import_id=done["id"]).order_by("contact_id")
    assert [one.get_what_display() for one in met] == ["unchanged", "updated", "added"]
    assert counts(done) == (3, 1, 1, 1, 0)


def test_rows_of_one_contact_are_counted_each_and_the_later_wins(api: APIClient):
    done = take(api, "email,city\nana@x.example,Lyon\nana@x.example,Nice\nana@x.example,\n")
    assert counts(done) == (3, 1, 1, 1, 0)
    assert (Contact.objects.get().city, Contact.objects.get().email) == ("Nice", "ana@x.example")


def test_a_spreadsheet_comes_in_like_a_text_file(api: APIClient):
    Field.objects.create(alias="founded", type="date", label="date")
    Field.objects.create(alias="staff", type="number", label="integer")
    Field.objects.create(alias="paper", type="text", label="text", unique=True)
    done = take(api, DATA / "csvkit" / "sheets.xlsx", match="paper")
    assert counts(done) == (5, 4, 0, 0, 1)
    reader = Contact.objects.get(attrs__paper="Chicago Reader")
    assert reader.attrs == {"founded": "1971-01-01", "staff": 40, "paper": "Chicago Reader"}
