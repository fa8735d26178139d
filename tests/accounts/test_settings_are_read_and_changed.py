"""Settings of the workspace, by REST and by command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db
PATH = "/api/v1/preferences"


def test_settings_are_changed_all_or_none(api):
    assert api.get(PATH).json()["contacts.unique_kinds"] == ["email"]
    changed = api.patch(PATH, {"contacts.unique_kinds": ["mobile", "email"]})
    assert changed.json()["contacts.unique_kinds"] == ["email", "mobile"]
    refused = api.patch(
        PATH, {"contacts.unique_kinds": [], "contacts.phone_region": "France", "x.y": 1}
    )
    assert refused.status_code == 400
    faults = {(error["field"], error["code"]) for error in refused.json()["errors"]}
    assert faults == {("contacts.phone_region", "invalid"), ("x.y", "unknown_field")}
    assert api.get(PATH).json()["contacts.unique_kinds"] == ["email", "mobile"]
    assert api.patch(PATH, [], format="json").status_code == 400


def test_settings_are_for_administrators(api_bob, stranger):
    assert api_bob.get(PATH).status_code == 403
    assert api_bob.patch(PATH, {}).status_code == 403
    assert stranger.get(PATH).status_code == 401


def test_the_command_shows_and_changes_settings():
    out = StringIO()
    call_command("preference", stdout=out)
    assert 'contacts.unique_kinds = ["email"]' in out.getvalue()
    call_command("preference", "contacts.phone_region", "FR", stdout=out)
    assert out.getvalue().endswith('contacts.phone_region = "FR"\n')
    for words in (["nope"], ["contacts.phone_region", "France"]):
        with pytest.raises(CommandError):
            call_command("preference", *words, stdout=out)
