"""Texts in the back office: what every resource promises, and what is a text's own."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, User
from contacts.services import consent, suppression
from kernel import clock, preferences
from segments.models import Segment
from segments.services import members
from sms.models import CapturedText, Text, TextRun
from sms.services import editing
from tests.cast import make_user
from tests.resource_contract import ResourceContract
from tests.settle import settle
from tests.sms.people import NOW, make_contact, make_text, send

pytestmark = pytest.mark.django_db


class TestTexts(ResourceContract):
    base = "/sms"

    def make(self, number: int, owner: User | None = None) -> Text:
        values = {"name": f"Text {number:02}", "body": "Hello", "owner": owner}
        return editing.create(values, clock.now())

    def fields(self, number: int) -> dict[str, Any]:
        return {"name": f"Text {number:02}", "body": "Hello"}


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_parts_are_counted_while_one_writes(screen):
    zoe = make_contact()
    asked = {"body": "Hi {{ contact.first_name }}’s", "contact": zoe.pk}  # noqa: RUF001
    told = screen.post("/sms/preview", asked).json()
    assert (told["body"], told["encoding"], told["parts"]) == ("Hi Zoë’s", "UCS-2", 1)  # noqa: RUF001
    assert (told["foreign"], told["varies"]) == (["ë", "’"], True)  # noqa: RUF001
    told = screen.post("/sms/preview", {"body": "{{ contact.nobody }}"}).json()
    assert told["errors"][0]["line"] == 1


def test_a_test_goes_to_contacts_one_may_see_alone(screen):
    zoe = make_contact()
    answer = screen.post("/sms/test", {"body": "Hi {{ contact.first_name }}", "to": "+33699999999"})
    assert (answer.status_code, CapturedText.objects.count()) == (422, 0)
    asked = {"body": "Hi {{ contact.first_name }}", "to": "+33 6 12 34 56 78", "contact": zoe.pk}
    assert screen.post("/sms/test", asked).json() == {"sent": ["+33612345678"]}
    page = screen.get("/captured-texts").content.decode()
    assert "[Test] Hi Zoë" in page
    assert "+33612345678" in page


def test_no_test_goes_while_all_sending_is_held(screen):
    make_contact()
    preferences.put("emails.paused", True)
    answer = screen.post("/sms/test", {"body": "Hi", "to": "+33612345678"})
    assert (answer.status_code, CapturedText.objects.count()) == (422, 0)
    assert "Send nothing for now" in answer.json()["problem"]


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_no_test_goes_to_whom_the_text_would_not_go(screen, kind):
    zoe = make_contact()
    consent.close([zoe.pk], "sms", "unsubscribed", "", NOW)
    asked = {"body": "Hi", "kind": kind, "to": "+33612345678"}
    answer = screen.post("/sms/test", asked)
    assert answer.status_code == (422 if kind == "marketing" else 200)
    suppression.remember([("sms", "+33612345678", "complaint")], NOW)
    problem = screen.post("/sms/test", asked).json()["problem"]
    assert ("unsubscribed" if kind == "marketing" else "suppression list") in problem


def test_captured_texts_are_for_those_who_see_their_reader(client):
    zoe = make_contact()
    send(make_text("For {{ contact.first_name }}"), zoe)
    settle(NOW)
    own = {"sms": {"view": "all"}, "contacts": {"view": "own"}}
    client.force_login(make_user("Wanda", Role.objects.create(name="Own", rights=own)))
    assert "For Zoë" not in client.get("/captured-texts").content.decode()


def test_a_broadcast_is_asked_for_watched_and_explained(screen):
    zoe, off = make_contact(), make_contact(None, first_name="Max")
    segment = Segment.objects.create(name="Readers", created_at=NOW, updated_at=NOW)
    members.change(segment, [zoe.pk, off.pk], now=NOW)
    text = make_text(type="segment", segments=[segment])
    found = screen.get(f"/sms/{text.pk}/audience").context["found"]
    assert (found.included, found.reachable, found.reasons) == (2, 1, {"no_address": 1})
    asked = screen.get(f"/sms/{text.pk}/send").content.decode()
    assert "Send to 1 person" in asked
    assert "It does not say how to leave" in asked
    for _press in range(2):
        answer = screen.post(f"/sms/{text.pk}/send", {"when": "now", "people": "1"})
        assert answer.headers["HX-Redirect"] == f"/sms/{text.pk}"
    settle()
    run = TextRun.objects.get()
    assert (run.state, CapturedText.objects.count()) == ("done", 1)
    assert screen.get(f"/sms/runs/{run.pk}?was=done").status_code == 200
    page = screen.get(f"/sms/{text.pk}").content.decode()
    assert "No mobile number" in page
    told = screen.get(f"/sms/{text.pk}?tab=deliveries&person=%23{off.pk}").content.decode()
    assert "Now it would be left out: no mobile number." in told
    tab = screen.get(f"/contacts/{zoe.pk}?tab=sms").content.decode()
    assert text.name in tab


def test_the_ledger_is_narrowed_by_any_moment(api):
    for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        for name in ("after", "before"):
            answer = api.get("/api/v1/sms-deliveries", {name: moment})
            assert answer.status_code == 200, (name, moment, answer.json())


def test_a_text_is_made_the_translation_of_another(screen):
    hello = make_text("Hello")
    values = {"name": "Bonjour", "body": "Bonjour", "language": "fr", "translation_of": hello.pk}
    assert screen.post("/sms/new", values).status_code == 302
    made = Text.objects.get(name="Bonjour")
    assert (made.translation_of_id, made.language) == (hello.pk, "fr")
    [entry] = AuditEntry.objects.filter(kind="sms", object_id=made.pk)
    assert entry.after["translation_of"] == hello.pk
    assert f'href="/sms/{made.pk}"' in screen.get(f"/sms/{hello.pk}").content.decode()
    assert f'href="/sms/{hello.pk}"' in screen.get(f"/sms/{made.pk}").content.decode()
    # Neither has translations of its own what is one, nor is one what has them.
    assert "translation_of" not in screen.get(f"/sms/{hello.pk}/edit").context["form"].fields
    offered = screen.get("/sms/new").context["form"].fields["translation_of"].queryset
    assert list(offered) == [hello]
    assert screen.post(f"/sms/{hello.pk}/delete").headers["Location"].endswith("?tab=uses")
    assert Text.objects.filter(pk=hello.pk).exists()
