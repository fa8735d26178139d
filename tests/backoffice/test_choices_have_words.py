"""What may be left empty says so in words, and long lists of choices cost little."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.test import Client
from django.utils.functional import Promise

from accounts.models import User
from backoffice.resource import resources

pytestmark = pytest.mark.django_db
[(_nothing, DASHES)] = BLANK_CHOICE_DASH
OTHERS = ("django.", "allauth.", "rest_framework.", "crispy_forms.", "tests.")


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def every_form(base: type = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for form in base.__subclasses__():
        if not form.__module__.startswith(OTHERS):
            yield form
        yield from every_form(form)


def test_no_form_has_an_empty_choice_of_dashes():
    import_module("automation.urls")
    asked = [
        (f"{form.__module__}.{form.__qualname__}.{name}", field)
        for form in every_form()
        for name, field in form.base_fields.items()  # type: ignore[attr-defined]
        if isinstance(field, forms.ChoiceField)
    ]
    assert len(asked) > 20
    for name, field in asked:
        labels = [label for value, label in field.choices if value in ("", None)]
        assert DASHES not in map(str, labels), name


@pytest.mark.parametrize(
    "path",
    [
        *("/settings/users/new", "/settings/suppressions/new", "/settings/fields/new"),
        *(
            "/settings/topics/new",
            "/tasks/new",
            "/emails/new/blank",
            "/segments/new",
            "/contacts/new",
        ),
    ],
)
def test_forms_on_screen_name_what_is_not_chosen(screen: Client, path: str):
    answer = screen.get(path)
    assert answer.status_code == 200
    assert DASHES not in answer.content.decode()


def test_french_forms_ask_in_french(screen: Client, alice: User):
    User.objects.filter(pk=alice.pk).update(language="fr")
    page = screen.get("/settings/users/new").content.decode()
    assert '<option value="" selected>Choisir…</option>' in page


def test_a_long_list_keeps_what_was_chosen(screen: Client, alice: User):
    User.objects.filter(pk=alice.pk).update(timezone="America/New_York")
    page = screen.get("/profile").content.decode()
    assert '<option value="America/New_York" selected>America/New York</option>' in page
    assert page.count(" selected>") == page.count("<select")


def test_settings_are_read_by_one_statement(screen: Client, django_assert_max_num_queries):
    screen.get("/settings/workspace")
    with django_assert_max_num_queries(12):
        assert screen.get("/settings/workspace").status_code == 200


def test_every_action_on_ticked_rows_is_said_in_the_readers_language():
    import_module("automation.urls")
    acts = [(each.key, act) for each in resources() for act in each.all_bulk()]
    assert len(acts) > 10
    assert [(key, act.key) for key, act in acts if not isinstance(act.label, Promise)] == []
