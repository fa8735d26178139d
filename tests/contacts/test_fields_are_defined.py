"""Custom fields: aliases, types, options, uniqueness, indexes, deletion."""

import pytest
from django.db import connection

from contacts.catalogue import catalogue
from contacts.models import Contact
from contacts.services import fields
from contacts.services.upsert import upsert
from kernel import clock
from kernel.registry import ConfigProblem
from tests.settle import settle

pytestmark = pytest.mark.django_db


def make(**values):
    return fields.create({"type": "text", **values}, clock.now())


def refusal(**values):
    with pytest.raises(ConfigProblem) as refused:
        make(**values)
    return {(problem["field"], problem["code"]) for problem in refused.value.problems}


def people(*rows):
    return upsert(list(rows), mode="create", now=clock.now()).created


@pytest.mark.parametrize(
    ("label", "alias"),
    [
        ("Date d\u2019achat n° 1", "date_dachat_n_1"),
        ("Email", "email_2"),
        ("select", "select"),
        ("2e prénom", "field_2e_prenom"),
        ("日本", "field"),
        ("a__b  --c", "a_b_c"),
        ("x" * 120, "x" * 58),
        ("'; DROP TABLE contact;--", "drop_table_contact"),
    ],
)
def test_sec_11_an_alias_is_made_from_any_label(label, alias):
    assert make(label=label).alias == alias


@pytest.mark.parametrize(
    "alias", ["email", "id", "a__b", "A", "1a", "a-b", "a" * 64, "a.b", "attrs", "é", "and"]
)
def test_sec_11_an_alias_that_cannot_be_is_refused(alias):
    assert {field for field, _code in refusal(label="X", alias=alias)} == {"alias"}


def test_an_alias_is_given_once():
    assert make(label="Plan").alias == "plan"
    assert make(label="Plan").alias == "plan_2"
    assert refusal(label="Other", alias="plan") == {("alias", "taken")}


def test_all_faults_are_named_at_once():
    found = refusal(
        type="select", label="", labels={"de": "x"}, options=["a", "A"], unique=True, decimals=2
    )
    assert found >= {("label", "required"), ("labels", "invalid"), ("options", "duplicate")}
    assert found >= {("unique", "not_for_this_type"), ("decimals", "not_for_this_type")}
    assert refusal(type="nonsense", label="X") == {("type", "invalid_choice")}
    assert refusal(label="X", options=["a"]) == {("options", "not_for_this_type")}
    assert refusal(type="number", label="X", default="abc") == {("default", "invalid_number")}


def test_what_no_field_of_companies_can_be_is_said_so():
    row = {"object": "company", "label": "SIREN", "type": "text"}
    phone = row | {"type": "phone"}
    assert refusal(**phone, unique=True) == {("unique", "not_for_this_type")}
    assert refusal(**row, indexed=True) == {("indexed", "not_for_companies")}


def test_options_have_values_and_labels_in_two_languages():
    row = make(type="select", label="Plan", options=["a", {"value": "b", "labels": {"fr": "Bé"}}])
    assert row.options[1] == {"value": "b", "label": "Bé", "labels": {"fr": "Bé"}}
    assert make(labels={"fr": "Offre", "en": "Offer"}).label == "Offre"


def test_alias_type_and_options_in_use_never_change():
    row = make(type="select", label="Plan", options=["a", "b"], default="a")
    people({"email": "a@x.example", "plan": "b"})
    for wrong in ({"alias": "other"}, {"type": "text"}, {"options": ["a"]}, {"object": "company"}):
        with pytest.raises(ConfigProblem):
            fields.change(row, wrong, clock.now())
    changed = fields.change(row, {"options": ["b", "c"], "default": None}, clock.now())
    assert (changed.version, [o["value"] for o in changed.options]) == (2, ["b", "c"])
    assert [o["value"] for o in catalogue().get("plan").options] == ["b", "c"]


def test_decimals_are_not_taken_from_values_that_have_them():
    row = make(type="number", label="Spent", decimals=2)
    people({"email": "a@x.example", "spent": 1})
    assert fields.change(row, {"decimals": 0}, clock.now()).decimals == 0
    assert make(type="number", label="Exact").decimals == 6


def test_a_deleted_field_takes_its_values_with_it():
    row = make(label="Plan")
    people({"email": "a@x.example", "plan": "pro"})
    fields.delete(row, clock.now())
    assert refusal(label="Again", alias="plan") == {("alias", "being_deleted")}
    settle()
    assert Contact.objects.get().attrs == {}
    make(label="Plan")


def test_at_most_ten_fields_are_indexed_and_all_have_statistics():
    rows = [make(label=f"F{n}", indexed=True) for n in range(10)]
    assert refusal(label="F11", indexed=True) == {("indexed", "too_many")}
    assert refusal(label="Long", type="long_text", indexed=True) == {
        ("indexed", "not_for_this_type")
    }
    settle()
    fields.change(rows[0], {"indexed": False}, clock.now())
    fields.delete(rows[1], clock.now())
    settle()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'field_%_index'")
        assert cursor.fetchone() == (8,)
        cursor.execute("SELECT count(*) FROM pg_statistic_ext WHERE stxname LIKE 'field_%_stats'")
        assert cursor.fetchone() == (9,)
