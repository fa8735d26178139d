"""Topics, a contact's wishes, and the suppression list by REST."""

import pytest

from contacts.models import Suppression
from contacts.services.suppression import digest
from tests.api_contract import ApiContract

API = "/api/v1"


class TestTopics(ApiContract):
    path = f"{API}/topics"
    owned = False

    def body(self, number):
        return {"name": f"Topic {number}", "labels": {"fr": f"Sujet {number}"}}


class TestSuppressions(ApiContract):
    path = f"{API}/suppressions"
    owned = versioned = editable = False

    def body(self, number):
        return {"kind": "domain", "value": f"x{number}.example"}


def errors(answer, status=400):
    assert answer.status_code == status, answer.content
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.django_db
def test_a_topic_has_one_name_and_labels_in_known_languages(api):
    api.post(f"{API}/topics", {"name": "News"})
    assert errors(api.post(f"{API}/topics", {"name": "NEWS"}), 409) == [("name", "taken")]
    for labels in ({"xx": "N"}, {"fr": ""}, {"fr": 1}, ["fr"]):
        assert errors(api.post(f"{API}/topics", {"name": "A", "labels": labels}))
    assert errors(api.post(f"{API}/topics", {"name": "a\nb"}))


@pytest.mark.django_db
def test_a_topic_in_use_stays_and_a_transactional_mail_has_none(api):
    topic = api.post(f"{API}/topics", {"name": "News"}).json()["id"]
    body = {"name": "N", "subject": "S", "html": "<p>x</p>", "topic": topic}
    email = api.post(f"{API}/emails", body).json()
    assert email["topic"] == topic
    assert api.get(f"{API}/emails", {"topic": topic}).json()["results"] == [email]
    assert errors(api.delete(f"{API}/topics/{topic}"), 409) == [(None, "in_use")]
    transactional = {**body, "kind": "transactional"}
    assert errors(api.post(f"{API}/emails", transactional)) == [("topic", "not_allowed")]
    for wrong in ("999", "x", 0):
        assert errors(api.post(f"{API}/emails", {**body, "topic": wrong}))
    assert api.patch(f"{API}/emails/{email['id']}", {"topic": None}).json()["topic"] is None
    assert api.delete(f"{API}/topics/{topic}").status_code == 204


@pytest.mark.django_db
def test_a_topic_that_a_filter_names_stays(api):
    topic = api.post(f"{API}/topics", {"name": "News"}).json()["id"]
    agreed = {"event": "contacts.consented"}
    for condition in (
        {"field": f"topic.{topic}", "op": "is", "value": "granted"},
        {**agreed, "where": {"topic": topic}},
        {**agreed, "where": {"topic": {"op": "in", "value": [topic, "999"]}}},
    ):
        segment = api.post(f"{API}/segments", {"name": "S", "filter": condition}).json()["id"]
        assert errors(api.delete(f"{API}/topics/{topic}"), 409) == [(None, "in_use")], condition
        assert api.delete(f"{API}/segments/{segment}").status_code == 204
    assert api.delete(f"{API}/topics/{topic}").status_code == 204


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["xx", "english", "fr-XX", ""])
def test_an_email_in_an_unknown_language_is_refused(api, language):
    body = {"name": "N", "subject": "S", "html": "<p>x</p>", "language": language}
    assert errors(api.post(f"{API}/emails", body))[0][0] == "language"


@pytest.mark.django_db
def test_a_consent_may_be_about_a_topic(api):
    topic = api.post(f"{API}/topics", {"name": "News"}).json()["id"]
    at = f"{API}/contacts/{api.post(f'{API}/contacts', {'email': 'a@x.example'}).json()['id']}"
    said = {"purpose": "email_marketing", "state": "refused", "topic": topic}
    assert api.post(f"{at}/consents", said).json()["topic"] == topic
    assert [one["topic"] for one in api.get(at).json()["consents"]] == [topic]
    assert errors(api.post(f"{at}/consents", {**said, "topic": "9999"})) == [("topic", "not_found")]
    for wrong in ({"purpose": "open_tracking"}, {"purpose": "profiling", "state": "pending"}):
        assert errors(api.post(f"{at}/consents", {**said, **wrong}))
    assert len(api.get(f"{at}/consents").json()["results"]) == 1


