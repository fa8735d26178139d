"""A bar between spaces parts several choices in files, so that no new choice holds one."""

import pytest
from rest_framework.test import APIClient

from contacts.models import Field
from contacts.values.choices import choices

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("value", ["a | b", "|", "| a", "a |"])
def test_a_new_choice_holds_no_bar_between_spaces_and_one_there_is_stays(api: APIClient, value):
    body = {"label": "Several", "alias": "several", "type": "multiselect", "options": ["a|b"]}
    number = api.post("/api/v1/fields", body, format="json").json()["id"]
    at, options = f"/api/v1/fields/{number}", [{"value": "a|b"}, {"value": value}]
    answer = api.patch(at, {"options": options}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "options")
    Field.objects.filter(pk=number).update(options=[{**one, "label": "x"} for one in options])
    options.append({"value": "c"})
    assert api.patch(at, {"options": options}, format="json").status_code == 200


def test_a_whole_label_wins_over_the_bar_in_it():
    options = (
        {"value": "ab", "label": "A | B", "labels": {"fr": "A|B (fr)"}},
        {"value": "c", "label": "C"},
    )
    for typed, taken in (("A | B", ["ab"]), ("A|B (fr)", ["ab"]), ("ab | c", ["ab", "c"])):
        assert choices(typed, options) == taken
