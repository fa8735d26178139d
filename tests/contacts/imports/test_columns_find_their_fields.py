"""Columns are mapped by what people call them; what a person says wins; a preview shows it all."""

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact, Field, Import
from tests.contacts.imports.sending import DATA, post, problems, take

pytestmark = pytest.mark.django_db


def preview(api: APIClient, file, **options):
    answer = post(api, file, path="/preview", **options)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("header", "aliases"),
    [
        ("Prénom;NOM;Adresse e-mail;Téléphone portable", "first_name last_name email mobile"),
        ("Civilité;Société;Fonction;Code postal", "title company position postcode"),
        ("Ville;Pays;Région;Langue;Fuseau horaire", "city country region locale timezone"),
        ("firstName;LAST_NAME;EMail;mobile-phone", "first_name last_name email mobile"),
        ("Job Title;Company Name;ZIP/Postal Code;State", "position company postcode region"),
        ("Courriel;N° de téléphone;Rue;Étiquettes", "email phone address tags"),
        ("Vorname;Nachname;E-Mail-Adresse;Handynummer", "first_name last_name email mobile"),
        ("Firma;Straße;PLZ;Ort;Land", "company address postcode city country"),
        ("Contact Email;Customer First Name", "email first_name"),
    ],
)
def test_names_in_two_languages_and_every_spelling(api: APIClient, header: str, aliases: str):
    shown = preview(api, header + "\n" + ";".join("x" * len(aliases.split())) + "\n")
    assert list(shown["mapping"].values()) == aliases.split()


def test_a_mailchimp_export_is_understood(api: APIClient):
    shown = preview(api, DATA / "mailchimp_header.csv")
    assert shown["mapping"] == {
        "Email Address": "email",
        "First Name": "first_name",
        "Last Name": "last_name",
        "TIMEZONE": "timezone",
        "CC": "country",
        "REGION": "region",
    }


def test_custom_fields_are_found_by_alias_and_by_each_label(api: APIClient):
    labels = {"fr": "Numéro de client", "en": "Customer number"}
    Field.objects.create(alias="loyalty", type="text", label="Loyalty card", labels=labels)
    for name in ("loyalty", "Loyalty Card", "numero_de_client", "CustomerNumber"):
        assert preview(api, f"email,{name}\na@x.example,1\n")["mapping"][name] == "loyalty"


@pytest.mark.parametrize("label", ["Birthday", "Date de naissance"])
@pytest.mark.parametrize(
    "name", ["Né le", "NE LE", "Née le", "Né(e) le", "date_naissance", "Geburtsdatum", "DOB"]
)
def test_a_field_of_ones_own_is_found_by_what_others_call_it(api: APIClient, label: str, name: str):
    Field.objects.create(alias="b1", type="date", label=label)
    file = f"email,{name}\na@x.example,2001-02-03\n"
    assert preview(api, file)["mapping"][name] == "b1"


def test_a_label_takes_no_column_from_the_field_of_that_alias(api: APIClient):
    Field.objects.create(alias="billing", type="email", label="Email")
    file = "email,Billing\na@x.example,b@x.example\n"
    assert preview(api, file)["mapping"] == {"email": "email", "Billing": "billing"}


def test_what_a_person_maps_wins_and_an_empty_alias_leaves_a_column_out(api: APIClient):
    file = "E-mail,City,Name\na@x.example,Lyon,Ana\n"
    done = take(api, file, mapping={"Name": "city", "City": ""})
    assert done["mapping"] == {"E-mail": "email", "Name": "city"}
    assert Contact.objects.get().city == "Ana"


def test_a_mapping_that_cannot_be_is_refused_with_its_place(api: APIClient):
    answer = post(
        api,
        "email,a,b,c\na@x.example,1,2,3\n",
        mapping={
            "nowhere": "city",
            "a": "no_such_field",
            "b": "created_at",
            "c": "city",
            "C": "city",
        },
    )
    assert sorted(problems(answer)) == [
        ("options.mapping.C", "duplicate"),
        ("options.mapping.a", "unknown_field"),
        ("options.mapping.b", "read_only"),
        ("options.mapping.nowhere", "unknown_column"),
    ]
    assert not Import.objects.exists()


def test_a_preview_shows_how_the_file_is_read_and_stores_nothing(api: APIClient):
    Field.objects.create(alias="spent", type="number", label="Spent", decimals=2)
    Field.objects.create(alias="born", type="date", label="Born")
    text = "E-mail;Pays;Spent;Born\nzoé@x;France;1;x\nbo@x.example;Germany;1.234,50;31/12/1980\n"
    shown = preview(api, text.encode("cp1252"))
    written = shown["file"]
    assert (written["encoding"], written["separator"]) == ("cp1252", ";")
    assert (written["decimal"], written["date_order"]) == (",", "dmy")
    first, second = shown["rows"]
    assert [one["field"] for one in first["problems"]] == ["email", "born"]
    assert second["values"] == {
        "email": "bo@x.example",
        "country": "DE",
        "spent": 1234.5,
        "born": "1980-12-31",
    }
    assert [column["examples"] for column in shown["columns"]][1] == ["France", "Germany"]
    assert not Contact.objects.exists()
    assert not Import.objects.exists()


def test_a_preview_does_not_insist_on_the_match(api: APIClient):
    shown = preview(api, "Ville,Nom\nLyon,Ana\n")
    assert [one["code"] for one in shown["problems"]] == ["match_missing"]
    assert problems(post(api, "Ville,Nom\nLyon,Ana\n")) == [("options.mapping", "match_missing")]


def test_a_file_without_a_header_comes_in_when_that_is_said(api: APIClient):
    names = {"Column 1": "email", "Column 2": "city"}
    done = take(api, "ana@x.example,Lyon\nbo@x.example,Pau\n", header=False, mapping=names)
    assert (done["created"], Contact.objects.get(email="ana@x.example").city) == (2, "Lyon")


def test_a_sheet_of_a_spreadsheet_is_chosen_by_its_name(api: APIClient):
    book = DATA / "csvkit" / "sheets.xlsx"
    assert [c["name"] for c in preview(api, book, sheet="ʤ")["columns"]] == ["a", "b", "c"]
    assert problems(post(api, book, sheet="nowhere")) == [("options.sheet", "not_found")]
