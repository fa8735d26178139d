"""Forms by REST: written, published, sent by programs, counted, and named by others."""

from typing import Any

import pytest

from contacts.models import Contact, ContactTag
from forms.models import Form, Submission
from forms.plugins.queues import Actions
from kernel import clock
from tests.api_contract import ApiContract
from tests.forms.written import EMAIL, FIRST, make_form, send
from tests.journey import graph, node, ok
from tests.settle import settle

pytestmark = pytest.mark.django_db
PATH = "/api/v1/forms"
PLAN = {
    "id": "p",
    "kind": "radio",
    "name": "plan",
    "label": "Plan",
    "options": [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}],
}


class TestForms(ApiContract):
    path = PATH

    def body(self, number: int) -> dict[str, Any]:
        return {"name": f"Form {number}"}


def test_a_form_is_written_published_and_sent_by_a_program(api):
    content = {"fields": [EMAIL, FIRST], "title": "Hi"}
    made = ok(api.post(PATH, {"name": "My form", "content": content}), 201)
    assert (made["alias"], made["published"]) == ("my-form", False)
    place = f"{PATH}/{made['id']}"
    assert api.post(f"{place}/submissions", {"answers": {}, "token": "1"}).status_code == 409
    assert ok(api.post(f"{place}/publish"))["published"] is True
    ana = Contact.objects.create(email="ana@example.com", first_name="Ana")
    from contacts.models import Identifier

    Identifier.objects.create(kind="email", value="ana@example.com", contact=ana)
    told = {"answers": {"email": "ana@example.com", "first": "Anna"}, "token": "order-7"}
    first, second = (api.post(f"{place}/submissions", told) for _n in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    ana.refresh_from_db()
    assert ana.first_name == "Anna"
    wrong = api.post(f"{place}/submissions", {"answers": {"email": "x"}, "token": "2"})
    assert wrong.json()["errors"][0]["field"] == "answers.email"
    [row] = ok(api.get("/api/v1/form-submissions", {"form": made["id"]}))["results"]
    assert (row["contact"], row["answers"]) == (str(ana.pk), told["answers"])
    counts = ok(api.get(f"{place}/statistics"))
    assert (counts["submissions"], counts["contacts"]) == (1, 1)


def test_a_draft_that_lacks_something_is_kept_and_says_what(api):
    made = ok(api.post(PATH, {"name": "F", "content": {"fields": [{**PLAN, "options": []}]}}), 201)
    lacks = ok(api.get(f"{PATH}/{made['id']}/lacks"))["problems"]
    assert [one["field"] for one in lacks] == ["p"]
    assert api.post(f"{PATH}/{made['id']}/publish").status_code == 400
    for content in ({"fields": [{"kind": "x"}]}, {"colour": 1}, [], {"look": {"colour": "red"}}):
        assert api.patch(f"{PATH}/{made['id']}", {"content": content}).status_code == 400


def test_who_sees_own_contacts_reads_what_they_sent(api_dora, dora):
    form = make_form()
    Form.objects.update(owner=dora)
    send(form, {"email": "hers@example.com"})
    send(form, {"email": "other@example.com"})
    Contact.objects.filter(email="hers@example.com").update(owner=dora)
    found = ok(api_dora.get("/api/v1/form-submissions"))["results"]
    assert [one["answers"]["email"] for one in found] == ["hers@example.com"]


def test_campaigns_begin_with_forms_and_filters_ask_for_answers(api):
    form = make_form(EMAIL, PLAN)
    steps = graph([node("a", "action", "tags.change", add=["keen"])], "start>a")
    campaign = ok(
        api.post(
            "/api/v1/campaigns",
            {"name": "C", "sources": [{"form": str(form.pk)}], "graph": steps},
        ),
        201,
    )
    assert campaign["sources"] == [{"event": "forms.submitted", "where": {"form": str(form.pk)}}]
    ok(api.post(f"/api/v1/campaigns/{campaign['id']}/publish"))
    send(form, {"email": "s@example.com", "plan": "s"})
    send(form, {"email": "l@example.com", "plan": "l"})
    settle()
    assert ContactTag.objects.filter(tag__name="keen").count() == 2
    where = {"form": str(form.pk), "answer": "plan=l"}
    tree = {"all": [{"event": "forms.submitted", "where": where}]}
    assert ok(api.post("/api/v1/segments/count", {"filter": tree}))["count"] == 1
    assert api.delete(f"{PATH}/{form.pk}").status_code == 409


def test_what_a_form_does_holds_what_it_names(api):
    segment = ok(api.post("/api/v1/segments", {"name": "S", "filter": None}), 201)
    act = {"key": "segments.change", "config": {"add": [int(segment["id"])], "remove": []}}
    made = ok(api.post(PATH, {"name": "F", "actions": [act]}), 201)
    assert api.delete(f"/api/v1/segments/{segment['id']}").status_code == 409
    ok(api.post(f"{PATH}/{made['id']}/publish"))
    send(Form.objects.select_related("shown").get(), {"email": "a@example.com"})
    while Actions().work(clock.now()):
        pass
    people = ok(api.get(f"/api/v1/segments/{segment['id']}/contacts"))["results"]
    assert [one["email"] for one in people] == ["a@example.com"]


def test_who_is_erased_leaves_only_that_somebody_sent_something(api):
    form = make_form()
    send(form, {"email": "a@example.com"})
    api.delete(f"/api/v1/contacts/{Contact.objects.get().pk}")
    kept = Submission.objects.get()
    assert (kept.contact_id, kept.answers, kept.ip, kept.page) == (None, {}, None, "")
