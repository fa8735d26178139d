"""The settings of the workspace on screen: all of them or none, with their trail."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from dashboard.backoffice.settings_form import SettingsForm
from kernel import preferences

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/workspace"
# Two name other things by number and are set through the API; the others have screens of their own.
ELSEWHERE = {
    *("emails.senders", "emails.confirmation_email", "points.activity"),
    *("privacy.addresses", "privacy.retention"),
}


def typed(client: Client, **changed: object) -> dict[str, object]:
    """Return what a browser would post."""
    page = client.get(ADDRESS)
    form, version = page.context["form"], page.context["version"]
    assert f'name="version" value="{version}"' in page.content.decode()
    values = {"version": version} | {field.name: field.value() for field in form}
    # Boxes that are not ticked are not sent; a nought is.
    sent = {key: value for key, value in values.items() if value is not None and value is not False}
    return sent | {key.replace("__", "-"): value for key, value in changed.items()}


def test_saving_what_is_shown_changes_nothing(client: Client, alice: User):
    client.force_login(alice)
    preferences.put("emails.frequency_caps", [{"max": 3, "per": "week", "topic": None}])
    preferences.put("emails.limits", {"*": {"second": 50}, "example.com": {"day": 9}})
    preferences.put("emails.quiet_hours", {"from": "21:00", "to": "08:00"})
    before = {key: preferences.get(key) for key in SettingsForm.settings()}
    assert client.post(ADDRESS, typed(client)).status_code == 302
    assert {key: preferences.get(key) for key in SettingsForm.settings()} == before
    assert not AuditEntry.objects.filter(kind="preferences").exists()


def test_what_differs_is_kept_with_its_trail(client: Client, alice: User):
    client.force_login(alice)
    changed = {
        "workspace__timezone": "Europe/Paris",
        "emails__limits": "* 5 / second",
        "emails__frequency_caps": "2 / day",
        "tracking__sites": "https://shop.example\n\n",
    }
    assert client.post(ADDRESS, typed(client, **changed)).status_code == 302
    assert preferences.get("workspace.timezone") == "Europe/Paris"
    assert preferences.get("emails.limits") == {"*": {"second": 5}}
    assert preferences.get("emails.frequency_caps")[0]["max"] == 2
    assert preferences.get("tracking.sites") == ["https://shop.example"]
    entry = AuditEntry.objects.get(kind="preferences")
    assert entry.before["workspace.timezone"] == "UTC"


def test_one_mistake_keeps_everything_as_it_was(client: Client, alice: User):
    client.force_login(alice)
    changed = {"emails__from_name": "Shop", "emails__quiet_hours": "25:00-8"}
    answer = client.post(ADDRESS, typed(client, **changed))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["emails-quiet_hours"]
    assert preferences.get("emails.from_name") == ""
    answer = client.post(ADDRESS, typed(client, emails__limits="fast, please"))
    assert "fast, please" in answer.content.decode()


def test_a_page_read_before_somebody_else_saved_reverts_nothing(client: Client, alice: User):
    client.force_login(alice)
    theirs, mine = typed(client, emails__require_consent="on"), typed(client)
    read_before = client.get(ADDRESS).context["read"]
    assert client.post(ADDRESS, theirs).status_code == 302
    answer = client.post(ADDRESS, mine | {"emails-from_name": "Shop"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody saved this while you were editing" in page
    assert 'value="Shop"' in page
    assert '">Write only to people who agreed</a>: theirs <q>yes</q>, yours <q>no</q>' in page
    assert "theirs <q>nothing</q>, yours <q>Shop</q>" in page
    assert page.count(", yours <q>") == 2
    assert "You saved it yourself" in page
    read = mine | {"emails-from_name": "Shop", "read": read_before}
    page = client.post(ADDRESS, read).content.decode()
    # Nobody else touched the name of the sender.
    assert page.count(", yours <q>") == 1
    assert preferences.get("emails.require_consent") is True
    # What is sent twice is no conflict with itself, and who has seen theirs may insist.
    assert client.post(ADDRESS, theirs).status_code == 302
    insisting = mine | {"emails-from_name": "Shop", "version": answer.context["version"]}
    assert client.post(ADDRESS, insisting).status_code == 302
    assert preferences.get("emails.from_name") == "Shop"


def test_every_setting_has_its_field():
    known = {setting.key for setting in preferences.known()}
    shown = set(SettingsForm.settings())
    assert shown <= known
    assert known - shown == ELSEWHERE


def test_a_secret_is_kept_sealed_never_written_out_and_stays_where_nothing_is_typed(
    client: Client, alice: User
):
    client.force_login(alice)
    secret = "token-of-twilio"
    assert client.post(ADDRESS, typed(client, sms__auth_token=secret)).status_code == 302
    kept = preferences.get("sms.auth_token")
    assert kept
    assert secret not in kept
    trail = str(list(AuditEntry.objects.values_list("before", "after")))
    page = client.get(ADDRESS).content.decode()
    for written in (secret, kept):
        assert written not in page + trail
    assert client.post(ADDRESS, typed(client, sms__per_second=5)).status_code == 302
    assert (preferences.get("sms.per_second"), preferences.get("sms.auth_token")) == (5, kept)