@pytest.mark.django_db
def test_wishes_are_kept_whole_and_shown(api, api_bob, api_dora):
    at = f"{API}/contacts/{api.post(f'{API}/contacts', {'email': 'a@x.example'}).json()['id']}"
    nothing = {"frequency": None, "quiet_hours": None, "pause_until": None}
    assert api.get(f"{at}/wishes/email").json() == nothing
    body = {"frequency": {"max": 2, "per": "week"}, "quiet_hours": {"from": "21:00", "to": "08:00"}}
    assert api.put(f"{at}/wishes/email", body).json() == {**nothing, **body}
    until = {"pause_until": "2026-12-24"}
    assert api.put(f"{at}/wishes/email", until).json() == {**nothing, **until}
    assert api.get(f"{at}/wishes/email").json() == {**nothing, **until}
    for wrong in (
        {"frequency": {"max": 0, "per": "week"}},
        {"frequency": {"max": 1}},
        {"quiet_hours": {"from": "09:00", "to": "09:00"}},
        {"quiet_hours": {"from": "25:00", "to": "09:00"}},
        {"pause_until": "tomorrow"},
        {"paws": 1},
    ):
        assert errors(api.put(f"{at}/wishes/email", wrong)), wrong
    assert api.get(f"{at}/wishes/email").json() == {**nothing, **until}
    assert api.get(f"{at}/wishes/pigeon").status_code == 404
    assert api_bob.put(f"{at}/wishes/email", body).status_code == 403
    assert api_dora.get(f"{at}/wishes/email").status_code == 404
    assert api.delete(f"{at}/wishes/email").status_code == 204
    assert api.get(f"{at}/wishes/email").json() == nothing


@pytest.mark.django_db
def test_suppressions_are_kept_as_they_are_compared(api):
    def added(**body):
        return api.post(f"{API}/suppressions", body)

    assert added(value="Ana@X.example").json()["value"] == "ana@x.example"
    assert errors(added(value="ANA@x.example"), 409) == [("value", "already_exists")]
    assert added(kind="domain", value="@Büro.example").json()["value"] == "xn--bro-hoa.example"
    assert added(kind="hash", value="bo@x.example").json()["value"] == digest("bo@x.example")
    assert added(channel="sms", value="+33 6 12 34 56 78").json()["value"] == "+33612345678"
    for wrong in ({"value": "ana"}, {"kind": "domain", "value": "a b"}, {"kind": "hash"}):
        assert errors(added(**wrong))
    assert not Suppression.objects.filter(value__contains="bo@").exists()
    for written in ("ana@x.example", "Ana@X.example"):
        found = api.get(f"{API}/suppressions", {"value": written}).json()["results"]
        assert [row["kind"] for row in found] == ["address"]


@pytest.mark.django_db
def test_one_reason_is_lifted_alone(api):
    at = f"{API}/contacts/{api.post(f'{API}/contacts', {'email': 'a@x.example'}).json()['id']}"
    for reason in ("unsubscribed", "hard_bounce"):
        api.put(f"{at}/do-not-contact/email", {"reason": reason})
    assert api.get(at).json()["bounce"]["state"] == "hard"
    assert api.delete(f"{at}/do-not-contact/email?reason=hard_bounce").status_code == 204
    assert [one["reason"] for one in api.get(at).json()["do_not_contact"]] == ["unsubscribed"]
    assert api.delete(f"{at}/do-not-contact/email?reason=hard_bounce").status_code == 404
    assert api.delete(f"{at}/do-not-contact/email?reason=x").status_code == 400


def test_a_domain_without_its_kind_is_told_what_to_say(api):
    answer = api.post(f"{API}/suppressions", {"value": "ex2.test"})
    assert answer.status_code == 400
    assert '"kind": "domain"' in answer.json()["errors"][0]["message"]
