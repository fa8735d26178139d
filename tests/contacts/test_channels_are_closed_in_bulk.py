"""Channels closed for many: by the list, by the API, and lifted without touching anybody's word."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact, DoNotContact, Field
from contacts.services.consent import close
from desk.models import Task
from kernel import clock
from tests.contacts.test_bulk_actions_are_taken_back import told, undo
from tests.contacts.test_bulk_actions_on_screen import do, people
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def closed() -> list[tuple[int, str, str]]:
    rows = DoNotContact.objects.order_by("contact_id", "reason")
    return list(rows.values_list("contact_id", "channel", "reason"))


def noted() -> dict[int, tuple[str, datetime]]:
    rows = DoNotContact.objects.filter(reason="manual")
    return {row.contact_id: (row.comment, row.at) for row in rows}


def test_a_channel_is_closed_for_many_and_taken_back(screen: Client):
    a, b, c = people(3)
    spring = datetime(2026, 5, 3, 10, tzinfo=UTC)
    close([b], "email", "unsubscribed", "", clock.now())
    close([c], "email", "manual", "On the phone: never again", spring)
    do(screen, "channel", [a, b, c], channel="email", what="close", comment="Competitor")
    said, token = told(screen)
    done = "2 contacts are no longer contacted by email"
    assert said == f"{done} · 1 left out: closed by hand already"
    by_hand = [(pk, "email", "manual") for pk in (a, b, c)]
    assert closed() == sorted([*by_hand, (b, "email", "unsubscribed")])
    assert noted()[a][0] == "Competitor"
    assert noted()[c] == ("On the phone: never again", spring)
    undo(screen, token)
    # Who was closed by hand before stays so, with what was said and when.
    assert closed() == [(b, "email", "unsubscribed"), (c, "email", "manual")]
    assert noted() == {c: ("On the phone: never again", spring)}


def test_lifting_says_for_whom_and_comes_back_with_what_was_said(screen: Client):
    b, c = people(2)
    spring = datetime(2026, 5, 3, 10, tzinfo=UTC)
    close([b], "email", "unsubscribed", "", clock.now())
    close([c], "email", "manual", "On the phone: never again", spring)
    do(screen, "channel", [b, c], channel="email", what="open", comment="")
    said, token = told(screen)
    lifted = "What was closed by hand is lifted for 1 contact (email)"
    assert said == f"{lifted} · 1 left out: not closed by hand"
    assert closed() == [(b, "email", "unsubscribed")]
    undo(screen, token)
    assert noted() == {c: ("On the phone: never again", spring)}
    do(screen, "channel", [b], channel="email", what="open", comment="")
    assert told(screen) == ("1 left out: not closed by hand", "")


def test_the_api_does_it_too_and_refuses_what_is_no_channel(api: APIClient):
    a, b = people(2)
    body = {"key": "channels.change", "contacts": [a, b]}
    config = {"channel": "sms", "what": "close"}
    assert api.post("/api/v1/actions", {**body, "config": config}).status_code == 202
    settle()
    assert closed() == [(a, "sms", "manual"), (b, "sms", "manual")]
    wrong = api.post("/api/v1/actions", {**body, "config": {"channel": "fax", "what": "close"}})
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["field"] == "config.channel"


def test_a_field_and_a_task_for_many(screen: Client, alice: User):
    Field.objects.create(alias="vip", type="boolean", label="VIP")
    Field.objects.create(alias="met", type="datetime", label="Met")
    a, b = people(2)
    do(screen, "field", [a, b], field="city", values=" Lyon ")
    do(screen, "field", [a], field="vip", values="oui")
    # A box left empty clears nothing by itself.
    for sent in ({"values": " "}, {"values": "Nice", "clear": "on"}):
        assert do(screen, "field", [a, b], field="city", **sent).status_code == 422
    assert set(Contact.objects.values_list("city", flat=True)) == {"Lyon"}
    do(screen, "field", [b], field="city", values="", clear="on")
    first, second = Contact.objects.order_by("pk")
    assert (first.city, first.attrs, second.city) == ("Lyon", {"vip": True}, None)
    refused = do(screen, "field", [a], field="country", values="Erewhon")
    assert "country" in refused.content.decode().lower()
    assert Contact.objects.get(pk=a).country is None
    User.objects.filter(pk=alice.pk).update(timezone="Europe/Paris")
    do(screen, "field", [b], field="met", values="2026-11-22 09:30")
    assert Contact.objects.get(pk=b).attrs == {"met": "2026-11-22T08:30:00.000Z"}
    task = {"title": "Call them", "kind": "call", "due": "2d", "assignee": str(alice.pk)}
    do(screen, "task", [a, b], **task)
    rows = Task.objects.order_by("contact_id").values_list("contact_id", "title", "assignee")
    assert list(rows) == [(a, "Call them", alice.pk), (b, "Call them", alice.pk)]
