"""Whatever a step or a condition may be asked for has a label in words, in English and French."""

import re
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils.functional import Promise

from accounts.models import User
from kernel.actions import contact_actions
from kernel.events import event_types
from kernel.filters import event_offers
from tests.campaigns.test_canvas_screens import handed
from tests.journey import graph, points, run

pytestmark = pytest.mark.django_db
ASKED = sorted({name for kind in event_types for name in (*kind.conditions, *kind.numbers)})
# What senders of links call so themselves.
AS_IT_STANDS = re.compile(r"utm_\w+")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_condition_of_a_step_has_a_label(
    client: Client, alice: User, api: Any, language: str
):
    campaign = run(api, graph([points("a")], "start>a"))
    User.objects.filter(pk=alice.pk).update(language=language)
    client.force_login(alice)
    words = handed(client.get(f"/campaigns/{campaign}").content.decode(), "campaign-words")
    assert len(ASKED) > 20
    raw = [name for name in ASKED if not _is_words(str(words.get(f"condition_{name}", "")), name)]
    assert raw == []


def test_every_key_that_may_be_asked_for_has_words_in_the_builder():
    assert [
        name
        for name in ASKED
        if not AS_IT_STANDS.fullmatch(name) and name not in event_offers.WORDS
    ] == []


def test_every_setting_of_an_action_has_a_label():
    asked = [
        (action.key, name, field)
        for action in contact_actions
        for name, field in action.form.base_fields.items()
    ]
    assert len(asked) > 15
    assert [(key, name) for key, name, field in asked if not _is_labelled(field)] == []


def _is_labelled(field: forms.Field) -> bool:
    """Say whether it is labelled in words that are told in the reader's language."""
    return isinstance(field.label, Promise) and str(field.label) != ""


def _is_words(label: str, name: str) -> bool:
    return bool(AS_IT_STANDS.fullmatch(label)) or (
        label != "" and "_" not in label and label != name
    )
