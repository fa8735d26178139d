"""How often and when somebody wants to hear from us, noted down on their page."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import ChannelWish

pytestmark = pytest.mark.django_db
RULES = {"most": "2", "per": "week", "quiet_from": "20:00", "quiet_to": "08:00"}


@pytest.fixture
def anna(api: Any, client: Client, alice: User) -> int:
    client.force_login(alice)
    return int(api.post("/api/v1/contacts", {"email": "anna@example.com"}).json()["id"])


def test_wishes_are_kept_shown_and_taken_away(client: Client, anna: int):
    sent = {**RULES, "pause_until": "2026-12-24", "version": "-"}
    page = client.post(f"/contacts/{anna}/wishes", sent, follow=True).content.decode()
    wish = ChannelWish.objects.get(contact_id=anna)
    assert (wish.most, wish.per, wish.channel) == (2, "week", "email")
    assert (wish.quiet_from, wish.quiet_to) == (time(20), time(8))
    assert wish.pause_until == date(2026, 12, 24)
    assert "At most 2 emails in a week" in page
    assert "No messages between 20:00 and 08:00" in page
    seen = client.get(f"/contacts/{anna}?tab=consent").content.decode()
    version = seen.split('name="version" value="')[1].split('"')[0]
    client.post(f"/contacts/{anna}/wishes", {"version": version})
    assert not ChannelWish.objects.exists()


def test_a_number_has_wishes_of_its_own(api: Any, client: Client, anna: int):
    assert "Preferences for SMS" not in client.get(f"/contacts/{anna}?tab=consent").content.decode()
    api.patch(f"/api/v1/contacts/{anna}", {"mobile": "+33612345678"})
    sent = {**RULES, "channel": "sms", "version": "-"}
    page = client.post(f"/contacts/{anna}/wishes", sent, follow=True).content.decode()
    assert "Preferences for SMS" in page
    assert "At most 2 SMS in a week" in page
    assert ChannelWish.objects.get().channel == "sms"
    half = client.post(f"/contacts/{anna}/wishes", {**sent, "quiet_to": "", "version": "-"})
    assert 'name="channel" value="sms"' in half.content.decode()
    assert client.post(f"/contacts/{anna}/wishes", {**sent, "channel": "x"}).status_code == 404


def test_half_a_rule_is_refused_with_what_was_typed(client: Client, anna: int):
    sent = {**RULES, "quiet_to": "", "version": "-"}
    refused = client.post(f"/contacts/{anna}/wishes", sent)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["quiet_to"]
    assert refused.context["form"].data["most"] == "2"
    again = client.post(f"/contacts/{anna}/wishes", {**RULES, "most": "0", "version": "-"})
    assert list(again.context["form"].errors) == ["most"]
    assert not ChannelWish.objects.exists()


def test_an_error_stands_in_the_dialog_with_what_was_typed(client: Client, anna: int):
    at, within = f"/contacts/{anna}/wishes", {"HX-Request": "true"}
    sent = {**RULES, "quiet_to": "", "pause_until": "2026-12-24", "version": "-"}
    refused = client.post(at, sent, headers=within)
    form = refused.content.decode()
    assert (refused.status_code, form.strip()[:5]) == (422, "<form")
    assert "Give both hours, or none." in form
    assert all(f'value="{typed}"' in form for typed in ("2", "20:00", "2026-12-24"))
    ChannelWish.objects.create(contact_id=anna, channel="email", most=1, per="month")
    late = client.post(at, {**RULES, "version": "-"}, headers=within)
    assert late.status_code == 409
    assert "At most 1 email in a month" in late.content.decode()
    sent = {**RULES, "version": late.context["version"]}
    assert client.post(at, sent, headers=within).headers["HX-Refresh"] == "true"
    assert ChannelWish.objects.get(contact_id=anna).most == 2


def test_what_the_person_chose_meanwhile_is_not_overwritten_unseen(client: Client, anna: int):
    ChannelWish.objects.create(contact_id=anna, channel="email", most=1, per="month")
    late = client.post(f"/contacts/{anna}/wishes", {**RULES, "version": "-"})
    assert late.status_code == 409
    assert ChannelWish.objects.get(contact_id=anna).most == 1
    sent = {**RULES, "version": late.context["version"]}
    assert client.post(f"/contacts/{anna}/wishes", sent).status_code == 302
    assert ChannelWish.objects.get(contact_id=anna).most == 2


def test_who_may_only_look_changes_nothing(client: Client, anna: int, bob: User):
    client.force_login(bob)
    assert client.post(f"/contacts/{anna}/wishes", RULES).status_code == 403
    assert "contacts-wishes" not in client.get(f"/contacts/{anna}?tab=consent").content.decode()
