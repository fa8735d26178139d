"""SEC-20: words meant for some tell nobody what stands in a field that is hidden from them."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from emails.services import audiences
from emails.services.preview import preview
from kernel import clock
from kernel.secrecy import reading_for
from tests.accounts.sensitive.conftest import dora, hers, made
from tests.emails.people import make_email

pytestmark = pytest.mark.django_db
__all__ = ["dora", "hers"]


def test_sec_20_a_preview_as_somebody_shows_the_words_for_everybody(
    api: APIClient, alice: User, dora: User
):
    made(api, "fields", label="Rhesus", alias="rhesus", type="text", sensitive=True)
    ana = made(api, "contacts", email="ana@x.example", rhesus="negative")
    tree = {"all": [{"field": "rhesus", "op": "is", "value": "negative"}]}
    body: dict[str, Any] = {
        "subject": "{% if audience.rare %}Rare{% else %}All{% endif %}",
        "audiences": [{"key": "rare", "name": "Rare", "filter": tree}],
    }
    email = make_email()
    answer = api.patch(f"/api/v1/emails/{email.pk}", body, format="json")
    assert answer.status_code == 200, answer.content
    email.refresh_from_db()
    now = clock.now()
    with reading_for(alice):
        assert preview(email, ana, now).subject == "Rare"
    with reading_for(dora):
        assert preview(email, ana, now).subject == "All"


def test_filters_of_audiences_share_one_patience(monkeypatch: pytest.MonkeyPatch):
    given: list[int] = []

    def chosen(_found: object, _contacts: object, *, patience: int) -> set[int]:
        given.append(patience)
        return set()

    monkeypatch.setattr(audiences.questions, "chosen", chosen)
    monkeypatch.setattr(audiences, "PATIENCE_SECONDS", 0.0)
    tree = {"field": "city", "op": "is", "value": "Lyon"}
    audiences.belonging({"a": tree, "b": tree}, [1], clock.now())
    assert given == [1, 1]
