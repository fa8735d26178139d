"""An import that waits for its first batch, with a clock that can be moved."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from contacts.models import Import
from contacts.services.imports import run
from tests.contacts.imports.sending import post
from tests.contacts.imports.three_thousand import BATCH, lines


@pytest.fixture
def imported(api: APIClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Import:
    hours = tmp_path / "clock"
    hours.write_text("0")
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(hours))
    monkeypatch.setattr(run, "ROWS", BATCH)
    answer = post(api, lines())
    assert answer.status_code == 201, answer.content
    return Import.objects.get(pk=answer.json()["id"])
