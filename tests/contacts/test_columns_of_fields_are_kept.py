"""The columns of fields are made once, and anew where a field or the language is another."""

import pytest
from django.utils import translation

from contacts.backoffice import cells
from contacts.catalogue import catalogue
from contacts.services import fields
from kernel import clock

pytestmark = pytest.mark.django_db


def test_they_follow_fields_and_language():
    defined = {"label": "Size", "type": "text", "labels": {"en": "Size", "fr": "Taille"}}
    row = fields.create(defined, clock.now())

    def label() -> str:
        return str(cells.columns(catalogue())[-1].label)

    assert cells.columns(catalogue()) is cells.columns(catalogue())
    assert label() == "Size"
    with translation.override("fr"):
        assert label() == "Taille"
    fields.change(row, {"labels": {"en": "Height"}}, clock.now())
    assert label() == "Height"
