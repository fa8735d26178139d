"""Texts by REST: checked with their place, previewed in parts, sent to one or to segments."""

from typing import Any

import pytest

from contacts.services import consent
from kernel import clock
from kernel.events import type_id
from kernel.models import Event
from segments.models import Segment
from segments.services import members
from sms.models import CapturedText, State, TextDelivery, TextRun, TextVersion
from tests.api_contract import ApiContract
from tests.journey import bring, graph, node, ok, points, run, totals
from tests.settle import settle
from tests.sms.people import NOW, make_contact, make_text
from tests.sms.provider import reply

pytestmark = pytest.mark.django_db
PATH = "/api/v1/sms"


class TestTexts(ApiContract):
    path = PATH

    def body(self, number: int) -> dict[str, Any]:
        return {"name": f"Text {number}", "body": "Hello {{ contact.first_name }}"}


@pytest.mark.parametrize(
    "body", ["{{ contact.frist_name }}", "{{ unsubscribe_url }}", "{{ email.name }}", "{% if %}"]
)
def test_what_cannot_be_filled_in_is_told_with_its_place(api, body):
    answer = api.post(PATH, {"name": "T", "body": f"one\n{body}"})
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["field"], error["line"]) == (400, "body", 2)
    assert not TextVersion.objects.exists()


def test_a_text_is_shown_as_somebody_gets_it_in_parts(api):
    zoe = make_contact()
    text = make_text("{{ contact.first_name }} https://shop.example/" + "x" * 200)
    shown = ok(api.get(f"{PATH}/{text.pk}/preview", {"contact": zoe.pk}))
    assert shown["body"].startswith("Zoë http")
    assert (shown["encoding"], shown["parts"], shown["varies"]) == ("UCS-2", 1, True)
    told = ok(api.get(f"{PATH}/{text.pk}/explanation", {"contact": zoe.pk}))
    assert (told["sends"], told["reason"]) == (True, None)
    consent.close([zoe.pk], "sms", "manual", "", clock.now())
    told = ok(api.get(f"{PATH}/{text.pk}/explanation", {"contact": zoe.pk}))
    assert (told["sends"], told["reason"]) == (False, "manual")


def test_one_contact_gets_one_text(api):
    zoe = make_contact()
    text = make_text("Order {{ event.order }}")
    body = {"contact": zoe.pk, "event": {"order": "A-77"}}
    made = api.post(f"{PATH}/{text.pk}/send", body)
    assert made.status_code == 202
    settle()
    assert CapturedText.objects.get().body == "Order A-77"
    [row] = ok(api.get("/api/v1/sms-deliveries", {"contact": zoe.pk}))["results"]
    assert (row["state"], row["parts"], row["id"]) == ("sent", 1, made.json()["id"])


def segment_of(*contacts):
    segment = Segment.objects.create(name="Readers", created_at=NOW, updated_at=NOW)
    members.change(segment, [contact.pk for contact in contacts], now=NOW)
    return segment


def test_a_broadcast_reaches_each_number_once_and_new_people_later(api):
    people = [make_contact("+33612345678"), make_contact("0033 6 12 34 56 78"), make_contact(None)]
    segment = segment_of(*people)
    body = {"name": "News", "type": "segment", "body": "Hi", "segments": [segment.pk]}
    text = ok(api.post(PATH, body), 201)["id"]
    begun = api.post(f"{PATH}/{text}/send", {})
    again = api.post(f"{PATH}/{text}/send", {})
    assert (begun.status_code, again.json()["id"]) == (202, begun.json()["id"])
    settle()
    assert CapturedText.objects.count() == 1
    counted = ok(api.get(f"{PATH}/{text}/statistics"))
    assert counted["skipped_by_reason"] == {"duplicate_address": 1, "no_address": 1}
    assert ok(api.get(f"/api/v1/sms-sends/{begun.json()['id']}"))["state"] == "done"
    assert api.post(f"{PATH}/{text}/send", {}).status_code == 409
    members.change(segment, [make_contact("+33612345679").pk], now=clock.now())
    ok(api.post(f"{PATH}/{text}/send", {"again": "new_only"}), 202)
    settle()
    assert CapturedText.objects.count() == 2


def test_a_broadcast_is_paused_and_cancelled(api):
    text = make_text(type="segment", segments=[segment_of(make_contact())])
    made = ok(api.post(f"{PATH}/{text.pk}/send", {}), 202)["id"]
    ok(api.post(f"/api/v1/sms-sends/{made}/pause"))
    settle()
    assert not CapturedText.objects.exists()
    ok(api.post(f"/api/v1/sms-sends/{made}/resume"))
    ok(api.post(f"/api/v1/sms-sends/{made}/cancel"))
    settle()
    assert not CapturedText.objects.exists()
    assert TextRun.objects.get().finished_at is not None


def test_nobody_is_chosen_without_segments(api):
    make_contact()
    text = make_text(type="segment")
    answer = api.post(f"{PATH}/{text.pk}/send", {})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "no_segments")
    settle()
    assert not TextDelivery.objects.exists()


def test_a_campaign_texts_and_waits_for_the_answer(api, client, twilio, settings):
    text = make_text()
    zoe, max_ = make_contact(), make_contact("+33612345679")
    drawn = graph(
        [
            node("text", "action", "sms.send", sms=text.pk),
            node("asked", "decision", "sms.replied", sms=text.pk, within="1d"),
            points("yes", 10),
            points("no", 100),
        ],
        "start>text",
        "text>asked",
        "asked:yes>yes",
        "asked:no>no",
    )
    bring(api, run(api, drawn), [zoe.pk, max_.pk])
    settle()
    assert sorted(message["to"] for message in twilio.messages) == [zoe.mobile, max_.mobile]
    reply(client, settings.SITE_URL, zoe.mobile, "Yes, please")
    settle()
    assert totals([zoe.pk, max_.pk]) == [10, 0]


def test_who_answered_is_found_by_filters_and_who_is_gone_is_forgotten(api):
    zoe, max_ = make_contact(), make_contact("+33612345679")
    text = make_text("Hi")
    for contact in (zoe, max_):
        ok(api.post(f"{PATH}/{text.pk}/send", {"contact": contact.pk}), 202)
    settle()
    sent = {"filter": {"event": "sms.sent", "where": {"sms": text.pk}}}
    assert ok(api.post("/api/v1/segments/count", sent))["count"] == 2
    assert api.delete(f"{PATH}/{text.pk}").status_code == 204
    assert api.delete(f"/api/v1/contacts/{zoe.pk}").status_code in (200, 204)
    settle()
    gone = TextDelivery.objects.filter(number=None)
    assert [row.state for row in gone] == [State.SENT]
    assert CapturedText.objects.count() == 1
    assert Event.objects.filter(type_id=type_id("sms.sent"), contact_id=max_.pk).exists()
