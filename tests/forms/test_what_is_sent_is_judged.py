"""Forms are judged by the server, by the version that was shown, and nothing typed is lost."""

from datetime import timedelta

import pytest
from django.test import Client

from contacts.models import Contact, Field
from forms.models import Submission
from forms.services import definition, publishing
from kernel import clock
from kernel.registry import ConfigProblem
from tests.forms.written import EMAIL, FIRST, make_form, send, token_in, token_of

pytestmark = pytest.mark.django_db
AGE = {"id": "a", "kind": "number", "name": "age", "label": "Age", "least": "18"}
PLAN = {
    "id": "p",
    "kind": "radio",
    "name": "plan",
    "label": "Plan",
    "required": True,
    "options": [{"value": "s", "label": "Small", "labels": {"fr": "Petit"}}, {"value": "l"}],
}
SEATS = {
    "id": "s",
    "kind": "number",
    "name": "seats",
    "label": "Seats",
    "required": True,
    "show_if": {"field": "p", "op": "is", "values": ["l"]},
}


def test_rel_28_mistakes_store_nothing_and_keep_what_was_typed():
    form = make_form({**EMAIL, "required": True}, FIRST, AGE, PLAN)
    told = {"email": "ana@", "first": "Ana", "age": "12", "plan": "none", "_token": token_of(form)}
    page = Client().post(f"/f/{form.alias}", told, headers={"accept-language": "en"})
    text = page.content.decode()
    assert page.status_code == 422
    assert 'value="ana@"' in text
    assert 'value="Ana"' in text
    for words in ("domain of this address", "A number from 18", "not one of the choices"):
        assert words in text
    assert token_in(text) == told["_token"]
    assert not Contact.objects.exists()
    assert not Submission.objects.exists()


def test_what_is_not_shown_is_neither_asked_nor_kept():
    form = make_form(EMAIL, PLAN, SEATS)
    answer = send(form, {"email": "a@example.com", "plan": "s", "seats": "7", "other": "x"})
    assert answer.status_code == 200
    assert Submission.objects.get().answers == {"e": "a@example.com", "p": "s"}
    answer = send(form, {"email": "a@example.com", "plan": "l"})
    assert answer.json()["problems"] == {"seats": "Please fill this in."}


def test_an_older_version_still_open_is_judged_as_it_was_shown():
    form = make_form(EMAIL, PLAN)
    token = token_of(form)
    form.content = definition.cleaned({"fields": [EMAIL, {**FIRST, "required": True}]})
    form.save()
    publishing.publish(form, None, clock.now())
    assert send(form, {"email": "a@example.com", "plan": "l"}, token=token).status_code == 200
    assert Submission.objects.get().version.number == 1
    assert send(form, {"email": "a@example.com"}).json()["problems"] == {
        "first": "Please fill this in."
    }


def test_answers_of_every_kind_reach_their_fields():
    options = [{"value": "tea", "label": "Tea"}, {"value": "coffee", "label": "Coffee"}]
    values = {"label": "Tastes", "alias": "tastes", "type": "multiselect", "options": options}
    Field.objects.create(object="contact", **values)
    form = make_form(
        EMAIL,
        {"id": "c", "kind": "country", "name": "land", "label": "Country", "map": "country"},
        {
            "id": "t",
            "kind": "multiselect",
            "name": "tastes",
            "label": "Tastes",
            "map": "tastes",
            "options": [{"value": "tea"}, {"value": "coffee"}],
        },
        {"id": "h", "kind": "hidden", "name": "place", "map": "city", "default": "Lyon"},
        {"id": "d", "kind": "datetime", "name": "when", "label": "When"},
    )
    body = {"email": "Ana@Example.com", "land": "FR", "tastes": ["coffee", "tea"]}
    assert send(form, {**body, "place": "Lyon", "when": "2026-11-24T09:30"}).status_code == 200
    ana = Contact.objects.get()
    assert (ana.country, ana.city, ana.attrs["tastes"]) == ("FR", "Lyon", ["tea", "coffee"])
    assert Submission.objects.get().answers["d"] == "2026-11-24T09:30:00.000Z"


def test_visitors_read_their_language_as_far_as_the_form_is_written_in_it():
    form = make_form(EMAIL, PLAN, title="Hello", titles={"fr": "Bonjour"})
    french = Client().get(f"/f/{form.alias}", headers={"accept-language": "fr-FR"}).content.decode()
    assert "Bonjour" in french
    assert "Petit" in french
    assert 'lang="fr"' in french
    german = Client().get(f"/f/{form.alias}", headers={"accept-language": "de"}).content.decode()
    assert "Hello" in german


def test_sec_19_what_is_not_published_is_nowhere(client):
    draft = make_form(shown=False)
    closed = make_form()
    closed.closes_at = clock.now() - timedelta(minutes=1)
    closed.save()
    for form in (draft, closed):
        for place in ("", "/frame", "/part"):
            answer = client.get(f"/f/{form.alias}{place}")
            assert answer.status_code == 404
            assert "noindex" in answer["X-Robots-Tag"]
    token = token_of(closed)
    assert send(closed, {"email": "a@example.com"}, token=token).status_code == 404
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "select", "options": []}, "at least one option"),
        ({"kind": "consent"}, "what the consent is for"),
        ({"map": "nothing"}, "no such field"),
        ({"show_if": {"field": "z", "op": "filled", "values": []}}, "must stand above"),
        ({"label": ""}, "what the field asks"),
    ],
)
def test_what_is_unfinished_is_not_published(change, words):
    form = make_form({**EMAIL, **change}, shown=False)
    with pytest.raises(ConfigProblem) as refused:
        publishing.publish(form, None, clock.now())
    assert words in refused.value.problems[0]["message"]
