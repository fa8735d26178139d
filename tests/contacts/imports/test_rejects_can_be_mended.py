"""Refused rows come back as a file: safe to open, with reasons, ready to be imported again."""

import csv
import io

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact, ContactTag
from tests.contacts.imports.sending import DATA, counts, post, problems, take

pytestmark = pytest.mark.django_db


def rejects(api: APIClient, done) -> list[list[str]]:
    answer = api.get(f"/api/v1/imports/{done['id']}/rejects")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; ")
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=done["written"]["separator"]))


def test_the_rows_stand_as_they_were_with_line_and_reason(api: APIClient):
    done = take(api, "E-mail;Pays;Note\nana@x.example;FR;1\nzoé;FR;«2»\nbo@x.example;Erewhon;3\n")
    header, first, second = rejects(api, done)
    assert header == ["E-mail", "Pays", "Note", "import_line", "import_reason"]
    assert first[:4] == ["zoé", "FR", "«2»", "3"]
    assert first[4].startswith("E-mail: ")
    assert second[:4] == ["bo@x.example", "Erewhon", "3", "4"]
    assert second[4].startswith("Pays: ")


def test_mended_rejects_come_in(api: APIClient):
    done = take(api, "email;country;city\nana@x.example;Erewhon;Aix; Sud\nbo;FR;Pau\n")
    rows = rejects(api, done)
    rows[1][:3] = ["ana@x.example", "France", "Aix"]
    rows[2][0] = "bo@x.example"
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    again = take(api, text.getvalue())
    assert counts(again) == (2, 2, 0, 0, 0)
    assert again["mapping"] == {"email": "email", "country": "country", "city": "city"}


def test_sec_62_cells_open_as_text_and_come_back_as_they_were(api: APIClient):
    hostile = ["=1+1", " @SUM(A1)", "+33 1 23", "\t=cmd", "-2+3", "'=x", "-5", "\uff1dx"]
    lines = [f'p{n}@x.example;Erewhon;"{cell}"' for n, cell in enumerate(hostile)]
    done = take(api, "\n".join(["email;country;city", *lines]) + "\n")
    rows = rejects(api, done)
    shown = [row[2] for row in rows[1:]]
    assert [cell for cell in shown if cell.lstrip(' \t"')[:1] in set("=+-@\uff1d")] == ["-5"]
    for row in rows[1:]:
        row[1] = "FR"
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    take(api, text.getvalue())
    cities = Contact.objects.order_by("email").values_list("city", flat=True)
    assert list(cities) == [cell.strip() for cell in hostile]


def test_rows_that_cannot_be_read_are_among_them(api: APIClient):
    content = "email,city\nana@x.example,Lyon,more\n" + 'bo@x.example,"Pau\n' + "cy@x.example,\0\n"
    done = take(api, content.encode() + "Gaël,N\xeemes\n".encode("latin-1") + "é,è\n".encode() * 99)
    first, second, third, fourth = rejects(api, done)[1:5]
    assert first[:2] == ["ana@x.example", "Lyon"]
    assert "more" in first[3]
    assert second[0] == 'bo@x.example,"Pau'
    assert third[:2] == ["cy@x.example", "\N{SYMBOL FOR NULL}"]
    assert fourth[:2] == ["Gaël", "Nîmes"]


def test_a_table_with_rows_of_every_length(api: APIClient):
    done = take(api, DATA / "csvkit" / "bad.csv", mapping={"column_a": "email"})
    assert counts(done) == (3, 0, 0, 0, 3)
    assert [row[3] for row in rejects(api, done)[1:]] == ["2", "3", "4"]


def test_reasons_are_in_the_language_of_whoever_imports(api: APIClient):
    api.credentials(**api._credentials, HTTP_ACCEPT_LANGUAGE="fr")
    done = take(api, "email;country\nana@x.example;Erewhon\na;b;c;d\n")
    reasons = [row[-1] for row in rejects(api, done)[1:]]
    assert reasons[1].startswith("La ligne a plus de cellules")
    assert post(api, "").json()["errors"][0]["message"] == "Le fichier est vide."


def test_mended_rejects_named_as_such_come_in_as_the_others_did(api: APIClient):
    """By REST `mends` takes over columns and rules; what the client says itself wins."""
    terms = {"mapping": {"Ville": "city", "Mail": "email"}, "tags": ["fair"], "mode": "create"}
    done = take(api, "Mail;Ville;country\nana@x.example;Lyon;FR\nbo;Pau;FR\n", **terms)
    rows = rejects(api, done)
    rows[1][0] = "bo@x.example"
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    looked = post(api, text.getvalue(), path="/preview", mends=done["id"]).json()
    assert looked["mapping"] == {"Mail": "email", "Ville": "city", "country": "country"}
    again = take(api, text.getvalue(), mends=done["id"], tags=["late"])
    assert (again["mends"], again["options"]["mode"]) == (done["id"], "create")
    assert counts(again) == (1, 1, 0, 0, 0)
    tagged = ContactTag.objects.order_by("contact__email")
    found = tagged.values_list("contact__email", "contact__city", "tag__name")
    assert list(found) == [("ana@x.example", "Lyon", "fair"), ("bo@x.example", "Pau", "late")]
    draft = post(api, text.getvalue(), path="/drafts", mends=done["id"], tags=None).json()
    assert (draft["options"]["mode"], draft["options"]["tags"]) == ("create", [])
    for wrong in (9_999, "x", {}):
        assert problems(post(api, text.getvalue(), mends=wrong)) == [("options.mends", "not_found")]
