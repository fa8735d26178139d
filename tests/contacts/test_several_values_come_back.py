"""What an export writes of several choices, or tags, reading it back gives again."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from contacts.catalogue import FieldSpec
from contacts.models import Contact, Tag
from contacts.services.exports.reading import TAGS
from contacts.services.imports.convert import split_tags
from contacts.values.cleaning import clean
from tests.contacts.merging import people

NAMES = st.text("ab,;\\\"' ", min_size=1, max_size=6).map(str.strip).filter(bool)


@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), st.data())
def test_choices_come_back_whatever_stands_in_them(values, data):
    options = tuple({"value": value, "label": value} for value in values)
    spec = FieldSpec("several", "multiselect", "Several", "", options=options)
    chosen = [value for value in values if data.draw(st.booleans())]
    assert clean(spec, " | ".join(chosen)) == (chosen or None)


@pytest.mark.django_db
def test_a_bar_between_choices_wins_over_a_choice_that_looks_alike(api: APIClient):
    options = [{"value": value, "label": value} for value in ("a", "b", "a,b")]
    body = {"label": "Several", "alias": "several", "type": "multiselect", "options": options}
    assert api.post("/api/v1/fields", body, format="json").status_code == 201
    (ana,) = people({"email": "ana@x.example"})
    for written, kept in (("a|b", ["a", "b"]), ("a | b", ["a", "b"]), ("a,b", ["a,b"])):
        answer = api.patch(f"/api/v1/contacts/{ana}", {"several": written}, format="json")
        assert (answer.status_code, answer.json()["several"]) == (200, kept), written


@pytest.mark.django_db
@pytest.mark.parametrize(
    "names", [["x|y"], ["x|y", "z"], ["a,b"], ["a,b", "x|y"], ["|"], ["a;b|c", "d"], ["\\", '"']]
)
def test_tags_come_back_whatever_stands_in_them(names):
    (ana,) = people({"email": "ana@x.example"})
    tags = [Tag.objects.create(name=name, name_key=name.lower()) for name in names]
    with connection.cursor() as cursor:
        for tag in tags:
            cursor.execute(
                "INSERT INTO contact_tag (contact_id, tag_id, added_at) VALUES (%s, %s, now())",
                [ana, tag.pk],
            )
        cursor.execute(f"SELECT {TAGS} FROM contact c WHERE c.id = %s", [ana])
        (cell,) = cursor.fetchone()
    assert Contact.objects.filter(pk=ana).exists()
    assert sorted(split_tags(cell)) == sorted(names)
