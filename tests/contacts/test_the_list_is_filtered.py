"""The builder on the list of contacts: counted, kept in views, carried by jobs, made a segment."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from backoffice.models import SavedView
from contacts.backoffice import doing
from contacts.backoffice import people as listed
from contacts.models import ContactTag, Tag
from contacts.services import fields
from kernel import clock
from kernel.filters.questions import within_time
from segments.models import Segment
from tests.contacts.test_bulk_actions_on_screen import do, tags_of
from tests.contacts.test_contacts_on_screen import add, names
from tests.settle import settle

pytestmark = pytest.mark.django_db
NESTED = {
    "all": [
        {"field": "city", "op": "in", "value": ["Lyon", "Nice"]},
        {
            "any": [
                {"field": "points", "op": "gt", "value": 5},
                {"none": [{"field": "email", "op": "is_empty"}]},
            ]
        },
    ]
}
ASKED = json.dumps(NESTED)


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def ada(screen: Client) -> int:
    add(first_name="Bea", city="Nice")
    add(first_name="Cy", email="cy@example.com", city="Rome")
    return int(add(first_name="Ada", email="ada@example.com", city="Lyon").pk)


def test_a_nested_filter_is_counted_said_and_applied(screen: Client, ada: int):
    answer = screen.post("/contacts/count", {"filter": ASKED}).json()
    assert (answer["count"], answer["shown"]) == (1, "Show 1 contact")
    assert "Lyon" in answer["sentence"]
    assert screen.post("/contacts/count", {"filter": ASKED, "q": "bea"}).json()["count"] == 0
    assert screen.post("/contacts/count", {"filter": "", "reach": "some"}).json()["count"] == 2
    page = screen.get("/contacts", {"filter": ASKED})
    assert [row.pk for row, _cells in page.context["rows"]] == [ada]
    text = page.content.decode()
    assert "data-filter-builder" in text
    assert answer["sentence"] in page.context["tokens"][0].value


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ("{", "filter"),
        ("[]", "filter"),
        ('{"all":[]}', "filter.all"),
        ('{"field":"city","op":"is"}', "filter.value"),
        ('{"field":"nothing","op":"is","value":"x"}', "filter.field"),
        (json.dumps({"field": "city", "op": "in", "value": ["x" * 90] * 90}), "filter"),
    ],
)
def test_what_is_wrong_with_a_filter_is_told_at_its_place(screen: Client, sent: str, place: str):
    answer = screen.post("/contacts/count", {"filter": sent})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [place]


def test_an_address_whose_filter_no_longer_holds_says_so(screen: Client, ada: int):
    page = screen.get("/contacts", {"filter": '{"field":"gone","op":"is","value":"x"}'})
    assert len(page.context["rows"]) == 3
    assert "no longer holds" in page.content.decode()


def test_what_is_done_to_all_of_a_list_that_lost_its_filter_is_refused(screen: Client, ada: int):
    page = screen.get("/contacts", {"filter": '{"segment":[999],"op":"in"}', "sort": "name"})
    assert "no longer holds" in page.content.decode()
    search = page.context["query"].search()
    sent = {"whole": "yes", "search": search, "confirmed": "yes", "add": "hot"}
    assert screen.post("/contacts/bulk/tags", sent).status_code == 409
    assert not ContactTag.objects.exists()
    assert "no longer holds" in screen.get(f"/contacts?{search}").content.decode()


def test_a_view_and_a_job_carry_the_filter(
    screen: Client, ada: int, monkeypatch: pytest.MonkeyPatch
):
    search = screen.get("/contacts", {"filter": ASKED}).context["search"]
    screen.post("/contacts/views", {"name": "Hot", "search": search})
    view = SavedView.objects.get()
    assert names(screen, **{k: v[0] for k, v in parse_qs(view.query).items()}) == ["Ada"]
    monkeypatch.setattr(doing, "MOST_AT_ONCE", 0)
    do(screen, "tags", [], whole="yes", search=search, add="hot")
    settle()
    assert tags_of(ada) == ["hot"]
    assert ContactTag.objects.count() == 1


def test_a_list_becomes_a_segment_of_the_same_people(screen: Client, ada: int, alice: User):
    do(screen, "tags", [ada], add="vip")
    asked = {
        "filter": ASKED,
        "tag": Tag.objects.get().pk,
        "owner": "none",
        "reach": "some",
        "q": "email:ada",
    }
    shown = names(screen, **asked)
    answer = screen.get("/contacts/as-segment", asked)
    assert answer.status_code == 302
    form = screen.get(answer["Location"]).context["form"]
    tree = form["tree"].value()
    assert "vip" in tree
    sent = {"name": "Hot", "members_by": "dynamic", "tree": tree}
    assert screen.post("/segments/new", sent).status_code == 302
    settle()
    members = names(screen, segment=Segment.objects.get().pk)
    assert members == shown == ["Ada"]


@pytest.mark.parametrize("asked", [{}, {"q": "words"}, {"closed": "any"}, {"filter": "{"}])
def test_what_is_no_filter_becomes_no_segment_and_says_why(screen: Client, asked: dict[str, str]):
    answer = screen.get("/contacts/as-segment", asked, follow=True)
    assert urlsplit(answer.redirect_chain[-1][0]).path == "/contacts"
    assert "segment is made of filters" in str(list(answer.context["messages"])[-1])


def test_counts_are_of_ones_own_and_makers_of_segments_alone_make_them(
    client: Client, dora: User, bob: User, ada: int
):
    client.force_login(dora)
    assert client.post("/contacts/count", {"filter": ASKED}).json()["count"] == 0
    client.force_login(bob)
    assert "as-segment" not in client.get("/contacts", {"filter": ASKED}).content.decode()
    assert client.get(f"/contacts/as-segment?{urlencode({'filter': ASKED})}").status_code == 403


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> str:
    fields.create({"label": "Note", "type": "long_text"}, clock.now())
    add(first_name="Eve", note="a" * 9_000 + "b")
    monkeypatch.setattr(listed, "within_time", lambda refusal: within_time(refusal, 50))
    return json.dumps({"field": "note", "op": "matches", "value": r"^(.*)(.*)\2\1$"})


def test_a_slow_filter_is_refused_in_place_of_the_rows(screen: Client, ada: int, slow: str):
    page = screen.get("/contacts", {"filter": slow})
    assert page.status_code == 200
    assert "takes too long" in page.content.decode()
    assert names(screen, filter=ASKED) == ["Ada"]


def test_a_slow_filter_does_nothing_in_bulk_and_leads_nowhere(screen: Client, ada: int, slow: str):
    # On both sides of her is somebody to ask about, whichever way the rows are read.
    zoe = add(first_name="Zoe", note="a" * 9_000 + "b").pk
    search = urlencode({"filter": slow})
    sent = {"whole": "yes", "search": search, "confirmed": "yes", "delta": "5"}
    answer = screen.post("/contacts/bulk/points", sent)
    assert answer.status_code == 409
    assert "takes too long" in answer.content.decode()
    for one in (zoe, ada):
        answer = screen.get(f"/contacts/{one}/beside", {"in": search}, follow=True)
        assert answer.request["PATH_INFO"] == f"/contacts/{one}"
    answer = screen.get(f"/contacts/{zoe}/beside", {"in": search}, follow=True)
    assert "takes too long" in answer.content.decode()
