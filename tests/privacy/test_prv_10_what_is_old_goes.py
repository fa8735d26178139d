"""PRV-10: kinds of data go by age, in slices that survive kills, counted before, with proof."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from contacts.models import ConsentRecord, Contact, ContactState
from contacts.services import growing_old
from contacts.services.consent import Proof, give
from kernel import clock, preferences, retaining, retention
from kernel.jobs import LeaseLost
from kernel.models import Job, RetentionRun
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
OLD = timedelta(days=400)


def run(kind: str = retaining.KIND) -> None:
    retaining.begin(kind, clock.now(), None)
    settle()


def old_people(count: int) -> list[int]:
    ids = people(*({"email": f"old{n}@x.example"} for n in range(count)))
    then = clock.now() - OLD
    Contact.objects.filter(pk__in=ids).update(created_at=then, updated_at=then)
    return ids


def result(key: str, *, dry: bool = False) -> int | None:
    last = retaining.last(key, dry=dry)
    return None if last is None else last.rows


def keep(**days: int | None) -> None:
    preferences.put(retention.SETTING, {f"contacts.{key}": value for key, value in days.items()})


def test_prv_10_the_dry_run_counts_what_the_run_forgets():
    ids = old_people(30)
    active, spoke, fresh = ids[0], ids[1], people({"email": "fresh@x.example"})[0]
    now = clock.now()
    ContactState.objects.filter(pk=active).update(last_active_at=now)
    give([spoke], Proof("profiling", "granted", "form:1", now), now)
    run()
    assert Contact.objects.count() == 31, "nobody goes unless somebody chose so"
    keep(inactive=365)
    run(retaining.DRY)
    assert (result("contacts.inactive", dry=True), Contact.objects.count()) == (28, 31)
    run()
    assert result("contacts.inactive") == 28
    assert set(Contact.objects.values_list("pk", flat=True)) == {active, spoke, fresh}
    run()
    assert result("contacts.inactive") == 0


def test_prv_10_a_run_that_dies_goes_on_and_counts_nothing_twice(monkeypatch):
    old_people(40)
    keep(inactive=365)
    monkeypatch.setattr(growing_old, "AT_ONCE", 1)
    real, seen = growing_old.drop, list[int]()

    def dies(part, now):
        seen.append(len(part))
        gone = real(part, now)
        if len(seen) == 5:
            raise LeaseLost
        return gone

    monkeypatch.setattr(growing_old, "drop", dies)
    retaining.begin(retaining.KIND, clock.now(), None)
    settle()
    assert Contact.objects.count() == 36
    expired = clock.now() - timedelta(hours=1)
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until=expired)
    settle()
    assert not Contact.objects.exists()
    assert result("contacts.inactive") == 40


def test_prv_10_addresses_are_shortened_by_age_and_at_once():
    (ana,) = people({"email": "ana@x.example"})
    now = clock.now()
    for purpose, at, ip in (
        ("profiling", now - OLD, "192.0.2.77"),
        ("open_tracking", now - OLD, "2001:db8:1:2::7"),
        ("web_tracking", now, "192.0.2.88"),
    ):
        give([ana], Proof(purpose, "granted", "form:1", at, ip=ip), now)
    keep(addresses=365)
    run(retaining.DRY)
    run()
    assert result("contacts.addresses", dry=True) == result("contacts.addresses") == 2
    kept = set(ConsentRecord.objects.values_list("ip", flat=True))
    assert kept == {"192.0.2.0", "2001:db8:1::", "192.0.2.88"}
    preferences.put("privacy.addresses", "short")
    give([ana], Proof("click_tracking", "granted", "form:1", now, ip="198.51.100.9"), now)
    preferences.put("privacy.addresses", "none")
    give([ana], Proof("sms_marketing", "granted", "form:1", now, ip="198.51.100.9"), now)
    told = dict(ConsentRecord.objects.values_list("purpose", "ip"))
    assert (told["click_tracking"], told["sms_marketing"]) == ("198.51.100.0", None)


def test_prv_10_the_trail_goes_by_its_own_setting(alice: User):
    with transaction.atomic():
        AuditEntry.objects.create(at=clock.now() - OLD, kind="contacts", verb="change")
        AuditEntry.objects.create(kind="contacts", verb="change")
    run(retaining.DRY)
    run()
    assert result("accounts.audit", dry=True) == result("accounts.audit") == 1
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"nonsense": 3},
        {"accounts.audit": 3},
        {"contacts.inactive": 3},
        {"contacts.inactive": "365"},
        {"contacts.inactive": True},
        {"contacts.rejects": None},
        {"contacts.rejects": 99_999},
    ],
)
def test_prv_10_what_cannot_be_kept_so_is_refused(api: APIClient, value):
    answer = api.patch("/api/v1/preferences", {"privacy.retention": value}, format="json")
    assert answer.status_code == 400
    assert preferences.get(retention.SETTING) == {}


def test_prv_10_the_page_and_the_api_tell_the_same(api: APIClient, client: Client, alice: User):
    client.force_login(alice)
    old_people(3)
    sent = read(client)
    assert client.post("/settings/privacy", {**sent, "contacts_inactive": 3}).status_code == 422
    asked = client.post("/settings/privacy", {**sent, "contacts_inactive": 365})
    assert asked.status_code == 422
    assert "3 people are erased from tonight on" in asked.content.decode()
    assert preferences.get(retention.SETTING) == {}
    sure = {**sent, "contacts_inactive": 365, "seen": "contacts.inactive:365"}
    assert client.post("/settings/privacy", sure).status_code == 302
    # Longer than before takes nobody at once.
    longer = client.post("/settings/privacy", {**read(client), "contacts_inactive": 366})
    assert longer.status_code == 302
    assert preferences.get(retention.SETTING)["contacts.inactive"] == 366
    assert api.post("/api/v1/privacy/retention/dry-run").status_code == 202
    settle()
    told = {one["key"]: one for one in api.get("/api/v1/privacy/retention").json()["results"]}
    assert told["contacts.inactive"]["would_go"]["rows"] == 3
    assert "3 would go after 366 days, counted" in client.get("/settings/privacy").content.decode()
    assert RetentionRun.objects.filter(dry=False).count() == 0


def test_prv_10_days_are_tried_before_they_are_saved(api: APIClient, client: Client, alice: User):
    old_people(3)
    path = "/api/v1/privacy/retention/dry-run"
    for tried, code in (
        ({"contacts.nothing": 90}, "unknown_field"),
        ({"contacts.inactive": 3}, "invalid"),
        ({"contacts.inactive": "90"}, "invalid"),
        ([], "invalid"),
    ):
        answer = api.post(path, tried, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code), tried
    assert api.post(path, {"contacts.inactive": 390}, format="json").status_code == 202
    assert api.post(path, {"contacts.inactive": 90}, format="json").status_code == 409
    settle()
    assert (result("contacts.inactive", dry=True), Contact.objects.count()) == (3, 3)
    assert preferences.get(retention.SETTING) == {}
    client.force_login(alice)
    client.post("/settings/privacy/count", {**read(client), "contacts_inactive": 401})
    settle()
    assert "0 would go after 401 days" in client.get("/settings/privacy").content.decode()
    refused = client.post("/settings/privacy/count", {**read(client), "contacts_inactive": 3})
    assert refused.status_code == 422


def read(client: Client) -> dict[str, Any]:
    """Return what a browser would send of the page as it is."""
    page = client.get("/settings/privacy")
    values = page.context["form"].initial.items()
    sent = {name: "" if value is None else value for name, value in values}
    return {**sent, "version": page.context["version"]}


def test_prv_10_a_second_saver_reverts_nothing_unseen(client: Client, alice: User):
    client.force_login(alice)
    mine = read(client)
    theirs = {**mine, "contacts_inactive": 365}
    assert client.post("/settings/privacy", theirs).status_code == 302
    late = client.post("/settings/privacy", {**mine, "addresses": "short"})
    assert late.status_code == 409
    assert "theirs <q>365</q>, yours <q>nothing</q>" in late.content.decode()
    assert preferences.get(retention.SETTING)["contacts.inactive"] == 365
    # What is sent twice is no conflict with itself, and who has seen theirs may insist.
    assert client.post("/settings/privacy", theirs).status_code == 302
    over = {**mine, "addresses": "short", "version": late.context["version"]}
    assert client.post("/settings/privacy", over).status_code == 302
    assert preferences.get(retention.SETTING)["contacts.inactive"] is None


def test_prv_10_counting_keeps_what_was_typed(client: Client, alice: User):
    client.force_login(alice)
    form = client.get("/settings/privacy").context["form"]
    sent = {name: "" if value is None else value for name, value in form.initial.items()}
    same = client.post("/settings/privacy/count", sent)
    assert same.status_code == 200
    assert not same.context["unsaved"]
    page = client.post("/settings/privacy/count", {**sent, "contacts_inactive": "365"})
    assert page.context["form"]["contacts_inactive"].value() == "365"
    shown = page.content.decode()
    assert "by the days on this page is being counted" in shown
    assert "Unsaved changes" in shown
    assert "days, 90 to 3,660" in shown
    assert preferences.get(retention.SETTING) == {}
    assert client.get("/settings/privacy/count").url == "/settings/privacy"
